"""Manifests of backups, and restores that the log declares."""

from dataclasses import replace

import pytest

from evidence.backup import BackupFile, Manifest, declared_restore, read_manifest, restore_act
from evidence.case import Staff
from evidence.checkpoint import Note
from evidence.errors import StorageError
from evidence.verdict import Break, Damage, State
from tests.evidence.chain import KEY, NEW_KEY, Log, check

STAFF = Staff(actor="staff-0123456789ab", role="operator", session_id="session-1")
BACKUP = "ab" * 32


def manifest() -> Manifest:
    """Of a backup with one file."""
    note = Log(KEY, 3, 2).note()
    return Manifest(
        id="backup-1",
        made_at="2026-11-20T09:00:00.000Z",
        haechi="1",
        schema=5,
        files=(BackupFile(name="collections/posts.bson.zst", sha256="00" * 32, size_bytes=9, documents=0),),
        checkpoint=note.text,
        key=KEY.public.hex(),
    )


def test_a_manifest_is_read_as_it_was_signed() -> None:
    """All of it, the checkpoint of its log too."""
    made = manifest()
    assert made == read_manifest(made.content, made.sign(KEY))
    assert 5 == made.note.size


@pytest.mark.parametrize("place", range(0, len(manifest().content), 7))
def test_a_changed_byte_is_refused(place: int) -> None:
    """Wherever it stands."""
    made = manifest()
    content = bytearray(made.content)
    content[place] ^= 1
    with pytest.raises(StorageError):
        read_manifest(bytes(content), made.sign(KEY))


def test_another_key_or_form_is_refused() -> None:
    """The signature is that of the key that is named; a later form is told as such."""
    made = manifest()
    with pytest.raises(StorageError, match="its signature does not hold"):
        read_manifest(made.content, made.sign(NEW_KEY))
    with pytest.raises(StorageError, match="use a newer one"):
        read_manifest(made.content.replace(b"haechi backup 1", b"haechi backup 2"), b"")
    with pytest.raises(StorageError, match="holds no checkpoint"):
        _ = replace(made, checkpoint="none").note


class Disaster:
    """A log of five entries that was backed up, grew to nine, was lost, and was put back."""

    def __init__(self) -> None:
        self.put_back = Log(KEY, 3, 2)
        lost = self.put_back.copy()
        self.old = [lost.note(), lost.grow(2, "other").note(), lost.grow(2, "other").note()]
        last = self.old[-1]
        self.put_back.add([restore_act(STAFF, BACKUP, last.size, last.root)], KEY)
        self.lost = lost

    def verdict(self, *outside: Note) -> tuple[State, Break | None]:
        """Over the log that was put back."""
        found = check(self.put_back.blocks, outside)
        return found.state, found.found


RESTORED = Break(damage=Damage.RESTORED, seq=5, until=8, what=BACKUP[:16])


@pytest.mark.parametrize("grown", [0, 3, 9])
def test_a_checkpoint_of_lost_entries_names_the_restore(grown: int) -> None:
    """However far the log has grown since: two histories, and the entry that says why."""
    disaster = Disaster()
    if grown:
        disaster.put_back.grow(grown)
    _, within, last = disaster.old
    assert (State.TWO_HISTORIES, RESTORED) == disaster.verdict(last)
    assert (State.TWO_HISTORIES, RESTORED) == disaster.verdict(within)
    assert (State.TWO_HISTORIES, RESTORED) == disaster.verdict(*disaster.old, disaster.put_back.note())


def test_checkpoints_from_before_and_after_hold() -> None:
    """The restore is told with them, and how much was lost."""
    disaster = Disaster()
    before, new = disaster.old[0], disaster.put_back.grow(4).note()
    found = check(disaster.put_back.blocks, [before, new])
    assert (State.INTACT, None, new.size) == (found.state, found.found, found.anchored)
    (restored,) = found.restored
    assert (5, BACKUP, 9, 4) == (restored.seq, restored.backup, restored.size, restored.lost)


def test_what_the_restore_does_not_declare_is_no_excuse() -> None:
    """A checkpoint beyond the lost history, or another one of its size, is a plain contradiction."""
    disaster = Disaster()
    beyond = disaster.lost.grow(1, "other").note()
    assert disaster.verdict(beyond)[1] == Break(damage=Damage.CUT, seq=6, until=9, what="10")
    rival = Log(KEY, 3, 2).grow(4, "rival").note()
    assert disaster.verdict(rival)[1] == Break(damage=Damage.CUT, seq=6, until=8, what="9")
    disaster.put_back.grow(4)
    state, found = disaster.verdict(rival)
    assert found
    assert (State.TWO_HISTORIES, Damage.FORKED) == (state, found.damage)
    state, found = disaster.verdict(disaster.old[-1], rival)
    assert found
    assert Damage.FORKED is found.damage  # what is undeclared comes first


def test_the_last_checkpoint_may_be_by_a_key_that_was_lost() -> None:
    """The log commits to it, though it never learnt of the change of keys."""
    put_back = Log(KEY, 3, 2)
    last = put_back.copy().rotate().grow(2).note()
    put_back.add([restore_act(STAFF, BACKUP, last.size, last.root)], KEY).grow(8)
    found = check(put_back.blocks, [last])
    assert (State.TWO_HISTORIES, last.size - 1) == (found.state, found.found and found.found.until)
    unknown = Log(KEY, 3, 2).rotate().grow(2, "rival").note()
    assert State.UNREADABLE is check(put_back.blocks, [unknown]).state


def test_a_restore_without_a_checkpoint_declares_no_loss() -> None:
    """Nothing is claimed that nobody knew."""
    put_back = Log(KEY, 3, 2).add([restore_act(STAFF, BACKUP, 0, b"")], KEY)
    (restored,) = check(put_back.blocks).restored
    assert (0, 0) == (restored.size, restored.lost)


@pytest.mark.parametrize("change", [{"reason_code": "many"}, {"commit": 7}, {"target_type": "key"}, {"action": "seal"}])
def test_other_entries_declare_nothing(change: dict[str, object]) -> None:
    """Nor do those of the same name that make no sense."""
    entry = {"seq": 5, "ts": "t", "action": "restore", "target_type": "backup", "target_id": BACKUP}
    entry |= {"reason_code": "9", "commit": "ab" * 32}
    assert declared_restore(entry)
    assert declared_restore({**entry, **change}) is None
