"""Waits that Telegram asks for: kept for each method, sat out when short, never broken, not even by a restart."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from channels.pace import FORGIVEN_S
from channels.telegram.account import Account
from crawler.telegram import PAUSE_S
from evidence.errors import RateLimited
from practice.telegram.faults import Limit
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from storage.accounts import StoredAccounts
from storage.holds import load_holds, save_holds
from storage.mongo import Store
from tests.channels.telegram.serving import (
    FULL,
    HISTORY,
    Notebook,
    full_of,
    history_of,
    make_pace,
    moment,
    new_credential,
    open_account,
)
from tests.practice.telegram.serving import Stopwatch


def times_of(telegram: TelegramWorld, method: str) -> list[float]:
    """When a method was called, by the world's clock."""
    return [call["t"] for call in telegram.calls if call["method"] == method]


@pytest.mark.parametrize("error", ["FLOOD_WAIT_1", "FLOOD_WAIT_60", "FLOOD_PREMIUM_WAIT_17"])
async def test_a_short_wait_is_sat_out(account: Account, telegram: TelegramWorld, memory: Notebook, error: str) -> None:
    """Up to a minute is waited for; the request is sent once more, a second after the wait is over."""
    telegram.fault(HISTORY, error=error)
    answer = await account.send(history_of())
    first, second = times_of(telegram, HISTORY)
    assert int(error.rpartition("_")[2]) + 1 == second - first
    assert (5, HISTORY, 1) == (len(answer.result.messages), answer.method, memory.times_saved)
    assert [] == telegram.report()["flood_wait_violations"]


async def test_a_long_wait_parks_its_method_only(
    account: Account, telegram: TelegramWorld, stopwatch: Stopwatch
) -> None:
    """Longer than a minute is an error at once and until it is over; what is not that method goes on."""
    telegram.fault(HISTORY, error="FLOOD_WAIT_3600")
    with pytest.raises(RateLimited) as caught:
        await account.send(history_of())
    expected = "telegram monitor messages.getHistory asked us to wait 3601 s, which are not over"
    assert (expected, 3_601.0) == (str(caught.value), caught.value.retry_after_s)
    assert 1234 == (await account.send(full_of())).result.full_chat.participants_count
    stopwatch.forward(1_800)
    with pytest.raises(RateLimited, match=f"^{expected}$"):
        await account.send(history_of())
    stopwatch.forward(1_801)
    assert (await account.send(history_of())).result.messages
    assert ([2, 1], []) == (
        [telegram.count(HISTORY), telegram.count(FULL)],
        telegram.report()["flood_wait_violations"],
    )


async def test_a_wait_of_days_is_believed(account: Account, telegram: TelegramWorld) -> None:
    """Unlike a web host's, Telegram's longest waits are meant."""
    telegram.fault(HISTORY, error="FLOOD_WAIT_400000")
    with pytest.raises(RateLimited) as caught:
        await account.send(history_of())
    assert 400_001.0 == caught.value.retry_after_s


async def test_endless_short_waits_end(account: Account, telegram: TelegramWorld) -> None:
    """Four times in a row is enough: the pass ends blind, and each wait was kept."""
    telegram.fault(HISTORY, error="FLOOD_WAIT_20", times=-1)
    with pytest.raises(RateLimited) as caught:
        await account.send(history_of())
    assert ("Telegram asked account monitor to wait 21 s for messages.getHistory", 21.0) == (
        str(caught.value),
        caught.value.retry_after_s,
    )
    first, *_, last = times_of(telegram, HISTORY)
    assert (4, 63.0) == (telegram.count(HISTORY), last - first)
    assert [] == telegram.report()["flood_wait_violations"]


async def test_a_budget_is_learned(account: Account, telegram: TelegramWorld) -> None:
    """Where calls are counted, each wait is kept and pauses become longer: no wait is broken, all is read."""
    telegram.limits.append(Limit(method=HISTORY, max=5, per=30))
    for _ in range(40):
        assert (await account.send(history_of())).result.messages
    waits = sum("error" in call for call in telegram.calls)
    assert 1 <= waits <= 4
    assert [] == telegram.report()["flood_wait_violations"]


