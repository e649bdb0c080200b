"""Summaries by mail and webhook: received by real servers, logged first, never lost, corrected by new versions."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio

from crawler.delivery import delivering, send_due
from crawler.delivery_plan import plan_day, plan_due
from crawler.metrics import REGISTRY
from crawler.summaries import office_names
from evidence.checkpoint import Files
from evidence.delivery import TAKES, State
from pipelines.digest import page_of
from pipelines.digest.markdown import to_text
from pipelines.digest.schema import read_json
from storage.custody import Custody, open_custody
from storage.deliveries import all_deliveries, claim
from storage.mongo import Store
from storage.recipients import drop
from storage.releases import releases
from tests.conftest import Clock
from tests.crawler.mailbox import KEY, MORNING, ONE, courier_for, mail_server, on_list, settings_for, web_hook
from tests.storage.custody_reading import logged
from tests.storage.making import NAMING, keep, page, post
from tests.tasks import own_tasks

DAY = MORNING.date()


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of the store."""
    clock.now = MORNING
    async with open_custody(store, clock, Files(folder=tmp_path)) as opened:
        yield opened


def text_of(message: EmailMessage) -> str:
    """The plain part."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.slow
async def test_mail_is_received_and_says_what_the_form_says(
    store: Store, custody: Custody, clock: Clock, own_database: str, tmp_path: Path
) -> None:
    """Each gets their own summary and nobody else's, with steady headers; a second turn sends nothing."""
    async with mail_server() as box:
        courier = courier_for(store, custody, settings_for(tmp_path, box), clock)
        await on_list(store, custody, "kim@sen.example", "office:B10", MORNING)
        await on_list(store, custody, "lee@sen.example", "national", MORNING, lang="ko")
        assert (DAY,) == await plan_due(courier)
        assert 2 == len(await send_due(courier))
        assert () == await plan_due(courier)
        assert () == await send_due(courier)
    mails = dict(box.mails)
    assert {"kim@sen.example", "lee@sen.example"} == set(mails)
    (released,) = await releases(store, f"Asia/Seoul {DAY} B10")
    shown = to_text(page_of(read_json(released.content), "en", office_names("en"), 1))
    mail = mails["kim@sen.example"]
    assert shown.split() == text_of(mail).split()
    assert ("haechi@office.example", "kim@sen.example") == (mail["From"], mail["To"])
    assert mail["Message-ID"].startswith("<haechi-")
    assert "서울" not in text_of(mails["lee@sen.example"]) or "B10" not in text_of(mails["lee@sen.example"])
    sent = [entry for entry in logged(own_database) if entry["action"] == "send"]
    assert ["v1", "v1"] == [entry["reason_code"].rpartition("/")[2] for entry in sent]
    assert "sen.example" not in repr(logged(own_database))
    assert {State.SENT} == {one.state for one in await all_deliveries(store, None, MORNING)}


@pytest.mark.slow
async def test_late_posts_make_a_new_version_with_a_diff(
    store: Store, custody: Custody, clock: Clock, tmp_path: Path
) -> None:
    """To the same receivers, the next morning; what people decide meanwhile is no correction."""
    await keep(store, page(*(post(number, NAMING) for number in range(1, 13))))
    async with mail_server() as box:
        courier = courier_for(store, custody, settings_for(tmp_path, box), clock)
        await on_list(store, custody, "lee@sen.example", "national", MORNING)
        await plan_due(courier)
        await send_due(courier)
        clock.forward(days=1)
        await plan_due(courier)
        await send_due(courier)
        assert ["1", "1"] == [
            one.what.count("summary") and str(one.version) for one in await all_deliveries(store, None, clock())
        ]
        await keep(store, page(*(post(number, NAMING) for number in range(20, 40))))
        clock.forward(days=1)
        await plan_due(courier)
        await send_due(courier)
    corrected = [mail for _, mail in box.mails if "Correction, version 2" in mail["Subject"]]
    (mail,) = corrected
    (diff,) = mail.iter_attachments()
    assert "posts: 12 → 32" in diff.get_content()
    assert 4 == len(box.mails)
    assert 4 == len({mail["Message-ID"] for _, mail in box.mails})


