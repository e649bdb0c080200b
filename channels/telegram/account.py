"""One signed-in account: its connection, its turns, and what becomes of every request that goes wrong.

Reading requests may be repeated, so a lost connection or a silent server costs time and nothing else.
A wait that Telegram asks for is kept for each method, outlives this process, and is never cut short.
"""

import asyncio
import struct
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telethon import errors
from telethon.tl import TLRequest

from channels.pace import Pace
from channels.telegram.guard import GuardedClient, Hint, Received, close, method_of
from channels.telegram.memory import Memory
from channels.telegram.session import Credential
from evidence.errors import RateLimited, SourceError, SourceGone, SourceUnavailable, UnreadableCapture

TIMEOUT_S = 30.0
"""For one request. Telethon has none: a request that is never answered would wait for ever."""
TRIES = 4
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0
"""Before connecting again, and before asking a server again that had trouble; doubled each time."""
SHORT_WAIT_S = 61.0
"""A wait of up to a minute is waited for; a longer one parks its method and shows."""
PAUSE_AT_ONCE_S = 20.0
"""A longer pause before connecting again is not waited for: the pass ends blind, a later one tries."""

LIMITS = (errors.FloodWaitError, errors.FloodPremiumWaitError, errors.FloodTestPhoneWaitError)
OUT_OF_USE: dict[type[Exception], str] = {
    errors.AuthKeyNotFound: "Telegram does not know its key",
    errors.AuthKeyDuplicatedError: "its session was used from two places and Telegram ended it",
    errors.AuthKeyInvalidError: "Telegram does not know its key",
    errors.AuthKeyUnregisteredError: "its session was ended",
    errors.SessionExpiredError: "its session has expired",
    errors.SessionRevokedError: "its session was ended by its owner",
    errors.UserDeactivatedBanError: "Telegram has banned it",
    errors.UserDeactivatedError: "it was deleted",
}
TROUBLE = (errors.ServerError, errors.TimedOutError, errors.RpcCallFailError, errors.RpcMcgetFailError)
LOST = (OSError, TimeoutError, asyncio.IncompleteReadError, errors.InvalidBufferError, errors.InvalidChecksumError)
"""The connection broke, perhaps in the middle of an answer, or brought what is no packet."""
UNREADABLE = (errors.TypeNotFoundError, ValueError, BufferError, EOFError, struct.error)
CLOSED = (errors.ChannelPrivateError, errors.ChannelPublicGroupNaError, errors.ChannelBannedError)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What Telegram knows this program as; from my.telegram.org."""

    api_id: int
    api_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for a request."""

    result: Any
    method: str
    received_sha256: str
    received_bytes: int
    began_at: datetime
    at: datetime
    server: str
    """Address of the data centre that answered."""


