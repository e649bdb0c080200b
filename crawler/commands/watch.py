"""``haechi once``: a pass over everything."""

import asyncio
import importlib
from pathlib import Path

import click

from config.settings import load_settings
from crawler.cli import SOME_BLIND, importing
from crawler.database import coming_database
from crawler.output import set_up_logging, warn_of_practice
from evidence.records import Outcome

watchlist_option = click.option(
    "-w",
    "--watchlist",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Watchlist file; stored as a new version if it changed. Without it the newest stored version runs."
    " Example: -w rooms.yaml",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print a JSON line a pass. Example: --json")


@click.command()
@watchlist_option
@click.option("--source", "address", help="Only this source. Example: --source https://t.me/example_room")
@json_option
def once(path: Path | None, address: str | None, as_json: bool) -> int:
    """Make one pass over every source and directory, due or not."""
    set_up_logging()
    settings = load_settings()
    warn_of_practice(settings)
    with coming_database(settings) as uri:
        with importing():
            from crawler.once import watch_once

            if not settings.why_no_telegram:
                importlib.import_module("crawler.telegram")  # mostly it is needed, and the server is not up yet
        runs = asyncio.run(watch_once(settings, uri.result(), path, address, as_json))
    return SOME_BLIND if any(run.outcome is Outcome.BLIND for run in runs) else 0
