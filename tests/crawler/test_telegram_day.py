"""Two hours of watching on one account, in a clock that is made to run: nothing is asked too often, nothing is late."""

from statistics import median

import pytest

from bench.rooms import EVERY_S, run_in_fast_time

ROOMS, HOURS, TIMEOUT_S = 40, 2, 90
DRIFT, ONE_PASS_S = 1.1, 30.0
"""How much longer than planned an interval may be, and how long a pass may wait for its turns."""


@pytest.mark.slow
def test_forty_rooms_are_watched_without_a_gap_and_within_what_telegram_allows(own_database: str) -> None:
    """Every hour of every room is watched, no wait is broken, ten rooms are polled at the most, posts come in time."""
    figures = run_in_fast_time(own_database, ROOMS, HOURS, every_nth=12, timeout_s=TIMEOUT_S)
    assert (0, 0, 0) == (len(figures.broken), figures.forbidden, figures.failed_answers)
    assert figures.coverage == 1.0
    assert 0 < figures.most_polled <= 10
    assert max([*figures.delays[False], *figures.unseen]) <= DRIFT * EVERY_S + ONE_PASS_S
    assert max(figures.delays[True]) <= DRIFT * TIMEOUT_S + ONE_PASS_S
    assert median(figures.delays[True]) <= 10
    assert figures.flag_delays[True]
