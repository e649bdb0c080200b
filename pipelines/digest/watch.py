"""How watching went in a summary: its Sources, hours that were not watched, rooms that were found, what is lacking."""

from collections import Counter
from collections.abc import Iterator

from evidence.day import Day, SourceDay
from evidence.rooms import Standing
from pipelines.digest.causes import Cause, cause_of
from pipelines.digest.lines import FoundLine, GapLine, SourceLine, WatchLine
from pipelines.digest.members import anomaly, change_between, listed_otherwise, week_change
from pipelines.digest.model import Lack


def source_line(source: SourceDay, day: Day, *, is_staff: bool) -> SourceLine:
    """A Source; under its name, and with reasons in the words of its passes, for staff alone."""
    rollup, now = source.rollup, source.rollup.members
    reasons = tuple(one.reason for one in rollup.blind if one.reason and one.hours)
    return SourceLine(
        code=source.code,
        address=source.address if is_staff else None,
        title=source.title if is_staff else None,
        hours_watched=min(rollup.hours_watched, source.hours_due),
        hours_partly=min(rollup.hours_partly, source.hours_due),
        hours_blind=max(0, source.hours_due - rollup.hours_watched),
        reasons=reasons if is_staff else tuple(dict.fromkeys(str(cause_of(reason)) for reason in reasons)),
        members=now.value if now else None,
        members_are_exact=now is not None and now.is_exact,
        members_change=change_between(now, source.members_before[0] if source.members_before else None),
        members_change_week=week_change(source),
        anomaly=anomaly(source),
        is_new=is_new(source, day),
        listed_otherwise=listed_otherwise(source),
    )


def watch_line(day: Day) -> WatchLine:
    """How much was watched."""
    lines = [source_line(source, day, is_staff=False) for source in day.sources]
    return WatchLine(
        sources=len(lines),
        hours_watched=sum(line.hours_watched for line in lines),
        hours_blind=sum(line.hours_blind for line in lines),
    )


def is_new(source: SourceDay, day: Day) -> bool:
    """Whether it was first passed over on the day."""
    return day.starts_at <= source.first_seen < day.ends_at


def gap_lines(day: Day) -> tuple[GapLine, ...]:
    """Hours that were not watched by cause, most first; they add up to the blind hours of the Sources."""
    hours: Counter[Cause] = Counter()
    sources: Counter[Cause] = Counter()
    for source in day.sources:
        own = _blind_hours(source)
        hours += own
        sources.update(own.keys())
    return tuple(
        GapLine(cause=str(cause), hours=number, sources=sources[cause])
        for cause, number in sorted(hours.items(), key=lambda item: (-item[1], item[0]))
    )


def _blind_hours(source: SourceDay) -> Counter[Cause]:
    left = max(0, source.hours_due - source.rollup.hours_watched)
    hours: Counter[Cause] = Counter()
    for one in source.rollup.blind:
        number = min(one.unwatched, left)
        left -= number
        hours[cause_of(one.reason)] += number
    hours[Cause.NOT_LOOKED] += left
    return +hours


def found_lines(day: Day) -> tuple[FoundLine, ...]:
    """A line for each way in which rooms were found."""
    places = dict.fromkeys(one.found for one in day.rooms)
    return tuple(
        FoundLine(
            found=str(found),
            candidate=_rooms(day, found, Standing.CANDIDATE),
            watched=_rooms(day, found, Standing.WATCHED),
            refused=_rooms(day, found, Standing.REFUSED),
            dismissed=_rooms(day, found, Standing.DISMISSED),
            other=_rooms(day, found, None),
        )
        for found in places
    )


def _rooms(day: Day, found: str, standing: Standing | None) -> int:
    return sum(one.rooms for one in day.rooms if one.found == found and one.standing == standing)


def lacks_of(day: Day) -> tuple[Lack, ...]:
    """Why the day is not complete."""
    return tuple(Lack(why=why, number=number) for why, number in _lacks(day) if number)


def _lacks(day: Day) -> Iterator[tuple[str, int]]:
    yield "day_is_running", int(day.as_of < day.ends_at)
    yield "passes_under_way", day.under_way
    yield "clock_set_back", day.from_the_future
    yield "hours_blind", sum(line.hours for line in gap_lines(day))
