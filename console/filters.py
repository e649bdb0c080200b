"""Filters of a search as they stand in an address: the same names and the same meaning as those of ``haechi list``."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field, ValidationError

from config.register import LEVELS, OFFICES
from console.body import OTHER_PROBLEM, PROBLEMS, Strict
from console.visit import console_of, visit_of
from console.words import Message, _
from evidence.address import parse_source_address
from evidence.errors import ConfigError
from evidence.progress import State
from evidence.query import Growth, Query, SavedSearch
from evidence.records import Severity
from evidence.roles import Permission, allowance
from evidence.watching import NO_OFFICE

STATES = ("open", *map(str, State), "erased")
"""Of a Flag, as ``haechi list --state`` knows them."""
SEVERITIES = tuple(map(str, reversed(Severity)))
OFFICE_CODES = (*sorted(set(OFFICES.values())), NO_OFFICE)

Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z가-힣:()·&\- ]{1,60}$")]
Term = Annotated[str, Field(pattern=r"^[\w-]{1,60}$")]
Office = Annotated[str, Field(pattern=rf"^({'|'.join(OFFICE_CODES)})$")]
Level = Annotated[str, Field(pattern=rf"^({'|'.join(LEVELS)})$")]
Grave = Annotated[str, Field(pattern=rf"^({'|'.join(SEVERITIES)})$")]
Stands = Annotated[str, Field(pattern=rf"^({'|'.join(STATES)})$")]


class Filters(Strict):
    """As typed; of those that may come several times any one is enough."""

    text: str = Field(default="", max_length=200)
    school: tuple[Code, ...] = Field(default=(), max_length=20)
    office: tuple[Office, ...] = Field(default=(), max_length=20)
    level: tuple[Level, ...] = Field(default=(), max_length=10)
    term: tuple[Term, ...] = Field(default=(), max_length=20)
    severity: tuple[Grave, ...] = Field(default=(), max_length=5)
    state: tuple[Stands, ...] = Field(default=(), max_length=12)
    grown: str = Field(default="", pattern=r"^([1-9]\d{0,6}%?)?$")
    source: str = Field(default="", max_length=200)
    since: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\d(T[\d:.]{5,15}Z?)?|\d{1,4}[mhdw])?$")
    until: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\d(T[\d:.]{5,15}Z?)?|\d{1,4}[mhdw])?$")

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What was typed, a pair each, in one order."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return tuple(
            (name, one) for name, value in values for one in ([value] if isinstance(value, str) else value) if one
        )

    @property
    def in_address(self) -> str:
        """The same, as an address has it."""
        return urlencode(self.pairs)

    @property
    def hash(self) -> str:
        """Stands for them in the log."""
        return hashlib.sha256(self.in_address.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search as it was asked for."""

    filters: Filters
    query: Query | None
    """None where something is wrong with it."""
    problems: dict[str, Message]


ASKED_FOR_NOTHING = _("This text has no character that can be looked for.")
NO_SCHOOL = _("No school of your offices in the register has this name or code.")
NO_ROOM = _("This is no address of a public room.")


def read_filters(request: web.Request) -> tuple[Filters, dict[str, Message]]:
    """Filters from an address, or from a form that carries them on; what else is in it is passed over."""
    return make_filters({name: request.query.getall(name) for name in request.query})


def make_filters(given: dict[str, list[str]]) -> tuple[Filters, dict[str, Message]]:
    """The same, from lists of values."""
    values: dict[str, object] = {}
    for name, field in Filters.model_fields.items():
        typed = [value.strip() for value in given.get(name, ()) if value.strip()]
        values[name] = (typed[0] if typed else "") if field.annotation is str else tuple(typed)
    try:
        return Filters.model_validate(values), {}
    except ValidationError as error:
        found = {str(each["loc"][0]): Message(PROBLEMS.get(each["type"], OTHER_PROBLEM)) for each in error.errors()}
        return Filters.model_validate({name: value for name, value in values.items() if name not in found}), found


def ask(request: web.Request, filters: Filters, problems: dict[str, Message]) -> Asked:
    """Make a Query within what whoever asks may see: their offices, and as far back as their role looks."""
    now, problems = console_of(request).clock(), dict(problems)
    query = Query(
        text=filters.text or None,
        schools=_schools(request, filters, problems),
        offices=frozenset(filters.office),
        levels=frozenset(filters.level),
        terms=frozenset(filters.term),
        severities=frozenset(filters.severity),
        states=frozenset(filters.state),
        growth=_growth(filters.grown),
        source=_source(filters.source, problems),
        since=_moment(request, filters, "since", problems),
        until=_moment(request, filters, "until", problems),
    )
    return Asked(filters=filters, query=None if problems else within(request, query, now), problems=problems)


def within(request: web.Request, query: Query, now: datetime) -> Query:
    """What of a Query may be seen by whoever asks."""
    who = visit_of(request).who
    bounds = allowance(who.role, Permission.SEARCH)
    least = now - timedelta(days=bounds.days) if bounds and bounds.days else None
    since = max(filter(None, (query.since, least)), default=None)
    return replace(query, scope=who.offices, since=since)


def _schools(request: web.Request, filters: Filters, problems: dict[str, Message]) -> frozenset[str]:
    """Codes of schools that were named by code or by their whole name."""
    schools, found = console_of(request).works.schools(), set[str]()
    offices = visit_of(request).who.offices
    for typed in filters.school:
        codes = {code for code, school in schools.items() if typed in (code, school.name)}
        codes = {code for code in codes if offices is None or schools[code].scope in offices}
        if not codes:
            problems["school"] = Message(NO_SCHOOL)
        found |= codes
    return frozenset(found)


def _growth(grown: str) -> Growth | None:
    return Growth(by=float(grown.rstrip("%")), is_percent=grown.endswith("%")) if grown else None


def _source(source: str, problems: dict[str, Message]) -> str | None:
    try:
        return parse_source_address(source) if source else None
    except ConfigError:
        problems["source"] = Message(NO_ROOM)
        return None


def _moment(
    request: web.Request, filters: Filters, name: Literal["since", "until"], problems: dict[str, Message]
) -> datetime | None:
    """A day begins where its reader is."""
    typed, console = getattr(filters, name), console_of(request)
    try:
        if len(typed) == len("2026-11-01"):
            day = date.fromisoformat(typed)
            return datetime(day.year, day.month, day.day, tzinfo=visit_of(request).zone).astimezone(UTC)
        return console.works.parse_moment(typed, console.clock(), name) if typed else None
    except (ValueError, OverflowError, ConfigError):
        problems[name] = Message(OTHER_PROBLEM)
        return None


def filters_of(saved: SavedSearch) -> Filters:
    """A saved search as filters, to be asked again."""
    query, growth = saved.query, saved.query.growth
    sets = {"school": "schools", "office": "offices", "level": "levels", "term": "terms", "severity": "severities"}
    given = {one: sorted(getattr(query, many)) for one, many in {**sets, "state": "states"}.items()}
    single = {"text": query.text, "source": query.source, "since": saved.since, "until": saved.until}
    grown = f"{growth.by:.0f}{'%' if growth.is_percent else ''}" if growth else None
    given |= {name: [value] for name, value in {**single, "grown": grown}.items() if value}
    return make_filters(given)[0]
