"""Reveals of personal text: each leaves who asked for what, when and why."""

import getpass
from datetime import datetime

from storage.mongo import Store


async def log_reveal(store: Store, what: str, reason: str, at: datetime) -> None:
    """Store a reveal before the text is shown; without its entry nothing is revealed."""
    name = f"{at.isoformat()} {what}"
    document = {"_id": name, "at": at, "what": what, "reason": reason, "actor": getpass.getuser()}
    await store["reveals"].replace_one({"_id": name}, document, upsert=True)
