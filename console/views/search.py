"""Search: filters that stand in the address, newest first, masked; the same answers as ``haechi list``."""

import re
from dataclasses import replace
from datetime import datetime

from aiohttp import web

from console.body import Strict
from console.filters import OFFICE_CODES, STATES, Asked, ask, filters_of, read_filters
from console.found import FoundPost, Row, as_found, as_rows, first
from console.item_words import LEVELS, WHY
from console.item_words import STATES as STATE_WORDS
from console.offices import OFFICES
from console.pages import render
from console.review_words import KINDS, SEVERITIES
from console.said import reader_of
from console.views.api import answer
from console.views.exports import proposal_for
from console.visit import console_of, visit_of
from evidence.case import search_act
from evidence.errors import ConfigError
from evidence.query import Query, SavedSearch
from evidence.records import KeptPost
from evidence.roles import Permission, allowance
from storage.gaps import Gap, read_gap
from storage.searches import note_run, saved_search, saved_searches

ROWS = 20
EXCERPT = 420
"""Characters of a post in a list."""
_AFTER = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]{8,15}\+00:00)~(@?[\w-]{1,64}:\d{1,19})", re.ASCII)


class FoundPosts(Strict):
    """A page of them, newest first."""

    posts: list[FoundPost]
    after: str | None
    """For the next page; None on the last one."""


async def search_page(request: web.Request) -> web.StreamResponse:
    """What was asked for, beside the filters and the searches that were saved."""
    asked, gap = await asked_of(request)
    rows, after = await _rows(request, asked)
    visit, console = visit_of(request), console_of(request)
    return render(
        request,
        "search.html",
        status=422 if asked.problems else 200,
        asked=asked,
        rows=rows,
        after=after,
        gap=gap,
        saved=await saved_searches(console.store, visit.who.id, console.clock()),
        bounds=allowance(visit.who.role, Permission.SEARCH),
        download=allowance(visit.who.role, Permission.EXPORT),
        waiting=await proposal_for(request, asked.filters),
        done=request.query.get("done", ""),
        **choices(),
    )


def choices() -> dict[str, object]:
    """What the filters offer."""
    return {
        "offices": {code: OFFICES[code] for code in OFFICE_CODES},
        "severities": SEVERITIES,
        "badges": KINDS,
        "states": {state: STATE_WORDS[state] for state in STATES},
        "levels": {level: words for level, words in LEVELS.items() if level not in ("several", "unclear")},
        "why": WHY,
    }


async def find(request: web.Request) -> web.StreamResponse:
    """The same as JSON."""
    asked, _gap = await asked_of(request)
    if asked.query is None:
        raise web.HTTPBadRequest
    rows, after = await _rows(request, asked)
    reader = await reader_of(request)
    return answer(FoundPosts(posts=[as_found(row, reader) for row in rows], after=after))


async def asked_of(request: web.Request) -> tuple[Asked, Gap | None]:
    """The search that an address asks for; of a saved one also what could not be seen since it was asked last.

    Raises:
        HTTPNotFound: no search is saved under this name.
    """
    filters, problems = read_filters(request)
    name = request.query.get("saved", "")
    if not name:
        return ask(request, filters, problems), None
    console, who = console_of(request), visit_of(request).who.id
    try:
        saved = await saved_search(console.store, name, who, console.clock())
    except ConfigError:
        raise web.HTTPNotFound from None
    asked = ask(request, filters_of(saved), {})
    return asked, await _gap_since(request, saved, asked.query)


async def _gap_since(request: web.Request, saved: SavedSearch, query: Query | None) -> Gap | None:
    console, now = console_of(request), console_of(request).clock()
    before = await note_run(console.store, saved, visit_of(request).who.id, now)
    since = before or saved.at
    return await read_gap(console.store, since, now, query.source if query else None)


async def _rows(request: web.Request, asked: Asked) -> tuple[list[Row], str | None]:
    """A page of rows, and where the next one begins; the log knows of it first."""
    if asked.query is None or not asked.filters.pairs:
        return [], None
    console, after = console_of(request), _AFTER.fullmatch(request.query.get("after", ""))
    query = asked.query
    if after:
        query = replace(query, after=(datetime.fromisoformat(after[1]), after[2]))
    await console.custody.record(search_act(visit_of(request).staff, asked.filters.hash, console.clock()))
    try:
        found = await first(request, query, ROWS + 1)
    except ConfigError:  # nothing but blanks is sought
        return [], None
    rows = await as_rows(console.store, found[:ROWS], await reader_of(request), asked.filters.text, EXCERPT)
    return rows, _mark(found[ROWS - 1]) if len(found) > ROWS else None


def _mark(kept: KeptPost) -> str:
    return f"{kept.at.isoformat()}~{kept.id}" if kept.at else ""
