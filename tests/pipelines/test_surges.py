"""Where a room surges."""

import pytest

from evidence.records import Count
from pipelines.surges import surge_at
from tests.pipelines.test_curves import counts


@pytest.mark.parametrize(
    ("series", "place"),
    [
        ([], None),
        (counts(100), None),
        (counts(100, 101, 102), None),
        (counts(1_000, 1_010, 1_200), 2),
        (counts(10, 20, 40), None),
        (counts(500, 400, 500), 2),
        (counts(1_000, 1_250, step=100), None),
        (counts(*range(1_000, 1_400, 2)), 100),
        (counts(*range(1_000, 1_400)), None),
    ],
)
def test_the_first_count_of_a_surge(series: list[Count], place: int | None) -> None:
    """A fifth more within a week, 50 members at least, and only what rounded counts make certain."""
    assert place == surge_at(series)
