"""The watchlist as JSON: places, versions, changes, candidates, pauses; the same acts as the pages."""

from dataclasses import asdict
from datetime import timedelta

from aiohttp import web

from config.watchlist_diff import diff_lines
from console.body import body_of
from console.views import watchlist_models as m
from console.views.api import answer
from console.views.pauses import Wish, carry_out
from console.views.rooms import Act, act, found_rooms
from console.views.watchlist_changes import decline, propose_edits, save
from console.views.watchlist_drafts import in_sight
from console.visit import console_of, visit_of
from console.watchlist_draft import checked, make_draft, newest_text
from console.watchlist_rows import Row, rows_of
from evidence.errors import WatchlistMoved
from evidence.records import Source
from evidence.rooms import Standing
from evidence.trial import TrialMatch
from evidence.watchlist_change import WatchlistChange
from storage.pauses import standing_pauses
from storage.watchlist_changes import all_changes, find_change
from storage.watchlists import Version, all_versions, read_version


async def watchlist(request: web.Request) -> web.StreamResponse:
    """The newest version, and how its places stand."""
    console = console_of(request)
    number, text = await newest_text(console)
    found = checked(console, text)
    rows = await rows_of(console, [*found.sources, *found.directories])
    return answer(m.WatchlistBody(version=number, text=text, places=[_place(row) for row in rows]))


def _place(row: Row) -> m.PlaceRow:
    entry = row.entry
    source = entry if isinstance(entry, Source) else None
    return m.PlaceRow(
        address=entry.address,
        via=str(source.via) if source else f"directory:{getattr(entry, 'site', '')}",
        every_s=entry.every_s,
        until=source.until.isoformat() if source and source.until else None,
        office=source.office if source else None,
        reason=source.reason if source else None,
        outcome=row.seen.outcome,
        passed_at=row.seen.passed_at,
        members=row.seen.members,
        hours_watched=row.watched,
        hours_blind=row.blind,
        blind_reasons=[reason for reason, _ in row.reasons],
        paused=row.pause.in_words if row.pause else None,
        is_muted=row.mute is not None,
    )


async def versions(request: web.Request) -> web.StreamResponse:
    """All versions, newest first."""
    found = await all_versions(console_of(request).store)
    return answer(m.VersionsBody(versions=[_version(version) for version in found]))


async def version(request: web.Request) -> web.StreamResponse:
    """One version, with what differs from the one before."""
    number, store = request.match_info["number"], console_of(request).store
    found = await read_version(store, int(number)) if number.isdecimal() and len(number) < 9 else None
    if found is None:
        raise web.HTTPNotFound
    before = await read_version(store, found.number - 1)
    lines = [f"{line.sign}{line.text}" for line in diff_lines(before.text if before else "", found.text)]
    return answer(m.VersionBody(version=_version(found), text=found.text, diff=lines))


def _version(found: Version) -> m.VersionRow:
    return m.VersionRow(
        number=found.number,
        at=found.imported_at,
        by=found.by,
        why=found.why,
        change=found.change,
        sha256=found.sha256,
        name=found.name,
    )


async def check_link(request: web.Request) -> web.StreamResponse:
    """Where a link leads: one polite request."""
    checked = await console_of(request).works.watching.check_link(body_of(request, m.LinkBody).link)
    values = asdict(checked)
    return answer(m.LinkRow(**values | {"kind": str(checked.kind) if checked.kind else None}))


async def try_edits(request: web.Request) -> web.StreamResponse:
    """Which posts would be flagged otherwise; nothing is written."""
    console, body = console_of(request), body_of(request, m.TryBody)
    number, text = await newest_text(console)
    if number != body.base:
        raise web.HTTPConflict
    draft = await make_draft(console, body.base, text, [edit.edit() for edit in body.edits])
    since = console.clock() - timedelta(hours=body.hours)
    whole = await console.works.watching.try_texts(draft.before, draft.after, since, body.most_s)
    trial = in_sight(whole, visit_of(request))
    return answer(
        m.TrialBody(
            is_whole=trial.is_whole,
            posts=trial.posts,
            captures=trial.captures,
            flags_before=trial.flags_before,
            flags_after=trial.flags_after,
            raised=trial.raised,
            cleared=trial.cleared,
            changed=trial.changed,
            matches=[_match(match) for match in trial.matches],
        )
    )


