"""What the crawl loop needs of a kind of place."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Protocol

from evidence.records import Cursor, Page, Source


class Collector(Protocol):
    """Turns a Source into Pages. One for each kind of place; reads only, and only what is public."""

    most_suspects: int = 10
    """Missing posts that one pass may ask for; the rest waits for the next pass."""
    looks: int = 1
    """Kept posts that a pass may look at again although no page showed them."""

    def collect(self, source: Source, cursor: Cursor | None, now: datetime) -> AsyncGenerator[Page, None]:
        """Read a Source from where its Cursor stands.

        Yields:
            Pages in the order in which they must be stored; a Cursor is right as soon as its page is.

        Raises:
            SourceError: the rest could not be read; what was yielded before stays valid.
        """
        ...

    def interval_s(self, source: Source) -> float:
        """Seconds until the next pass over a Source should begin."""
        return float(source.every_s)

    async def confirm_removed(self, source: Source, suspects: Sequence[int], witness: int | None) -> tuple[Page, ...]:
        """Ask for posts that were seen before and are not listed any more.

        Args:
            source: where they were.
            suspects: their ids.
            witness: id of a post that is listed now and must still show; None asks a control page.

        Returns:
            Pages that ``asked`` for all suspects; those ``missing`` from them are confirmed removals.

        Raises:
            SourceError: it cannot be told now; nothing may be concluded.
        """
        ...
