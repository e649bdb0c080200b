"""Flags: which rules a post meets, and how soon a person should look."""

from collections.abc import Collection, Sequence

from evidence.records import Flag, Mention, Rule
from pipelines.schools.lists import count_schools

CONFIDENT = 0.5
"""Mentions below are shown on request and are never a reason for a Flag."""


def confident(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """Mentions that count."""
    return tuple(mention for mention in mentions if mention.confidence >= CONFIDENT)


def raise_flag(mentions: Sequence[Mention], terms: Collection[str], rules: Sequence[Rule]) -> Flag | None:
    """One Flag a post: the gravest severity of the rules that it meets, and all of them as reasons.

    Args:
        mentions: found in the post.
        terms: ids of the Terms found in it.
        rules: of the watchlist, in its order.
    """
    if not mentions and not terms:
        return None  # every rule asks for the one or the other
    number = count_schools(confident(mentions))
    met = [rule for rule in rules if _is_met(rule, number, terms)]
    if not met:
        return None
    met.sort(key=lambda rule: -rule.severity.rank)
    return Flag(severity=met[0].severity, reasons=tuple(rule.id for rule in met))


def _is_met(rule: Rule, mentions: int, terms: Collection[str]) -> bool:
    if mentions < rule.mentions:
        return False
    return all(term in terms for term in rule.terms) and not any(term in terms for term in rule.without)
