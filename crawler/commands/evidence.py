"""``haechi evidence``: prove that the chain of custody is what it was."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import click

from config.settings import Settings, load_settings
from crawler.assemble import evidence_store, now
from crawler.commands.evidence_access import access
from crawler.commands.evidence_erase import erase, find, holds
from crawler.commands.evidence_export import export, open_sealed
from crawler.commands.evidence_item import show
from crawler.database import database, make_data_dir
from crawler.output import print_json, set_up_logging, stderr, stdout
from crawler.stamping import anchored, stamp
from crawler.verdicts import say, verdict_row
from evidence.checkpoint import Files, Note, append_note, read_notes
from evidence.custody import moment
from evidence.errors import ConfigError, CustodyBroken, HaechiError
from evidence.keys import NEXT, read_key
from evidence.verdict import Break, Damage, State, Verdict
from evidence.verify import Verification
from storage.custody_blocks import read_blocks
from storage.custody_lease import make_checkpoint
from storage.mongo import Store


@click.group()
def evidence() -> None:
    """Prove that nothing in the chain of custody was changed, cut off or slipped in."""


evidence.add_command(show)
evidence.add_command(export)
evidence.add_command(access)
evidence.add_command(open_sealed)
evidence.add_command(erase)
evidence.add_command(find)
evidence.add_command(holds)


@evidence.command()
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Checkpoints kept outside of this installation; may be repeated. Example: --checkpoint monday.txt",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON. Example: haechi evidence verify --json")
def verify(checkpoints: tuple[Path, ...], as_json: bool) -> int:
    """Read the whole log and say whether it holds.

    Exit codes: 0 intact, 2 broken, 3 intact but not anchored (no checkpoint from outside was given),
    4 two histories, 5 unreadable.
    """
    set_up_logging()
    try:
        settings = load_settings()
        verdict = _verify(settings, checkpoints)
    except HaechiError as problem:
        click.echo(f"haechi: {problem}", err=True)
        return State.UNREADABLE.exit_code
    if as_json:
        print_json(verdict_row(verdict))
    else:
        for line in say(verdict, settings.lang):
            stdout.print(line, markup=False)
    return verdict.state.exit_code


@evidence.command()
@click.option("--out", type=click.Path(path_type=Path), help="Add it to this file too. Example: --out /mnt/usb/log.txt")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. Example: haechi evidence checkpoint --json")
def checkpoint(out: Path | None, as_json: bool) -> int:
    """Sign the log as it stands and print the checkpoint, to be kept somewhere else."""
    set_up_logging()
    settings = load_settings()
    note = _checkpoint(settings)
    if note is None:
        raise ConfigError("the log has no entries yet: there is nothing to sign")
    if out is not None:
        append_note(out, note)
    for problem in asyncio.run(_stamp(note, settings)):
        click.echo(f"not stamped: {problem}", err=True)
    if as_json:
        row = {"log": note.log, "size": note.size, "root": note.root.hex(), "at": moment(note.at), "note": note.text}
        print_json(row)
    else:
        click.echo(note.text, nl=False)
    return 0


async def _stamp(note: Note, settings: Settings) -> tuple[str, ...]:
    """What keeps the authorities from stamping a checkpoint; nothing where all did, or none is set."""
    files = Files(folder=settings.data_dir)
    return await stamp(note, files, settings.authorities, settings.contact, allow_loopback=settings.allow_loopback)


def _checkpoint(settings: Settings) -> Note | None:
    async def sign(uri: str) -> Note | None:
        async with evidence_store(settings, uri) as store:
            return await make_checkpoint(store, Files(folder=settings.data_dir), now())

    make_data_dir(settings)
    with database(settings) as uri:
        return asyncio.run(sign(uri))


def _verify(settings: Settings, checkpoints: Sequence[Path]) -> Verdict:
    """The verdict over the stored log.

    Raises:
        HaechiError: it cannot be read, or a file of checkpoints cannot.
    """
    own = _own(settings)
    outside = [
        *(note for path in checkpoints for note in _given(path)),
        *anchored(own, Files(folder=settings.data_dir)),
    ]
    verification = Verification(outside, own, _own_keys(settings))

    async def look(uri: str) -> None:
        async with evidence_store(settings, uri) as store:
            await feed(store, verification)

    with database(settings) as uri:
        asyncio.run(look(uri))
    return verification.end()


async def feed(store: Store, verification: Verification) -> None:
    """Let the stored log pass through a verification."""
    async with aclosing(read_blocks(store)) as blocks:
        try:
            async for block in blocks:
                if not verification.add(block):
                    return
        except CustodyBroken as problem:
            damage = Damage.INSERTED if problem.seq >= verification.size else Damage.CHANGED
            found = Break(damage=damage, seq=problem.seq, until=problem.seq, what=str(problem))
            verification.break_off(found)


def _given(path: Path) -> tuple[Note, ...]:
    """Checkpoints from outside; a file that holds anything else was damaged, or is another one."""
    found = read_notes(path)
    if found.rest or not found.notes:
        raise ConfigError(f"{path} is damaged, or holds no checkpoint as `haechi evidence checkpoint` prints it")
    return found.notes


def _own(settings: Settings) -> tuple[Note, ...]:
    """Checkpoints that this installation kept; a note that a power cut broke off is passed over."""
    place = Files(folder=settings.data_dir).notes
    if not place.exists():
        return ()
    found = read_notes(place)
    if found.rest:
        stderr.print(f"[yellow]! {place}: {found.rest} characters belong to no checkpoint[/]")
    return found.notes


def _own_keys(settings: Settings) -> tuple[bytes, ...]:
    """Public keys that this installation signs with; none on a machine that only reads."""
    place = Files(folder=settings.data_dir).key
    return tuple(read_key(path).public for path in (place, place.with_name(place.name + NEXT)) if path.exists())
