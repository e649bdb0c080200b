"""Candidates: rooms that were found and that nobody watches yet. One key watches, one dismisses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from aiohttp import web
from pydantic import Field

from config.watchlist_edit import put
from console.body import Strict, read_form
from console.pages import render
from console.views.watchlist_changes import propose_edits
from console.visit import Console, Visit, console_of, visit_of
from console.watchlist_draft import newest_text
from console.watchlist_words import KINDS, REASONS
from console.words import Message
from evidence.errors import ConfigError
from evidence.pause import as_code
from evidence.rooms import Standing
from evidence.watchlist_change import room_act
from pipelines.masking import mask
from storage.rooms import all_rooms, dismiss, rooms_before, standing, undismiss
from storage.watchlist_changes import waiting_changes

MOST = 100
"""On one page; filters lead to the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A room that was found."""

    key: str
    address: str | None
    """None where it has no public name: then it cannot be watched."""
    title: str | None
    """Masked."""
    kind: str | None
    count: int | None
    reasons: tuple[str, ...]
    seen: tuple[tuple[str, int, datetime], ...]
    """Where, how often, and when last; most often first."""
    first_seen: datetime
    renamed_to: str | None
    refused: str | None
    status: Standing
    is_proposed: bool
    """Whether a change that would watch it waits."""

    @property
    def times(self) -> int:
        """How often it was seen anywhere."""
        return sum(times for _, times, _ in self.seen)


class Asked(Strict):
    """Which rooms."""

    status: Literal["candidate", "dismissed", "refused"] = "candidate"
    reason: str = Field(default="", max_length=60)
    q: str = Field(default="", max_length=100)
    done: str = Field(default="", max_length=20)
    room: str = Field(default="", max_length=300)


class Act(Strict):
    """What a person decides about a room."""

    room: str = Field(min_length=1, max_length=300)
    do: Literal["watch", "dismiss", "undo"]
    next: str = Field(default="", max_length=40, pattern=r"^(room-\d{1,3})?$")


async def candidates_page(request: web.Request) -> web.StreamResponse:
    """Rooms with where they were seen and why somebody might look; most often seen first."""
    console = console_of(request)
    try:
        asked = Asked.model_validate(dict(request.query))
    except ValueError:
        asked = Asked()
    found = await found_rooms(console, Standing(asked.status))
    reasons = sorted({reason for room in found for reason in room.reasons})
    meant = [room for room in found if _is_meant(room, asked)]
    return render(
        request,
        "watchlist_candidates.html",
        rooms=meant[:MOST],
        more=max(0, len(meant) - MOST),
        reasons=reasons,
        asked=asked,
        reason_words=REASONS,
        kinds=KINDS,
    )


async def found_rooms(console: Console, status: Standing) -> list[Found]:
    """Rooms of a standing, most often seen first."""
    watched = await console.works.watched()
    waiting = await waiting_changes(console.store, console.clock())
    proposed = " ".join(edit.entry for change in waiting for edit in change.edits if edit.section == "sources")
    rooms = [
        _found(room, status, proposed)
        async for room in all_rooms(console.store, None, console.clock() + timedelta(days=1))
        if standing(room, watched, console.clock()) is status and not room.get("via", "").startswith("directory:")
    ]
    return sorted(rooms, key=lambda room: -room.times)


def _found(room: Mapping[str, Any], status: Standing, proposed: str) -> Found:
    key = room["_id"]
    address = key if key.startswith("https:") else None
    places = [(where, seen["times"], seen["at"]) for where, seen in room.get("found", {}).items()]
    values = [seen["value"] for seen in room.get("found", {}).values() if seen.get("value") is not None]
    return Found(
        key=key,
        address=address,
        title=mask(room["title"], public=[address] if address else []).text if room.get("title") else None,
        kind=room.get("kind"),
        count=room.get("members") or (max(values) if values else None),
        reasons=tuple(sorted(room.get("reasons", ()))),
        seen=tuple(sorted(places, key=lambda place: -place[1])),
        first_seen=room["at"],
        renamed_to=room.get("renamed_to"),
        refused=room.get("refused"),
        status=status,
        is_proposed=address is not None and f'"{address}"' in proposed.replace("'", '"'),
    )


def _is_meant(room: Found, asked: Asked) -> bool:
    words = " ".join(filter(None, (room.key, room.title))).lower()
    return asked.q.lower() in words and (not asked.reason or asked.reason in room.reasons)


async def decide_room(request: web.Request) -> web.StreamResponse:
    """Watch, dismiss, or take a dismissal back; the list is come back to where it was."""
    console, visit = console_of(request), visit_of(request)
    filled = await read_form(request, Act)
    if filled.form is None:
        raise web.HTTPBadRequest
    form = filled.form
    try:
        done = await act(console, visit, form.room, form.do)
    except ConfigError as problem:
        page = Message("%(problem)s", problem=str(problem))
        return render(request, "error.html", status=422, line=page, number="")
    where = f"/watchlist/candidates?done={done}&room={quote(form.room, safe='')}"
    return web.Response(status=303, headers={"Location": where + (f"#{form.next}" if form.next else "")})


async def act(console: Console, visit: Visit, key: str, do: str) -> str:
    """Carry out a decision; returns what was done.

    Raises:
        ConfigError: it cannot be watched, is outside of their offices, or was never found.
        StorageError: the log did not take it; nothing is done.
    """
    room = (await rooms_before(console.store, [key])).get(key)
    if room is None:
        raise ConfigError(f"{key}: was never found")
    if do == "watch":
        return await _watch(console, visit, key, room)
    at = console.clock()
    action = "room-dismiss" if do == "dismiss" else "room-undismiss"
    await console.custody.record(room_act(visit.staff, action, as_code(key), at))
    if do == "undo":
        await undismiss(console.store, key)
        return "undone"
    await dismiss(console.store, key, "", at, visit.who.id)
    return "dismissed"


async def _watch(console: Console, visit: Visit, key: str, room: Mapping[str, Any]) -> str:
    if not key.startswith("https:") or room.get("refused"):
        raise ConfigError(f"{key} cannot be watched: {room.get('refused') or 'it has no public name'}")
    number, _text = await newest_text(console)
    reasons = ", ".join(sorted(room.get("reasons", ()))) or "found"
    why = f"found by discovery: {reasons}"
    change = await propose_edits(console, visit, (put("sources", "", {"address": key, "reason": why}),), number, why)
    if change is None:
        raise ConfigError(f"{key} belongs to no office: only those who see every office may propose it")
    return "proposed"
