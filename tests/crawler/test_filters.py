"""Filters as they are typed: what they mean, how they join a saved search, which mistakes are named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.filters import Given, in_time, make_query, parse_growth, with_saved
from evidence.errors import ConfigError
from evidence.query import Growth, Query, SavedSearch
from tests.conftest import NOW

SAVED = SavedSearch(
    name="lists",
    query=Query(text="명단", offices=frozenset({"B10"}), growth=Growth(by=5)),
    since="7d",
    until=None,
    owner="staff-a",
    is_team=False,
    at=NOW,
)


def test_what_is_typed_is_what_is_asked() -> None:
    """Every filter in its place; those that repeat as a set; sources in their canonical form."""
    given = Given(
        text="명단", schools=("1", "2"), offices=("B10",), levels=("high",), grown="10%", source="@Example_Room"
    )
    given = replace(given, terms=("list",), severities=("high", "critical"), states=("open",))
    assert make_query(given) == Query(
        text="명단",
        schools=frozenset({"1", "2"}),
        offices=frozenset({"B10"}),
        levels=frozenset({"high"}),
        terms=frozenset({"list"}),
        severities=frozenset({"high", "critical"}),
        states=frozenset({"open"}),
        growth=Growth(by=10, is_percent=True),
        source="https://t.me/example_room",
    )
    assert ["--text", "--school", "--office", "--level", "--term", "--severity", "--state", "--grown"] == given.names


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Given(offices=("B11",)), '--office: "B11" is not a NEIS office code; known: B10'),
        (Given(levels=("고등",)), '--level: "고등" is not a level; known: elementary'),
        (Given(severities=("grave",)), '--severity: "grave" is not a severity; known: low'),
        (Given(states=("new",)), '--state: "new" is not a state; known: open'),
        (Given(grown="much"), '--grown: "much" is neither a number of members'),
        (Given(grown="-3"), '--grown: "-3" is neither'),
    ],
)
def test_a_value_that_nothing_has_is_refused(given: Given, said: str) -> None:
    """It would look as if there were nothing to be found."""
    with pytest.raises(ConfigError) as refused:
        make_query(given)
    assert str(refused.value).startswith(said)


def test_growth_is_a_number_or_a_share() -> None:
    """Of members, or of what there was."""
    assert (Growth(by=200), Growth(by=2.5, is_percent=True)) == (parse_growth("200"), parse_growth("2.5%"))


def test_what_is_typed_replaces_what_was_saved() -> None:
    """The rest is asked as saved; its times count from now."""
    asked = with_saved(Given(text="소풍"), SAVED, NOW)
    assert replace(SAVED.query, text="소풍", since=NOW - timedelta(days=7)) == asked
    later = with_saved(Given(since="1d", until="1h"), SAVED, NOW)
    assert in_time(SAVED.query, "1d", "1h", NOW) == later
