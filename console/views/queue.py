"""The queue: what waits, what one holds, and one flag at a time with all that is known of it."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import ValidationError

import console.review_words as words
from console.desk import curves_of, desk_of, looks_of
from console.flag_text import changes_of, named_in, passages_of
from console.known_answers import answer_for
from console.members import members_of
from console.offices import OFFICES
from console.pages import render
from console.persons import callings
from console.reviewing import FREE, OWNED
from console.said import reader_of
from console.views.cases import masked
from console.views.queue_models import AGES, Asked
from console.visit import console_of, visit_of
from console.words import Message
from evidence.conditions import GRAVE
from evidence.errors import ReviewRefused
from evidence.progress import State
from evidence.records import KeptPost, Severity
from evidence.review import Category
from evidence.roles import Permission
from evidence.workflow import undo_of
from pipelines.explicit import explicit_phrases
from storage.exposure import read_exposure
from storage.flag_view import FlagView, read_flag
from storage.review_intake import take_in_new
from storage.review_list import Filters, Listing, Shelf, list_flags
from storage.reviews import read_queue

ROWS, NEXT, MINE = 25, 12, 5


def asked_of(request: web.Request) -> Asked:
    """What list an address asks for.

    Raises:
        HTTPBadRequest: it asks for what there is not.
    """
    given = {name: request.query[name] for name in request.query if name in Asked.model_fields}
    try:
        return Asked.model_validate(given, strict=False)
    except ValidationError:
        raise web.HTTPBadRequest from None


async def queue_page(request: web.Request) -> web.StreamResponse:
    """What one holds, and what comes next; or, where filters are given, the list that they choose."""
    console, visit, asked = console_of(request), visit_of(request), asked_of(request)
    staff, desk, at = visit.staff, desk_of(request), console.clock()
    is_chosen = any(name in request.query for name in Asked.model_fields)
    coming, mine, urgent, listing, exposure = await asyncio.gather(
        _nothing() if is_chosen else read_queue(desk, staff, at, NEXT),
        list_flags(desk.queue, staff, Filters(shelf=Shelf.HELD, owner=staff.actor), at, None, MINE),
        desk.queue.urgent(staff, at) if visit.may(Permission.ASSIGN) else _nothing(),
        listed(request, asked) if is_chosen else _nothing(),
        read_exposure(console.store, staff.actor, at),
    )
    return render(
        request,
        "queue.html",
        words=words,
        offices=OFFICES,
        ages=tuple(AGES),
        asked=asked,
        coming=coming,
        mine=mine.rows,
        urgent=urgent,
        listing=listing,
        exposure=exposure,
        done=request.query.get("done", ""),
        last=request.query.get("last", ""),
        known=await answer_for(request, request.query.get("last", "")),
        refused=refusal_of(request),
    )


async def listed(request: web.Request, asked: Asked) -> Listing:
    """A page of the list, what came in just now included."""
    staff, desk, at = visit_of(request).staff, desk_of(request), console_of(request).clock()
    await take_in_new(desk, at)
    return await list_flags(desk.queue, staff, asked.filters(staff.actor), at, asked.key, ROWS)


async def _nothing() -> Any:
    """What is not looked for."""
    return ()


def refusal_of(request: web.Request) -> Message | None:
    """What was refused just before, as the address says."""
    name = request.query.get("refused", "")
    return Message(words.refusal_words(name)) if name else None


async def pause_page(request: web.Request) -> web.StreamResponse:
    """Time for a break, or enough for today."""
    console, staff = console_of(request), visit_of(request).staff
    exposure = await read_exposure(console.store, staff.actor, console.clock())
    return render(request, "pause.html", exposure=exposure, words=words)


async def flag_page(request: web.Request) -> web.StreamResponse:
    """One flag."""
    return await show_flag(request)


async def show_flag(
    request: web.Request, problems: Mapping[str, Message] | None = None, given: Mapping[str, str] | None = None
) -> web.Response:
    """One flag, with what was filled in before where something is wrong with it."""
    console, visit = console_of(request), visit_of(request)
    try:
        view, exposure = await asyncio.gather(
            read_flag(console.store, visit.staff, request.match_info["flag"], console.clock()),
            read_exposure(console.store, staff_of(request), console.clock()),
        )
    except ReviewRefused:
        raise web.HTTPNotFound from None
    return render(
        request,
        "flag.html",
        status=422 if problems else 200,
        words=words,
        offices=OFFICES,
        view=view,
        problems=problems or {},
        given=given or {},
        members=members_of(await curves_of(request).of(view.source), visit.zone),
        exposure=exposure,
        refused=refusal_of(request),
        done=request.query.get("done", ""),
        known=await answer_for(request, view.id),
        **_standing(request, view),
        **await _text(request, view),
        callings=await callings(request, (told.event.actor for told in view.history)),
        seen=masked,
        capture=capture_of(view),
    )


def staff_of(request: web.Request) -> str:
    """The pseudonym of whoever asks."""
    return visit_of(request).staff.actor


def _standing(request: web.Request, view: FlagView) -> dict[str, Any]:
    """What whoever asks may do to it."""
    visit, progress, actor = visit_of(request), view.progress, staff_of(request)
    is_mine = progress.owner == actor and progress.state in OWNED
    theirs = progress.reviewers | progress.recused
    return {
        "is_mine": is_mine,
        "can_claim": progress.state in FREE and actor not in theirs,
        "can_settle": progress.state is State.DISPUTED and visit.may(Permission.ADJUDICATE) and actor not in theirs,
        "can_reopen": progress.state is State.FINAL and visit.may(Permission.CASES),
        "can_undo": undo_of(progress, actor) is not None and not is_mine,
        "is_unchecked": progress.urgent is not None and progress.urgent.checked_by is None,
        "can_urge": visit.may(Permission.URGENT) and (view.severity in GRAVE or progress.urgent is not None),
        "first_category": next((term for term in view.terms if term in set(Category)), Category.OTHER),
        "severities": tuple(Severity),
    }


async def _text(request: web.Request, view: FlagView) -> dict[str, Any]:
    """What it says, if whoever asks holds it or has just looked at it; else nothing of it."""
    actor = staff_of(request)
    is_shown = (view.progress.owner == actor or looks_of(request).has(actor, view.id)) and view.post is not None
    if not is_shown or view.post is None:
        return {"is_shown": False, "passages": (), "folds": False, "named": (), "changes": ()}
    reader = await reader_of(request)
    explicit, post = await console_of(request).works.explicit(), view.post
    return {
        "is_shown": True,
        "passages": passages_of(post.post.words, post.mentions, view.source, reader, explicit),
        "folds": any(explicit_phrases(words, explicit) for words in (post.post.words, *_earlier(post))),
        "named": named_in(post.mentions, reader),
        "changes": changes_of(post, reader),
    }


def _earlier(post: KeptPost) -> Iterator[str]:
    return (revision.words for revision in post.earlier)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureShown:
    """What is told of a capture."""

    received_sha256: str
    fetched_at: datetime


def capture_of(view: FlagView) -> CaptureShown | None:
    """The capture that the newest sealed revision was seen in; None where it was erased."""
    if view.newest_item is None or view.newest_item.content is None:
        return None
    capture = json.loads(view.newest_item.content)["capture"]
    fetched_at = datetime.fromisoformat(capture["fetched_at"])
    return CaptureShown(received_sha256=capture["received_sha256"], fetched_at=fetched_at)
