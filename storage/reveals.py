"""Reveals of personal text: each leaves who asked for what, when and why."""

import secrets
from datetime import datetime

from evidence.canonical import commitment, new_salt
from evidence.case import Staff, reveal_act
from storage.custody import Custody
from storage.mongo import Store


async def record_reveal(
    store: Store, custody: Custody, staff: Staff, kind: str, name: str, reason: str, at: datetime
) -> int:
    """Record a reveal in the custody log, its reason by commitment, and keep the reason; only then show the text.

    Args:
        store: open.
        custody: the log.
        staff: who looks.
        kind: of thing, such as ``evidence`` or ``case``.
        name: its id.
        reason: as given; words are welcome, they do not reach the log.
        at: the moment.

    Returns:
        The number of the entry.

    Raises:
        StorageError: the log did not take it; nothing may be shown.
    """
    salt = new_salt()
    reveal = f"{at.isoformat()} {kind} {name} {staff.actor} {secrets.token_hex(4)}"  # two in one moment are two
    commit = commitment(salt, reason.encode("utf-8", "surrogatepass"))
    (seq,) = await custody.record(reveal_act(staff, reveal.replace(" ", ":"), kind, name, commit))
    document = {"_id": reveal, "at": at, "what": f"{kind} {name}", "reason": reason, "actor": staff.actor}
    await store["reveals"].replace_one(
        {"_id": reveal}, {**document, "salt": salt, "commit": commit, "entry": seq}, upsert=True
    )
    return seq
