"""Packages that the console hands out: made here, or by a worker in the same data directory.

A package is made in a folder of its own, which is gone when it was taken. A worker finds there what is asked for,
and leaves what it made, or why not: nothing that was typed goes to the broker.
"""

import asyncio
import json
import tarfile
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from config.settings import Settings
from console.works import Handed, Handing
from crawler.assemble import now, schools_by_code
from crawler.broker import CHORES, sending
from crawler.package_asked import Asked
from crawler.packages import export_package
from evidence.case import Staff, check_case_id
from evidence.checkpoint import Files
from evidence.envelope import read_public_key
from evidence.errors import ConfigError, HaechiError, StorageError
from evidence.package.profiles import find_profile
from evidence.records import School
from storage.custody import Custody
from storage.leases import PROCESS
from storage.mongo import Store
from storage.practice import is_practice
from storage.slots import Kind, Slot, claim_slot, end_slot, find_slot, note_handed

LEAVING = "leaving"
"""Folder in the data directory for packages on their way to a browser; each is gone when it was taken."""
ASKED, MADE, PROBLEM = "asked.json", "made.json", "problem.txt"
"""In such a folder: what is asked for, what was made of it, or why nothing was."""
LOOK_S, LONGEST_S = 0.2, 600.0
"""Between two looks whether a worker is done; how long a person waits for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """What packages are made with."""

    store: Store
    custody: Custody
    settings: Settings
    schools: Callable[[], Mapping[str, School]]
    is_practice: bool

    def asked(self, handing: Handing, out: Path) -> Asked:
        """As the command line would ask for it.

        Raises:
            ConfigError: no such case or profile, no such office, or no key.
        """
        return _asked(handing, out, self.settings, self.schools(), is_practice=self.is_practice)

    async def make(self, place: Path, staff: Staff, handing: Handing) -> Handed:
        """Make it in a folder.

        Raises:
            ConfigError: it may not go out so.
            StorageError: the log did not take it, or does not hold.
        """
        wanted = self.asked(handing, place / "package")
        made = await export_package(self.store, self.custody, Files(folder=self.settings.data_dir), staff, wanted)
        path = made.path if wanted.recipient else await asyncio.to_thread(_as_tar, wanted.out, place / "package.tar")
        name = f"{made.id}.{'sealed' if wanted.recipient else 'tar'}"
        return Handed(id=made.id, path=path, name=name, items=made.items, entry=made.entry)

    @asynccontextmanager
    async def handed_out(self, staff: Staff, handing: Handing) -> AsyncIterator[Handed]:
        """Make it here, or have it made by a worker; gone at the end.

        Raises:
            HaechiError: as ``make``; or no worker made it in time.
        """
        with _leaving(self.settings.data_dir) as place:
            if self.settings.broker_url is None:
                yield await self.make(place, staff, handing)
            else:
                yield await self._make_elsewhere(self.settings.broker_url, place, staff, handing)

    async def _make_elsewhere(self, url: str, place: Path, staff: Staff, handing: Handing) -> Handed:
        offices = None if staff.offices is None else sorted(staff.offices)
        asked = {"staff": {**asdict(staff), "offices": offices}, "handing": asdict(handing)}
        _write(place / ASKED, asked)
        slot = Slot(kind=Kind.EXPORT, subject=place.name, at=now())
        async with sending(url, (CHORES,)) as send:
            await claim_slot(self.store, slot, PROCESS, now())
            await send(CHORES, slot.id)
        await note_handed(self.store, slot, now())
        await _await_slot(self.store, slot)
        if (place / PROBLEM).exists():
            raise ConfigError((place / PROBLEM).read_text(encoding="utf-8"))
        made = json.loads((place / MADE).read_text(encoding="utf-8"))
        return Handed(**{**made, "path": Path(made["path"])})


async def make_asked(slot: Slot, packing: Packing) -> bool:
    """The worker's side: make what a slot's folder asks for."""
    folder = packing.settings.data_dir / LEAVING
    place = folder / Path(slot.subject).name
    if place.resolve().parent != folder.resolve() or not (place / ASKED).is_file():
        await end_slot(packing.store, slot, "not asked for any more", now())
        return True
    asked = json.loads((place / ASKED).read_text(encoding="utf-8"))
    offices = asked["staff"]["offices"]
    staff = Staff(**{**asked["staff"], "offices": None if offices is None else frozenset(offices)})
    try:
        made = await packing.make(place, staff, Handing(**asked["handing"]))
        _write(place / MADE, {**asdict(made), "path": str(made.path)})
    except HaechiError as problem:
        (place / PROBLEM).write_text(str(problem), encoding="utf-8")
    await end_slot(packing.store, slot, "done", now())
    return True


async def packing_for(store: Store, custody: Custody, settings: Settings) -> Packing:
    """In a worker."""
    practised = await is_practice(store)
    schools = schools_of(settings)
    return Packing(store=store, custody=custody, settings=settings, schools=schools, is_practice=practised)


def schools_of(settings: Settings) -> Callable[[], Mapping[str, School]]:
    """The register by code, each school under its name of today; read when it is asked for first."""

    @cache
    def schools() -> Mapping[str, School]:
        return schools_by_code(settings)

    return schools


async def _await_slot(store: Store, slot: Slot) -> None:
    deadline = asyncio.get_running_loop().time() + LONGEST_S
    while (found := await find_slot(store, slot.id)) is None or found.done_at is None:
        if asyncio.get_running_loop().time() > deadline:
            why = "does one serve the chores in the data directory of the service?"
            raise StorageError(f"no worker made the package within {LONGEST_S / 60:.0f} minutes: {why}")
        await asyncio.sleep(LOOK_S)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


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
