"""Puts the parts together for one run of the program: settings, store, watchlist, collectors, criteria."""

import asyncio
import gc
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from channels.collector import Collector
from channels.directory import SITES
from channels.pace import FORGIVEN_S, Pace
from config.register import load_all_schools
from config.settings import Settings
from config.watchlist import load_watchlist, parse_watchlist
from crawler.compiled import compiled_register, register_hash
from crawler.crawl import Crawler
from crawler.staff import staff_here
from evidence.address import is_loopback_url
from evidence.checkpoint import Files
from evidence.cipher import load_cipher, pseudonym
from evidence.errors import ConfigError
from evidence.item import Setting
from evidence.listing import DirectoryPage
from evidence.records import Directory, Rule, School, Term, Via, Watchlist
from pipelines import Criteria, compile_criteria
from pipelines.normalize import searched_form
from storage.custody import Custody, open_custody
from storage.holds import load_holds, save_holds
from storage.host_turns import StoredTurns
from storage.mongo import Store, open_store
from storage.practice import is_practice
from storage.search_upgrade import seal_schools
from storage.watchlists import import_version, newest_version

GARBAGE = 20_000
"""New objects between two collections: a page of posts makes thousands, and leaves no rings of them behind."""

log = structlog.get_logger()


def now() -> datetime:
    """The moment, in UTC and whole milliseconds as MongoDB keeps them."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


@asynccontextmanager
async def evidence_store(settings: Settings, uri: str) -> AsyncIterator[Store]:
    """The open store with this installation's cipher."""
    async with open_store(uri, load_cipher(settings.master_key)) as store:
        await seal_schools(store, searched_form, partial(schools_by_code, settings), now())
        yield store


def schools_by_code(settings: Settings) -> dict[str, School]:
    """The register, each school under its name of today."""
    return {school.code: school for school in reversed(load_register(settings))}


def read_watchlist_file(path: Path, settings: Settings) -> Watchlist:
    """A checked watchlist from a file."""
    return load_watchlist(path, SITES, settings.allow_loopback)


async def current_watchlist(store: Store, path: Path | None, settings: Settings) -> Watchlist:
    """The watchlist to run: ``path`` becomes a new version if it changed, else the newest stored one.

    Raises:
        ConfigError: mistakes in the file, or no file and none stored, or the store is one of practice.
    """
    await check_practice(store, settings)
    if path is not None:
        watchlist = read_watchlist_file(path, settings)
        text = await asyncio.to_thread(path.read_text, encoding="utf-8")
        async with custody_log(store, settings) as custody:
            version = await import_version(store, custody, staff_here(store.cipher), text, path.name, now())
        log.info("watchlist", version=version.number, sources=len(watchlist.sources))
        return watchlist
    stored = await stored_watchlist(store, settings)
    if stored is None:
        raise ConfigError("no watchlist is stored yet: give one with -w FILE (docs/watchlists.md shows its form)")
    return stored


async def check_practice(store: Store, settings: Settings) -> None:
    """Keep practice and real work apart.

    Raises:
        ConfigError: the store is one of practice, and real places are to be read.
    """
    if await is_practice(store) and not is_loopback_url(settings.web_base):
        raise ConfigError("this store holds practice rooms: set HAECHI_DATA_DIR to another directory for real work")


async def stored_watchlist(store: Store, settings: Settings) -> Watchlist | None:
    """The newest stored version; None before the first import."""
    stored = await newest_version(store)
    if stored is None:
        return None
    allow_loopback = settings.allow_loopback or await is_practice(store)  # whose directory is on this machine
    return parse_watchlist(stored.text, f"watchlist version {stored.number}", SITES, allow_loopback)


def custody_log(store: Store, settings: Settings) -> AbstractAsyncContextManager[Custody]:
    """The log of custody, served while it is open: what other commands left for it is written too."""
    return open_custody(store, now, Files(folder=settings.data_dir), serves=True)


