"""Which rules a post meets, and how grave it is then."""

import pytest

from config.watchlist import packaged_defaults
from evidence.records import Flag, Mention, Rule, Severity
from pipelines.flags import confident, raise_flag

TERMS, PACKAGED = packaged_defaults()
RULES = (
    Rule(id="list", severity=Severity.MEDIUM, mentions=3),
    Rule(id="media", severity=Severity.HIGH, mentions=1, terms=("media",), without=("news",)),
    Rule(id="both", severity=Severity.HIGH, terms=("media", "trade")),
    Rule(id="news", severity=Severity.LOW, mentions=1, terms=("news",)),
    Rule(id="threat", severity=Severity.CRITICAL, terms=("threat",)),
)


def mention(code: str, confidence: float = 0.9) -> Mention:
    """Of one school."""
    return Mention(
        start=0,
        end=1,
        surface=f"{code}고",
        school=code,
        candidates=(code,),
        level="high",
        rule="H-short",
        confidence=confidence,
    )


def mentions(number: int, confidence: float = 0.9) -> list[Mention]:
    """Of so many schools."""
    return [mention(str(code), confidence) for code in range(number)]


@pytest.mark.parametrize(
    ("number", "terms", "flag"),
    [
        (0, (), None),
        (2, (), None),
        (3, (), Flag(severity=Severity.MEDIUM, reasons=("list",))),
        (0, ("media",), None),
        (1, ("media",), Flag(severity=Severity.HIGH, reasons=("media",))),
        (1, ("media", "news"), Flag(severity=Severity.LOW, reasons=("news",))),
        (0, ("media", "trade"), Flag(severity=Severity.HIGH, reasons=("both",))),
        (
            3,
            ("media", "trade", "threat", "unknown"),
            Flag(severity=Severity.CRITICAL, reasons=("threat", "media", "both", "list")),
        ),
    ],
)
def test_a_flag_is_as_grave_as_its_gravest_rule(number: int, terms: tuple[str, ...], flag: Flag | None) -> None:
    """One Flag with every rule that is met, gravest first, equals in the order of the watchlist."""
    assert flag == raise_flag(mentions(number), terms, RULES)


def test_unsure_mentions_raise_nothing() -> None:
    """Below the bound they do not count, at it they do."""
    assert raise_flag(mentions(5, 0.49), (), RULES) is None
    assert raise_flag(mentions(3, 0.5), (), RULES) is not None
    assert (2, 0) == (len(confident(mentions(2, 0.5))), len(confident(mentions(2, 0.49))))


def test_a_school_counts_once() -> None:
    """A list of many schools is not one school named many times."""
    assert raise_flag([mention("1")] * 5, (), RULES) is None


def test_without_rules_nothing_is_flagged() -> None:
    """A watchlist may leave flags out."""
    assert raise_flag(mentions(9), ("media",), ()) is None


@pytest.mark.parametrize("rule", PACKAGED, ids=lambda rule: rule.id)
def test_each_packaged_rule_can_be_met(rule: Rule) -> None:
    """By a post with its terms and mentions and no other."""
    flag = raise_flag(mentions(rule.mentions), rule.terms, PACKAGED)
    assert flag is not None
    assert rule.id in flag.reasons


def test_packaged_rules_name_packaged_terms() -> None:
    """Each term of a rule exists, and each term is used by some rule."""
    named = {term for rule in PACKAGED for term in (*rule.terms, *rule.without)}
    assert {term.id for term in TERMS} == named
