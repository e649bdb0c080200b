"""Watchlists that a command imported, with their entry in the log."""

from datetime import datetime
from pathlib import Path

from evidence.case import Staff
from evidence.checkpoint import Files
from storage.custody import open_custody
from storage.mongo import Store
from storage.watchlists import Version, import_version
from tests.conftest import NOW

OPERATOR = Staff(actor="staff-000000000009", role="operator", session_id="s@here")


async def imported(store: Store, folder: Path, text: str, name: str = "rooms.yaml", at: datetime = NOW) -> Version:
    """As ``-w FILE`` leaves it, where no other log is open; ``folder`` keeps the key of the log."""
    async with open_custody(store, lambda: at, Files(folder=folder)) as custody:
        return await import_version(store, custody, OPERATOR, text, name, at)
