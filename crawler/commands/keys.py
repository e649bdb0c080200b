"""``haechi keys``: change the keys of this installation."""

import asyncio
from collections.abc import Callable

import click

from config.settings import Settings, load_settings
from crawler.assemble import custody_log, evidence_store
from crawler.commands.backup import bar
from crawler.database import database
from crawler.output import print_json, set_up_logging, stdout
from crawler.rotating import rotate_master
from storage.rewrap import Rewrapped

MOST_NAMED = 10


@click.group()
def keys() -> None:
    """Change the keys of this installation. Each change is in the custody log."""


@keys.command()
@click.option("--signing", is_flag=True, help="The key that signs the log. Example: haechi keys rotate --signing")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. Example: haechi keys rotate --json")
def rotate(signing: bool, as_json: bool) -> None:
    """Change the master key, or with --signing the key that signs the log. Copy the new one to a second place.

    Stop the service first. What is sealed is not touched: only the keys of texts are wrapped anew. If it is cut
    short, call it again; meanwhile other commands work, and the old key lies beside as master.key.previous.

    Example: haechi keys rotate
    """
    set_up_logging()
    settings = load_settings()
    if signing:
        with database(settings) as uri:
            entry = asyncio.run(_rotate_signing(settings, uri))
        said = f"✓ entry {entry:,} changes the key of the log: copy custody.key to a second place, then back up"
        print_json({"key": "signing", "entry": entry}) if as_json else stdout.print(said, markup=False)
        return
    with database(settings) as uri, bar() as told:
        made = asyncio.run(_rotate_master(settings, uri, told))
    if as_json:
        print_json({"key": "master", "rewrapped": made.number, "damaged": list(made.damaged)})
        return
    stdout.print(f"✓ {made.number:,} keys are wrapped by the new master key", markup=False)
    for name in list(made.damaged)[:MOST_NAMED]:
        stdout.print(f"! {name}: its key was damaged before; its text is lost", markup=False)
    said = f"copy {settings.master_key} to a second place; backups made up to now still need the old one"
    stdout.print(said, markup=False)


async def _rotate_signing(settings: Settings, uri: str) -> int:
    async with evidence_store(settings, uri) as store, custody_log(store, settings) as custody:
        return await custody.rotate()


async def _rotate_master(settings: Settings, uri: str, told: Callable[[str, int, int], None]) -> Rewrapped:
    async with evidence_store(settings, uri) as store:
        return await rotate_master(store, settings, told)
