"""Items as a package needs them: read back from their records, masked for whoever gets it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from evidence.package.contents import Packed, Sibling
from evidence.package.profiles import Part, Profile
from evidence.records import Mention
from pipelines.masking import mask
from pipelines.masking.others import without_schools
from storage.sealed import SealedItem, SiblingItem


def record_of(item: SealedItem) -> dict[str, Any]:
    """The record as JSON; empty once it was erased."""
    record: dict[str, Any] = json.loads(item.content) if item.content is not None else {}
    return record


def schools_of(item: SealedItem) -> frozenset[str]:
    """Codes of all schools that an item may name."""
    return frozenset(code for mention in mentions_of(record_of(item)) for code in mention.candidates)


def words_of(record: Mapping[str, Any]) -> str:
    """All that a post says, as ``Post.words``; offsets of mentions count in here."""
    post = record.get("post", {})
    return "\n".join(filter(None, (post.get("text"), *post.get("captions", ()))))


def mentions_of(record: Mapping[str, Any]) -> tuple[Mention, ...]:
    """The schools that were found in it."""
    words = words_of(record)
    return tuple(
        Mention(
            start=row["start"],
            end=row["end"],
            surface=words[row["start"] : row["end"]],
            school=row["school"],
            candidates=tuple(row["candidates"]),
            level=None,
            rule=row["rule"],
            confidence=1.0,
        )
        for row in record.get("mentions", ())
    )


def pack_item(
    item: SealedItem,
    profile: Profile,
    own: frozenset[str] | None,
    entries: Mapping[str, int],
    siblings: Sequence[SiblingItem],
) -> Packed:
    """An item for a package.

    Args:
        item: as stored.
        profile: of the recipient.
        own: codes of the recipient's schools, the names of all others are masked too; None masks none.
        entries: numbers of the entries that seal items.
        siblings: sealed revisions of its post.
    """
    record = record_of(item)
    post, capture, flag = record.get("post", {}), record.get("capture", {}), record.get("flag") or {}
    words, mentions = words_of(record), mentions_of(record)
    masked = mask(words, mentions, public=(item.source,) if profile.has(Part.ADDRESS) else ())

    def hides(mention: Mention) -> bool:
        return own is not None and own.isdisjoint(mention.candidates)

    return Packed(
        id=item.id,
        source=item.source,
        address=post.get("address"),
        posted_at=datetime.fromisoformat(post["posted_at"]) if post.get("posted_at") else None,
        seen_at=item.at,
        severity=item.severity,
        reasons=tuple(flag.get("reasons", ())),
        words=words,
        masked=without_schools(words, masked, mentions, hides),
        places=masked.spans,
        commit=item.commit,
        entry=entries[item.id],
        content=item.content,
        salt=item.salt,
        received_sha256=capture.get("received_sha256", ""),
        kept_sha256=capture.get("kept_sha256", ""),
        revisions=tuple(_sibling(sibling, entries) for sibling in siblings),
        removed_at=item.removed_at,
        erased_at=item.erased_at,
    )


def _sibling(sibling: SiblingItem, entries: Mapping[str, int]) -> Sibling:
    return Sibling(
        id=sibling.id,
        revision=sibling.revision,
        seen_at=sibling.at,
        commit=sibling.commit,
        entry=entries.get(sibling.id),
    )
