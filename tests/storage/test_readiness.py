"""Whether the store can be worked with, also where nothing answers."""

import socket

from evidence.cipher import Cipher
from storage.mongo import connected
from storage.readiness import is_ready
from tests.conftest import MASTER_KEY


async def test_a_server_that_is_away_is_not_ready() -> None:
    """Said in time, and not by an exception of the driver."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        uri = f"mongodb://127.0.0.1:{closed.getsockname()[1]}/haechi"
        async with connected(uri, Cipher(MASTER_KEY)) as store:
            assert not await is_ready(store, 0.05)
