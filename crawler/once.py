"""One pass over a watchlist, or over one of its Sources."""

from pathlib import Path

from config.settings import Settings
from crawler.assemble import crawler_for, current_watchlist, custody_log, evidence_store, now
from crawler.directories import auto_sources
from crawler.intake import bring_in
from crawler.output import progress, reporter
from crawler.passes import pass_over
from evidence.address import parse_room_address
from evidence.errors import ConfigError
from evidence.records import CrawlRun, Source, Watchlist
from storage.review_desk import open_desk


async def watch_once(
    settings: Settings, uri: str, path: Path | None, address: str | None, as_json: bool
) -> list[CrawlRun]:
    """Pass over everything, due or not, and print each pass as it ends.

    Args:
        settings: of this installation.
        uri: of its database.
        path: of a watchlist file; None: the newest stored version.
        address: of the one Source that is wanted; None: all, with the directories.
        as_json: print lines of JSON.

    Raises:
        ConfigError: no watchlist, mistakes in it, or the Source is not on it.
        StorageError: the database cannot be used.
    """
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