@pytest.mark.slow
async def test_missed_days_are_made_up_for(store: Store, custody: Custody, clock: Clock, tmp_path: Path) -> None:
    """At most a week of them, oldest first; before the set time nothing is due."""
    courier = courier_for(store, custody, settings_for(tmp_path, summary_at="08:30"), clock)
    assert (DAY - timedelta(days=1),) == await plan_due(courier)
    clock.forward(minutes=30)
    assert (DAY,) == await plan_due(courier)
    clock.forward(days=3)
    assert tuple(DAY + timedelta(days=day) for day in (1, 2, 3)) == await plan_due(courier)
    clock.forward(days=30)
    assert 7 == len(await plan_due(courier))
    ended = datetime(2026, 12, 23, 15, tzinfo=UTC).timestamp()
    assert ended == REGISTRY.get_sample_value("haechi_last_summary_seconds", {"zone": "Asia/Seoul"})
    clock.forward(days=-2)  # a clock that was set back
    assert () == await plan_due(courier)
    assert ended == REGISTRY.get_sample_value("haechi_last_summary_seconds", {"zone": "Asia/Seoul"})


@pytest.mark.slow
async def test_refusals_are_tried_again_with_the_same_id(
    store: Store, custody: Custody, clock: Clock, tmp_path: Path
) -> None:
    """A passing one later, with longer pauses; one for good never; one without an answer is sent again."""
    async with mail_server() as box:
        courier = courier_for(store, custody, settings_for(tmp_path, box), clock)
        await on_list(store, custody, "lee@sen.example", "national", MORNING)
        await plan_day(courier, DAY)
        box.answers += ["451 later", "451 later"]
        await send_due(courier)
        assert () == await send_due(courier)
        clock.forward(minutes=1)
        await send_due(courier)
        clock.forward(minutes=4)
        assert () == await send_due(courier)
        clock.forward(minutes=1)
        await send_due(courier)
        (first,) = await all_deliveries(store, None, clock())
        assert (State.SENT, 3, timedelta(minutes=6)) == (first.state, first.attempts, first.sent_at - first.due_at)  # type: ignore[operator]
        await on_list(store, custody, "pak@sen.example", "national", MORNING)
        await plan_day(courier, DAY)
        box.answers.append("550 no such user")
        await send_due(courier)
    states = {one.state: one.problem for one in await all_deliveries(store, None, clock())}
    assert {State.SENT: None, State.FAILED: "the mail server refuses (550)"} == states
    assert 1 == len(box.mails)


@pytest.mark.slow
async def test_an_address_that_is_refused_for_good_is_told(
    store: Store, custody: Custody, clock: Clock, tmp_path: Path
) -> None:
    """Of one receiver, not of the others; the ledger keeps the answer, the health of the next day counts it."""
    async with mail_server() as box:
        box.refused["kim@sen.example"] = "550 5.1.1 no such user"
        courier = courier_for(store, custody, settings_for(tmp_path, box), clock)
        for address in ("kim@sen.example", "lee@sen.example"):
            await on_list(store, custody, address, "national", MORNING)
        await on_list(store, custody, "ops@sen.example", "operator", MORNING)
        await plan_due(courier)
        await send_due(courier)
        clock.forward(days=1)
        await plan_due(courier)
        box.refused.clear()
        await send_due(courier)
    failed = [one for one in await all_deliveries(store, None, clock()) if one.state is State.FAILED]
    assert [(1, "the mail server refuses the address (550)")] == [(one.attempts, one.problem) for one in failed]
    assert ["lee@sen.example", "ops@sen.example"] == sorted(to for to, _ in box.mails[:2])
    health = [mail for to, mail in box.mails if to == "ops@sen.example"]
    assert [0, 1] == [text_of(mail).count("Not delivered in the last 7 days: 1") for mail in health]


@pytest.mark.slow
async def test_several_operators_are_one_reading(store: Store, custody: Custody, clock: Clock, tmp_path: Path) -> None:
    """The day is read once for all who get its health; every mail is addressed to its own."""
    async with mail_server() as box:
        courier = courier_for(store, custody, settings_for(tmp_path, box), clock)
        for name in ("one", "two", "three"):
            await on_list(store, custody, f"{name}@sen.example", "operator", MORNING)
        await plan_day(courier, DAY)
        (first, *_), day = await send_due(courier), courier.last.day
        assert (DAY, first.due_at) == courier.last.about
    assert day is not None
    assert {"one@sen.example", "two@sen.example", "three@sen.example"} == {to for to, _ in box.mails}
    assert {to for to, _ in box.mails} == {str(mail["To"]) for _, mail in box.mails}
    assert 1 == len({text_of(mail) for _, mail in box.mails})


