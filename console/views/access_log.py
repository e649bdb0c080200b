"""Who looked at what, when, from where, whose: one's own, or that of all; and its monthly check."""

import re
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from statistics import quantiles
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import Field

from console.access_words import ACTS, KINDS
from console.body import Strict, read_form
from console.going import go
from console.pages import render
from console.views.api import answer
from console.views.cases import masked
from console.visit import console_of, visit_of
from evidence.access import Access
from evidence.case import check_act
from evidence.roles import Permission
from storage.access import accesses, accesses_back, reasons
from storage.mongo import Store
from storage.people import all_people

ROWS = 50
NIGHT = range(6)
"""Hours in which few are at work."""
FEW = 20
"""Acts in a month below which nobody stands out."""
CLOCKS_APART = timedelta(days=1)
LOOKS = frozenset({"open", "look", "search", "reveal", "download", "export"})
"""Acts by which somebody saw something, or took it out."""
MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"


class AccessRow(Strict):
    """An act, in the five fields of the law and some more."""

    who: str
    role: str
    when: datetime
    from_where: str
    whose: str
    what: str
    reason_code: str
    reason: str | None
    """Masked; None for those who may see ids and times alone."""
    entry: int


class AccessRows(Strict):
    """Newest first."""

    rows: list[AccessRow]
    before: int | None
    """For the next page."""


class Month(Strict):
    """That was checked."""

    month: str = Field(pattern=MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a person did in a month."""

    who: str
    name: str
    acts: int
    looks: int
    nights: int
    taken: int
    """Reveals, downloads and packages."""
    remarks: tuple[str, ...]
    """``night`` or ``much``: to be asked about, never held against anybody by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A month."""

    month: str
    lines: tuple[Line, ...]
    entries: tuple[int, int] | None
    """First and last entry that it counts; None for an empty month."""

    @property
    def hash(self) -> str:
        """Stands for it in the log."""
        return sha256(repr((self.month, self.lines, self.entries)).encode()).hexdigest()


async def own_page(request: web.Request) -> web.StreamResponse:
    """What oneself has looked at, newest first."""
    return await _page(request, sees_all=False)


async def all_page(request: web.Request) -> web.StreamResponse:
    """What everybody looked at; an admin sees ids and times, no words."""
    return await _page(request, sees_all=True)


async def _page(request: web.Request, *, sees_all: bool) -> web.StreamResponse:
    return render(
        request,
        "access_log.html",
        acts=ACTS,
        kinds=KINDS,
        found=await _rows(request, sees_all=sees_all),
        sees_all=sees_all,
        names=await _names(request),
        month=f"{console_of(request).clock().astimezone(visit_of(request).zone):%Y-%m}",
    )


async def own_log(request: web.Request) -> web.StreamResponse:
    """One's own as JSON."""
    return answer(await _rows(request, sees_all=False))


async def whole_log(request: web.Request) -> web.StreamResponse:
    """That of all as JSON."""
    return answer(await _rows(request, sees_all=True))


async def _names(request: web.Request) -> dict[str, str]:
    if not visit_of(request).may(Permission.ACCESS_LOG):
        return {visit_of(request).who.id: visit_of(request).who.name}
    console = console_of(request)
    return {person.id: person.name for person in await all_people(console.store, console.clock())}


async def _rows(request: web.Request, *, sees_all: bool) -> AccessRows:
    visit, found = visit_of(request), list[Access]()
    theirs = await _theirs(request) if sees_all else frozenset({visit.who.id})
    before = request.query.get("before", "")
    end = int(before) if re.fullmatch(r"[0-9]{1,15}", before) else None
    async with aclosing(accesses_back(console_of(request).store, end)) as going:
        async for access in going:
            if theirs is None or access.actor in theirs:
                found.append(access)
            if len(found) > ROWS:
                break
    why = await _why(request, found) if visit.may(Permission.OWN_ACCESS_LOG) else {}
    rows = [_row(access, why.get(access.entry)) for access in found[:ROWS]]
    return AccessRows(rows=rows, before=rows[-1].entry if len(found) > ROWS else None)


async def _theirs(request: web.Request) -> frozenset[str] | None:
    """Whose log somebody may see: of all whose offices are within their own; None for everybody's."""
    visit, console = visit_of(request), console_of(request)
    asked, own = request.query.get("actor", ""), visit.who.offices
    if own is None:
        return frozenset({asked}) if asked else None
    people = await all_people(console.store, console.clock())
    found = {person.id for person in people if person.offices is not None and person.offices <= own}
    return frozenset(found & {asked} if asked else found)


async def _why(request: web.Request, found: list[Access]) -> dict[int, str]:
    """Reasons in words; an admin is not given them."""
    if not found:
        return {}
    first, last = found[-1].at - CLOCKS_APART, found[0].at + CLOCKS_APART
    return await reasons(console_of(request).store, first, last)


def _row(access: Access, reason: str | None) -> AccessRow:
    return AccessRow(
        who=access.actor,
        role=access.role,
        when=access.at,
        from_where=access.where,
        whose=f"{access.whose_type} {access.whose}",
        what=access.what,
        reason_code=access.reason_code,
        reason=masked(reason) if reason else None,
        entry=access.entry,
    )


async def sheet_page(request: web.Request) -> web.StreamResponse:
    """The monthly check sheet, to be read, asked about and signed off."""
    filled = request.query.get("month", "")
    sheet = await _sheet(request, filled)
    return render(request, "access_sheet.html", sheet=sheet, done=request.query.get("done", ""))


async def check(request: web.Request) -> web.StreamResponse:
    """Sign a month off: the log has who checked which figures."""
    form = (await read_form(request, Month)).form
    if form is None:
        raise web.HTTPBadRequest
    sheet, console = await _sheet(request, form.month), console_of(request)
    await console.custody.record(check_act(visit_of(request).staff, sheet.month, sheet.hash))
    return go("/access-log/check", month=sheet.month, done="checked")


async def _sheet(request: web.Request, month: str) -> Sheet:
    """Raises ``HTTPNotFound`` where it is no month."""
    zone = visit_of(request).zone
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=zone)
    except ValueError:
        raise web.HTTPNotFound from None
    after = (first + timedelta(days=32)).replace(day=1)
    theirs = await _theirs(request)
    found = await _of_month(console_of(request).store, first.astimezone(UTC), after.astimezone(UTC))
    found = [access for access in found if theirs is None or access.actor in theirs]
    return make_sheet(month, found, await _names(request), zone)


