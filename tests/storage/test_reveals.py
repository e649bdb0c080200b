"""Reveals leave an entry before anything is shown."""

import getpass

from storage.mongo import Store
from storage.reveals import log_reveal
from tests.conftest import NOW, Clock
from tests.storage.making import everything


async def test_each_reveal_leaves_who_what_when_and_why(store: Store, own_database: str, clock: Clock) -> None:
    """Two reveals are two entries."""
    await log_reveal(store, "list posts", "case-12", clock())
    await log_reveal(store, "list posts", "case-12", clock.forward(seconds=1))
    first, second = everything(own_database)["reveals"]
    assert ("list posts", "case-12", getpass.getuser(), NOW) == tuple(
        first[name] for name in ("what", "reason", "actor", "at")
    )
    assert clock() == second["at"]
