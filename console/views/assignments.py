"""The load of reviewers, for supervisors: who has what in hand and what they saw today; give, take back, limit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiohttp import web
from pydantic import Field

import console.review_words as words
from console.body import Strict, body_of, read_form
from console.desk import desk_of, tell_of_flag
from console.going import go
from console.known_answers import read_answers
from console.offices import OFFICES
from console.pages import render
from console.review_words import refusal_name, refusal_words
from console.reviewing import do
from console.views.api import answer
from console.views.queue import asked_of, listed, refusal_of
from console.views.queue_api import refused
from console.views.queue_models import AGES
from console.visit import console_of, visit_of
from console.words import Message
from evidence.errors import ConfigError, ReviewRefused
from evidence.people import Person
from evidence.progress import Step
from storage.assignments import Held, Load, give, may_be_given, read_loads, shares_offices
from storage.exposure import MOST_ITEMS, lower_limit
from storage.flag_view import read_texts
from storage.people import read_person
from storage.review_desk import Wish
from storage.review_intake import tidy

MOST_GIVEN = 20
"""At once: whoever gets them has as many minutes for all of them as for one."""
PERSON = r"^staff-[0-9a-f]{12}$"


class Giving(Strict):
    """Flags for somebody."""

    person: str = Field(pattern=PERSON)
    flags: tuple[str, ...] = Field(default=(), max_length=MOST_GIVEN)


class GivingAsked(Giving):
    """The same as JSON."""

    flags: list[str] = Field(min_length=1, max_length=MOST_GIVEN)  # type: ignore[assignment]


class Limit(Strict):
    """How many flags somebody sees in a day at the most."""

    person: str = Field(pattern=PERSON)
    most: int = Field(ge=0, le=MOST_ITEMS)


class HeldRow(Strict):
    """A flag in somebody's hands."""

    flag: str
    state: str
    severity: str
    at: datetime
    claimed_at: datetime
    until: datetime


class LoadRow(Strict):
    """What one reviewer carries. It protects them: it measures nobody, and stays in here."""

    person: str
    role: str
    today: dict[str, int]
    """Flags that they saw today, by severity."""
    most: int
    minutes_without_break: int
    held: list[HeldRow]


class Loads(Strict):
    """The fullest hands first."""

    loads: list[LoadRow]


class Given(Strict):
    """What became of flags that were to be given."""

    given: list[str]
    refused: dict[str, str]
    """The others, each with the reason why not."""


async def assignments_page(request: web.Request) -> web.StreamResponse:
    """Who has what in hand, and what could be given to somebody."""
    return await _page(request, {})


async def _page(request: web.Request, refused: Mapping[str, str], problem: Message | None = None) -> web.Response:
    console, asked = console_of(request), asked_of(request)
    loads, listing, answers = await _loads(request), await listed(request, asked), await read_answers(request)
    return render(
        request,
        "assignments.html",
        status=409 if refused else 422 if problem else 200,
        loads=loads,
        answers=answers,
        listing=listing,
        asked=asked,
        words=words,
        offices=OFFICES,
        ages=tuple(AGES),
        most_items=MOST_ITEMS,
        most_given=MOST_GIVEN,
        is_over=any(one.until <= console.clock() for load in loads for one in load.held),
        not_given={flag: Message(refusal_words(refusal_name(ReviewRefused(why)))) for flag, why in refused.items()},
        problem=problem,
        refused=refusal_of(request),
        done=request.query.get("done", ""),
    )


async def _loads(request: web.Request) -> tuple[Load, ...]:
    console = console_of(request)
    return await read_loads(console.store, visit_of(request).staff, console.clock())


async def give_form(request: web.Request) -> web.StreamResponse:
    """Give flags to somebody."""
    form = (await read_form(request, Giving)).form
    if form is None or not form.flags:
        return await _page(request, {}, Message(words.CHOOSE_PERSON))
    not_given = await _give(request, form.person, form.flags)
    return await _page(request, not_given) if not_given else go("/assignments", done="given")


async def _give(request: web.Request, name: str, flags: Sequence[str]) -> dict[str, str]:
    """Those that were not given, and why; whoever got the others, and all who look, are told.

    Raises:
        HTTPBadRequest: nobody of this id decides flags.
    """
    console, staff, person = console_of(request), visit_of(request).staff, await _person(request, name)
    refused = await give(desk_of(request), staff, person, flags, console.clock())
    given = [flag for flag in dict.fromkeys(flags) if flag not in refused]
    for flag, (document, _post) in (await read_texts(console.store, staff, given)).items():
        tell_of_flag(console, flag, frozenset(document.get("offices") or ()), "given", person.id)
    return refused


async def _person(request: web.Request, name: str) -> Person:
    person = await read_person(console_of(request).store, name)
    if person is None or not may_be_given(person) or not shares_offices(visit_of(request).staff, person):
        raise web.HTTPBadRequest
    return person


async def back_form(request: web.Request) -> web.StreamResponse:
    """Take a flag back from whoever holds it."""
    try:
        await do(request, Wish(step=Step.RELEASE))
    except ReviewRefused as problem:
        return go("/assignments", refused=refusal_name(problem))
    return go("/assignments", done="back")


async def free_form(request: web.Request) -> web.StreamResponse:
    """Take back whatever was held for too long."""
    await tidy(desk_of(request), console_of(request).clock())
    return go("/assignments", done="freed")


async def limit_form(request: web.Request) -> web.StreamResponse:
    """Let somebody see fewer flags a day."""
    form = (await read_form(request, Limit)).form
    if form is None:
        return await _page(request, {}, Message(words.NO_LIMIT))
    await _limit(request, form)
    return go("/assignments", done="limit")


async def _limit(request: web.Request, form: Limit) -> None:
    console, person = console_of(request), await _person(request, form.person)
    at = console.clock()
    await lower_limit(console.store, console.custody, visit_of(request).staff, person.id, form.most, at)


# ------------------------------------------------------------------ for programs


async def list_loads(request: web.Request) -> web.StreamResponse:
    """Who has what in hand."""
    at = console_of(request).clock()
    return answer(Loads(loads=[_row(load, at) for load in await _loads(request)]))


async def give_by_program(request: web.Request) -> web.StreamResponse:
    """Give flags to somebody."""
    asked = body_of(request, GivingAsked)
    not_given = await _give(request, asked.person, asked.flags)
    given = [flag for flag in dict.fromkeys(asked.flags) if flag not in not_given]
    return answer(Given(given=given, refused=not_given))


async def take_back_by_program(request: web.Request) -> web.StreamResponse:
    """Take a flag back from whoever holds it."""
    try:
        await do(request, Wish(step=Step.RELEASE))
    except ReviewRefused as problem:
        return refused(problem)
    return await list_loads(request)


async def limit_by_program(request: web.Request) -> web.StreamResponse:
    """Let somebody see fewer flags a day."""
    try:
        await _limit(request, body_of(request, Limit))
    except ConfigError:
        raise web.HTTPBadRequest from None
    return await list_loads(request)


def _row(load: Load, at: datetime) -> LoadRow:
    return LoadRow(
        person=load.person.id,
        role=str(load.person.role),
        today={str(severity): number for severity, number in load.exposure.items.items()},
        most=load.exposure.most_items,
        minutes_without_break=int(load.exposure.without_break(at).total_seconds() // 60),
        held=[_held(one) for one in load.held],
    )


def _held(one: Held) -> HeldRow:
    return HeldRow(
        flag=one.flag,
        state=str(one.state),
        severity=str(one.severity),
        at=one.at,
        claimed_at=one.claimed_at,
        until=one.until,
    )
