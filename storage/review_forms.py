"""Reviews as documents and back: events, and what a Flag's document carries of where it stands."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from evidence.canonical import commitment, new_salt
from evidence.cipher import Cipher, Sealed
from evidence.errors import CustodyBroken
from evidence.progress import Event, Last, Progress, State, Step, Urgent
from evidence.records import Severity
from evidence.review import Category, Disposition, Reason, Review
from storage.mongo import Document


def event_name(flag: str, number: int) -> str:
    """The id of an event: whoever comes second with the same number writes nothing."""
    return f"{flag} {number:06d}"


def event_document(event: Event, request: str, note: Document | None) -> Document:
    """An event; ``note`` is a sealed text."""
    plain = {**asdict(event), "review": review_document(event.review)}
    words = {"step": str(event.step), "flagged": str(event.flagged)}
    return {"_id": event_name(event.flag, event.number), **plain, **words, "request": request, "sealed_note": note}


def read_event(document: Mapping[str, Any]) -> Event:
    """An event as it was stored."""
    plain = {name: document[name] for name in Event.__slots__}
    words = {"step": Step(plain["step"]), "flagged": Severity(plain["flagged"])}
    return Event(**{**plain, **words, "review": read_review(document["review"])})


def review_document(review: Review | None) -> Document | None:
    """A review."""
    return {name: _plain(value) for name, value in asdict(review).items()} if review else None


def read_review(document: Mapping[str, Any] | None) -> Review | None:
    """A review as it was stored."""
    if document is None:
        return None
    words = {
        "disposition": Disposition(document["disposition"]),
        "category": Category(document["category"]),
        "severity": Severity(document["severity"]),
        "reason": Reason(document["reason"]),
    }
    return Review(**{**document, **words})


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value  # members of an enum are no plain text to the database


def progress_fields(progress: Progress) -> Document:
    """What a Flag's document carries of it, with what was decided where it is final."""
    outcome = progress.outcome
    return {
        "state": str(progress.state),
        "version": progress.version,
        "owner": progress.owner,
        "first": review_document(progress.first),
        "second": review_document(progress.second),
        "third": review_document(progress.third),
        "needs_second": progress.needs_second,
        "former": [review_document(review) for review in progress.former],
        "skipped": sorted(progress.skipped),
        "recused": sorted(progress.recused),
        "wake_at": progress.wake_at,
        "wakes_on": progress.wakes_on,
        "urgent": asdict(progress.urgent) if progress.urgent else None,
        "last": {**asdict(progress.last), "step": str(progress.last.step)} if progress.last else None,
        "disposition": str(outcome.disposition) if outcome else None,
        "category": str(outcome.category) if outcome else None,
        "decided_severity": str(outcome.severity) if outcome else None,
        "decided_at": outcome.at if outcome else None,
    }


def read_progress(document: Mapping[str, Any]) -> Progress:
    """Where a Flag stands; one that nobody queued yet stands in the queue."""
    if "version" not in document:
        return Progress(flag=document["_id"])
    last = document["last"]
    former = (read_review(review) for review in document["former"])
    return Progress(
        flag=document["_id"],
        state=State(document["state"]),
        version=document["version"],
        owner=document["owner"],
        first=read_review(document["first"]),
        second=read_review(document["second"]),
        third=read_review(document["third"]),
        needs_second=document["needs_second"],
        former=tuple(review for review in former if review is not None),
        skipped=frozenset(document["skipped"]),
        recused=frozenset(document["recused"]),
        wake_at=document["wake_at"],
        wakes_on=document["wakes_on"],
        urgent=Urgent(**document["urgent"]) if document["urgent"] else None,
        last=Last(**{**last, "step": Step(last["step"])}) if last else None,
    )


def seal_note(cipher: Cipher, words: str, name: str) -> Document:
    """A note under a key and a salt of its own; ``commit`` is what the log gets."""
    content, salt = words.encode("utf-8", "surrogatepass"), new_salt()
    sealed = cipher.seal(content, f"note {name}")
    return {"key": sealed.key, "sealed": sealed.text, "salt": salt, "commit": commitment(salt, content)}


def open_note(cipher: Cipher, document: Mapping[str, Any]) -> str | None:
    """The note of an event; None where it has none.

    Raises:
        CustodyBroken: it is not the one that was committed to.
    """
    note = document["sealed_note"]
    if note is None:
        return None
    content = cipher.open(Sealed(key=note["key"], text=note["sealed"]), f"note {document['_id']}")
    if commitment(note["salt"], content) != document["note"]:
        raise CustodyBroken(-1, f"the note of {document['_id']} is not what was sealed")
    return content.decode("utf-8", "surrogatepass")


def at_milliseconds(at: datetime) -> datetime:
    """A moment as the database keeps it, so that what is stored equals what was reckoned."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def as_kept(event: Event) -> Event:
    """An event whose times are such as the database keeps."""
    review = event.review and replace(event.review, at=at_milliseconds(event.review.at))
    until = event.until and at_milliseconds(event.until)
    return replace(event, at=at_milliseconds(event.at), until=until, review=review)
