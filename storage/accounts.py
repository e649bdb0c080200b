"""What the Telegram accounts know from one process to the next: rooms, look-ups, why one is out of use."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from evidence.accounts import AccountState, Peer
from storage.kept import kept_ids
from storage.mongo import Document, Store

ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))
"""Bounds the search for all rooms."""


class StoredAccounts:
    """The memory of all accounts, in the store."""

    def __init__(self, store: Store, save_holds: Callable[[], Awaitable[None]] | None = None) -> None:
        """Set up over an open store; ``save_holds`` stores the waits that were asked for, where any are kept."""
        self._store = store
        self._save_holds = save_holds

    async def save_holds(self) -> None:
        """Store the waits that were asked for."""
        if self._save_holds is not None:
            await self._save_holds()

    async def find_peer(self, source: str) -> Peer | None:
        """The peer kept for a Source; None where there is none."""
        document = await self._store["peers"].find_one({"_id": source})
        return Peer(**{name: document[name] for name in Peer.__slots__}) if document else None

    async def keep_peer(self, peer: Peer) -> None:
        """Store it in place of what was known of its Source."""
        document: Document = {"_id": peer.source, "at": peer.looked_up_at or ALWAYS[0], **asdict(peer)}
        await self._store["peers"].replace_one({"_id": peer.source}, document, upsert=True)

    async def place(self, source: str, accounts: Sequence[str]) -> str:
        """The account that reads a Source; the one of these with the fewest rooms where none was chosen yet."""
        peer = await self.find_peer(source)
        if peer is None:
            rooms = await self.rooms_by_account()
            account = min(accounts, key=lambda account: (rooms.get(account, 0), account))
            first: Document = {"at": ALWAYS[0], **asdict(Peer(source=source, account=account))}
            await self._store["peers"].update_one({"_id": source}, {"$setOnInsert": first}, upsert=True)
            peer = await self.find_peer(source)
        return peer.account if peer else accounts[0]

    async def rooms_by_account(self) -> Mapping[str, int]:
        """How many Sources each account reads."""
        return Counter(account for account, _ in await self._rooms())

    async def look_ups(self, account: str, since: datetime, until: datetime) -> int:
        """How many names an account looked up between two moments."""
        query = {"account": account, "at": {"$gte": since, "$lte": until}}
        return len([document async for document in self._store["look_ups"].find(query, {"_id": 1})])

    async def note_look_up(self, account: str, at: datetime) -> None:
        """Count a look-up; gone after two days."""
        document = {"_id": f"{account} {at.isoformat()} {uuid4().hex}", "account": account, "at": at}
        await self._store["look_ups"].insert_one(document)  # two of one moment are two

    async def kept_ids(self, source: str, since: datetime, until: datetime) -> Sequence[int]:
        """Ids of a Source's kept posts of that time that are not known to be removed."""
        return await kept_ids(self._store, source, since, until)

    async def put_out_of_use(self, account: str, why: str, at: datetime) -> None:
        """Remember that an account cannot be used."""
        change = {"$set": {"out_of_use": why, "out_since": at}}
        await self._store["accounts"].update_one({"_id": account}, change, upsert=True)

    async def put_in_use(self, account: str) -> None:
        """Somebody signed in again."""
        change = {"$set": {"out_of_use": None, "out_since": None}}
        await self._store["accounts"].update_one({"_id": account}, change, upsert=True)

    async def move(self, source: str, account: str) -> None:
        """Give a Source to another account, at an operator's word; its access hash is not valid there."""
        await self.keep_peer(Peer(source=source, account=account))

    async def states(self, labels: Sequence[str], now: datetime) -> tuple[AccountState, ...]:
        """What is stored of these accounts and of every other one that reads a room."""
        rooms = await self._rooms()
        names = dict.fromkeys((*labels, *sorted(account for account, _ in rooms)))
        return tuple([await self._state(label, rooms, now) for label in names])

    async def _state(self, label: str, rooms: Sequence[tuple[str, str]], now: datetime) -> AccountState:
        document = await self._store["accounts"].find_one({"_id": label}) or {}
        return AccountState(
            label=label,
            out_of_use=document.get("out_of_use"),
            out_since=document.get("out_since"),
            rooms=tuple(source for account, source in rooms if account == label),
            look_ups=await self.look_ups(label, now - timedelta(days=1), now),
        )

    async def _rooms(self) -> list[tuple[str, str]]:
        found = self._store["peers"].find({"at": {"$gte": ALWAYS[0], "$lt": ALWAYS[1]}}, {"account": 1})
        return sorted([(document["account"], document["_id"]) async for document in found])
