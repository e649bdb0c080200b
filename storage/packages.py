"""Which packages were made of a case: for its time-line. The log has the same, and cannot be asked by case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.mongo import Store
from storage.reads import EPOCH

PACKAGES = "packages"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePackage:
    """A package that was handed over."""

    id: str
    case: str
    at: datetime
    profile: str
    by: str
    """A pseudonym."""
    items: int
    is_sealed: bool
    """Whether under the recipient's key."""


async def keep_package(store: Store, made: MadePackage) -> None:
    """Remember a package; its entries are in the log already."""
    document = {
        "_id": made.id,
        "case": made.case,
        "at": made.at,
        "profile": made.profile,
        "by": made.by,
        "items": made.items,
        "is_sealed": made.is_sealed,
    }
    await store[PACKAGES].replace_one({"_id": made.id}, document, upsert=True)


async def packages_of(store: Store, case: str, until: datetime) -> Sequence[MadePackage]:
    """The packages of a case, oldest first."""
    found = store[PACKAGES].find({"case": case, "at": {"$gte": EPOCH, "$lt": until}})
    rows = [
        MadePackage(
            id=document["_id"],
            case=document["case"],
            at=document["at"],
            profile=document["profile"],
            by=document["by"],
            items=document["items"],
            is_sealed=document["is_sealed"],
        )
        async for document in found
    ]
    return sorted(rows, key=lambda made: made.at)
