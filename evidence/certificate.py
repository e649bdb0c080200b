"""The certificate of an erasure: what went, on whose word, and what is outside of our reach."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from evidence.custody import moment
from evidence.erasure import Order

DESTROYED = (
    "sealed records with keys and salts",
    "kept text of every revision with its keys",
    "search tokens, signatures of likeness",
    "what the flag took from the text",
    "notes of reviewers on it",
    "captures that showed or quoted it",
)
REMAINS = (
    "ids, source, times and commitments of the records",
    "a keyed fingerprint of 8 bytes, so that it is not taken up again",
    "the entries of the custody log",
)


def certificate(
    order: Order,
    log: str,
    entry: int,
    sealed_in_log: Mapping[str, int],
    captures: int,
    packages: Sequence[str],
    at: datetime,
) -> dict[str, Any]:
    """As it is printed.

    Args:
        order: what was agreed on.
        log: its name.
        entry: number of the entry of the erasure.
        sealed_in_log: numbers of the entries that sealed the records.
        captures: how many were removed.
        packages: ids of the packages whose case held a record before: whoever has one is to be told.
        at: when it was done.
    """
    gone = order.gone
    return {
        "certificate": "erasure",
        "post": gone.post,
        "source": gone.source,
        "items": [{"id": item, "sealed_in_log": sealed_in_log.get(item)} for item in gone.items],
        "basis": str(order.basis),
        "requested_by": str(order.requester),
        "proposal": order.proposal,
        "proposed_by": order.proposed_by,
        "approved_by": order.approved_by,
        "alone": order.is_alone,
        "log": log,
        "entry": entry,
        "erased_at": moment(at),
        "destroyed": list(DESTROYED),
        "captures_removed": captures,
        "remains": list(REMAINS),
        "packages_outside": list(packages),
    }
