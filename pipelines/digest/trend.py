"""Numbers of the day beside those of the seven days before it, as each of those days showed them."""

from collections.abc import Sequence
from statistics import median_low

from evidence.day import Day, Rollup
from pipelines.digest.lines import WITHHELD, Figure, TrendLine
from pipelines.digest.model import Scope
from pipelines.digest.scope import namings_of, raised_in
from pipelines.digest.shield import flag_tables, post_tables

WEEK = 7
FEWEST_DAYS = 5
"""Of seven, of which there are figures; fewer have no median."""
MEASURES = ("posts", "posts_naming_schools", "flags", "hours_watched", "removed")
OF_OFFICES = ("posts_naming_schools", "flags", "hours_watched")
"""Those that can be told for one office."""


def trend_lines(day: Day, scope: Scope, flags: Figure) -> tuple[TrendLine, ...]:
    """A line a measure.

    Args:
        day: of one scope.
        scope: that one.
        flags: raised on the day, as they are shown elsewhere.
    """
    today = {**figures_of(day.rollups, scope), "flags": flags}
    before = {
        one.date.isoformat(): figures_of(one.rollups, scope) if one.has_data else {} for one in day.earlier[:WEEK]
    }
    measures = MEASURES if scope.office is None else OF_OFFICES
    return tuple(
        _line(
            measure,
            today[measure] if day.has_data else None,
            {date: found.get(measure) for date, found in before.items()},
        )
        for measure in measures
    )


def _line(measure: str, today: Figure, before: dict[str, Figure]) -> TrendLine:
    return TrendLine(
        measure=measure,
        today=today,
        median=_median(list(before.values())),
        same_weekday=list(before.values())[WEEK - 1] if len(before) == WEEK else None,
        days=dict(sorted(before.items())),
    )


def _median(figures: Sequence[Figure]) -> Figure:
    known = [figure for figure in figures if figure is not None]
    if len(known) < FEWEST_DAYS:
        return None
    numbers = [figure for figure in known if isinstance(figure, int)]
    return median_low(numbers) if len(numbers) == len(known) else WITHHELD


def figures_of(rollups: Sequence[Rollup], scope: Scope) -> dict[str, Figure]:
    """The measures of one day in a scope, as that day's own summary shows them."""
    posts = post_tables(namings_of(rollups, scope), scope.smallest)
    return {
        "posts": posts.posts,
        "posts_naming_schools": posts.named,
        "flags": flag_tables(raised_in(rollups, scope), {}, scope.smallest).total,
        "hours_watched": sum(rollup.hours_watched for rollup in rollups),
        "removed": sum(rollup.removed for rollup in rollups),
    }
