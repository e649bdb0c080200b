"""Telegram in trouble: connections that drop, answers that are cut, outages. Nothing is lost, nothing comes twice."""

import pytest

from crawler.crawl import Crawler, crawl_source
from evidence.records import CrawlRun, Outcome
from practice.telegram.channel import Channel
from tests.crawler.serving import changes
from tests.crawler.telegram_making import DENSE_S, ROOM, SPARSE_S, Loopback, check, naming, posts_of

METHODS = (
    "contacts.resolveUsername",
    "messages.getHistory",
    "channels.getFullChannel",
    "channels.getMessages",
    "updates.getChannelDifference",
)


async def go_through(loopback: Loopback, room: Channel, crawler: Crawler) -> list[CrawlRun]:
    """A first pass, changes of every kind, and two more passes: every method is needed."""
    runs = [await crawl_source(ROOM, crawler)]
    world = loopback.world
    world.post(room, {"text": naming(1)})
    world.album(room, [{"text": naming(2), "photo": True}, {"photo": True}])
    world.edit(room, 100, text=naming(3))
    world.delete(room, [99, 50])
    return [*runs, await crawl_source(ROOM, crawler), await crawl_source(ROOM, crawler)]


@pytest.mark.slow
@pytest.mark.parametrize("step_s", [DENSE_S, SPARSE_S], ids=["changes", "history"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("action", ["drop", "drop_after", "truncate"])
async def test_a_connection_that_drops_in_the_middle(loopback: Loopback, action: str, method: str, step_s: int) -> None:
    """The request is made again over a new connection; nobody notices."""
    room = loopback.open_room(105, step_s)
    loopback.world.fault(method, action=action)
    async with loopback.impatient() as crawler:
        runs = await go_through(loopback, room, crawler)
    assert {(Outcome.WATCHED, None)} == {(run.outcome, run.reason) for run in runs}
    assert [2, 0] == [run.new for run in runs[1:]]
    await check(loopback)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("action", ["garbage", "corrupt_crc", "ignore"])
async def test_an_answer_that_cannot_be_read_or_never_comes(loopback: Loopback, action: str, method: str) -> None:
    """It is waited for as long as any answer, then asked for again."""
    room = loopback.open_room(105, DENSE_S)
    loopback.world.fault(method, action=action)
    async with loopback.impatient() as crawler:
        runs = await go_through(loopback, room, crawler)
    assert {(Outcome.WATCHED, None)} == {(run.outcome, run.reason) for run in runs}
    await check(loopback)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
async def test_a_server_in_trouble(loopback: Loopback, method: str) -> None:
    """It is asked again, a few times; then that pass has a reason and the next one finds everything."""
    room = loopback.open_room(105, DENSE_S)
    loopback.world.fault(method, error="INTERNAL", times=5)
    async with loopback.impatient() as crawler:
        runs = await go_through(loopback, room, crawler)
        (why,) = [run.reason for run in runs if run.reason]
        assert method in why
        last = await crawl_source(ROOM, crawler)
    assert Outcome.WATCHED is last.outcome
    await check(loopback)


@pytest.mark.parametrize("after", [0, 1, 2, 3])
async def test_an_outage_in_the_middle_of_a_backfill(loopback: Loopback, after: int) -> None:
    """The pass is blind once all tries have failed; the first one after the outage reads on."""
    room = loopback.open_room(330)
    loopback.world.fault("messages.getHistory", action="drop", skip=after, times=-1)
    async with loopback.impatient() as crawler:
        blind = await crawl_source(ROOM, crawler)
        assert (Outcome.BLIND, True) == (blind.outcome, "did not answer messages.getHistory" in (blind.reason or ""))
        loopback.world.faults.clear()
        healed = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED, len(posts_of(room))) == (healed.outcome, blind.new + healed.new)
        assert (0, 0, 0) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


@pytest.mark.slow
async def test_a_server_that_is_away(loopback: Loopback) -> None:
    """Nobody listens: passes are blind with one clear reason; when it is back, what was missed is found."""
    room = loopback.open_room(105)
    async with loopback.impatient() as crawler:
        await crawl_source(ROOM, crawler)
        loopback.server.stop_listening()
        loopback.server.drop_all()
        for turn in range(2):
            loopback.world.post(room, {"text": naming(turn)})
            away = await crawl_source(ROOM, crawler)
            assert (Outcome.BLIND, 0) == (away.outcome, away.captures)
            assert "Telegram did not answer messages.getHistory (ConnectionError, 4 tries)" == away.reason
        await loopback.server.listen()
        assert (2, 0, 0) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


@pytest.mark.slow
async def test_an_outage_longer_than_telethon_waits(loopback: Loopback) -> None:
    """Telethon alone gives up for good after some seconds; here a pass waits, and a later one connects again."""
    room = loopback.open_room(105)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        outage = loopback.server.spawn(loopback.server.outage(9.0))
        loopback.world.post(room, {"text": naming(1)})
        runs: list[CrawlRun] = []
        while not outage.done() or not runs:
            runs.append(await crawl_source(ROOM, crawler))
        runs.append(await crawl_source(ROOM, crawler))
        assert (Outcome.WATCHED, 1) == (runs[-1].outcome, sum(run.new for run in runs))
    await check(loopback)


async def test_a_key_that_is_revoked(loopback: Loopback) -> None:
    """Nothing more is asked with it; the reason says what to do, and the store remembers."""
    room = loopback.open_room(105)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        loopback.server.revoke("SESSION_REVOKED")
        loopback.world.post(room, {"text": naming(1)})
        run = await crawl_source(ROOM, crawler)
        assert Outcome.BLIND is run.outcome
        assert "account loop cannot be used: its session was ended by its owner" in (run.reason or "")
        asked = len(loopback.world.calls)
        assert run.reason == (await crawl_source(ROOM, crawler)).reason
        assert asked == len(loopback.world.calls)
    kept = await loopback.store["accounts"].find_one({"_id": "loop"})
    assert kept is not None
    assert "its session was ended by its owner" == kept["out_of_use"]
    loopback.server.restore()
    async with loopback.crawler() as crawler:
        assert (1, 0, 0) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)
