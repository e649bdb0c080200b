"""The queue for programs: the same acts as the pages', with the same bounds."""

import json
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from aiohttp import web

from console.body import Strict, body_of
from console.desk import looks_of
from console.flag_text import parts_of, words_of
from console.reviewing import decide, do, look, put_into_case, take_next, wants_pause, wish_of
from console.said import reader_of
from console.views.api import answer
from console.views.cases import cases_in_scope
from console.views.queue import asked_of, listed
from console.views.queue_models import Decision, FlagAct, Next, Putting, Reopening, Words
from console.visit import console_of, visit_of
from evidence.errors import ReviewRefused
from evidence.progress import Step
from evidence.review import Review
from storage.flag_view import FlagView, read_flag
from storage.review_desk import Wish
from storage.review_list import Listed


class FlagRow(Strict):
    """A flag of the list."""

    flag: str
    source: str
    state: str
    severity: str
    rank: str
    why: list[str]
    at: datetime
    due_at: datetime
    owner: str | None
    disposition: str | None


class QueueAnswer(Strict):
    """A page of the list."""

    flags: list[FlagRow]
    after: str | None
    """Where the next page begins; null at the end."""


class Decided(Strict):
    """What somebody decided."""

    disposition: str
    category: str
    severity: str
    reason: str
    reviewer: str
    at: datetime
    duplicate_of: str | None


class FlagAnswer(Strict):
    """One flag, as whoever asks may see it."""

    flag: str
    source: str
    state: str
    version: int
    revision: int
    owner: str | None
    severity: str
    reasons: list[str]
    claim: str
    """``claimed`` is a mention that nobody checked."""
    due_at: datetime | None
    lease_until: datetime | None
    text: str | None
    """Masked; null until it is claimed or looked at."""
    reviews: list[Decided]
    alike: list[str]
    """Flags whose posts say nearly the same."""
    urgent: bool


class NextAnswer(Strict):
    """What was claimed."""

    flag: str | None
    """Null where nothing is left."""
    pause: bool
    """Whether a pause is due: nothing was claimed then."""


class CaseAnswer(Strict):
    """Where it was put."""

    case: str


async def queue(request: web.Request) -> web.StreamResponse:
    """The list, with the filters of the page."""
    listing = await listed(request, asked_of(request))
    after = listing.following.text() if listing.following else None
    return answer(QueueAnswer(flags=[_row(row) for row in listing.rows], after=after))


async def next_one(request: web.Request) -> web.StreamResponse:
    """Claim whatever comes first."""
    if not body_of(request, Next).go_on and await wants_pause(request):
        return answer(NextAnswer(flag=None, pause=True))
    try:
        return answer(NextAnswer(flag=await take_next(request), pause=False))
    except ReviewRefused as problem:
        return refused(problem)


async def flag(request: web.Request) -> web.StreamResponse:
    """One flag."""
    console, staff = console_of(request), visit_of(request).staff
    try:
        view = await read_flag(console.store, staff, request.match_info["flag"], console.clock())
    except ReviewRefused:
        raise web.HTTPNotFound from None
    return answer(await _flag(request, view))


async def act(request: web.Request) -> web.StreamResponse:
    """Something short that is done to it."""
    asked = body_of(request, FlagAct)
    return await _done(request, look(request) if asked.do == "look" else do(request, wish_of(request, asked)))


async def decision(request: web.Request) -> web.StreamResponse:
    """Decide it."""
    return await _done(request, decide(request, body_of(request, Decision)))


async def note(request: web.Request) -> web.StreamResponse:
    """Write something down about it."""
    return await _done(request, do(request, Wish(step=Step.NOTE, note=body_of(request, Words).note)))


async def reopen(request: web.Request) -> web.StreamResponse:
    """Have it reviewed anew."""
    return await _done(request, do(request, Wish(step=Step.REOPEN, reason=body_of(request, Reopening).reason)))


async def check(request: web.Request) -> web.StreamResponse:
    """An urgent one was looked at."""
    return await _done(request, do(request, Wish(step=Step.CHECK)))


async def case(request: web.Request) -> web.StreamResponse:
    """Put it into a case."""
    theirs = [case.id for case in await cases_in_scope(request)]
    return answer(CaseAnswer(case=await put_into_case(request, body_of(request, Putting), theirs)))


async def _done(request: web.Request, work: Awaitable[Any]) -> web.StreamResponse:
    try:
        await work
    except ReviewRefused as problem:
        return refused(problem)
    return await flag(request)


def refused(problem: ReviewRefused) -> web.Response:
    """Why it was not possible."""
    error = {"status": 409, "message": str(problem), "id": ""}
    return web.Response(text=json.dumps({"error": error}), status=409, content_type="application/json")


def _row(row: Listed) -> FlagRow:
    return FlagRow(
        flag=row.flag,
        source=row.source,
        state=row.state,
        severity=row.severity,
        rank=row.rank,
        why=[str(each) for each in row.why],
        at=row.at,
        due_at=row.due_at,
        owner=row.owner,
        disposition=row.disposition,
    )


async def _flag(request: web.Request, view: FlagView) -> FlagAnswer:
    progress, actor = view.progress, visit_of(request).staff.actor
    is_shown = progress.owner == actor or looks_of(request).has(actor, view.id)
    return FlagAnswer(
        flag=view.id,
        source=view.source,
        state=progress.state,
        version=progress.version,
        revision=view.revision,
        owner=progress.owner,
        severity=view.severity,
        reasons=list(view.reasons),
        claim=view.claim,
        due_at=view.due_at,
        lease_until=view.lease_until,
        text=await _text(request, view) if is_shown else None,
        reviews=[_decided(review) for review in progress.reviews],
        alike=[row.flag for row in view.alike],
        urgent=progress.urgent is not None,
    )


async def _text(request: web.Request, view: FlagView) -> str | None:
    if view.post is None:
        return None
    reader = await reader_of(request)
    return words_of(parts_of(view.post.post.words, view.post.mentions, view.source, reader))


def _decided(review: Review) -> Decided:
    return Decided(
        disposition=review.disposition,
        category=review.category,
        severity=review.severity,
        reason=review.reason,
        reviewer=review.reviewer,
        at=review.at,
        duplicate_of=review.duplicate_of,
    )
