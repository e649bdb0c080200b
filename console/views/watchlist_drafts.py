"""A change of the watchlist before anybody proposes it: what it would change, and which posts it would flag."""

from dataclasses import replace
from datetime import timedelta

from aiohttp import web
from pydantic import Field

from config.watchlist_diff import diff_lines
from console.body import Strict, read_form
from console.pages import render
from console.persons import callings
from console.visit import Visit, console_of, visit_of
from console.watchlist_draft import Draft, make_draft, newest_text, unpacked
from console.watchlist_words import SECTIONS, SEVERITIES
from console.words import Message
from evidence.approval import sees
from evidence.errors import ConfigError
from evidence.roles import in_scope
from evidence.trial import Trial
from evidence.watchlist_change import Edit
from storage.watchlists import read_version

TRY_S = 12.0
"""How long somebody waits for a trial."""
SPANS = {"": timedelta(0), "24h": timedelta(days=1), "7d": timedelta(days=7)}
FIRST_TRIAL = "24h"


class Packed(Strict):
    """Edits as a form carries them."""

    base: int = Field(ge=0)
    edits: str = Field(min_length=1, max_length=900_000)
    span: str = Field(default=FIRST_TRIAL, pattern=r"^(24h|7d|)$")


async def look_at_draft(request: web.Request) -> web.StreamResponse:
    """The change once more: tried over more days, or put into a newer version."""
    filled = await read_form(request, Packed)
    if filled.form is None:
        raise web.HTTPBadRequest
    return await show_draft(request, filled.form.base, unpacked(filled.form.edits), filled.form.span)


async def show_draft(
    request: web.Request,
    base: int,
    edits: tuple[Edit, ...],
    span: str = FIRST_TRIAL,
    problem: Message | None = None,
    why: str = "",
) -> web.StreamResponse:
    """What edits would change, with a trial where they change words; a newer version is a conflict.

    Args:
        request: that made them.
        base: the version that its page showed.
        edits: in order.
        span: of the trial.
        problem: that was found with the reason.
        why: as it was given.

    Raises:
        ConfigError: an edit does not fit, or the outcome is no valid watchlist.
    """
    console, visit = console_of(request), visit_of(request)
    number, text = await newest_text(console)
    if number != base:
        return await show_conflict(request, base, edits)
    draft = await make_draft(console, base, text, edits)
    return render(
        request,
        "watchlist_draft.html",
        status=422 if problem else 200,
        draft=draft,
        trial=await try_draft(request, draft, span),
        span=span,
        sections=SECTIONS,
        severities=SEVERITIES,
        problem=problem,
        why=why,
        is_theirs=sees(visit.staff, draft.offices),
    )


async def try_draft(request: web.Request, draft: Draft, span: str) -> Trial | None:
    """Which posts would be flagged otherwise; None where the change cannot matter to that, or nobody asks."""
    if not draft.changes_words or not SPANS[span]:
        return None
    console = console_of(request)
    since = console.clock() - SPANS[span]
    trial = await console.works.watching.try_texts(draft.before, draft.after, since, TRY_S)
    return in_sight(trial, visit_of(request))


def in_sight(trial: Trial, visit: Visit) -> Trial:
    """Only posts of the reader's own offices; the numbers stay."""
    return replace(trial, matches=tuple(match for match in trial.matches if in_scope(visit.staff, match.offices)))


async def show_conflict(request: web.Request, base: int, edits: tuple[Edit, ...]) -> web.StreamResponse:
    """Somebody else saved a version meanwhile: what they changed, and the way on."""
    console = console_of(request)
    number, text = await newest_text(console)
    newest, old = await read_version(console.store, number), await read_version(console.store, base)
    try:
        mine: Draft | None = await make_draft(console, number, text, edits)
    except ConfigError:
        mine = None
    return render(
        request,
        "watchlist_conflict.html",
        status=409,
        newest=newest,
        base=base,
        number=number,
        lines=diff_lines(old.text if old else "", text),
        mine=mine,
        callings=await callings(request, [newest.by] if newest and newest.by else []),
    )
