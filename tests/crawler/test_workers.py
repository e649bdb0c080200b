"""Many workers: schedulers and workers as processes over a practice web, killed and cut off, then held against it."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from crawler.assemble import evidence_store, now
from practice.restless import Restless
from practice.web import PracticeWeb
from storage.index import known_posts
from tests.crawler.fleet import Fleet, fleet, watchlist_of
from tests.crawler.serving import Beside
from tests.crawler.test_kill import check_index, check_post
from tests.rabbitmq import RabbitMq, rabbitmq
from tests.storage.making import everything

ROOMS = int(os.environ.get("SOAK_ROOMS", "40"))
"""`SOAK_ROOMS=1000 make soak` for a national number of them."""
KILLS = 6
PATIENCE_S = 60.0 + ROOMS * 2
LOOK_S = ROOMS / 200
"""Between two looks at all slots, which the database has to hand out each time."""


class Practised:
    """Rooms, the web that shows them, and the processes that read it."""

    def __init__(self, beside: Beside, folder: Path, rooms: int, posts: int) -> None:
        self.names = [f"room_{number}" for number in range(rooms)]
        self.restless = Restless(20261122, self.names, posts, now)
        self.web = PracticeWeb(self.restless.world, now)
        self.watchlist = folder / "rooms.yaml"
        self._beside = beside
        beside.run(self.web.start())

    def every(self, seconds: int) -> Path:
        """The watchlist, each room read so often."""
        self.watchlist.write_text(watchlist_of(self.names, seconds), encoding="utf-8")
        return self.watchlist

    def end(self) -> None:
        """Close the web."""
        self._beside.run(self.web.stop())

    async def check(self, ours: Fleet) -> None:
        """Hold all that is stored against what the rooms say: nothing is missing or there twice."""
        kept = everything(ours.uri)["posts"]
        async with evidence_store(Settings(data_dir=ours.folder / "home"), ours.uri) as store:
            for name in self.names:
                room = self.restless.world.rooms[name]
                check_index(
                    room, await known_posts(store, str(room.peer_id), [1], spans=[(1, room.next_id)]), self.restless
                )
                documents = [document for document in kept if document["source"] == f"https://t.me/{name}"]
                ids = Counter(document["native_id"] for document in documents)
                assert self.restless.naming(name) <= set(ids)
                assert set(ids.values()) <= {1}
                for document in documents:
                    check_post(store, document, room, self.restless)


@pytest.fixture
def many(beside: Beside, tmp_path: Path) -> Iterator[Practised]:
    """Many small rooms."""
    practised = Practised(beside, tmp_path, ROOMS, 45)
    yield practised
    practised.end()


@pytest.fixture
def few(beside: Beside, tmp_path: Path) -> Iterator[Practised]:
    """A few rooms with pages that are a little slow, so that a pass lasts."""
    practised = Practised(beside, tmp_path, 4, 1_200)
    practised.web.faults.delay_s = 0.02
    yield practised
    practised.end()


def slots_by_room(ours: Fleet) -> Counter[str]:
    """How many slots of each room are done."""
    return Counter(slot["subject"] for slot in ours.passes() if slot["done_at"])


def has_more(ours: Fleet, before: Counter[str], rounds: int) -> bool:
    """Whether each room had so many passes more than before."""
    now_done = slots_by_room(ours)
    return all(now_done[room] >= number + rounds for room, number in before.items())


@pytest.mark.slow
def test_each_slot_is_run_once(many: Practised, tmp_path: Path, own_database: str, rabbit: RabbitMq) -> None:
    """By three workers for two schedulers; all of them end in good order, and nothing is missing or there twice."""
    with fleet(tmp_path, own_database, rabbit.url, many.web.base) as ours:
        watchlist = many.every(max(10, ROOMS // 4))
        ours.scheduler("schedule-1", watchlist)
        for number in range(3):
            ours.start(f"worker-{number}", "worker")
        ours.scheduler("schedule-2", watchlist)
        ours.wait_until(lambda: len(slots_by_room(ours)) == ROOMS, PATIENCE_S, LOOK_S)
        many.restless.change(1)
        seen = slots_by_room(ours)
        ours.wait_until(lambda: has_more(ours, seen, 2), PATIENCE_S * 2, LOOK_S)
        codes = ours.end()
        slots, runs = ours.passes(), ours.documents("runs")
    assert {0} == set(codes.values())
    done = [slot for slot in slots if slot["done_at"]]
    assert {1} == {slot["tries"] for slot in done}
    assert {0} >= {slot["tries"] for slot in slots if not slot["done_at"]}
    assert len(done) == len(runs)
    assert 2 == len({slot["claimed_by"] for slot in slots})
    assert 3 == len({slot["worker"] for slot in done})
    assert {"watched"} == {run["outcome"] for run in runs}
    asyncio.run(many.check(ours))


@pytest.mark.slow
def test_killed_workers_lose_and_double_nothing(
    few: Practised, tmp_path: Path, own_database: str, rabbit: RabbitMq
) -> None:
    """What a worker had in hand goes to another one, which ends it; again and again."""
    chance = random.Random(5)
    with fleet(tmp_path, own_database, rabbit.url, few.web.base) as ours:
        ours.scheduler("schedule", few.every(10))
        for number in range(3):
            ours.start(f"worker-{number}", "worker")
        for turn in range(KILLS):
            ours.wait_until(lambda: bool(under_way(ours)), PATIENCE_S)
            time.sleep(chance.random() * 0.3)
            kill_and_replace(ours, f"worker-{turn % 3}")
            few.restless.change(turn)
        few.web.faults.delay_s = 0.0
        seen = slots_by_room(ours)
        ours.wait_until(lambda: has_more(ours, seen, 3), PATIENCE_S * 2)
        codes = ours.end()
        slots = ours.passes()
        redone = sum(slot["tries"] > 1 for slot in slots if slot["done_at"])
    assert {0} == set(codes.values())
    assert redone > 0
    assert all(slot["done_at"] for slot in slots if slot["tries"] > 1)
    asyncio.run(few.check(ours))


@pytest.mark.slow
def test_a_lost_broker_costs_nothing_but_time(beside: Beside, tmp_path: Path, own_database: str) -> None:
    """Killed and started again: schedule and workers say so and go on; each slot is one pass all the same."""
    practised = Practised(beside, tmp_path, 6, 200)
    practised.web.faults.delay_s = 0.1
    with (
        rabbitmq(tmp_path / "mq") as broker,
        fleet(tmp_path, own_database, broker.url, practised.web.base) as ours,
    ):
        ours.scheduler("schedule", practised.every(10))
        for number in range(2):
            ours.start(f"worker-{number}", "worker")
        ours.wait_until(lambda: bool(under_way(ours)), PATIENCE_S)
        broker.kill()
        ours.wait_until(lambda: "slots wait" in ours.said("schedule"), PATIENCE_S)
        broker.start()
        ours.wait_until(lambda: len(slots_by_room(ours)) == 6, PATIENCE_S)
        seen = slots_by_room(ours)
        ours.wait_until(lambda: has_more(ours, seen, 2), PATIENCE_S)
        codes = ours.end()
        runs, done = ours.documents("runs"), [slot for slot in ours.passes() if slot["done_at"]]
    practised.end()
    assert {0} == set(codes.values())
    assert len(done) == len(runs)
    for name in ("schedule", "worker-0", "worker-1"):
        assert "the broker is lost" in ours.said(name)
        assert "the broker is back" in ours.said(name)
    asyncio.run(practised.check(ours))


def kill_and_replace(ours: Fleet, name: str) -> None:
    """Kill a worker and wait until the one in its place serves."""
    ours.kill(name)
    before = ours.said(name).count("serving")
    ours.start(name, "worker")
    ours.wait_until(lambda: ours.said(name).count("serving") > before + 1, PATIENCE_S)


def under_way(ours: Fleet) -> list[str]:
    """Slots that a worker has begun."""
    return [slot["_id"] for slot in ours.passes() if slot["begun_at"] and not slot["done_at"]]