class Account:
    """A session that is connected when it is needed."""

    def __init__(
        self,
        label: str,
        session: Credential,
        application: Application,
        pace: Pace,
        memory: Memory,
        clock: Clock,
        hint: Hint | None = None,
        timeout_s: float = TIMEOUT_S,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self.label = label
        self.dead: str | None = None
        """Why it cannot be used any more, until somebody signs in again."""
        self._session, self._application = session, application
        self._pace, self._memory, self._clock = pace, memory, clock
        self._hint, self._timeout_s, self._first_pause_s = hint, timeout_s, first_pause_s
        self._client: GuardedClient | None = None
        self._connecting = asyncio.Lock()
        self._failures = 0
        self._next_try = 0.0

    async def send(self, request: TLRequest) -> Answer:
        """Send a reading request in its turn, and again where that may help.

        Raises:
            RateLimited: Telegram asked us to wait for longer than a minute.
            SourceGone: the room is closed to the public.
            SourceUnavailable: the account cannot be used, or nothing came back after several tries.
            UnreadableCapture: what came back could not be decoded.
            telethon.errors.RPCError: any other refusal; what it means depends on what was asked.
        """
        method = method_of(request)
        turn = self.turn_of(method)
        problem: SourceError = SourceUnavailable(f"Telegram did not answer {method}")
        for attempt in range(TRIES):
            _end_if_told()
            async with self._pace.turn(turn):
                try:
                    return await self._ask(request, method)
                except LIMITS as limit:
                    left_s = self._pace.hold(turn, limit.seconds + 1)  # its clock runs in whole seconds
                    problem = RateLimited(
                        f"Telegram asked account {self.label} to wait {left_s:.0f} s for {method}", left_s
                    )
                    await self._memory.save_holds()
                except TROUBLE as trouble:
                    problem = SourceUnavailable(
                        f"Telegram is in trouble: {method} failed with {type(trouble).__name__}"
                    )
                    await asyncio.sleep(self._first_pause_s * 2**attempt)
                except LOST as lost:
                    problem = SourceUnavailable(
                        f"Telegram did not answer {method} ({type(lost).__name__}, {attempt + 1} tries)"
                    )
        raise problem

    def queue_s(self, method: str) -> float:
        """How long a request that is sent now would wait for its turn, about."""
        return self._pace.queue_s(self.turn_of(method))

    def check_free(self, method: str) -> None:
        """See before anything is counted that a request would not be sent.

        Raises:
            SourceUnavailable: the account is out of use.
            RateLimited: Telegram asked to wait with this method for longer than a minute.
        """
        if self.dead:
            raise SourceUnavailable(self.dead)
        self._pace.check(self.turn_of(method))

    def turn_of(self, method: str) -> str:
        """Under which name the pace knows a method of this account."""
        return f"telegram {self.label} {method}"

    async def close(self) -> None:
        """Disconnect."""
        await self._disconnect()

    async def _ask(self, request: TLRequest, method: str) -> Answer:
        """One try; every refusal that means the same for all requests becomes ours."""
        client = await self._connected()
        received, began_at = Received(), self._clock()
        received.watch(request)
        try:
            async with asyncio.timeout(self._timeout_s):  # not wait_for, which may swallow a cancelling
                result = await client(request)
        except tuple(OUT_OF_USE) as refusal:
            raise await self._give_up(refusal) from None
        except CLOSED as refusal:
            why = f"it was turned private or closed ({type(refusal).__name__}): private rooms are not read"
            raise SourceGone(why) from None
        except asyncio.CancelledError:
            if _is_told_to_end():
                raise
            await self._disconnect(client)
            raise ConnectionError("the connection was closed") from None  # by another request that had to give up
        except LOST:
            await self._disconnect(client)
            raise
        except UNREADABLE as problem:
            raise UnreadableCapture(f"the answer to {method} cannot be decoded ({type(problem).__name__})") from None
        self._failures = 0
        return Answer(
            result=result,
            method=method,
            received_sha256=received.sha256,
            received_bytes=received.size_bytes,
            began_at=began_at,
            at=self._clock(),
            server=str(self._session.server_address),
        )

    async def _connected(self) -> GuardedClient:
        """The connection, made anew where it was lost.

        Raises:
            SourceUnavailable: the account is out of use, or Telegram cannot be reached for now.
        """
        async with self._connecting:
            if self.dead:
                raise SourceUnavailable(self.dead)
            if self._client is not None and self._client.is_connected():
                return self._client
            wait_s = self._next_try - asyncio.get_running_loop().time()
            if wait_s > PAUSE_AT_ONCE_S:
                raise SourceUnavailable(
                    f"Telegram cannot be reached: account {self.label} tries again in {wait_s:.0f} s"
                )
            await asyncio.sleep(max(0.0, wait_s))
            self._client = await self._connect()
            return self._client

    async def _connect(self) -> GuardedClient:
        client = GuardedClient(self._session, self._application.api_id, self._application.api_hash, hint=self._hint)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(close, client)  # left open, its key would soon be in use twice
            try:
                async with asyncio.timeout(self._timeout_s):
                    await client.connect()
            except tuple(OUT_OF_USE) as refusal:
                raise await self._give_up(refusal) from None
            except asyncio.CancelledError:
                if _is_told_to_end():
                    raise
                raise self._put_off("the connection was closed") from None
            except LOST as problem:
                raise self._put_off(str(problem)) from None
            _end_if_told()
            stack.pop_all()
        return client

    def _put_off(self, why: str) -> ConnectionError:
        """Wait longer before each further try to connect."""
        self._failures += 1
        pause_s = min(LONGEST_PAUSE_S, self._first_pause_s * 2.0 ** min(self._failures - 1, 10))
        self._next_try = asyncio.get_running_loop().time() + pause_s
        return ConnectionError(why)

    async def _give_up(self, refusal: Exception) -> SourceUnavailable:
        """Nothing is asked of this account any more: asking on would make it worse."""
        self.dead = (
            f"account {self.label} cannot be used: {OUT_OF_USE[type(refusal)]};"
            " see docs/telegram.md, then `haechi telegram login`"
        )
        await self._memory.put_out_of_use(self.label, OUT_OF_USE[type(refusal)], self._clock())
        await self._disconnect()
        return SourceUnavailable(self.dead)

    async def _disconnect(self, client: GuardedClient | None = None) -> None:
        """Close a connection, the current one where none is named; another task may have made a new one already."""
        client = client or self._client
        if client is self._client:
            self._client = None
        if client is not None:
            await close(client)


def _is_told_to_end() -> bool:
    """Whether this task is being cancelled, and not only a request that was given up with its connection."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _end_if_told() -> None:
    """End here where Telethon swallowed that this task is being cancelled, as it may while it connects."""
    if _is_told_to_end():
        raise asyncio.CancelledError
