"""What is known of a room's posts while a pass goes on: what the pass itself found counts, stored yet or not."""

from collections.abc import Collection

from evidence.records import Finding, Seen
from storage.index import bucket_of, buckets_around, merge_seen, read_buckets
from storage.mongo import Store

MOST_AHEAD = 8
"""Buckets below a page that are read with its own, once a pass goes on downwards: 20 pages where no id is missing."""

_Place = tuple[str, int]
"""What ids belong to, and the number of a bucket."""


class Known:
    """Buckets of the index, each read when a page first needs it.

    Whoever uses it holds the lease of the room, so nobody else writes to what is remembered here.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._buckets: dict[_Place, dict[int, Seen]] = {}
        self._used: dict[_Place, int] = {}
        """The number of the last page that needed it."""

    async def around(
        self, peer: str, ids: Collection[int], spans: Collection[tuple[int, int]], number: int
    ) -> dict[int, Seen]:
        """What is known around the ids of a page, in whole buckets; see ``storage.index.known_posts``.

        Args:
            peer: what the ids belong to.
            ids: on the page.
            spans: first and last id that it should list.
            number: of the page in its pass, for ``forget_before``.
        """
        needed = buckets_around(ids, spans)
        missing = {bucket for bucket in needed if (peer, bucket) not in self._buckets}
        self._used |= {(peer, bucket): number for bucket in needed}  # kept while the missing ones are read
        if missing:
            await self._read(peer, missing | (self._coming(peer, min(missing)) if spans else set()), number)
        known: dict[int, Seen] = {}
        for bucket in needed:
            known |= self._buckets[peer, bucket]
        return known

    def note(self, peer: str, findings: Collection[Finding], removed: Collection[int]) -> None:
        """Count in what a page brought whose ids ``around`` was asked for."""
        before = {native_id: self._buckets[peer, bucket_of(native_id)][native_id] for native_id in removed}
        for native_id, seen in merge_seen(before, findings, removed).items():
            self._buckets[peer, bucket_of(native_id)][native_id] = seen

    def forget_before(self, number: int) -> None:
        """Let go of what no page from this number on needed; what the earlier ones brought must be stored by now."""
        for place in [place for place, used in self._used.items() if used < number]:
            del self._used[place]
            self._buckets.pop(place, None)

    async def _read(self, peer: str, buckets: Collection[int], number: int) -> None:
        found = await read_buckets(self._store, peer, buckets)
        for bucket in buckets:
            self._buckets[peer, bucket], self._used[peer, bucket] = {}, number
        for native_id, seen in found.items():
            self._buckets[peer, bucket_of(native_id)][native_id] = seen

    def _coming(self, peer: str, lowest: int) -> set[int]:
        """Buckets that a pass on its way down will need next; none for the first page of a pass."""
        ahead = range(max(0, lowest - min(MOST_AHEAD, len(self._buckets))), lowest)
        return {bucket for bucket in ahead if (peer, bucket) not in self._buckets}
