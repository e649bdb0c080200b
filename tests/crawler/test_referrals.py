"""Referrals: drafted for one body by its profile, approved by another person, sent by nobody here, followed up."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.referrals import look_again
from evidence.case import Staff
from evidence.errors import ConfigError
from evidence.referral import Result, Seen, Stage
from evidence.retention import Kept, class_of, flag_state
from storage.mongo import Store
from storage.referral_forms import Sending
from storage.referral_posts import forget_letters
from storage.referrals import (
    all_referrals,
    approve_referral,
    find_referral,
    read_letter,
    record_result,
    record_sent,
    withdraw,
)
from tests.conftest import Clock
from tests.crawler.referring import DRAFTER, OTHER, POSTS, SCHOOL, SECRET, THIRD, confirmed_case, drafted, opened_log
from tests.storage.custody_reading import logged
from tests.storage.making import PEER, SOURCE, everything

ROOT = Path(__file__).parents[2]


async def test_from_draft_to_outcome(store: Store, clock: Clock, own_database: str, tmp_path: Path) -> None:
    """Each step is in the log; flags are kept while it is open, and their time begins with the outcome."""
    async with opened_log(store, clock, tmp_path) as custody:
        made = await drafted(store, custody, tmp_path, await confirmed_case(store, custody))
        assert (Stage.DRAFTED, POSTS[:2], 1) == (made.referral.stage, made.referral.posts, made.left_out)
        name = made.referral.id
        sending = Sending(at=clock(), how="web form", receipt="2026-1234")
        with pytest.raises(ConfigError, match="is drafted: expected approved"):
            await record_sent(store, custody, DRAFTER, name, sending, clock())
        with pytest.raises(ConfigError, match="another person has to"):
            await approve_referral(store, custody, DRAFTER, name, clock())
        assert Stage.APPROVED is (await approve_referral(store, custody, OTHER, name, clock())).stage
        sent = await record_sent(store, custody, DRAFTER, name, sending, clock())
        assert (Stage.SENT, "web form", "2026-1234", None) == (sent.stage, sent.how, sent.receipt, sent.review_due_at)
        flag = await store["flags"].find_one({"_id": POSTS[0]})
        assert (Kept.REFERRED, None) == class_of(flag_state(flag or {}))
        with pytest.raises(ConfigError, match="is sent: expected drafted or approved"):
            await withdraw(store, custody, DRAFTER, name, clock())
        await record_result(store, custody, DRAFTER, name, Result.UNDER_WAY, clock())
        ended = await record_result(store, custody, DRAFTER, name, Result.REMOVED, clock.forward(hours=30))
        assert (Stage.OUTCOME, Result.REMOVED, clock()) == (ended.stage, ended.result, ended.outcome_at)
    flag = await store["flags"].find_one({"_id": POSTS[0]})
    assert (Kept.REFERRED, clock()) == class_of(flag_state(flag or {}))
    acts = [entry["action"] for entry in logged(own_database) if entry["action"].startswith("referral")]
    assert ["referral-draft", "referral-approve", "referral-sent", "referral-outcome", "referral-outcome"] == acts
    stored = repr([everything(own_database)[name] for name in ("referrals", "custody")])
    assert not [word for word in ("2026-1234", "web form", SECRET) if word in stored]


BODIES = ("police", "regulator", "victim-support", "telegram", "telegram-child-safety")


@pytest.mark.slow
async def test_a_letter_tells_what_its_profile_may(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Addresses and ids always, an excerpt for the regulator, places for victim support; never a personal word."""
    async with opened_log(store, clock, tmp_path) as custody:
        case = await confirmed_case(store, custody)
        for lang, category, phone in (("ko", "합성·편집물", "전화"), ("en", "made or altered images", "telephone")):
            for to in BODIES:
                made = await drafted(store, custody, tmp_path, case, to, lang=lang)
                letter = await read_letter(store, made.referral.id)
                body = letter["body"]
                assert made.referral.id in letter["subject"]
                assert [f"{SOURCE}/1"] == [word for word in (f"{SOURCE}/1", SECRET) if word in body]
                assert SCHOOL not in body
                assert (to == "regulator", to == "victim-support", to != "victim-support") == (
                    "딥페이크" in body, f": {phone}" in body, category in body
                )  # fmt: skip
                await withdraw(store, custody, DRAFTER, made.referral.id, clock())


