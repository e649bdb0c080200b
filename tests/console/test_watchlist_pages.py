"""The watchlist in the browser: looked at, changed by two persons, never over somebody else's change."""

import re

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from console.visit import Console
from evidence.roles import Role
from storage.rooms import rooms_before
from storage.watchlist_changes import waiting_changes
from storage.watchlists import all_versions, import_version, newest_version
from tests.conftest import Clock
from tests.console.asking import Answer, Caller, signed_in
from tests.console.keeping import LIST, OTHER, ROOM, TEXT, carried, keep_watchlist, proposed, saved
from tests.storage.custody_reading import logged
from tests.storage.importing import OPERATOR

NEW = {"base": "1", "address": "@new_room", "every": "1h", "reason": "case 12", "office": "B10"}


@pytest_asyncio.fixture
async def monitor(console: Console, client: ClientSession) -> Caller:
    """Somebody who keeps a watchlist that is there."""
    await keep_watchlist(console)
    return await signed_in(console, client, Role.MONITOR)


@pytest_asyncio.fixture
async def supervisor(console: Console, client: ClientSession) -> Caller:
    """A second person."""
    return await signed_in(console, client, Role.SUPERVISOR)


async def newest_text(console: Console) -> str:
    """What runs."""
    version = await newest_version(console.store)
    assert version is not None
    return version.text


async def test_how_everything_stands(monitor: Caller) -> None:
    """Outcome in a word and a shape, hours as a strip with words for it, why it was blind; titles masked."""
    page = (await monitor.get("/watchlist")).text
    assert "On the list: 3" in page
    assert "예시 이야기방" in page
    assert "010-9999-0000" not in page
    assert "김하늘" not in page
    assert "Last 7 days: 2 hours watched, 1 blind, 165 without a pass" in page
    assert "a captcha" in page
    assert "Not read yet" in page
    assert "On the list: 3" in (await monitor.get("/watchlist?q=telephone")).text
    assert "other_room" not in (await monitor.get("/watchlist?q=telephone")).text
    one = (await monitor.get("/watchlist/rooms/example_room")).text
    assert all(words in one for words in ("answered 429", "1,234", "reported by telephone"))
    listing = (await monitor.get(f"/watchlist/directories/{LIST.encode().hex()}")).text
    assert "a captcha" in listing
    assert 404 == (await monitor.get("/watchlist/rooms/none")).status
    assert 200 == (await monitor.get("/watchlist?page=x&q=1")).status


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("https://t.me/+abcdefgh12345", "invite link to a private room"),
        ("https://t.me/c/123/4", "leads into a private room"),
        ("https://t.me/example_room/12", "link to a post"),
        ("-1001234567", "number of a private chat"),
        ("https://example.org/x", "not an address of Telegram"),
        ("nonsense", "not an address of Telegram"),
        ("@x", "not the link of a public room"),
    ],
)
async def test_links_that_are_refused(monitor: Caller, link: str, why: str) -> None:
    """With the reason; nothing is asked of any host."""
    answer = await monitor.post("/watchlist/link", {"link": link})
    assert (422, True) == (answer.status, why in answer.text)


