"""Chores and rescans by workers: done where the keys of the log are, and with what one process does by itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from config.settings import Settings
from crawler.assemble import now
from crawler.rescan_slots import OTHER, RescanSlots, reader_by_workers
from crawler.work import do_chore, work_on
from evidence.checkpoint import Files
from evidence.errors import StorageError
from practice.web import PracticeWeb
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.slots import Kind, Slot, claim_slot, find_slot
from tests.crawler.conftest import WATCHLIST_FILE
from tests.crawler.fleet import fleet
from tests.crawler.rescanning import begin
from tests.crawler.serving import call
from tests.rabbitmq import RabbitMq


@pytest_asyncio.fixture
async def custody(store: Store, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log, with its keys."""
    async with open_custody(store, now, Files(folder=tmp_path)) as opened:
        yield opened


@pytest.mark.parametrize("kind", [Kind.RETENTION, Kind.DELIVERY])
async def test_a_chore_is_done_once(store: Store, custody: Custody, tmp_path: Path, kind: Kind) -> None:
    """However often its slot is brought."""
    settings = Settings(data_dir=tmp_path)
    slot = Slot(kind=kind, subject="everything", at=now())
    await claim_slot(store, slot, "us", now())
    for _ in range(2):
        assert await work_on(store, slot.id, lambda slot: do_chore(slot, store, custody, settings))
    found = await find_slot(store, slot.id)
    assert found is not None
    assert ("done", 1) == (found.outcome, found.tries)


@pytest.mark.slow
def test_a_rescan_by_workers_finds_what_one_process_finds(
    env: dict[str, str], site: PracticeWeb, tmp_path: Path, own_database: str, rabbit: RabbitMq
) -> None:
    """Place by place, with the same rows and the same total."""
    assert 3 == call("once", "-w", str(WATCHLIST_FILE), env=env).code
    alone = call("rescan", "--json", env=env)
    with fleet(tmp_path, own_database, rabbit.url, site.base) as ours:
        for number in range(2):
            ours.start(f"worker-{number}", "worker", "--queue", "chores")
        shared = call("rescan", "--json", env={**env, "HAECHI_BROKER_URL": rabbit.url})
        slots = ours.documents("slots")
        assert {0} == set(ours.end().values())
    assert (0, 0) == (alone.code, shared.code), shared.err
    assert alone.rows
    assert alone.rows == shared.rows
    assert alone.err.splitlines()[-1] == shared.err.splitlines()[-1]
    assert {("rescan", "done", 1)} == {(slot["kind"], slot["outcome"], slot["tries"]) for slot in slots}


async def test_a_worker_that_knows_other_words_does_not_rescan(store: Store, tmp_path: Path) -> None:
    """It says so, and the rescan fails with what to do; a place that is held is told as such."""
    rescan = await begin(store, "0123456789abcdef")
    slots = RescanSlots(store, Settings(data_dir=tmp_path))
    names: asyncio.Queue[str] = asyncio.Queue()

    async def send(queue: str, slot: str) -> None:
        names.put_nowait(slot)

    from crawler.trying import Place

    read = reader_by_workers(store, rescan, send, lambda: False)
    reading = asyncio.ensure_future(read(Place(source="https://t.me/a"), 0.0, lambda _: None))
    name = await names.get()
    assert await work_on(store, name, lambda slot: slots.do(slot, lambda: False))
    with pytest.raises(StorageError, match="bring all of them up to the same one"):
        await reading
    found = await find_slot(store, name)
    assert found is not None
    assert OTHER == found.outcome
