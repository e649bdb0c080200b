"""Packages that a worker makes for the console: the same ones, or the same refusal."""

import asyncio
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from config.settings import Settings
from console.works import Handed, Handing
from crawler.assemble import now
from crawler.broker import CHORES, listen
from crawler.console_packages import ASKED, LEAVING, Packing, make_asked, packing_for
from crawler.work import work_on
from evidence.checkpoint import Files
from evidence.errors import ConfigError
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.slots import Kind, Slot, claim_slot, find_slot
from tests.crawler.test_package_leave import open_case
from tests.crawler.test_packages import STAFF
from tests.rabbitmq import RabbitMq


async def handed_out(packing: Packing, handing: Handing) -> tuple[Handed, bytes]:
    """As a person gets it; and what is in the file while it is there."""
    async with packing.handed_out(STAFF, handing) as handed:
        return handed, handed.path.read_bytes()


async def with_a_worker(store: Store, custody: Custody, settings: Settings, handing: Handing) -> tuple[Handed, bytes]:
    """The console's side, with a worker beside it."""
    packing, stop = await packing_for(store, custody, settings), asyncio.Event()

    async def work(name: str) -> bool:
        return await work_on(store, name, lambda slot: make_asked(slot, packing))

    working = asyncio.create_task(listen(settings.broker_url or "", CHORES, work, stop, asyncio.Event()))
    try:
        return await asyncio.wait_for(handed_out(packing, handing), 30)
    finally:
        stop.set()
        await working


@pytest.mark.slow
async def test_a_worker_makes_what_the_console_hands_out(store: Store, tmp_path: Path, rabbit: RabbitMq) -> None:
    """Nothing is left of it in the data directory; what may not go out is refused in the same words."""
    async with open_custody(store, now, Files(folder=tmp_path)) as custody:
        case = await open_case(store, custody, "a", "b")
        settings = Settings(data_dir=tmp_path, broker_url=rabbit.url)
        key = X25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        handing = Handing(case=case, profile="police", purpose="a court asked", recipient=key.decode())
        made, content = await with_a_worker(store, custody, settings, handing)
        assert (2, f"{made.id}.sealed", True) == (made.items, made.name, bool(content))
        assert [] == list((tmp_path / LEAVING).iterdir())
        alone = await packing_for(store, custody, Settings(data_dir=tmp_path))
        refused = Handing(case=case, profile="police", purpose="none")
        for attempt in (with_a_worker(store, custody, settings, refused), handed_out(alone, refused)):
            with pytest.raises(ConfigError, match="needs a second person's approval"):
                await attempt


async def test_what_nobody_waits_for_any_more_is_not_made(store: Store, tmp_path: Path) -> None:
    """Its folder is gone with whoever asked; and a name that leads elsewhere leads nowhere."""
    (tmp_path / ASKED).write_text(json.dumps({}), encoding="utf-8")
    async with open_custody(store, now, Files(folder=tmp_path)) as custody:
        packing = await packing_for(store, custody, Settings(data_dir=tmp_path))
        for name in ("tmp-gone", "..", f"../../{tmp_path.name}"):
            slot = Slot(kind=Kind.EXPORT, subject=name, at=now())
            await claim_slot(store, slot, "us", now())
            assert await work_on(store, slot.id, lambda slot: make_asked(slot, packing))
            found = await find_slot(store, slot.id)
            assert found is not None
            assert "not asked for any more" == found.outcome