async def test_a_room_is_added_by_two_persons(
    console: Console, monitor: Caller, supervisor: Caller, own_database: str
) -> None:
    """Looked at, proposed with a reason, saved by a supervisor; who, number and hash are in the log first."""
    draft = await monitor.post("/watchlist/rooms", NEW)
    assert "<ins>+   - address: https://t.me/new_room</ins>" in draft.text
    assert TEXT == await newest_text(console)
    fields = carried(draft, "/watchlist/changes")
    assert 422 == (await monitor.post("/watchlist/changes", {**fields, "why": " "})).status
    change = await proposed(monitor, draft)
    assert 403 == (await monitor.post(change, {"do": "save", "base": "1", "sha256": "0" * 64})).status
    assert "Another person saves it." in (await monitor.get(change)).text
    answer = await saved(supervisor, change)
    assert "/watchlist/versions/2?done=saved" == answer.to
    text = await newest_text(console)
    assert "# the first" in text
    assert "  - address: https://t.me/new_room\n    every: 1h\n    office: B10\n    reason: case 12\n" in text
    page = (await supervisor.get(answer.to)).text
    assert all(words in page for words in ("asked by the office", "You, ", "some monitor"))
    entries = logged(own_database)[1:]
    version = await newest_version(console.store)
    assert version is not None
    assert ["watchlist-save", "propose", "approve", "watchlist-save"] == [entry["action"] for entry in entries]
    assert ("2", version.sha256, version.change) == tuple(
        entries[-1][key] for key in ("target_id", "commit", "reason_code")
    )
    assert "taken_up_at" in (await rooms_before(console.store, ["https://t.me/new_room"]))["https://t.me/new_room"]


async def test_somebody_who_is_faster(console: Console, monitor: Caller, supervisor: Caller, clock: Clock) -> None:
    """Nothing is overwritten: their change is shown, and the way on with one's own."""
    draft = await monitor.post("/watchlist/rooms", NEW)
    fields = carried(draft, "/watchlist/changes")
    change = await proposed(monitor, draft)
    looked_at = carried(await supervisor.get(change), change)
    await import_version(console.store, console.custody, OPERATOR, TEXT + "rules: []\n", "b.yaml", clock())
    late = await supervisor.post(change, {**looked_at, "do": "save"})
    assert (409, True) == (late.status, "Somebody else saved a version meanwhile" in late.text)
    for path, form in (("/watchlist/changes", {**fields, "why": "x"}), ("/watchlist/rooms", NEW)):
        conflict = await monitor.post(path, form)
        assert (409, True) == (conflict.status, "<ins>+ rules: []</ins>" in conflict.text)
    on = await monitor.post("/watchlist/draft", carried(conflict, "/watchlist/draft"))
    assert "version 2" in on.text
    assert "/watchlist/versions/3?done=saved" == (await saved(supervisor, change)).to  # edits fit on the newest one
    gone = await monitor.post("/watchlist/rooms", {**NEW, "base": "2"})
    assert "It does not fit there any more" in gone.text


async def test_what_is_wrong_is_said_beside_its_field(console: Console, monitor: Caller) -> None:
    """And the form comes back as it was filled in."""
    wrong = {"every": "10 min", "until": "tomorrow", "backfill": "much", "office": "Z9"}
    answer = await monitor.post("/watchlist/rooms", {"base": "1", "name": ROOM, "address": ROOM, **wrong})
    assert (422, 4) == (answer.status, answer.text.count('class="problem"'))
    assert 'value="10 min"' in answer.text
    assert 422 == (await monitor.post("/watchlist/rooms", {**NEW, "every": "x"})).status
    lists = {"base": "1", "address": "ftp://x", "site": "none", "auto_watch": "51"}
    assert 422 == (await monitor.post("/watchlist/directories", lists)).status
    assert 400 == (await monitor.post("/watchlist/rooms", {"base": "-1", "address": ROOM})).status
    same = await monitor.post("/watchlist/rooms", {**NEW, "address": ROOM})
    assert (400, True) == (same.status, "already in the list" in same.text)
    assert [] == list(await waiting_changes(console.store, console.clock()))


