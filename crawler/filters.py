"""The filters of ``haechi list`` and ``haechi search save``: the same options, the same meaning, the same mistakes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import click

from config.register import LEVELS, OFFICES
from crawler.moments import parse_moment
from evidence.address import parse_source_address
from evidence.errors import ConfigError
from evidence.progress import State
from evidence.query import Growth, Query, SavedSearch
from evidence.records import Severity
from evidence.watching import NO_OFFICE

Command = TypeVar("Command", bound=Callable[..., Any])

STATES = ("open", *map(str, State), "erased")
"""Of a Flag: not looked at yet, what its review came to, or gone for good."""

OPTIONS = (
    click.option("--text", help="What they say or said; case and blanks do not count. Example: --text 명단"),
    click.option("--school", "schools", multiple=True, help="Naming this school. Example: --school 7010057"),
    click.option("--office", "offices", multiple=True, help="Naming a school of this office. Example: --office B10"),
    click.option("--level", "levels", multiple=True, help="Naming a school of this level. Example: --level middle"),
    click.option("--term", "terms", multiple=True, help="With this term or rule. Example: --term synthetic-media"),
    click.option("--severity", "severities", multiple=True, help="Flagged so gravely. Example: --severity critical"),
    click.option("--state", "states", multiple=True, help="Whose flag stands so. Example: --state open"),
    click.option("--grown", help="In a room that grew in the week before. Examples: --grown 10%, --grown 200"),
    click.option("--source", help="Only of this source, or import. Example: --source https://t.me/example_room"),
    click.option("--since", help="From this time on. Examples: --since 2026-11-01, --since 24h"),
    click.option("--until", help="Before this time. Example: --until 2026-11-02T09:00:00Z"),
)
ONE_OF = {
    "schools": "school",
    "offices": "office",
    "levels": "level",
    "terms": "term",
    "severities": "severity",
    "states": "state",
}
"""Filters of a Query that are sets, and what one value of them is called."""
KNOWN = (
    ("levels", "--level", LEVELS, "a level"),
    ("offices", "--office", (*sorted(set(OFFICES.values())), NO_OFFICE), "a NEIS office code"),
    ("severities", "--severity", tuple(map(str, Severity)), "a severity"),
    ("states", "--state", STATES, "a state"),
)
"""Filters whose values are known; another one would look as if there were nothing to be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Filters as they were typed; of those that may be repeated any is enough."""

    text: str | None = None
    schools: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    grown: str | None = None
    source: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def names(self) -> list[str]:
        """Options that only posts and what belongs to them can be chosen by, as far as they were given."""
        given = [name for name in ("text", *ONE_OF, "grown") if getattr(self, name) not in (None, ())]
        return [f"--{ONE_OF.get(name, name)}" for name in given]


def filter_options(command: Command) -> Command:
    """Give a command all filters."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def make_query(given: Given) -> Query:
    """The Query that was typed, without its times.

    Raises:
        ConfigError: naming the option, the value and what was expected.
    """
    for name, option, known, what in KNOWN:
        for value in getattr(given, name):
            if value not in known:
                raise ConfigError(f'{option}: "{value}" is not {what}; known: {", ".join(known)}')
    return Query(
        text=given.text,
        schools=frozenset(given.schools),
        offices=frozenset(given.offices),
        levels=frozenset(given.levels),
        terms=frozenset(given.terms),
        severities=frozenset(given.severities),
        states=frozenset(given.states),
        growth=parse_growth(given.grown) if given.grown else None,
        source=parse_source_address(given.source) if given.source else None,
    )


def in_time(query: Query, since: str | None, until: str | None, now: datetime) -> Query:
    """The Query between two times as they were typed."""
    return replace(
        query,
        since=parse_moment(since, now, "--since") if since else None,
        until=parse_moment(until, now, "--until") if until else None,
    )


def with_saved(given: Given, saved: SavedSearch, now: datetime) -> Query:
    """A saved Query; what was typed besides stands in place of what was saved."""
    typed, asked = make_query(given), saved.query
    changes = {name: value for name in Query.__slots__ if (value := getattr(typed, name)) not in (None, frozenset())}
    return in_time(replace(asked, **changes), given.since or saved.since, given.until or saved.until, now)


def parse_growth(text: str) -> Growth:
    """``10%`` or ``200``.

    Raises:
        ConfigError: neither form.
    """
    try:
        by = float(text.removesuffix("%"))
    except ValueError:
        by = 0.0
    if not 0 < by < float("inf"):
        raise ConfigError(f'--grown: "{text}" is neither a number of members such as 200 nor a share such as 10%')
    return Growth(by=by, is_percent=text.endswith("%"))
