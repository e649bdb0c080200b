"""What has run out: read from the store, in windows of time, without opening any text."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from evidence.erasure import Gone
from evidence.retention import LONG_OPEN, Kept, Periods, class_of, flag_state
from storage.erasure_destroy import ERASED, gone_of, items_of
from storage.mongo import Store
from storage.reads import newest


@dataclass(slots=True)
class Due:
    """Of one class."""

    gone: list[Gone] = field(default_factory=list)
    held: int = 0
    """Ran out, but a case holds it."""
    long_open: list[str] = field(default_factory=list)
    """Ids of posts that nobody has decided about for long."""


async def posts_due(store: Store, periods: Periods, held: Mapping[str, str], now: datetime) -> dict[Kept, Due]:
    """Posts that ran out, by class."""
    due = {kept: Due() for kept in (Kept.MENTIONED, Kept.DISMISSED, Kept.CONFIRMED, Kept.REFERRED, Kept.OPEN)}
    async with aclosing(_flagged(store, periods, due[Kept.OPEN], now)) as flagged:
        async for name, kept in flagged:
            gone = await _gone(store, name)
            if gone is not None and held.keys().isdisjoint(gone.items):
                due[kept].gone.append(gone)
            elif gone is not None:
                due[kept].held += 1
    async with aclosing(_mentioned(store, periods, now)) as mentioned:
        due[Kept.MENTIONED].gone += [gone async for gone in mentioned]
    return due


async def _flagged(
    store: Store, periods: Periods, undecided: Due, now: datetime
) -> AsyncGenerator[tuple[str, Kept], None]:
    shortest = min(periods[kept] for kept in (Kept.DISMISSED, Kept.CONFIRMED, Kept.REFERRED))
    wanted = ("state", "disposition", "decided_at", "referral", "outcome_at")
    async for document in newest(store, "flags", until=now - shortest, only=wanted):
        if document["state"] == ERASED:
            continue
        kept, since = class_of(flag_state(document))
        if kept is Kept.OPEN and document["at"] < now - LONG_OPEN:
            undecided.long_open.append(document["_id"])
        elif since is not None and since < now - periods[kept]:
            yield document["_id"], kept


async def _mentioned(store: Store, periods: Periods, now: datetime) -> AsyncGenerator[Gone, None]:
    """Nothing was sealed of what was never flagged."""
    until, wanted = now - periods[Kept.MENTIONED], ("flag.severity", "changed_at", "source", "native_ids")
    async for document in newest(store, "posts", field="seen_at", until=until, only=wanted):
        if not document.get("flag") and (document["changed_at"] or document["seen_at"]) < until:
            yield Gone(post=document["_id"], source=document["source"], native_ids=tuple(document["native_ids"]))


async def _gone(store: Store, name: str) -> Gone | None:
    """What hangs on a flagged post; None where nothing is left of it."""
    items = await items_of(store, name)
    post = await store["posts"].find_one({"_id": name}, {"source": 1, "native_ids": 1})
    if post is None and all(item.get("erased_at") is not None for item in items):
        return None
    return gone_of(name, post, items)
