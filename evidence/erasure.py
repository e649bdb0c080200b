"""Erasure: what of a post goes for good, why, at whose wish, and the line that is kept of it.

The line has ids and codes only. It lies outside of the database, so that a restored backup can be told
what must not come back with it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from evidence.canonical import canonical
from evidence.case import Staff, staff_act
from evidence.custody import Act, moment
from evidence.errors import ConfigError

VERSION = 1


class Basis(StrEnum):
    """On which ground something is erased. Articles are those of the Personal Information Protection Act."""

    SUBJECT = "pipa-36"
    """The person whom it is about asks for it."""
    STOP = "pipa-37"
    """The person asks that it be used no longer."""
    PURPOSE = "pipa-21"
    """The purpose is over, or the time for which it may be kept."""
    COURT = "court-order"
    """A court ordered it."""
    AUTHORITY = "authority-order"
    """A regulator or another authority ordered it."""
    MISTAKE = "kept-by-mistake"
    """It should never have been kept."""


class Requester(StrEnum):
    """Who wants it erased."""

    VICTIM = "victim"
    """The person, or who acts for them."""
    AUTHORITY = "authority"
    """A court, a regulator, the police."""
    OFFICE = "office"
    """An education office or a school."""
    RETENTION = "retention"
    """Nobody: its time ran out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A post that goes: all that its text is found by."""

    post: str
    """``PEER:NATIVE_ID``."""
    source: str
    native_ids: tuple[int, ...]
    """An album has several."""
    items: tuple[str, ...] = ()
    """Its sealed revisions, oldest first."""

    @property
    def peer(self) -> str:
        """What its ids belong to."""
        return self.post.rpartition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """What is kept of an erasure outside of the database."""

    gone: Gone
    at: datetime
    seq: int
    """Of the entry in the log."""
    basis: str
    requester: str

    @property
    def is_request(self) -> bool:
        """Whether somebody asked for it; else its time ran out."""
        return self.requester != Requester.RETENTION


def line_bytes(line: LedgerLine) -> bytes:
    """A line as it is written, without its end."""
    gone = line.gone
    return canonical(
        {
            "v": VERSION,
            "post": gone.post,
            "source": gone.source,
            "native_ids": list(gone.native_ids),
            "items": list(gone.items),
            "at": moment(line.at),
            "seq": line.seq,
            "basis": line.basis,
            "requester": line.requester,
        }
    )


def parse_line(content: bytes) -> LedgerLine | None:
    """Read a line; None where it is none, as one that a power cut broke off."""
    try:
        row: dict[str, Any] = json.loads(content)
        gone = Gone(
            post=str(row["post"]),
            source=str(row["source"]),
            native_ids=tuple(map(int, row["native_ids"])),
            items=tuple(map(str, row["items"])),
        )
        at = datetime.fromisoformat(row["at"]).astimezone(UTC)
        return LedgerLine(gone=gone, at=at, seq=int(row["seq"]), basis=str(row["basis"]), requester=row["requester"])
    except (ValueError, TypeError, LookupError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An erasure that was agreed on."""

    gone: Gone
    basis: Basis
    requester: Requester
    proposal: str
    """Its id; the reason lies there, sealed."""
    proposed_by: str
    approved_by: str
    is_alone: bool
    """Whether one person did both."""
    staff: Staff
    """Who carries it out."""
    at: datetime


def about_code(post: str, basis: Basis, requester: Requester) -> str:
    """All that an erasure covers, as a code: what is approved is this and nothing else."""
    return f"{post}/{basis}/{requester}"


def read_about(about: str) -> tuple[str, Basis, Requester]:
    """The parts of ``about_code``.

    Raises:
        ConfigError: it is not one.
    """
    try:
        post, basis, requester = about.rsplit("/", 2)
        return post, Basis(basis), Requester(requester)
    except ValueError:
        raise ConfigError(f'"{about}" is no erasure: expected POST/BASIS/REQUESTER') from None


def erase_act(order: Order) -> Act:
    """The entry that stands in the log before anything goes."""
    persons = f"proposed={order.proposed_by}/approved={'alone' if order.is_alone else order.approved_by}"
    return staff_act(
        order.staff,
        f"erase:{order.gone.post}:{order.proposal}",
        "erase",
        ("post", order.gone.post),
        reason_code=f"{order.basis}/{order.requester}/{order.proposal}/{persons}",
    )
