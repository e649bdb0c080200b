"""``haechi once``: a pass over everything."""

import asyncio
from pathlib import Path

import click

from config.settings import Settings, load_settings
from crawler.assemble import crawler_for, current_watchlist, custody_log, database, evidence_store, now
from crawler.cli import SOME_BLIND
from crawler.directories import auto_sources
from crawler.intake import bring_in
from crawler.output import progress, reporter, set_up_logging, warn_of_practice
from crawler.passes import pass_over
from evidence.address import parse_room_address
from evidence.errors import ConfigError
from evidence.records import CrawlRun, Outcome, Source, Watchlist
from storage.review_desk import open_desk

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
    with database(settings) as uri:
        runs = asyncio.run(_once(settings, uri, path, address, as_json))
    return SOME_BLIND if any(run.outcome is Outcome.BLIND for run in runs) else 0


async def _once(settings: Settings, uri: str, path: Path | None, address: str | None, as_json: bool) -> list[CrawlRun]:
    async with evidence_store(settings, uri) as store:
        watchlist = await current_watchlist(store, path, settings)
        sources = _chosen(watchlist, address)
        directories = watchlist.directories if address is None else ()
        async with custody_log(store, settings) as custody, crawler_for(store, watchlist, settings) as crawler:
            more = await auto_sources(watchlist, crawler) if address is None else ()
            with progress() as bar:
                task = bar.add_task("passes", total=len(sources) + len(more) + len(directories))
                tell = reporter(as_json)

                def report(run: CrawlRun) -> None:
                    tell(run)
                    bar.advance(task)

                runs = await pass_over((*sources, *more, *directories), crawler, report)
            await bring_in(open_desk(store, custody), now())
            return runs


def _chosen(watchlist: Watchlist, address: str | None) -> tuple[Source, ...]:
    if address is None:
        return watchlist.sources
    canonical = parse_room_address(address)
    chosen = tuple(source for source in watchlist.sources if source.address == canonical)
    if not chosen:
        raise ConfigError(f'--source: "{canonical}" is not on the watchlist: add it there, or leave --source out')
    return chosen
