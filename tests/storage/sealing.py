"""Sealed items on a real database, made of invented posts."""

import json
from datetime import timedelta

from evidence.item import Setting
from evidence.records import Finding, Flag, Mention, Post, Severity
from storage.custody_blocks import PENDING
from storage.evidence import Sealing, evidence_writes
from storage.leases import over_what_is_there
from storage.mongo import Session, Store
from tests.conftest import NOW
from tests.storage.making import capture

SOURCE, PEER = "https://t.me/room", "1900000001"
SETTING = Setting(collector="haechi 1", configuration_sha256="ef" * 32, watchlist_version=1)


def flagged(native_id: int, text: str, mentions: tuple[Mention, ...] = ()) -> Finding:
    """A post that raised a Flag."""
    post = Post(
        native_id=native_id,
        native_ids=(native_id,),
        address=f"{SOURCE}/{native_id}",
        posted_at=NOW,
        text=text,
    )
    return Finding(post=post, mentions=mentions, flag=Flag(severity=Severity.HIGH, reasons=("rule",)))


def named(text: str, school: str, code: str) -> Mention:
    """Where a text names a school."""
    start = text.index(school)
    return Mention(
        start=start,
        end=start + len(school),
        surface=school,
        school=code,
        candidates=(code,),
        level="high",
        rule="full",
        confidence=1.0,
    )


async def seal(store: Store, *findings: Finding, revision: int = 1, fragment: str = "", logs: bool = True) -> list[str]:
    """Store items of these findings as a pass does; gives their ids. Their entries wait for the log."""
    sealings = [_sealing(finding, revision, fragment) for finding in findings]
    items, entries = evidence_writes(store, sealings, (), SETTING)

    async def work(session: Session) -> None:
        await store["evidence"].bulk_write(over_what_is_there(items), session=session)
        if logs:
            await store[PENDING].bulk_write(entries, session=session)

    await store.in_transaction(work)
    return [f"{PEER}:{finding.post.native_id}:{revision}" for finding in findings]


def _sealing(finding: Finding, revision: int, fragment: str) -> Sealing:
    body = fragment or f"<div>{finding.post.text}</div>"
    at = NOW + timedelta(minutes=revision)
    document = {
        "_id": f"{PEER}:{finding.post.native_id}",
        "source": SOURCE,
        "native_id": finding.post.native_id,
        "revision": revision,
        "seen_at": at,
        "changed_at": at if revision > 1 else None,
        "flag": {"severity": "high"},
    }
    return Sealing(document=document, finding=finding, capture=capture(body), fragment=body)


def lines_of(content: bytes) -> list[dict[str, object]]:
    """JSON Lines."""
    return [json.loads(line) for line in content.splitlines()]
