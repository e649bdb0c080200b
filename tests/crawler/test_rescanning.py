"""Today's words over kept pages find what they would have found; nothing twice, nothing older over newer."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.crawl import Crawler, crawl_source
from crawler.passes import pass_over
from evidence.cipher import Cipher
from evidence.records import Watchlist
from practice.web import PracticeWeb
from practice.world import Draft, PracticeRoom
from storage.custody_blocks import PENDING
from storage.erasure_destroy import destroy, find_gone
from storage.forms import read_post
from storage.leases import leased
from storage.mongo import Document, Store, open_store
from storage.sealed import read_items
from tests.conftest import NOW, Clock
from tests.crawler.rescanning import of_posts, real_now, rescan, seeing_nothing, source, without_schools
from tests.storage.making import NAMING, ORDINARY, everything

NAME, PEER = "quiet_room", 1_900_004_242
ROOM = source(NAME)


@pytest.fixture
def room(practice_web: PracticeWeb) -> PracticeRoom:
    """A room of our own with three ordinary posts."""
    made = practice_web.world.open(PracticeRoom(username=NAME, title=NAME, peer_id=PEER))
    for number in range(3):
        say(practice_web, f"{ORDINARY} {number}")
    return made


def say(web: PracticeWeb, text: str) -> int:
    """Post something there; its id."""
    return web.world.post(NAME, NOW - timedelta(hours=1), Draft(text=text)).id


async def one(store: Store, collection: str, native_id: int) -> Document | None:
    """A document of a post there."""
    return await store[collection].find_one({"_id": f"{PEER}:{native_id}"})


async def test_it_finds_what_the_watch_would_have_found(
    crawler: Crawler, watchlist: Watchlist, store: Store, own_database: str
) -> None:
    """Words, rules and register that came later give the same posts, Flags and items as if they had been there."""
    other_database = own_database.replace("?", "_live?", 1)
    async with open_store(other_database, Cipher(bytes(32))) as other:
        key = other.cipher.purpose_key("fingerprints of posts")
        live = replace(crawler, store=other, criteria=replace(crawler.criteria, fingerprint_key=key))
        await pass_over(watchlist.sources, live, lambda _: None)
    await pass_over(watchlist.sources, seeing_nothing(crawler), lambda _: None)
    assert [] == everything(own_database)["flags"]
    found = await rescan(store, crawler.criteria)
    expected, stored = everything(other_database), everything(own_database)
    assert of_posts(expected["posts"]) == of_posts(stored["posts"])
    assert len(expected["flags"]) == len(stored["flags"]) == found.total.flagged == len(stored["evidence"])
    assert len(stored["posts"]) == found.total.kept + found.total.extended  # some named a school behind a mask
    assert {True} == {flag["retro"] for flag in stored["flags"]}
    assert len(stored["flags"]) > 5
    again = await rescan(store, crawler.criteria)
    assert (found.total.captures, 0, 0, 0) == (
        again.total.captures,
        again.total.kept,
        again.total.extended,
        again.total.flagged,
    )
    after = everything(own_database)
    for name in ("posts", "flags", "evidence", "index", "search_tail", PENDING):
        assert stored[name] == after[name]


async def test_a_school_that_comes_into_the_register(
    crawler: Crawler, watchlist: Watchlist, store: Store, own_database: str
) -> None:
    """Posts that were kept gain its Mentions and keep what they had; others are kept and flagged only now."""
    await pass_over(watchlist.sources, without_schools(crawler), lambda _: None)
    before = everything(own_database)
    found = await rescan(store, crawler.criteria)
    after = everything(own_database)
    old, new = of_posts(before["posts"]), of_posts(after["posts"])
    assert set(old) < set(new)
    assert found.total.kept == len(new) - len(old)
    assert 0 < found.total.extended <= len(old)
    assert {name: row[5] for name, row in old.items()} == {name: new[name][5] for name in old}
    for name, row in old.items():
        assert new[name][6] >= row[6]
        assert set((row[7] or {"reasons": []})["reasons"]) <= set((new[name][7] or {"reasons": []})["reasons"])
    live = {flag["_id"]: flag["at"] for flag in before["flags"]}
    assert live == {flag["_id"]: flag["at"] for flag in after["flags"] if not flag.get("retro")}
    sealed = {item["_id"]: item["commit"] for item in before["evidence"]}
    assert sealed == {item["_id"]: item["commit"] for item in after["evidence"] if item["_id"] in sealed}


async def test_a_flag_raised_now(
    crawler: Crawler, practice_web: PracticeWeb, room: PracticeRoom, store: Store, clock: Clock
) -> None:
    """It carries the tag and when it was found; its item is sealed from the page of then."""
    native_id = say(practice_web, NAMING)
    await crawl_source(ROOM, seeing_nothing(crawler))
    begun = real_now()
    await rescan(store, crawler.criteria)
    flag, post = await one(store, "flags", native_id), await one(store, "posts", native_id)
    assert flag
    assert post
    assert (True, "open", None) == (flag["retro"], flag["state"], flag["delay_s"])
    assert flag["at"] >= begun > post["seen_at"]
    item, *_ = await read_items(store, [f"{PEER}:{native_id}:1"])
    assert item.at == post["seen_at"]
    sealed = json.loads(item.content or b"")
    assert sealed["capture"]["exchange"]["asked"].startswith("http://127.0.0.1")
    assert NAMING in sealed["raw"]


async def test_an_older_wording_never_comes_over_a_newer_one(
    crawler: Crawler, practice_web: PracticeWeb, room: PracticeRoom, store: Store, clock: Clock
) -> None:
    """What the watch kept stays at its revision; of what is kept only now all wordings are, in their order."""
    kept, unkept = say(practice_web, f"{ORDINARY} 하나"), say(practice_web, NAMING)
    await crawl_source(ROOM, seeing_nothing(crawler))
    world = practice_web.world
    world.edit(NAME, kept, clock.forward(minutes=10), f"{NAMING} 둘")
    world.edit(NAME, unkept, clock(), f"{ORDINARY} 셋")
    await crawl_source(ROOM, without_schools(crawler))
    before = await one(store, "posts", kept)
    assert before
    await rescan(store, crawler.criteria)
    after, late = await one(store, "posts", kept), await one(store, "posts", unkept)
    assert after
    assert late
    assert (1, before["seen_at"], []) == (after["revision"], after["seen_at"], after["earlier"])
    assert after["mentions"] > before["mentions"]
    opened = read_post(late, store.cipher)
    assert (2, f"{ORDINARY} 셋", [NAMING]) == (
        opened.revision,
        opened.post.text,
        [earlier.words for earlier in opened.earlier],
    )
    assert opened.flag
    run = await crawl_source(ROOM, crawler)
    assert (0, 0, 0) == (run.new, run.edited, run.flags)


@pytest.mark.parametrize("is_request", [True, False])
async def test_what_was_erased_or_ran_out_stays_gone(
    crawler: Crawler, practice_web: PracticeWeb, room: PracticeRoom, store: Store, clock: Clock, *, is_request: bool
) -> None:
    """Although a page that shows it is still there."""
    native_id = say(practice_web, NAMING)
    await crawl_source(ROOM, crawler)
    async with leased(store, ROOM.address, clock()) as lease:
        gone = await find_gone(store, f"{PEER}:{native_id}")
        await destroy(store, lease, [gone], clock(), is_request=is_request)
    found = await rescan(store, crawler.criteria)
    assert (0, 0) == (found.total.kept, found.total.flagged)
    assert await one(store, "posts", native_id) is None
    flag = await one(store, "flags", native_id)
    assert flag
    assert "erased" == flag["state"]


async def test_a_mention_whose_time_ran_out_is_not_kept_again(
    crawler: Crawler, practice_web: PracticeWeb, room: PracticeRoom, store: Store
) -> None:
    """Where such posts are kept for less time than pages are."""
    native_id = say(practice_web, "해솔빛고 급식이 맛있다고 합니다")
    await crawl_source(ROOM, seeing_nothing(crawler))
    found = await rescan(store, crawler.criteria, mentioned_kept=timedelta(0))
    assert 0 == found.total.kept
    assert 1 == (await rescan(store, crawler.criteria)).total.kept
    post = await one(store, "posts", native_id)
    assert post
    assert (1, None) == (post["mentions"], post["flag"])


async def test_a_post_that_is_gone_by_now(
    crawler: Crawler, practice_web: PracticeWeb, room: PracticeRoom, store: Store
) -> None:
    """It is kept as one that is gone."""
    native_id = say(practice_web, NAMING)
    say(practice_web, ORDINARY)
    await crawl_source(ROOM, seeing_nothing(crawler))
    practice_web.world.remove(NAME, native_id)
    run = await crawl_source(ROOM, seeing_nothing(crawler))
    assert 1 == run.removed
    await rescan(store, crawler.criteria)
    post = await one(store, "posts", native_id)
    assert post
    assert post["removed_at"] is not None
    again = await crawl_source(ROOM, crawler)
    assert (0, 0, 0) == (again.new, again.edited, again.removed)
