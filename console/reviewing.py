"""What people do to flags, the same for pages and programs: done at the desk, then told to all who look."""

from collections.abc import Collection
from datetime import timedelta

from aiohttp import web

from console.desk import desk_of, looks_of, tell_of_flag
from console.views.queue_models import Decision, FlagAct, Putting
from console.visit import console_of, visit_of
from evidence.errors import ConfigError, ReviewRefused
from evidence.progress import Progress, State, Step
from evidence.records import Severity
from storage.cases import add_case, put_items
from storage.exposure import read_exposure, spend
from storage.flag_view import offices_of_flag, record_look
from storage.review_desk import Wish, find_flag
from storage.reviews import act, claim_next, undo

FLAG_OFFICES: "web.RequestKey[frozenset[str]]" = web.RequestKey("offices of the flag", frozenset)
FREE = frozenset({State.QUEUED, State.REOPENED, State.SECOND_PENDING})
OWNED = frozenset({State.CLAIMED, State.SECOND_CLAIMED})


async def flag_offices(request: web.Request) -> frozenset[str]:
    """The offices of the flag that a path names.

    Raises:
        HTTPNotFound: there is no such flag.
    """
    offices = await offices_of_flag(console_of(request).store, request.match_info["flag"])
    if offices is None:
        raise web.HTTPNotFound
    request[FLAG_OFFICES] = offices
    return offices


async def take_next(request: web.Request) -> str | None:
    """Claim whatever comes first for whoever asks; None where nothing is left for them.

    Raises:
        ReviewRefused: their limit of today is reached.
        StorageError: the log did not take it.
    """
    console, staff = console_of(request), visit_of(request).staff
    claimed = await claim_next(desk_of(request), staff, console.clock())
    if claimed is None:
        return None
    flag = claimed.progress.flag
    looks_of(request).note(staff.actor, flag)
    tell_of_flag(console, flag, await offices_of_flag(console.store, flag) or frozenset(), "taken", staff.actor)
    return flag


async def wants_pause(request: web.Request) -> bool:
    """Whether whoever asks has looked at things for long enough."""
    console, staff = console_of(request), visit_of(request).staff
    exposure = await read_exposure(console.store, staff.actor, console.clock())
    return exposure.is_full or exposure.asks_for_pause(console.clock())


async def do(request: web.Request, wish: Wish | None) -> Progress:
    """Do something to the flag that the path names; None takes back what was done last.

    Raises:
        ReviewRefused: it is not possible.
        StorageError: the log did not take it.
    """
    console, staff, flag = console_of(request), visit_of(request).staff, request.match_info["flag"]
    desk, at = desk_of(request), console.clock()
    progress = await act(desk, staff, flag, wish, at) if wish else await undo(desk, staff, flag, at)
    if progress.owner == staff.actor:
        looks_of(request).note(staff.actor, flag)
    now = "taken" if progress.state in OWNED else "free" if progress.state in FREE else "over"
    tell_of_flag(console, flag, request[FLAG_OFFICES], now, staff.actor)
    return progress


async def look(request: web.Request) -> None:
    """Let somebody read the masked text of a flag that they do not hold: counted and logged first.

    Raises:
        ReviewRefused: their limit of today is reached.
        StorageError: the log did not take it.
    """
    console, staff, flag = console_of(request), visit_of(request).staff, request.match_info["flag"]
    document = await find_flag(console.store, staff, flag)
    await spend(console.store, staff.actor, Severity(document["severity"]), console.clock())
    await record_look(console.custody, staff, flag, console.clock())
    looks_of(request).note(staff.actor, flag)


def wish_of(request: web.Request, asked: FlagAct) -> Wish | None:
    """An act as the desk takes it; None for taking back."""
    if asked.do == "undo":
        return None
    if asked.do == "snooze":
        until = console_of(request).clock() + timedelta(hours=asked.hours)
        return Wish(step=Step.SNOOZE, until=until, wakes_on="revision" if asked.until_edited else None)
    return Wish(step=Step(asked.do))


async def decide(request: web.Request, decision: Decision) -> Progress:
    """Decide first, second or for good, whichever the flag waits for.

    Raises:
        ReviewRefused: it is not possible, or the post changed since it was read.
        StorageError: the log did not take it.
    """
    console, staff, flag = console_of(request), visit_of(request).staff, request.match_info["flag"]
    document = await find_flag(console.store, staff, flag)
    if decision.revision not in (None, document["revision"]):
        raise ReviewRefused(f"{flag}: the post changed in between: look again")
    steps = {State.SECOND_CLAIMED: Step.SECOND, State.DISPUTED: Step.ADJUDICATE}
    review = decision.review(flag, staff.actor, console.clock())
    step = steps.get(document["state"], Step.DECIDE)
    return await do(request, Wish(step=step, review=review, note=decision.note.strip() or None))


async def put_into_case(request: web.Request, putting: Putting, theirs: Collection[str]) -> str:
    """Put the sealed revisions of a flag's post into a case; gives its id.

    Args:
        request: names the flag.
        putting: names the case, or asks for a new one.
        theirs: ids of the cases that whoever asks may see.

    Raises:
        ConfigError: there is no such case, no question for a new one, or nothing is sealed.
        StorageError: the log did not take it.
    """
    console, staff, flag = console_of(request), visit_of(request).staff, request.match_info["flag"]
    case = putting.case
    if case is None:
        case = (await add_case(console.store, console.custody, staff, putting.question, console.clock())).id
    elif case not in theirs:
        raise ConfigError(f"{case}: there is no such case among those that you may see")
    await put_items(console.store, console.custody, staff, case, [flag], console.clock())
    return case
