"""Every code of the review has its words, and every refusal of the store its sentence."""

import pytest

from config.watchlist import packaged_defaults
from console import review_words as words
from evidence.conditions import Guard
from evidence.errors import ReviewRefused
from evidence.progress import State, Step
from evidence.records import Severity
from evidence.review import Category, ClaimState, Disposition, Reason
from evidence.waiting import Rank, Why
from storage.reveal_requests import Purpose
from storage.review_list import Shelf

TABLES = (
    (Severity, words.SEVERITIES),
    (Severity, words.SHAPES),
    (Severity, words.KINDS),
    (Rank, words.RANKS),
    (Why, words.WHYS),
    (State, words.STATES),
    (Shelf, words.SHELVES),
    (Disposition, words.DISPOSITIONS),
    (ClaimState, words.CLAIMS),
    (Category, words.CATEGORIES),
    (Reason, words.REASONS),
    (Step, words.STEPS),
    (Purpose, words.PURPOSES),
)


@pytest.mark.parametrize(("codes", "table"), TABLES)
def test_every_code_has_words(codes: type, table: dict[str, str]) -> None:
    """None is missing, none is left over."""
    assert set(codes) == set(table)  # type: ignore[call-overload]


def test_every_packaged_rule_has_words() -> None:
    """A reviewer reads why, not an id."""
    _terms, rules = packaged_defaults()
    assert {rule.id for rule in rules} == set(words.RULES)


@pytest.mark.parametrize("guard", Guard)
def test_every_condition_has_a_sentence(guard: Guard) -> None:
    """What the table says no with is more than "not possible" in front of people, or the form prevents it."""
    said = ReviewRefused(f"1:2: decide is not possible: {guard}")
    assert words.refusal_words(words.refusal_name(said)) != words.OTHER_REFUSAL


def test_what_nobody_foresaw_has_a_sentence_too() -> None:
    """A short name out of an address is looked up, never shown."""
    assert words.OTHER_REFUSAL == words.refusal_words("<script>")
    assert "other" == words.refusal_name(ReviewRefused("something new"))
