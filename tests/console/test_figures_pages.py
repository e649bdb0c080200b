"""Overview, access log and help, over real sockets and a real store."""

import json
import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession

import console as package
from console.overview import SMALLEST, backlog_of, flag_table, make_overview
from console.views.access_log import FEW, make_sheet
from console.visit import Console
from evidence.access import Access
from evidence.case import Staff
from evidence.day import FlagDay
from evidence.progress import Event, State, Step
from evidence.records import Severity
from evidence.roles import Role
from storage.figures import Figures, Hour
from storage.mongo import Document, Store
from storage.review_forms import event_document
from tests.conftest import NOW, Clock
from tests.console.asking import signed_in
from tests.console.finding import SEOUL, put_posts, said
from tests.storage.making import PEER
from tests.storage.reviewing import review

ALL = Staff(actor="a", role="supervisor", session_id="s")
SEOUL_ZONE = ZoneInfo("Asia/Seoul")


def flag(offices: tuple[str, ...] = ("B10",), hours_ago: float = 1, levels: tuple[str, ...] = ("high",)) -> FlagDay:
    """A flag that waits."""
    at = NOW - timedelta(hours=hours_ago)
    return FlagDay(
        severity=Severity.HIGH,
        state=State.QUEUED,
        at=at,
        offices=offices,
        levels=levels,
        due_at=at + timedelta(hours=4),
    )


def figures(*flags: FlagDay, hours: tuple[Hour, ...] = ()) -> Figures:
    """Figures without reviews and rooms."""
    return Figures(as_of=NOW, flags=flags, waiting=flags, pairs=(), hours=hours, rooms={})


def test_small_numbers_are_withheld_and_cannot_be_worked_out() -> None:
    """Under five nothing is told, nor what would tell it."""
    table = flag_table([flag() for _ in range(9)] + [flag(("C10",)) for _ in range(3)])
    told = {row.key: row.total for row in table.rows}
    assert told["C10"] == "withheld"
    assert "withheld" in (told["B10"], table.total)
    assert {"B10": SMALLEST} == {row.key: row.total for row in flag_table([flag() for _ in range(SMALLEST)]).rows}


def test_figures_keep_to_ones_own_offices() -> None:
    """Of a flag of two offices one sees one's own; of one without an office, those who see all."""
    seen = figures(*[flag(("B10", "C10"))] * 6, *[flag(("C10",))] * 7, *[flag(())] * 8)
    own = make_overview(seen, Staff(actor="a", role="viewer", session_id="s", offices=frozenset({"B10"})), SEOUL_ZONE)
    assert (6, {"B10": 6}) == (own.backlog.total, {row.key: row.total for row in own.flags.rows})
    everything = make_overview(seen, ALL, SEOUL_ZONE)
    assert (21, {"several": 6, "C10": 7, "unclear": 8}) == (
        everything.backlog.total,
        {row.key: row.total for row in everything.flags.rows},
    )


def test_what_waits_by_age() -> None:
    """How long, how many too long, since when."""
    backlog = backlog_of([flag(hours_ago=hours) for hours in (0.5, 2, 3, 9, 30, 100)], NOW)
    assert (6, 3) == (backlog.total, backlog.overdue)
    assert [1, 2, 1, 1, 1] == list(backlog.by_age.values())
    assert NOW - timedelta(hours=100) == backlog.oldest_at


def test_hours_are_those_of_the_reader() -> None:
    """Nine in London is eighteen in Seoul; what was not due is neither watched nor blind."""
    hours = (Hour(at=NOW.replace(minute=0), is_watched=True), Hour(at=NOW.replace(minute=0), is_watched=False))
    days = make_overview(figures(hours=hours), ALL, SEOUL_ZONE).days
    assert ("2026-11-20", 0.5, None) == (days[-1][0], days[-1][1][18], days[-1][1][17])
    assert 7 == len(days)


@pytest.mark.parametrize("role", list(Role))
async def test_who_sees_what_of_the_overview(console: Console, client: ClientSession, store: Store, role: Role) -> None:
    """Everybody whether it works; figures of posts only those who may read summaries."""
    await put_posts(store, said(1, SEOUL))
    caller = await signed_in(console, client, role)
    page = await caller.get("/overview")
    assert (200, role is not Role.ADMIN) == (page.status, "What waits" in page.text)
    assert "The custody log" in page.text
    assert (403 if role is Role.ADMIN else 200) == (await caller.get("/api/overview")).status


async def test_how_far_reviewers_agree_is_told(
    console: Console, client: ClientSession, store: Store, clock: Clock
) -> None:
    """Fifty pairs, 20 both confirm, 15 neither, 5 and 10 one alone: 35 of 50 alike, 25 by chance, so kappa is 0.4."""
    said_twice = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    events = [twice(number, *pair) for number, pair in enumerate(said_twice)]
    await store["review_events"].insert_many([document for pair in events[:49] for document in pair])
    caller = await signed_in(console, client, Role.SUPERVISOR)
    numbers = json.loads((await caller.get("/api/overview")).text)
    assert (49, None) == (numbers["reviewed_twice"], numbers["agreement_kappa"])
    await store["review_events"].insert_many(events[49])
    clock.forward(minutes=5)
    numbers = json.loads((await caller.get("/api/overview")).text)
    assert (50, 0.7, 0.55) == tuple(numbers[name] for name in ("reviewed_twice", "agreement_percent", "prevalence"))
    assert (0.4, 0.4) == (round(numbers["agreement_kappa"], 9), round(numbers["agreement_alpha"], 2))
    page = re.sub(r"<[^>]+>", " ", (await caller.get("/overview")).text)
    facts = re.search(r"Agree +(.*?) +Where little", " ".join(page.split()))
    assert facts is not None
    assert (
        "70.0 % (56.2–80.9) Cohen's kappa 0.40 (0.15–0.65) Krippendorff's alpha 0.40"
        " Of what either confirmed 72.7 % Prevalence 55.0 %"
    ) == facts[1].replace("&#39;", "'")


