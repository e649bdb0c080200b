"""Watchlists: what is accepted, what is refused, and that every mistake is named with its line."""

from datetime import date
from pathlib import Path

import pytest

from config.watchlist import load_watchlist, packaged_defaults, parse_watchlist
from evidence.errors import ConfigError
from evidence.records import Directory, Rule, Severity, Source, Term, Via

SITES = ("generic", "tgviewer")

WHOLE = """\
version: 1
timezone: Asia/Tokyo
sources:
  - address: "@Example_Room"
    via: telegram
    every: 6h
    backfill: 7d
    office: B10
    reason: reported by telephone
    until: 2027-02-01
directories:
  - site: tgviewer
    address: https://example.org/list
    every: 6h
    name_matches: ["딥페이크", "지인"]
terms:
  - id: synthetic-media
    any: [딥페이크]
    patterns: ["deep\\\\s*fake"]
rules:
  - id: school-with-synthetic-media
    when: {mentions: 1, terms: [synthetic-media], without: [awareness]}
    severity: critical
"""

TEN_MISTAKES = """\
version: 2
timezone: Asia/Seoull
sources:
  - address: https://t.me/+abcdefg
    every: 10 min
  - address: https://t.me/example_room
    backfill: yesterday
    office: Z99
    until: 2027-13-01
    colour: red
  - every: 10m
terms:
  - id: broken
    patterns: ["("]
rules:
  - id: unknown-term
    when: {mentions: 1, terms: [no-such-term]}
    severity: urgent
"""


def problems_of(text: str) -> tuple[str, ...]:
    """The lines that a faulty watchlist is refused with."""
    with pytest.raises(ConfigError) as raised:
        parse_watchlist(text, "rooms.yaml", SITES)
    return raised.value.problems


def test_every_key_becomes_its_field() -> None:
    """A watchlist that uses every key is read as written."""
    found = parse_watchlist(WHOLE, "rooms.yaml", SITES)
    source = Source(
        address="https://t.me/example_room",
        via=Via.TELEGRAM,
        every_s=21_600,
        backfill_s=604_800,
        office="B10",
        reason="reported by telephone",
        until=date(2027, 2, 1),
    )
    directory = Directory(
        site="tgviewer", address="https://example.org/list", every_s=21_600, name_matches=("딥페이크", "지인")
    )
    rule = Rule(
        id="school-with-synthetic-media",
        severity=Severity.CRITICAL,
        mentions=1,
        terms=("synthetic-media",),
        without=("awareness",),
    )
    assert ("Asia/Tokyo", (source,), (directory,), (rule,)) == (
        found.timezone,
        found.sources,
        found.directories,
        found.rules,
    )
    assert Term(id="synthetic-media", any=("딥페이크",), patterns=("deep\\s*fake",)) == found.terms[0]


def test_a_source_needs_only_its_address() -> None:
    """What is not written has the documented defaults; packaged terms and rules apply."""
    found = parse_watchlist("version: 1\nsources:\n  - address: https://t.me/example_room\n", "rooms.yaml")
    terms, rules = packaged_defaults()
    assert (Source(address="https://t.me/example_room"),) == found.sources
    assert ("Asia/Seoul", terms, rules) == (found.timezone, found.terms, found.rules)


@pytest.mark.parametrize(("written", "backfill_s"), [("0", 0), ("all", None), ("90m", 5_400), ("2w", 1_209_600)])
def test_backfill_says_how_far_back(written: str, backfill_s: int | None) -> None:
    """A duration, 0 for only what is new, or all."""
    text = f"version: 1\nsources:\n  - address: '@example_room'\n    backfill: {written}\n"
    assert backfill_s == parse_watchlist(text, "rooms.yaml").sources[0].backfill_s


def test_own_rules_replace_the_packaged_ones() -> None:
    """An empty list of rules flags nothing; own terms stand beside the packaged ones."""
    found = parse_watchlist("version: 1\nterms:\n  - id: mine\n    any: [x]\nrules: []\n", "rooms.yaml")
    assert () == found.rules
    assert {"mine", "synthetic-media"} <= {term.id for term in found.terms}


