"""Turns of hosts, with a clock that the test moves."""

import asyncio
import random
import time

import pytest

from channels.pace import FIRST_HOLD_S, FORGIVEN_S, JITTER, LONGEST_HOLD_S, PATIENCE_S, PAUSE_S, Pace
from evidence.errors import RateLimited

HOST = "t.me"


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


class Always(random.Random):
    """Chance that always draws the middle."""

    def uniform(self, a: float, b: float) -> float:
        """The middle of the range."""
        return (a + b) / 2


async def take(pace: Pace, host: str = HOST) -> None:
    """Ask once."""
    async with pace.turn(host):
        pass


async def waits(pace: Pace, host: str = HOST, at_least_s: float = 0.02) -> bool:
    """Whether the next turn has to be waited for."""
    try:
        async with asyncio.timeout(at_least_s):
            await take(pace, host)
    except TimeoutError:
        return True
    return False


async def test_first_turn_is_free_and_the_next_waits_for_its_pause() -> None:
    """Between two requests to a host lies the pause, counted from the end of the first one."""
    clock = Clock()
    pace = Pace(clock=clock, chance=Always())
    assert not await waits(pace)
    assert await waits(pace)
    clock.now += PAUSE_S - 0.5
    assert await waits(pace)
    clock.now += 0.5
    assert not await waits(pace)


async def test_hosts_do_not_wait_for_each_other() -> None:
    """Each host has turns of its own."""
    pace = Pace(clock=Clock(), chance=Always())
    assert [False, False, True] == [await waits(pace, host) for host in ("a.example", "b.example", "a.example")]


@pytest.mark.parametrize(
    ("passed_s", "outcomes"),
    [(PAUSE_S * (1 - JITTER) - 0.01, {True}), (PAUSE_S, {True, False}), (PAUSE_S * (1 + JITTER), {False})],
)
async def test_pauses_have_jitter(passed_s: float, outcomes: set[bool]) -> None:
    """A pause lies between half and one and a half of what it should be, now shorter, now longer."""
    seen = set()
    for seed in range(20):
        clock = Clock()
        pace = Pace(clock=clock, chance=random.Random(seed))
        await take(pace)
        clock.now += passed_s
        seen.add(await waits(pace, at_least_s=0.002))
    assert outcomes == seen


async def test_fixed_pause_overrides_all() -> None:
    """Practice waits exactly as long as it is told, whatever robots.txt asks for."""
    clock = Clock()
    pace = Pace(pause_s=1.5, clock=clock)
    pace.slow_down(HOST, 20)
    await take(pace)
    assert await waits(pace)
    clock.now += 1.5
    assert not await waits(pace)


@pytest.mark.parametrize(("asked_s", "pause_s"), [(10.0, 10.0), (0.1, PAUSE_S)])
async def test_crawl_delay_only_slows(asked_s: float, pause_s: float) -> None:
    """A longer pause is kept from then on; a shorter one than ours changes nothing."""
    clock = Clock()
    pace = Pace(clock=clock, chance=Always())
    pace.slow_down(HOST, asked_s)
    await take(pace)
    clock.now += pause_s - 0.1
    assert await waits(pace)
    clock.now += 0.1
    assert not await waits(pace)


async def test_one_request_at_a_time() -> None:
    """A host is never asked twice at once."""
    pace, inside = Pace(pause_s=0), 0

    async def ask() -> None:
        nonlocal inside
        async with pace.turn(HOST):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(ask() for _ in range(20)))


async def test_turn_ends_when_the_request_fails() -> None:
    """An error inside a turn, or its cancelling, leaves the host free for others."""
    pace = Pace(pause_s=0)
    with pytest.raises(ZeroDivisionError):
        async with pace.turn(HOST):
            raise ZeroDivisionError
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), pace.turn(HOST):
            await asyncio.sleep(1)
    await take(pace)


@pytest.mark.parametrize(
    ("asked_s", "held_s"),
    [(120.0, 120.0), (0.0, 1.0), (None, FIRST_HOLD_S), (7_200.0, 7_200.0), (1e12, 86_400.0), (float("inf"), 86_400.0)],
)
async def test_hold_lasts_as_long_as_the_host_says(asked_s: float | None, held_s: float) -> None:
    """A wait that is too long to sit out is an error that names it; a day is the longest that is believed."""
    clock = Clock()
    pace = Pace(pause_s=0, clock=clock)
    assert held_s == pace.hold(HOST, asked_s)
    if held_s > PATIENCE_S:
        with pytest.raises(RateLimited, match=f"^t.me asked us to wait {held_s:.0f} s, which are not over$") as caught:
            await take(pace)
        assert held_s == caught.value.retry_after_s
    clock.now += held_s
    assert not await waits(pace)


async def test_short_hold_is_sat_out() -> None:
    """Nobody is blind for a wait of seconds."""
    clock = Clock()
    pace = Pace(pause_s=0, clock=clock)
    pace.hold(HOST, PATIENCE_S)
    assert await waits(pace)


async def test_holds_grow_until_an_hour_without_trouble() -> None:
    """Each hold is twice as long, up to an hour; a quiet hour forgives, an answer does not."""
    clock = Clock()
    pace = Pace(pause_s=0, clock=clock)
    held = [pace.hold(HOST, None) for _ in range(2_000)]
    assert [60, 120, 240, 480, 960, 1_920, LONGEST_HOLD_S] == held[:7]
    assert {LONGEST_HOLD_S} == set(held[7:])
    clock.now += LONGEST_HOLD_S
    await take(pace)
    clock.now += FORGIVEN_S - 1
    assert pace.hold(HOST, None) == LONGEST_HOLD_S
    clock.now += LONGEST_HOLD_S + FORGIVEN_S + 1
    assert pace.hold(HOST, None) == FIRST_HOLD_S


async def test_hold_during_a_turn_is_not_shortened_by_its_end() -> None:
    """The pause at the end of a turn does not end the hold that the answer asked for."""
    clock = Clock()
    pace = Pace(pause_s=0, clock=clock)
    async with pace.turn(HOST):
        pace.hold(HOST, 600)
    clock.now += 500
    with pytest.raises(RateLimited, match="asked us to wait 600 s"):
        await take(pace)


async def test_real_clock_waits_for_real() -> None:
    """With the clock of the machine a pause takes its time."""
    pace = Pace(pause_s=0.05)
    started = time.monotonic()
    for _ in range(3):
        await take(pace)
    assert 0.1 <= time.monotonic() - started < 0.25


def test_holds_are_handed_on() -> None:
    """Another process waits as long, counts on, and holds longer the next time; a host without trouble is not named."""
    first, second = Pace(clock=lambda: 100.0), Pace(clock=lambda: 5_000.0)
    first.slow_down("b.example", 9.0)
    first.hold("t.me", None)
    assert {"t.me": (60.0, 1)} == first.known_holds()
    second.restore(first.known_holds())
    assert first.known_holds() == second.known_holds()
    assert 120.0 == second.hold("t.me", None)
