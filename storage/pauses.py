"""Pauses and mutes in the store: one document a place, in the log before it counts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import PyMongoError

from evidence.canonical import commitment, new_salt
from evidence.case import Staff, checked_words
from evidence.cipher import Sealed
from evidence.errors import ConfigError, SourcePaused, StorageError
from evidence.pause import EVERYTHING, LONGEST_REASON, Pause, Quiet, pause_act
from storage.custody import Custody
from storage.mongo import Document, Store
from storage.reads import EPOCH

PAUSES = "pauses"
ENDS = {Quiet.PAUSE: "resume", Quiet.MUTE: "unmute"}
"""What ending it is called in the log."""


async def pause(
    store: Store,
    custody: Custody,
    staff: Staff,
    quiet: Quiet,
    about: str,
    reason: str,
    at: datetime,
    until: datetime | None = None,
) -> Pause:
    """Stop the watching of a place, or the alerts about it; a pause that stands is replaced.

    Args:
        store: open.
        custody: the log.
        staff: who does.
        quiet: what is stopped.
        about: an address, or ``all``.
        reason: in words; sealed at rest, in the log by its commitment alone.
        at: the moment.
        until: when it ends by itself; None for never.

    Raises:
        ConfigError: no reason, or an end that is past.
        StorageError: the log did not take it; nothing is paused.
    """
    reason = checked_words(reason, LONGEST_REASON, f"the reason of the {quiet}")
    if until is not None and until <= at:
        raise ConfigError(f"until {until:%Y-%m-%dT%H:%M:%SZ} is past: expected a later moment, or none")
    if about == EVERYTHING and quiet is Quiet.MUTE:
        raise ConfigError("mute is for one place: expected its address")
    name, salt, content = _name(quiet, about), new_salt(), reason.encode("utf-8", "surrogatepass")
    commit, sealed = commitment(salt, content), store.cipher.seal(content, f"{PAUSES} {name}")
    await custody.record(pause_act(staff, str(quiet), about, commit))
    document: Document = {
        "_id": name,
        "at": at,
        "quiet": str(quiet),
        "about": about,
        "by": staff.actor,
        "until": until,
        "ended_at": None,
        "ended_by": None,
        "key": sealed.key,
        "sealed": sealed.text,
        "salt": salt,
        "commit": commit,
    }
    await store[PAUSES].replace_one({"_id": name}, document, upsert=True)
    return _read(store, document)


async def resume(store: Store, custody: Custody, staff: Staff, quiet: Quiet, about: str, at: datetime) -> None:
    """End a pause or a mute.

    Raises:
        ConfigError: there is none.
        StorageError: the log did not take it; the pause stands.
    """
    document = await store[PAUSES].find_one({"_id": _name(quiet, about)})
    if document is None or not _stands(document, at):
        raise ConfigError(f"{about}: there is no {quiet} to end")
    await custody.record(pause_act(staff, ENDS[quiet], about))
    change = {"$set": {"ended_at": at, "ended_by": staff.actor}}
    await store[PAUSES].update_one({"_id": document["_id"], "at": document["at"]}, change)


async def standing_pauses(store: Store, at: datetime) -> tuple[Pause, ...]:
    """Every pause and mute that stands, the latest first."""
    found = store[PAUSES].find({"at": {"$gte": EPOCH, "$lt": at + timedelta(days=1)}})
    standing = [_read(store, document) async for document in found if _stands(document, at)]
    return tuple(sorted(standing, key=lambda one: one.at, reverse=True))


async def paused_addresses(store: Store, at: datetime) -> frozenset[str]:
    """What is paused: addresses, and ``all`` where everything is.

    Raises:
        StorageError: it cannot be told now.
    """
    try:
        return frozenset(one.about for one in await standing_pauses(store, at) if one.quiet is Quiet.PAUSE)
    except PyMongoError as problem:
        raise StorageError(f"what is paused cannot be read: {type(problem).__name__}") from None


async def check_pause(store: Store, address: str, at: datetime) -> None:
    """Go on only where nobody paused a place, nor everything.

    Raises:
        SourcePaused: until when.
    """
    names = [_name(Quiet.PAUSE, about) for about in (EVERYTHING, address)]
    found = [document async for document in store[PAUSES].find({"_id": {"$in": names}})]
    standing = [_read(store, document) for document in found if _stands(document, at)]
    if standing:
        raise SourcePaused(min(standing, key=lambda one: one.about != EVERYTHING).in_words)


def _name(quiet: Quiet, about: str) -> str:
    return f"{quiet} {about}"


def _stands(document: Mapping[str, Any], at: datetime) -> bool:
    return document["ended_at"] is None and (document["until"] is None or at < document["until"])


def _read(store: Store, document: Mapping[str, Any]) -> Pause:
    sealed = Sealed(key=document["key"], text=document["sealed"])
    return Pause(
        quiet=Quiet(document["quiet"]),
        about=document["about"],
        reason=store.cipher.open(sealed, f"{PAUSES} {document['_id']}").decode("utf-8", "surrogatepass"),
        by=document["by"],
        at=document["at"],
        until=document["until"],
    )