def _match(match: TrialMatch) -> m.MatchRow:
    return m.MatchRow(
        source=match.source,
        native_id=match.native_id,
        address=match.address,
        posted_at=match.posted_at,
        text=match.text,
        before=str(match.before.severity) if match.before else None,
        after=str(match.after.severity) if match.after else None,
        reasons=list(match.after.reasons) if match.after else [],
    )


async def changes(request: web.Request) -> web.StreamResponse:
    """Changes of the last 90 days."""
    console = console_of(request)
    found = await all_changes(console.store, console.clock())
    return answer(m.ChangesBody(changes=[_change(change) for change in found]))


async def propose(request: web.Request) -> web.StreamResponse:
    """Put edits before a second person."""
    body = body_of(request, m.ProposeBody)
    edits = [edit.edit() for edit in body.edits]
    try:
        made = await propose_edits(console_of(request), visit_of(request), tuple(edits), body.base, body.why)
    except WatchlistMoved:
        raise web.HTTPConflict from None
    if made is None:
        raise web.HTTPForbidden
    return answer(_change(made))


def _change(change: WatchlistChange) -> m.ChangeRow:
    return m.ChangeRow(
        id=change.id,
        base=change.base,
        by=change.by,
        at=change.at,
        standing=str(change.standing),
        version=change.version,
        edits=[m.EditRow.model_validate(asdict(edit) | {"kind": str(edit.kind)}) for edit in change.edits],
    )


async def decide(request: web.Request) -> web.StreamResponse:
    """Save a change as the next version, or decline it."""
    console, visit, body = console_of(request), visit_of(request), body_of(request, m.DecideBody)
    change = await find_change(console.store, request.match_info["change"])
    if change is None:
        raise web.HTTPNotFound
    if body.do == "decline":
        await decline(console, visit, change)
        return answer(m.Done(done="declined"))
    try:
        saved = await save(console, visit, change, body.base, body.sha256)
    except WatchlistMoved:
        raise web.HTTPConflict from None
    return answer(_version(saved))


async def candidates(request: web.Request) -> web.StreamResponse:
    """Rooms that were found and that nobody watches."""
    found = await found_rooms(console_of(request), Standing.CANDIDATE)
    rows = [
        m.RoomRow(
            room=room.key,
            address=room.address,
            title=room.title,
            members=room.count,
            reasons=list(room.reasons),
            seen={where: times for where, times, _ in room.seen},
            first_seen=room.first_seen,
        )
        for room in found
    ]
    return answer(m.RoomsBody(rooms=rows))


async def decide_candidate(request: web.Request) -> web.StreamResponse:
    """Watch a room (by a change that is proposed), dismiss it, or take that back."""
    body = body_of(request, Act)
    return answer(m.Done(done=await act(console_of(request), visit_of(request), body.room, body.do)))


async def pauses(request: web.Request) -> web.StreamResponse:
    """What is stopped."""
    console = console_of(request)
    rows = [
        m.PauseRow(what=one.quiet, about=one.about, reason=one.reason, by=one.by, at=one.at, until=one.until)
        for one in await standing_pauses(console.store, console.clock())
    ]
    return answer(m.PausesBody(pauses=rows))


async def decide_pause(request: web.Request) -> web.StreamResponse:
    """Stop something, or let it go on."""
    wish = body_of(request, Wish)
    await carry_out(console_of(request), visit_of(request), wish)
    return answer(m.Done(done=wish.do))
