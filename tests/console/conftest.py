"""A console on a real port over a store of the test's own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest_asyncio
from aiohttp import ClientSession
from argon2 import PasswordHasher

from config.settings import Settings
from console.events import Events
from console.passwords import Passwords
from console.rates import Rates
from console.serving import serving
from console.visit import Console
from crawler.console_works import works_for
from evidence.checkpoint import Files
from storage.custody import Custody, open_custody
from storage.mongo import Store
from tests.conftest import Clock
from tests.console.asking import new_client

CHEAP = PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1)
"""Tests check passwords by the hundred."""


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of the store."""
    async with open_custody(store, clock, Files(folder=tmp_path), wait_s=5.0) as opened:
        yield opened


def make_console(store: Store, custody: Custody, clock: Clock, origin: str, *, is_practice: bool = False) -> Console:
    """What the crawler would make; its register is that of practice."""
    assert custody.files is not None
    schools = Path(str(files("practice") / "schools.csv"))
    settings = Settings(data_dir=custody.files.folder, schools=schools)
    return Console(
        store=store,
        custody=custody,
        clock=clock,
        origin=origin,
        lang="ko",
        idle=timedelta(minutes=30),
        is_practice=is_practice,
        allows_loopback=False,
        passwords=Passwords(CHEAP),
        events=Events(),
        rates=Rates(clock),
        works=works_for(store, custody, settings, is_practice=is_practice),
    )


@pytest_asyncio.fixture
async def console(store: Store, custody: Custody, clock: Clock) -> AsyncIterator[Console]:
    """Served on loopback."""
    async with serving(
        lambda host, port: make_console(store, custody, clock, f"http://{host}:{port}"), "127.0.0.1", 0
    ) as served:
        yield served


@pytest_asyncio.fixture
async def client() -> AsyncIterator[ClientSession]:
    """Connections to it."""
    async with new_client() as opened:
        yield opened
