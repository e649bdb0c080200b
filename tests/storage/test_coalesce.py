"""Many who ask the same at the same time."""

import asyncio

import pytest

from storage.coalesce import Together


class Reader:
    """Gives a number more each time, once it is let."""

    def __init__(self) -> None:
        self.number = 0
        self.may = asyncio.Semaphore(0)

    async def read(self) -> int:
        """The number of this reading."""
        self.number += 1
        mine = self.number
        await self.may.acquire()
        return mine


async def asked(together: Together, reader: Reader, times: int, key: str = "a") -> "list[asyncio.Task[int]]":
    """So many who ask, and are waiting."""
    tasks = [asyncio.create_task(together.ask(key, reader.read)) for _ in range(times)]
    await asyncio.sleep(0.01)
    return tasks


async def test_nobody_gets_an_answer_that_was_begun_before_they_asked() -> None:
    """Those who come while one is being read share the next one."""
    together, reader = Together(), Reader()
    first, later = await asked(together, reader, 3), await asked(together, reader, 9)
    assert 1 == reader.number
    reader.may.release()
    assert [1, 1, 1] == await asyncio.gather(*first)
    reader.may.release()
    assert [2] * 9 == await asyncio.gather(*later)
    (last,) = await asked(together, reader, 1)
    reader.may.release()
    assert 3 == await last


async def test_different_questions_do_not_wait_for_each_other() -> None:
    """Each key has its own answer."""
    together, reader = Together(), Reader()
    tasks = [*await asked(together, reader, 1, "a"), *await asked(together, reader, 1, "b")]
    assert 2 == reader.number
    reader.may.release()
    reader.may.release()
    assert [1, 2] == await asyncio.gather(*tasks)


async def test_one_who_goes_away_stops_nobody() -> None:
    """The others are answered all the same."""
    together, reader = Together(), Reader()
    gone, stays = await asked(together, reader, 2)
    gone.cancel()
    reader.may.release()
    assert 1 == await stays
    assert gone.cancelled()


async def test_an_error_is_for_those_who_asked() -> None:
    """Whoever asks later gets an answer of their own."""
    together = Together()

    async def fail() -> int:
        raise ValueError("no")

    async def seven() -> int:
        return 7

    failed = await asyncio.gather(*(together.ask("a", fail) for _ in range(2)), return_exceptions=True)
    assert ["no", "no"] == [str(each) for each in failed]
    with pytest.raises(ValueError, match="no"):
        await together.ask("a", fail)
    assert 7 == await together.ask("a", seven)
