"""A restore: a backup is put back into an empty installation, and the log says so.

What the log had got after the backup, by the newest checkpoint from outside, is lost, and stays known
to be lost: the first entry after those of the backup commits to that checkpoint.
"""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from channels.shown_ids import ids_in
from config.settings import Settings
from crawler.assemble import now
from crawler.backing_up import kept_apart, put_beside, put_keys
from crawler.staff import staff_here
from evidence.backup import Manifest, restore_act
from evidence.checkpoint import Files, Note, parse_notes, read_notes
from evidence.cipher import load_cipher
from evidence.custody import Head
from evidence.errors import ConfigError, CustodyBroken
from evidence.verify import Verification
from storage.backup import FILES, Told
from storage.custody import open_custody
from storage.custody_blocks import read_blocks
from storage.erasure_ledger import LEDGER, append_lines, read_ledger
from storage.erasure_replay import replay
from storage.mongo import Store, connected
from storage.restore import Backup, begin_restore, end_restore, load, mark_restore, open_backup


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a restore is made from."""

    backup: Path
    keys: Path | None = None
    """Folder of the backup's wrapped keys, where they were kept apart."""
    checkpoints: tuple[Path, ...] = ()
    """Kept outside of the installation."""
    erasures: tuple[Path, ...] = ()
    """Ledgers of erasures kept outside of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """A restore that is done."""

    manifest: Manifest
    entry: int
    """Of the log, that says so."""
    last: Note | None
    """The newest checkpoint from outside of the backup; None where none was known."""
    aside: Path | None
    """Where the checkpoints of the history that was lost are kept."""
    erased: int
    """Posts that had come back and are gone again."""
    has_ledger: bool
    """Whether any ledger of erasures was found."""
    damaged: int
    """Lines of ledgers that could not be read."""

    @property
    def lost(self) -> int:
        """Entries of the log that were lost, as far as known."""
        return max(0, self.last.size - self.entry) if self.last else 0


async def put_back(settings: Settings, uri: str, given: Given, told: Told) -> PutBack:
    """Put a backup back; when this returns, the store may be used.

    Raises:
        ConfigError: no backup, another master key, a store that is not empty, no ledger where one is named.
        StorageError: a file of the backup is missing or was changed, or it is of a newer Haechi.
        CustodyBroken: the backup's log does not hold, or contradicts a checkpoint.
    """
    backup = open_backup(given.backup, given.keys, told)
    cipher = backup.cipher(load_cipher(settings.master_key, is_new=False))
    files = Files(folder=settings.data_dir)
    notes = _notes(given, files, backup)
    verification = backup.log(notes)
    head = _head(verification, notes)
    ledgers = _ledgers(given, backup, settings.data_dir)
    newest = max((note for note in notes if not verification.lost(note)), key=lambda note: note.size, default=None)
    async with connected(uri, cipher) as store:
        begun = await begin_restore(store, backup.manifest.sha256, {"last": newest.text if newest else ""}, now())
        last = next(iter(parse_notes(begun["last"]).notes), None)
        await load(store, backup, told)
        put_keys(backup, cipher, settings.data_dir, head.key)
        put_beside(backup, settings.data_dir)
        if "aside" not in begun:
            begun["aside"] = _set_aside(files, verification)
            await mark_restore(store, {"aside": begun["aside"]})
        await _verify(store, verification, notes)
        entry = await _declare(store, files, backup.manifest, last)
        erased = await _erase_again(store, ledgers, settings.data_dir)
        await end_restore(store)
    return PutBack(
        manifest=backup.manifest,
        entry=entry,
        last=last,
        aside=files.folder / begun["aside"] if begun["aside"] else None,
        erased=erased,
        has_ledger=bool(ledgers),
        damaged=sum(read_ledger(path).damaged for path in ledgers),
    )


def _notes(given: Given, files: Files, backup: Backup) -> list[Note]:
    """Checkpoints from outside of the database: those given, those that are here, those that went with the backup."""
    notes = list[Note]()
    for path in given.checkpoints:
        found = read_notes(path)
        if found.rest or not found.notes:
            raise ConfigError(f"{path} is damaged, or holds no checkpoint as `haechi evidence checkpoint` prints it")
        notes += found.notes
    own = (files.notes, backup.folder / FILES / files.notes.name)
    return notes + [note for path in own if path.exists() for note in read_notes(path).notes]


def _head(verification: Verification, notes: Sequence[Note]) -> Head:
    head = verification.head
    if head is None:
        raise CustodyBroken(0, "the backup holds no log")
    for note in notes:
        if note.log != head.log:
            raise ConfigError(
                f"the checkpoint of {note.size:,} entries is of the log {note.log}, the backup's is {head.log}:"
                " it is of another installation"
            )
    return head


def _ledgers(given: Given, backup: Backup, data_dir: Path) -> list[Path]:
    """Files with erasures: those named, the one that is here, and the one that went with the backup."""
    for path in given.erasures:
        if not path.exists():
            raise ConfigError(f"--erasures: there is no {path}")
    own = [data_dir / LEDGER, backup.folder / FILES / LEDGER]
    return [*given.erasures, *(path for path in own if path.exists())]


def _set_aside(files: Files, verification: Verification) -> str:
    """Keep our own file of checkpoints under another name where it goes on beyond the log that is put back.

    Returns:
        Its name; empty where all of it holds.
    """
    own = read_notes(files.notes).notes if files.notes.exists() else ()
    held = [note for note in own if note.size <= verification.size and not verification.lost(note)]
    return kept_apart(held, files, max(note.size for note in own)).name if len(held) < len(own) else ""


async def _verify(store: Store, backed_up: Verification, notes: Sequence[Note]) -> None:
    """Read the log in the store from end to end, as it will be used.

    Raises:
        CustodyBroken: it is not what the backup holds.
    """
    stored = Verification([note for note in notes if note.size <= backed_up.size and not backed_up.lost(note)])
    async with aclosing(read_blocks(store)) as blocks:
        async for block in blocks:
            if not stored.add(block):
                break
    found = stored.end().found
    if found is not None or stored.size < backed_up.size:
        raise CustodyBroken(found.seq if found else stored.size, "the log was not put back as the backup holds it")


async def _declare(store: Store, files: Files, manifest: Manifest, last: Note | None) -> int:
    """The entry that says what was put back, and how far the log had grown before."""
    act = restore_act(staff_here(store.cipher), manifest.sha256, last.size if last else 0, last.root if last else b"")
    async with open_custody(store, now, files) as custody:
        (seq,) = await custody.record(act)
    return seq


async def _erase_again(store: Store, ledgers: Sequence[Path], data_dir: Path) -> int:
    """What was erased before or after the backup is erased here too, and our own ledger knows of all of it."""
    erased = 0
    for path in ledgers:
        ledger = read_ledger(path)
        erased += await replay(store, ledger, ids_in, now)
        known = set(read_ledger(data_dir / LEDGER).lines)
        append_lines(data_dir / LEDGER, [line for line in ledger.lines if line not in known])
    return erased
