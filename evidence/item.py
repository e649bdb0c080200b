"""EvidenceItems: one revision of a flagged post, sealed with how it was seen, so that a stranger can check it.

An item is canonical JSON (RFC 8785). What the log holds of it is a commitment under a salt of its own:
destroying the salt and the item's key erases the item and leaves the log whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence.canonical import Json, canonical
from evidence.custody import Act, moment
from evidence.records import Capture, Count, Exchange, Finding, Media, Post

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Under what an item was made."""

    collector: str
    """Name and version of the program."""
    configuration_sha256: str
    """Of watchlist, register and settings, without secrets."""
    watchlist_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealable:
    """All that an item is made of."""

    id: str
    """``PEER:NATIVE_ID:REVISION``."""
    source: str
    finding: Finding
    revision: int
    seen_at: datetime
    capture: Capture
    capture_id: str
    fragment: str
    """The post's own part of the Capture."""
    counts: Sequence[Count]
    """Of the room, newest first."""
    setting: Setting


def item_bytes(sealable: Sealable) -> bytes:
    """The item as it is committed to, kept, and handed over."""
    post, flag = sealable.finding.post, sealable.finding.flag
    item: dict[str, Json] = {
        "v": VERSION,
        "id": sealable.id,
        "source": sealable.source,
        "revision": sealable.revision,
        "seen_at": moment(sealable.seen_at),
        "post": _post(post),
        "flag": {"severity": str(flag.severity), "reasons": list(flag.reasons)} if flag else None,
        "mentions": [
            {"start": mention.start, "end": mention.end, "school": mention.school, "rule": mention.rule}
            | {"candidates": list(mention.candidates)}
            for mention in sealable.finding.mentions
        ],
        "raw": sealable.fragment,
        "capture": {"id": sealable.capture_id, **_capture(sealable.capture)},
        "counts": [_count(count) for count in sealable.counts],
        "made_by": {
            "collector": sealable.setting.collector,
            "configuration_sha256": sealable.setting.configuration_sha256,
            "watchlist_version": sealable.setting.watchlist_version,
        },
    }
    return canonical(item)


def seal_act(item_id: str, commit: str, collector: str) -> Act:
    """The log's entry of a sealed item."""
    return Act(
        request=f"seal:{item_id}",
        action="seal",
        actor="collector",
        actor_role="system",
        session_id=collector.replace(" ", "-"),
        target_type="evidence",
        target_id=item_id,
        commit=commit,
    )


def _post(post: Post) -> dict[str, Json]:
    forward = post.forwarded_from
    return {
        "native_id": post.native_id,
        "native_ids": list(post.native_ids),
        "address": post.address,
        "posted_at": moment(post.posted_at) if post.posted_at else None,
        "is_edited": post.is_edited,
        "author": post.author,
        "text": post.text,
        "captions": list(post.captions),
        "links": list(post.links),
        "reply_to": post.reply_to,
        "forwarded_from": {"name": forward.name, "address": forward.address} if forward else None,
        "media": [_media(media) for media in post.media],
    }


def _media(media: Media) -> dict[str, Json]:
    return {"kind": media.kind, "number": media.number}


def _capture(capture: Capture) -> dict[str, Json]:
    return {
        "kind": str(capture.kind),
        "url": capture.url,
        "status": capture.status,
        "fetched_at": moment(capture.fetched_at),
        "received_sha256": capture.received_sha256,
        "received_bytes": capture.received_bytes,
        "kept_sha256": capture.kept_sha256,
        "exchange": _exchange(capture.exchange) if capture.exchange else None,
    }


def _exchange(exchange: Exchange) -> dict[str, Json]:
    return {
        "asked": exchange.asked,
        "hops": list(exchange.hops),
        "resolved": exchange.resolved,
        "certificate_sha256": exchange.certificate_sha256,
        "began_at": moment(exchange.began_at),
        "ended_at": moment(exchange.ended_at),
    }


def _count(count: Count) -> dict[str, Json]:
    return {
        "at": moment(count.at),
        "value": count.value,
        "low": count.low,
        "high": count.high,
        "online": count.online,
        "origin": count.origin,
    }