async def test_within_ones_own_offices(console: Console, client: ClientSession, monitor: Caller) -> None:
    """Who sees one office proposes and saves what is about it alone."""
    local = frozenset({"B10"})
    mine = await signed_in(console, client, Role.MONITOR, name="local", offices=local)
    edit = {"base": "1", "name": OTHER, "address": OTHER, "office": "B10", "every": "2h"}
    change = await proposed(mine, await mine.post("/watchlist/rooms", edit))
    elsewhere = await signed_in(console, client, Role.SUPERVISOR, name="elsewhere", offices=frozenset({"C10"}))
    assert 403 == (await saved(elsewhere, change)).status
    for form in ({**edit, "office": ""}, {**NEW, "office": ""}):
        draft = await mine.post("/watchlist/rooms", form)
        assert "outside of your education offices" in draft.text
    forged = carried(await monitor.post("/watchlist/rooms", {**NEW, "office": ""}), "/watchlist/changes")
    refused = await mine.post("/watchlist/changes", {**forged, "why": "x"})
    assert 422 == refused.status
    assert 1 == len(await waiting_changes(console.store, console.clock()))


async def test_one_supervisor_alone(console: Console, client: ClientSession, own_database: str) -> None:
    """Saves what they proposed, and the log says that one person did both; not where there is another one."""
    alone = await signed_in(console, client, Role.SUPERVISOR)
    first = await alone.post("/watchlist/rooms", {**NEW, "base": "0"})
    assert "/watchlist/versions/1?done=saved" == (await saved(alone, await proposed(alone, first))).to
    assert "approve-alone" in [entry["action"] for entry in logged(own_database)]
    await signed_in(console, client, Role.SUPERVISOR, name="second")
    change = await proposed(alone, await alone.post("/watchlist/rooms", {**NEW, "base": "1", "address": "@room_b"}))
    assert 403 == (await saved(alone, change)).status
    assert "/watchlist/changes?done=declined" == (await alone.post(change, {"do": "decline"})).to
    assert 1 == len(await all_versions(console.store))


async def test_an_entry_is_taken_out_and_an_old_text_comes_back(
    console: Console, monitor: Caller, supervisor: Caller
) -> None:
    """Each is a version of its own; the diff says what went, the export is the text to the letter."""
    gone = await monitor.post("/watchlist/remove", {"base": "1", "name": OTHER, "section": "sources"})
    await saved(supervisor, await proposed(monitor, gone))
    assert "other_room" not in await newest_text(console)
    back = await supervisor.post("/watchlist/versions/1/again", {"base": "2"})
    await saved(await signed_in(console, monitor.client, Role.SUPERVISOR, name="b"), await proposed(supervisor, back))
    assert TEXT == await newest_text(console)
    export = await monitor.get("/watchlist/versions/3/yaml")
    assert (TEXT, True) == (export.text, "watchlist-3.yaml" in export.headers["Content-Disposition"])
    page = await monitor.get("/watchlist/versions/3")
    assert re.search(r"<ins>\+ +- address: &#39;@other_room&#39;</ins>", page.text)
    assert "No line differs." in (await monitor.get("/watchlist/versions/3?against=1")).text
    assert [404, 404] == [(await monitor.get(f"/watchlist/versions/{number}")).status for number in ("9", "x")]
    assert 200 == (await monitor.get("/watchlist/versions")).status


async def test_the_whole_text(console: Console, monitor: Caller, supervisor: Caller, clock: Clock) -> None:
    """Mistakes are named with their line; a replaced text fits on its own version only."""
    bad: Answer = await monitor.post("/watchlist/text", {"base": "1", "text": "version: 1\nsources:\n  - every: x\n"})
    assert (422, True) == (bad.status, "watchlist:3: sources[0].every" in bad.text)
    draft = await monitor.post("/watchlist/text", {"base": "1", "text": TEXT.replace("\n", "\r\n") + "rules: []\r\n"})
    change = await proposed(monitor, draft)
    await import_version(console.store, console.custody, OPERATOR, TEXT + "# more\n", "b.yaml", clock())
    page = await supervisor.get(change)
    assert "It does not fit any more" in page.text
    assert 403 == (await supervisor.post(change, {"do": "save", "base": "2", "sha256": ""})).status
    assert "No line" in (await monitor.post("/watchlist/text", {"base": "2", "text": TEXT + "# more\n"})).text
