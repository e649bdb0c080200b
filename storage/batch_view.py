"""A batch of decisions as it stands: which of its flags were decided by it, and what became of the others."""

from dataclasses import dataclass
from datetime import datetime

from evidence.case import Staff
from evidence.progress import Step
from evidence.review import Review
from evidence.roles import Permission, Role, in_scope, may
from storage.mongo import Document, Store
from storage.review_forms import read_review


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """What was previewed, and what of it was done."""

    id: str
    at: datetime
    actor: str
    began_at: datetime | None
    """None while it is only a preview."""
    review: Review
    decided: tuple[str, ...]
    """Decided by it, and still so."""
    taken_back: tuple[str, ...]
    others: dict[str, str]
    """Not decided by it: their states."""


async def read_batch(store: Store, staff: Staff, batch: str) -> BatchView | None:
    """A batch of somebody's own, or any for a supervisor; None where there is none for them."""
    document = await store["review_batches"].find_one({"_id": batch})
    is_supervisor = staff.role in set(Role) and may(Role(staff.role), Permission.ADJUDICATE)
    if document is None or not (document["actor"] == staff.actor or is_supervisor):
        return None
    review = read_review(document["review"])
    if review is None:
        return None
    names = {"_id": {"$in": document["flags"]}}
    fields = ("state", "last", "offices")
    found = {flag["_id"]: flag async for flag in store["flags"].find(names, fields)}
    theirs = {name: flag for name, flag in found.items() if in_scope(staff, frozenset(flag.get("offices") or ()))}
    ours = {name: _last_step(flag) for name, flag in theirs.items() if _is_of(flag, batch)}
    return BatchView(
        id=batch,
        at=document["at"],
        actor=document["actor"],
        began_at=document["began_at"],
        review=review,
        decided=tuple(name for name, step in ours.items() if step == Step.DECIDE),
        taken_back=tuple(name for name, step in ours.items() if step != Step.DECIDE),
        others={name: str(flag["state"]) for name, flag in theirs.items() if name not in ours},
    )


def _is_of(flag: Document, batch: str) -> bool:
    return bool(flag.get("last")) and flag["last"]["batch"] == batch


def _last_step(flag: Document) -> str:
    return str(flag["last"]["step"])
