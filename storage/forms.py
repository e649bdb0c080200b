"""Records as documents and back. Text is sealed, and so is which School it names; everything else is plain."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import zstandard
from msgspec.structs import replace

from evidence.cipher import Cipher, Sealed, is_pseudonym
from evidence.mentions import merge_mentions
from evidence.records import (
    Capture,
    Count,
    CrawlRun,
    Cursor,
    Finding,
    Flag,
    Forward,
    KeptPost,
    Media,
    Mention,
    Outcome,
    Post,
    Revision,
    Severity,
)
from storage.mongo import Document
from storage.search_tokens import Marks, found_by

CAPTURE_KEPT = timedelta(days=7)
"""How long a Capture stays; until then new rules can be run over it."""
_ZSTD_LEVEL = 3


def post_id(peer: str, native_id: int) -> str:
    """The id of a post, the same whichever way its room is read."""
    return f"{peer}:{native_id}"


def capture_name(capture: Capture) -> str:
    """The id of a Capture: where, when and what."""
    return f"{capture.source} {capture.fetched_at.isoformat()} {capture.kept_sha256[:16]}"


def capture_document(capture: Capture, cipher: Cipher) -> Document:
    """A Capture, compressed and sealed."""
    name = capture_name(capture)
    sealed = cipher.seal(zstandard.compress(capture.kept, _ZSTD_LEVEL), name)
    return {
        "_id": name,
        "source": capture.source,
        "url": capture.url,
        "kind": str(capture.kind),
        "at": capture.fetched_at,
        "status": capture.status,
        "received_sha256": capture.received_sha256,
        "received_bytes": capture.received_bytes,
        "kept_sha256": capture.kept_sha256,
        "exchange": asdict(capture.exchange) if capture.exchange else None,
        "key": sealed.key,
        "sealed": sealed.text,
        "expires_at": capture.fetched_at + CAPTURE_KEPT,
    }


def post_document(
    finding: Finding, source: str, peer: str, seen_at: datetime, before: Document | None, cipher: Cipher
) -> Document:
    """A kept post; with a new revision where it was kept ``before`` and says something else now."""
    post, name = finding.post, post_id(peer, finding.post.native_id)
    revision = before["revision"] + 1 if before else 1
    sealed = cipher.seal(_sealed_words(post, finding.mentions), f"{name} {revision}")
    flag = _gravest(read_flag(before["flag"]) if before else None, finding.flag)
    return {
        "_id": name,
        "source": source,
        "native_id": post.native_id,
        "native_ids": list(post.native_ids),
        "address": post.address,
        "posted_at": post.posted_at,
        "at": before["at"] if before else post.posted_at or seen_at,
        "seen_at": before["seen_at"] if before else seen_at,
        "changed_at": seen_at if before else None,
        "removed_at": None,
        "is_edited": post.is_edited,
        "revision": revision,
        "key": sealed.key,
        "sealed": sealed.text,
        "earlier": [*before["earlier"], _earlier(before, seen_at)] if before else [],
        "media": [asdict(media) for media in post.media],
        "mentions": len(finding.mentions),
        "flag": _flag_document(flag),
        **found_by(marks_of(finding, flag, source), before or {}, cipher),
    }


def extended_document(finding: Finding, before: Document, cipher: Cipher) -> Document | None:
    """A kept post in whose newest revision more was found; None where nothing more was."""
    words = open_words(before, before["_id"], cipher)
    old = _read_mentions(words, "")
    mentions = merge_mentions(old, finding.mentions)
    flag = _gravest(read_flag(before["flag"]), finding.flag)
    found = found_by(marks_of(replace(finding, mentions=mentions), flag, before["source"]), before, cipher)
    is_more = (
        mentions != old
        or _is_more(read_flag(before["flag"]), flag)
        or set(found["terms"]) > set(before.get("terms", ()))
    )
    if not is_more:
        return None
    said = words_bytes({**words, "mentions": [_mention_document(mention) for mention in mentions]})
    sealed = cipher.seal(said, f"{before['_id']} {before['revision']}")
    changes = {"mentions": len(mentions), "flag": _flag_document(flag), "key": sealed.key, "sealed": sealed.text}
    return {**before, **changes, **found}


def _is_more(before: Flag | None, after: Flag | None) -> bool:
    if before is None or after is None:
        return before != after
    return before.severity is not after.severity or set(before.reasons) != set(after.reasons)


def marks_of(finding: Finding, flag: Flag | None, source: str) -> Marks:
    """By what a revision of a post is found."""
    return Marks(
        searched=finding.searched,
        source=source,
        schools={code for mention in finding.mentions for code in mention.candidates},
        offices=finding.offices,
        levels=finding.levels,
        terms={*finding.terms, *(flag.reasons if flag else ())},
        severities=(str(flag.severity),) if flag else (),
    )


def _sealed_words(post: Post, mentions: Iterable[Mention]) -> bytes:
    """What is personal in a post. Who wrote it is kept as a pseudonym or not at all: people are not profiled."""
    forward = post.forwarded_from
    return words_bytes(
        {
            "author": post.author if post.author and is_pseudonym(post.author) else None,
            "text": post.text,
            "captions": post.captions,
            "links": post.links,
            "reply_to": post.reply_to,
            "forwarded_from": asdict(forward) if forward else None,
            "mentions": [_mention_document(mention) for mention in mentions],
        }
    )


def words_bytes(words: Mapping[str, Any]) -> bytes:
    """Words as they are sealed."""
    return json.dumps(words, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _gravest(before: Flag | None, now: Flag | None) -> Flag | None:
    """An edit may add to a Flag, never take one back: that is a person's to decide."""
    if before is None or now is None:
        return before or now
    severity = max(before.severity, now.severity, key=lambda severity: severity.rank)
    return Flag(severity=severity, reasons=tuple(dict.fromkeys((*now.reasons, *before.reasons))))


