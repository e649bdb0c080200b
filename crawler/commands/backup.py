"""``haechi backup`` and ``haechi restore``: all that is stored, out of this installation and into another."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config.settings import load_settings
from crawler.assemble import evidence_store
from crawler.backing_up import back_up
from crawler.database import database, make_data_dir
from crawler.output import print_json, progress, set_up_logging, stdout
from crawler.putting_back import Given, PutBack, put_back
from evidence.backup import Manifest
from storage.backup import COLLECTIONS

NOT_WITHIN = (
    "not in it: the master key, Telegram session files, haechi.toml and the register of schools;"
    " keep copies of them in a second place"
)
folder = click.Path(path_type=Path, file_okay=False)
file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("out", metavar="DIR", type=folder)
@click.option("--json", "as_json", is_flag=True, help="Print JSON. Example: haechi backup /mnt/backup/monday --json")
def backup(out: Path, as_json: bool) -> None:
    """Write a backup into DIR, which must be empty or not there; watching may go on meanwhile.

    DIR/keys holds what opens the texts: keep it apart from the rest, and no longer than 35 days.

    Example: haechi backup /mnt/backup/2026-11-22
    """
    set_up_logging()
    settings = load_settings()

    async def write(uri: str, told: Callable[[str, int, int], None]) -> Manifest:
        async with evidence_store(settings, uri) as store:
            return await back_up(store, settings, out, told)

    with database(settings) as uri, bar() as told:
        made = asyncio.run(write(uri, told))
    numbers = {item.name: item.documents or 0 for item in made.files if item.name.startswith(COLLECTIONS)}
    if as_json:
        row = {"backup": made.id, "at": made.made_at, "manifest": made.sha256, "documents": sum(numbers.values())}
        print_json({**row, "bytes": sum(item.size_bytes for item in made.files), "log_size": made.note.size})
    else:
        stdout.print(f"✓ {out}: {sum(numbers.values()):,} documents, the log up to entry {made.note.size - 1:,}")
    click.echo(NOT_WITHIN, err=as_json)


@click.command()
@click.argument("source", metavar="DIR", type=folder)
@click.option("--keys", type=folder, help="Where DIR/keys is, if it was kept apart. Example: --keys /mnt/keys/monday")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=file,
    help="Checkpoints kept outside; the newest one counts; may be repeated. Example: --checkpoint monday.txt",
)
@click.option(
    "--erasures",
    multiple=True,
    type=file,
    help="Ledger of erasures kept outside; may be repeated. Example: --erasures /mnt/usb/erasures.jsonl",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON. Example: haechi restore DIR --json")
def restore(
    source: Path, keys: Path | None, checkpoints: tuple[Path, ...], erasures: tuple[Path, ...], as_json: bool
) -> None:
    """Put the backup in DIR back into an empty store. If it is cut short, call it again.

    Put the master key back first. Nothing is written before all of DIR was checked; no other command runs
    before what was erased since is erased again.

    Example: haechi restore /mnt/backup/2026-11-22 --checkpoint /mnt/usb/log.txt --erasures /mnt/usb/erasures.jsonl
    """
    set_up_logging()
    settings = load_settings()
    make_data_dir(settings)
    given = Given(backup=source, keys=keys, checkpoints=checkpoints, erasures=erasures)
    with database(settings) as uri, bar() as told:
        done = asyncio.run(put_back(settings, uri, given, told))
    if as_json:
        print_json(_row(done))
    else:
        for line in _lines(done):
            stdout.print(line, markup=False)


@contextmanager
def bar() -> "Iterator[Callable[[str, int, int], None]]":
    """A bar for what is worked on just now."""
    with progress() as shown:
        task = shown.add_task("", total=None)

        def told(name: str, done: int, total: int) -> None:
            shown.update(task, description=name, completed=done, total=total)

        yield told


def _row(done: PutBack) -> dict[str, object]:
    return {
        "backup": done.manifest.id,
        "manifest": done.manifest.sha256,
        "made_at": done.manifest.made_at,
        "entry": done.entry,
        "log_size_before": done.last.size if done.last else None,
        "lost": done.lost if done.last else None,
        "old_checkpoints": str(done.aside) if done.aside else None,
        "erased_again": done.erased,
        "ledger": done.has_ledger,
        "ledger_damaged": done.damaged,
    }


def _lines(done: PutBack) -> Iterator[str]:
    yield f"✓ put back: {done.manifest.id} of {done.manifest.made_at}; entry {done.entry:,} of the log says so"
    if done.last is None:
        yield "! no checkpoint from outside was given: whether entries came after the backup cannot be told"
    elif done.lost:
        yield (
            f"! {done.lost:,} entries of the log were lost, {done.entry:,}-{done.last.size - 1:,}:"
            " checkpoints of that time now show two histories, and the log says why"
        )
    else:
        yield "✓ no entry of the log was lost, as far as the newest checkpoint shows"
    if done.aside:
        yield f"! the checkpoints up to now are kept as {done.aside}"
    if not done.has_ledger:
        yield "! no ledger of erasures was found: what was erased after the backup is back; give one with --erasures"
    elif done.damaged:
        yield f"! {done.damaged} lines of the ledger of erasures are damaged and were passed over"
    yield f"✓ erased again: {done.erased:,} posts"
