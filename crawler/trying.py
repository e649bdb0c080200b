"""Today's words and rules over the Captures of the last days: what they would have flagged; nothing is written.

``reexamined`` is the part that ``rescan`` shares: one place, page by page, opened, read and examined.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from channels.reread import reread
from evidence.errors import StorageError, UnreadableCapture
from evidence.records import Finding, Flag, Page, Watchlist
from evidence.trial import Trial, TrialMatch
from evidence.watching import NO_OFFICE
from pipelines import Criteria, examine
from pipelines.masking import carry_mentions, mask
from storage.captures import KeptCapture, captured_places, captures_of
from storage.mongo import Store

MOST_SHOWN = 200
AROUND = 120
"""Code points of a text that are shown on either side of what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look: a Source, or a file that was handed over."""

    source: str
    office: str | None = None
    posts_since: datetime | None = None
    """Older posts were there before the watch began and are not examined; None for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reexamined:
    """A Capture with what several Criteria find in it."""

    capture: KeptCapture
    page: Page | None
    """None where it could not be read."""
    findings: tuple[tuple[Finding, ...], ...] = ()
    """By Criteria, then by post, oldest first."""


async def places_to_try(store: Store, watchlist: Watchlist | None, until: datetime) -> tuple[Place, ...]:
    """Every place that Captures may be kept of, as a watchlist says it is read."""
    sources = {source.address: source for source in watchlist.sources} if watchlist else {}
    begun = await captured_places(store, until)
    return tuple(
        Place(
            source=address,
            office=sources[address].office if address in sources else None,
            posts_since=begun[address] if address in sources and sources[address].backfill_s == 0 else None,
        )
        for address in sorted(begun)
    )


async def reexamined(
    store: Store, place: Place, criteria: Sequence[Criteria], since: datetime, until: datetime
) -> AsyncGenerator[Reexamined, None]:
    """Read the kept Captures of a place again, newest first, and put each through the stages; in a thread.

    Args:
        store: open.
        place: whose.
        criteria: each is examined for on its own.
        since: of Captures received from this moment on.
        until: before this moment.
    """
    async with aclosing(captures_of(store, place.source, since, until)) as captures:
        async for capture in captures:
            yield await asyncio.to_thread(_reexamine, store, capture, place, criteria)


def _reexamine(store: Store, capture: KeptCapture, place: Place, criteria: Sequence[Criteria]) -> Reexamined:
    try:
        reading = reread(capture.kind, capture.open(store), capture.url, capture.source)
    except (UnreadableCapture, StorageError):
        return Reexamined(capture=capture, page=None)
    page = Page(capture=None, reading=reading)
    return Reexamined(
        capture=capture, page=page, findings=tuple(examine(page, {}, each, place.office) for each in criteria)
    )


@dataclass(slots=True)
class _Tally:
    """A trial under way."""

    compares: bool
    public: frozenset[str]
    numbers: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    matches: list[TrialMatch] = field(default_factory=list)

    def take(self, one: Reexamined, place: Place, seen: set[int]) -> None:
        """Count a page; of each post only what was seen last."""
        self.numbers["captures"] += 1
        if one.page is None:
            self.numbers["unreadable"] += 1
        for findings in zip(*one.findings, strict=True):
            post = findings[-1].post
            is_old = place.posts_since and post.posted_at and post.posted_at < place.posts_since
            if post.native_id not in seen and not is_old:
                seen.add(post.native_id)
                self._count(place.source, findings[0] if self.compares else None, findings[-1])

    def _count(self, source: str, before: Finding | None, after: Finding) -> None:
        old, new = before.flag if before else None, after.flag
        self.numbers["posts"] += 1
        self.numbers["flags_before"] += old is not None
        self.numbers["flags_after"] += new is not None
        self.rules.update(new.reasons if new else ())
        kind = _difference(old, new)
        self.numbers[kind] += 1
        is_wanted = kind != "same" if self.compares else new is not None
        if is_wanted:
            self.matches.append(_match(source, after if new or before is None else before, old, new, self.public))
            self.matches.sort(key=_newest_first)
            del self.matches[MOST_SHOWN:]


async def try_criteria(
    store: Store,
    places: Sequence[Place],
    after: Criteria,
    since: datetime,
    until: datetime,
    *,
    before: Criteria | None = None,
    most_s: float | None = None,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> Trial:
    """Say what Criteria would have flagged; beside others, where they differ. Nothing is written.

    Args:
        store: open.
        places: where to look, in turn; of one at a time the ids of its posts are remembered.
        after: what is tried.
        since: of Captures received from this moment on.
        until: before this moment.
        before: to compare with; None for nothing.
        most_s: after so long no further page is read, and the trial says so; None for no end.
        tell: called with places done, and of how many.
    """
    tally = _Tally(compares=before is not None, public=frozenset(place.source for place in places))
    criteria = (after,) if before is None else (before, after)
    end = time.monotonic() + most_s if most_s is not None else None
    done = 0
    for place in places:
        seen: set[int] = set()
        async with aclosing(reexamined(store, place, criteria, since, until)) as pages:
            async for one in pages:
                tally.take(one, place, seen)
                if end is not None and time.monotonic() > end:
                    return _trial(tally, since, until, done, len(places))
        done += 1
        tell(done, len(places))
    return _trial(tally, since, until, done, len(places))


def _trial(tally: _Tally, since: datetime, until: datetime, done: int, places: int) -> Trial:
    numbers: Mapping[str, int] = tally.numbers
    names = ("captures", "unreadable", "posts", "flags_before", "flags_after", "raised", "cleared", "changed")
    return Trial(
        since=since,
        until=until,
        places=places,
        places_read=done,
        rules=tuple(tally.rules.most_common()),
        matches=tuple(tally.matches),
        **{name: numbers[name] for name in names},
    )


def _difference(old: Flag | None, new: Flag | None) -> str:
    if old == new:
        return "same"
    if old is None:
        return "raised"
    return "cleared" if new is None else "changed"


def _match(source: str, finding: Finding, old: Flag | None, new: Flag | None, public: frozenset[str]) -> TrialMatch:
    post = finding.post
    masked = mask(post.words, finding.mentions, public=public)
    mentions = carry_mentions(masked, finding.mentions)
    return TrialMatch(
        source=source,
        native_id=post.native_id,
        address=post.address,
        posted_at=post.posted_at,
        text=_around(masked.text, mentions[0].start if mentions else 0),
        terms=finding.terms,
        offices=frozenset(finding.offices) or frozenset({NO_OFFICE}),
        before=old,
        after=new,
    )


def _around(text: str, place: int) -> str:
    """What stands around a place, on either side."""
    start, end = max(0, place - AROUND), place + AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _newest_first(match: TrialMatch) -> tuple[float, int]:
    return (-match.posted_at.timestamp() if match.posted_at else 0.0, -match.native_id)
