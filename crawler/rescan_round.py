"""One round of a rescan over its places: several readers take turns, what is busy comes last."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crawler.rescan_processes import Reader
from crawler.rescanning import LAST_WAIT_S, WAIT_S
from crawler.trying import Place
from evidence.case import Staff, staff_act
from evidence.custody import Act, moment
from evidence.errors import HaechiError, SourceTaken
from storage.rescans import Rescan, Share, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How far the places of a rescan are."""

    shares: dict[str, Share]
    """By place, those that were begun."""
    busy: tuple[str, ...]
    """Places that were being read all the time."""
    places: int

    @property
    def total(self) -> Tally:
        """Of all places, what earlier runs of the same rescan did included."""
        return sum((share.tally for share in self.shares.values()), Tally())

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to read."""
        return sum(share.is_done for share in self.shares.values()) == self.places


async def read_places(
    places: Sequence[Place],
    readers: Sequence[Reader],
    is_stopped: Callable[[], bool],
    tell: Callable[[Tally | None], None],
    waits_s: tuple[float, float] = (WAIT_S, LAST_WAIT_S),
) -> Round:
    """Read all places, each by whichever reader is free.

    Args:
        places: in turn.
        readers: at least one.
        is_stopped: asked before each place.
        tell: told what a partition brought, and None when a place is done.
        waits_s: how long a pass over a place is waited for, and how long at the end.

    Raises:
        StorageError: the database cannot be used, or a process ended by itself; the next run goes on.
    """
    shares: dict[str, Share] = {}

    async def turn(some: Sequence[Place], wait_s: float) -> list[Place]:
        waiting, busy = deque(some), list[Place]()

        async def work(reader: Reader) -> None:
            while waiting and not is_stopped():
                place = waiting.popleft()
                try:
                    shares[place.source] = await reader(place, wait_s, tell)
                    tell(None)
                except SourceTaken:
                    busy.append(place)

        await _together([work(reader) for reader in readers])
        return busy

    first_s, last_s = waits_s
    busy = await turn(await turn(places, first_s), last_s)
    return Round(shares=shares, busy=tuple(place.source for place in busy), places=len(places))


async def _together(works: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Do all of them; the first that fails ends the others, and its error is told as it is."""
    problem: HaechiError | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except* HaechiError as problems:
        problem = next(_single(problems))
    if problem is not None:
        raise problem


def _single(problems: ExceptionGroup[HaechiError]) -> Iterator[HaechiError]:
    for problem in problems.exceptions:
        if isinstance(problem, ExceptionGroup):
            yield from _single(problem)
        else:
            yield problem


def begin_act(rescan: Rescan, staff: Staff) -> Act:
    """That somebody lets today's words run over what is stored."""
    return _act("rescan-begin", rescan, staff, "")


def end_act(rescan: Rescan, staff: Staff, total: Tally) -> Act:
    """That it ended, and what it did."""
    return _act("rescan-end", rescan, staff, ",".join(f"{name}={number}" for name, number in asdict(total).items()))


def _act(action: str, rescan: Rescan, staff: Staff, counts: str) -> Act:
    what = rescan.id.split(" ")[0]
    return staff_act(
        staff,
        f"{action}:{what}:{moment(rescan.begun_at)}",
        action,
        ("captures", f"{what}:{moment(rescan.since)}:{moment(rescan.until)}"),
        reason_code=counts,
    )
