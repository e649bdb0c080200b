"""Numbers of a day that must agree, whoever reads them."""

from collections import Counter
from collections.abc import Iterator

from evidence.day import Day
from pipelines.digest.counting import NATION
from pipelines.digest.lines import Check


def checks_of(day: Day) -> tuple[Check, ...]:
    """Hold what was counted in different places against each other.

    Args:
        day: as read, of every scope.
    """
    return tuple(Check(name=name, holds=holds) for name, holds in _checks(day))


def _checks(day: Day) -> Iterator[tuple[str, bool]]:
    posts = sum(rollup.posts for rollup in day.rollups)
    by_scope: Counter[str] = Counter()
    for rollup in day.rollups:
        for naming in rollup.namings:
            by_scope[naming.scope] += naming.posts
    yield "posts_sorted", by_scope[NATION] == posts
    yield "offices_within_country", all(number <= posts for number in by_scope.values())
    raised = sum(one.flags for rollup in day.rollups for one in rollup.raised if one.scope == NATION)
    yield "flags_raised", raised == len(day.flags)
    yield "flags_decided", all(flag.disposition is not None for flag in day.decided)
    yield (
        "hours_watched",
        all(
            source.rollup.hours_partly <= source.rollup.hours_watched
            and source.rollup.hours_watched + sum(one.unwatched for one in source.rollup.blind) <= source.hours_due
            for source in day.sources
        ),
    )
    sources = [source.address for source in day.sources]
    yield "sources_once", len(set(sources)) == len(sources)