async def _of_month(store: Store, since: datetime, until: datetime) -> list[Access]:
    async with aclosing(accesses(store, since, until)) as going:
        return [access async for access in going]


def make_sheet(month: str, found: list[Access], names: dict[str, str], zone: ZoneInfo) -> Sheet:
    """Count a month, a line a person; whoever stands out is marked."""
    acts = Counter(access.actor for access in found)
    looks = Counter(access.actor for access in found if access.what in LOOKS)
    nights = Counter(
        access.actor for access in found if access.what in LOOKS and access.at.astimezone(zone).hour in NIGHT
    )
    taken = Counter(access.actor for access in found if access.what in ("reveal", "download", "export"))
    much = quantiles(looks.values(), n=20, method="inclusive")[-1] if len(looks) > 1 else float("inf")
    lines = [
        Line(
            who=actor,
            name=names.get(actor, actor),
            acts=acts[actor],
            looks=looks[actor],
            nights=nights[actor],
            taken=taken[actor],
            remarks=_remarks(looks[actor], nights[actor], much),
        )
        for actor in sorted(acts)
    ]
    entries = [access.entry for access in found]
    return Sheet(month=month, lines=tuple(lines), entries=(min(entries), max(entries)) if entries else None)


def _remarks(looks: int, nights: int, much: float) -> tuple[str, ...]:
    return (("night",) if nights else ()) + (("much",) if looks >= max(FEW, much) else ())
