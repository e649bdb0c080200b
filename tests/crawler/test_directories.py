"""One pass over a directory, over real sockets: what is kept, what is blind, what is a candidate."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from crawler.crawl import Crawler
from crawler.directories import crawl_directory
from crawler.passes import Item, pass_over
from evidence.records import CrawlRun, Outcome, Source
from practice.directory.faults import DirectoryFaults
from practice.directory.web import PracticeDirectory
from storage.mongo import Document
from tests.crawler.serving import PLACES, at
from tests.storage.making import everything

MakeCrawler = Callable[[], Any]
LISTED = 8
"""Rooms of the practice world that directories list: neither people nor bots."""
SHOWN = {site: 4 if site == "tgstat" else LISTED for site in PLACES}
"""tgstat shows more than its first page to its own page only."""


def named(rooms: list[Document], *fields: str) -> dict[str, Any]:
    """Fields of rooms, by name; those of directories themselves left out."""
    return {
        room["_id"].rsplit("/", 1)[-1]: [room.get(field) for field in fields]
        for room in rooms
        if not room.get("via", "").startswith("directory:")
    }


# ------------------------------------------------------------------ passes


@pytest.mark.parametrize("site", PLACES)
async def test_a_pass_and_another_one(
    crawler: Crawler, listing: PracticeDirectory, own_database: str, site: str
) -> None:
    """Every room is new once, with its count under the site's name; the second pass adds nothing."""
    first, second = [await crawl_directory(at(listing, site), crawler) for _ in range(2)]
    shown = SHOWN[site]
    assert (f"directory:{site}", shown, shown) == (first.via, first.posts_seen, first.new)
    assert (shown, 0, 0) == (second.posts_seen, second.new, second.kept)
    said = "the site shows more to its own page only" if site == "tgstat" else None
    assert {(Outcome.WATCHED, said)} == {(run.outcome, run.reason) for run in (first, second)}
    assert (first.captures, first.captures) == (first.kept, second.unchanged)
    stored = everything(own_database)
    public = {room.username.lower() for room in listing.rooms}
    assert (shown, set()) == (len(named(stored["rooms"])), named(stored["rooms"]).keys() - public)
    assert {f"directory:{site}"} >= {count["origin"] for count in stored["counts"]}
    assert len(stored["counts"]) == (0 if site == "tgviewer" else shown)
    assert [[2, 0]] == [[hour["passes"], hour["blind_passes"]] for hour in stored["coverage"]]


async def test_sites_tell_of_one_room_each_in_its_own_series(
    crawler: Crawler, listing: PracticeDirectory, own_database: str
) -> None:
    """Five sites make eight rooms; each that has numbers makes a series of counts beside that of Telegram's pages."""
    listing.members["practice_talk"] = 4_200
    talk = Source(address="https://t.me/practice_talk")
    items: list[Item] = [*(at(listing, site) for site in PLACES), talk]
    for item in items:
        await pass_over([item], crawler, lambda run: None)
    stored = everything(own_database)
    assert LISTED == len(named(stored["rooms"]))
    counts = {count["origin"]: count["value"] for count in stored["counts"] if count["source"] == talk.address}
    assert {
        "directory:telemetrio": 4_200,
        "directory:tgstat": 4_200,
        "directory:combot": 4_200,
        "directory:generic": 4_200,
        "landing": 3_856,
    } == counts


async def test_candidates_have_their_reasons(crawler: Crawler, listing: PracticeDirectory, own_database: str) -> None:
    """Words of the entry, terms of the watchlist; what has none is listed and no candidate."""
    listing.world.rooms["practice_games"].title = "해솔빛고등학교 딥페이크 이야기"
    await crawl_directory(at(listing, "telemetrio", "이야기"), crawler)
    reasons = named(everything(own_database)["rooms"], "reasons")
    assert [["name", "school", "term:synthetic-media"]] == reasons["practice_games"]
    assert [["name"]] == reasons["practice_rumours"]
    assert [[]] == reasons["practice_closed"]


async def test_a_room_that_grows_is_a_candidate(
    crawler: Crawler, listing: PracticeDirectory, own_database: str
) -> None:
    """Half as many members again since the first figure."""
    listing.members["practice_games"] = 600
    await crawl_directory(at(listing), crawler)
    listing.members["practice_games"] = 900
    await crawl_directory(at(listing), crawler)
    reasons = named(everything(own_database)["rooms"], "reasons")
    assert [["growth"]] == reasons["practice_games"]
    assert [[]] == reasons["practice_talk"]


