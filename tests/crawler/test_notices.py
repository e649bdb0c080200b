"""Notices on a real store: made once, kept, shown, mailed by a real server, without a name or a word."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from console.events import Event
from crawler.delivery import send_due
from crawler.notice_values import Lookout
from crawler.notices import look
from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.delivery import State
from evidence.errors import ConfigError
from evidence.notice import Kind
from evidence.pause import Quiet
from evidence.query import Query, SavedSearch
from evidence.records import Outcome
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.notices import MOST_ABOUT, acknowledge, notices_for, read_notices
from storage.passes import end_pass
from storage.pauses import pause
from storage.searches import save_search
from storage.watchlists import import_version
from tests.conftest import NOW, Clock
from tests.crawler.mailbox import KEY, ONE, courier_for, mail_server, on_list, settings_for, web_hook
from tests.storage.custody_reading import logged
from tests.storage.importing import OPERATOR
from tests.storage.making import NAMING, SOURCE, crawl_run, everything, keep, page, post
from tests.storage.reviewing import flag_document, put_flags

WATCHLIST = f"version: 1\nsources:\n  - address: {SOURCE}\n    every: 10m\n"
MONITOR = Staff(actor="ann", role="monitor", session_id="session-ann")


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of the store, which has a watchlist of one room."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as opened:
        await import_version(store, opened, OPERATOR, WATCHLIST, "rooms.yaml", NOW)
        yield opened


async def kinds(lookout: Lookout) -> list[Kind]:
    """Of what is new."""
    return sorted(one.kind for one in await look(lookout))


async def test_a_grave_flag_is_told_once_however_often_it_is_posted(
    store: Store, custody: Custody, clock: Clock, own_database: str, tmp_path: Path
) -> None:
    """To the office that it touches, within a turn, by mail and to browsers; no address, no school, no words."""
    heard: list[Event] = []
    async with mail_server() as box:
        courier = courier_for(store, custody, settings_for(tmp_path, box), clock)
        lookout = Lookout(courier, heard.append)
        await on_list(store, custody, "kim@sen.example", "office:B10", NOW, notices=True)
        await on_list(store, custody, "lee@sen.example", "office:C10", NOW, notices=True)
        await on_list(store, custody, "pak@sen.example", "office:B10", NOW)
        await put_flags(store, *(flag_document(number, "critical", offices=["B10"], untold=1) for number in (1, 2)))
        await store["near"].insert_one({"_id": "1900000001:2", "leader": "1900000001:1", "likeness": 1.0, "at": NOW})
        assert [Kind.GRAVE] == await kinds(lookout)
        assert [] == await kinds(lookout)
        await send_due(courier)
        await send_due(courier)
    ((to, mail),) = box.mails
    text = mail.get_content()
    assert ("kim@sen.example", True) == (to, "http://127.0.0.1:8380/notices" in text)
    assert not [word for word in (SOURCE, "t.me", "1900000001", "B10") if word in text]
    assert [("notices", frozenset({"B10"}))] == [(event.kind, event.offices) for event in heard]
    (kept,) = await notices_for(store, MONITOR, NOW - timedelta(days=1), NOW)
    assert {"1900000001:1", "1900000001:2"} == set(kept.about)
    seen = await acknowledge(store, custody, MONITOR, kept.id, NOW)
    again = await acknowledge(store, custody, ONE, kept.id, NOW + timedelta(hours=1))
    assert ("ann", NOW) == (seen.acknowledged_by, again.acknowledged_at)
    assert 1 == len([entry for entry in logged(own_database) if entry["action"] == "notice-seen"])
    admin = Staff(actor="root", role="admin", session_id="s")
    with pytest.raises(ConfigError, match="there is no such notice"):
        await acknowledge(store, custody, admin, kept.id, NOW)


async def test_a_text_that_is_posted_everywhere(
    store: Store, custody: Custody, clock: Clock, own_database: str, tmp_path: Path
) -> None:
    """One notice, with as many ids as are of use; each flag is looked at once, and again when it changes."""
    lookout = Lookout(courier_for(store, custody, settings_for(tmp_path), clock))
    numbers = range(1, MOST_ABOUT + 100)
    await put_flags(store, *(flag_document(number, "critical", untold=1) for number in numbers))
    like = {"leader": "1900000001:1", "likeness": 1.0, "at": NOW}
    await store["near"].insert_many([{"_id": f"1900000001:{number}", **like} for number in numbers])
    await put_flags(store, flag_document(MOST_ABOUT + 100, "low", untold=1))
    await put_flags(store, flag_document(MOST_ABOUT + 101, "critical", NOW - timedelta(days=2), untold=1))
    assert [Kind.GRAVE] == await kinds(lookout)
    (kept,) = await notices_for(store, MONITOR, NOW - timedelta(days=1), NOW)
    assert MOST_ABOUT == len(kept.about)
    assert not [flag for flag in everything(own_database)["flags"] if "untold" in flag]
    clock.forward(hours=5)
    graver = {"severity": "critical", "revision": 2, "untold": 1}
    await store["flags"].update_one({"_id": f"1900000001:{MOST_ABOUT + 100}"}, {"$set": graver})
    assert [Kind.GRAVE] == await kinds(lookout)


async def test_what_becomes_of_a_room(store: Store, custody: Custody, clock: Clock, tmp_path: Path) -> None:
    """Renamed, gone, not read for long, grown fast; said once, and not while it is muted."""
    lookout = Lookout(courier_for(store, custody, settings_for(tmp_path), clock))
    await end_pass(store, crawl_run(Outcome.WATCHED, NOW, source=SOURCE), 600, None)
    await store["rooms"].update_one({"_id": SOURCE}, {"$set": {"title": "one"}})
    assert [] == await kinds(lookout)
    await store["rooms"].update_one({"_id": SOURCE}, {"$set": {"title": "two"}})
    assert [Kind.RENAMED] == await kinds(lookout)
    clock.forward(hours=1)
    assert [Kind.UNSEEN] == await kinds(lookout)
    clock.forward(hours=7)
    assert [] == await kinds(lookout)
    for members, expected in ((1_000, []), (1_100, []), (1_300, [Kind.SURGE]), (1_310, [])):
        clock.forward(hours=1)
        at, name = clock(), f"{SOURCE} landing {clock().isoformat()}"
        count = {"source": SOURCE, "at": at, "value": members, "low": members, "high": members, "online": None}
        await store["counts"].insert_one({"_id": name, "origin": "landing", **count})
        assert expected == await kinds(lookout)
    await pause(store, custody, ONE, Quiet.MUTE, SOURCE, "known", clock())
    await end_pass(store, crawl_run(Outcome.GONE, clock(), source=SOURCE), 600, None)
    assert [] == await kinds(lookout)
    assert "two" not in repr([one async for one in store["notice_rooms"].find({"_id": SOURCE})])


async def test_searches_tell_their_owner_alone(store: Store, custody: Custody, clock: Clock, tmp_path: Path) -> None:
    """Of posts that came since; nobody else sees it, and no mail goes out."""
    saved = SavedSearch(
        name="n", query=Query(text="딥페이크"), since=None, until=None, owner="ann", is_team=True, at=NOW, tells=True
    )
    await save_search(store, saved)
    async with web_hook() as (url, posted):
        courier = courier_for(store, custody, settings_for(tmp_path, webhook_url=url, webhook_key=KEY), clock)
        assert [] == await kinds(Lookout(courier))
        await keep(store, page(post(1, NAMING)))
        assert Kind.SEARCH in await kinds(Lookout(courier))
        assert Kind.SEARCH not in await kinds(Lookout(courier))
        await send_due(courier)
    assert Kind.SEARCH in {one.kind for one in await notices_for(store, MONITOR, NOW - timedelta(days=1), NOW)}
    supervisor = Staff(actor="sue", role="supervisor", session_id="s")
    assert Kind.SEARCH not in {one.kind for one in await notices_for(store, supervisor, NOW - timedelta(days=1), NOW)}
    assert not [body for _, body in posted if b"search" in body]


async def test_queue_and_refused_deliveries(store: Store, custody: Custody, clock: Clock, tmp_path: Path) -> None:
    """Flags that wait too long, and mails that nobody took."""
    late: dict[str, Any] = {"lane": "P0", "lane_at": NOW, "due_at": NOW - timedelta(minutes=30)}
    await put_flags(store, flag_document(1, "low", **late), flag_document(2, "low", **late))
    async with mail_server() as box:
        box.answers.append("550 nobody")
        courier = courier_for(store, custody, settings_for(tmp_path, box), clock)
        await on_list(store, custody, "ops@sen.example", "operator", NOW, notices=True)
        assert [Kind.BACKLOG] == await kinds(Lookout(courier))
        (failed,) = await send_due(courier)
        assert State.SENDING is failed.state
        assert [Kind.UNDELIVERED] == await kinds(Lookout(courier))
    (backlog,) = [one for one in await read_notices(store, None, NOW + timedelta(1)) if one.kind is Kind.BACKLOG]
    assert ({"flags": 2, "minutes": 30}, True) == (dict(backlog.numbers), backlog.is_grave)
