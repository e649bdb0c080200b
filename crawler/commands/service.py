"""``haechi run``: the service."""

import asyncio
import logging
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import click

from config.settings import Settings, load_settings
from crawler.assemble import current_watchlist, custody_log, evidence_store, now
from crawler.commands.console import console_served, say_beside
from crawler.commands.watch import json_option, watchlist_option
from crawler.counting import counting
from crawler.database import database
from crawler.delivery import delivering
from crawler.intake import intake
from crawler.metrics import MetricsFile
from crawler.notices import noticing
from crawler.output import reporter, set_up_logging, warn_of_practice
from crawler.referrals import following_up
from crawler.renewal import renewing
from crawler.serving import passes_elsewhere, passes_here, serve_newest
from crawler.stamping import stamping
from crawler.upkeep import upkeep
from evidence.records import CrawlRun


@click.command()
@watchlist_option
@click.option(
    "--no-console",
    is_flag=True,
    help="Without the review console. Example: --no-console",
)
@json_option
def run(path: Path | None, no_console: bool, as_json: bool) -> None:
    """Watch every source on its schedule until stopped (Ctrl-C or SIGTERM).

    With HAECHI_BROKER_URL set it only hands out what is due: `haechi worker` does it, as often as you start that.
    """
    set_up_logging(logging.INFO)
    settings = load_settings()
    warn_of_practice(settings)
    with database(settings) as uri:
        is_grown = asyncio.run(_run(settings, uri, path, no_console, as_json))
    if is_grown:
        sys.stdout.flush()
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this command line once more


async def _run(settings: Settings, uri: str, path: Path | None, no_console: bool, as_json: bool) -> bool:
    """Returns whether it ended because the embedded server has grown too large, and for no other reason."""
    grown = asyncio.Event()
    async with evidence_store(settings, uri) as store:
        watchlist = await current_watchlist(store, path, settings)
        async with AsyncExitStack() as stack:
            custody = await stack.enter_async_context(custody_log(store, settings))
            await stack.enter_async_context(stamping(settings))
            await stack.enter_async_context(intake(store, custody))
            await stack.enter_async_context(counting(store, settings, now))
            publish = None
            if not no_console:
                served = await stack.enter_async_context(console_served(store, custody, settings, say_beside(as_json)))
                publish = served.events.publish
            await stack.enter_async_context(noticing(store, custody, settings, now, publish))
            await stack.enter_async_context(following_up(store))
            tell, metrics = reporter(as_json), MetricsFile(settings.data_dir)

            def report(run: CrawlRun) -> None:
                tell(run)
                metrics.write()

            if settings.broker_url:
                serve_version = await stack.enter_async_context(passes_elsewhere(store, settings, settings.broker_url))
                await stack.enter_async_context(metrics.writing())
            else:
                await stack.enter_async_context(renewing(store, settings, grown))
                await stack.enter_async_context(upkeep(store, custody, settings))
                await stack.enter_async_context(delivering(store, custody, settings, now))
                serve_version = passes_here(store, settings, report)
            is_told = await serve_newest(store, watchlist, settings, serve_version, grown)
            metrics.write(at_once=True)
    return grown.is_set() and not is_told
