"""Passwords and codes."""

import asyncio
import unicodedata
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from console.codes import matching_step, new_recovery_codes, new_seed, picture
from console.passwords import MOST_WAITING, Passwords, refusal
from evidence.errors import StorageError
from tests.console.conftest import CHEAP

AT = datetime(2026, 11, 20, 9, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 15,
        "ababababababababab",
        "password1234567890",
        "Passwordpassword1!",
        "비밀번호비밀번호비밀번호12345",
        "qlalfqjsghqlalfqjsgh",
        "thequickbrownfoxjumps",
        "1234567890123456",
        "kim.haneul2026!",
        "y" * 300,
    ],
)
def test_passwords_that_are_refused(password: str) -> None:
    """Short ones, long ones, those that are tried first, and one's own name with a year."""
    assert refusal(password, "kim.haneul") is not None


@pytest.mark.parametrize("password", ["four horses cross a river", "바다 건너 산 너머 들판을 지나", "vK9-ppw2.rXq8_Lm"])
def test_passwords_that_are_taken(password: str) -> None:
    """Sentences in any script, and what machines make."""
    assert refusal(password, "kim.haneul") is None


async def test_a_hash_opens_to_its_password_alone() -> None:
    """In any of Unicode's forms; nobody's hash opens to nothing; weaker ones are stale."""
    passwords = Passwords(CHEAP)
    kept = await passwords.hash("바다 건너 산 너머 들판")
    assert kept.startswith("$argon2id$")
    decomposed = unicodedata.normalize("NFD", "바다 건너 산 너머 들판")
    answers = [await passwords.is_right(kept, decomposed), await passwords.is_right(kept, "바다 건너 산 너머")]
    assert [True, False] == answers
    assert [False, False] == [await passwords.is_right(None, "x"), await passwords.is_right("$broken", "x")]
    assert (False, True) == (passwords.is_stale(kept), Passwords().is_stale(kept))


async def test_only_so_many_wait_for_their_turn() -> None:
    """More at once are turned away: each hash takes 64 MiB."""
    passwords = Passwords(CHEAP)
    asked = [asyncio.create_task(passwords.is_right(None, "x")) for _ in range(MOST_WAITING + 1)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert 1 == sum(isinstance(answer, StorageError) for answer in answers)


def test_codes_match_their_step_and_its_neighbours() -> None:
    """A telephone's clock may be half a minute off, not more."""
    seed = new_seed()
    totp = pyotp.TOTP(seed)
    now = int(AT.timestamp()) // 30
    assert [None, now - 1, now, now + 1, None] == [
        matching_step(seed, totp.at(AT + timedelta(seconds=30 * off)), AT) for off in (-2, -1, 0, 1, 2)
    ]
    assert [None] * 3 == [matching_step(seed, wrong, AT) for wrong in ("", "０００", "12345678901234567890")]


def test_recovery_codes_differ() -> None:
    """Eight, easy to write down."""
    codes = new_recovery_codes()
    assert (8, {19}) == (len(set(codes)), {len(code) for code in codes})


def test_the_picture_is_plain() -> None:
    """SVG without style, script or address."""
    drawn = picture(new_seed(), "<b>&김")
    assert drawn.startswith("<svg ")
    assert not any(word in drawn for word in ("style", "script", "href", "<b>"))
