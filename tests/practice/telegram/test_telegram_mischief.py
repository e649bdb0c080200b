"""Tests of which calls a fault meets, and of budgets."""

import pytest

from practice.telegram.faults import Fault, Limit, Refused

TAGS = {"room", "5001", "-1005001"}


@pytest.mark.parametrize(
    ("fault", "met"),
    [
        (Fault(), [True, False, False, False]),
        (Fault(times=2), [True, True, False, False]),
        (Fault(times=-1, skip=2), [False, False, True, True]),
        (Fault(times=-1, every=3), [True, False, False, True]),
        (Fault(times=-1, channel="Room"), [True] * 4),
        (Fault(times=-1, channel=5002), [False] * 4),
        (Fault(times=-1, method="channels.*"), [False] * 4),
        (Fault(times=-1, after=2), [False, False, True, True]),
        (Fault(times=-1, until=1), [True, True, False, False]),
    ],
)
def test_which_calls_a_fault_meets(fault: Fault, met: list[bool]) -> None:
    """How often, how many are spared, which method, which room and when: all are obeyed."""
    assert met == [fault.applies("messages.getHistory", TAGS, rel) for rel in range(4)]


def test_a_spent_budget_says_how_long_to_wait() -> None:
    """Without a wait of its own, a budget asks to wait until its oldest call no longer counts."""
    limit = Limit(method="a.*", max=1, per=60)
    limit.check("a.b", 100.0)
    limit.check("b.b", 101.0)
    with pytest.raises(Refused, match="FLOOD_WAIT_51"):
        limit.check("a.c", 110.0)
    limit.check("a.c", 161.0)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("FLOOD_WAIT_3", 420),
        ("SESSION_REVOKED", 401),
        ("CHANNEL_PRIVATE", 406),
        ("INTERNAL", 500),
        ("TIMEOUT", -503),
        ("USERNAME_INVALID", 400),
    ],
)
def test_errors_have_telegram_s_numbers(message: str, code: int) -> None:
    """An error has the number that Telegram gives it unless told otherwise."""
    assert (code, 7) == (Refused(message).code, Refused(message, 7).code)