async def test_rooms_that_cannot_be_watched(crawler: Crawler, listing: PracticeDirectory, own_database: str) -> None:
    """Said once a pass, whatever the number of pages; they are kept without an address and are no candidates."""
    listing.private |= {"practice_talk", "practice_games"}
    run = await crawl_directory(at(listing, "combot", "이야기", "게임"), crawler)
    assert (Outcome.WATCHED, "2 rooms cannot be watched: private, without a public name, or bots") == (
        run.outcome,
        run.reason,
    )
    rooms = named(everything(own_database)["rooms"], "refused", "reasons")
    assert ["is listed without a public name: a private room", []] == rooms["id:1900000101"]
    assert "practice_talk" not in rooms


# ------------------------------------------------------------------ blind

FAULTS: list[tuple[dict[str, Any], dict[str, Any], str, int]] = [
    ({}, {"status": 403}, "{url}: answered 403; left alone for 60 s", 0),
    ({}, {"too_many": True}, "{url}: answered 429; left alone for 30 s", 0),
    ({}, {"status": 500}, "{url}: answered 500", 0),
    ({}, {"robots": 503}, "robots.txt of {host} answered 503: we stay out until it answers", 0),
    ({}, {"robots": "User-agent: *\nDisallow: /en/"}, "robots.txt of {host} disallows /en/channels", 0),
    ({"wall": "challenge"}, {}, "{url}: a challenge page instead", 0),
    ({"wall": "captcha"}, {}, "{url}: a captcha instead", 0),
    ({"wall": "login"}, {}, "{url}: a login page: the list is not public", 0),
    ({"new_layout": True}, {}, "{url}: layout changed: nothing on the page reads as a room of telemetrio", 1),
    ({"redirect": "self"}, {}, "{url}: more than 3 redirects", 0),
    ({"redirect": "https://10.0.0.1/list"}, {}, "address refused: ", 0),
]


@pytest.mark.parametrize(("wrong", "server", "reason", "failed"), FAULTS, ids=lambda value: str(value)[:40])
async def test_each_fault_is_blind_and_loses_nothing(
    crawlers: MakeCrawler,
    listing: PracticeDirectory,
    own_database: str,
    wrong: dict[str, Any],
    server: dict[str, Any],
    reason: str,
    failed: int,
) -> None:
    """What was known stays; the reason says what stands in the way; afterwards everything is there as before."""
    await crawl_directory(at(listing), await crawlers())
    before = everything(own_database)
    for faults, changes in ((listing.faults, wrong), (listing.faults.server, server)):
        for name, value in changes.items():
            setattr(faults, name, value)
    run = await crawl_directory(at(listing), await crawlers())
    url = listing.base + PLACES["telemetrio"]
    said = reason.format(url=url, base=listing.base, host=listing.base.removeprefix("http://"))
    assert (Outcome.BLIND, 0, failed) == (run.outcome, run.new, run.failed)
    assert (run.reason or "").startswith(said.removesuffix(" instead"))
    assert run.captures == run.kept + run.unchanged + run.failed
    blind = everything(own_database)
    assert all(before[name] == blind[name] for name in ("counts", "captures", "room_ids"))
    assert named(before["rooms"], "found", "at") == named(blind["rooms"], "found", "at")
    listing.faults = DirectoryFaults()
    healed = await crawl_directory(at(listing), await crawlers())
    assert (Outcome.WATCHED, LISTED, 0) == (healed.outcome, healed.posts_seen, healed.new)


async def test_pages_before_a_limit_are_kept(
    crawlers: MakeCrawler, listing: PracticeDirectory, own_database: str
) -> None:
    """The first page is stored, the pass is blind, and the next one finds only what is new."""
    listing.faults.server.too_many, listing.faults.after = True, 1
    first = await crawl_directory(at(listing), await crawlers())
    assert (Outcome.BLIND, 4, 4) == (first.outcome, first.new, len(named(everything(own_database)["rooms"])))
    listing.faults = DirectoryFaults()
    second = await crawl_directory(at(listing), await crawlers())
    assert (Outcome.WATCHED, 4, LISTED) == (second.outcome, second.new, len(named(everything(own_database)["rooms"])))


async def test_without_a_reader_a_directory_is_blind(crawler: Crawler, listing: PracticeDirectory) -> None:
    """One line says so."""
    run = await crawl_directory(at(listing), replace(crawler, read_directory=None))
    assert (Outcome.BLIND, "no reader of directories is set up") == (run.outcome, run.reason)


async def test_directories_at_the_same_time(crawler: Crawler, listing: PracticeDirectory, own_database: str) -> None:
    """They name the same rooms, and each room is stored once with all that was said of it."""
    runs: list[CrawlRun] = await pass_over([at(listing, site) for site in PLACES], crawler, lambda run: None)
    assert SHOWN == {run.via.removeprefix("directory:"): run.posts_seen for run in runs}
    rooms = named(everything(own_database)["rooms"], "found")
    assert (LISTED, sum(SHOWN.values())) == (len(rooms), sum(len(found) for (found,) in rooms.values()))
