"""``haechi watchlist``: check a file, see the stored versions."""

import asyncio
from pathlib import Path

import click

from config.settings import load_settings
from crawler.assemble import database, evidence_store, read_watchlist_file
from crawler.output import print_json, set_up_logging, stdout
from crawler.rows import Row, time
from storage.watchlists import all_versions

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON Lines. Example: --json")


@click.group()
def watchlist() -> None:
    """Check watchlists and see their versions."""


@watchlist.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check a watchlist; every mistake is named with its line.

    Example: haechi watchlist check rooms.yaml
    """
    found = read_watchlist_file(file, load_settings())
    row: Row = {
        "file": str(file),
        "sources": len(found.sources),
        "directories": len(found.directories),
        "terms": len(found.terms),
        "rules": len(found.rules),
    }
    if as_json:
        print_json(row)
    else:
        numbers = ", ".join(f"{number} {name}" for name, number in row.items() if name != "file")
        stdout.print(f"✓ {file}: {numbers}", markup=False)


@watchlist.command()
@json_option
def history(as_json: bool) -> None:
    """List the stored versions, newest first."""
    set_up_logging()
    settings = load_settings()

    async def read(uri: str) -> list[Row]:
        async with evidence_store(settings, uri) as store:
            return [
                {"version": version.number, "name": version.name, "imported_at": time(version.imported_at)}
                for version in await all_versions(store)
            ]

    with database(settings) as uri:
        rows = asyncio.run(read(uri))
    for row in rows:
        print_json(row) if as_json else stdout.print("{version:>4}  {imported_at}  {name}".format(**row), markup=False)
