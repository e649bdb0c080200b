"""A watchlist with a past, for tests of its pages."""

import html
import re
from datetime import timedelta
from typing import Any

from console.visit import Console
from evidence.listing import ListedRoom
from evidence.reading import Figure, Place, PlaceKind
from evidence.records import CrawlRun, Outcome
from storage.leases import leased
from storage.passes import end_pass
from storage.rooms import Listing, listing_writes, room_key
from storage.watchlists import import_version
from tests.conftest import NOW
from tests.console.asking import Answer, Caller
from tests.storage.importing import OPERATOR

ROOM, OTHER, FOUND = (f"https://t.me/{name}" for name in ("example_room", "other_room", "found_room"))
LIST = "https://example.org/list?page=1"
TEXT = f"""version: 1
timezone: Asia/Seoul
# rooms of the case
sources:
  - address: '@example_room'   # the first
    every: 10m
    reason: reported by telephone
  - address: '@other_room'
    office: B10
    until: 2027-02-01
directories:
  - site: generic
    address: {LIST}
    name_matches: [이야기]
terms:
  - id: trade
    any: [삽니다]   # buy
"""


async def keep_watchlist(console: Console, text: str = TEXT) -> None:
    """A first version, as a command stores it; four passes over its first room, one over its directory; a candidate."""
    await import_version(console.store, console.custody, OPERATOR, text, "rooms.yaml", NOW)
    place = Place(kind=PlaceKind.CHANNEL, title="예시 이야기방 010-9999-0000 김하늘")
    for hours, outcome, why in ((50, "watched", None), (30, "blind", "answered 429"), (2, "watched", None)):
        await _pass(console, ROOM, "telegram-web", hours, Outcome(outcome), why, place)
    await _pass(console, LIST, "directory:generic", 1, Outcome.BLIND, "a captcha", None)
    await find_room(console, FOUND, "들리는 이야기 모음 김하늘 010-9999-0000")
    await find_room(console, f"{FOUND}_two", "이야기 둘")


async def _pass(
    console: Console, address: str, via: str, hours: int, outcome: Outcome, why: str | None, place: Place | None
) -> None:
    at = NOW - timedelta(hours=hours)
    run = CrawlRun(
        source=address, via=via, outcome=outcome, reason=why, started_at=at, ended_at=at, members=1_234, posts_seen=20
    )
    async with leased(console.store, address, NOW) as lease:
        await end_pass(console.store, run, 6 * 3600, place, lease)


async def find_room(console: Console, address: str, title: str) -> None:
    """A room as a directory lists it."""
    count = Figure(value=1_800, low=1_800, high=1_800)
    room = ListedRoom(listed_by="generic", address=address, title=title, count=count)
    listing = Listing(room=room, reasons=("name", "term:trade"))
    await console.store["rooms"].bulk_write(listing_writes(listing, room_key(room), None, NOW))


def carried(answer: Answer, path: str) -> dict[str, Any]:
    """The hidden fields of the first form of a page that goes to ``path``."""
    form = re.search(rf'<form[^>]*action="{re.escape(path)}"[^>]*>(.*?)</form>', answer.text, re.DOTALL)
    assert form is not None, answer.text
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[1])
    return {name: html.unescape(value) for name, value in fields if name != "csrf"}


async def proposed(caller: Caller, draft: Answer, why: str = "asked by the office") -> str:
    """Propose what a draft's page shows; gives the path of the change."""
    sent = await caller.post("/watchlist/changes", {**carried(draft, "/watchlist/changes"), "why": why})
    assert sent.to.endswith("?done=proposed"), sent.text
    return sent.to.removesuffix("?done=proposed")


async def saved(caller: Caller, change: str) -> Answer:
    """Save a change as its page shows it."""
    page = await caller.get(change)
    return await caller.post(change, {**carried(page, change), "do": "save"})
