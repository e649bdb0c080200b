"""Counts what is stored of a day, Source by Source; every read is of that day alone."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from evidence.cipher import Cipher
from evidence.day import BlindHours, CountPosts, Naming, PostDay, Raised, Rollup
from evidence.records import Count, Severity, Via
from storage.forms import read_all_mentions, read_count
from storage.mongo import Document, Store
from storage.reads import Windows
from storage.rollup_forms import Span

SEALED = ("source", "revision", "key", "sealed", "earlier", "flag", "terms")
NATION = ""
FIRST_WINDOW = timedelta(hours=1)
"""In which a day's posts are read; the next ones are as long as their number allows."""

Mark = list[int]
"""What is stored of a Source, as numbers that grow with every late arrival: posts and their revisions, Flags and
theirs, hours and passes in them, passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A Source on a day, and by what it is seen that something came later."""

    rollup: Rollup
    mark: Mark


@dataclass(slots=True)
class _Posts:
    """Kept posts of a Source, as far as they were read."""

    posts: int = 0
    revisions: int = 0
    unknown_names: int = 0
    tally: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """Posts by what a Naming says."""

    def add(self, posts: Sequence[PostDay], count_posts: CountPosts) -> None:
        self.posts += len(posts)
        self.unknown_names += sum(any(not mention.candidates for mention in post.mentions) for post in posts)
        for naming in count_posts(posts):
            self.tally[naming.scope, naming.office, naming.level, naming.category] += naming.posts

    @property
    def namings(self) -> tuple[Naming, ...]:
        return tuple(
            Naming(scope=scope, office=office, level=level, category=category, posts=number)
            for (scope, office, level, category), number in sorted(self.tally.items())
        )


async def count_day(
    store: Store, span: Span, count_posts: CountPosts, only: Collection[str] | None = None
) -> tuple[Counted, ...]:
    """Count a day.

    Args:
        store: open.
        span: the day, as far as it is known.
        count_posts: sorts posts.
        only: these Sources; None for all of which there is anything.
    """
    posts = await _posts(store, span, count_posts, only)
    hours = await _by_source(store, "coverage", _hour_of(span.starts_at), span.until, only)
    wanted = ("severity", "delay_s", "offices", "revision")
    flags = await _by_source(store, "flags", span.starts_at, span.until, only, wanted)
    counts = await _by_source(store, "counts", span.starts_at, span.until, only, tuple(Count.__slots__))
    runs = {run["_id"]: run async for run in await _runs(store, span, only)}
    return tuple(
        Counted(
            rollup=Rollup(
                source=source,
                day=span.date,
                **_of_posts(posts.get(source, _Posts())),
                **_of_flags(flags[source]),
                **_of_runs(runs.get(source)),
                **_of_hours(hours[source]),
                members=last_exact(counts[source]),
                listed=_listed(counts[source]),
            ),
            mark=_mark(posts.get(source, _Posts()), flags[source], hours[source], runs.get(source)),
        )
        for source in sorted({*posts, *hours, *flags, *counts, *runs})
    )


def _mark(posts: _Posts, flags: Sequence[Document], hours: Sequence[Document], run: Document | None) -> Mark:
    of_flags = [len(flags), sum(flag.get("revision", 0) for flag in flags)]
    of_hours = [len(hours), sum(hour["passes"] for hour in hours)]
    return [posts.posts, posts.revisions, *of_flags, *of_hours, run["passes"] if run else 0, 0]


async def marks(store: Store, span: Span) -> dict[str, Mark]:
    """What is stored of each Source of a day, without reading it."""
    asked: list[tuple[str, str, datetime, Document]] = [
        ("posts", "seen_at", span.starts_at, {"more": {"$sum": "$revision"}}),
        ("flags", "at", span.starts_at, {"more": {"$sum": "$revision"}}),
        ("coverage", "at", _hour_of(span.starts_at), {"more": {"$sum": "$passes"}}),
        ("runs", "at", span.starts_at, {}),
    ]
    found: dict[str, Mark] = defaultdict(lambda: [0] * (2 * len(asked)))
    for place, (collection, moment, since, more) in enumerate(asked):
        within = {"$match": {moment: {"$gte": since, "$lt": span.until}}}
        grouped = {"$group": {"_id": "$source", "number": {"$sum": 1}, **more}}
        async for row in await store[collection].aggregate([within, grouped]):
            found[row["_id"]][2 * place : 2 * place + 2] = [row["number"], row.get("more", 0)]
    return dict(found)


# ------------------------------------------------------------------ posts