async def test_a_restart_keeps_a_wait(
    server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch, store: Store
) -> None:
    """What one process was told, the next one keeps: through the store, and for that account and method only."""
    telegram.fault(HISTORY, error="FLOOD_WAIT_900")
    session = new_credential(server)
    for attempt, left_s in enumerate((901, 601, 301)):
        pace = make_pace(stopwatch)
        pace.restore(await load_holds(store, moment(stopwatch), FORGIVEN_S))

        async def save() -> None:
            await save_holds(store, pace.known_holds(), moment(stopwatch))  # noqa: B023 - this process's own

        memory = StoredAccounts(store, save)
        async with open_account(server, stopwatch, memory, pace=pace, session=session) as account:
            with pytest.raises(RateLimited) as caught:
                await account.send(history_of())
            assert left_s == round(caught.value.retry_after_s)
            assert (await account.send(full_of())).result
        assert (1, attempt + 1) == (telegram.count(HISTORY), telegram.count(FULL))
        stopwatch.forward(300)
    async with open_account(server, stopwatch, memory, pace=pace, session=session) as account:
        stopwatch.forward(2)
        assert (await account.send(history_of())).result.messages
    assert [] == telegram.report()["flood_wait_violations"]


async def test_a_kill_right_after_a_wait_loses_nothing(
    server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch
) -> None:
    """A wait is stored before it is kept: whoever stops the program then finds it in the store."""
    stored: list[dict[str, tuple[float, int]]] = []
    pace = make_pace(stopwatch)

    class Saving(Notebook):
        async def save_holds(self) -> None:
            stored.append(pace.known_holds())
            raise KeyError("killed")

    telegram.fault(HISTORY, error="FLOOD_WAIT_30")
    async with open_account(server, stopwatch, Saving(), pace=pace) as account:
        with pytest.raises(KeyError):
            await account.send(history_of())
    assert [{"telegram monitor messages.getHistory": (31.0, 1)}] == stored


async def test_two_accounts_wait_each_for_itself(
    server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch
) -> None:
    """One account's wait is no other account's, although both have one pace."""
    pace = make_pace(stopwatch)
    telegram.fault(HISTORY, error="FLOOD_WAIT_600")
    async with (
        open_account(server, stopwatch, label="one", pace=pace) as one,
        open_account(server, stopwatch, label="two", pace=pace) as two,
    ):
        with pytest.raises(
            RateLimited, match=r"^telegram one messages\.getHistory asked us to wait 601 s, which are not over$"
        ):
            await one.send(history_of())
        assert (await two.send(history_of())).result.messages


async def test_one_call_of_a_method_in_flight(
    server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch
) -> None:
    """Eight passes at once ask one after the other, each method by itself, and a wait is met once."""
    telegram.fault("*", delay=0.005, times=-1, skip=1)
    telegram.faults.insert(0, telegram.fault(HISTORY, error="FLOOD_WAIT_50"))
    async with open_account(server, stopwatch) as account:
        asked = [account.send(request) for _ in range(8) for request in (history_of(), full_of())]
        answers = await asyncio.gather(*asked)
    report = telegram.report()
    assert {HISTORY: 1, FULL: 1, "help.getConfig": 1} == report["most_in_flight"]
    assert {HISTORY: {"FLOOD_WAIT_50": 1, "ok": 8}, FULL: {"ok": 8}, "help.getConfig": {"ok": 1}} == report["counts"]
    assert (16, []) == (len(answers), report["flood_wait_violations"])


async def test_pauses_lie_between_calls(account: Account, telegram: TelegramWorld) -> None:
    """Without any wait, calls of a method come at half to one and a half of a second."""
    for _ in range(10):
        await account.send(history_of())
    times = times_of(telegram, HISTORY)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert all(PAUSE_S / 2 <= pause_s <= PAUSE_S * 1.5 for pause_s in pauses)


async def test_an_answer_says_when_it_came(account: Account, stopwatch: Stopwatch) -> None:
    """Its moment is the account's clock's."""
    answer = await account.send(full_of())
    assert datetime.fromtimestamp(stopwatch(), UTC) == answer.at
    assert "channels.getFullChannel" == answer.method
