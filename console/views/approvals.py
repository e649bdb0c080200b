"""What waits for a second person: packages, files, holds, erasures. Nobody approves what they proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from aiohttp import web
from pydantic import Field

from console.body import Strict, read_form
from console.going import go
from console.pages import render
from console.persons import callings
from console.views.cases import masked
from console.views.exports import DOWNLOAD
from console.visit import Console, console_of, visit_of
from console.words import Message, _
from evidence.approval import ERASE, EXPORT, HOLD, RELEASE, Proposal, sees
from evidence.errors import HaechiError
from storage.approvals import all_proposals, approve, find_proposal
from storage.legal_holds import hold_case, release_case

ACTS = {
    EXPORT: _("Hand over a package, not encrypted"),
    DOWNLOAD: _("Take masked items out as a file"),
    HOLD: _("Hold a case"),
    RELEASE: _("End the hold of a case"),
    ERASE: _("Erase a post"),
}
NOT_DONE = _("This could not be done: %(problem)s")


class Approval(Strict):
    """Of one proposal."""

    proposal: str = Field(pattern=r"^proposal-[0-9a-f]{16}$")
    do: Literal["approve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A proposal as it is shown."""

    proposal: Proposal
    reason: str
    """Masked."""
    is_own: bool


async def approvals_page(request: web.Request) -> web.StreamResponse:
    """All that waits within one's own offices."""
    return await _page(request)


async def _page(
    request: web.Request,
    problem: Message | None = None,
    status: int = 200,
    certificate: Mapping[str, object] | None = None,
) -> web.StreamResponse:
    console, visit = console_of(request), visit_of(request)
    now = console.clock()
    found = await all_proposals(console.store, now + timedelta(days=1), since=now - timedelta(days=4))
    rows = [
        Waiting(proposal=one, reason=masked(one.reason), is_own=one.proposed_by == visit.who.id)
        for one in found
        if one.act in ACTS and one.state(now) == "waiting" and sees(visit.staff, one.offices)
    ]
    return render(
        request,
        "approvals.html",
        status=status,
        rows=rows,
        acts=ACTS,
        callings=await callings(request, [row.proposal.proposed_by for row in rows]),
        problem=problem,
        certificate=certificate,
        done=request.query.get("done", ""),
    )


async def approve_one(request: web.Request) -> web.StreamResponse:
    """Approve; what only an act of two persons is, is done at once."""
    form = (await read_form(request, Approval)).form
    if form is None:
        raise web.HTTPBadRequest
    console, staff = console_of(request), visit_of(request).staff
    try:
        found = await find_proposal(console.store, form.proposal)
        if found.act not in ACTS:
            raise web.HTTPNotFound
        await approve(console.store, console.custody, staff, found.id, console.clock())
        certificate = await _carry_out(request, console, found)
    except HaechiError as problem:
        return await _page(request, Message(NOT_DONE, problem=str(problem)), 409)
    if certificate is not None:
        return await _page(request, certificate=certificate)
    return go("/approvals", done="approved")


async def _carry_out(request: web.Request, console: Console, found: Proposal) -> Mapping[str, object] | None:
    """Holds and erasures; files are taken by whoever proposed them. Gives the certificate of an erasure."""
    staff = visit_of(request).staff
    if found.act == HOLD:
        await hold_case(console.store, console.custody, staff, found.id, console.clock())
    if found.act == RELEASE:
        await release_case(console.store, console.custody, staff, found.id, console.clock())
    return await console.works.erase(staff, found.id) if found.act == ERASE else None
