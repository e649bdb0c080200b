"""Changes of the watchlist: proposed by one person, saved as a version by another one."""

from aiohttp import web
from pydantic import Field

from console.body import Strict, read_form
from console.events import Event
from console.going import go
from console.pages import render
from console.persons import callings
from console.views.watchlist_drafts import Packed, show_conflict, show_draft
from console.visit import Console, Visit, console_of, visit_of
from console.watchlist_draft import Draft, make_draft, newest_text, unpacked
from console.watchlist_words import SECTIONS, STANDINGS
from console.words import Message, _
from evidence.approval import sees
from evidence.errors import ConfigError, WatchlistMoved
from evidence.roles import Permission, Role
from evidence.watchlist_change import Edit, Standing, WatchlistChange
from storage.approvals import find_proposal
from storage.people import all_people
from storage.rooms import take_up
from storage.watchlist_changes import (
    all_changes,
    decline_change,
    find_change,
    propose_change,
    save_change,
    waiting_changes,
)
from storage.watchlists import Version

OUTSIDE = _("This change is about places outside of your education offices.")


class Wanted(Packed):
    """Edits with a reason: somebody proposes them."""

    why: str = Field(default="", max_length=500)


class Decision(Strict):
    """On a change, as it was looked at."""

    do: str = Field(pattern=r"^(save|decline)$")
    base: int = Field(default=0, ge=0)
    sha256: str = Field(default="", max_length=64)


async def propose(request: web.Request) -> web.StreamResponse:
    """Put edits before a second person."""
    filled = await read_form(request, Wanted)
    if filled.form is None:
        raise web.HTTPBadRequest
    form, edits = filled.form, unpacked(filled.form.edits)
    if not form.why.strip():
        return await show_draft(request, form.base, edits, form.span, Message(_("Fill this in.")))
    try:
        change = await propose_edits(console_of(request), visit_of(request), edits, form.base, form.why)
    except WatchlistMoved:
        return await show_conflict(request, form.base, edits)
    if change is None:
        return await show_draft(request, form.base, edits, form.span, Message(OUTSIDE), form.why)
    return go(f"/watchlist/changes/{change.id}", done="proposed")


async def propose_edits(
    console: Console, visit: Visit, edits: tuple[Edit, ...], base: int, why: str
) -> WatchlistChange | None:
    """The same for pages and programs; None where it is outside of their offices.

    Raises:
        ConfigError: an edit does not fit, or there is no reason.
        WatchlistMoved: somebody else saved a version meanwhile.
    """
    number, text = await newest_text(console)
    if number != base:
        raise WatchlistMoved(base, number)
    draft = await make_draft(console, base, text, edits)
    if not sees(visit.staff, draft.offices):
        return None
    change = await propose_change(
        console.store, console.custody, visit.staff, edits, base, why, console.clock(), draft.offices
    )
    await tell_of_changes(console)
    return change


async def tell_of_changes(console: Console) -> None:
    """How many wait, to those who may save them."""
    count = len(await waiting_changes(console.store, console.clock()))
    console.events.publish(
        Event(kind="watchlist-changes", permission=Permission.APPROVE_WATCHLIST, values={"count": count})
    )


async def changes_page(request: web.Request) -> web.StreamResponse:
    """Changes of the last 90 days, those that wait first."""
    console = console_of(request)
    changes = await all_changes(console.store, console.clock())
    waiting = {change.id for change in await waiting_changes(console.store, console.clock())}
    return render(
        request,
        "watchlist_changes.html",
        changes=sorted(changes, key=lambda change: change.id not in waiting),
        waiting=waiting,
        callings=await callings(request, [actor for one in changes for actor in (one.by, one.decided_by) if actor]),
        sections=SECTIONS,
        standings=STANDINGS,
        done=request.query.get("done", ""),
    )


async def change_page(request: web.Request) -> web.StreamResponse:
    """One change, as it would be saved now."""
    return await _page(request, await _find(request))


