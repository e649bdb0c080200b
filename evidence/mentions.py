"""Mentions of one text that were found at two times, as one list in which nothing is lost and nothing overlaps."""

from collections.abc import Sequence

from evidence.records import Mention


def merge_mentions(old: Sequence[Mention], new: Sequence[Mention]) -> tuple[Mention, ...]:
    """Add what was found later to what was found before.

    A later Mention takes the place of earlier ones that it overlaps only where it says all that they say,
    and more: a masked name that is recognised now. Else what was found before stays, and it is left out.

    Args:
        old: found before, in a text.
        new: found later, in the same text.

    Returns:
        Ordered by ``start``, never overlapping.
    """
    merged = list(old)
    for one in new:
        beside = [mine for mine in merged if one.start < mine.end and mine.start < one.end]
        if all(_says_more(one, mine) for mine in beside):
            merged = [*(mine for mine in merged if mine not in beside), one]
    return tuple(sorted(merged, key=lambda mention: mention.start))


def _says_more(new: Mention, old: Mention) -> bool:
    if old.school is not None and old.school != new.school:
        return False
    is_all = set(old.candidates) <= set(new.candidates)
    return is_all and (set(old.candidates) != set(new.candidates) or old.school != new.school)
