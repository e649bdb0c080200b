"""Changes of the watchlist take two persons, know which version they were made on, and are in the log."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.errors import ConfigError, StorageError, WatchlistMoved
from evidence.watchlist_change import Edit, EditKind, Standing, text_hash
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.watchlist_changes import (
    all_changes,
    decline_change,
    find_change,
    propose_change,
    save_change,
    waiting_changes,
)
from storage.watchlists import import_version, newest_version, save_version
from tests.conftest import Clock
from tests.storage.custody_reading import logged
from tests.storage.importing import OPERATOR

MONITOR, SUPERVISOR, LOCAL = (
    Staff(actor=f"staff-00000000000{number}", role=role, session_id="s", offices=offices)
    for number, role, offices in (
        (1, "monitor", None),
        (2, "supervisor", None),
        (3, "supervisor", frozenset({"C10"})),
    )
)
WHOLE = (Edit(kind=EditKind.WHOLE, entry="version: 1\n"),)


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of the store."""
    async with open_custody(store, clock, Files(folder=tmp_path), wait_s=0.5) as opened:
        yield opened


async def test_one_proposes_and_another_one_saves(
    store: Store, custody: Custody, clock: Clock, own_database: str
) -> None:
    """The version says who, why and from which change; number and hash are in the log before it."""
    change = await propose_change(store, custody, MONITOR, WHOLE, 0, "first list", clock())
    assert (change,) == await waiting_changes(store, clock())
    with pytest.raises(ConfigError, match="whoever proposed it cannot approve it"):
        await save_change(store, custody, MONITOR, change, "version: 1\n", 0, clock())
    with pytest.raises(ConfigError, match="outside of the offices"):
        await save_change(store, custody, LOCAL, change, "version: 1\n", 0, clock())
    version = await save_change(store, custody, SUPERVISOR, change, "version: 1\n", 0, clock())
    assert version == await newest_version(store)
    assert (1, SUPERVISOR.actor, "first list", change.id) == (version.number, version.by, version.why, version.change)
    saved = await find_change(store, change.id)
    assert saved is not None
    assert (Standing.SAVED, 1, ()) == (saved.standing, saved.version, await waiting_changes(store, clock()))
    acts = [(entry["action"], entry["target_id"], entry["commit"]) for entry in logged(own_database)][1:]
    assert ["propose", "approve", "watchlist-save"] == [act[0] for act in acts]
    assert ("watchlist-save", "1", text_hash("version: 1\n")) == acts[-1]
    with pytest.raises(ConfigError, match="is saved: only what waits can be saved"):
        await save_change(store, custody, SUPERVISOR, saved, "version: 1\n", 1, clock())


async def test_a_newer_version_is_a_conflict(store: Store, custody: Custody, clock: Clock) -> None:
    """Neither proposed nor saved over it; the change waits still."""
    change = await propose_change(store, custody, MONITOR, WHOLE, 0, "first list", clock())
    await import_version(store, custody, OPERATOR, "version: 1\nterms: []\n", "a.yaml", clock())
    with pytest.raises(WatchlistMoved, match="at version 1 by now; this change was made on version 0"):
        await save_change(store, custody, SUPERVISOR, change, "version: 1\n", 0, clock())
    with pytest.raises(WatchlistMoved):
        await propose_change(store, custody, MONITOR, WHOLE, 0, "again", clock())
    with pytest.raises(WatchlistMoved):
        await save_version(store, custody, SUPERVISOR, "version: 1\n", 0, "x", change.id, clock())
    assert (change,) == await waiting_changes(store, clock())


async def test_what_is_declined_or_late_is_over(store: Store, custody: Custody, clock: Clock) -> None:
    """It stays in the list, with who decided."""
    change = await propose_change(store, custody, MONITOR, WHOLE, 0, "first list", clock())
    await decline_change(store, custody, SUPERVISOR, change, clock())
    late = await propose_change(store, custody, MONITOR, WHOLE, 0, "second", clock.forward(hours=1))
    clock.forward(days=3)
    assert () == await waiting_changes(store, clock())
    assert [Standing.WAITING, Standing.DECLINED] == [one.standing for one in await all_changes(store, clock())]
    with pytest.raises(ConfigError, match="is expired"):
        await save_change(store, custody, SUPERVISOR, late, "version: 1\n", 0, clock())
    for edits, why in (((), "x"), (WHOLE, " ")):
        with pytest.raises(ConfigError):
            await propose_change(store, custody, MONITOR, edits, 0, why, clock())


async def test_without_the_log_nothing_is_saved(store: Store, custody: Custody, clock: Clock) -> None:
    """It fails closed."""
    change = await propose_change(store, custody, MONITOR, WHOLE, 0, "first list", clock())
    async with open_custody(store, clock, None, wait_s=0.1) as unheard:
        with pytest.raises(StorageError):
            await save_change(store, unheard, SUPERVISOR, change, "version: 1\n", 0, clock())
    assert await newest_version(store) is None
