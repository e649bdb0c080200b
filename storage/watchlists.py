"""Watchlists as versions: what was watched when can always be told, and who changed it why."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from evidence.case import Staff
from evidence.errors import WatchlistMoved
from evidence.watchlist_change import save_act, text_hash
from storage.custody import Custody
from storage.mongo import Document, Session, Store

IMPORTED = "import"
"""Stands in the log in place of a change that was proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One stored version of the watchlist."""

    number: int
    text: str
    """The YAML as it was imported."""
    name: str
    imported_at: datetime
    by: str | None = None
    """Pseudonym of whoever saved or imported it; None in stores of earlier versions of Haechi, for imports."""
    why: str | None = None
    change: str | None = None
    """Id of the change that it came from, which names its second person."""

    @property
    def sha256(self) -> str:
        """Of its text, as the log has it."""
        return text_hash(self.text)


async def newest_version(store: Store, session: Session | None = None) -> Version | None:
    """The version that runs where no file is given; None before the first import."""
    number = await newest_number(store, session)
    return await read_version(store, number, session) if number else None


async def read_version(store: Store, number: int, session: Session | None = None) -> Version | None:
    """One version; None where there is none of this number."""
    document = await store["watchlists"].find_one({"_id": number}, session=session)
    return _read(document) if document else None


async def all_versions(store: Store) -> list[Version]:
    """Every version, newest first."""
    number = await newest_number(store)
    found = store["watchlists"].find({"_id": {"$gte": 1, "$lte": number}})
    return sorted([_read(document) async for document in found], key=lambda version: -version.number)


async def newest_number(store: Store, session: Session | None = None) -> int:
    """Number of the newest version; 0 before the first import."""
    pointer = await store["meta"].find_one({"_id": "watchlist"}, session=session)
    return int(pointer["newest"]) if pointer else 0


def _read(document: Document) -> Version:
    return Version(
        number=document["_id"],
        text=document["text"],
        name=document["name"],
        imported_at=document["imported_at"],
        by=document.get("by"),
        why=document.get("why"),
        change=document.get("change"),
    )


async def import_version(
    store: Store, custody: Custody, staff: Staff, text: str, name: str, now: datetime, why: str | None = None
) -> Version:
    """Store a watchlist as the newest version, unless it says what the newest one says.

    Args:
        store: open.
        custody: the log; it gets number and hash before anything is stored.
        staff: who imports.
        text: a valid watchlist.
        name: of the file, or what else it came from.
        now: the moment.
        why: in words.

    Raises:
        StorageError: the log did not take it; nothing is stored.
    """
    while True:
        newest = await newest_version(store)
        if newest is not None and newest.text == text:
            return newest
        number = newest.number + 1 if newest else 1
        version = Version(number=number, text=text, name=name, imported_at=now, by=staff.actor, why=why)
        with suppress(WatchlistMoved):  # somebody was sooner: the next number, or theirs says the same
            return await _save(store, custody, staff, version, IMPORTED)


async def save_version(
    store: Store, custody: Custody, staff: Staff, text: str, base: int, why: str, change: str, now: datetime
) -> Version:
    """Store a watchlist as the version after ``base``, if that is still the newest.

    Args:
        store: open.
        custody: the log; it gets number and hash before anything is stored.
        staff: who saves.
        text: a valid watchlist.
        base: number of the version that was looked at; 0 for none.
        why: in words.
        change: id of the change that it comes from.
        now: the moment.

    Raises:
        WatchlistMoved: somebody else saved one meanwhile; nothing is stored.
        StorageError: the log did not take it; nothing is stored.
    """
    version = Version(
        number=base + 1, text=text, name="console", imported_at=now, by=staff.actor, why=why, change=change
    )
    return await _save(store, custody, staff, version, change)


async def _save(store: Store, custody: Custody, staff: Staff, version: Version, code: str) -> Version:
    """The log first; then the version, if nobody stored its number meanwhile."""
    base = version.number - 1
    await _check_newest(store, base)
    await custody.record(save_act(staff, version.number, version.sha256, code))

    async def work(session: Session) -> None:
        await _check_newest(store, base, session)
        await _write(store, version, session)

    await store.in_transaction(work)
    return version


async def _check_newest(store: Store, base: int, session: Session | None = None) -> None:
    newest = await newest_number(store, session)
    if newest != base:
        raise WatchlistMoved(base, newest)


async def _write(store: Store, version: Version, session: Session) -> None:
    document = {**asdict(version), "_id": version.number, "sha256": version.sha256}
    await store["watchlists"].replace_one({"_id": version.number}, document, upsert=True, session=session)
    pointer = {"_id": "watchlist", "newest": version.number}
    await store["meta"].replace_one({"_id": "watchlist"}, pointer, upsert=True, session=session)
