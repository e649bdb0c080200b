"""Records as the rows that commands print with ``--json``: names and forms of the published interface."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from msgspec import structs

from evidence.listing import ListedRoom
from evidence.records import Count, CrawlRun, Figure, KeptPost, Mention, Place, Post, Revision

Row = dict[str, Any]


def time(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with ``Z``."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def figure(number: Figure | None) -> Row | None:
    """A number with its bounds."""
    return structs.asdict(number) if number else None


def place_row(place: Place) -> Row:
    """What ``parse`` prints of a place."""
    count = {**structs.asdict(place.members), "unit": place.unit, "online": place.online} if place.members else None
    return {
        "record": "source",
        "kind": str(place.kind),
        "username": place.username,
        "native_id": place.native_id,
        "title": place.title,
        "description": place.description,
        "verified": place.is_verified,
        "count": count,
    }


def listed_row(room: ListedRoom) -> Row:
    """What ``parse`` prints of a room on a directory's page."""
    return {
        "record": "room",
        "address": room.address,
        "title": room.title,
        "count": room.count.value if room.count else None,
        "listed_by": room.listed_by,
        "low": room.count.low if room.count else None,
        "high": room.count.high if room.count else None,
        "unit": room.unit,
        "kind": str(room.kind) if room.kind else None,
        "native_id": room.native_id,
        "description": room.description,
        "refused": room.refused,
    }


def parsed_post_row(post: Post) -> Row:
    """What ``parse`` prints of a post."""
    return {
        "record": "post",
        "native_id": post.native_id,
        "native_ids": list(post.native_ids),
        "address": post.address,
        "posted_at": time(post.posted_at),
        "edited": post.is_edited,
        "service": post.is_service,
        "author": post.author,
        "text": post.text,
        "captions": list(post.captions),
        "views": figure(post.views),
        "forwarded_from": asdict(post.forwarded_from) if post.forwarded_from else None,
        "reply_to": post.reply_to,
        "media": [asdict(media) for media in post.media],
        "links": list(post.links),
    }


def run_row(run: CrawlRun) -> Row:
    """A pass."""
    return {
        "source": run.source,
        "via": run.via,
        "outcome": str(run.outcome),
        "reason": run.reason,
        "captures": run.captures,
        "posts_seen": run.posts_seen,
        "new": run.new,
        "edited": run.edited,
        "removed": run.removed,
        "mentions": run.mentions,
        "flags": run.flags,
        "members": run.members,
        "started_at": time(run.started_at),
        "ended_at": time(run.ended_at),
        "kept": run.kept,
        "unchanged": run.unchanged,
        "failed": run.failed,
    }


def mention_row(mention: Mention) -> Row:
    """A mention within its post."""
    return {**asdict(mention), "candidates": list(mention.candidates)}


def post_row(kept: KeptPost) -> Row:
    """A kept post; offsets of its mentions count in ``text``."""
    post = kept.post
    return {
        "id": kept.id,
        "source": kept.source,
        "native_id": post.native_id,
        "native_ids": list(post.native_ids),
        "address": post.address,
        "posted_at": time(post.posted_at),
        "edited_at": time(kept.changed_at),
        "revision": kept.revision,
        "removed": kept.removed_at is not None,
        "text": post.words,
        "mentions": [mention_row(mention) for mention in kept.mentions],
        "flags": [{"severity": str(kept.flag.severity), "reasons": list(kept.flag.reasons)}] if kept.flag else [],
        "removed_at": time(kept.removed_at),
        "seen_at": time(kept.seen_at),
        "earlier": [revision_row(revision) for revision in kept.earlier],
    }


def revision_row(revision: Revision) -> Row:
    """What a post said before."""
    return {
        "revision": revision.revision,
        "until": time(revision.until),
        "text": revision.words,
        "mentions": [mention_row(mention) for mention in revision.mentions],
    }


def mention_rows(kept: KeptPost) -> list[Row]:
    """The mentions of a kept post, a row each, those of earlier revisions after those of the newest."""
    post = kept.post
    where = {"post": kept.id, "source": kept.source, "address": post.address, "posted_at": time(post.posted_at)}
    revisions = [(kept.revision, kept.mentions), *((old.revision, old.mentions) for old in reversed(kept.earlier))]
    return [
        {**where, **mention_row(mention), "revision": revision}
        for revision, mentions in revisions
        for mention in mentions
    ]


def flag_row(document: Mapping[str, Any]) -> Row:
    """A flag as stored."""
    return {
        "id": document["_id"],
        "source": document["source"],
        "address": document["address"],
        "posted_at": time(document["posted_at"]),
        "flagged_at": time(document["at"]),
        "severity": document["severity"],
        "reasons": document["reasons"],
        "revision": document["revision"],
        "state": document["state"],
        "disposition": document.get("disposition"),
        "category": document.get("category"),
        "decided_severity": document.get("decided_severity"),
        "decided_at": time(document.get("decided_at")),
        "rank": document.get("rank"),
        "due_at": time(document.get("due_at")),
        "delay_s": document.get("delay_s"),
        "retro": bool(document.get("retro")),
    }


def evidence_row(document: Mapping[str, Any], entry: int | None) -> Row:
    """A sealed item as stored; ``sealed_in_log`` is None while its entry is on its way."""
    return {
        "id": document["_id"],
        "source": document["source"],
        "post": document["post"],
        "revision": document["revision"],
        "at": time(document["at"]),
        "severity": document.get("severity"),
        "sealed_in_log": entry,
        "erased": document.get("erased_at") is not None,
    }


def count_row(count: Count) -> Row:
    """A count of members."""
    return {
        "source": count.source,
        "at": time(count.at),
        "value": count.value,
        "low": count.low,
        "high": count.high,
        "online": count.online,
        "origin": count.origin,
    }


def coverage_row(document: Mapping[str, Any]) -> Row:
    """An hour of a source."""
    return {
        "source": document["source"],
        "hour": time(document["at"]),
        "state": "watched" if document["is_watched"] else "blind",
        "reason": document["reason"],
        "passes": document["passes"],
    }


def room_row(document: Mapping[str, Any], status: str) -> Row:
    """A room that was found or is watched."""
    places = _places(document)
    listing = next((place for place in places if place["where"].startswith("directory:")), None)
    members = document.get("members")
    first = places[0]["where"] if places else "watchlist"
    return {
        "address": None if document.get("refused") and not document["_id"].startswith("https:") else document["_id"],
        "title": document.get("title"),
        "first_seen": time(document["at"]),
        "listed_by": "watchlist" if status == "watched" and "via" in document else first,
        "count": members if members is not None else listing and listing["count"],
        "status": status,
    }


def found_row(document: Mapping[str, Any], status: str) -> Row:
    """A room with where it was seen, how often, and why somebody might look."""
    return {
        **room_row(document, status),
        "native_id": document.get("native_id"),
        "reasons": sorted(document.get("reasons", ())),
        "refused": document.get("refused"),
        "renamed_to": document.get("renamed_to"),
        "seen": _places(document),
    }


def _places(document: Mapping[str, Any]) -> list[Row]:
    """Where a room was seen, most often first."""
    places = [
        {"where": where, "times": seen["times"], "last_at": time(seen["at"]), "count": seen.get("value")}
        for where, seen in document.get("found", {}).items()
    ]
    return sorted(places, key=lambda place: -place["times"])
