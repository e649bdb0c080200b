"""The time-line of a case: what was posted, changed, decided, noted and handed over, in one order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from console import review_words
from console.words import Message, _
from evidence.case import Case, Note
from evidence.people import Lang
from evidence.progress import Event
from evidence.records import KeptPost
from storage.packages import MadePackage
from storage.sealed import SiblingItem

POSTED, SEALED, GONE = _("Posted"), _("Revision %(revision)s sealed"), _("First seen to be gone")
DID, DECIDED = "%(who)s – %(did)s", "%(who)s – %(did)s: %(what)s"
OPENED, PUT, NOTED = _("Case opened"), _("Put into the case"), _("Note")
HANDED = _("Package for %(profile)s: %(items)s items")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of it."""

    at: datetime
    kind: str
    """``post``, ``seal``, ``review``, ``case``, ``note`` or ``package``: its shape on the page."""
    words: Message
    who: str | None = None
    """Pseudonym; None for the room and the program."""
    post: str | None = None
    """Leads there; None where nothing does."""
    note: Note | None = None
    package: str | None = None
    """Id of a package."""


def of_case(case: Case, packages: Sequence[MadePackage]) -> Iterable[Moment]:
    """What was done to the case itself."""
    yield Moment(at=case.opened_at, kind="case", words=Message(OPENED), who=case.opened_by)
    for note in case.notes:
        yield Moment(at=note.at, kind="note", words=Message(NOTED), who=note.author, note=note)
    for made in packages:
        words = Message(HANDED, profile=made.profile, items=made.items)
        yield Moment(at=made.at, kind="package", words=words, who=made.by, package=made.id)


def of_post(kept: KeptPost) -> Iterable[Moment]:
    """What became of a post in its room."""
    if kept.post.posted_at:
        yield Moment(at=kept.post.posted_at, kind="post", words=Message(POSTED), post=kept.id)
    if kept.removed_at:
        yield Moment(at=kept.removed_at, kind="post", words=Message(GONE), post=kept.id)


def of_item(item: SiblingItem) -> Moment:
    """A revision was sealed."""
    return Moment(at=item.at, kind="seal", words=Message(SEALED, revision=item.revision), post=item.post)


def of_event(event: Event, calling: Message, lang: Lang) -> Moment:
    """What a person did to a flag."""
    did = Message(review_words.STEPS[event.step]).in_words(lang)
    words = Message(DID, who=calling.in_words(lang), did=did)
    if event.review is not None:
        what = Message(review_words.DISPOSITIONS[event.review.disposition]).in_words(lang)
        words = Message(DECIDED, who=calling.in_words(lang), did=did, what=what)
    return Moment(at=event.at, kind="review", words=words, post=event.flag)
