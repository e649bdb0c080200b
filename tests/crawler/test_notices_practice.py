"""Notices of what really happens in the practice world, from the collector to a mail that a real server took."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine

from crawler.crawl import Crawler
from crawler.delivery import send_due
from crawler.delivery_plan import Courier
from crawler.intake import bring_in
from crawler.notice_values import Lookout
from crawler.notices import look
from evidence.checkpoint import Files
from evidence.notice import Kind, Notice
from evidence.records import Outcome, Place, PlaceKind, Watchlist
from practice.web import PracticeWeb
from practice.world import Draft
from storage.accounts import StoredAccounts
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.passes import end_pass
from storage.review_desk import open_desk
from storage.watchlists import import_version
from tests.conftest import NOW, Clock
from tests.crawler.mailbox import Mailbox, courier_for, mail_server, on_list, settings_for
from tests.crawler.serving import passes
from tests.storage.importing import OPERATOR
from tests.storage.making import crawl_run

pytestmark = pytest.mark.slow

TALK, NEWS = "practice_talk", "practice_news"
LIST = "해솔빛고 가온누리중 명단 돌아요 010-0000-0000 딥페이크 합성물"
SYLLABLES = [chr(code) for code in range(0xAC00, 0xAC00 + 2_000, 7)]
Watch = Callable[[], Awaitable[tuple[Notice, ...]]]


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of a store with the watchlist of practice."""
    text = (files("practice") / "watchlist.yaml").read_text(encoding="utf-8")
    async with open_custody(store, clock, Files(folder=tmp_path)) as opened:
        await import_version(store, opened, OPERATOR, text, "practice.yaml", NOW)
        yield opened


@pytest_asyncio.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server."""
    async with mail_server() as opened:
        yield opened


@pytest.fixture
def courier(store: Store, custody: Custody, clock: Clock, tmp_path: Path, box: Mailbox) -> Courier:
    """With quiet hours at night."""
    return courier_for(store, custody, settings_for(tmp_path, box, quiet_hours="22:00-07:00"), clock)


@pytest.fixture
def watch(courier: Courier, watchlist: Watchlist, crawler: Crawler, clock: Clock) -> Watch:
    """Passes over everything, then makes notices and sends what is due."""
    lookout = Lookout(courier)

    async def once() -> tuple[Notice, ...]:
        with time_machine.travel(clock(), tick=True):
            await passes(watchlist, crawler)
        await bring_in(open_desk(courier.store, courier.custody), clock())
        made = await look(lookout)
        await send_due(courier)
        return made

    return once


def kinds(notices: tuple[Notice, ...]) -> set[Kind]:
    """Which there are."""
    return {notice.kind for notice in notices}


async def test_what_happens_in_rooms_is_told(
    store: Store, custody: Custody, watch: Watch, practice_web: PracticeWeb, box: Mailbox, clock: Clock
) -> None:
    """Members, titles, rooms that close: each within one look, once, by mail to whoever reads the whole country."""
    await on_list(store, custody, "pak@sen.example", "national", NOW, notices=True)
    await watch()
    told: list[set[Kind]] = []
    happenings: tuple[Callable[[], object], ...] = (
        lambda: practice_web.world.set_members(TALK, 6_000),
        lambda: setattr(practice_web.world.rooms[NEWS], "title", "다른 이름"),
        lambda: practice_web.world.close(NEWS),
        lambda: None,
    )
    for happens in happenings:
        clock.forward(minutes=30)
        happens()
        rooms = (f"https://t.me/{TALK}", f"https://t.me/{NEWS}")
        told.append({notice.kind for notice in await watch() if notice.place in rooms})
    assert [{Kind.SURGE}, {Kind.RENAMED}, {Kind.GONE}, set()] == told
    said = [mail.get_content() for _, mail in box.mails]
    for words in ("A room gained members fast", "A room has another title", "A room is gone"):
        assert 1 == sum(text.count(words) for text in said)
    for _, mail in box.mails:
        assert [] == [name for name in (TALK, NEWS, "다른 이름", "t.me", "해솔빛") if name in mail.get_content()]


async def test_reposts_are_one_mail_and_a_burst_is_a_digest(
    store: Store, custody: Custody, watch: Watch, practice_web: PracticeWeb, box: Mailbox, clock: Clock
) -> None:
    """The same list in three rooms is told once; after five mails in ten minutes the rest is one."""
    await watch()
    await on_list(store, custody, "kim@sen.example", "national", clock(), notices=True)
    for name in (TALK, "practice_rumours", NEWS):
        practice_web.world.post(name, clock.forward(minutes=1), Draft(text=LIST))
    assert [Kind.GRAVE] == [notice.kind for notice in await watch()]
    assert 1 == len(box.mails)
    chance = random.Random(8)
    for _ in range(8):
        text = f"해솔빛고 딥페이크 {''.join(chance.choices(SYLLABLES, k=60))}"
        practice_web.world.post(TALK, clock.forward(minutes=1), Draft(text=text))
        await watch()
    before = len(box.mails)
    assert before <= 6
    clock.forward(minutes=11)
    await watch()
    assert before + 1 == len(box.mails)
    assert "notices" in box.mails[-1][1]["Subject"]


async def test_limits_and_blindness_reach_operators(
    store: Store, custody: Custody, watch: Watch, practice_web: PracticeWeb, box: Mailbox, clock: Clock
) -> None:
    """A host that asks for an hour, rooms that were not read since, an account out of use; at night the grave alone."""
    await on_list(store, custody, "ops@sen.example", "operator", NOW, notices=True)
    await watch()
    practice_web.faults.too_many, practice_web.faults.retry_after_s = True, 7_200
    clock.forward(minutes=5)
    assert {Kind.LIMITED} == kinds(await watch())
    clock.now = NOW.replace(hour=14)  # 23:00 in Seoul
    assert {Kind.LIMITED, Kind.UNSEEN} <= kinds(await watch())
    quiet = len(box.mails)
    await StoredAccounts(store).place("https://t.me/practice_group", ["+82"])
    await StoredAccounts(store).put_out_of_use("+82", "banned", clock())
    assert Kind.LIMITED in kinds(await watch())
    assert quiet + 1 == len(box.mails)
    clock.now = NOW.replace(hour=23)  # 08:00
    await watch()
    assert quiet + 2 == len(box.mails)
    assert "A room was not read for long" in box.mails[-1][1].get_content()


async def test_a_group_that_moved_is_told(store: Store, custody: Custody, courier: Courier, clock: Clock) -> None:
    """As Telegram says of a group that became a larger one."""
    address, lookout = "https://t.me/practice_group", Lookout(courier)
    for migrated_from in (None, 77):
        place = Place(kind=PlaceKind.GROUP, title="방", migrated_from=migrated_from)
        await end_pass(store, crawl_run(Outcome.WATCHED, clock.forward(minutes=5), source=address), 600, place)
        made = await look(lookout)
    assert [Kind.MOVED] == [notice.kind for notice in made]
