"""Waits that Telegram asks for: short ones are waited for, long ones park their method and outlive the process."""

from datetime import timedelta

import pytest

from crawler.crawl import crawl_source
from evidence.records import Outcome, Source, Via
from storage.mongo import Document
from tests.crawler.serving import changes
from tests.crawler.telegram_making import DENSE_S, ROOM, Loopback, check, naming, posts_of
from tests.storage.making import everything

HISTORY, FULL, LOOK_UP = "messages.getHistory", "channels.getFullChannel", "contacts.resolveUsername"
DIFFERENCE, MESSAGES = "updates.getChannelDifference", "channels.getMessages"


@pytest.mark.slow
@pytest.mark.parametrize("method", [LOOK_UP, HISTORY, FULL, DIFFERENCE, MESSAGES])
async def test_a_short_wait_is_waited_for(loopback: Loopback, method: str) -> None:
    """Nobody notices: the request is made again once the wait is over, and not before."""
    room = loopback.open_room(105, DENSE_S)
    loopback.world.fault(method, error="FLOOD_WAIT_1")
    async with loopback.crawler() as crawler:
        first = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED, None, len(posts_of(room))) == (first.outcome, first.reason, first.new)
        loopback.world.album(room, [{"text": naming(1), "photo": True}, {"photo": True}])
        second = await crawl_source(ROOM, crawler)
        assert ((1, 0, 0), None) == (changes(second), second.reason)
    await check(loopback)


@pytest.mark.parametrize("error", ["FLOOD_WAIT_3600", "FLOOD_PREMIUM_WAIT_3600"])
async def test_a_long_wait_is_not_waited_for(loopback: Loopback, error: str) -> None:
    """The pass is blind, so is its hour, and the reason says why; nothing is asked again until it is over."""
    room = loopback.open_room(330)
    loopback.world.fault(HISTORY, error=error, skip=1)
    async with loopback.crawler() as crawler:
        run = await crawl_source(ROOM, crawler)
        assert (Outcome.BLIND, 100) == (run.outcome, run.new)
        assert "telegram loop messages.getHistory asked us to wait 3601 s, which are not over" == run.reason
        asked = len(loopback.world.calls)
        again = await crawl_source(ROOM, crawler)
        assert (Outcome.BLIND, asked) == (again.outcome, len(loopback.world.calls))
    (hour,) = everything(loopback.uri)["coverage"]
    assert (False, 2) == (hour["is_watched"], hour["blind_passes"])
    assert "asked us to wait" in hour["reason"]
    assert len(posts_of(room)) > run.new


@pytest.mark.slow
async def test_the_next_process_goes_on_waiting(loopback: Loopback) -> None:
    """What was asked of the last one is obeyed; once the wait is over, everything is read."""
    room = loopback.open_room(330)
    loopback.world.fault(HISTORY, error="FLOOD_WAIT_3600", skip=1)
    async with loopback.crawler() as crawler:
        first = await crawl_source(ROOM, crawler)
    asked = len(loopback.world.calls)
    for _ in range(2):
        async with loopback.crawler() as crawler:
            run = await crawl_source(ROOM, crawler)
            assert (Outcome.BLIND, 0) == (run.outcome, run.captures)
            assert "telegram loop messages.getHistory asked us to wait" in (run.reason or "")
    assert asked == len(loopback.world.calls)
    await _let_pass(loopback, 3_700)
    async with loopback.crawler() as crawler:
        last = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED, len(posts_of(room))) == (last.outcome, first.new + last.new)
    await check(loopback)


@pytest.mark.parametrize(
    ("method", "note"),
    [
        (FULL, "members not counted: telegram loop channels.getFullChannel asked us to wait"),
        (MESSAGES, "removals not confirmed: telegram loop channels.getMessages asked us to wait"),
    ],
)
async def test_a_wait_for_one_method_leaves_the_others(loopback: Loopback, method: str, note: str) -> None:
    """The pass goes on without what it would have told, and says so."""
    room = loopback.open_room(60)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        loopback.world.fault(method, error="FLOOD_WAIT_3600")
        loopback.world.post(room, {"text": naming(1)})
        loopback.world.delete(room, 55)
        run = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED, 1) == (run.outcome, run.new)
        assert note in (run.reason or "")
    await _let_pass(loopback, 3_700)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
    await check(loopback)


async def test_a_wait_for_looking_names_up_is_for_new_rooms(loopback: Loopback) -> None:
    """A room whose name was looked up before is read on."""
    loopback.open_room(60)
    other = {"id": 1_900_000_901, "username": "loop_other", "title": "Other"}
    loopback.world.add_channel(other)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        loopback.world.fault(LOOK_UP, error="FLOOD_WAIT_80000")
        new = await crawl_source(_other(), crawler)
        assert Outcome.BLIND is new.outcome
        assert "telegram loop contacts.resolveUsername asked us to wait 80001 s, which are not over" == new.reason
        assert Outcome.WATCHED is (await crawl_source(ROOM, crawler)).outcome
    await check(loopback)


def _other() -> Source:
    return Source(address="https://t.me/loop_other", via=Via.TELEGRAM)


async def _let_pass(loopback: Loopback, seconds: float) -> None:
    """Make the stored waits and the world's clock older, as if so much time had passed."""
    loopback.clock.forward(seconds=seconds)
    holds: list[Document] = everything(loopback.uri)["holds"]
    for hold in holds:
        earlier = hold["free_at"] - timedelta(seconds=seconds)
        await loopback.store["holds"].update_one({"_id": hold["_id"]}, {"$set": {"free_at": earlier}})