async def _page(
    request: web.Request, change: WatchlistChange, problem: Message | None = None, status: int = 200
) -> web.StreamResponse:
    console, visit = console_of(request), visit_of(request)
    number, text = await newest_text(console)
    draft, misfit = await _fit(console, change, number, text)
    proposal = await find_proposal(console.store, change.id)
    is_open = change.standing is Standing.WAITING and proposal.state(console.clock()) in ("waiting", "approved")
    is_own = change.by == visit.who.id
    alone = is_own and visit.may(Permission.APPROVE_WATCHLIST) and await is_only_supervisor(console, visit)
    return render(
        request,
        "watchlist_change.html",
        status=status,
        change=change,
        draft=draft,
        misfit=misfit,
        why=proposal.reason,
        is_open=is_open,
        is_own=is_own,
        is_alone=alone,
        may_save=visit.may(Permission.APPROVE_WATCHLIST) and (alone or not is_own),
        callings=await callings(request, [actor for actor in (change.by, change.decided_by) if actor]),
        sections=SECTIONS,
        standings=STANDINGS,
        problem=problem,
        done=request.query.get("done", ""),
    )


async def _fit(console: Console, change: WatchlistChange, number: int, text: str) -> tuple[Draft | None, str]:
    """The change put into the newest version, or why it does not fit there any more."""
    if change.standing is Standing.SAVED:
        return None, ""
    if change.is_whole and change.base != number:
        return None, f"version {number} was saved meanwhile, and it replaces the whole text of version {change.base}"
    try:
        return await make_draft(console, number, text, change.edits), ""
    except ConfigError as problem:
        return None, str(problem)


async def is_only_supervisor(console: Console, visit: Visit) -> bool:
    """Whether nobody else could save what they propose; then they may, and the log says so."""
    people = await all_people(console.store, console.clock())
    return not any(
        person.role is Role.SUPERVISOR and person.disabled_at is None and person.id != visit.who.id for person in people
    )


async def decide(request: web.Request) -> web.StreamResponse:
    """Save a change as the next version, or decline it."""
    console, visit = console_of(request), visit_of(request)
    change, filled = await _find(request), await read_form(request, Decision)
    if filled.form is None:
        raise web.HTTPBadRequest
    if filled.form.do == "decline":
        await decline(console, visit, change)
        return go("/watchlist/changes", done="declined")
    try:
        version = await save(console, visit, change, filled.form.base, filled.form.sha256)
    except WatchlistMoved:
        moved = _("Somebody else saved a version meanwhile. Look at it again: this is the change on the newest one.")
        return await _page(request, change, Message(moved), 409)
    except ConfigError as problem:
        return await _page(request, change, Message("%(problem)s", problem=str(problem)), 403)
    return go(f"/watchlist/versions/{version.number}", done="saved")


async def decline(console: Console, visit: Visit, change: WatchlistChange) -> None:
    """Decide against it; whoever proposed it takes it back.

    Raises:
        HTTPForbidden: it is somebody else's, and they may not save it either.
    """
    if change.by != visit.who.id and not (
        visit.may(Permission.APPROVE_WATCHLIST) and sees(visit.staff, change.offices)
    ):
        raise web.HTTPForbidden
    await decline_change(console.store, console.custody, visit.staff, change, console.clock())
    await tell_of_changes(console)


async def save(console: Console, visit: Visit, change: WatchlistChange, base: int, sha256: str) -> Version:
    """Save exactly what was looked at.

    Raises:
        HTTPForbidden: they may not save.
        ConfigError: they proposed it themselves, or it fits no more.
        WatchlistMoved: the newest version, or what the change makes of it, is not what they saw.
    """
    if not visit.may(Permission.APPROVE_WATCHLIST):
        raise web.HTTPForbidden
    number, text = await newest_text(console)
    draft, misfit = await _fit(console, change, number, text)
    if draft is None:
        raise ConfigError(misfit or f"{change.id} is saved already")
    if (number, draft.sha256) != (base, sha256):
        raise WatchlistMoved(base, number)
    is_alone = change.by == visit.who.id and await is_only_supervisor(console, visit)
    at = console.clock()
    version = await save_change(
        console.store, console.custody, visit.staff, change, draft.after, base, at, is_alone=is_alone
    )
    for edit in draft.entries:
        if edit.section == "sources" and edit.before is None:
            await take_up(console.store, edit.name, at, visit.who.id)
    await tell_of_changes(console)
    return version


async def _find(request: web.Request) -> WatchlistChange:
    change = await find_change(console_of(request).store, request.match_info["change"])
    if change is None:
        raise web.HTTPNotFound
    return change
