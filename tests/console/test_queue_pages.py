"""The life of flags over HTTP: two reviewers and a supervisor, each with a browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from aiohttp import ClientSession

from console.serving import serving
from console.visit import Console
from evidence.progress import State
from evidence.review import Disposition
from evidence.roles import Role
from storage.custody import Custody
from storage.mongo import Store
from storage.review_forms import read_progress
from tests.conftest import Clock
from tests.console.asking import Answer, Caller, signed_in
from tests.console.conftest import make_console
from tests.console.reviewing import ALIKE, MILD, NAMING, always_alone, bring_in, count_members, raise_flags

CHOICE = {"severity": "high", "category": "synthetic-media", "reason": "plain"}


@pytest_asyncio.fixture
async def console(store: Store, custody: Custody, clock: Clock) -> AsyncIterator[Console]:
    """Served on loopback; nothing is drawn for a second review."""

    def make(host: str, port: int) -> Console:
        return always_alone(make_console(store, custody, clock, f"http://{host}:{port}"))

    async with serving(make, "127.0.0.1", 0) as served:
        yield served


async def state_of(store: Store, flag: str) -> State:
    """Where it stands."""
    document = await store["flags"].find_one({"_id": flag})
    return read_progress(document or {}).state


async def decide(caller: Caller, flag: str, disposition: str, **more: str) -> Answer:
    """Send the form of a decision."""
    return await caller.post(f"/queue/{flag}/decide", {**CHOICE, "disposition": disposition, "revision": "1", **more})


async def test_a_flag_by_two_reviewers_and_a_supervisor(console: Console, client: ClientSession, store: Store) -> None:
    """Claimed, decided, reviewed blindly, disputed, settled, reopened; what each may see on the way."""
    (flag,) = await raise_flags(store, {1: NAMING})
    await count_members(store)
    ann = await signed_in(console, client, Role.MONITOR, name="ann")
    ben = await signed_in(console, client, Role.INVESTIGATOR, name="ben")
    sue = await signed_in(console, client, Role.SUPERVISOR, name="sue")

    assert f"/queue/{flag}" == (await ann.post("/queue/next")).to
    page = await ann.get(f"/queue/{flag}")
    assert 200 == page.status
    for shown in ("[이름]", "[전화]", "해솔빛고", "Mentioned (unchecked)", "Names a school beside words", "<polyline"):
        assert shown in page.text
    for hidden in ("김민수", "1234-5678"):
        assert hidden not in page.text
    assert "The text is shown to whoever holds the flag" in (await ben.get(f"/queue/{flag}")).text
    assert "refused=held" in (await decide(ben, flag, "confirmed")).to

    assert "done=decided" in (await decide(ann, flag, "confirmed", note="들은 말")).to
    assert State.SECOND_PENDING is await state_of(store, flag)
    assert "done=empty" in (await ann.post("/queue/next")).to
    assert f"/queue/{flag}" == (await ben.post("/queue/next")).to
    blind = await ben.get(f"/queue/{flag}")
    assert "Second review" in blind.text
    assert [] == re.findall(r"decided|들은 말|: Confirmed", blind.text)
    await decide(ben, flag, "rumour_hoax")
    assert State.DISPUTED is await state_of(store, flag)

    unsettled = await sue.get(f"/queue/{flag}")
    assert "Settle the dispute" in unsettled.text
    assert "들은 말" in unsettled.text
    settled = {**CHOICE, "disposition": "rumour_hoax", "revision": "1"}
    assert 422 == (await sue.post(f"/queue/{flag}/settle", {**settled, "note": " "})).status
    assert "done=decided" in (await sue.post(f"/queue/{flag}/settle", {**settled, "note": "확인됨"})).to
    document = await store["flags"].find_one({"_id": flag})
    assert document is not None
    assert (State.FINAL, Disposition.RUMOUR_HOAX) == (document["state"], document["disposition"])
    assert "Found untrue by a person" in (await ann.get(f"/queue/{flag}")).text
    assert 403 == (await ann.post(f"/queue/{flag}/reopen", {"reason": "mistake"})).status
    assert "done=reopened" in (await ben.post(f"/queue/{flag}/reopen", {"reason": "mistake"})).to
    assert State.REOPENED is await state_of(store, flag)


async def test_two_browsers_never_get_the_same_flag(console: Console, client: ClientSession, store: Store) -> None:
    """Eight people at once; each gets one, and what is left over for nobody is said."""
    flags = await raise_flags(store, {number: MILD % number for number in range(1, 7)})
    callers = [await signed_in(console, client, Role.MONITOR, name=f"reader {number}") for number in range(8)]
    answers = await asyncio.gather(*(caller.post("/queue/next") for caller in callers))
    got = [answer.to for answer in answers]
    assert sorted(f"/queue/{flag}" for flag in flags) == sorted(to for to in got if "empty" not in to)
    assert 2 == got.count("/queue?done=empty")


async def test_undo_skip_snooze_and_the_urgent_route(console: Console, client: ClientSession, store: Store) -> None:
    """Each short act from its form; the last one is taken back from the page that it ends on."""
    (flag,) = await raise_flags(store, {1: MILD % 1})
    ann, sue = [await signed_in(console, client, role, name=str(role)) for role in (Role.MONITOR, Role.SUPERVISOR)]
    await ann.post("/queue/next")
    await decide(ann, flag, "not_relevant", severity="low", category="awareness", reason="reporting")
    assert State.FINAL is await state_of(store, flag)
    after = await ann.get(f"/queue?done=decided&last={flag}")
    assert f'action="/queue/{flag}/act"' in after.text
    assert f"/queue/{flag}?done=undo" == (await ann.post(f"/queue/{flag}/act", {"do": "undo"})).to
    assert State.CLAIMED is await state_of(store, flag)
    for act, state in (("skip", State.QUEUED), ("undo", State.CLAIMED), ("snooze", State.SNOOZED)):
        await ann.post(f"/queue/{flag}/act", {"do": act})
        assert (act, state) == (act, await state_of(store, flag))
    assert 400 == (await ann.post(f"/queue/{flag}/act", {"do": "snooze", "hours": "73"})).status
    assert "refused=state" in (await ann.post(f"/queue/{flag}/act", {"do": "release"})).to
    await ann.post(f"/queue/{flag}/act", {"do": "wake"})
    assert "done=urgent" in (await ann.post(f"/queue/{flag}/act", {"do": "urgent"})).to
    assert 403 == (await ann.post(f"/queue/{flag}/check")).status
    assert flag in (await sue.get("/queue")).text
    await sue.post(f"/queue/{flag}/act", {"do": "look"})
    assert '<details class="told">' in (await sue.get(f"/queue/{flag}")).text
    assert "done=checked" in (await sue.post(f"/queue/{flag}/check")).to


async def test_what_is_missing_is_said_beside_its_field(console: Console, client: ClientSession, store: Store) -> None:
    """Nothing that was filled in is lost; a post that was edited meanwhile is read again first."""
    flags = await raise_flags(store, {1: MILD % 1, 2: MILD % 2})
    ann = await signed_in(console, client, Role.MONITOR)
    await ann.post("/queue/next")
    answer = await decide(ann, flags[0], "duplicate_of", note="see <b>there</b>")
    assert (422, True) == (answer.status, "Name the flag that stands for this one too." in answer.text)
    assert "see &lt;b&gt;there&lt;/b&gt;</textarea>" in answer.text
    assert 422 == (await decide(ann, flags[0], "likely", reason="see-note")).status
    assert 422 == (await decide(ann, flags[0], "guilty")).status
    assert "refused=meanwhile" in (await decide(ann, flags[0], "likely", revision="2")).to
    assert "Somebody else acted on it meanwhile" in (await ann.get(f"/queue/{flags[0]}?refused=meanwhile")).text
    assert "done=decided" in (await decide(ann, flags[0], "duplicate_of", duplicate_of=flags[1], severity="low")).to


async def test_a_flag_of_another_office_is_not_there(console: Console, client: ClientSession, store: Store) -> None:
    """Neither page nor act; and schools of other offices are not named to whoever sees a flag of theirs."""
    both = "해솔빛고, 누리솔고 딥페이크 합성물이 돈다는 말"
    flag, shared = await raise_flags(store, {1: NAMING, 2: both})
    await store["flags"].update_one({"_id": shared}, {"$set": {"offices": ["B10", "C10"]}})
    there = await signed_in(console, client, Role.MONITOR, name="there", offices=frozenset({"C10"}))
    for path in ("", "/act", "/decide", "/note"):
        answer = await (there.post(f"/queue/{flag}{path}") if path else there.get(f"/queue/{flag}"))
        assert 404 == answer.status
    assert flag not in (await there.get("/queue")).text
    await there.post("/queue/next")
    page = await there.get(f"/queue/{shared}")
    assert "[학교]" in page.text
    assert "해솔빛고" not in page.text


async def test_the_limit_of_a_day(console: Console, client: ClientSession, store: Store, clock: Clock) -> None:
    """After 45 minutes a pause is offered, and may be left; the limit of the day may not."""
    await raise_flags(store, {number: MILD % number for number in range(1, 5)})
    ann = await signed_in(console, client, Role.MONITOR)
    assert ann.person is not None
    for _ in range(6):
        await ann.post("/queue/next", {"go_on": "1"})
        clock.forward(minutes=9)
    assert "/queue/pause" == (await ann.post("/queue/next")).to
    assert "Time for a pause" in (await ann.get("/queue/pause")).text
    await store["exposure_limits"].insert_one({"_id": ann.person.id, "most_items": 1})
    assert "/queue/pause" == (await ann.post("/queue/next", {"go_on": "1"})).to
    assert "Enough for today" in (await ann.get("/queue/pause")).text


async def test_into_a_case(console: Console, client: ClientSession, store: Store) -> None:
    """All sealed revisions, into a new case or one that is there; a monitor may not."""
    flag, other = await raise_flags(store, {1: NAMING, 2: ALIKE})
    ben = await signed_in(console, client, Role.INVESTIGATOR)
    ann = await signed_in(console, client, Role.MONITOR)
    assert 403 == (await ann.get(f"/queue/{flag}/case")).status
    assert 422 == (await ben.post(f"/queue/{flag}/case")).status
    assert "done=case" in (await ben.post(f"/queue/{flag}/case", {"question": "무엇이 도는가"})).to
    case = await store["cases"].find_one({"_id": {"$gte": "case-", "$lt": "case-g"}})
    assert case is not None
    assert case["_id"] in (await ben.get(f"/queue/{other}/case")).text
    await ben.post(f"/queue/{other}/case", {"case": case["_id"]})
    kept = await store["cases"].find_one({"_id": case["_id"]})
    assert [f"{flag}:1", f"{other}:1"] == [item["id"] for item in (kept or {})["items"]]


async def test_the_list_is_paged_by_key(console: Console, client: ClientSession, store: Store, clock: Clock) -> None:
    """Each flag once, in the order of rank and age; filters stay on from page to page."""
    for hour in range(6):
        texts = {hour * 10 + number: (NAMING if number % 5 == 0 else MILD % number) for number in range(1, 11)}
        await raise_flags(store, texts, clock() - timedelta(hours=hour))
    await bring_in(console)
    ann = await signed_in(console, client, Role.MONITOR)
    found: list[str] = []
    path = "/queue?shelf=waiting&severity=low"
    while path:
        page = await ann.get(path)
        table = page.text.partition("<tbody")[2]
        found += re.findall(r'data-flag="([^"]+)"', table)
        further = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = further[1].replace("&amp;", "&") if further else ""
        assert "severity=low" in path or not path
    assert (48, 48) == (len(found), len(set(found)))
    assert found == sorted(found, key=lambda flag: (-((int(flag.split(":")[1]) - 1) // 10), flag))
    assert 400 == (await ann.get("/queue?shelf=nowhere")).status
    assert 400 == (await ann.get("/queue?after=x")).status
