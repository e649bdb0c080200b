"""Batches of pages: read ahead, and stored one behind."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine

import pytest

from crawler.batches import in_batches, one_behind
from crawler.taking import Step
from evidence.records import Finding
from storage.keep import Examined, Stored
from tests.storage.making import PEER, page, post


def _step(native_id: int, peer: str = PEER) -> Step:
    shown = post(native_id)
    examined = Examined(page=page(shown), findings=[Finding(post=shown)])
    return Step(number=0, examined=examined, stored=Stored(peer=peer, known={}))


async def _steps(*ids: int, fails: bool = False) -> AsyncGenerator[Step, None]:
    for native_id in ids:
        await asyncio.sleep(0)
        yield _step(native_id)
    if fails:
        raise LookupError("the place is away")


async def _ids(steps: AsyncGenerator[Step, None], most: int, got: list[list[int]]) -> None:
    async for batch in in_batches(steps, most):
        got.append([finding.post.native_id for step in batch for finding in step.examined.findings])
        await asyncio.sleep(0.002)


async def test_what_arrived_meanwhile_comes_together() -> None:
    """In order, nothing lost, and no batch is longer than was allowed."""
    got: list[list[int]] = []
    await _ids(_steps(*range(1, 10)), 4, got)
    assert list(range(1, 10)) == [native_id for batch in got for native_id in batch]
    assert 1 < max(map(len, got)) <= 4


async def test_no_post_is_twice_in_a_batch() -> None:
    """A page that shows a post again waits for the next batch."""
    got: list[list[int]] = []
    await _ids(_steps(1, 2, 1, 3, 1), 10, got)
    assert [1, 2, 1, 3, 1] == [native_id for batch in got for native_id in batch]
    assert all(len(batch) == len(set(batch)) for batch in got)


async def test_a_batch_belongs_to_one_peer() -> None:
    """A page that shows for the first time which id a room has begins a batch."""

    async def steps() -> AsyncGenerator[Step, None]:
        for native_id, peer in ((1, "@talk"), (2, PEER), (3, PEER)):
            yield _step(native_id, peer)

    got: list[list[int]] = []
    await _ids(steps(), 10, got)
    assert [[1], [2, 3]] == got


async def test_a_failure_comes_after_all_pages_before_it() -> None:
    """What was read is kept although the place went away."""
    got: list[list[int]] = []
    with pytest.raises(LookupError):
        await _ids(_steps(1, 2, 3, fails=True), 10, got)
    assert [1, 2, 3] == [native_id for batch in got for native_id in batch]


async def _work(number: int, done: list[int], wait_s: float = 0.002) -> None:
    await asyncio.sleep(wait_s)
    done.append(number)


async def test_one_piece_of_work_at_a_time_beside_its_caller() -> None:
    """The caller goes on at once with the first, waits before the second, and all are done at the end."""
    done: list[int] = []
    async with one_behind() as hand_over:
        await hand_over(_work(1, done))
        assert [] == done
        await hand_over(_work(2, done))
        assert [1] == done
    assert [1, 2] == done


async def _failing() -> None:
    await asyncio.sleep(0)
    raise LookupError("nothing is stored")


async def _hand_over(*works: Coroutine[None, None, None], fails: bool = False) -> None:
    async with one_behind() as hand_over:
        for work in works:
            await hand_over(work)
        if fails:
            raise ValueError("away")


async def test_nothing_begins_behind_a_failure() -> None:
    """What the one before raised comes out; a Cursor never passes pages that were not stored."""
    done: list[int] = []
    with pytest.raises(LookupError):
        await _hand_over(_failing(), _work(2, done))
    assert [] == done


async def test_a_last_failure_is_not_lost() -> None:
    """Nobody hands over anything behind it."""
    with pytest.raises(LookupError):
        await _hand_over(_failing())


async def test_work_ends_before_its_callers_failure_goes_on() -> None:
    """Pages that were read before the place went away are stored."""
    done: list[int] = []
    with pytest.raises(ValueError, match="away"):
        await _hand_over(_work(1, done), fails=True)
    assert [1] == done


async def test_work_is_cancelled_with_its_caller() -> None:
    """A service that is told to stop does not wait for a slow database."""
    done: list[int] = []

    async def call(work: Coroutine[None, None, None]) -> None:
        async with one_behind() as hand_over:
            await hand_over(work)
            await asyncio.sleep(10)

    caller = asyncio.create_task(call(_work(1, done, wait_s=10)))
    await asyncio.sleep(0.01)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert [] == done
