"""A room is added to a watchlist as a person would write it: everything else stays as it was."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from config.watchlist import parse_watchlist
from config.watchlist_edit import with_source
from evidence.errors import ConfigError

NEW, REASON = "https://t.me/new_room", "reported by telephone"
HEAD = "version: 1\ntimezone: Asia/Seoul\n"
ADDED = f"  - address: {NEW}\n    reason: {REASON}\n"


def added(text: str, reason: str = REASON) -> str:
    """The watchlist with one more room."""
    return with_source(text, "rooms.yaml", NEW, reason)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sources:\n  - address: '@one_room'\n", ADDED),
        ("sources:\n  - address: '@one_room'", f"\n{ADDED}"),
        ("sources:\n", ADDED),
        ("sources:", f"\n{ADDED}"),
        ("sources:   # none yet\n", ADDED),
        ("sources: []", f"\n{ADDED}"),
        ("", f"sources:\n{ADDED}"),
        ("sources:\n- address: '@one_room'\n", ADDED.replace("\n  ", "\n").removeprefix("  ")),
    ],
)
def test_where_a_room_is_added(before: str, after: str) -> None:
    """At the end of the sources, in the indent of the others; a list that is missing is begun."""
    assert HEAD + before.replace(": []", ":") + after == added(HEAD + before)


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("sources:\n  - address: '@one_room'   # the first\n", "\n# what is looked for\nterms:\n"),
        ("sources:\n  - address: '@one_room'\n", "  # end of the list\n"),
        ("sources:\n  - address: '@one_room'\n", "...\n"),
        ("sources:\n", "directories: []\n"),
        ("sources:\n  - {address: '@one_room', every: 10m}\n", "terms: []\n"),
        ("sources:\n  - address: '@one_room'\n    reason: |\n      told\n      # 12\n", "\n# remark\nterms: []\n"),
        ("sources:\n  - address: '@one_room'\n    reason:\n", "terms: []\n"),
        ("directories: []\n", "sources:\n"),
    ],
)
def test_what_stands_behind_stays_behind(before: str, behind: str) -> None:
    """Remarks, other keys and the end of the document; a line of a text that looks like a remark is none."""
    if behind == "sources:\n":
        before, behind = before + behind, ""
    assert HEAD + before + ADDED + behind == added(HEAD + before + behind)


@pytest.mark.parametrize("behind", ["...\n", "# the end\n...\n", ""])
def test_a_missing_list_is_begun_inside_the_document(behind: str) -> None:
    """Before the mark that ends it."""
    assert f"---\n{HEAD}sources:\n{ADDED}{behind}" == added(f"---\n{HEAD}{behind}")


@pytest.mark.parametrize(
    "before",
    [
        "sources:\n  -   address: '@one_room'\n      every: 10m\n",
        "sources:\n  -\n    address: '@one_room'\n",
        "sources:\n    # the first\n    - address: '@one_room'\n\n    - address: '@two_rooms'\n",
        "sources: &all\n  - address: '@one_room'\n",
        "sources:\n  - &one\n    address: '@one_room'\n",
        "sources:\n  - address: '@one_room'\n    reason: >\n      long\n      story\n\n\nrules: []\n",
    ],
)
def test_odd_ways_of_writing(before: str) -> None:
    """Whatever the form, the result reads as it should."""
    assert_right(HEAD + before, added(HEAD + before))


def test_lines_that_end_as_on_windows() -> None:
    """The new lines end like the others."""
    text = (HEAD + "sources:\n  - address: '@one_room'\nterms: []\n").replace("\n", "\r\n")
    new = added(text)
    assert_right(text, new)
    assert new.count("\n") == new.count("\r\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{HEAD}sources: ['@one_room']\n", r"rooms\.yaml: sources is written as \[\.\.\.\]: write each source on"),
        (f"{HEAD}sources: ~\n", r"rooms\.yaml: sources cannot be added to: give it a list, a source on each line"),
        ("{version: 1}\n", r"rooms\.yaml: sources cannot be added to"),
        ("{version: 1, sources: }\n", r"rooms\.yaml: sources cannot be added to"),
        ("", r"rooms\.yaml: sources cannot be added to"),
    ],
)
def test_what_cannot_be_added_to(text: str, why: str) -> None:
    """One line says how it should be written; nothing is guessed."""
    with pytest.raises(ConfigError, match=why):
        added(text)


@pytest.mark.parametrize(
    "reason", ["- no", "a: b # c", "'", '"', "두 줄\n\n까지", "#", "  ", "\u2028", "😀", "x " * 900]
)
def test_any_reason(reason: str) -> None:
    """It is read back as it was given."""
    new = added(f"{HEAD}sources:\n  - address: '@one_room'\nterms: []\n", reason)
    assert reason == yaml.safe_load(new)["sources"][-1]["reason"]


def assert_right(text: str, new: str) -> None:
    """All old sources and the new one; every old line is there still, in its order."""
    before = parse_watchlist(text, "old")
    after = parse_watchlist(new, "new")
    assert (*before.sources, NEW) == (*after.sources[:-1], after.sources[-1].address)
    assert (before.terms, before.rules, before.directories) == (after.terms, after.rules, after.directories)
    left = iter(new.splitlines())
    assert all(line in left for line in text.splitlines())


NAMES = st.integers(0, 999).map("room_{}".format)
REMARKS = st.sampled_from(["", "# remark", "    # deep", "  ", "#", "# - address: '@no_room'"])
INDENTS = st.sampled_from(["", "  ", "    ", "      "])


@st.composite
def watchlists(draw: st.DrawFn) -> str:
    """Valid ones, with remarks and blank lines anywhere between their lines."""
    indent = draw(INDENTS)
    forms = (
        "- address: '@{0}'",
        "-   address: '@{0}'\n{1}    reason: \"told # twice\"",
        "- reason: |\n{1}    told\n{1}  address: '@{0}'",
        "- address: '@{0}'   # inline\n{1}  reason: >-\n{1}    long\n{1}    story",
        "- {{address: '@{0}', every: 10m}}",
    )
    lines = [] if draw(st.booleans()) else ["terms: []"]
    lines += ["version: 1", "sources:"]
    for name in draw(st.lists(NAMES, max_size=5, unique=True)):
        lines += [*draw(st.lists(REMARKS, max_size=2)), indent + draw(st.sampled_from(forms)).format(name, indent)]
    lines += draw(st.lists(REMARKS, max_size=3)) + draw(st.sampled_from([[], ["directories: []"], ["..."]]))
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n", "\n# end"]))


@settings(max_examples=20)
@given(watchlists(), st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30))
def test_any_watchlist(text: str, reason: str) -> None:
    """The result reads as the old one and the new room, whatever stands between the lines."""
    parse_watchlist(text, "old")
    reason = f"case {reason}"
    new = added(text, reason)
    assert_right(text, new)
    assert reason == yaml.safe_load(new)["sources"][-1]["reason"]
