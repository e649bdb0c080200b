"""``verify.py`` finds every change of a package, by itself and on bare Python."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.checkpoint import Note, sign_head
from evidence.keys import SigningKey
from evidence.package import build
from evidence.package.proofs import public_pem
from evidence.verifier import shipped
from evidence.verifier.check import BROKEN, INTACT, NOT_ANCHORED, TWO_HISTORIES, UNREADABLE, check
from evidence.verifier.log import read_notes
from evidence.verifier.run import main
from tests.evidence.chain import THIEF, Log
from tests.evidence.packing import ID, PACKAGE_KEY, contents, item, package_log, rebuild, write

PAYLOAD = "data/items/1900000001-1-1/item.json"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package for the police."""
    return write(tmp_path, contents())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that each test puts back as it was."""
    return write(tmp_path_factory.mktemp("shared"), contents(rotates=True, items=(item(entry=3),)))


def run(root: Path, *arguments: str) -> tuple[int, str]:
    """``python3 verify.py`` without any package of anybody, as a stranger would."""
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert "" == ended.stderr
    return ended.returncode, ended.stdout


# ------------------------------------------------------------------ whole packages


@pytest.mark.parametrize("profile", ["police", "regulator", "victim-support", "education-office", "ministry"])
@pytest.mark.parametrize("rotates", [False, True])
def test_a_whole_package_is_intact(tmp_path: Path, profile: str, rotates: bool) -> None:
    """Of every profile, and where the log changed its key."""
    code, said = check(write(tmp_path, contents(profile, rotates=rotates)), [])
    assert (INTACT, "✓ intact") == (code, said[0][:8])


def test_bare_python_is_enough(package: Path) -> None:
    """Without site packages; it says that it checked signatures itself, and leaves nothing behind."""
    before = sorted(package.rglob("*"))
    code, said = run(package)
    assert (INTACT, True) == (code, "cryptography is not installed" in said)
    assert before == sorted(package.rglob("*"))


def test_the_shipped_file_needs_only_python() -> None:
    """It is one file that imports nothing of ours."""
    text = shipped().decode()
    assert "evidence.verifier" not in text
    assert text.startswith("#!/usr/bin/env python3\n")
    compile(text, "verify.py", "exec")


# ------------------------------------------------------------------ changes


def everything(root: Path) -> list[Path]:
    """All files of a package, the signature included."""
    return [*sorted(path for path in root.rglob("*") if path.is_file()), root.parent / f"{root.name}.sig"]


def changed(root: Path, path: Path, at: int, by: int) -> tuple[int, bool]:
    """The exit code with one byte changed, and whether the file is named; afterwards all is as it was."""
    whole = path.read_bytes()
    other = bytearray(whole)
    other[at] ^= by
    path.write_bytes(other)
    code, said = check(root, [])
    path.write_bytes(whole)
    return code, any(path.name in line for line in said[1:])


def test_a_changed_byte_is_found_and_named(shared: Path) -> None:
    """In the middle of any file."""
    found = {
        path.name: changed(shared, path, path.stat().st_size // 2, 1)
        for path in everything(shared)
        if path.stat().st_size
    }
    assert dict.fromkeys(found, (BROKEN, True)) == found


@pytest.mark.slow
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picked=st.data())
def test_any_one_changed_byte_is_found_and_named(shared: Path, picked: st.DataObject) -> None:
    """Anywhere in any file, changed to anything."""
    path = picked.draw(st.sampled_from([path for path in everything(shared) if path.stat().st_size]))
    at, by = picked.draw(st.integers(0, path.stat().st_size - 1)), picked.draw(st.integers(1, 255))
    assert (BROKEN, True) == changed(shared, path, at, by)


def test_any_removed_file_is_found_and_named(shared: Path) -> None:
    """Each one, the signature included."""
    for path in everything(shared):
        whole = path.read_bytes()
        path.unlink()
        code, said = check(shared, [])
        path.write_bytes(whole)
        assert BROKEN == code
        assert any(line.endswith("is missing") or "is missing" in line for line in said if path.name in line)


@pytest.mark.parametrize("name", ["note.txt", "data/items/more.json", "data/custody/inclusion/99.json", ".hidden"])
def test_any_added_file_is_found_and_named(package: Path, name: str) -> None:
    """Also beside ``data/``, where a bag alone would let it pass."""
    (package / name).write_text("x")
    assert (BROKEN, ["✗ broken / 훼손됨", f"  {name}: was added"]) == check(package, [])


def test_a_link_is_no_file(package: Path) -> None:
    """A symbolic link could show something else tomorrow."""
    (package / "data/link").symlink_to("/etc/hostname")
    assert (BROKEN, ["✗ broken / 훼손됨", "  data/link: is no plain file"]) == check(package, [])


@pytest.mark.parametrize("name", ["data/items.csv", PAYLOAD, "data/report.html", "verify.py", "data/package.json"])
def test_rebuilt_lists_do_not_help(package: Path, name: str) -> None:
    """Whoever changes a file and makes all lists anew cannot sign them."""
    path = package / name
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1) + b"\n")
    rebuild(package)
    code, said = check(package, [])
    assert (BROKEN, True) == (code, any(f"{package.name}.sig: does not sign" in line for line in said))


def test_a_changed_item_is_named_even_where_all_was_made_anew(package: Path) -> None:
    """The log's commitment tells which one."""
    (package / PAYLOAD).write_bytes((package / PAYLOAD).read_bytes().replace("가나다".encode(), "라마바".encode()))
    rebuild(package)
    _, said = check(package, [])
    assert f"  {PAYLOAD}: is not what was sealed as entry 3" in said