async def _posts(store: Store, span: Span, count_posts: CountPosts, only: Collection[str] | None) -> dict[str, _Posts]:
    found: defaultdict[str, _Posts] = defaultdict(_Posts)
    windows = Windows(span.starts_at, span.until, FIRST_WINDOW)
    for low, high in windows:
        opened: dict[str, list[PostDay]] = defaultdict(list)
        asked = {"seen_at": {"$gte": low, "$lt": high}, **_of(only)}
        documents = await store["posts"].find(asked, SEALED).to_list(None)
        windows.found = len(documents)
        for document in documents:
            opened[document["source"]].append(_read_post(document, store.cipher))
            found[document["source"]].revisions += document["revision"]
        for source, posts in opened.items():
            found[source].add(posts, count_posts)
    return found


def _read_post(document: Document, cipher: Cipher) -> PostDay:
    flag = document["flag"]
    return PostDay(
        id=document["_id"],
        mentions=read_all_mentions(document, cipher),
        severity=Severity(flag["severity"]) if flag else None,
        terms=tuple(document.get("terms", ())),
    )


def _of_posts(posts: _Posts) -> dict[str, Any]:
    return {"posts": posts.posts, "unknown_names": posts.unknown_names, "namings": posts.namings}


# ------------------------------------------------------------------ the rest


async def _by_source(
    store: Store,
    collection: str,
    since: datetime,
    until: datetime,
    only: Collection[str] | None,
    fields: Sequence[str] = (),
) -> defaultdict[str, list[Document]]:
    """Documents of a stretch by Source, oldest first."""
    asked = {"at": {"$gte": since, "$lt": until}, **_of(only)}
    wanted = [*fields, "source", "at"] if fields else None
    found: defaultdict[str, list[Document]] = defaultdict(list)
    for document in await store[collection].find(asked, wanted).to_list(None):
        found[document["source"]].append(document)
    for documents in found.values():
        documents.sort(key=lambda document: (document["at"], document["_id"]))
    return found


async def _runs(store: Store, span: Span, only: Collection[str] | None) -> AsyncIterator[Document]:
    """Passes of each Source, added up where they are stored."""
    numbers: Document = {name: {"$sum": f"${name}"} for name in ("edited", "removed", "failed")}
    grouped = {"_id": "$source", "passes": {"$sum": 1}, "vias": {"$addToSet": "$via"}, **numbers}
    within = {"at": {"$gte": span.starts_at, "$lt": span.until}, **_of(only)}
    return await store["runs"].aggregate([{"$match": within}, {"$group": grouped}])


def _of(only: Collection[str] | None) -> Document:
    return {} if only is None else {"source": {"$in": sorted(only)}}


def _of_flags(flags: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    tally = Counter((scope, flag["severity"]) for flag in flags for scope in {NATION, *flag.get("offices", ())})
    raised = (Raised(scope=scope, severity=severity, flags=number) for (scope, severity), number in tally.items())
    delays = (flag["delay_s"] for flag in flags if flag.get("delay_s") is not None)
    return {"raised": tuple(sorted(raised)), "flag_delays_s": tuple(sorted(delays))}


def _of_runs(run: Mapping[str, Any] | None) -> dict[str, Any]:
    if run is None:
        return {}
    return {
        "passes": run["passes"],
        "edited": run["edited"],
        "removed": run["removed"],
        "unreadable": run["failed"],
        "is_by_protocol": Via.TELEGRAM in run["vias"],
    }


def _of_hours(hours: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A blind pass leaves its reason, also where the hour was watched in the end."""
    passes: Counter[str] = Counter()
    unwatched: Counter[str] = Counter()
    for hour in hours:
        passes[hour["reason"] or ""] += hour["blind_passes"] > 0
        unwatched[hour["reason"] or ""] += not hour["is_watched"]
    return {
        "hours_watched": sum(hour["is_watched"] for hour in hours),
        "hours_partly": sum(hour["is_watched"] and hour["blind_passes"] > 0 for hour in hours),
        "blind": tuple(
            BlindHours(reason=reason, hours=number, unwatched=unwatched[reason])
            for reason, number in sorted(passes.items(), key=lambda item: (-item[1], item[0]))
            if number or unwatched[reason]
        ),
    }


def last_exact(documents: Sequence[Mapping[str, Any]]) -> Count | None:
    """The last exact Count of a room by Telegram itself, else the last one.

    Args:
        documents: oldest first.
    """
    said = [count for document in documents if not (count := read_count(document)).is_listed]
    return next((count for count in reversed(said) if count.is_exact), said[-1] if said else None)


def _listed(documents: Sequence[Mapping[str, Any]]) -> tuple[Count, ...]:
    """What each directory said last of a room's members."""
    last = {count.origin: count for document in documents if (count := read_count(document)).is_listed}
    return tuple(last.values())


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
