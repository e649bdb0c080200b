"""Searches kept under names: of one's own, of the team, and those of whose news somebody wants to be told."""

from aiohttp import web
from pydantic import Field

from console.body import Strict, body_of, read_form
from console.filters import ask, filters_of, read_filters
from console.going import go
from console.views.api import answer
from console.visit import console_of, visit_of
from evidence.errors import ConfigError
from evidence.query import SavedSearch
from storage.searches import LONGEST_NAME, drop_search, save_search, saved_searches


class NewSearch(Strict):
    """A name for the filters in the address."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    is_team: bool = False
    tells: bool = False


class Dropped(Strict):
    """One's own that is forgotten."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)


class SearchRow(Strict):
    """A saved search."""

    name: str
    filters: str
    """As an address has them."""
    is_team: bool
    is_own: bool
    tells: bool


class Searches(Strict):
    """One's own and the team's, newest first."""

    searches: list[SearchRow]


async def save(request: web.Request) -> web.StreamResponse:
    """Keep the filters of the address."""
    asked, form = ask(request, *read_filters(request)), (await read_form(request, NewSearch)).form
    if asked.query is None or form is None or not asked.filters.pairs:
        return go(f"/search?{asked.filters.in_address}&done=name")
    await _save(request, form)
    return go("/search", saved=form.name.strip(), done="saved")


async def _save(request: web.Request, form: NewSearch) -> None:
    """What the role may see, and when, is asked each time; so neither is kept."""
    console, asked = console_of(request), ask(request, *read_filters(request))
    if asked.query is None or not asked.filters.pairs:
        raise web.HTTPBadRequest
    saved = SavedSearch(
        name=form.name.strip(),
        query=asked.query,
        since=asked.filters.since or None,
        until=asked.filters.until or None,
        owner=visit_of(request).who.id,
        is_team=form.is_team,
        at=console.clock(),
        tells=form.tells,
    )
    await save_search(console.store, saved)


async def drop(request: web.Request) -> web.StreamResponse:
    """Forget one of one's own."""
    form = (await read_form(request, Dropped)).form
    if form is not None:
        await _drop(request, form.name)
    return go("/search", done="dropped")


async def _drop(request: web.Request, name: str) -> None:
    try:
        await drop_search(console_of(request).store, name, visit_of(request).who.id)
    except ConfigError:
        raise web.HTTPNotFound from None


async def list_searches(request: web.Request) -> web.StreamResponse:
    """All that one may use, as JSON."""
    console, who = console_of(request), visit_of(request).who.id
    found = await saved_searches(console.store, who, console.clock())
    rows = [
        SearchRow(
            name=one.name,
            filters=filters_of(one).in_address,
            is_team=one.is_team,
            is_own=one.owner == who,
            tells=one.tells,
        )
        for one in found
    ]
    return answer(Searches(searches=rows))


async def save_by_program(request: web.Request) -> web.StreamResponse:
    """Keep the filters of the address, as JSON."""
    await _save(request, body_of(request, NewSearch))
    return await list_searches(request)
