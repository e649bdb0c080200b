"""Downloads of masked items: each leaves who took what, when and why, before it is handed out."""

from datetime import datetime

from evidence.canonical import commitment, new_salt
from evidence.case import Staff, download_act
from storage.custody import Custody
from storage.mongo import Store


async def record_download(
    store: Store, custody: Custody, staff: Staff, search: str, what: str, reason: str, at: datetime
) -> int:
    """Record a download in the custody log, its reason by commitment, and keep the reason; only then hand it out.

    Args:
        store: open.
        custody: the log.
        staff: who takes it.
        search: hash of the filters.
        what: a code: why, in which form, how many, by whose leave.
        reason: in words; they do not reach the log.
        at: the moment.

    Returns:
        The number of the entry.

    Raises:
        StorageError: the log did not take it; nothing may be handed out.
    """
    salt = new_salt()
    commit = commitment(salt, reason.encode("utf-8", "surrogatepass"))
    (seq,) = await custody.record(download_act(staff, search, what, at, commit))
    name = f"{at.isoformat()} download {search} {staff.actor}"
    document = {"_id": name, "at": at, "what": f"download {search}", "reason": reason, "actor": staff.actor}
    await store["reveals"].replace_one(
        {"_id": name}, {**document, "salt": salt, "commit": commit, "entry": seq}, upsert=True
    )
    return seq
