"""One key from a grave flag to an urgent draft: what it will say, for whom; it is drafted here and sent by a person."""

from aiohttp import web

from console.body import Strict, body_of, read_form
from console.going import go
from console.pages import render
from console.review_words import refusal_name
from console.urgent import UrgentDraft, draft_urgent, urgent_channels
from console.views.api import answer
from console.views.queue_api import refused
from console.visit import console_of, visit_of
from console.words import Message, _
from evidence.errors import ConfigError, ReviewRefused
from evidence.roles import Permission

NOT_DRAFTED = _("This could not be drafted: the body has it already, or nothing of the post is sealed yet.")


class Drafted(Strict):
    """An urgent draft. Nothing was sent."""

    referral: str
    case: str
    to: str


async def urgent_page(request: web.Request) -> web.StreamResponse:
    """For whom, and why; nothing happens before the form is sent."""
    return _page(request, None)


def _page(request: web.Request, problem: Message | None) -> web.Response:
    return render(
        request,
        "urgent.html",
        status=422 if problem else 200,
        flag=request.match_info["flag"],
        channels=urgent_channels(request),
        today=console_of(request).clock().date(),
        problem=problem,
    )


async def urgent_form(request: web.Request) -> web.StreamResponse:
    """Draft it; on to the draft for those who record what was sent."""
    filled, flag = await read_form(request, UrgentDraft), request.match_info["flag"]
    if filled.form is None:
        return _page(request, next(iter(filled.problems.values())))
    try:
        made = await draft_urgent(request, filled.form)
    except ConfigError:
        return _page(request, Message(NOT_DRAFTED))
    except ReviewRefused as problem:
        return go(f"/queue/{flag}", refused=refusal_name(problem))
    if visit_of(request).may(Permission.RECORD_SENDING):
        return go(f"/referrals/{made.id}", done="drafted")
    return go(f"/queue/{flag}", done="drafted")


async def urgent_by_program(request: web.Request) -> web.StreamResponse:
    """The same as JSON."""
    try:
        made = await draft_urgent(request, body_of(request, UrgentDraft))
    except ReviewRefused as problem:
        return refused(problem)
    return answer(Drafted(referral=made.id, case=made.case, to=made.to))
