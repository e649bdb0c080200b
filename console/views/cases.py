"""Cases: open one with a question, see its time-line, items and notes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from aiohttp import web
from pydantic import Field

from console.body import Strict, body_of, read_form
from console.going import go
from console.item_words import PROFILE_WORDS
from console.offices import OFFICES
from console.pages import render
from console.persons import callings
from console.review_words import KINDS, SEVERITIES
from console.timeline import Moment, of_case, of_event, of_item, of_post
from console.views.api import answer
from console.visit import console_of, visit_of
from console.words import Message
from evidence.approval import Proposal
from evidence.case import LONGEST_NOTE, LONGEST_QUESTION, Case, check_case_id
from evidence.errors import ConfigError, ReviewRefused
from evidence.package.profiles import PROFILES
from evidence.roles import in_scope
from pipelines.found_words import pieces
from pipelines.masking import mask
from storage.approvals import all_proposals
from storage.cases import add_case, all_cases, read_case
from storage.flag_view import FlagView, read_flag
from storage.legal_holds import all_holds
from storage.packages import packages_of
from storage.reads import by_id
from storage.scopes import offices_of_items
from storage.sealed import read_siblings


class NewCase(Strict):
    """The question of a case."""

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)


class CaseRow(Strict):
    """A case, as it leaves."""

    id: str
    question: str
    """Masked."""
    opened_at: datetime
    opened_by: str
    items: list[str]
    notes: int


class Cases(Strict):
    """Newest first."""

    cases: list[CaseRow]


async def case_offices(request: web.Request) -> frozenset[str]:
    """The offices of the case that a path names: those of its items; whoever opened it sees it too.

    Raises:
        HTTPNotFound: there is none of this id.
    """
    console, who = console_of(request), visit_of(request).who
    try:
        case = await read_case(console.store, check_case_id(request.match_info["case"]), console.clock())
    except ConfigError:
        raise web.HTTPNotFound from None
    offices = (await _offices(request, [case]))[case.id]
    return offices | who.offices if case.opened_by == who.id and who.offices else offices


async def _offices(request: web.Request, cases: Sequence[Case]) -> dict[str, frozenset[str]]:
    items = {item.id for case in cases for item in case.items}
    offices = await offices_of_items(console_of(request).store, items)
    return {case.id: frozenset().union(*(offices.get(item.id, frozenset()) for item in case.items)) for case in cases}


async def cases_in_scope(request: web.Request) -> list[Case]:
    """Cases that whoever asks may see, newest first."""
    console, visit = console_of(request), visit_of(request)
    cases = await all_cases(console.store, console.clock() + timedelta(days=1))
    offices = await _offices(request, cases)
    return [case for case in cases if case.opened_by == visit.who.id or in_scope(visit.staff, offices[case.id])]


async def cases_page(request: web.Request) -> web.StreamResponse:
    """All that one may see."""
    return await _cases(request, {})


async def _cases(request: web.Request, problems: dict[str, Message], status: int = 200) -> web.StreamResponse:
    cases, console = await cases_in_scope(request), console_of(request)
    held = {hold.case for hold in await all_holds(console.store, console.clock())}
    return render(request, "cases.html", status=status, cases=cases, held=held, problems=problems, seen=masked)


def masked(words: str) -> str:
    """What staff wrote, without what tells who somebody is."""
    return mask(words).text


async def open_case(request: web.Request) -> web.StreamResponse:
    """Open a case."""
    filled = await read_form(request, NewCase)
    if filled.form is None or not filled.form.question.strip():
        return await _cases(request, dict(filled.problems), 422)
    case = await _open(request, filled.form)
    return go(f"/cases/{case.id}")


async def _open(request: web.Request, form: NewCase) -> Case:
    console = console_of(request)
    return await add_case(console.store, console.custody, visit_of(request).staff, form.question, console.clock())


async def case_page(request: web.Request) -> web.StreamResponse:
    """One case."""
    return await show_case(request)


async def show_case(request: web.Request, problem: Message | None = None, status: int = 200) -> web.StreamResponse:
    """The page of a case, also where something asked of it could not be done."""
    console, name = console_of(request), request.match_info["case"]
    now = console.clock()
    case = await read_case(console.store, name, now + timedelta(days=1))
    line = await _line(request, case)
    items = await by_id(console.store, "evidence", [item.id for item in case.items])
    offices = await offices_of_items(console.store, items)
    staff = visit_of(request).staff
    return render(
        request,
        "case.html",
        status=status,
        case=case,
        question=masked(case.question),
        line=line,
        callings=await callings(request, [moment.who for moment in line if moment.who]),
        said=lambda words: pieces(masked(words)),
        items=items,
        is_theirs={name: in_scope(staff, offices.get(name, frozenset())) for name in items},
        hold=next((hold for hold in await all_holds(console.store, now) if hold.case == name), None),
        waiting=await _waiting(request, name, now),
        profiles=tuple(PROFILES),
        offices={code: words for code, words in OFFICES.items() if code != "none"},
        profile_words=PROFILE_WORDS,
        problem=problem,
        done=request.query.get("done", ""),
        longest=LONGEST_NOTE,
        severities=SEVERITIES,
        badges=KINDS,
    )


async def _waiting(request: web.Request, case: str, now: datetime) -> list[Proposal]:
    """What was proposed about a case and can still be approved or done."""
    found = await all_proposals(console_of(request).store, now + timedelta(days=1), since=now - timedelta(days=4))
    return [one for one in found if one.about.split("/")[0] == case and one.state(now) in ("waiting", "approved")]


async def _line(request: web.Request, case: Case) -> list[Moment]:
    """What happened, oldest first; of posts only those of one's own offices."""
    console = console_of(request)
    items = await by_id(console.store, "evidence", [item.id for item in case.items], ("post",))
    posts = list(dict.fromkeys(item["post"] for item in items.values()))
    flags = [flag for post in posts if (flag := await _flag(request, post)) is not None]
    names = await callings(request, [told.event.actor for flag in flags for told in flag.history])
    siblings = await read_siblings(console.store, [flag.id for flag in flags])
    moments = [*of_case(case, await packages_of(console.store, case.id, console.clock() + timedelta(days=1)))]
    for flag in flags:
        moments += of_post(flag.post) if flag.post else ()
        moments += [of_item(item) for item in siblings.get(flag.id, ()) if item.id in items]
        moments += [of_event(told.event, names[told.event.actor], visit_of(request).lang) for told in flag.history]
    return sorted(moments, key=lambda moment: moment.at)


async def _flag(request: web.Request, post: str) -> FlagView | None:
    """A flag of one's own offices."""
    console = console_of(request)
    try:
        return await read_flag(console.store, visit_of(request).staff, post, console.clock())
    except ReviewRefused:
        return None


async def list_cases(request: web.Request) -> web.StreamResponse:
    """The same as JSON."""
    return answer(Cases(cases=_rows(await cases_in_scope(request))))


async def open_by_program(request: web.Request) -> web.StreamResponse:
    """Open a case, as JSON."""
    return answer(Cases(cases=_rows([await _open(request, body_of(request, NewCase))])))


async def one_case(request: web.Request) -> web.StreamResponse:
    """One case as JSON."""
    console = console_of(request)
    case = await read_case(console.store, request.match_info["case"], console.clock() + timedelta(days=1))
    return answer(Cases(cases=_rows([case])))


def _rows(cases: Iterable[Case]) -> list[CaseRow]:
    return [
        CaseRow(
            id=case.id,
            question=masked(case.question),
            opened_at=case.opened_at,
            opened_by=case.opened_by,
            items=[item.id for item in case.items],
            notes=len(case.notes),
        )
        for case in cases
    ]
