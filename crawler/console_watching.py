"""What the console needs to keep watchlists: a link looked at, a watchlist tried."""

import asyncio
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from channels.directory import SITES
from channels.fetch import Fetcher
from channels.pace import FORGIVEN_S, Pace
from channels.pages import read_page
from channels.sanitize import sanitize
from config.settings import Settings
from config.watchlist import parse_watchlist
from console.watching import Watching
from crawler.assemble import now
from crawler.compiled import compiled_register
from crawler.trying import places_to_try, try_criteria
from evidence.address import is_loopback_url, parse_room_address
from evidence.errors import ConfigError, SourceError
from evidence.reading import PageKind, Place, PlaceKind
from evidence.records import Page, Post, Reading, Watchlist
from evidence.trial import LinkChecked, Trial, WordsTried
from pipelines import Criteria, compile_criteria, examine
from pipelines.masking import mask
from pipelines.schools import Register
from storage.holds import load_holds, save_holds
from storage.mongo import Store

NO_CONTACT = "HAECHI_CONTACT is not set: hosts must be able to reach you"


def watching_for(store: Store, settings: Settings, *, is_practice: bool) -> Watching:
    """Everything of this installation that keeping watchlists needs."""
    desk = _Desk(store, settings, is_practice=is_practice)
    return Watching(
        sites=frozenset(SITES),
        check_link=partial(_check_link, store, settings, asyncio.Lock()),
        try_texts=desk.try_texts,
        try_words=desk.try_words,
    )


class _Desk:
    """Compiles watchlists; the register is read once, when it is first needed."""

    def __init__(self, store: Store, settings: Settings, *, is_practice: bool) -> None:
        self._store = store
        self._settings = settings
        self._allow_loopback = is_practice or settings.allow_loopback
        self._register: Register | None = None
        self._lock = asyncio.Lock()

    async def try_texts(self, before: str | None, after: str, since: datetime, most_s: float) -> Trial:
        """See ``Watching.try_texts``; one at a time, since each keeps a core busy."""
        async with self._lock:
            old = await self._criteria(self._read(before)) if before is not None else None
            watchlist = self._read(after)
            places = await places_to_try(self._store, watchlist, now())
            criteria = await self._criteria(watchlist)
            return await try_criteria(self._store, places, criteria, since, now(), before=old, most_s=most_s)

    async def try_words(self, text: str, sentences: tuple[str, ...]) -> tuple[WordsTried, ...]:
        """See ``Watching.try_words``."""
        criteria = await self._criteria(self._read(text))
        return await asyncio.to_thread(lambda: tuple(_try_words(criteria, words) for words in sentences))

    def _read(self, text: str) -> Watchlist:
        return parse_watchlist(text, "watchlist", SITES, self._allow_loopback)

    async def _criteria(self, watchlist: Watchlist) -> Criteria:
        if self._register is None:
            self._register = await asyncio.to_thread(
                compiled_register, self._settings.register, self._settings.data_dir
            )
        key = self._store.cipher.purpose_key("fingerprints of posts")
        return compile_criteria(self._register, watchlist.terms, watchlist.rules, key)


def _try_words(criteria: Criteria, words: str) -> WordsTried:
    post = Post(native_id=1, native_ids=(1,), address=None, posted_at=None, text=words)
    (finding,) = examine(Page(capture=None, reading=Reading(kind=PageKind.POST, posts=(post,))), {}, criteria)
    return WordsTried(words=words, terms=finding.terms, mentions=len(finding.mentions), flag=finding.flag)


async def _check_link(store: Store, settings: Settings, turn: asyncio.Lock, link: str) -> LinkChecked:
    """Look at the page of a room once, obeying what its host asked for before."""
    try:
        address = parse_room_address(link)
    except ConfigError as problem:
        return LinkChecked(address=None, refused=str(problem))
    if not settings.contact and not is_loopback_url(settings.web_base):
        return LinkChecked(address=address, unsure=NO_CONTACT)
    async with turn:
        pace = Pace(settings.pace_s)
        pace.restore(await load_holds(store, now(), FORGIVEN_S))
        fetcher = Fetcher(contact=settings.contact, pace=pace, allow_loopback=settings.allow_loopback)
        try:
            async with fetcher:
                return await _look(fetcher, settings.web_base.rstrip("/"), address)
        except SourceError as problem:
            return LinkChecked(address=address, unsure=str(problem))
        finally:
            await save_holds(store, pace.known_holds(), now())


async def _look(fetcher: Fetcher, base: str, address: str) -> LinkChecked:
    name = address.rsplit("/", 1)[-1]
    response = await fetcher.get(f"{base}/s/{name}", (urlsplit(base).netloc,))
    reading = read_page(
        sanitize(response.body.decode("utf-8", "replace")), f"https://t.me{urlsplit(response.url).path}"
    )
    place = reading.place or Place(kind=PlaceKind.ABSENT)
    members = place.members
    return LinkChecked(
        address=address,
        kind=place.kind,
        title=mask(place.title, public=(address,)).text if place.title else None,
        members=members.value if members else None,
        is_rounded=members is not None and members.low != members.high,
        shows_posts=reading.kind is PageKind.PREVIEW and bool(reading.posts),
        refused=None if place.kind in (PlaceKind.CHANNEL, PlaceKind.GROUP, PlaceKind.ABSENT) else str(place.kind),
    )
