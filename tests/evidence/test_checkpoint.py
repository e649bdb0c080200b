"""Checkpoints as text: written, read, kept; and the file of the key that signs them."""

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.checkpoint import append_note, last_note, parse_notes, read_notes
from evidence.errors import ConfigError
from evidence.keys import load_key, new_key, read_key, write_key
from tests.evidence.chain import KEY, THIEF, Log


def test_a_note_is_text_that_others_can_check() -> None:
    """Origin, size, root, time; then a signature line as C2SP's signed-note has it."""
    log = Log(KEY, 3)
    origin, size, root, at, blank, signature = log.note().text.splitlines()
    assert (f"haechi/{log.head.log}", "3", "2026-11-20T09:00:01.000Z", "") == (origin, size, at, blank)
    assert log.head.root == base64.b64decode(root)
    dash, name, signed = signature.split(" ")
    assert ("—", origin, 4 + 64) == (dash, name, len(base64.b64decode(signed)))


def test_notes_are_read_as_they_were_written(tmp_path: Path) -> None:
    """One after the other; the file only grows, and is its owner's alone."""
    log, file = Log(KEY), tmp_path / "notes"
    assert last_note(file) is None
    notes = [log.grow(2).note() for _ in range(30)]
    for note in notes:
        append_note(file, note)
    assert (tuple(notes), 0) == (read_notes(file).notes, read_notes(file).rest)
    assert notes[-1] == last_note(file)
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_a_note_that_a_power_cut_broke_off_is_passed_over(tmp_path: Path) -> None:
    """The next one is written behind it and read; what is left over is counted."""
    file, log = tmp_path / "notes", Log(KEY, 1)
    first = log.note()
    append_note(file, first)
    with open(file, "a", encoding="utf-8") as torn:
        torn.write(log.grow(1).note().text[:60])
    second = log.grow(1).note()
    append_note(file, second)
    found = read_notes(file)
    assert ((first, second), 60) == (found.notes, found.rest)


NOTE = Log(KEY, 3).note()


@settings(max_examples=60)
@given(st.integers(0, len(NOTE.text) - 1), st.characters(min_codepoint=32, max_codepoint=126))
def test_no_changed_character_leaves_a_note_that_is_signed(place: int, character: str) -> None:
    """It is no note any more, or not of this log, or its signature does not hold."""
    changed = NOTE.text[:place] + character + NOTE.text[place + 1 :]
    if changed != NOTE.text:
        assert [] == [
            note for note in parse_notes(changed).notes if note.is_signed_by(KEY.public) and note.log == NOTE.log
        ]


def test_only_the_key_of_the_log_signs() -> None:
    """Another key's signature is another's."""
    assert NOTE.is_signed_by(KEY.public)
    assert not NOTE.is_signed_by(THIEF.public)
    assert not NOTE.is_signed_by(b"no key")


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read: No such file"), (b"\xff", "is no text: expected")]
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, said: str) -> None:
    """With its file."""
    file = tmp_path / "notes"
    if content:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=said) as caught:
        read_notes(file)
    assert str(file) in str(caught.value)


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """For its owner alone; another process that comes at the same time keeps to it."""
    file = tmp_path / "custody.key"
    key = load_key(file)
    write_key(file, new_key())
    assert key == load_key(file) == read_key(file)
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert [file] == list(tmp_path.iterdir())
    assert key.secret.hex() not in repr(key)


def test_a_bad_key_is_refused(tmp_path: Path) -> None:
    """Readable by others, of another length, absent."""
    file = tmp_path / "custody.key"
    with pytest.raises(ConfigError, match="custody key: cannot read"):
        read_key(file)
    file.write_bytes(b"short")
    with pytest.raises(ConfigError, match="others may read"):
        read_key(file)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="has 5 bytes; expected a key of 32"):
        read_key(file)
    with pytest.raises(ConfigError, match="custody key: cannot write"):
        load_key(tmp_path / "nowhere" / "custody.key")
