"""``haechi demo``: the whole job over a small practice world on this machine."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import click

from channels.directory import SITES
from config.settings import Settings, load_settings
from config.watchlist import parse_watchlist
from crawler.assemble import crawler_for, custody_log, evidence_store, now
from crawler.commands.console import console_served, say_beside
from crawler.crawl import Crawler
from crawler.database import database
from crawler.intake import intake
from crawler.notices import noticing
from crawler.output import reporter, set_up_logging, stdout
from crawler.passes import Item, pass_over
from crawler.practice_world import forget_checkpoints, practice_world
from crawler.schedule import serve
from crawler.staff import staff_here
from crawler.summaries import digest_of, office_names
from evidence.records import CrawlRun, Watchlist
from pipelines.digest import page_of
from pipelines.digest.markdown import to_markdown
from practice.world import World
from storage.practice import claim_for_practice
from storage.watchlists import import_version

STEPS_BETWEEN = 4
"""Changes of the practice world between the two passes of ``--once``."""
STEP_EVERY_S = 8.0


@click.command()
@click.option("--once", is_flag=True, help="Two passes with changes between, then end. Example: haechi demo --once")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON line a pass. Example: haechi demo --once --json")
def demo(once: bool, as_json: bool) -> None:
    """Show the whole job on a small practice world: invented rooms and schools on this machine only."""
    set_up_logging()
    settings = load_settings()
    if "data_dir" not in settings.model_fields_set and not settings.mongodb_uri:
        settings = settings.model_copy(update={"data_dir": settings.data_dir.with_name("haechi-demo")})
    with database(settings) as uri:
        asyncio.run(_demo(settings, uri, once, as_json))


async def _demo(settings: Settings, uri: str, once: bool, as_json: bool) -> None:
    say = _quiet if as_json else stdout.print
    async with practice_world(settings) as served, evidence_store(served.settings, uri) as store:
        world, practice = served.world, served.settings
        await claim_for_practice(store)
        forget_checkpoints(practice)
        watchlist = parse_watchlist(served.watchlist, "practice", SITES, allow_loopback=True)
        say(f"practice world at {practice.web_base} and on its own Telegram, store in {practice.data_dir}")
        async with AsyncExitStack() as stack:
            custody = await stack.enter_async_context(custody_log(store, practice))
            await import_version(store, custody, staff_here(store.cipher), served.watchlist, "practice", now())
            crawler = await stack.enter_async_context(crawler_for(store, watchlist, practice))
            report = reporter(as_json)
            if once:
                await _two_passes(world, watchlist, crawler, report, say)
            else:
                async with (
                    intake(store, custody, every_s=2.0),
                    console_served(store, custody, practice, say_beside(as_json)) as console,
                    noticing(store, custody, practice, now, console.events.publish, every_s=5.0),
                ):
                    await _until_stopped(world, watchlist, crawler, report, say)
        if not as_json:
            digest = await digest_of(store, practice, None)
            say("\n" + to_markdown(page_of(digest, practice.lang, office_names(practice.lang))))
            say(f"see more: HAECHI_DATA_DIR={practice.data_dir} haechi list flags")


async def _two_passes(
    world: World,
    watchlist: Watchlist,
    crawler: Crawler,
    report: Callable[[CrawlRun], None],
    say: Callable[[str], None],
) -> None:
    say("\nfirst pass")
    items: tuple[Item, ...] = (*watchlist.sources, *watchlist.directories)
    await pass_over(items, crawler, report)
    for _ in range(STEPS_BETWEEN):
        world.advance(now())
    say("\nthe rooms change: new posts, edits, removals, a surge of members\n\nsecond pass")
    await pass_over(items, crawler, report)


async def _until_stopped(
    world: World,
    watchlist: Watchlist,
    crawler: Crawler,
    report: Callable[[CrawlRun], None],
    say: Callable[[str], None],
) -> None:
    say("Ctrl-C stops\n")
    story = asyncio.create_task(_tell(world, say))
    try:
        await serve(watchlist, crawler, report, spread_s=0.2)
    finally:
        story.cancel()


async def _tell(world: World, say: Callable[[str], None]) -> None:
    """Change the practice world, a step at a time."""
    while world.steps_left:
        await asyncio.sleep(STEP_EVERY_S)
        world.advance(now())
        say("… the practice rooms have changed")


def _quiet(_: str) -> None:
    """JSON Lines stand alone on standard output."""
