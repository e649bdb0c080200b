"""All that lies behind one Flag, read together for the person who reviews it."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evidence.case import Staff, staff_act
from evidence.progress import Progress, State, blind
from evidence.records import Count, KeptPost, Severity
from evidence.review import CLAIM_STATES, ClaimState, Disposition
from evidence.roles import in_scope
from evidence.waiting import Rank, Why
from storage.custody import Custody
from storage.forms import read_count, read_post
from storage.mongo import Document, Store
from storage.near import Near, read_near
from storage.reads import newest
from storage.review_desk import ERASED, find_flag
from storage.review_forms import read_progress
from storage.review_reads import Told, read_history
from storage.sealed import SealedItem, SiblingItem, read_items, read_siblings, seal_entries

CURVE = timedelta(days=14)
MOST_COUNTS = 400
MOST_ALIKE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Another Flag whose post says nearly the same."""

    flag: str
    source: str
    likeness: float
    """0 to 1."""
    state: str
    severity: Severity
    disposition: Disposition | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagView:
    """A Flag with what is known of it."""

    id: str
    source: str
    address: str | None
    posted_at: datetime | None
    at: datetime
    """When it was flagged."""
    severity: Severity
    reasons: tuple[str, ...]
    terms: tuple[str, ...]
    offices: frozenset[str]
    revision: int
    progress: Progress
    """As its reader may see it."""
    claim: ClaimState
    rank: Rank | None
    why: tuple[Why, ...]
    is_retro: bool
    """Whether a rescan raised it, and not the watch."""
    due_at: datetime | None
    lease_until: datetime | None
    post: KeptPost | None
    """None where it is there no more."""
    items: tuple[SiblingItem, ...]
    """Sealed revisions, oldest first."""
    newest_item: SealedItem | None
    entries: Mapping[str, int]
    """Numbers in the log, by item."""
    history: tuple[Told, ...]
    alike: tuple[Alike, ...]


async def read_flag(store: Store, staff: Staff, flag: str, at: datetime) -> FlagView:
    """Read a Flag for somebody; a second reviewer does not see the first decision.

    Raises:
        ReviewRefused: there is none, or it is not in their scope.
        CustodyBroken: a note or an item is not the one that was committed to.
    """
    document = await find_flag(store, staff, flag)
    whole = read_progress(document)
    progress = blind(whole, staff.actor)
    post, (items, newest_item, entries), history, alike = await asyncio.gather(
        _post(store, flag),
        _sealed(store, flag),
        read_history(store, staff, flag),
        _alike(store, staff, flag, is_blind=progress != whole),
    )
    due_at = document.get("due_at")
    why = tuple(map(Why, document.get("why", ())))
    return FlagView(
        id=flag,
        source=document["source"],
        address=document["address"],
        posted_at=document["posted_at"],
        at=document["at"],
        severity=Severity(document["severity"]),
        reasons=tuple(document["reasons"]),
        terms=tuple(document.get("terms", ())),
        offices=frozenset(document.get("offices") or ()),
        revision=document["revision"],
        progress=progress,
        claim=CLAIM_STATES[progress.outcome.disposition if progress.outcome else None],
        rank=Rank(document["rank"]) if "rank" in document else None,
        why=(*why, Why.OVERDUE) if due_at and due_at < at and whole.state is not State.FINAL else why,
        is_retro=bool(document.get("retro")),
        due_at=due_at,
        lease_until=document.get("lease_until"),
        post=post,
        items=items,
        newest_item=newest_item,
        entries=entries,
        history=history,
        alike=alike,
    )


async def _post(store: Store, flag: str) -> KeptPost | None:
    document = await store["posts"].find_one({"_id": flag})
    return read_post(document, store.cipher) if document and document.get("key") else None


async def _sealed(store: Store, flag: str) -> tuple[tuple[SiblingItem, ...], SealedItem | None, Mapping[str, int]]:
    items = (await read_siblings(store, [flag])).get(flag, ())
    if not items:
        return (), None, {}
    (newest_item,), entries = await asyncio.gather(
        read_items(store, [items[-1].id]), seal_entries(store, [item.id for item in items])
    )
    return items, newest_item, entries


async def _alike(store: Store, staff: Staff, flag: str, *, is_blind: bool) -> tuple[Alike, ...]:
    kind = {near.post: near for near in await read_near(store, flag, MOST_ALIKE) if near.post != flag}
    if not kind:
        return ()
    found = [document async for document in store["flags"].find({"_id": {"$in": sorted(kind)}})]
    theirs = [document for document in found if in_scope(staff, frozenset(document.get("offices") or ()))]
    rows = [_like(document, kind[document["_id"]], is_blind=is_blind) for document in theirs]
    return tuple(sorted(rows, key=lambda row: (-row.likeness, row.flag)))


def _like(document: Mapping[str, Any], near: Near, *, is_blind: bool) -> Alike:
    """Of one that says the same a blind reviewer is not told how it was decided either."""
    disposition = document.get("disposition")
    return Alike(
        flag=document["_id"],
        source=document["source"],
        likeness=near.likeness,
        state=str(document["state"]),
        severity=Severity(document["severity"]),
        disposition=Disposition(disposition) if disposition and not is_blind else None,
        at=document["at"],
    )


async def read_curve(store: Store, source: str, until: datetime) -> tuple[Count, ...]:
    """Counts of a room by Telegram itself in the last two weeks, oldest first; at most so many as can be drawn."""
    found: list[Count] = []
    async for document in newest(store, "counts", source=source, since=until - CURVE, until=until):
        count = read_count(document)
        if not count.is_listed:
            found.append(count)
        if len(found) == MOST_COUNTS:
            break
    return tuple(reversed(found))


async def read_texts(store: Store, staff: Staff, flags: Sequence[str]) -> dict[str, tuple[Document, KeptPost | None]]:
    """Flags in somebody's scope with their posts, by id; those that are not there are left out."""
    names = {"_id": {"$in": list(dict.fromkeys(flags))}}
    documents, posts = await asyncio.gather(_by_id(store, "flags", names), _by_id(store, "posts", names))
    return {
        name: (document, read_post(posts[name], store.cipher) if name in posts and posts[name].get("key") else None)
        for name, document in documents.items()
        if in_scope(staff, frozenset(document.get("offices") or ()))
    }


async def _by_id(store: Store, collection: str, names: Document) -> dict[str, Document]:
    return {document["_id"]: document async for document in store[collection].find(names)}


async def offices_of_flag(store: Store, flag: str) -> frozenset[str] | None:
    """The offices that a Flag belongs to; None where there is none, or its post was erased."""
    document = await store["flags"].find_one({"_id": flag}, ("offices", "state"))
    if document is None or document["state"] == ERASED:
        return None
    return frozenset(document.get("offices") or ())


async def record_look(custody: Custody, staff: Staff, flag: str, at: datetime) -> None:
    """Log that somebody looks at the masked text of a Flag that they do not hold; only then show it.

    Raises:
        StorageError: the log did not take it.
    """
    await custody.record(
        staff_act(staff, f"look:{flag}:{staff.actor}:{at.isoformat()}:{secrets.token_hex(4)}", "look", ("flag", flag))
    )
