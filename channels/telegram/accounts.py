"""Several accounts: which one reads a room, and how a name becomes a room that can be read.

A room stays with its account. That an account must wait is no reason to ask another one: Telegram
meant the wait. Looking up a name is the dearest request of all, so each name is looked up once.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from telethon import errors
from telethon.tl import TLRequest, functions, types

from channels.telegram.account import Account, Answer
from channels.telegram.convert import names_of
from channels.telegram.memory import Memory
from evidence.accounts import Peer
from evidence.errors import HaechiError, RateLimited, SourceGone, SourceRefused, SourceUnavailable
from evidence.records import Source

LOOK_UPS_A_DAY = 200
"""Of one account. Telegram publishes no number; waits of a day were seen after some hundreds."""
DAY = timedelta(days=1)
LOOK_UP = "contacts.resolveUsername"
NOT_A_ROOM = "is a person or a bot, not a public room"


class TooFarBehind(HaechiError):
    """Raised where Telegram will not list what changed: too much, up to ``pts``, or it knows not from where (0)."""

    def __init__(self, pts: int = 0) -> None:
        super().__init__(f"what changed is not listed: history is read instead, up to {pts}")
        self.pts = pts


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A Source within reach of its account."""

    source: Source
    account: Account
    peer: Peer

    @property
    def channel(self) -> types.InputChannel:
        """As requests about a channel name it."""
        return types.InputChannel(self.peer.native_id, self.peer.access_hash)

    @property
    def input_peer(self) -> types.InputPeerChannel:
        """As requests about messages name it."""
        return types.InputPeerChannel(self.peer.native_id, self.peer.access_hash)


class Accounts:
    """All accounts of this process."""

    def __init__(self, accounts: Mapping[str, Account], memory: Memory, clock: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._memory = memory
        self._clock = clock
        self._choosing = asyncio.Lock()
        """Passes side by side must not choose or spend by the same numbers."""

    async def reach(self, source: Source) -> Room:
        """The room behind a Source, looked up if nobody did so before.

        Raises:
            SourceGone: there is no public room of this name.
            SourceRefused: it is a person or a bot.
            SourceError: it cannot be told now.
        """
        peer = await self._memory.find_peer(source.address) or await self._place(source)
        account = self._accounts.get(peer.account)
        if account is None:
            raise SourceUnavailable(
                f"{source.address} is read by account {peer.account}, whose session is not in"
                " HAECHI_TELEGRAM_SESSION: add it, or give the room away with `haechi telegram move`"
            )
        if peer.native_id is None:
            peer = await self._look_up(source, account, peer)
        return Room(source=source, account=account, peer=peer)

    async def ask(self, room: Room, request: TLRequest) -> Answer:
        """Send a request about a room.

        Raises:
            SourceGone: it is closed to the public.
            SourceError: no answer, or one that says nothing.
        """
        try:
            return await room.account.send(request)
        except errors.ChannelInvalidError:
            await self._memory.keep_peer(Peer(source=room.source.address, account=room.account.label))
            raise SourceUnavailable(
                "Telegram does not know the room by its stored id: the next pass looks its name up"
            ) from None
        except (errors.PersistentTimestampInvalidError, errors.PersistentTimestampEmptyError):
            raise TooFarBehind from None
        except errors.RPCError as refusal:
            raise SourceUnavailable(f"Telegram refused: {type(refusal).__name__.removesuffix('Error')}") from None

    async def note_count(self, room: Room, at: datetime) -> None:
        """Remember when the members were counted."""
        await self._memory.keep_peer(replace(room.peer, counted_at=at))

    async def _place(self, source: Source) -> Peer:
        """Choose an account for good: the one with the fewest rooms, whatever it waits for."""
        async with self._choosing:
            rooms = await self._memory.rooms_by_account()
            label = min(self._accounts, key=lambda label: (rooms.get(label, 0), label))
            peer = Peer(source=source.address, account=label)
            await self._memory.keep_peer(peer)
            return peer

    async def _look_up(self, source: Source, account: Account, peer: Peer) -> Peer:
        now = self._clock()
        if peer.gone is not None and peer.looked_up_at is not None and now - peer.looked_up_at < DAY:
            raise (SourceRefused if peer.gone.endswith(NOT_A_ROOM) else SourceGone)(peer.gone)
        await self._spend_look_up(account, now)
        try:
            answer = await account.send(functions.contacts.ResolveUsernameRequest(source.name))
            channel = _public_channel(answer.result, source)
        except (errors.UsernameNotOccupiedError, errors.UsernameInvalidError):
            gone = f"there is no public room named @{source.name}"
            await self._memory.keep_peer(replace(peer, gone=gone, looked_up_at=now))
            raise SourceGone(gone) from None
        except (SourceGone, SourceRefused) as refusal:
            await self._memory.keep_peer(replace(peer, gone=str(refusal), looked_up_at=now))
            raise
        except errors.RPCError as refusal:
            raise SourceUnavailable(f"Telegram refused: {type(refusal).__name__.removesuffix('Error')}") from None
        found = replace(peer, native_id=channel.id, access_hash=channel.access_hash, looked_up_at=now, gone=None)
        await self._memory.keep_peer(found)
        return found

    async def _spend_look_up(self, account: Account, now: datetime) -> None:
        """Counted before it is sent: a crash in between costs one look-up, never one too many."""
        account.check_free(LOOK_UP)
        async with self._choosing:
            if await self._memory.look_ups(account.label, now - DAY, now) >= LOOK_UPS_A_DAY:
                why = f"account {account.label} has looked up {LOOK_UPS_A_DAY} names within a day: the others wait"
                raise RateLimited(why, DAY.total_seconds())
            await self._memory.note_look_up(account.label, now)


def _public_channel(resolved: Any, source: Source) -> Any:
    """The channel that a name belongs to."""
    if not isinstance(resolved.peer, types.PeerChannel):
        raise SourceRefused(f"{source.address} {NOT_A_ROOM}")
    channel = next((chat for chat in resolved.chats if chat.id == resolved.peer.channel_id), None)
    if not isinstance(channel, types.Channel) or not names_of(channel):
        raise SourceGone(f"{source.address} is closed to the public: private rooms are not read")
    return channel
