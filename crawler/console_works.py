"""What the console has other parts of the program do: packages, erasures, accounts, the register."""

import asyncio
import tarfile
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from config.settings import Settings
from config.watchlist import packaged_defaults
from console.works import AccountStanding, Handed, Handing, Works
from crawler.assemble import load_register, stored_watchlist
from crawler.commands.telegram import account_rows
from crawler.console_watching import watching_for
from crawler.directories import watched_addresses
from crawler.erasing import erase_certified, eraser_for
from crawler.moments import parse_moment
from crawler.package_asked import Asked
from crawler.package_leave import needs_leave
from crawler.packages import export_package, propose_export
from crawler.referrals import referring_for
from crawler.stamping import standing
from evidence.approval import Proposal
from evidence.case import Staff, check_case_id
from evidence.checkpoint import Files
from evidence.envelope import read_public_key
from evidence.errors import ConfigError
from evidence.package.profiles import find_profile
from evidence.records import School
from pipelines.explicit import Explicit, compile_explicit
from storage.custody import Custody
from storage.mongo import Store

T = TypeVar("T")
WATCHED_LASTS = timedelta(seconds=30)
"""So long the watchlist is not read again for a page."""
LEAVING = "leaving"
"""Folder in the data directory for packages on their way to a browser; each is gone when it was taken."""


def works_for(store: Store, custody: Custody, settings: Settings, *, is_practice: bool) -> Works:
    """Everything that the console may have done in this installation."""
    files = Files(folder=settings.data_dir)

    @cache
    def schools() -> Mapping[str, School]:
        return {school.code: school for school in reversed(load_register(settings))}

    def asked(handing: Handing, out: Path) -> Asked:
        return _asked(handing, out, settings, schools(), is_practice=is_practice)

    def needs_second(handing: Handing) -> bool:
        return needs_leave(asked(handing, settings.data_dir / LEAVING))

    async def propose_package(staff: Staff, handing: Handing, reason: str) -> Proposal:
        wanted = asked(handing, settings.data_dir / LEAVING)
        return await propose_export(store, custody, staff, wanted, reason, custody.clock())

    @asynccontextmanager
    async def make_package(staff: Staff, handing: Handing) -> AsyncIterator[Handed]:
        with _leaving(settings.data_dir) as place:
            wanted = asked(handing, place / "package")
            made = await export_package(store, custody, files, staff, wanted)
            path = (
                made.path if wanted.recipient else await asyncio.to_thread(_as_tar, wanted.out, place / "package.tar")
            )
            name = f"{made.id}.{'sealed' if wanted.recipient else 'tar'}"
            yield Handed(id=made.id, path=path, name=name, items=made.items, entry=made.entry)

    return Works(
        schools=schools,
        watched=_kept(custody, partial(watched_addresses, store, settings)),
        explicit=_kept(custody, partial(_explicit, store, settings)),
        parse_moment=parse_moment,
        needs_second=needs_second,
        propose_package=propose_package,
        make_package=make_package,
        erase=partial(erase_certified, store, eraser_for(custody, files, custody.clock)),
        log_standing=lambda: standing(files, custody.clock()),
        accounts=partial(_accounts, store, settings),
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


def _asked(
    handing: Handing, out: Path, settings: Settings, schools: Mapping[str, School], *, is_practice: bool
) -> Asked:
    """As the command line would ask for it.

    Raises:
        ConfigError: no such case or profile, no such office, or no key.
    """
    asked = Asked(
        case=check_case_id(handing.case),
        profile=find_profile(handing.profile, handing.office),
        out=out,
        office=handing.office,
        purpose=handing.purpose,
        legal_basis=handing.legal_basis or settings.legal_basis,
        requester=handing.requester,
        proposal=handing.proposal,
        is_practice=is_practice,
    )
    if handing.office is not None:
        own = frozenset(code for code, school in schools.items() if school.office == handing.office)
        if not own:
            raise ConfigError(f"the register has no school of {handing.office}: set HAECHI_SCHOOLS to one that has")
        asked = replace(asked, own=own)
    if handing.recipient is None:
        return asked
    return replace(asked, recipient=read_public_key(handing.recipient.encode(), "the key of the recipient"))


@contextmanager
def _leaving(data_dir: Path) -> Iterator[Path]:
    """A place of one's own below the data directory, gone at the end."""
    folder = data_dir / LEAVING
    folder.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as place:
        yield Path(place)


def _as_tar(folder: Path, path: Path) -> Path:
    """A folder as one file; names from the folder on, in order, without owner and times of this machine."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = member.mtime = 0
        member.uname = member.gname = ""
        return member

    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for found in sorted(folder.rglob("*")):
            archive.add(found, found.relative_to(folder).as_posix(), recursive=False, filter=plain)
    return path


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
