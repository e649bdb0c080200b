"""Reveals for programs: asking and approving, and the text, which is logged at each view."""

from datetime import datetime

from aiohttp import web

from console.body import Strict, body_of
from console.revealing import Approval, CaseRevealBody, RevealAsked, approve, ask, ask_for_case, revealed
from console.views.api import answer
from console.views.queue_api import refused
from console.visit import console_of
from evidence.approval import Proposal
from evidence.errors import ReviewRefused
from evidence.reveal import read_extent
from storage.approvals import find_proposal


class RevealAnswer(Strict):
    """A reveal that was asked for."""

    proposal: str
    flags: list[str]
    span: int | None
    """Number of the one masked span that it covers; None for whole texts."""
    state: str
    expires_at: datetime


class RevealedTexts(Strict):
    """Texts as they were posted, by flag. Each answer is in the log under whoever asked."""

    texts: dict[str, str]
    expires_at: datetime


async def ask_one(request: web.Request) -> web.StreamResponse:
    """Ask to see the text of a flag unmasked."""
    try:
        found = await ask(request, body_of(request, RevealAsked))
    except ReviewRefused as problem:
        return refused(problem)
    return _answer(request, found)


async def ask_case(request: web.Request) -> web.StreamResponse:
    """Ask to see posts of a case unmasked."""
    try:
        found = await ask_for_case(request, body_of(request, CaseRevealBody))
    except ReviewRefused as problem:
        return refused(problem)
    return _answer(request, found)


async def approve_one(request: web.Request) -> web.StreamResponse:
    """Approve what another person asked for."""
    proposal = body_of(request, Approval).proposal
    try:
        await approve(request, proposal)
    except ReviewRefused as problem:
        return refused(problem)
    return _answer(request, await find_proposal(console_of(request).store, proposal))


async def text(request: web.Request) -> web.StreamResponse:
    """The text, or those of a case."""
    try:
        found, texts = await revealed(request)
    except ReviewRefused as problem:
        return refused(problem)
    return answer(RevealedTexts(texts={one.flag: one.words for one in texts}, expires_at=found.expires_at))


def _answer(request: web.Request, found: Proposal) -> web.Response:
    state, extent = found.state(console_of(request).clock()), read_extent(found.about)
    return answer(
        RevealAnswer(
            proposal=found.id, flags=list(extent.flags), span=extent.span, state=state, expires_at=found.expires_at
        )
    )
