"""Flags to be reviewed on a real database, and people to review them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pymongo import InsertOne

from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.progress import Progress, Step
from evidence.records import Severity
from evidence.review import Category, Disposition, Reason, Review
from storage.custody import Custody, open_custody
from storage.mongo import Document, Store
from storage.review_desk import Desk, Wish, open_desk
from storage.reviews import act
from tests.conftest import NOW, Clock

ANN, CAL = (Staff(actor=name, role="monitor", session_id=f"session-{name}") for name in ("ann", "cal"))
BEN = Staff(actor="ben", role="investigator", session_id="session-ben")
SUE, SAM = (Staff(actor=name, role="supervisor", session_id=f"session-{name}") for name in ("sue", "sam"))
SEOUL = Staff(actor="seoul", role="monitor", session_id="session-seoul", offices=frozenset({"B10"}))
EVERYBODY = (ANN, CAL, BEN, SUE, SAM)


def flag_document(number: int, severity: str = "medium", at: datetime = NOW, **more: Any) -> Document:
    """A Flag as keeping a page leaves it."""
    return {
        "_id": f"1900000001:{number}",
        "source": "https://t.me/room",
        "address": f"https://t.me/room/{number}",
        "posted_at": at,
        "at": at,
        "severity": severity,
        "reasons": ["many-schools"],
        "revision": 1,
        "schools": [],
        "delay_s": None,
        "state": "open",
        **more,
    }


async def put_flags(store: Store, *documents: Document) -> list[str]:
    """Store Flags; gives their ids."""
    await store["flags"].bulk_write([InsertOne(document) for document in documents])
    return [document["_id"] for document in documents]


@asynccontextmanager
async def opened_desk(store: Store, clock: Clock, folder: Path, **more: Any) -> AsyncIterator[Desk]:
    """A desk with its log; no Flag is drawn by chance."""
    async with open_custody(store, clock, Files(folder=folder)) as custody:
        yield desk_of(store, custody, **more)


def desk_of(store: Store, custody: Custody, **more: Any) -> Desk:
    """A desk at which no Flag is drawn by chance."""
    return open_desk(store, custody, **{"share": 0.0, **more})


def review(staff: Staff, flag: str, disposition: str = "confirmed", **more: Any) -> Review:
    """A mild decision."""
    given: dict[str, Any] = {"category": Category.THREAT, "severity": Severity.LOW, "reason": Reason.PLAIN, **more}
    return Review(flag=flag, disposition=Disposition(disposition), reviewer=staff.actor, at=NOW, **given)


async def decide(
    desk: Desk, staff: Staff, flag: str, disposition: str = "confirmed", at: datetime = NOW, **more: Any
) -> Progress:
    """Decide first on a claimed Flag."""
    return await act(desk, staff, flag, Wish(step=Step.DECIDE, review=review(staff, flag, disposition), **more), at)


async def second(desk: Desk, staff: Staff, flag: str, disposition: str = "confirmed", at: datetime = NOW) -> Progress:
    """Decide second on a claimed Flag."""
    return await act(desk, staff, flag, Wish(step=Step.SECOND, review=review(staff, flag, disposition)), at)
