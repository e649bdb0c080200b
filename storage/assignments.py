"""Who has what in hand: for the supervisor who spreads the load, gives a Flag to somebody and takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence.case import Staff
from evidence.errors import HaechiError, ReviewRefused
from evidence.people import Person
from evidence.progress import State, Step
from evidence.records import Severity
from evidence.roles import Permission, in_scope, may
from storage.exposure import Exposure, read_exposures
from storage.mongo import Document, Store
from storage.people import all_people
from storage.reads import EPOCH
from storage.review_desk import Desk, Wish, find_flag
from storage.review_intake import take_in_new
from storage.review_lanes import END, HELD
from storage.reviews import act

FIELDS = ("owner", "state", "severity", "source", "at", "due_at", "claimed_at", "lease_until", "offices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A Flag that somebody has in hand."""

    flag: str
    source: str
    owner: str
    state: State
    severity: Severity
    at: datetime
    """When it was flagged."""
    due_at: datetime
    claimed_at: datetime
    until: datetime
    """Then its time is up, and it may be taken back by anybody's next claim."""
    offices: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one reviewer carries."""

    person: Person
    held: tuple[Held, ...]
    """Those whose time is up first come first."""
    exposure: Exposure


async def read_loads(store: Store, staff: Staff, at: datetime) -> tuple[Load, ...]:
    """Everybody who decides Flags in somebody's scope, with what they carry; the fullest hands first."""
    people = [
        person for person in await all_people(store, at) if may_be_given(person) and shares_offices(staff, person)
    ]
    held = await _held(store, staff)
    seen = await read_exposures(store, [person.id for person in people], at)
    loads = [
        Load(person=person, held=tuple(one for one in held if one.owner == person.id), exposure=seen[person.id])
        for person in people
    ]
    return tuple(sorted(loads, key=lambda load: (-len(load.held), -load.exposure.total, load.person.name)))


def may_be_given(person: Person) -> bool:
    """Whether somebody decides Flags at all."""
    return person.disabled_at is None and may(person.role, Permission.DECIDE)


def shares_offices(staff: Staff, person: Person) -> bool:
    """Whether somebody works on what is theirs to see too."""
    return staff.offices is None or person.offices is None or not staff.offices.isdisjoint(person.offices)


async def _held(store: Store, staff: Staff) -> list[Held]:
    """In somebody's scope; at most as many as there are people at work, and a few left lying."""
    found = store["flags"].find({"lane": HELD, "lane_at": {"$gte": EPOCH, "$lt": END}}, FIELDS)
    rows = [_read(row) async for row in found if in_scope(staff, frozenset(row.get("offices") or ()))]
    return sorted(rows, key=lambda one: (one.until, one.flag))


def _read(row: Document) -> Held:
    return Held(
        flag=row["_id"],
        source=row["source"],
        owner=row["owner"],
        state=State(row["state"]),
        severity=Severity(row["severity"]),
        at=row["at"],
        due_at=row["due_at"],
        claimed_at=row["claimed_at"],
        until=row["lease_until"],
        offices=frozenset(row.get("offices") or ()),
    )


async def give(desk: Desk, staff: Staff, person: Person, flags: Sequence[str], at: datetime) -> dict[str, str]:
    """Give Flags to somebody, one after the other; each counts for them as if they had claimed it.

    Returns:
        Those that were not given, each with the reason why not; the log has an entry for every other one.
    """
    await take_in_new(desk, at)
    refused: dict[str, str] = {}
    for flag in dict.fromkeys(flags):
        try:
            await _give(desk, staff, person, flag, at)
        except HaechiError as problem:
            refused[flag] = str(problem)
    return refused


async def _give(desk: Desk, staff: Staff, person: Person, flag: str, at: datetime) -> None:
    document = await find_flag(desk.store, staff, flag)
    theirs = Staff(actor=person.id, role=str(person.role), session_id="", offices=person.offices)
    if not may_be_given(person) or not in_scope(theirs, frozenset(document.get("offices") or ())):
        raise ReviewRefused(f"{flag}: whoever should get it may not see it")
    await act(desk, staff, flag, Wish(step=Step.ASSIGN, whom=person.id), at)
