"""Referrals as documents and back; how one was sent is sealed like its text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidence.case import checked_words
from evidence.cipher import Sealed
from evidence.errors import ConfigError
from evidence.referral import LONGEST_HOW, LONGEST_RECEIPT, ReferralDraft, Result, Seen, Stage, Upstream
from storage.mongo import Document, Store

REFERRALS = "referrals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What a person says of how they sent it."""

    at: datetime
    how: str
    receipt: str = ""


def about_text(name: str) -> str:
    """What the text of a referral is sealed for."""
    return f"{REFERRALS} {name}"


def sending_bytes(sending: Sending) -> bytes:
    """What a person says, as it is sealed.

    Raises:
        ConfigError: it is empty or too long.
    """
    how = checked_words(sending.how, LONGEST_HOW, "how it was sent")
    receipt = sending.receipt.strip()
    if len(receipt) > LONGEST_RECEIPT:
        raise ConfigError(f"the receipt has {len(receipt)} characters; expected at most {LONGEST_RECEIPT}")
    return json.dumps({"how": how, "receipt": receipt}, ensure_ascii=False).encode("utf-8", "surrogatepass")


def referral_document(draft: ReferralDraft) -> Document:
    """A fresh draft, without its text."""
    return {
        "_id": draft.id,
        "at": draft.drafted_at,
        "case": draft.case,
        "to": draft.to,
        "profile": draft.profile,
        "lang": draft.lang,
        "posts": list(draft.posts),
        "offices": sorted(draft.offices),
        "levels": list(draft.levels),
        "is_urgent": draft.is_urgent,
        "stage": draft.stage.value,
        "drafted_by": draft.drafted_by,
        "text_commit": draft.text_commit,
        "proposal": draft.proposal,
        **dict.fromkeys(("approved_at", "approved_by", "sent_at", "sent_by", "sending", "acknowledged_at")),
        **dict.fromkeys(("result", "outcome_at", "review_due_at")),
        "upstream": [],
    }


def read_referral(store: Store, document: Mapping[str, Any]) -> ReferralDraft:
    """A referral as it was stored; how it was sent is opened."""
    sending = document["sending"] or {}
    opened: dict[str, str] = {}
    if sending.get("key"):
        content = store.cipher.open(
            Sealed(key=sending["key"], text=sending["sealed"]), f"{about_text(document['_id'])} sent"
        )
        opened = json.loads(content.decode("utf-8", "surrogatepass"))
    result = document["result"]
    same = ("case", "to", "profile", "lang", "is_urgent", "drafted_by", "text_commit", "proposal", "approved_at")
    more = ("approved_by", "sent_at", "sent_by", "acknowledged_at", "outcome_at", "review_due_at")
    rows = document["upstream"]
    return ReferralDraft(
        id=document["_id"],
        posts=tuple(document["posts"]),
        offices=frozenset(document["offices"]),
        levels=tuple(document["levels"]),
        stage=Stage(document["stage"]),
        drafted_at=document["at"],
        how=opened.get("how"),
        receipt=opened.get("receipt") or None,
        result=Result(result) if result else None,
        upstream=tuple(Upstream(post=row["post"], hours=row["hours"], seen=Seen(row["seen"])) for row in rows),
        **{name: document[name] for name in (*same, *more)},
    )
