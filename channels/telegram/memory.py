"""What the accounts must know from one process to the next. The store implements it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from evidence.accounts import Peer


class Memory(Protocol):
    """Kept in the database, since a session file is only a credential."""

    async def find_peer(self, source: str) -> Peer | None:
        """How a Source is reached; None where no account was chosen yet."""
        ...

    async def keep_peer(self, peer: Peer) -> None:
        """Store it in place of what was known of its Source."""
        ...

    async def rooms_by_account(self) -> Mapping[str, int]:
        """How many Sources each account reads."""
        ...

    async def look_ups(self, account: str, since: datetime, until: datetime) -> int:
        """How many names an account looked up between two moments."""
        ...

    async def note_look_up(self, account: str, at: datetime) -> None:
        """Count a look-up; called before it is sent."""
        ...

    async def kept_ids(self, source: str, since: datetime, until: datetime) -> Sequence[int]:
        """Ids of a Source's kept posts of that time that are not known to be removed."""
        ...

    async def save_holds(self) -> None:
        """Store the waits that were asked for."""
        ...

    async def put_out_of_use(self, account: str, why: str, at: datetime) -> None:
        """Remember, for ``haechi telegram status``, that an account cannot be used."""
        ...
