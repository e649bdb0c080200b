"""Five sentences that somebody can read who reads nothing else. They say only what the tables show."""

from collections.abc import Iterator, Mapping

from pipelines.digest.lines import WITHHELD, Figure, SourceLine
from pipelines.digest.model import Digest
from pipelines.digest.words import WORDS, told


def sentences_of(digest: Digest) -> dict[str, tuple[str, ...]]:
    """Of a summary, by language."""
    return {lang: tuple(_sentences(digest, words)) for lang, words in WORDS.items()}


def _sentences(digest: Digest, words: Mapping[str, str]) -> Iterator[str]:
    if not digest.adds_up:
        yield words["say_broken"]
    if not digest.has_data:
        yield words["say_no_data"]
        yield words["blind_note"]
        return
    yield _watched(digest, words)
    yield _members(digest, words)
    yield _posts(digest, words)
    grave = _sum(digest.flags["critical"], digest.flags["high"])
    yield words["say_flags"].format(flags=told(digest.flags_total, words), grave=told(grave, words))
    review = digest.review
    yield words["say_waiting"].format(
        decided=told(review.decided_total, words),
        confirmed=told(review.decided["confirmed"], words),
        waiting=_at_least(review.backlog_total, digest, words),
        overdue=_at_least(review.overdue, digest, words),
    )


def _at_least(figure: Figure, digest: Digest, words: Mapping[str, str]) -> str:
    """A number that was rounded down is called so."""
    number = told(figure, words)
    return words["at_least"].format(number=number) if digest.review.backlog_is_rounded else number


def _watched(digest: Digest, words: Mapping[str, str]) -> str:
    watched, blind = digest.watch.hours_watched, digest.watch.hours_blind
    said = words["say_watched"].format(
        rooms=f"{digest.watch.sources:,}", due=f"{watched + blind:,}", watched=f"{watched:,}", blind=f"{blind:,}"
    )
    return said if digest.is_over else f"{said} {words['say_running']}"


def _members(digest: Digest, words: Mapping[str, str]) -> str:
    unusual = [line for line in digest.sources if line.anomaly]
    if not unusual:
        return words["say_no_anomaly"]
    most = max(unusual, key=_size)
    change = most.anomaly.change if most.anomaly else 0
    return words["say_anomaly"].format(rooms=len(unusual), room=most.address or most.code, change=f"{change:+,}")


def _size(line: SourceLine) -> int:
    return abs(line.anomaly.change) if line.anomaly else 0


def _posts(digest: Digest, words: Mapping[str, str]) -> str:
    named = digest.posts_naming_schools
    if named == WITHHELD:
        return words["say_posts_withheld"]
    median = next(line.median for line in digest.trend if line.measure == "posts_naming_schools")
    which = "say_posts_alone" if median is None else "say_posts"
    return words[which].format(named=told(named, words), median=told(median, words))


def _sum(one: Figure, other: Figure) -> Figure:
    return one + other if isinstance(one, int) and isinstance(other, int) else WITHHELD
