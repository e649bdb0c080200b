"""Where a room's members rose fast: the same measure that moves its flags up in the queue."""

from collections.abc import Sequence
from datetime import timedelta

from evidence.records import Count
from evidence.waiting import SURGE, growth_between

WITHIN = timedelta(days=7)


def surge_at(counts: Sequence[Count]) -> int | None:
    """The number of the first Count that is a surge over one of the week before; None where none is.

    Args:
        counts: of one room and one origin, oldest first. Of rounded ones only what is certain counts.
    """
    start = 0
    for place, count in enumerate(counts):
        while counts[start].at < count.at - WITHIN:
            start += 1
        least = min((earlier.high for earlier in counts[start:place]), default=None)
        growth = growth_between(least, count.low) if least is not None else None
        if growth is not None and growth >= SURGE:
            return place
    return None
