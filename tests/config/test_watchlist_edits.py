"""Entries of a watchlist change and go as a person would do it: everything else stays as it was written."""

from collections.abc import Mapping

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from config.watchlist import parse_watchlist
from config.watchlist_edit import apply_edit, put, read_entries, read_entry, remove
from evidence.errors import ConfigError
from evidence.watchlist_change import Edit, EditKind
from tests.config.test_watchlist_edit import watchlists

TEXT = """version: 1
# rooms
sources:
  - address: '@one_room'   # the first
    every: 10m
    reason: told            # by telephone

  - address: '@two_rooms'
    until: 2027-02-01
terms:
  - id: trade
    any:
      - 사고   # buy
      - 팔고
    patterns: ["a+"]
rules:
  - id: any-trade
    when: {mentions: 1, terms: [trade]}
    severity: high
"""


def edited(section: str, name: str, entry: Mapping[str, object]) -> str:
    """The text with an entry of it in other words."""
    old = dict(read_entry(TEXT, section, name) or {})
    wanted = {key: value for key, value in {**old, **entry}.items() if value is not None}
    return apply_edit(TEXT, "rooms.yaml", put(section, name, wanted))


@pytest.mark.parametrize(
    ("section", "name", "entry", "old", "new"),
    [
        ("sources", "https://t.me/one_room", {"every": "6h"}, "every: 10m", "every: 6h"),
        ("sources", "@one_room", {"reason": "a: b # c"}, "reason: told", "reason: 'a: b # c'"),
        ("sources", "@one_room", {"every": None}, "    every: 10m\n", ""),
        ("sources", "@two_rooms", {"until": "2027-03-01"}, "2027-02-01", "2027-03-01"),
        (
            "sources",
            "@two_rooms",
            {"office": "B10", "every": "1h"},
            "2027-02-01\n",
            "2027-02-01\n    office: B10\n    every: 1h\n",
        ),
        ("terms", "trade", {"any": ["사고", "팔고", "삽니다"]}, "      - 팔고\n", "      - 팔고\n      - 삽니다\n"),
        ("terms", "trade", {"any": ["팔고"]}, "      - 사고   # buy\n", ""),
        (
            "terms",
            "trade",
            {"any": ["팔고", "사고"]},
            "      - 사고   # buy\n      - 팔고\n",
            "      - 팔고\n      - 사고\n",
        ),
        ("terms", "trade", {"patterns": ["b+", "c"]}, '["a+"]', "[b+, c]"),
        (
            "rules",
            "any-trade",
            {"when": {"mentions": 2, "terms": ["trade"]}},
            "{mentions: 1, terms: [trade]}",
            "{mentions: 2, terms: [trade]}",
        ),
        ("rules", "any-trade", {"severity": "low"}, "severity: high", "severity: low"),
    ],
)
def test_only_what_changes_is_written_anew(
    section: str, name: str, entry: dict[str, object], old: str, new: str
) -> None:
    """A value, a line, an item of a list; the remarks beside it and all others stay."""
    assert TEXT.replace(old, new, 1) == edited(section, name, entry)


def test_the_first_line_of_an_entry_changes_with_it() -> None:
    """Where an entry cannot be changed key by key it is written anew, alone."""
    text = TEXT.replace("'@one_room'   # the first\n    every: 10m", "'@one_room'")
    new = apply_edit(text, "x", put("sources", "@one_room", {"reason": "told"} | {"address": "@other_room"}))
    assert ["https://t.me/other_room", "https://t.me/two_rooms"] == [
        one.address for one in parse_watchlist(new, "x").sources
    ]
    assert "# rooms" in new


def test_entries_go_with_their_lines() -> None:
    """A list whose last entry went is an empty one: of rules there are none then, not the packaged ones."""
    new = apply_edit(TEXT, "x", remove("sources", "@one_room"))
    assert (
        TEXT.replace(
            "  - address: '@one_room'   # the first\n    every: 10m\n    reason: told            # by telephone\n", ""
        )
        == new
    )
    none = apply_edit(TEXT, "x", remove("rules", "any-trade"))
    assert none.endswith("rules: []\n")
    assert () == parse_watchlist(none, "x").rules
    again = apply_edit(none, "x", put("rules", "", {"id": "r", "when": {"mentions": 1}, "severity": "low"}))
    assert "rules:\n  - id: r\n    when: {mentions: 1}\n    severity: low\n" in again


def test_what_is_not_there_any_more_is_said() -> None:
    """And what is there already."""
    for edit, why in (
        (put("sources", "@gone_room", {"address": "@gone_room"}), "x: sources has no entry @gone_room any more"),
        (remove("terms", "gone"), "x: terms has no entry gone any more"),
        (put("sources", "", {"address": "https://t.me/ONE_room"}), "is already in the list"),
    ):
        with pytest.raises(ConfigError, match=why):
            apply_edit(TEXT, "x", edit)
    assert "b" == apply_edit(TEXT, "x", Edit(kind=EditKind.WHOLE, entry="b"))


VALUES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)


@settings(max_examples=25)
@given(watchlists(), st.data())
def test_any_entry_of_any_watchlist(text: str, data: st.DataObject) -> None:
    """Changed or taken out, the result reads as it should: whatever stands between the lines."""
    entries = read_entries(text, "sources")
    if not entries:
        return
    number = data.draw(st.integers(0, len(entries) - 1))
    name = entries[number]["address"]
    reason = data.draw(VALUES)
    wanted = [dict(entry) for entry in entries]
    wanted[number]["reason"] = reason
    assert wanted == (yaml.safe_load(apply_edit(text, "x", put("sources", name, wanted[number])))["sources"] or [])
    left = [entry for place, entry in enumerate(entries) if place != number]
    assert left == (yaml.safe_load(apply_edit(text, "x", remove("sources", name)))["sources"] or [])
