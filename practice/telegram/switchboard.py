"""What all connections of a server share: the world, known keys, and who gets which update."""

import asyncio
import struct
import zlib
from collections.abc import Coroutine
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from telethon.crypto import AuthKey
from telethon.tl import TLObject, types
from telethon.tl.core import GzipPacked

from practice.telegram.channel import Channel
from practice.telegram.cipher import new_private_key, write_public_pem
from practice.telegram.connection import Connection, Key, MessageIds, Session, new_number
from practice.telegram.world import TelegramWorld

DC_ID = 2
_SQUEEZED_ABOVE = 512


class Switchboard:
    """Keys and connections of one server."""

    def __init__(self, world: TelegramWorld, private_key: RSAPrivateKey | None = None) -> None:
        self.world = world
        self.port = 0
        self.keys: dict[int, Key] = {}
        self.connections: set[Connection] = set()
        self.ids = MessageIds()
        self._private_key = private_key
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def private_key(self) -> RSAPrivateKey:
        """The server's key, made when first needed."""
        if self._private_key is None:
            self._private_key = new_private_key()
        return self._private_key

    @property
    def public_pem(self) -> str:
        """The server's public key; a client needs it only for a key exchange."""
        return write_public_pem(self.private_key)

    def register(self, auth_key: AuthKey, is_signed_in: bool = True) -> Key:
        """Make a key known, as if a client had signed in with it before."""
        key = Key(AuthKey(auth_key.key), self.world.me.id if is_signed_in else None)
        self.keys[key.id] = key
        return key

    def note(self, event: str, **more: Any) -> None:
        """Write down what happened to a connection."""
        self.world.book.note(event, **more)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run beside everything else until the server stops; a failure is written down."""
        task = asyncio.get_running_loop().create_task(work)
        self._keep(task)
        return task

    def drop_all(self, abort: bool = True) -> None:
        """End every connection."""
        for connection in list(self.connections):
            connection.close(abort)

    def rotate_salt(self) -> None:
        """Give every key another salt, which clients learn at their next call."""
        for key in self.keys.values():
            key.salt = new_number()

    def revoke(self, error: str = "AUTH_KEY_UNREGISTERED", transport: bool = False) -> None:
        """Refuse every call of every known key; with ``transport`` the key itself is denied."""
        for key in self.keys.values():
            key.revoked, key.is_unknown = error, transport
        if transport:
            self.drop_all()

    def restore(self) -> None:
        """Take keys back into favour."""
        for key in self.keys.values():
            key.revoked, key.is_unknown = None, False

    def subscribe(self, session: Session, channel: Channel) -> None:
        """Let live updates of a channel that is not joined come for a while, to every session of the account."""
        until = self.world.clock() + self.world.passive_s
        for connection in self.connections:
            other = connection.session
            if other and other.gets_updates and other.key.user_id == session.key.user_id:
                other.subscribed_until[channel.id] = until

    def push(self, channel: Channel | None, updates: types.Updates) -> None:
        """Send updates to the sessions that may see the channel; None: to all."""
        receivers = [connection for connection in self.connections if self._receives(connection, channel)]
        if receivers:
            body = squeeze(bytes(updates))
            for connection in receivers:
                connection.queue(body)

    def _receives(self, connection: Connection, channel: Channel | None) -> bool:
        session = connection.session
        if connection.is_closed or session is None or not session.gets_updates:
            return False
        if session.key.user_id is None or session.key.revoked:
            return False
        if channel is None or channel.member:
            return True
        return session.subscribed_until.get(channel.id, 0) >= self.world.clock()

    def _keep(self, task: asyncio.Task[None] | None) -> None:
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.note("task_failed", error=repr(error))


def squeeze(body: bytes) -> bytes:
    """A long body as a packed one, where that is shorter."""
    if len(body) <= _SQUEEZED_ABOVE:
        return body
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zipped = packer.compress(body) + packer.flush()
    packed = struct.pack("<I", GzipPacked.CONSTRUCTOR_ID) + bytes(TLObject.serialize_bytes(zipped))
    return packed if len(packed) < len(body) else body