def twice(number: int, *confirmed: bool) -> list[Document]:
    """The two reviews of a flag."""
    flag, documents = f"{PEER}:{number}", []
    for count, (step, is_confirmed) in enumerate(zip((Step.DECIDE, Step.SECOND), confirmed, strict=True), start=1):
        staff = Staff(actor=f"m-{count}", role="monitor", session_id="s")
        said = review(staff, flag, "confirmed" if is_confirmed else "not_relevant")
        event = Event(
            flag=flag,
            number=count,
            step=step,
            actor=staff.actor,
            role=staff.role,
            at=NOW - timedelta(hours=1),
            review=said,
        )
        documents.append(event_document(event, f"request {flag} {count}", None))
    return documents


async def test_what_was_looked_at_can_be_looked_up(console: Console, client: ClientSession, store: Store) -> None:
    """One's own for investigators; that of all for supervisors; without words for admins."""
    await put_posts(store, said(1, SEOUL))
    caller = await signed_in(console, client, Role.INVESTIGATOR)
    await caller.get(f"/items/{PEER}:1")
    taken = {"form": "json", "why": "check", "reason": "010-9999-0000 asked"}
    await caller.post("/search/download?text=합성물", taken)
    own = json.loads((await caller.get("/api/access-log")).text)["rows"]
    assert ["download", "open"] == [row["what"] for row in own]
    assert ("post 1900000001:1", "check/json/1") == (own[1]["whose"], own[0]["reason_code"])
    assert ("[전화] asked", False) == (own[0]["reason"], any("9999" in json.dumps(row) for row in own))
    assert 403 == (await caller.get("/access-log/all")).status
    supervisor = await signed_in(console, client, Role.SUPERVISOR)
    assert "some investigator" in (await supervisor.get("/access-log/all")).text
    assert [] == json.loads((await supervisor.get("/api/access-log")).text)["rows"]
    stranger = await signed_in(console, client, Role.SUPERVISOR, name="busan", offices=frozenset({"C10"}))
    assert [] == json.loads((await stranger.get("/api/access-log/all")).text)["rows"]
    admin = await signed_in(console, client, Role.ADMIN)
    rows = json.loads((await admin.get("/api/access-log/all")).text)["rows"]
    assert ({None}, 403) == ({row["reason"] for row in rows}, (await admin.get("/access-log")).status)


async def test_a_month_is_checked_and_signed_off(
    console: Console, client: ClientSession, store: Store, clock: Clock
) -> None:
    """The sheet counts; that it was checked is in the log."""
    await put_posts(store, said(1, SEOUL))
    caller = await signed_in(console, client, Role.INVESTIGATOR)
    await caller.get(f"/items/{PEER}:1")
    supervisor = await signed_in(console, client, Role.SUPERVISOR)
    page = await supervisor.get("/access-log/check?month=2026-11")
    assert ("some investigator" in page.text, 404) == (True, (await supervisor.get("/access-log/check?month=x")).status)
    assert "done=checked" in (await supervisor.post("/access-log/check", {"month": "2026-11"})).to
    assert "check-access" in (await supervisor.get("/access-log/all")).text


def test_who_stands_out_in_a_month() -> None:
    """Looking at night, or more than nearly all others; few looks never stand out."""

    def look(number: int, actor: str, hour: int = 3) -> Access:
        return Access(
            entry=number,
            at=NOW.replace(hour=hour),
            actor=actor,
            role="monitor",
            where="desk",
            whose_type="post",
            whose="1:1",
            what="open",
            reason_code="",
        )

    found = [look(number, f"p{number % 9}") for number in range(90)]
    found += [look(number, "much") for number in range(90, 90 + 10 * FEW)]
    sheet = make_sheet("2026-11", [*found, look(999, "night", 17)], {"much": "Kim"}, SEOUL_ZONE)
    remarks = {line.name: line.remarks for line in sheet.lines if line.remarks}
    assert {"Kim": ("much",), "night": ("night",)} == remarks
    assert ((0, 999), 64) == (sheet.entries, len(sheet.hash))


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_help_for_each_role(console: Console, client: ClientSession, lang: str) -> None:
    """Each has first steps, a way to practise, keys, and what to do when it is hard."""
    for role in Role:
        caller = await signed_in(console, client, role, name=f"{role}{lang}", lang=lang)  # type: ignore[arg-type]
        page = await caller.get(f"/help/{role}")
        assert (200, 4) == (page.status, page.text.count('class="card"'))
        assert 3 <= len(re.findall("<li>", page.text.split('id="first"')[1].split("</section>")[0])) <= 6
    assert 404 == (await caller.get("/help/nobody")).status


def test_help_says_the_same_in_both_languages() -> None:
    """The same parts with as many steps."""
    texts = [Path(package.__path__[0], "templates", f"help_{lang}.html").read_text("utf-8") for lang in ("ko", "en")]
    parts = [re.findall(r'id="(\w+)"|(<li>)|\{% (?:el)?if role == "(\w+)"', text) for text in texts]
    assert parts[0] == parts[1]
