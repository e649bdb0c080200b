"""The summary of a day: one model, computed once, shown in any form.

It counts posts, never schools by name: a mention is a claim, and a list of named schools is itself
a weapon. An hour that was not watched counts as blind, whatever the reason.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from evidence.custody import moment
from evidence.day import Day, PostDay, SourceDay
from evidence.records import Count, School, Severity
from evidence.standing import Standing

UNCLEAR = "unclear"
"""Level or office of a mention whose candidates do not agree."""
NO_OFFICE = "none"
"""Of universities, which belong to no education office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMembers:
    """What a directory says of a Source's members."""

    site: str
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A Source in the summary."""

    address: str
    title: str | None
    hours_watched: int
    hours_partly: int
    """Of those watched, hours in which some passes were blind."""
    hours_blind: int
    reasons: tuple[str, ...]
    members: int | None
    members_are_exact: bool
    members_change: int | None
    """Against the last Count before the day; None unless both are exact."""
    is_new: bool
    """First seen on this day."""
    listed_otherwise: tuple[ListedMembers, ...] = ()
    """Directories whose number differs by more than either one's precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceYesterday:
    """What differs from the day before."""

    posts: int
    flags: int
    new_sources: tuple[str, ...]
    newly_blind: tuple[str, ...]
    """Watched for some time yesterday, not at all today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDelay:
    """How long flagged posts stood before they were flagged; of those that came while their Source was watched."""

    posts: int
    median_s: float
    longest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The newest checkpoint of the custody log at ``as_of``: whoever holds it can tell later if the log was changed."""

    log: str
    size: int
    root: str
    """Base64, as in the note."""
    at: str
    is_anchored: bool
    """Whether an outside authority stamped it."""
    not_anchored_since: str | None
    """None where it is anchored."""
    note: str
    """All of it, signed, in the form that ``verify`` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A day's summary, in a named time zone."""

    day: str
    timezone: str
    as_of: str
    is_over: bool
    """False while the day is still running."""
    has_data: bool
    """False where nothing was passed over: then every zero below says nothing."""
    sources: tuple[SourceLine, ...]
    posts: int
    """Kept posts first seen on the day."""
    posts_naming_schools: int
    posts_by_level: dict[str, int]
    posts_by_office: dict[str, int]
    edited: int
    """Of all posts read, kept or not."""
    removed: int
    flags: dict[str, int]
    """By severity, gravest first; every severity is listed."""
    flag_delay: FlagDelay | None
    """None where no flagged post came while its Source was watched."""
    legal_bases: tuple[str, ...]
    """On which anything was read through Telegram's protocol."""
    since_yesterday: SinceYesterday
    checkpoint: Checkpoint | None = None
    """None while the log has none."""


def make_digest(day: Day, before: Day, schools: Mapping[str, School], standing: Standing | None = None) -> Digest:
    """Summarise a day beside the day before.

    Args:
        day: as read.
        before: the day before it.
        schools: the register by code.
        standing: of the custody log at the day's ``as_of``.
    """
    return Digest(
        day=day.date.isoformat(),
        timezone=day.timezone,
        as_of=day.as_of.isoformat(timespec="seconds").replace("+00:00", "Z"),
        is_over=day.as_of >= day.ends_at,
        has_data=day.has_data,
        sources=tuple(_source_line(source, day) for source in day.sources),
        posts=len(day.posts),
        posts_naming_schools=sum(bool(post.mentions) for post in day.posts),
        posts_by_level=_tally(_levels(post) for post in day.posts),
        posts_by_office=_tally(_offices(post, schools) for post in day.posts),
        edited=day.edited,
        removed=day.removed,
        flags={str(severity): day.flags.get(severity, 0) for severity in reversed(Severity)},
        flag_delay=_delay(day.flag_delays_s),
        legal_bases=day.legal_bases,
        since_yesterday=_compare(day, before),
        checkpoint=_checkpoint(standing) if standing else None,
    )


def _checkpoint(standing: Standing) -> Checkpoint:
    note = standing.note
    return Checkpoint(
        log=note.log,
        size=note.size,
        root=b64encode(note.root).decode(),
        at=moment(note.at),
        is_anchored=standing.is_anchored,
        not_anchored_since=None if standing.is_anchored else moment(standing.since),
        note=note.text,
    )


def _delay(delays_s: Sequence[float]) -> FlagDelay | None:
    if not delays_s:
        return None
    return FlagDelay(posts=len(delays_s), median_s=median(delays_s), longest_s=max(delays_s))


def _source_line(source: SourceDay, day: Day) -> SourceLine:
    now, before = source.members, source.members_before
    return SourceLine(
        address=source.address,
        title=source.title,
        hours_watched=min(source.hours_watched, source.hours_due),
        hours_partly=min(source.hours_partly, source.hours_due),
        hours_blind=max(0, source.hours_due - source.hours_watched),
        reasons=source.reasons,
        members=now.value if now else None,
        members_are_exact=now is not None and now.is_exact,
        members_change=_change(now, before),
        is_new=_is_new(source, day),
        listed_otherwise=tuple(
            ListedMembers(site=count.origin.partition(":")[2], members=count.value)
            for count in source.listed
            if now is not None and (count.high < now.low or count.low > now.high)
        ),
    )


def _change(now: Count | None, before: Count | None) -> int | None:
    """Between two exact Counts; a rounded one would make up a change."""
    return now.value - before.value if now and before and now.is_exact and before.is_exact else None


def _is_new(source: SourceDay, day: Day) -> bool:
    return day.starts_at <= source.first_seen < day.ends_at


def _levels(post: PostDay) -> set[str]:
    return {mention.level or UNCLEAR for mention in post.mentions}


def _offices(post: PostDay, schools: Mapping[str, School]) -> set[str]:
    """Office codes that the post's mentions agree on, each once."""
    found = set()
    for mention in post.mentions:
        offices = {schools[code].office or NO_OFFICE for code in mention.candidates if code in schools}
        found.add(offices.pop() if len(offices) == 1 else UNCLEAR)
    return found


def _tally(sets: Iterator[set[str]]) -> dict[str, int]:
    """Posts for each key, most first."""
    return dict(Counter(key for keys in sets for key in sorted(keys)).most_common())


def _compare(day: Day, before: Day) -> SinceYesterday:
    watched_before = {source.address for source in before.sources if source.hours_watched}
    return SinceYesterday(
        posts=len(day.posts) - len(before.posts),
        flags=sum(day.flags.values()) - sum(before.flags.values()),
        new_sources=tuple(source.address for source in day.sources if _is_new(source, day)),
        newly_blind=tuple(
            source.address for source in day.sources if source.address in watched_before and not source.hours_watched
        ),
    )