def _earlier(before: Document, until: datetime) -> Document:
    return {**{field: before[field] for field in ("revision", "key", "sealed")}, "until": until}


def _mention_document(mention: Mention) -> Document:
    """The span without its surface, which can be cut out of the words."""
    document = asdict(mention)
    del document["surface"]
    return {**document, "candidates": list(mention.candidates)}


def _flag_document(flag: Flag | None) -> Document | None:
    return {"severity": str(flag.severity), "reasons": list(flag.reasons)} if flag else None


def read_post(document: Mapping[str, Any], cipher: Cipher) -> KeptPost:
    """A kept post with its text opened."""
    name, revision = document["_id"], document["revision"]
    words = open_words(document, name, cipher)
    forward = words["forwarded_from"]
    post = Post(
        native_id=document["native_id"],
        native_ids=tuple(document["native_ids"]),
        address=document["address"],
        posted_at=document["posted_at"],
        is_edited=document["is_edited"],
        author=words.get("author"),
        text=words["text"],
        captions=tuple(words["captions"]),
        links=tuple(words["links"]),
        reply_to=words["reply_to"],
        forwarded_from=Forward(**forward) if forward else None,
        media=tuple(Media(**media) for media in document["media"]),
    )
    return KeptPost(
        id=name,
        source=document["source"],
        post=post,
        revision=revision,
        seen_at=document["seen_at"],
        changed_at=document["changed_at"],
        removed_at=document["removed_at"],
        mentions=_read_mentions(words, post.words),
        flag=read_flag(document["flag"]),
        earlier=tuple(_read_revision(earlier, name, cipher) for earlier in document["earlier"]),
        at=document["at"],
    )


def open_words(sealed: Mapping[str, Any], name: str, cipher: Cipher) -> dict[str, Any]:
    """The sealed words of one revision of a post."""
    opened = cipher.open(Sealed(key=sealed["key"], text=sealed["sealed"]), f"{name} {sealed['revision']}")
    words: dict[str, Any] = json.loads(opened.decode("utf-8", "surrogatepass"))
    return words


def _read_revision(document: Mapping[str, Any], name: str, cipher: Cipher) -> Revision:
    opened = open_words(document, name, cipher)
    words = "\n".join(filter(None, (opened["text"], *opened["captions"])))
    mentions = _read_mentions(opened, words)
    return Revision(revision=document["revision"], until=document["until"], words=words, mentions=mentions)


def read_all_mentions(document: Mapping[str, Any], cipher: Cipher) -> tuple[Mention, ...]:
    """Mentions of all revisions of a post, their surface left out; the newest revision's come first."""
    revisions = [open_words(said, document["_id"], cipher) for said in (document, *document["earlier"])]
    return tuple(mention for opened in revisions for mention in _read_mentions(opened, ""))


def _read_mentions(opened: Mapping[str, Any], words: str) -> tuple[Mention, ...]:
    """A revision's Mentions; their surface is cut out of ``words``, empty where those are."""
    return tuple(
        Mention(
            **{
                **mention,
                "candidates": tuple(mention["candidates"]),
                "surface": words[mention["start"] : mention["end"]],
            }
        )
        for mention in opened["mentions"]
    )


def read_flag(document: Mapping[str, Any] | None) -> Flag | None:
    """A post's Flag as it was stored."""
    if document is None:
        return None
    return Flag(severity=Severity(document["severity"]), reasons=tuple(document["reasons"]))


def count_document(count: Count) -> Document:
    """A Count; the same reading twice is one document."""
    return {"_id": f"{count.source} {count.origin} {count.at.isoformat()}", **asdict(count)}


def read_count(document: Mapping[str, Any]) -> Count:
    """A Count as it was stored."""
    return Count(**{name: document[name] for name in Count.__slots__})


def cursor_document(cursor: Cursor) -> Document:
    """A Cursor; one for each source."""
    return {"_id": cursor.source, **asdict(cursor)}


def read_cursor(document: Mapping[str, Any]) -> Cursor:
    """A Cursor as it was stored."""
    return Cursor(**{name: document[name] for name in Cursor.__slots__ if name in document})


def run_document(run: CrawlRun) -> Document:
    """A CrawlRun; ``at`` is when it began."""
    document = asdict(run)
    return {
        "_id": f"{run.source} {run.started_at.isoformat()}",
        "at": run.started_at,
        **document,
        "outcome": str(run.outcome),
    }


def read_run(document: Mapping[str, Any]) -> CrawlRun:
    """A CrawlRun as it was stored."""
    fields = {name: document[name] for name in CrawlRun.__slots__}
    return CrawlRun(**{**fields, "outcome": Outcome(fields["outcome"])})