@pytest.mark.slow
async def test_death_while_sending_repeats_and_never_loses(
    store: Store, custody: Custody, clock: Clock, tmp_path: Path
) -> None:
    """Who dies after the receiver's yes sends once more under the same id, byte for byte; nobody sends beside it."""
    async with mail_server() as box:
        courier = courier_for(store, custody, settings_for(tmp_path, box), clock)
        await on_list(store, custody, "lee@sen.example", "national", MORNING)
        await plan_day(courier, DAY)
        taken = await claim(store, clock())
        assert taken is not None
        assert () == await send_due(courier)  # another process holds it
        clock.now += TAKES
        assert 1 == len(await send_due(courier))
        before = box.mails[0][1].as_bytes()
        await store["deliveries"].update_one(
            {"_id": taken.id}, {"$set": {"state": "sending", "next_at": clock.now}}
        )  # as if the yes had not been noted
        await send_due(courier)
    assert 2 == len(box.mails)
    assert before == box.mails[1][1].as_bytes()


@pytest.mark.slow
async def test_who_left_the_list_gets_nothing(store: Store, custody: Custody, clock: Clock, tmp_path: Path) -> None:
    """Also what was due already; and nobody in a domain that is not allowed any more."""
    async with mail_server() as box:
        settings = settings_for(tmp_path, box)
        courier = courier_for(store, custody, settings, clock)
        gone = await on_list(store, custody, "lee@sen.example", "national", MORNING)
        await on_list(store, custody, "kim@sen.example", "national", MORNING)
        await plan_day(courier, DAY)
        await drop(store, custody, ONE, gone.id, MORNING)
        await send_due(courier_for(store, custody, settings_for(tmp_path, box, mail_domains="x.example"), clock))
    assert [] == box.mails
    assert {State.FAILED} == {one.state for one in await all_deliveries(store, None, clock())}


@pytest.mark.slow
async def test_webhook_is_signed_and_carries_the_release(
    store: Store, custody: Custody, clock: Clock, tmp_path: Path
) -> None:
    """HMAC over time and body; the same summary as was released for the whole country."""
    async with web_hook() as (url, posted):
        settings = settings_for(tmp_path, webhook_url=url, webhook_key=KEY)
        courier = courier_for(store, custody, settings, clock)
        await plan_day(courier, DAY)
        await send_due(courier)
    ((headers, body),) = posted
    seconds, mark = (part.partition("=")[2] for part in headers["Haechi-Signature"].split(","))
    assert hmac.new(KEY.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest() == mark
    assert int(seconds) == int(MORNING.timestamp())
    (released,) = await releases(store, f"Asia/Seoul {DAY} wider")
    assert json.loads(released.content) == json.loads(body)["summary"]
    assert headers["Haechi-Delivery"] == json.loads(body)["delivery"]


@pytest.mark.slow
async def test_operators_get_health_and_no_figures_of_posts(
    store: Store, custody: Custody, clock: Clock, tmp_path: Path
) -> None:
    """Coverage, gaps and what was not delivered."""
    await keep(store, page(*(post(number, NAMING) for number in range(1, 13))))
    async with mail_server() as box:
        courier = courier_for(store, custody, settings_for(tmp_path, box), clock)
        await on_list(store, custody, "ops@sen.example", "operator", MORNING)
        await plan_day(courier, DAY)
        await send_due(courier)
    ((_, mail),) = box.mails
    assert "Not delivered in the last 7 days: 0" in text_of(mail)
    assert "Chain of custody" in text_of(mail)
    assert ["Flag", "Posts", "Seoul Metropolitan"] == [
        word for word in ("Flag", "Posts", "Seoul Metropolitan") if word not in text_of(mail)
    ]


@pytest.mark.slow
async def test_the_service_delivers_by_itself(store: Store, custody: Custody, clock: Clock, tmp_path: Path) -> None:
    """And nothing runs where nothing is set."""
    before = own_tasks()
    async with delivering(store, custody, settings_for(tmp_path), clock):
        assert before == own_tasks()
    async with mail_server() as box:
        await on_list(store, custody, "lee@sen.example", "national", MORNING)
        async with delivering(store, custody, settings_for(tmp_path, box), clock, every_s=0.05):
            for _ in range(200):
                if box.mails:
                    break
                await asyncio.sleep(0.02)
    assert 1 == len(box.mails)