def test_ten_mistakes_are_all_named_with_their_lines() -> None:
    """Staff correct a whole file at once."""
    assert [
        ("1", "version:"),
        ("2", "timezone:"),
        ("4", "sources[0].address:"),
        ("5", "sources[0].every:"),
        ("7", "sources[1].backfill:"),
        ("8", "sources[1].office:"),
        ("9", "sources[1].until:"),
        ("10", "sources[1].colour:"),
        ("11", "sources[2].address:"),
        ("14", "terms[0].patterns[0]:"),
        ("17", "rules[0].when.terms[0]:"),
        ("18", "rules[0].severity:"),
    ] == [(problem.split(":")[1], problem.split(" ")[1]) for problem in problems_of(TEN_MISTAKES)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("address: https://t.me/example_room\n    every: 10 min", 'rooms.yaml:4: sources[0].every: "10 min" is not a'),
        ("address: https://t.me/example_room\n    every: 10", 'rooms.yaml:4: sources[0].every: "10" is not a duration'),
        ("address: https://t.me/example_room\n    every: 0m", 'rooms.yaml:4: sources[0].every: "0m" is not a duration'),
        ("address: https://t.me/joinchat/AAAA", 'rooms.yaml:3: sources[0].address: "https://t.me/joinchat/AAAA" is an'),
        ("address: -1001234567890", 'rooms.yaml:3: sources[0].address: "-1001234567890" is a numeric id'),
        ('address: "-1001234567890"', 'rooms.yaml:3: sources[0].address: "-1001234567890" is a numeric id'),
        ("address: https://example.org/room", 'rooms.yaml:3: sources[0].address: "https://example.org/room" is not on'),
        ("adress: https://t.me/example_room", "rooms.yaml:3: sources[0].address: is missing"),
        ("address: '@example_room'\n    via: fax", "rooms.yaml:4: sources[0].via: \"fax\" is not 'telegram-web' or"),
        ("address: '@example_room'\n    every: 5m\n    every: 6m", "rooms.yaml:5: sources[0].every: is written twice"),
        (
            "address: '@a_room'\n  - address: '@A_room'",
            'rooms.yaml:4: sources[1].address: "https://t.me/a_room" is already in',
        ),
        (
            "address: '@a_room'\n  - address: https://t.me/s/A_Room",
            'rooms.yaml:4: sources[1].address: "https://t.me/a_room"',
        ),
        (
            "address: '@a_room'\n    every: 1000000000d",
            'rooms.yaml:4: sources[0].every: "1000000000d" is not a duration',
        ),
        ("address: &a '@a_room'\n  - address: *a", "rooms.yaml:4: *a: write it out, aliases are not read"),
    ],
)
def test_a_mistake_in_a_source_is_said_in_words(line: str, message: str) -> None:
    """What, where, and what was expected."""
    found = problems_of(f"version: 1\nsources:\n  - {line}\n")
    assert any(problem.startswith(message) for problem in found), found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "rooms.yaml:1: expected a mapping that begins with `version: 1`"),
        ("- a\n- b\n", "rooms.yaml:1: expected a mapping that begins with `version: 1`"),
        ("version: 1\nsources: [\n", "rooms.yaml:3: not YAML: "),
        ("version: 1\nsources: 5\n", 'rooms.yaml:2: sources: "5" is not a list'),
        ("version: 1\nsources:\n  - just text\n", 'rooms.yaml:3: sources[0]: "just text" is not a mapping'),
        (
            "version: 1\ndirectories:\n  - site: nowhere\n    address: https://example.org\n",
            "rooms.yaml:3: directories[0].site:",
        ),
        (
            "version: 1\ndirectories:\n  - site: generic\n    address: http://example.org\n",
            "rooms.yaml:4: directories[0].address:",
        ),
        (
            "version: 1\nrules:\n  - id: empty\n    when: {}\n    severity: low\n",
            'rooms.yaml:4: rules[0].when: "when" asks',
        ),
    ],
)
def test_a_mistake_in_the_file_is_said_in_words(text: str, message: str) -> None:
    """The form of the whole file is checked too."""
    assert problems_of(text)[0].startswith(message), problems_of(text)


def test_a_missing_or_binary_file_is_one_clear_line(tmp_path: Path) -> None:
    """Not a stack trace."""
    with pytest.raises(ConfigError, match="no such file"):
        load_watchlist(tmp_path / "absent.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read as UTF-8"):
        load_watchlist(tmp_path / "binary.yaml")


def test_packaged_rules_name_only_packaged_terms() -> None:
    """The defaults are consistent."""
    terms, rules = packaged_defaults()
    ids = {term.id for term in terms}
    assert all({*rule.terms, *rule.without} <= ids for rule in rules)


def test_awareness_makes_a_post_milder_never_silent() -> None:
    """Each packaged rule that awareness switches off has a twin that is met instead and asks for less haste."""
    rules = {rule.id: rule for rule in packaged_defaults()[1]}
    switched_off = [rule for rule in rules.values() if "awareness" in rule.without]
    assert len(rules) == 2 * len(switched_off)
    for rule in switched_off:
        twin = rules[f"{rule.id}-in-awareness"]
        assert (rule.mentions, (*rule.terms, "awareness"), ()) == (twin.mentions, twin.terms, twin.without)
        assert twin.severity.rank < rule.severity.rank


@pytest.mark.parametrize(
    "text",
    ["version: 1\nsources: " + "[" * 5_000, "version: 1\na: &a [*a]\n", "version: 1\nb: &b [x]\nc: [*b, *b]\n"],
)
def test_what_would_blow_up_is_refused(text: str) -> None:
    """Nesting without end, and aliases, which can hold themselves."""
    assert 1 == len(problems_of(text))


@pytest.mark.parametrize("words", ["any: ['\u3164']", "any: []", "patterns: []"])
def test_a_term_that_finds_nothing_is_refused(words: str) -> None:
    """It would look as if something were watched for."""
    assert "terms[0]" in problems_of(f"version: 1\nterms:\n  - id: empty\n    {words}\n")[0]
