"""Members of a Source: how they changed, as far as the counts can tell, and whether that is unusual."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from evidence.day import SourceDay
from evidence.records import Count
from pipelines.digest.lines import Anomaly, ListedMembers, MembersChange

WEEK = 7
TWO_DAYS = timedelta(days=2)
"""Between counts that tell how a day changed."""
FEWEST_DAYS = 5
"""Of seven, on which the change is known."""
SCALE = 1.4826
"""Median deviation to standard deviation, were the changes normal."""
UNUSUAL_Z = 3.5
SMALLEST_CHANGE = 50
"""Members; less is no anomaly, however quiet a room is."""


def change_between(now: Count | None, before: Count | None) -> MembersChange | None:
    """Between two Counts; None where one is missing. Rounded ones give bounds, never more than was seen."""
    if now is None or before is None:
        return None
    return MembersChange(low=now.low - before.high, high=now.high - before.low)


def week_change(source: SourceDay) -> MembersChange | None:
    """Against the last Count of the day a week before."""
    before = source.members_before
    return change_between(source.rollup.members, before[WEEK - 1]) if len(before) >= WEEK else None


def anomaly(source: SourceDay) -> Anomaly | None:
    """Whether members changed unlike in the seven days before: by the median and how far days lie from it."""
    now, before = source.rollup.members, source.members_before[0] if source.members_before else None
    if now is None or before is None or now.at - before.at > TWO_DAYS:
        return None
    today = change_between(now, before)
    changes = _daily_changes(source.members_before)
    if today is None or not today.is_measurable or len(changes) < FEWEST_DAYS:
        return None
    usual = median(changes)
    nearest = _nearest(today, usual)
    spread = SCALE * median(abs(change - usual) for change in changes)
    z = (nearest - usual) / spread if spread else None
    is_unusual = abs(nearest - usual) >= SMALLEST_CHANGE and (z is None or abs(z) >= UNUSUAL_Z)
    if not is_unusual:
        return None
    return Anomaly(
        change=round(nearest),
        usual=round(usual),
        z_hundredths=None if z is None else round(max(-1e6, min(1e6, z * 100))),
    )


def _daily_changes(before: Sequence[Count | None]) -> list[float]:
    """Of the days before, where both counts are known; the middle of the bounds."""
    changes = [change_between(now, then) for now, then in pairwise(before)]
    return [(change.low + change.high) / 2 for change in changes if change is not None]


def _nearest(change: MembersChange, usual: float) -> float:
    """What the change may have been that is least unusual."""
    return min(max(usual, change.low), change.high)


def listed_otherwise(source: SourceDay) -> tuple[ListedMembers, ...]:
    """Directories whose number differs from Telegram's by more than either one's precision."""
    now = source.rollup.members
    return tuple(
        ListedMembers(site=count.origin.partition(":")[2], members=count.value)
        for count in source.rollup.listed
        if now is not None and (count.high < now.low or count.low > now.high)
    )
