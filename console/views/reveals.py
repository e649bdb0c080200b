"""Masked text unmasked: asked for, approved by a second person, shown for a quarter of an hour, each view logged."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

import console.review_words as words
from console.body import Strict, read_form
from console.events import Event
from console.flag_text import show_strange
from console.going import go
from console.pages import render
from console.persons import callings
from console.reviewing import FLAG_OFFICES
from console.visit import console_of, visit_of
from console.words import Message
from evidence.approval import Proposal, sees
from evidence.errors import ConfigError, ReviewRefused
from evidence.roles import Permission
from storage.approvals import find_proposal
from storage.flag_view import offices_of_flag, read_texts
from storage.reveal_requests import (
    Purpose,
    approve_reveal,
    ask_reveal,
    break_glass,
    broken_glass,
    recent_reveals,
    view_revealed,
)


class RevealAsked(Strict):
    """Why somebody wants to see it."""

    purpose: Annotated[Purpose, Field(strict=False)]
    words: str = Field(min_length=1, max_length=1_900)
    do: Literal["ask", "break"] = "ask"


class Approval(Strict):
    """Of a reveal, or of a broken glass."""

    proposal: str = Field(pattern=r"^proposal-[0-9a-f]{16}$")


async def ask_page(request: web.Request) -> web.StreamResponse:
    """What for?"""
    return _ask(request, None)


def _ask(request: web.Request, problem: Message | None) -> web.Response:
    flag, status = request.match_info["flag"], 422 if problem else 200
    can_break = visit_of(request).may(Permission.APPROVE_REVEAL)
    return render(
        request, "reveal_ask.html", status=status, flag=flag, words=words, problem=problem, can_break=can_break
    )


async def ask_form(request: web.Request) -> web.StreamResponse:
    """Ask; a supervisor may open it at once instead."""
    filled = await read_form(request, RevealAsked)
    if filled.form is None:
        return _ask(request, next(iter(filled.problems.values())))
    try:
        found = await ask(request, filled.form)
    except ReviewRefused:
        raise web.HTTPForbidden from None
    except ConfigError as problem:
        return _ask(request, Message("%(problem)s", problem=str(problem)))
    return go(f"/reveals/{found.id}") if filled.form.do == "break" else go("/reveals", done="asked")


async def ask(request: web.Request, asked: RevealAsked) -> Proposal:
    """Ask for the flag that the path names, or break the glass, and tell supervisors.

    Raises:
        ReviewRefused: only supervisors break the glass.
        ConfigError: it is of offices that are not theirs.
        StorageError: the log did not take it.
    """
    console, staff, flag = console_of(request), visit_of(request).staff, request.match_info["flag"]
    work = break_glass if asked.do == "break" else ask_reveal
    offices, at = request[FLAG_OFFICES], console.clock()
    found = await work(console.store, console.custody, staff, flag, offices, asked.purpose, asked.words, at)
    await _tell(request)
    return found


async def approve(request: web.Request, proposal: str) -> None:
    """Approve somebody else's, and tell supervisors.

    Raises:
        ReviewRefused: it is no reveal.
        ConfigError: it is their own, expired, or outside of their scope.
        StorageError: the log did not take it.
    """
    console = console_of(request)
    await approve_reveal(console.store, console.custody, visit_of(request).staff, proposal, console.clock())
    await _tell(request)


async def _tell(request: web.Request) -> None:
    console = console_of(request)
    at = console.clock()
    waiting = [each for each in await recent_reveals(console.store, at) if each.state(at) == "waiting"]
    glass = [each for each in await broken_glass(console.store, at) if each.review.state(at) == "waiting"]
    values = {"count": len(waiting) + len(glass)}
    console.events.publish(Event(kind="reveals", permission=Permission.APPROVE_REVEAL, values=values))


async def reveals_page(request: web.Request) -> web.StreamResponse:
    """One's own, and what waits for a supervisor."""
    return await _reveals(request, None)


async def _reveals(request: web.Request, problem: Message | None) -> web.StreamResponse:
    console, visit = console_of(request), visit_of(request)
    at, staff = console.clock(), visit.staff
    reveals = [each for each in await recent_reveals(console.store, at) if sees(staff, each.offices)]
    can_approve = visit.may(Permission.APPROVE_REVEAL)
    glass = [each for each in await broken_glass(console.store, at) if sees(staff, each.review.offices)]
    waiting = [each for each in reveals if each.state(at) == "waiting" and each.proposed_by != staff.actor]
    return render(
        request,
        "reveals.html",
        status=422 if problem else 200,
        problem=problem,
        own=[(each, _is_open(each, request)) for each in reveals if each.proposed_by == staff.actor],
        waiting=waiting if can_approve else [],
        glass=glass if can_approve else [],
        callings=await callings(request, (each.proposed_by for each in [*reveals, *(one.review for one in glass)])),
        done=request.query.get("done", ""),
        words=words,
    )


def _is_open(proposal: Proposal, request: web.Request) -> bool:
    """Whether it can be looked at."""
    return proposal.approved_by is not None and console_of(request).clock() < proposal.expires_at


async def approve_form(request: web.Request) -> web.StreamResponse:
    """Approve it, or say of a broken glass that it was looked at."""
    filled = await read_form(request, Approval)
    if filled.form is None:
        raise web.HTTPBadRequest
    try:
        await approve(request, filled.form.proposal)
    except (ReviewRefused, ConfigError):
        return await _reveals(request, Message(words.NOT_APPROVED))
    return go("/reveals", done="approved")


async def reveal_offices(request: web.Request) -> frozenset[str]:
    """The offices of the flag that a reveal is about.

    Raises:
        HTTPNotFound: there is no such reveal.
    """
    console = console_of(request)
    try:
        found = await find_proposal(console.store, request.match_info["proposal"])
    except ConfigError:
        raise web.HTTPNotFound from None
    offices = await offices_of_flag(console.store, found.about)
    if offices is None:
        raise web.HTTPNotFound
    return offices


async def reveal_page(request: web.Request) -> web.StreamResponse:
    """The text as it was posted, with whoever looks and when written across it."""
    try:
        found, text = await revealed(request)
    except ReviewRefused:
        raise web.HTTPNotFound from None
    console, visit = console_of(request), visit_of(request)
    left_s = int((found.expires_at - console.clock()).total_seconds())
    response = render(request, "reveal.html", reveal=found, parts=show_strange(text), who=visit.who)
    response.headers["Refresh"] = f"{max(left_s, 1)};url=/reveals"  # it is not left open on a desk
    return response


async def revealed(request: web.Request) -> tuple[Proposal, str]:
    """The text, after the view of it is in the log.

    Raises:
        ReviewRefused: it is not theirs, not approved, or over.
        StorageError: the log did not take it.
    """
    console, staff = console_of(request), visit_of(request).staff
    found = await view_revealed(console.store, console.custody, staff, request.match_info["proposal"], console.clock())
    _document, post = (await read_texts(console.store, staff, [found.about])).get(found.about, ({}, None))
    if post is None:
        raise ReviewRefused(f"{found.about}: its post was erased")
    return found, post.post.words
