"""Members of rooms: how they changed, no more exactly than they were counted, and whether that is unusual."""

from dataclasses import replace
from datetime import timedelta

import pytest

from evidence.records import Count
from pipelines.digest.lines import MembersChange
from tests.pipelines.digest.making import MIDNIGHT, count, day, digest, rollup, source


@pytest.mark.parametrize(
    ("now", "then", "change", "is_measurable"),
    [
        (count(1_200), count(1_000), (200, 200), True),
        (count(1_200), count(1_200), (0, 0), True),
        (count(1_200, low=1_150), count(1_200), (-50, 50), False),
        (count(1_200, low=1_150), count(1_000), (150, 250), True),
        (count(1_200, low=1_150), count(1_150, low=1_100), (-50, 150), False),
    ],
)
def test_members_change_no_more_exactly_than_was_counted(
    now: Count, then: Count, change: tuple[int, int], is_measurable: bool
) -> None:
    """Between bounds; where they hold nought it cannot be measured."""
    (line,) = digest(day(source(rollup(members=now), then))).sources
    assert MembersChange(low=change[0], high=change[1]) == line.members_change
    assert line.members_change is not None
    assert is_measurable == line.members_change.is_measurable


def test_members_unknown() -> None:
    """Without a count there is no change; a week ago is the seventh day before."""
    (line,) = digest(day(source(rollup(members=None)))).sources
    assert (None, None) == (line.members, line.members_change)
    (line,) = digest(day(source(rollup(), count(1_100), *[None] * 5, count(900)))).sources
    assert MembersChange(low=300, high=300) == line.members_change_week


CALM = tuple(count(value, at=MIDNIGHT - timedelta(days=days)) for days, value in enumerate(range(1_000, 1_080, 10)))


@pytest.mark.parametrize(
    ("now", "counts", "expected"),
    [
        (count(1_500, at=MIDNIGHT), CALM, (500, -10, None)),
        (count(1_030, at=MIDNIGHT), CALM, None),
        (count(1_500, at=MIDNIGHT), CALM[:5], None),
        (count(1_500, low=900, at=MIDNIGHT), CALM, None),
        (count(1_500, at=MIDNIGHT + timedelta(days=3)), CALM, None),
    ],
)
def test_unusual_changes(now: Count, counts: tuple[Count, ...], expected: tuple[int, int, int | None] | None) -> None:
    """At least 50 members and far from the days before; five of seven known, and more than rounding."""
    (line,) = digest(day(source(rollup(members=now), *counts))).sources
    found = line.anomaly and (line.anomaly.change, line.anomaly.usual, line.anomaly.z_hundredths)
    assert expected == found


def test_the_measure_of_unusual_is_robust() -> None:
    """One wild day among seven does not hide the next one; z counts deviations of the median."""
    values = (1_000, 995, 980, 972, 950, 400, 392, 380)
    counts = [count(value, at=MIDNIGHT - timedelta(days=days)) for days, value in enumerate(values)]
    (line,) = digest(day(source(rollup(members=count(1_100)), *counts))).sources
    assert line.anomaly is not None
    assert (100, 12, round((100 - 12) / (1.4826 * 4) * 100)) == (
        line.anomaly.change, line.anomaly.usual, line.anomaly.z_hundredths
    )  # fmt: skip


@pytest.mark.parametrize(
    ("members", "listed", "differs"),
    [
        (count(1_200), count(1_200), False),
        (count(1_200), count(1_800), True),
        (count(1_200), count(1_250, low=1_150), False),
        (count(1_200, low=1_150), count(1_301, low=1_251), True),
        (count(1_200, low=1_150), count(1_149), True),
        (None, count(1_800), False),
    ],
)
def test_members_as_directories_list_them(members: Count | None, listed: Count, differs: bool) -> None:
    """Named where they differ by more than either number's precision."""
    said = replace(listed, origin="directory:telemetrio")
    (line,) = digest(day(source(rollup(members=members, listed=(said,))))).sources
    expected = [("telemetrio", listed.value)] if differs else []
    assert expected == [(other.site, other.members) for other in line.listed_otherwise]