def test_another_key_is_not_the_one_that_the_log_names(package: Path) -> None:
    """Signed anew by a thief who put his own key in."""
    (package / "data/custody/keys/package.pub").write_bytes(public_pem(THIEF.public))
    rebuild(package)
    signature = THIEF.sign((package / "tagmanifest-sha512.txt").read_bytes())
    (package.parent / f"{package.name}.sig").write_bytes(signature)
    expected = ["✗ broken / 훼손됨", "  data/custody/keys/package.pub: the log names no such key"]
    assert (BROKEN, expected) == check(package, [])


def signed_anew(folder: Path, **changes: Any) -> list[str]:
    """What is said of a package with a changed log part, signed by whoever holds the package's key."""
    made = contents(rotates=True)
    root = write(folder, replace(made, log=replace(made.log, **changes)))
    code, said = check(root, [])
    assert BROKEN == code
    return said[1:]


def test_an_entry_that_is_not_in_the_checkpoint_is_found(tmp_path: Path) -> None:
    """Slipped in by the holder of the package's key."""
    log = contents(rotates=True).log
    forged = replace(log.entries[2], line=log.entries[2].line.replace(b"item-2", b"item-7"))
    said = signed_anew(tmp_path, entries=(*log.entries[:2], forged, *log.entries[3:]))
    assert ["  data/custody/entries.jsonl: entry 2 does not stand in the checkpoint"] == said


def test_a_checkpoint_of_a_stranger_is_found(tmp_path: Path) -> None:
    """Its key is not in force in this log."""
    log, _ = package_log("police", contents(rotates=True).items, rotates=True)
    said = signed_anew(tmp_path, note=sign_head(log.head, THIEF, log.now))
    assert ["  data/custody/checkpoint.txt: is not signed by the log's key"] == said


def test_a_change_of_keys_that_nobody_signed_is_found(tmp_path: Path) -> None:
    """By the old key and by the new one."""
    (rotation,) = contents(rotates=True).log.rotations
    forged = replace(rotation, signatures=(rotation.signatures[1], rotation.signatures[1]))
    said = signed_anew(tmp_path, rotations=(forged,))
    assert ["  data/custody/rotations.json: the change of keys at entry 5 does not hold"] == said


def test_an_earlier_checkpoint_of_another_history_is_found(tmp_path: Path) -> None:
    """The log did not grow out of it."""
    log = contents(rotates=True).log
    forged = replace(log.earlier[0], note=replace(log.earlier[0].note, root=bytes(32)))
    said = signed_anew(tmp_path, earlier=(forged, *log.earlier[1:]))
    assert ["  data/custody/consistency.json: the log did not grow out of its checkpoint of 5"] == said


def test_an_item_under_another_items_entry_is_found(tmp_path: Path) -> None:
    """Each item has its own."""
    one, two = item(1, entry=3), item(2, entry=4)
    made = contents(items=(one, two))
    root = write(tmp_path, replace(made, items=(replace(one, entry=4), replace(two, entry=3))))
    assert (BROKEN, ["✗ broken / 훼손됨", "  data/package.json: entry 4 does not seal 1900000001:1:1"]) == check(
        root, []
    )


# ------------------------------------------------------------------ checkpoints from outside


def outside(tmp_path: Path, *notes: Note) -> list[str]:
    """A file of checkpoints, as arguments."""
    (tmp_path / "held.txt").write_text("\n".join(note.text for note in notes))
    return ["--checkpoint", str(tmp_path / "held.txt")]


def forked(log: Log) -> Note:
    """What the same key signed at the same size over something else."""
    return sign_head(replace(log.head, peaks=(bytes(32),)), log.key, log.now)


def test_checkpoints_from_outside(tmp_path: Path, package: Path) -> None:
    """The same history, one that cannot be compared, another history, another log, a changed one."""
    log, notes = package_log("police", contents().items)
    for held, code in (
        (log.note(), INTACT),
        (notes[0], INTACT),
        (log.copy().grow(1).note(), NOT_ANCHORED),
        (forked(log), TWO_HISTORIES),
        (Log(THIEF, 3).note(), BROKEN),
        (replace(log.note(), size=2), UNREADABLE),
    ):
        assert code == check(package, read_notes(held.text))[0]
    assert INTACT == run(package, *outside(tmp_path, log.note()))[0]


def test_what_cannot_be_read_is_said(tmp_path: Path, package: Path) -> None:
    """No file of checkpoints, or no package."""
    assert UNREADABLE == main(["--package", str(package), "--checkpoint", str(tmp_path / "missing.txt")])
    assert UNREADABLE == main(["--package", str(package), *outside(tmp_path)])
    assert UNREADABLE == main(["--package", str(tmp_path)])


# ------------------------------------------------------------------ the same bytes


def test_the_same_values_give_the_same_bytes() -> None:
    """Built twice; the order of what goes in does not matter."""
    made = contents()
    turned = replace(made, reports=dict(sorted(made.reports.items(), reverse=True)))
    assert build(made) == build(turned)
    assert list(build(made)) == sorted(build(made))


def test_a_key_of_another_package_does_not_sign_this_one(tmp_path: Path) -> None:
    """The signature beside it is checked with the key inside."""
    root = write(tmp_path, contents(), SigningKey(secret=bytes([8]) * 32))
    assert BROKEN == check(root, [])[0]
    assert ID.format("police") == root.name
    assert PACKAGE_KEY.public != SigningKey(secret=bytes([8]) * 32).public
