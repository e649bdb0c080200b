"""What the console has other parts of the program do: packages, erasures, accounts, the register."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from config.settings import Settings
from config.watchlist import packaged_defaults
from console.works import AccountStanding, Handing, Works
from crawler.assemble import stored_watchlist
from crawler.commands.telegram import account_rows
from crawler.console_packages import LEAVING, Packing, schools_of
from crawler.console_watching import watching_for
from crawler.directories import watched_addresses
from crawler.erasing import erase_certified, eraser_for
from crawler.moments import parse_moment
from crawler.package_leave import needs_leave
from crawler.packages import propose_export
from crawler.referrals import referring_for
from crawler.stamping import standing
from evidence.approval import Proposal
from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.errors import ConfigError
from pipelines.explicit import Explicit, compile_explicit
from practice.gold import GOLD
from storage.custody import Custody
from storage.mongo import Store

T = TypeVar("T")
WATCHED_LASTS = timedelta(seconds=30)
"""So long the watchlist is not read again for a page."""


def works_for(store: Store, custody: Custody, settings: Settings, *, is_practice: bool) -> Works:
    """Everything that the console may have done in this installation."""
    files = Files(folder=settings.data_dir)

    schools = schools_of(settings)
    packing = Packing(store=store, custody=custody, settings=settings, schools=schools, is_practice=is_practice)

    def needs_second(handing: Handing) -> bool:
        return needs_leave(packing.asked(handing, settings.data_dir / LEAVING))

    async def propose_package(staff: Staff, handing: Handing, reason: str) -> Proposal:
        wanted = packing.asked(handing, settings.data_dir / LEAVING)
        return await propose_export(store, custody, staff, wanted, reason, custody.clock())

    return Works(
        schools=schools,
        watched=_kept(custody, partial(watched_addresses, store, settings)),
        explicit=_kept(custody, partial(_explicit, store, settings)),
        parse_moment=parse_moment,
        needs_second=needs_second,
        propose_package=propose_package,
        make_package=packing.handed_out,
        erase=partial(erase_certified, store, eraser_for(custody, files, custody.clock)),
        log_standing=lambda: standing(files, custody.clock()),
        accounts=partial(_accounts, store, settings),
        gold={answer.flag: answer for answer in GOLD} if is_practice else {},
        watching=watching_for(store, settings, is_practice=is_practice),
        referring=referring_for(store, custody, settings),
    )


def _kept(custody: Custody, read: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
    """Gives what was read out of the watchlist a moment ago."""
    known: list[tuple[datetime, T]] = []

    async def kept() -> T:
        if not known or custody.clock() - known[0][0] >= WATCHED_LASTS:
            known[:] = [(custody.clock(), await read())]
        return known[0][1]

    return kept


async def _explicit(store: Store, settings: Settings) -> Explicit:
    """Of the newest watchlist; of the packaged one where there is none, or none that can be read any more."""
    terms, _rules = packaged_defaults()
    with suppress(ConfigError):
        watchlist = await stored_watchlist(store, settings)
        terms = watchlist.terms if watchlist else terms
    return compile_explicit(terms)


async def _accounts(store: Store, settings: Settings) -> tuple[AccountStanding, ...]:
    """Without where sessions lie, and without what else is for operators."""
    return tuple(_account(row) for row in await account_rows(store, settings))


def _account(row: Mapping[str, Any]) -> AccountStanding:
    return AccountStanding(
        label=row["account"],
        state=row["state"],
        reason=row["reason"],
        rooms=row["rooms"],
        look_ups_left=row["look_ups_left"],
        waits=tuple((wait["method"], datetime.fromisoformat(wait["until"])) for wait in row["waits"]),
    )