async def setting_for(store: Store, settings: Settings) -> Setting:
    """Under what evidence is sealed: which program, which watchlist, which register."""
    stored = await newest_version(store)
    parts = [stored.text if stored else "", register_hash(settings.register), settings.web_base]
    return Setting(
        collector=f"haechi {version('haechi')}",
        configuration_sha256=hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest(),
        watchlist_version=stored.number if stored else 0,
    )


def load_register(settings: Settings) -> tuple[School, ...]:
    """The operator's register of schools, or the packaged universities."""
    return load_all_schools(settings.register)


async def criteria_for(store: Store, terms: tuple[Term, ...], rules: tuple[Rule, ...], settings: Settings) -> Criteria:
    """What posts are examined for, beside the compiled register."""
    register = await asyncio.to_thread(compiled_register, settings.register, settings.data_dir)
    return compile_criteria(register, terms, rules, store.cipher.purpose_key("fingerprints of posts"))


def posters_key(store: Store) -> bytes:
    """Key of the pseudonyms that stand for posters."""
    return store.cipher.purpose_key("pseudonyms of posters")


async def _paced(store: Store, settings: Settings) -> tuple[Pace, Callable[[], Awaitable[None]]]:
    """Turns of the hosts, shared with other workers where there may be any; and what stores their waits."""
    shared = StoredTurns(store, now) if settings.broker_url and settings.pace_s != 0 else None
    pace = Pace(settings.pace_s, turns=shared)
    pace.restore(await load_holds(store, now(), FORGIVEN_S))

    async def save() -> None:
        await save_holds(store, pace.known_holds(), now())
        if shared is not None:
            await shared.note_holds(pace.known_holds())

    return pace, save


@asynccontextmanager
async def crawler_for(store: Store, watchlist: Watchlist, settings: Settings) -> AsyncIterator[Crawler]:
    """A Crawler over the open store; its connections are closed at the end.

    Raises:
        ConfigError: real pages are asked for and no contact is set.
    """
    if not is_loopback_url(settings.web_base) and not settings.contact and (watchlist.sources or watchlist.directories):
        raise ConfigError(
            "HAECHI_CONTACT is not set: hosts must be able to reach you; expected an e-mail or web address"
        )
    criteria = await criteria_for(store, watchlist.terms, watchlist.rules, settings)
    gc.freeze()  # the register's hundred thousand strings stay: no collection has to look at them again
    gc.set_threshold(GARBAGE)
    pace, save = await _paced(store, settings)
    posters = partial(pseudonym, posters_key(store))
    due: asyncio.Queue[str] = asyncio.Queue()
    collectors: dict[Via, Collector] = {}
    read_directory: Callable[[Directory], AsyncGenerator[DirectoryPage, None]] | None = None
    ways = {source.via for source in watchlist.sources}
    async with AsyncExitStack() as stack:  # each side takes a quarter of a second to import
        if Via.TELEGRAM_WEB in ways or watchlist.directories:
            from crawler.web import web_side

            web = web_side(watchlist, settings, pace, posters)
            collectors[Via.TELEGRAM_WEB], read_directory = await stack.enter_async_context(web)
        if Via.TELEGRAM in ways and not settings.why_no_telegram:
            from crawler.telegram import telegram_collector

            telegram = telegram_collector(store, settings, now, due.put_nowait, posters)
            collectors[Via.TELEGRAM] = await stack.enter_async_context(telegram)
        yield Crawler(
            store=store,
            collectors=collectors,
            unset={Via.TELEGRAM: why} if (why := settings.why_no_telegram) else {},
            due=due,
            read_directory=read_directory,
            listed=frozenset(source.address for source in watchlist.sources),
            criteria=criteria,
            clock=now,
            setting=await setting_for(store, settings),
            zone=ZoneInfo(watchlist.timezone),
            save_holds=save,
        )
        await save()
