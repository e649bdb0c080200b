"""``haechi once`` and ``haechi run``: watching."""

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path

import click

from config.settings import Settings, load_settings
from crawler.assemble import crawler_for, current_watchlist, custody_log, database, evidence_store, now
from crawler.cli import SOME_BLIND
from crawler.commands.console import console_served, say_beside
from crawler.directories import auto_sources
from crawler.intake import bring_in, intake
from crawler.metrics import MetricsFile
from crawler.output import progress, reporter, set_up_logging, warn_of_practice
from crawler.passes import pass_over
from crawler.serving import serve_newest
from crawler.stamping import stamping
from crawler.upkeep import upkeep
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


@click.command()
@watchlist_option
@click.option(
    "--no-console",
    is_flag=True,
    help="Without the review console. Example: --no-console",
)
@json_option
def run(path: Path | None, no_console: bool, as_json: bool) -> None:
    """Watch every source on its schedule until stopped (Ctrl-C or SIGTERM)."""
    set_up_logging(logging.INFO)
    settings = load_settings()
    warn_of_practice(settings)
    with database(settings) as uri:
        asyncio.run(_run(settings, uri, path, no_console, as_json))


async def _run(settings: Settings, uri: str, path: Path | None, no_console: bool, as_json: bool) -> None:
    async with evidence_store(settings, uri) as store:
        watchlist = await current_watchlist(store, path, settings)
        async with AsyncExitStack() as stack:
            custody = await stack.enter_async_context(custody_log(store, settings))
            await stack.enter_async_context(stamping(settings))
            await stack.enter_async_context(upkeep(store, custody, settings))
            await stack.enter_async_context(intake(store, custody))
            if not no_console:
                await stack.enter_async_context(console_served(store, custody, settings, say_beside(as_json)))
            tell, metrics = reporter(as_json), MetricsFile(settings.data_dir)

            def report(run: CrawlRun) -> None:
                tell(run)
                metrics.write()

            await serve_newest(store, watchlist, settings, report)
            metrics.write(at_once=True)
