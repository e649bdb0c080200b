"""The only way to Telegram: a client that sends what is on a list of reading requests, and nothing else.

Whatever asks, Telethon's own machinery included, comes through ``GuardedClient._call``. Telethon's
handling of updates is left out altogether: it fetches differences by itself, past our pace, and drops
the edits and removals in them. Here an update only says which channel has something new.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

from telethon import TelegramClient
from telethon.tl import TLRequest, functions, types
from telethon.tl.types import User

from channels.telegram.decoding import Reader
from channels.telegram.session import Credential
from evidence.errors import ForbiddenRequest

READING: frozenset[type[TLRequest]] = frozenset(
    {
        functions.channels.GetFullChannelRequest,
        functions.channels.GetMessagesRequest,
        functions.contacts.ResolveUsernameRequest,
        functions.messages.GetHistoryRequest,
        functions.updates.GetChannelDifferenceRequest,
    }
)
"""Requests that change nothing on the account, for nobody."""

SIGNING_IN: frozenset[type[TLRequest]] = READING | {
    functions.account.GetPasswordRequest,
    functions.auth.CheckPasswordRequest,
    functions.auth.SendCodeRequest,
    functions.auth.SignInRequest,
    functions.help.GetConfigRequest,  # where the data centre is that an account belongs to
}
"""What ``haechi telegram login`` sends besides, at a person's word."""

Hint = Callable[[int], None]
"""Told the bare id of a channel in which something happened."""

_SILENT = logging.getLogger("haechi.telethon")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False  # its lines may hold what people wrote


class GuardedClient(TelegramClient):  # type: ignore[misc]  # telethon has no types
    """A Telethon client that can only read."""

    def __init__(
        self,
        session: Credential,
        api_id: int,
        api_hash: str,
        allowed: frozenset[type[TLRequest]] = READING,
        hint: Hint | None = None,
    ) -> None:
        """Set up, without connecting.

        Args:
            session: address and key; written nowhere.
            api_id: the application's, from my.telegram.org.
            api_hash: the application's.
            allowed: requests that may be sent.
            hint: told which channel has something new, while Telegram pushes it.
        """
        super().__init__(
            session,
            api_id,
            api_hash,
            auto_reconnect=False,
            connection_retries=1,
            request_retries=1,
            raise_last_call_error=True,
            flood_sleep_threshold=0,
            device_model="Haechi",
            system_version="monitoring, read-only",
            app_version="1",
            lang_code="ko",
            base_logger=_SILENT,
        )
        self._allowed = allowed
        self._hint = hint

    async def _call(
        self, sender: Any, request: Any, ordered: bool = False, flood_sleep_threshold: int | None = None
    ) -> Any:
        """Every request of this client goes through here.

        Raises:
            ForbiddenRequest: it is not on the list; nothing was sent.
        """
        if type(request) not in self._allowed:
            raise ForbiddenRequest(type(request).__name__)
        self._flood_waited_requests.clear()  # waits are kept by us, and outlive this process
        return await super()._call(sender, request, ordered)

    async def get_me(self, input_peer: bool = False) -> None:
        """Telethon asks who it is at each connection; the first request of ours tells as much."""

    async def is_user_authorized(self) -> bool:
        """Telethon would ask for the account's own state, when Telegram sends a sign-in to another data centre."""
        return bool(self._authorized)

    async def _on_login(self, user: User) -> User:
        """Telethon would fetch the account's own messages now."""
        self._authorized = True
        return user

    async def _update_loop(self) -> None:
        """Instead of Telethon's: what comes is looked at for its channel and dropped."""
        while True:
            update = await self._updates_queue.get()
            if self._hint is not None:
                for channel_id in set(_channels_of(update)):
                    self._hint(channel_id)


class Received:
    """Size and hash of the bytes that an answer was read from."""

    def __init__(self) -> None:
        self.sha256 = ""
        self.size_bytes = 0

    def watch(self, request: TLRequest) -> None:
        """Let a request note its answer here."""

        def read(reader: Any) -> Any:
            start = reader.position
            answer = Reader(reader.stream[start:])
            result = type(request).read_result(answer)
            body = answer.stream[: answer.position]  # random padding follows
            self.sha256, self.size_bytes = hashlib.sha256(body).hexdigest(), len(body)
            return result

        request.read_result = read


def method_of(request: TLRequest) -> str:
    """The method as Telegram's documentation writes it, such as ``messages.getHistory``."""
    name = type(request).__name__.removesuffix("Request")
    return f"{type(request).__module__.rpartition('.')[2]}.{name[0].lower()}{name[1:]}"


def _channels_of(update: Any) -> Iterator[int]:
    inner = getattr(update, "updates", None)
    if isinstance(inner, list):
        for one in inner:
            yield from _channels_of(one)
    channel_id = getattr(update, "channel_id", None)
    if isinstance(channel_id, int):
        yield channel_id
    peer = getattr(getattr(update, "message", None), "peer_id", None)
    if isinstance(peer, types.PeerChannel):
        yield peer.channel_id


async def close(client: GuardedClient) -> None:
    """Disconnect, whatever state it is in; never raises for a connection that is gone."""
    try:
        async with asyncio.timeout(5):
            await client.disconnect()
    except (OSError, TimeoutError):
        return
