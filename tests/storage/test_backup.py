"""Taking documents apart, the view that stands still, dumps and how they are read again, changed master keys."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from evidence.cipher import Cipher, Sealed
from evidence.errors import StorageError
from storage.apart import put_together, take_apart, wrapped_keys
from storage.backup import dump, whole_folder
from storage.mongo import Document, Store
from storage.rewrap import check_alone, keep_one_root, offer_root, rewrap
from storage.whole import fixed_view, shares
from tests.conftest import MASTER_KEY, NOW, Clock
from tests.storage.custody import write_log
from tests.storage.making import NAMING, everything, keep, page, post
from tests.storage.sealing import flagged, seal

ROOT = Path(__file__).parents[2]
KEY, OLD = b"k" * 44, b"o" * 40
NEW_MASTER = bytes(range(1, 33))

DOCUMENTS: dict[str, tuple[Document, list[str]]] = {
    "none": ({"_id": 1, "text": "x", "key": b"p" * 32}, []),
    "at the top": ({"_id": 1, "key": KEY, "sealed": b"x", "salt": b"s"}, ["key", "salt"]),
    "of the first stores": ({"_id": 1, "key": OLD, "sealed": b"x"}, ["key"]),
    "within": ({"_id": 1, "name": {"key": KEY, "sealed": b"x"}}, ["name.key"]),
    "in a list": ({"_id": 1, "key": KEY, "earlier": [{"n": 1}, {"key": OLD}]}, ["key", "earlier.1.key"]),
    "a salt alone": ({"_id": 1, "salt": b"s", "reason": "words"}, []),
    "the root": ({"_id": "key", "check": b"c", "roots": [KEY]}, ["roots"]),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_are_taken_apart_and_put_together(name: str) -> None:
    """Wrapped keys and their salts go, wherever they lie; the rest and these make the whole."""
    document, paths = DOCUMENTS[name]
    rest, keys = take_apart(document)
    assert set(paths) == set(keys["fields"] if keys else ())
    assert [] == [path for path, _ in wrapped_keys(rest)]
    assert document == (put_together(rest, keys) if keys else rest)


async def test_the_view_stands_still(store: Store) -> None:
    """What is written, changed or removed meanwhile is not seen, in no collection."""
    await store["rooms"].insert_many([{"_id": "a", "at": NOW}, {"_id": "b", "at": NOW}])
    async with fixed_view(store, "test") as session:
        await store["rooms"].insert_one({"_id": "c", "at": NOW})
        await store["rooms"].delete_one({"_id": "a"})
        await store["cases"].insert_one({"_id": "d", "at": NOW})
        found = [document["_id"] async for share in shares(store, "rooms", session) for document in share.documents]
        assert ["a", "b"] == found
        assert [] == [share async for share in shares(store, "cases", session)]


async def test_shares_are_in_order(store: Store) -> None:
    """More than one share, each document once, numbers that end at the whole."""
    await store["rooms"].insert_many([{"_id": f"{number:04}", "at": NOW} for number in range(450)])
    found = [share async for share in shares(store, "rooms")]
    assert [200, 400, 450] == [share.number for share in found]
    assert [f"{number:04}" for number in range(450)] == [one["_id"] for share in found for one in share.documents]


async def test_a_dump_holds_everything_and_no_key_beside_a_text(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Files are written whole, with their hashes and numbers; the log within is verified on the way."""
    await write_log(store, clock, tmp_path)
    names = await seal(store, flagged(1, NAMING))
    out, told = tmp_path / "out", list[tuple[str, int, int]]()
    with whole_folder(out) as folder:
        async with fixed_view(store, "test") as session:
            written, verification = await dump(store, session, folder, lambda *news: told.append(news))
        assert not out.exists()
    assert 9 == verification.size
    numbers = {file.name: file.documents for file in written}
    assert (3, 1, 1, 0) == tuple(
        numbers[f"{name}.bson.zst"]
        for name in ("collections/custody", "collections/evidence", "keys/evidence", "keys/custody")
    )
    assert ("evidence", 1, 1) in told
    assert {file.name for file in written} == {str(path.relative_to(out)) for path in out.rglob("*.zst")}
    assert 1 == len(names)


