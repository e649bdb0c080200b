"""How long what is kept: the table, the class of a Flag, and what settings may change."""

from datetime import UTC, datetime, timedelta

import pytest

from evidence.errors import ConfigError
from evidence.retention import DISMISSED, RULES, FlagState, Kept, class_of, flag_state, read_periods
from evidence.review import Disposition

AT = datetime(2026, 11, 20, tzinfo=UTC)


def test_the_table_is_the_law_s() -> None:
    """7, 90, 30, 365 days, 365 after the outcome, no end, 36 months; what holds nobody's words is ours to say."""
    assert [7, 90, 30, 365, 365, None, 1_096, 400] == [RULES[kept].days for kept in Kept]
    assert all(rule.days is None or rule.least_days <= rule.days for rule in RULES.values())


@pytest.mark.parametrize("disposition", list(Disposition))
def test_a_decision_starts_the_time(disposition: Disposition) -> None:
    """Dismissed where it was nothing, confirmed where it was or may have been something."""
    flag = FlagState(state="final", disposition=disposition, decided_at=AT)
    assert (Kept.DISMISSED if disposition in DISMISSED else Kept.CONFIRMED, AT) == class_of(flag)


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        (FlagState(state="open"), (Kept.OPEN, None)),
        (FlagState(state="claimed", disposition="confirmed", decided_at=AT), (Kept.OPEN, None)),
        (FlagState(state="reopened", disposition="not_relevant", decided_at=AT), (Kept.OPEN, None)),
        (FlagState(state="final", disposition="confirmed"), (Kept.OPEN, None)),
        (FlagState(state="final", disposition="confirmed", decided_at=AT, referral="none"), (Kept.CONFIRMED, AT)),
        (FlagState(state="final", disposition="confirmed", decided_at=AT, referral="sent"), (Kept.REFERRED, None)),
        (
            FlagState(state="reopened", decided_at=AT, referral="outcome", outcome_at=AT),
            (Kept.REFERRED, AT),
        ),
    ],
)
def test_no_time_runs_while_something_is_open(flag: FlagState, expected: tuple[Kept, datetime | None]) -> None:
    """Undecided, decided anew, or handed over and without an outcome."""
    assert expected == class_of(flag)


def test_a_flag_that_nobody_looked_at_is_open() -> None:
    """Its document has none of the later fields."""
    assert (Kept.OPEN, None) == class_of(flag_state({"state": "open"}))


def test_settings_shorten() -> None:
    """Some classes, the others stay."""
    periods = read_periods(" mentioned=30, dismissed=1 ")
    assert (timedelta(days=30), timedelta(days=1)) == (periods[Kept.MENTIONED], periods[Kept.DISMISSED])
    assert (timedelta(days=365), False) == (periods[Kept.CONFIRMED], Kept.OPEN in periods)
    assert read_periods(None) == read_periods("")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mentioned=91", '"mentioned=91" is refused: expected 1 to 90 days for mentioned'),
        ("dismissed=0", "expected 1 to 30 days for dismissed"),
        ("access=700", "expected 731 to 1096 days for access"),
        ("confirmed=ten", "expected 30 to 365 days for confirmed"),
        ("open=5", '"open" cannot be set; expected one of mentioned, dismissed, confirmed, referred, access, passes'),
        ("captures=3", '"captures" cannot be set'),
        ("posts=3", '"posts" cannot be set'),
    ],
)
def test_settings_do_not_lengthen(text: str, message: str) -> None:
    """Nor shorten below what the law asks for; the message names value and bounds."""
    with pytest.raises(ConfigError) as raised:
        read_periods(text)
    assert message in str(raised.value)