async def test_urgent_way_hides_the_words_and_is_looked_at_within_a_day(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    """One person may send it, undecided posts too; another one looks at it afterwards; not every body is on it."""
    async with opened_log(store, clock, tmp_path) as custody:
        case = await confirmed_case(store, custody, final=0)
        with pytest.raises(ConfigError, match="holds no post"):
            await drafted(store, custody, tmp_path, case, "police")
        with pytest.raises(ConfigError, match="regulator is not on the urgent way"):
            await drafted(store, custody, tmp_path, case, "regulator", urgent=True)
        made = await drafted(store, custody, tmp_path, case, "victim-support", urgent=True)
        body = (await read_letter(store, made.referral.id))["body"]
        assert not [word for word in ("딥페이크", ": 전화", "발췌", SECRET) if word in body]
        sending = Sending(at=clock(), how="1366")
        sent = await record_sent(store, custody, DRAFTER, made.referral.id, sending, clock())
        assert clock() + timedelta(hours=24) == sent.review_due_at
        with pytest.raises(ConfigError, match="whoever sent it"):
            await approve_referral(store, custody, DRAFTER, made.referral.id, clock())
        seen = await approve_referral(store, custody, THIRD, made.referral.id, clock())
        assert (Stage.SENT, None, THIRD.actor) == (seen.stage, seen.review_due_at, seen.approved_by)


@pytest.mark.slow
async def test_never_twice_within_a_day(store: Store, clock: Clock, tmp_path: Path) -> None:
    """The same post and body are bound by an open draft and for 24 hours after sending; other bodies are free."""
    async with opened_log(store, clock, tmp_path) as custody:
        case = await confirmed_case(store, custody)
        first = await drafted(store, custody, tmp_path, case)
        with pytest.raises(ConfigError, match=f"{PEER}:1 is with regulator already"):
            await drafted(store, custody, tmp_path, case)
        await withdraw(store, custody, DRAFTER, first.referral.id, clock())
        second = await drafted(store, custody, tmp_path, case)
        await approve_referral(store, custody, OTHER, second.referral.id, clock())
        await record_sent(store, custody, OTHER, second.referral.id, Sending(at=clock(), how="form"), clock())
        await drafted(store, custody, tmp_path, case, "police")
        clock.forward(hours=23, minutes=59)
        with pytest.raises(ConfigError, match="not again within 24 hours"):
            await drafted(store, custody, tmp_path, case)
        clock.forward(minutes=1)
        await drafted(store, custody, tmp_path, case)
        assert 4 == len(await all_referrals(store, None, clock() + timedelta(days=1)))


async def test_what_is_still_up_is_measured(store: Store, clock: Clock, tmp_path: Path) -> None:
    """By removals that were confirmed and rooms that were read; what nobody looked at is unknown."""
    async with opened_log(store, clock, tmp_path) as custody:
        made = await drafted(store, custody, tmp_path, await confirmed_case(store, custody))
        name = made.referral.id
        await approve_referral(store, custody, OTHER, name, clock())
        await record_sent(store, custody, OTHER, name, Sending(at=clock(), how="form"), clock())
        assert 0 == await look_again(store, clock())
        clock.forward(hours=25)
        await look_again(store, clock())
        found = await find_referral(store, None, name)
        assert {Seen.UNKNOWN} == {one.seen for one in found.upstream}
        await store["rooms"].update_one(
            {"_id": SOURCE}, {"$set": {"at": clock(), "watched_at": clock(), "outcome": "watched"}}, upsert=True
        )
        await store["posts"].update_one({"_id": POSTS[0]}, {"$set": {"removed_at": clock() - timedelta(hours=2)}})
        await look_again(store, clock())
        found = await find_referral(store, None, name)
        assert [(POSTS[0], 24, Seen.GONE), (POSTS[1], 24, Seen.UP)] == [
            (one.post, one.hours, one.seen) for one in found.upstream
        ]
        assert 24 == found.still_up_h
        await store["posts"].delete_many({"_id": {"$in": [POSTS[1]]}})
        clock.forward(hours=24)
        await look_again(store, clock())
        found = await find_referral(store, None, name)
        assert [Seen.UP, Seen.UNKNOWN] == [one.seen for one in found.upstream if one.post == POSTS[1]]


async def test_scope_and_erasure(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Whoever sees other offices is told that there is none; erasing a post takes the letter with it."""
    elsewhere = Staff(actor="staff-x", role="investigator", session_id="s", offices=frozenset({"Z99"}))
    async with opened_log(store, clock, tmp_path) as custody:
        made = await drafted(store, custody, tmp_path, await confirmed_case(store, custody))
        with pytest.raises(ConfigError, match="there is no such referral"):
            await find_referral(store, elsewhere, made.referral.id)
        assert () == await all_referrals(store, elsewhere, clock() + timedelta(days=1))
        await forget_letters(store, [POSTS[1]])
        with pytest.raises(ConfigError, match="its text is there no more"):
            await read_letter(store, made.referral.id)


def test_no_code_sends_a_referral() -> None:
    """Nothing that knows of referrals imports what reaches the outside, and the other way round."""
    ours = [
        ROOT / path
        for path in (
            "crawler/referrals.py",
            "crawler/commands/referral.py",
            "pipelines/referral.py",
            "storage/referrals.py",
            "storage/referral_forms.py",
            "storage/referral_posts.py",
            "evidence/referral.py",
        )
    ]
    reaching = {"channels", "aiosmtplib", "smtplib", "aiohttp", "email", "socket", "urllib", "crawler.delivery"}
    assert [] == [(path.name, name) for path in ours for name in _imports(path) if _reaches(name, reaching)]
    senders = [*ROOT.glob("crawler/delivery*.py"), ROOT / "channels/mail.py", ROOT / "channels/webhook.py"]
    assert [] == [(path.name, name) for path in senders for name in _imports(path) if "referral" in name]


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def _reaches(name: str, reaching: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in reaching)
