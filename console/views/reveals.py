"""Masked text unmasked: asked for, approved by a second person, shown for a quarter of an hour, each view logged."""

from collections.abc import Awaitable, Sequence

from aiohttp import web

import console.review_words as words
from console.body import read_form
from console.going import go
from console.pages import render
from console.persons import callings
from console.revealing import (
    Approval,
    CaseRevealAsked,
    RevealAsked,
    approve,
    ask,
    ask_for_case,
    masked_of,
    post_of,
    revealed,
)
from console.review_words import refusal_name
from console.visit import console_of, visit_of
from console.words import Message
from evidence.approval import Proposal, sees
from evidence.errors import ConfigError, ReviewRefused
from evidence.reveal import MOST_OF_A_CASE, Extent, read_extent
from evidence.roles import Permission
from storage.approvals import find_proposal
from storage.cases import posts_of_case
from storage.flag_view import offices_of_flag, read_texts
from storage.reveal_requests import broken_glass, recent_reveals


async def ask_page(request: web.Request) -> web.StreamResponse:
    """What for?"""
    return await _ask(request, None)


async def _ask(request: web.Request, problem: Message | None) -> web.Response:
    post = await post_of(request, request.match_info["flag"])
    spans = masked_of(post).spans
    asked = request.query.get("span", "")
    return render(
        request,
        "reveal_ask.html",
        status=422 if problem else 200,
        flag=request.match_info["flag"],
        revision=post.revision,
        marks=[span.kind.mark for span in spans],
        chosen=int(asked) if asked.isascii() and asked.isdecimal() and int(asked[:5]) <= len(spans) else 0,
        words=words,
        problem=problem,
        can_break=visit_of(request).may(Permission.APPROVE_REVEAL),
    )


async def ask_form(request: web.Request) -> web.StreamResponse:
    """Ask; a supervisor may open it at once instead."""
    filled = await read_form(request, RevealAsked)
    if filled.form is None:
        return await _ask(request, next(iter(filled.problems.values())))
    try:
        return await _asked(ask(request, filled.form))
    except ConfigError:
        return await _ask(request, Message(words.NOT_ASKED))


async def _asked(asking: Awaitable[Proposal]) -> web.Response:
    try:
        found = await asking
    except ReviewRefused:
        raise web.HTTPForbidden from None
    return go("/reveals", done="asked") if found.approved_by is None else go(f"/reveals/{found.id}")


async def case_ask_page(request: web.Request) -> web.StreamResponse:
    """Which posts of a case, and what for?"""
    return await _case_ask(request, None)


async def _case_ask(request: web.Request, problem: Message | None) -> web.Response:
    store, case = console_of(request).store, request.match_info["case"]
    there = await read_texts(store, visit_of(request).staff, await posts_of_case(store, case))
    return render(
        request,
        "reveal_case.html",
        status=422 if problem else 200,
        case=case,
        flags=[flag for flag, (_document, post) in there.items() if post is not None],
        most=MOST_OF_A_CASE,
        words=words,
        problem=problem,
        can_break=visit_of(request).may(Permission.APPROVE_REVEAL),
    )


async def case_ask_form(request: web.Request) -> web.StreamResponse:
    """Ask for up to 20 of them."""
    filled = await read_form(request, CaseRevealAsked)
    if filled.form is None:
        return await _case_ask(request, next(iter(filled.problems.values())))
    try:
        return await _asked(ask_for_case(request, filled.form))
    except ConfigError:
        return await _case_ask(request, Message(words.NOT_OF_CASE))


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
        extents=_extents([*reveals, *(one.reveal for one in glass)]),
        callings=await callings(request, (each.proposed_by for each in [*reveals, *(one.review for one in glass)])),
        done=request.query.get("done", ""),
        words=words,
    )


def _extents(reveals: Sequence[Proposal]) -> dict[str, Extent]:
    """What each covers, by its id."""
    return {each.id: read_extent(each.about) for each in reveals}


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
    """The offices of all that a reveal is about.

    Raises:
        HTTPNotFound: there is no such reveal, or nothing of it is there any more.
    """
    store = console_of(request).store
    try:
        extent = read_extent((await find_proposal(store, request.match_info["proposal"])).about)
    except ConfigError:
        raise web.HTTPNotFound from None
    offices = [found for flag in extent.flags if (found := await offices_of_flag(store, flag)) is not None]
    if not offices:
        raise web.HTTPNotFound
    return frozenset().union(*offices)


async def reveal_page(request: web.Request) -> web.StreamResponse:
    """The text as it was posted, with whoever looks and when written across it."""
    try:
        found, texts = await revealed(request)
    except ReviewRefused as problem:
        if refusal_name(problem) == "limit":
            return go("/queue/pause")
        raise web.HTTPNotFound from None
    console, visit = console_of(request), visit_of(request)
    left_s = int((found.expires_at - console.clock()).total_seconds())
    extent = read_extent(found.about)
    response = render(request, "reveal.html", reveal=found, extent=extent, texts=texts, who=visit.who)
    response.headers["Refresh"] = f"{max(left_s, 1)};url=/reveals"  # it is not left open on a desk
    return response
