"""``haechi backup`` and ``haechi restore``: what is put back, what is refused, and what the log says of it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.backup import read_manifest
from evidence.keys import read_key
from storage.schema import SCHEMA_VERSION
from tests.crawler.restoring import Place, beside
from tests.storage.making import everything


@pytest.fixture
def place(tmp_path: Path, own_database: str) -> Iterator[Place]:
    """An installation whose log has four entries."""
    made = Place(home=tmp_path / "home", uri=own_database)
    made.home.mkdir(mode=0o700)
    made.record(1, 2, 3)
    yield made
    made.drop()


@pytest.fixture
def other(place: Place) -> Iterator[Place]:
    """An empty one with the same master key."""
    made = beside(place, "other").with_key_of(place)
    yield made
    made.drop()


@pytest.fixture
def backup(place: Place) -> Path:
    """A backup of it; the log has five entries then."""
    out = place.home.parent / "backups" / "monday"
    assert 0 == place.call("backup", out).code
    return out


@pytest.mark.slow
def test_a_backup_is_put_back_with_its_log(place: Place, other: Place, backup: Path) -> None:
    """Into a new data directory with nothing but the master key: the log goes on, and says what was done."""
    done = other.call("restore", backup, "--checkpoint", place.home / "custody-checkpoints.txt", "--json")
    (row,) = done.rows
    assert (0, 5, 5, 0) == (done.code, row["entry"], row["log_size_before"], row["lost"])
    verified = other.call("evidence", "verify", "--checkpoint", place.home / "custody-checkpoints.txt")
    assert (0, True) == (verified.code, f"the backup {row['manifest'][:16]} was put back; no lost" in verified.out)
    before, after = everything(place.uri), everything(other.uri)
    assert before["custody"] == after["custody"][:-1]
    assert (place.home / "custody.key").read_bytes() == (other.home / "custody.key").read_bytes()


@pytest.mark.slow
def test_entries_that_were_lost_stay_known_to_be_lost(place: Place, backup: Path) -> None:
    """Checkpoints of the lost history say two histories and name the restore; those from now on hold."""
    place.record(4, 5)
    outside = place.home.parent / "outside.txt"
    shutil.copy(place.home / "custody-checkpoints.txt", outside)
    place.drop()
    done = place.call("restore", backup, "--checkpoint", outside, "--json").rows[0]
    assert (5, 7, 2) == (done["entry"], done["log_size_before"], done["lost"])
    assert outside.read_text(encoding="utf-8") == Path(done["old_checkpoints"]).read_text(encoding="utf-8")
    for _ in range(2):  # also when the log has grown beyond the lost one
        old = place.call("evidence", "verify", "--checkpoint", outside)
        assert (4, True) == (old.code, "as entry 5 declares: entries 5-6 of the history before were lost" in old.out)
        new = place.call("evidence", "verify", "--checkpoint", place.home / "custody-checkpoints.txt")
        assert (0, True) == (new.code, "2 entries that the log had before, 5-6, were lost" in new.out)
        place.record(6, 7, 8)


@pytest.mark.slow
def test_a_backup_of_another_history_is_refused(place: Place, backup: Path) -> None:
    """Where the backup and a checkpoint contradict each other, nothing is written."""
    twin = beside(place, "twin").with_key_of(place)
    assert 0 == twin.call("restore", backup).code
    twin.record(20)
    second = place.home.parent / "second"
    assert 0 == twin.call("backup", second).code
    place.record(4, 5, 6, 7)
    outside = place.home.parent / "outside.txt"
    assert 0 == place.call("evidence", "checkpoint", "--out", outside).code
    place.record(8)
    third = place.home.parent / "third"
    assert 0 == place.call("backup", third).code
    twin.drop()
    refused = twin.call("restore", third, "--checkpoint", twin.home / "custody-checkpoints.txt")
    assert (1, True) == (refused.code, "the backup's log and a checkpoint contradict each other" in refused.err)
    assert {} == {name: rows for name, rows in everything(twin.uri).items() if rows}


@pytest.mark.slow
def test_a_folder_that_is_not_empty_is_refused(place: Place, tmp_path: Path) -> None:
    """Nothing is mixed with another backup, and nothing is left lying about."""
    out = tmp_path / "full"
    out.mkdir()
    (out / "letter.txt").touch()
    refused = place.call("backup", out)
    assert (2, f"{out} is there already and is not empty: give each backup a folder of its own\n") == (
        refused.code,
        refused.err,
    )
    assert ["letter.txt"] == [path.name for path in out.iterdir()]


@pytest.mark.slow
def test_what_was_left_by_a_killed_backup_is_replaced(place: Place, tmp_path: Path) -> None:
    """A half-written folder is never taken for a backup; one with something of others is left alone."""
    out, making = tmp_path / "monday", tmp_path / "monday.partial"
    (making / "collections").mkdir(parents=True)
    assert 2 == place.call("restore", making).code
    (making / "letter.txt").touch()
    assert "letter.txt, which no backup wrote" in place.call("backup", out).err
    (making / "letter.txt").unlink()
    assert (0, False) == (place.call("backup", out).code, making.exists())


@pytest.mark.slow
def test_what_a_backup_holds(place: Place, backup: Path) -> None:
    """No master key, no wrapped key beside a text; what is not within is said on the last line."""
    files = {path: path.read_bytes() for path in backup.rglob("*") if path.is_file()}
    master = (place.home / "master.key").read_bytes()
    assert [] == [path for path, content in files.items() if master in content]
    assert {0o600} == {path.stat().st_mode & 0o777 for path in files}
    again = place.call("backup", backup.with_name("tuesday"))
    assert again.out.splitlines()[-1].startswith("not in it: the master key, Telegram session files")


def changed(file: Path) -> None:
    """One bit in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


