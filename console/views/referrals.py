"""Referrals: drafts for bodies outside, approved by a second person, recorded once a person has sent them by hand."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from aiohttp import web
from pydantic import Field

from console.body import Strict, read_form
from console.going import go
from console.notice_words import RESULTS, SEEN, SHAPES, STAGES
from console.pages import render
from console.persons import callings
from console.referring import Drafting
from console.visit import console_of, visit_of
from console.words import Message, _
from evidence.case import Staff
from evidence.errors import ConfigError
from evidence.referral import MARKS_H, Channel, ReferralDraft, Result
from storage.custody import Custody
from storage.mongo import Store
from storage.referral_forms import Sending
from storage.referrals import (
    all_referrals,
    approve_referral,
    find_referral,
    read_letter,
    record_result,
    record_sent,
    withdraw,
)

NOT_DONE = _("This could not be done: %(problem)s")
NO_TIME = _("This is no time.")


class NewDraft(Strict):
    """A draft that is asked for."""

    case: str = Field(pattern=r"^case-[0-9a-f]{8}$")
    to: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    lang: Literal["ko", "en"] = "ko"
    urgent: Literal["", "1"] = ""
    reason: str = Field(min_length=1, max_length=2_000)


class Sent(Strict):
    """What a person says of how they sent it; now, where no time is given."""

    how: str = Field(min_length=1, max_length=200)
    receipt: str = Field(default="", max_length=100)
    at: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d)?$")


class Outcome(Strict):
    """What the body did."""

    result: Result = Field(strict=False)


async def referrals_page(request: web.Request) -> web.StreamResponse:
    """All within one's own offices, and the form for a new one."""
    return await _list(request)


async def _list(request: web.Request, problem: Message | None = None, status: int = 200) -> web.StreamResponse:
    console = console_of(request)
    at = console.clock()
    channels = console.works.referring.channels()
    return render(
        request,
        "referrals.html",
        status=status,
        referrals=await all_referrals(console.store, visit_of(request).staff, at + timedelta(days=1)),
        channels=[channel for channel in channels if channel.holds(at.date())],
        today=at.date(),
        case=request.query.get("case", "")[:40],
        stages=STAGES,
        shapes=SHAPES,
        problem=problem,
    )


async def draft(request: web.Request) -> web.StreamResponse:
    """Draft one."""
    console, filled = console_of(request), await read_form(request, NewDraft)
    if filled.form is None:
        return await _list(request, next(iter(filled.problems.values())), 422)
    try:
        made = await console.works.referring.draft(visit_of(request).staff, drafting_of(filled.form))
    except ConfigError as problem:
        return await _list(request, Message(NOT_DONE, problem=str(problem)), 422)
    return go(f"/referrals/{made.id}", done="drafted")


def drafting_of(form: NewDraft) -> Drafting:
    """What is asked for, as the rest of the program takes it."""
    return Drafting(case=form.case, to=form.to, lang=form.lang, is_urgent=form.urgent == "1", reason=form.reason)


async def referral_offices(request: web.Request) -> frozenset[str]:
    """Offices of the referral that a path names."""
    try:
        return (await find_referral(console_of(request).store, None, request.match_info["referral"])).offices
    except ConfigError:
        raise web.HTTPNotFound from None


async def referral_page(request: web.Request) -> web.StreamResponse:
    """One with its text, as a person sends it."""
    return await _page(request)


async def _page(request: web.Request, problem: Message | None = None, status: int = 200) -> web.StreamResponse:
    console, visit = console_of(request), visit_of(request)
    found = await _find(request)
    try:
        letter = await read_letter(console.store, found.id)
    except ConfigError:
        letter = None
    return render(
        request,
        "referral.html",
        status=status,
        referral=found,
        letter=letter,
        channel=_channel(console.works.referring.channels(), found),
        today=console.clock().date(),
        is_own=visit.who.id in (found.drafted_by, found.sent_by),
        callings=await callings(request, filter(None, (found.drafted_by, found.approved_by, found.sent_by))),
        stages=STAGES,
        shapes=SHAPES,
        results=RESULTS,
        seen=SEEN,
        marks=MARKS_H,
        problem=problem,
        done=request.query.get("done", ""),
    )


def _channel(channels: tuple[Channel, ...], found: ReferralDraft) -> Channel | None:
    """As it was when it was drafted; None where the registry has it no more."""
    day = found.drafted_at.date()
    return next((channel for channel in channels if channel.id == found.to and channel.holds(day)), None)


async def _find(request: web.Request) -> ReferralDraft:
    try:
        return await find_referral(console_of(request).store, visit_of(request).staff, request.match_info["referral"])
    except ConfigError:
        raise web.HTTPNotFound from None


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be done to the referral that a path names; each raises ``ConfigError``, ``StorageError``."""

    request: web.Request

    async def approve(self) -> ReferralDraft:
        """A second person agrees that it is sent as it stands."""
        return await approve_referral(*self._first())

    async def sent(self, sending: Sending) -> ReferralDraft:
        """A person says that they sent it."""
        store, custody, staff, name, at = self._first()
        return await record_sent(store, custody, staff, name, sending, at)

    async def outcome(self, result: Result) -> ReferralDraft:
        """A person says what the body did."""
        store, custody, staff, name, at = self._first()
        return await record_result(store, custody, staff, name, result, at)

    async def withdraw(self) -> ReferralDraft:
        """It is not to be sent."""
        return await withdraw(*self._first())

    def _first(self) -> tuple[Store, Custody, Staff, str, datetime]:
        console, name = console_of(self.request), self.request.match_info["referral"]
        return console.store, console.custody, visit_of(self.request).staff, name, console.clock()


async def _told(request: web.Request, act: Awaitable[ReferralDraft], done: str) -> web.StreamResponse:
    """Carry it out, and show what became of it or why not."""
    try:
        found = await act
    except ConfigError as problem:
        return await _page(request, Message(NOT_DONE, problem=str(problem)), 422)
    return go(f"/referrals/{found.id}", done=done)


async def approve(request: web.Request) -> web.StreamResponse:
    """A second person agrees that it is sent as it stands."""
    return await _told(request, Acts(request).approve(), "approved")


async def sent(request: web.Request) -> web.StreamResponse:
    """A person says that they sent it."""
    filled = await read_form(request, Sent)
    if filled.form is None:
        return await _page(request, next(iter(filled.problems.values())), 422)
    form, zone = filled.form, visit_of(request).zone
    try:
        when = datetime.fromisoformat(form.at).replace(tzinfo=zone) if form.at else console_of(request).clock()
    except ValueError:
        return await _page(request, Message(NO_TIME), 422)
    sending = Sending(at=when.astimezone(UTC), how=form.how, receipt=form.receipt)
    return await _told(request, Acts(request).sent(sending), "sent")


async def outcome(request: web.Request) -> web.StreamResponse:
    """A person says what the body did."""
    filled = await read_form(request, Outcome)
    if filled.form is None:
        raise web.HTTPBadRequest
    return await _told(request, Acts(request).outcome(filled.form.result), "outcome")


async def take_back(request: web.Request) -> web.StreamResponse:
    """It is not to be sent."""
    return await _told(request, Acts(request).withdraw(), "withdrawn")
