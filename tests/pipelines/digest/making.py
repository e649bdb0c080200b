"""Days to be summarised, invented."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from evidence.day import BlindHours, Day, DayBefore, FlagDay, PostDay, Raised, Rollup, SourceDay
from evidence.progress import State
from evidence.records import Count, Mention, School, Severity
from pipelines.digest import Digest, Scope, counter_of, make_digest, scope_for
from pipelines.digest.model import Reader

MIDNIGHT = datetime(2026, 11, 19, 15, tzinfo=UTC)
"""Of 20 November in Seoul."""
END = MIDNIGHT + timedelta(days=1)
DAY = date(2026, 11, 20)
ROOM = "https://t.me/a"
SCHOOLS = {
    "1": School(code="1", name="가온고등학교", level="high", office="B10"),
    "2": School(code="2", name="가온중학교", level="middle", office="C10"),
    "3": School(code="3", name="다른고등학교", level="high", office="C10"),
    "U": School(code="U", name="한빛대학교", level="university"),
}
OFFICES = {"B10": "서울특별시교육청", "C10": "부산광역시교육청"}
STAFF, WIDER = scope_for(Reader.STAFF), scope_for(Reader.WIDER)
COUNT = counter_of(SCHOOLS)


def count(value: int, low: int | None = None, at: datetime = MIDNIGHT, origin: str = "landing") -> Count:
    """Exact, or rounded where ``low`` is given."""
    low = value if low is None else low
    return Count(source=ROOM, at=at, value=value, low=low, high=2 * value - low, origin=origin)


def mention(*candidates: str, level: str | None = "high") -> Mention:
    """Of one of some schools."""
    return Mention(
        start=0,
        end=1,
        surface="",
        school=candidates[0] if len(candidates) == 1 else None,
        candidates=candidates,
        level=level,
        rule="official",
        confidence=0.9,
    )


def post(*mentions: Mention, terms: tuple[str, ...] = ()) -> PostDay:
    """A kept post."""
    return PostDay(id="p", mentions=mentions, severity=None, terms=terms)


def rollup(*posts: PostDay, source: str = ROOM, day: date = DAY, **more: Any) -> Rollup:
    """A Source that was watched for most of a day."""
    given = {"passes": 20, "hours_watched": 20, "hours_partly": 3, "members": count(1_200), **more}
    given.setdefault("blind", (BlindHours(reason="answered 500", hours=5, unwatched=2),))
    return Rollup(source=source, day=day, posts=len(posts), namings=COUNT(posts), **given)


def source(rolled: Rollup, *before: Count | None, **more: Any) -> SourceDay:
    """A Source with the counts of the days before."""
    given = {"title": "방", "first_seen": MIDNIGHT - timedelta(days=9), "hours_due": 24, **more}
    return SourceDay(
        address=rolled.source,
        code=f"R-{rolled.source[-1]}",
        rollup=rolled,
        members_before=before or (count(1_000),),
        **given,
    )


def flag(severity: Severity = Severity.HIGH, **more: Any) -> FlagDay:
    """A Flag that waits."""
    return FlagDay(**{"severity": severity, "state": State.QUEUED, "at": MIDNIGHT, **more})


def day(*sources: SourceDay, **more: Any) -> Day:
    """20 November in Seoul, over since the morning."""
    given: dict[str, Any] = {
        "as_of": END + timedelta(hours=9),
        "rollups": tuple(source.rollup for source in sources),
        **more,
    }
    if "flags" in given:
        given["rollups"] = _with_flags(given["rollups"], given["flags"])
    return Day(date=DAY, timezone="Asia/Seoul", starts_at=MIDNIGHT, ends_at=END, sources=sources, **given)


def _with_flags(rollups: Sequence[Rollup], flags: Sequence[FlagDay]) -> tuple[Rollup, ...]:
    scopes = Counter((scope, str(one.severity)) for one in flags for scope in ("", *one.offices))
    raised = tuple(sorted(Raised(scope=scope, severity=severity, flags=n) for (scope, severity), n in scopes.items()))
    first, *rest = rollups or (Rollup(source=ROOM, day=DAY),)
    return (replace(first, raised=raised), *rest)


def before(*numbers: int) -> tuple[DayBefore, ...]:
    """Days before, the day before first, each with so many posts on one school of Seoul."""
    return tuple(
        DayBefore(
            date=DAY - timedelta(days=days),
            rollups=(rollup(*[post(mention("1"))] * number, day=DAY - timedelta(days=days)),),
        )
        for days, number in enumerate(numbers, start=1)
    )


def digest(today: Day, scope: Scope = STAFF) -> Digest:
    """Of a day."""
    return make_digest(today, scope)