FAULTS = {
    "collections/custody.bson.zst": "the backup was changed",
    "keys/meta.bson.zst": "the backup was changed",
    "files/custody-checkpoints.txt": "the backup was changed",
    "manifest.json": "manifest.json",
    "manifest.sig": "manifest.json was changed: its signature does not hold",
}


@pytest.mark.slow
def test_any_fault_is_found_before_anything_is_written(place: Place, other: Place, backup: Path) -> None:
    """A changed byte, a missing file, a file too many; the store stays empty."""
    for name, said in FAULTS.items():
        kept = (backup / name).read_bytes()
        changed(backup / name)
        refused = other.call("restore", backup)
        assert (1, True) == (refused.code, said in refused.err), name
        (backup / name).unlink()
        refused = other.call("restore", backup)
        assert refused.code in (1, 2), name
        assert str(backup / name) in refused.err
        (backup / name).write_bytes(kept)
    stranger = backup / "collections" / "stranger.bson.zst"
    stranger.touch()
    assert f"its manifest does not name {stranger}" in other.call("restore", backup).err
    assert {} == everything(other.uri)


@pytest.mark.slow
def test_keys_may_lie_elsewhere(place: Place, other: Place, backup: Path) -> None:
    """Without them nothing is put back, and the message says how to name their folder."""
    apart = backup.with_name("keys-of-monday")
    (backup / "keys").rename(apart)
    refused = other.call("restore", backup)
    assert (1, True) == (refused.code, "name their folder with --keys" in refused.err)
    assert 0 == other.call("restore", backup, "--keys", apart).code


@pytest.mark.slow
def test_another_or_no_master_key_is_refused(place: Place, other: Place, backup: Path) -> None:
    """Nothing is written, and none is made in place of the one that is missing."""
    (other.home / "master.key").write_bytes(bytes(32))
    assert "another master key" in other.call("restore", backup).err
    (other.home / "master.key").unlink()
    missing = other.call("restore", backup)
    assert (2, True) == (missing.code, "put your copy of the master key back first" in missing.err)
    assert ({}, False) == (everything(other.uri), (other.home / "master.key").exists())


@pytest.mark.slow
def test_only_an_empty_store_is_filled(place: Place, other: Place, backup: Path) -> None:
    """One that was looked at is empty; one that holds anything is not."""
    refused = place.call("restore", backup)
    assert (2, "this store is not empty (custody): a backup is put back into an empty one only\n") == (
        refused.code,
        refused.err,
    )
    other.call("doctor")
    assert 0 == other.call("restore", backup).code


@pytest.mark.slow
def test_a_newer_schema_is_refused(place: Place, other: Place, backup: Path) -> None:
    """A backup of a later Haechi is not read with half an understanding."""
    manifest = read_manifest(
        (backup / "manifest.json").read_bytes(), bytes.fromhex((backup / "manifest.sig").read_text().strip())
    )
    newer = replace(manifest, schema=SCHEMA_VERSION + 1)
    (backup / "manifest.json").write_bytes(newer.content)
    (backup / "manifest.sig").write_text(newer.sign(read_key(place.home / "custody.key")).hex())
    refused = other.call("restore", backup)
    said = f"the backup has schema {SCHEMA_VERSION + 1}, this Haechi knows {SCHEMA_VERSION}: use a newer one"
    assert (1, f"haechi: {said}\n") == (refused.code, refused.err)
