"""Real passes over places full of media, a flagged item of each, packages of every profile: no media anywhere."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from channels.export import open_export
from channels.left_out import MEDIA_LEFT_OUT
from crawler.assemble import now
from crawler.importing import Importer, import_export
from crawler.package_asked import Asked
from crawler.packages import export_package
from crawler.passes import Item, pass_over
from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.package import PROFILES
from evidence.records import Media, Outcome, Source
from evidence.residents import MARK
from practice.directory.web import PracticeDirectory
from practice.story import build_world
from practice.telegram.media import DOCUMENTS
from practice.telegram.world import TelegramWorld
from practice.web import PracticeWeb
from practice.world import Draft
from storage.cases import add_case, put_items
from storage.custody import open_custody
from storage.mongo import Store
from tests.channels.export.making import chat, message, write
from tests.crawler.conftest import SCHOOLS_FILE
from tests.crawler.serving import PLACES, at
from tests.crawler.telegram_making import ROOM, SETTING, Loopback, Running, check_manners, signed_in
from tests.media_scan import scan_database, scan_files
from tests.storage.making import NAMING, criteria, everything
from tests.storage.sealing import flagged, seal

NUMBER = "900101-1234567"
TYPED = f"{NAMING} https://cdn4.telesco.pe/file/a.jpg data:image/png;base64,aGVsbG8= telegra.ph/file/b.mp4 {NUMBER}"
STAFF = Staff(actor="staff-1", role="operator", session_id="session-1")
WEB = Source(address="https://t.me/practice_talk", backfill_s=None)
KINDS: list[dict[str, Any]] = [{"photo": True}, *({"document": {"kind": kind}} for kind in DOCUMENTS)]


@pytest_asyncio.fixture
async def places(store: Store, own_database: str, tmp_path: Path) -> AsyncIterator[tuple[Loopback, PracticeDirectory]]:
    """The practice world on the web and in lists, a Telegram beside it, all of them with media in every kind."""
    clock, world = Running(), build_world(now())
    world.post("practice_talk", now(), Draft(text=TYPED, media=(Media(kind="photo", number=2),)))
    web, listing = PracticeWeb(world, now), PracticeDirectory(world)
    await web.start()
    await listing.start()
    telegram = TelegramWorld(clock=clock.seconds)
    async with signed_in(telegram, clock, store, own_database, tmp_path, web.base) as opened:
        yield opened, listing
    await listing.stop()
    await web.stop()


async def read_everything(loopback: Loopback, listing: PracticeDirectory, folder: Path) -> None:
    """A pass over each place, and an import."""
    loopback.open_room(30)
    for kind in KINDS:
        loopback.world.post(ROOM.name, text=TYPED, **kind)
    items: list[Item] = [WEB, ROOM, *(at(listing, site) for site in PLACES)]
    async with loopback.crawler(WEB, ROOM) as crawler:
        runs = await pass_over(items, crawler, lambda run: None)
        assert {Outcome.WATCHED} == {run.outcome for run in runs}, runs
        importer = Importer(
            store=loopback.store,
            criteria=criteria(),
            posters=b"k" * 32,
            clock=loopback.clock,
            setting=SETTING,
            by="staff-a",
        )
        picture = {"photo": "photos/photo_1.jpg", "thumbnail": "photos/photo_1_thumb.jpg"}
        export = open_export(write(folder, chat(message(1, TYPED, **picture), message(2, TYPED))))
        await import_export(export, None, importer, lambda size: None)


async def packages(loopback: Loopback, folder: Path) -> int:
    """One of each profile over everything that was sealed; gives the number of items."""
    store, files = loopback.store, Files(folder=folder)
    names = [item["_id"] for item in everything(loopback.uri)["evidence"]]
    async with open_custody(store, loopback.clock, files, serves=True) as custody:
        case = await add_case(store, custody, STAFF, "누가 퍼뜨리나", loopback.clock())
        await put_items(store, custody, STAFF, case.id, names, loopback.clock())
        for name, profile in PROFILES.items():
            own = {"office": "B10", "own": frozenset(schools())} if profile.needs_office else {}
            asked = Asked(case=case.id, profile=profile, out=folder / "out" / name, is_practice=True, **own)  # type: ignore[arg-type]
            await export_package(store, custody, files, STAFF, asked)
    return len(names)


def schools() -> set[str]:
    """Codes of the schools of practice."""
    return {line.partition(",")[0] for line in SCHOOLS_FILE.read_text(encoding="utf-8").splitlines()[1:]}


@pytest.mark.slow
async def test_no_media_is_stored_or_handed_over(
    places: tuple[Loopback, PracticeDirectory], own_database: str, tmp_path: Path
) -> None:
    """Thumbnails, references, hashes, ``data:`` URIs and addresses: of none a trace, nor of a resident number."""
    loopback, listing = places
    await read_everything(loopback, listing, tmp_path)
    (tmp_path / "out").mkdir()
    items = await packages(loopback, tmp_path)
    check_manners(loopback.world)
    scan = scan_database(own_database, loopback.store.cipher, [NUMBER, "900101", MARK, MEDIA_LEFT_OUT])
    assert ([], {MARK, MEDIA_LEFT_OUT}) == (scan.found, scan.words)
    assert min(scan.opened, scan.unpacked) > items > len(KINDS)
    handed = scan_files(tmp_path / "out", [NUMBER, "900101", MARK, MEDIA_LEFT_OUT])
    assert ([], {MARK, MEDIA_LEFT_OUT}) == (handed.found, handed.words)
    assert handed.unpacked >= items


@pytest.mark.parametrize(
    "fragment",
    [
        '<a href="https://cdn4.telesco.pe/file/a.jpg">',
        "<p>data:image/png;base64,aGVsbG8=</p>",
        '[{"file_reference":"AA=="}]',
        "UFJBQ1RJQ0UtVEhVTUJOQUlM",
        "6556890169999999999",
    ],
)
async def test_the_look_finds_what_it_looks_for(store: Store, own_database: str, fragment: str) -> None:
    """In a sealed record, past compression and cipher."""
    await seal(store, flagged(1, "a"), fragment=fragment)
    scan = scan_database(own_database, store.cipher)
    assert ["evidence"] == [place.split()[0] for place in scan.found[:1]]
