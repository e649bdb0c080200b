"""The drill: a practised installation is backed up, destroyed, put back, and goes on as if nothing had been."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evidence.cipher import Cipher, Sealed, load_master_key
from evidence.erasure import Basis, Gone, LedgerLine, Requester
from storage.apart import wrapped_keys
from storage.backup import NOT_KEPT
from storage.erasure_ledger import append_lines
from storage.mongo import Document, cipher_of
from tests.crawler.conftest import WATCHLIST_FILE
from tests.crawler.restoring import Place, beside
from tests.storage.making import everything

MOVED = {"custody", "custody_appender", "meta", "posts", "near", "captures", "erasures", *NOT_KEPT}
"""Collections that differ after a restore with an erasure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practising(Place):
    """An installation that reads the practice web."""

    web: dict[str, str]

    @property
    def env(self) -> dict[str, str]:
        """Its settings."""
        return {**self.web, "HAECHI_DATA_DIR": str(self.home), "HAECHI_MONGODB_URI": self.uri, "HAECHI_LANG": "en"}

    def crawl(self) -> list[dict[str, Any]]:
        """One pass over everything."""
        return self.call("once", "-w", WATCHLIST_FILE, "--json").rows


@pytest.fixture
def place(env: dict[str, str]) -> Practising:
    """An installation that is yet to read anything."""
    return Practising(home=Path(env["HAECHI_DATA_DIR"]), uri=env["HAECHI_MONGODB_URI"], web=env)


@pytest.fixture
def other(place: Practising) -> Iterator[Practising]:
    """What is left after the fire: an empty machine."""
    bare = beside(place, "other")
    made = Practising(home=bare.home, uri=bare.uri, web=place.web)
    yield made
    made.drop()


def erased(place: Place, folder: Path) -> tuple[Path, Gone]:
    """A ledger, kept outside, of an erasure that came after the backup; and what it erased."""
    items = everything(place.uri)["evidence"]
    item = items[0]
    gone = Gone(
        post=item["post"],
        source=item["source"],
        native_ids=(item["native_id"],),
        items=tuple(one["_id"] for one in items if one["post"] == item["post"]),
    )
    line = LedgerLine(
        gone=gone, at=datetime.now(UTC), seq=99, basis=str(Basis.SUBJECT), requester=str(Requester.VICTIM)
    )
    append_lines(folder / "erasures.jsonl", [line])
    return folder / "erasures.jsonl", gone


def ids_of(uri: str) -> dict[str, list[Any]]:
    """Ids of all documents by collection."""
    return {name: sorted(row["_id"] for row in rows) for name, rows in everything(uri).items()}


def texts_of(place: Place) -> list[bytes]:
    """Every posts' text that opens, posts alone."""
    found = everything(place.uri)
    cipher = cipher_of(
        next(row for row in found["meta"] if row["_id"] == "key"), Cipher(load_master_key(place.home / "master.key"))
    )
    return [
        cipher.open(Sealed(key=row["key"], text=row["sealed"]), f"{row['_id']} {row['revision']}")
        for row in found["posts"]
    ]


@pytest.mark.slow
def test_dump_destroy_restore_verify_replay(place: Practising, other: Practising, tmp_path: Path) -> None:
    """Counts are equal, the log verifies against a checkpoint from outside, what was erased stays erased."""
    place.crawl()
    before = ids_of(place.uri)
    outside = tmp_path / "outside.txt"
    assert 0 == place.call("evidence", "checkpoint", "--out", outside).code
    assert 0 == place.call("backup", tmp_path / "backup").code
    ledger, gone = erased(place, tmp_path)
    text = next(row for row in everything(place.uri)["posts"] if row["_id"] == gone.post)["sealed"]
    master = (place.home / "master.key").read_bytes()
    place.drop()
    shutil.rmtree(place.home)

    other.home.mkdir(mode=0o700)
    (other.home / "master.key").write_bytes(master)
    (other.home / "master.key").chmod(0o600)
    done = other.call("restore", tmp_path / "backup", "--checkpoint", outside, "--erasures", ledger, "--json")
    assert (0, 0, 1) == (done.code, done.rows[0]["lost"], done.rows[0]["erased_again"])
    assert 0 == other.call("evidence", "verify", "--checkpoint", outside).code

    after = ids_of(other.uri)
    assert {name: ids for name, ids in before.items() if name not in MOVED} == {
        name: ids for name, ids in after.items() if name not in MOVED
    }
    for name in ("posts", "near"):
        assert set(before[name]) - {gone.post} == set(after[name])
    found = everything(other.uri)
    items = [row for row in found["evidence"] if row["post"] == gone.post]
    assert items
    assert [] == [path for row in items for path in wrapped_keys(row)]
    assert [] == [name for name, rows in found.items() for row in rows if text in values(row)]
    assert len(after["posts"]) == len(texts_of(other))

    runs = other.crawl()
    assert {(0, 0)} == {(run["edited"], run["removed"]) for run in runs}
    assert len(after["posts"]) == len(everything(other.uri)["posts"])
    assert ids_of(other.uri)["evidence"] == after["evidence"]
    assert 0 == other.call("evidence", "verify", "--checkpoint", outside).code
    assert replace(gone).post in (other.home / "erasures.jsonl").read_text(encoding="utf-8")


def values(row: Document | list[Any]) -> list[Any]:
    """Values of a document, those within included."""
    found: list[Any] = []
    for value in row.values() if isinstance(row, dict) else row:
        found += values(value) if isinstance(value, dict | list) else [value]
    return found
