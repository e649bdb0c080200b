"""Two hours of watching on one account, in a clock that is made to run: nothing is asked too often, nothing is late."""

from statistics import median

import pytest

from bench.rooms import run_in_fast_time

ROOMS, HOURS, EVERY_S = 40, 2, 600
ONE_PASS_S = 30.0
"""A pass itself, with its turns."""


@pytest.mark.slow
def test_forty_rooms_are_watched_without_a_gap_and_within_what_telegram_allows(own_database: str) -> None:
    """Every hour of every room is watched, no wait is broken, ten rooms are polled at the most, posts come in time."""
    figures = run_in_fast_time(own_database, ROOMS, HOURS, every_nth=12, timeout_s=90)
    assert (0, 0, 0) == (len(figures.broken), figures.forbidden, figures.failed_answers)
    assert figures.coverage == 1.0
    assert 0 < figures.most_polled <= 10
    assert max(figures.delays[False]) <= 1.1 * EVERY_S + ONE_PASS_S
    assert max(figures.delays[True]) <= 1.1 * EVERY_S + ONE_PASS_S  # before it was known how busy they are
    assert median(figures.delays[True]) <= 10
    assert max(figures.unseen, default=0.0) <= 1.1 * EVERY_S + ONE_PASS_S
