"""What a day comes to, counted once: a document for each Source and day, made when the day is first asked for.

A day that runs is counted anew each time. One that is over is held against what is stored while something may
still come late, and the Sources of which there is more than was counted are counted again. Later its
Rollups stay as they are, also when posts have left by their time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from evidence.day import CountPosts, Restated, Rollup
from storage.leases import replacing
from storage.mongo import Document, Store
from storage.rollup_counts import Counted, Mark, count_day, marks
from storage.rollup_forms import Span, read_rollup, rollup_document, span_of

LATE = timedelta(days=3)
"""After the end of a day something may still come: passes that took long, edits, machines that were cut off."""
FRESH = timedelta(hours=1)
"""After a count; for so long it is not looked for what came since."""
DAYS_BEFORE = 8
"""A week of changes takes eight days of counts."""
ALL = "*"
"""Stands for a Source in the document that says that a day was counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """A day, counted."""

    rollups: tuple[Rollup, ...]
    """In the order of their Sources."""
    restated: Restated | None = None
    """Where something came late."""


async def roll_days(
    store: Store, day: date, timezone: str, as_of: datetime, count_posts: CountPosts, *, recount: bool = False
) -> tuple[Rolled, ...]:
    """Count a day and those that it is compared with; the day first, then the day before it.

    Args:
        store: open.
        day: in ``timezone``.
        timezone: IANA name.
        as_of: now.
        count_posts: sorts posts.
        recount: look for what came late to the day itself; the others were looked at when they were counted.
    """
    spans = [span_of(day - timedelta(days=days), timezone, as_of) for days in range(DAYS_BEFORE + 1)]
    last, *before = spans
    rolled = await roll(store, last, count_posts, recount=recount)
    return (rolled, *[await roll(store, span, count_posts) for span in before])


async def roll(store: Store, span: Span, count_posts: CountPosts, *, recount: bool = False) -> Rolled:
    """Count a day, or read what was counted of it.

    Args:
        store: open.
        span: the day, as far as it is known.
        count_posts: sorts posts.
        recount: look for what came late, however long ago the day was.
    """
    if span.until < span.ends_at:
        return Rolled(rollups=tuple(one.rollup for one in await count_day(store, span, count_posts)))
    kept = await _kept(store, span)
    head = kept.pop(ALL, None)
    if head is not None and not recount and _is_settled(head["counted_at"], span):
        return Rolled(rollups=_rollups(kept))
    fresh = await _late(store, span, kept, count_posts) if head else await count_day(store, span, count_posts)
    rollups = _rollups(kept, fresh)
    await _keep(store, span, fresh, head)
    return Rolled(rollups=rollups, restated=_restated(span, _rollups(kept), rollups) if head and fresh else None)


def _is_settled(counted_at: datetime, span: Span) -> bool:
    """Whether it was counted long after its end, or a moment ago and not at its very end: twenty readers are one."""
    is_fresh = span.as_of - counted_at < FRESH and counted_at >= span.ends_at + FRESH
    return is_fresh or counted_at >= span.ends_at + LATE


async def _late(store: Store, span: Span, kept: Mapping[str, Document], count_posts: CountPosts) -> tuple[Counted, ...]:
    """Sources of which there is more than was counted, counted again."""
    late = {source for source, mark in (await marks(store, span)).items() if _is_more(mark, kept.get(source))}
    return await count_day(store, span, count_posts, late) if late else ()


async def _kept(store: Store, span: Span) -> dict[str, Document]:
    asked = {"zone": span.timezone, "at": {"$gte": span.starts_at, "$lt": span.ends_at}}
    return {document["source"]: document async for document in store["rollups"].find(asked)}


def _is_more(mark: Mark, before: Document | None) -> bool:
    """Whether something came since; what has left by its time makes a number smaller."""
    return before is None or any(now > then for now, then in zip(mark, before["mark"], strict=True))


def _rollups(kept: Mapping[str, Document], fresh: tuple[Counted, ...] = ()) -> tuple[Rollup, ...]:
    by_source = {source: read_rollup(document) for source, document in kept.items()}
    by_source |= {one.rollup.source: one.rollup for one in fresh}
    return tuple(by_source[source] for source in sorted(by_source))


async def _keep(store: Store, span: Span, fresh: tuple[Counted, ...], head: Document | None) -> None:
    """The day's own document last: until then it counts as not counted."""
    writes = [replacing(rollup_document(one.rollup, span, one.mark)) for one in fresh]
    if writes:
        await store["rollups"].bulk_write(writes, ordered=False)
    if head is None or head["counted_at"] < span.as_of:
        where = {"_id": f"{span.name} {ALL}", "zone": span.timezone, "at": span.starts_at, "source": ALL}
        await store["rollups"].bulk_write([replacing({**where, "counted_at": span.as_of})])


def _restated(span: Span, before: tuple[Rollup, ...], after: tuple[Rollup, ...]) -> Restated | None:
    then, now = (sum(rollup.posts for rollup in rollups) for rollups in (before, after))
    return Restated(day=span.date, posts_before=then, posts=now) if then != now else None
