"""Referrals for programs: the same acts, the same rules. A refusal is answered with its one line."""

from datetime import datetime

from aiohttp import web

from console.body import Strict, body_of
from console.views.api import answer
from console.views.referrals import Acts, NewDraft, Outcome, drafting_of
from console.visit import console_of, visit_of
from evidence.errors import ConfigError
from evidence.referral import ReferralDraft, Result, Stage
from storage.referral_forms import Sending
from storage.referrals import all_referrals, find_referral, read_letter


class SentBody(Strict):
    """What a person says of how they sent it; now, where no time is given."""

    how: str
    receipt: str = ""


class ReferralRow(Strict):
    """A referral without its text."""

    id: str
    case: str
    to: str
    stage: Stage
    is_urgent: bool
    posts: list[str]
    drafted_at: datetime
    approved_at: datetime | None
    sent_at: datetime | None
    receipt: str | None
    result: Result | None
    outcome_at: datetime | None
    still_up_h: int | None
    """The longest of 24, 48 and 72 hours at which any of it was still there."""


class Letter(Strict):
    """A referral with its text."""

    referral: ReferralRow
    subject: str
    body: str


class Referrals(Strict):
    """Newest first."""

    referrals: list[ReferralRow]


async def list_referrals(request: web.Request) -> web.StreamResponse:
    """All within one's own offices."""
    console = console_of(request)
    found = await all_referrals(console.store, visit_of(request).staff, console.clock())
    return answer(Referrals(referrals=[_row(one) for one in found]))


async def draft(request: web.Request) -> web.StreamResponse:
    """Draft one."""
    drafting = drafting_of(body_of(request, NewDraft))
    return answer(_row(await console_of(request).works.referring.draft(visit_of(request).staff, drafting)))


async def referral(request: web.Request) -> web.StreamResponse:
    """One with its text."""
    console, name = console_of(request), request.match_info["referral"]
    try:
        found = await find_referral(console.store, visit_of(request).staff, name)
        letter = await read_letter(console.store, name)
    except ConfigError:
        raise web.HTTPNotFound from None
    return answer(Letter(referral=_row(found), subject=letter["subject"], body=letter["body"]))


async def approve(request: web.Request) -> web.StreamResponse:
    """A second person agrees."""
    return answer(_row(await Acts(request).approve()))


async def sent(request: web.Request) -> web.StreamResponse:
    """A person says that they sent it."""
    body = body_of(request, SentBody)
    sending = Sending(at=console_of(request).clock(), how=body.how, receipt=body.receipt)
    return answer(_row(await Acts(request).sent(sending)))


async def outcome(request: web.Request) -> web.StreamResponse:
    """A person says what the body did."""
    return answer(_row(await Acts(request).outcome(body_of(request, Outcome).result)))


async def take_back(request: web.Request) -> web.StreamResponse:
    """It is not to be sent."""
    return answer(_row(await Acts(request).withdraw()))


def _row(found: ReferralDraft) -> ReferralRow:
    return ReferralRow(
        id=found.id,
        case=found.case,
        to=found.to,
        stage=found.stage,
        is_urgent=found.is_urgent,
        posts=list(found.posts),
        drafted_at=found.drafted_at,
        approved_at=found.approved_at,
        sent_at=found.sent_at,
        receipt=found.receipt,
        result=found.result,
        outcome_at=found.outcome_at,
        still_up_h=found.still_up_h,
    )
