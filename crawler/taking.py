"""The pages of a pass, each examined as it comes: against what is stored and what the pages before it brought."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from crawler.examined import examine_page
from evidence.records import Change, Cursor, Finding, Page, Seen
from pipelines import Criteria
from pipelines.revise import find_suspects
from storage.keep import Examined, Stored, newly_removed
from storage.known import Known
from storage.mongo import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a pass knew of its Source when it began."""

    name: str
    """What the posts belong to until a page shows an id: ``@username``."""
    newest_id: int
    """Newest post before this pass."""
    members: int | None
    office: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A page of a pass, examined."""

    number: int
    """Of the page in its pass, from 0."""
    examined: Examined
    stored: Stored
    """What was known of its ids, the pages before counted in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Pages that are stored together."""

    first: int
    """Number of its first page."""
    examined: Sequence[Examined]
    stored: Stored
    """What was known of their ids before all of them."""

    @property
    def suspects(self) -> list[int]:
        """Ids that are missing from them."""
        return [gone for one in self.examined for gone in find_suspects(one.page, self.stored.known)]

    @property
    def changed(self) -> list[Finding]:
        """Findings of posts that are new or say something else now."""
        return [finding for one in self.examined for finding in one.changed]


def put_together(steps: Sequence[Step]) -> Batch:
    """Pages of one peer that have no post in common."""
    known: dict[int, Seen] = {}
    for step in reversed(steps):  # the first one to need a bucket knew its posts as they were before all
        known |= step.stored.known
    new = (one.post.native_id for step in steps for one in step.examined.changed if one.change is Change.NEW)
    for native_id in new:  # and the later ones know the posts that it brought
        known.pop(native_id, None)
    stored = replace(steps[0].stored, known=known)
    return Batch(first=steps[0].number, examined=[step.examined for step in steps], stored=stored)


class Examiner:
    """Examines the pages of one pass in their order."""

    def __init__(self, room: Room, cursor: Cursor | None, store: Store, criteria: Criteria) -> None:
        self._room = room
        self._criteria = criteria
        self._known = Known(store)
        self._pages = 0
        self.cursor = cursor
        """Where the Source stands after the last page, once that is stored."""

    async def examine_all(self, pages: AsyncGenerator[Page, None]) -> AsyncGenerator[Step, None]:
        """Each page as soon as it is there: the next one may be on its way meanwhile."""
        async with aclosing(pages):
            async for page in pages:
                yield await self.examine(page)

    async def examine(self, page: Page) -> Step:
        """One page; what it brings is known from then on, although it is not stored yet."""
        self.cursor = page.cursor or self.cursor
        number, self._pages = self._pages, self._pages + 1
        stored = await self._look_up(page, number)
        examined = examine_page(page, stored.known, self._criteria, self._room.office)
        self._known.note(stored.peer, examined.changed, newly_removed(page, stored))
        return Step(number=number, examined=examined, stored=stored)

    def note_stored(self, batch: Batch) -> None:
        """Every page before this batch is stored."""
        self._known.forget_before(batch.first)

    async def _look_up(self, page: Page, number: int) -> Stored:
        """What is known of the ids that a page shows or should show."""
        peer, reached = (self.cursor.peer, self.cursor.newest_id) if self.cursor else (self._room.name, 0)
        ids = [*(post.native_id for post in page.reading.posts), *page.asked]
        newest = max([*ids, reached])
        spans = [(page.span[0], min(page.span[1], newest))] if page.span else []
        known = await self._known.around(peer, ids, spans, number)
        return Stored(peer=peer, known=known, newest_id=self._room.newest_id, members=self._room.members)
