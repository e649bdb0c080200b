"""What leaves as a file: masked items of a search, for a reason, logged first, by two persons where many."""

import asyncio
import csv
import io
import json
from datetime import datetime, timedelta
from typing import Literal

from aiohttp import web
from pydantic import Field

from console.body import Strict, read_form
from console.filters import Asked, Filters, ask, read_filters
from console.found import FoundPost, as_found, as_rows, first
from console.going import go
from console.said import reader_of
from console.visit import console_of, visit_of
from evidence.approval import Proposal
from evidence.errors import ConfigError
from evidence.package.table import MARKING, harmless
from evidence.roles import Allowance, Permission, allowance
from storage.approvals import all_proposals, propose, take
from storage.downloads import record_download

DOWNLOAD = "download"
"""The act that two persons agree on."""
MASKED_AT_ONCE = 25
"""Posts that are masked before others get their turn."""


class Download(Strict):
    """What is asked for."""

    form: Literal["csv", "json"]
    why: Literal["investigation", "referral", "statistics", "check", "request"]
    reason: str = Field(min_length=3, max_length=1_000)


def needs_second(request: web.Request) -> bool:
    """Whether another person has to agree; in practice, where everything is invented, nobody has to."""
    bounds = allowance(visit_of(request).who.role, Permission.EXPORT)
    return bool(bounds and bounds.needs_second) and not console_of(request).is_practice


async def proposal_for(request: web.Request, filters: Filters) -> Proposal | None:
    """The reader's own proposal to take out what these filters find, as long as it can be used."""
    console, who = console_of(request), visit_of(request).who.id
    now = console.clock()
    if not needs_second(request):
        return None
    for found in await all_proposals(console.store, now + timedelta(days=1), since=now - timedelta(days=4)):
        is_theirs = (found.act, found.about, found.proposed_by) == (DOWNLOAD, filters.hash, who)
        if is_theirs and found.state(now) in ("waiting", "approved"):
            return found
    return None


async def download(request: web.Request) -> web.StreamResponse:
    """Hand out a file, or propose it."""
    asked, form = ask(request, *read_filters(request)), (await read_form(request, Download)).form
    if asked.query is None or not asked.filters.pairs or form is None:
        return _back(asked, "reason" if asked.query is not None else "filters")
    console, visit = console_of(request), visit_of(request)
    if not needs_second(request):
        return await _hand_out(request, asked, form, None)
    found = await proposal_for(request, asked.filters)
    if found is not None and found.state(console.clock()) == "approved":
        return await _hand_out(request, asked, form, found)
    if found is None:
        await propose(
            console.store,
            console.custody,
            visit.staff,
            DOWNLOAD,
            asked.filters.hash,
            f"{form.why}: {form.reason}",
            console.clock(),
            offices=visit.who.offices,
        )
    return _back(asked, "proposed")


def _back(asked: Asked, done: str) -> web.Response:
    return go(f"/search?{asked.filters.in_address}&done={done}" if asked.filters.pairs else f"/search?done={done}")


async def _hand_out(request: web.Request, asked: Asked, form: Download, leave: Proposal | None) -> web.StreamResponse:
    """Read, log, hand out; in this order."""
    console, visit = console_of(request), visit_of(request)
    bounds = allowance(visit.who.role, Permission.EXPORT) or Allowance(most=0)
    try:
        rows = await _read(request, asked, bounds.most or 0)
    except ConfigError:
        return _back(asked, "filters")
    if rows is None:
        return _back(asked, "too-many")
    now = console.clock()
    if leave is not None:
        await take(console.store, leave.id, DOWNLOAD, asked.filters.hash, now)
    what = f"{form.why}/{form.form}/{len(rows)}" + (f"/{leave.id}" if leave else "")
    await record_download(console.store, console.custody, visit.staff, asked.filters.hash, what, form.reason, now)
    return _file(rows, form, f"haechi-{asked.filters.hash}-{now:%Y%m%dT%H%M%SZ}", now)


async def _read(request: web.Request, asked: Asked, most: int) -> list[FoundPost] | None:
    """All that was found, masked; None where it is more than may be taken."""
    assert asked.query is not None, "it was checked"  # noqa: S101
    found, reader = await first(request, asked.query, most + 1), await reader_of(request)
    if len(found) > most:
        return None
    rows: list[FoundPost] = []
    for start in range(0, len(found), MASKED_AT_ONCE):
        some = await as_rows(console_of(request).store, found[start : start + MASKED_AT_ONCE], reader)
        rows += [as_found(row, reader) for row in some]
        await asyncio.sleep(0)
    return rows


def _file(rows: list[FoundPost], form: Download, name: str, now: datetime) -> web.Response:
    if form.form == "csv":
        body, kind = as_csv(rows), "text/csv"
    else:
        content = {"marking": MARKING, "made_at": now.isoformat(), "why": form.why}
        posts = [row.model_dump(mode="json") for row in rows]
        body, kind = json.dumps({**content, "posts": posts}, ensure_ascii=False, indent=1).encode(), "application/json"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form.form}"'}
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)


def as_csv(rows: list[FoundPost]) -> bytes:
    """A line each, nothing that a spreadsheet takes for a formula; UTF-8 with the mark that Excel looks for."""
    text, columns = io.StringIO(), list(FoundPost.model_fields)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([MARKING])
    writer.writerow(columns)
    for row in rows:
        cells = row.model_dump(mode="json")
        writer.writerow([harmless(_cell(cells[name])) for name in columns])
    return text.getvalue().encode("utf-8-sig", "replace")


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)
