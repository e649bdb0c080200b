"""Imports in the store: what is kept of them, and totals that survive a stop at any moment."""

from dataclasses import replace

import pytest

from evidence.errors import ConfigError, SourceTaken, StorageError
from evidence.records import Cursor
from storage.forms import cursor_document
from storage.imports import Handed, Totals, announce_totals, begin_import, end_import, has_imports
from storage.leases import Lease, leased
from storage.mongo import Store
from storage.practice import claim_for_practice
from tests.conftest import NOW, Clock
from tests.storage.making import everything

SOURCE = "export:0123456789abcdef-01234567"
HANDED = Handed(
    source=SOURCE,
    sha256="0123456789abcdef" * 4,
    files=("messages.html", "messages2.html"),
    size_bytes=2_000,
    chat_type=None,
    native_id=None,
    zone="Asia/Seoul",
)
AFTER = Totals(position=100, posts=99, mentions=5, flags=4, left_out=1, undated=7, repeated=2)


async def test_an_import_from_begin_to_end(store: Store, own_database: str, clock: Clock) -> None:
    """Begun, gone on with by somebody else, ended; each act leaves who, when and why."""
    async with leased(store, SOURCE, NOW) as lease:
        begun = await begin_import(store, HANDED, "staff-a", "basis", lease, NOW)
        assert (HANDED, Totals(), NOW, None) == (begun.handed, begun.totals, begun.started_at, begun.ended_at)
        later = clock.forward(hours=1)
        assert begun == await begin_import(store, HANDED, "staff-b", None, lease, later)
        await end_import(store, lease, AFTER, later)
        done = replace(begun, totals=AFTER, ended_at=later)
        assert done == await begin_import(store, HANDED, "staff-a", "a third time", lease, later)
    (document,) = everything(own_database)["imports"]
    assert [
        {"at": NOW, "actor": "staff-a", "legal_basis": "basis"},
        {"at": later, "actor": "staff-b", "legal_basis": None},
    ] == document["acts"]


@pytest.mark.parametrize(("position", "expected"), [(None, Totals()), (100, AFTER)])
async def test_totals_are_those_of_the_cursor(store: Store, position: int | None, expected: Totals) -> None:
    """Announced before the posts: they count from the moment at which the posts are stored."""
    async with leased(store, SOURCE, NOW) as lease:
        await begin_import(store, HANDED, "staff-a", None, lease, NOW)
        await announce_totals(store, lease, Totals(), AFTER, NOW)
        if position is not None:
            cursor = cursor_document(Cursor(source=SOURCE, peer=SOURCE, newest_id=position))
            await store["cursors"].insert_one(cursor)
        assert expected == (await begin_import(store, HANDED, "staff-a", None, lease, NOW)).totals


async def test_totals_without_a_cursor_of_theirs(store: Store) -> None:
    """A store that was meddled with is not counted on."""
    async with leased(store, SOURCE, NOW) as lease:
        await begin_import(store, HANDED, "staff-a", None, lease, NOW)
        await store["cursors"].insert_one(cursor_document(Cursor(source=SOURCE, peer=SOURCE, newest_id=7)))
        with pytest.raises(StorageError) as caught:
            await begin_import(store, HANDED, "staff-a", None, lease, NOW)
    assert f"{SOURCE}: no totals belong to position 7, up to which it is stored" == str(caught.value)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(HANDED, sha256="f" * 64), f"{SOURCE}: another file has this address: its SHA-256 is {HANDED.sha256}"),
        (replace(HANDED, zone=None), '--zone: "": the import of this file was begun with --zone Asia/Seoul'),
    ],
)
async def test_another_file_or_another_way(store: Store, own_database: str, other: Handed, why: str) -> None:
    """It is refused and nothing is changed."""
    async with leased(store, SOURCE, NOW) as lease:
        await begin_import(store, HANDED, "staff-a", None, lease, NOW)
        before = everything(own_database)
        with pytest.raises(ConfigError) as caught:
            await begin_import(store, other, "staff-a", None, lease, NOW)
        assert why == str(caught.value)
        assert before == everything(own_database)


async def test_who_lost_the_source_writes_nothing(store: Store, own_database: str) -> None:
    """An import that stood still for too long does not spoil the one that took over."""
    async with leased(store, SOURCE, NOW) as lease:
        await begin_import(store, HANDED, "staff-a", None, lease, NOW)
        before = everything(own_database)["imports"]
        with pytest.raises(SourceTaken):
            await announce_totals(store, Lease(source=SOURCE, holder="another"), Totals(), AFTER, NOW)
    assert before == everything(own_database)["imports"]


async def test_practice_does_not_wipe_evidence(store: Store) -> None:
    """A store with an import holds real work, even before it has a watchlist."""
    assert not await has_imports(store)
    async with leased(store, SOURCE, NOW) as lease:
        await begin_import(store, HANDED, "staff-a", None, lease, NOW)
    assert await has_imports(store)
    with pytest.raises(ConfigError, match="this store holds real sources"):
        await claim_for_practice(store)