async def test_a_broken_log_is_not_buried_in_a_backup(
    store: Store, own_database: str, clock: Clock, tmp_path: Path
) -> None:
    """It must be looked at first; of the backup nothing is left."""
    await write_log(store, clock, tmp_path)
    with MongoClient[Document](own_database) as client:
        client.get_default_database()["custody"].update_one({"_id": 4}, {"$set": {"root": bytes(32)}})
    with pytest.raises(StorageError, match="custody entry 4: the log does not hold"):
        await dumped(store, tmp_path / "out")
    assert {"out", "out.partial"}.isdisjoint(names_in(tmp_path))


def names_in(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {path.name for path in folder.iterdir()}


async def dumped(store: Store, out: Path) -> None:
    """Dump into a folder of its own."""
    with whole_folder(out) as folder:
        async with fixed_view(store, "test") as session:
            await dump(store, session, folder, lambda *_: None)


async def test_every_key_is_wrapped_anew(store: Store, own_database: str) -> None:
    """Of captures, posts and their earlier revisions, items; texts stay as they are, and open."""
    await keep(store, page(post(1, NAMING)))
    await keep(store, page(post(1, f"{NAMING} 2")))
    await seal(store, flagged(5, NAMING))
    coming = Cipher(NEW_MASTER, others=[MASTER_KEY]).rooted_as(store.cipher)
    before = everything(own_database)
    await offer_root(store, coming)
    changed = Store(client=store.client, db=store.db, cipher=coming)
    made = await rewrap(changed, lambda *_: None)
    await keep_one_root(changed)
    after = everything(own_database)
    keys = [key for rows in after.values() for row in rows for _, key in wrapped_keys(row)]
    assert (len(keys), {}) == (made.number, made.damaged)
    assert {True} == {coming.wraps(key) for key in keys}
    assert "earlier.0.key" in {path for row in after["posts"] for path, _ in wrapped_keys(row)}
    for name in ("captures", "posts", "evidence"):
        assert [row["sealed"] for row in before[name]] == [row["sealed"] for row in after[name]]
    row = after["captures"][0]
    assert Cipher(NEW_MASTER).open(Sealed(key=row["key"], text=row["sealed"]), row["_id"])


async def test_what_was_erased_meanwhile_stays_erased(store: Store, own_database: str) -> None:
    """A damaged key is named and keeps nobody from changing keys; one that is gone does not come back."""
    first, second = await seal(store, flagged(1, NAMING), flagged(2, NAMING))
    await store["evidence"].update_one({"_id": first}, {"$unset": {"key": "", "salt": ""}})
    await store["evidence"].update_one({"_id": second}, {"$set": {"key": bytes(44)}})
    changed = Store(client=store.client, db=store.db, cipher=Cipher(NEW_MASTER, others=[MASTER_KEY]))
    made = await rewrap(changed, lambda *_: None)
    assert (0, [f"evidence {second}"]) == (made.number, list(made.damaged))
    assert "key" not in everything(own_database)["evidence"][0]


async def test_keys_are_changed_alone(store: Store) -> None:
    """While a pass reads a room, or another process appends to the log, they are not."""
    await check_alone(store, NOW)
    lease = {"holder": "x", "host": "elsewhere", "pid": 1, "until": NOW.replace(year=2027)}
    await store["leases"].insert_one({"_id": "https://t.me/room", **lease})
    with pytest.raises(StorageError, match="is being read: stop the service first"):
        await check_alone(store, NOW)
    await store["leases"].delete_one({"_id": "https://t.me/room"})
    await store["custody_appender"].insert_one({"_id": "custody", "epoch": 1, "last": 0, **lease})
    with pytest.raises(StorageError, match="process 1 on elsewhere is at work here: stop the service first"):
        await check_alone(store, NOW)


def sealing_files() -> Iterator[tuple[Path, ast.Call]]:
    """Every call of ``seal`` on a cipher in the product."""
    for folder in ("storage", "console", "crawler"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("cipher.seal"):
                    yield path, node


def test_wrapped_keys_lie_where_they_are_looked_for() -> None:
    """Whoever seals a text keeps its key in a field ``key``: else it would be in backups beside the text."""
    wrong = []
    for path in {path for path, _ in sealing_files()}:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        uses = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Dict | ast.Call | ast.Assign)]
        if not any("'key': sealed.key" in use for use in uses):
            wrong.append(str(path.relative_to(ROOT)))
    assert [] == wrong
