"""Reveals for programs: asking and approving, and the text, which is logged at each view."""

from datetime import datetime

from aiohttp import web

from console.body import Strict, body_of
from console.views.api import answer
from console.views.queue_api import refused
from console.views.reveals import Approval, RevealAsked, approve, ask, revealed
from console.visit import console_of
from evidence.approval import Proposal
from evidence.errors import ReviewRefused
from storage.approvals import find_proposal


class RevealAnswer(Strict):
    """A reveal that was asked for."""

    proposal: str
    flag: str
    state: str
    expires_at: datetime


class RevealedText(Strict):
    """A text as it was posted. Each answer is in the log under whoever asked."""

    flag: str
    text: str
    expires_at: datetime


async def ask_one(request: web.Request) -> web.StreamResponse:
    """Ask to see the text of a flag unmasked."""
    try:
        found = await ask(request, body_of(request, RevealAsked))
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
    """The text."""
    try:
        found, words = await revealed(request)
    except ReviewRefused as problem:
        return refused(problem)
    shown = words.encode("utf-8", "replace").decode()
    return answer(RevealedText(flag=found.about, text=shown, expires_at=found.expires_at))


def _answer(request: web.Request, found: Proposal) -> web.Response:
    state = found.state(console_of(request).clock())
    return answer(RevealAnswer(proposal=found.id, flag=found.about, state=state, expires_at=found.expires_at))
