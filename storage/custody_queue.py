"""Entries that a process has asked for and that are not in the log yet."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from evidence.custody import MOST_ENTRIES, Act, request_hash
from evidence.errors import ConfigError, StorageError
from evidence.keys import SigningKey


@dataclass(slots=True)
class Asked:
    """One entry and those who wait for its number."""

    act: Act
    done: "asyncio.Future[int]"
    key: SigningKey | None = None
    """The new one, of an act that changes keys."""
    is_pending: bool = False
    """Handed over to another process."""


@dataclass(slots=True)
class Queue:
    """In the order asked; each request once."""

    news: asyncio.Event = field(default_factory=asyncio.Event)
    _open: dict[bytes, Asked] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._open)

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """What its entries are found by."""
        return tuple(self._open)

    @property
    def is_waiting(self) -> bool:
        """Whether another process has been asked."""
        return any(asked.is_pending for asked in self._open.values())

    def ask(self, act: Act, key: SigningKey | None = None) -> "asyncio.Future[int]":
        """Add an entry; the future gives its number."""
        name = request_hash(act.request)
        if name not in self._open:
            self._open[name] = Asked(act, asyncio.get_running_loop().create_future(), key)
        self.news.set()
        return self._open[name].done

    def next_block(self) -> list[Asked]:
        """What the next block takes, with room for one more entry; an act that changes keys goes alone."""
        taken: list[Asked] = []
        for asked in self._open.values():
            if asked.key:
                return taken or [asked]
            if len(taken) == MOST_ENTRIES - 1:
                break
            taken.append(asked)
        return taken

    def not_handed_over(self) -> list[Asked]:
        """What another process can write and has not been asked for."""
        return [asked for asked in self._open.values() if not asked.is_pending and asked.key is None]

    def settle(self, seqs: Mapping[bytes, int]) -> None:
        """These requests are in the log."""
        for name in self._open.keys() & seqs.keys():
            done = self._open.pop(name).done
            if not done.done():
                done.set_result(seqs[name])

    def fail(self, problem: StorageError | ConfigError) -> None:
        """Nothing of it will be written."""
        for asked in self._open.values():
            if not asked.done.done():
                asked.done.set_exception(problem)
        self._open.clear()

    def forget(self, late: "Collection[asyncio.Future[int]]") -> None:
        """Nobody waits for these any more."""
        self._open = {name: asked for name, asked in self._open.items() if asked.done not in late}
