"""What the pages and the API of the queue take."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from console.body import Strict
from evidence.records import Severity
from evidence.review import Category, Disposition, Reason, Review
from storage.review_list import Filters, Key, Shelf

LONGEST_NOTE = 20_000
FLAG = r"^@?\w{1,64}:\d{1,19}$"
AGES = {"hour": 1, "day": 24, "three-days": 72, "week": 168}
"""Hours that a flag is old at least."""


def _none_for_empty(value: object) -> object:
    return None if value == "" else value


_Empty = BeforeValidator(_none_for_empty)
_Word = Field(strict=False)


class Decision(Strict):
    """What somebody decides."""

    disposition: Annotated[Disposition, _Word]
    severity: Annotated[Severity, _Word]
    category: Annotated[Category, _Word]
    reason: Annotated[Reason, _Word] = Reason.PLAIN
    note: str = Field(default="", max_length=LONGEST_NOTE)
    duplicate_of: Annotated[str | None, _Empty] = Field(default=None, pattern=FLAG)
    refer: bool = False
    """Whether it should be handed over to somebody outside."""
    revision: int | None = None
    """Of the text that was read; refused if the post changed since."""

    def review(self, flag: str, reviewer: str, at: datetime) -> Review:
        """As it is kept; what a duplicate stands for only where it is one."""
        is_duplicate = self.disposition is Disposition.DUPLICATE_OF
        return Review(
            flag=flag,
            disposition=self.disposition,
            category=self.category,
            severity=self.severity,
            reason=self.reason,
            reviewer=reviewer,
            at=at,
            duplicate_of=self.duplicate_of if is_duplicate else None,
            proposes_referral=self.refer,
        )

    @property
    def lacks(self) -> str | None:
        """The field that is missing beside what was chosen."""
        if self.disposition is Disposition.DUPLICATE_OF and self.duplicate_of is None:
            return "duplicate_of"
        return "note" if self.reason is Reason.SEE_NOTE and not self.note.strip() else None


class Next(Strict):
    """Claim whatever comes first."""

    go_on: bool = False
    """Although a pause is due."""


class FlagAct(Strict):
    """Something short that is done to a flag."""

    do: Literal["claim", "look", "release", "skip", "recuse", "snooze", "wake", "undo", "urgent", "calm"]
    hours: int = Field(default=24, ge=1, le=72)
    """Of a snooze."""
    until_edited: bool = False
    """Whether a new revision ends a snooze."""


class Words(Strict):
    """Something written down."""

    note: str = Field(min_length=1, max_length=LONGEST_NOTE)


class Reopening(Strict):
    """Have it reviewed anew."""

    reason: Literal["new-facts", "mistake", "complaint"]


class Putting(Strict):
    """Into a case that is there, or a new one."""

    case: Annotated[str | None, _Empty] = Field(default=None, pattern=r"^case-[0-9a-f]{8}$")
    question: str = Field(default="", max_length=500)


class Asked(Strict):
    """The list that somebody wants to see."""

    shelf: Annotated[Shelf, _Word] = Shelf.WAITING
    severity: Annotated[Severity | None, _Word, _Empty] = None
    office: Annotated[str | None, _Empty] = Field(default=None, pattern=r"^([A-Z]\d\d|none)$")
    source: Annotated[str | None, _Empty] = Field(default=None, max_length=200)
    age: Annotated[Literal["hour", "day", "three-days", "week"] | None, _Empty] = None
    mine: bool = False
    after: Annotated[str | None, _Empty] = Field(default=None, max_length=200)

    def filters(self, actor: str) -> Filters:
        """As the store takes them; what is one's own is what one holds."""
        return Filters(
            shelf=Shelf.HELD if self.mine else self.shelf,
            severity=self.severity,
            office=self.office,
            source=self.source,
            older=timedelta(hours=AGES[self.age]) if self.age else None,
            owner=actor if self.mine else None,
        )

    @property
    def key(self) -> Key | None:
        """Where the page begins."""
        return Key.read(self.after) if self.after else None

    def query(self) -> dict[str, str]:
        """As an address has it, without the place in the list."""
        given = self.model_dump(exclude={"after", "mine"}, exclude_defaults=True, exclude_none=True)
        return {name: str(value) for name, value in given.items()} | ({"mine": "1"} if self.mine else {})
