"""What readers outside may see: nothing of other offices, no small number, and none that can be worked out."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from evidence.day import Naming, Referral
from evidence.progress import State
from evidence.records import Severity
from evidence.review import Disposition
from pipelines.digest import make_digest, scope_for
from pipelines.digest.lines import WITHHELD, Figure
from pipelines.digest.model import Reader
from pipelines.digest.protect import Arc
from pipelines.digest.schema import to_json
from pipelines.digest.shield import PostTables, flag_tables, post_tables, rounded
from tests.pipelines.digest.making import (
    MIDNIGHT,
    WIDER,
    before,
    count,
    day,
    digest,
    flag,
    mention,
    post,
    rollup,
    source,
)
from tests.pipelines.digest.test_protect import propagated

OFFICE = scope_for(Reader.OFFICE, "B10")


def drawn(seed: int) -> list[Naming]:
    """Posts of a random day in the whole country."""
    chance = random.Random(seed)
    return [
        Naming(scope="", office=office, level=level, category=category, posts=chance.choice((0, 1, 2, 7, 30)))
        for office in (*(f"{letter}10" for letter in "BCDEFGHIJ"), "several", "unclear")
        for level in ("elementary", "middle", "high", "unclear")
        for category in ("threat", "trade", "no_term")
    ] + [Naming(scope="", office="no_school", level="no_school", category="threat", posts=chance.randint(0, 12))]


def as_told(namings: Iterable[Naming], tables: PostTables) -> tuple[list[Arc], frozenset[str]]:
    """The numbers that are linked, and which of them the tables do not show: read off the tables alone."""
    cells, more, told = Counter[tuple[str, str]](), Counter[tuple[str, str]](), dict[str, Figure]()
    unnamed = 0
    for one in namings:
        if one.office == "no_school":
            unnamed += one.posts
        else:
            cells[one.office, one.level] += one.posts
            more[one.level, one.category] += one.posts
    told |= {"all": tables.posts, "named": tables.named}
    told |= {f"row {row.key}": row.total for row in tables.office_levels.rows}
    told |= {f"{row.key}/{key}": n for row in tables.office_levels.rows for key, n in row.numbers.items()}
    told |= {f"level {key}": n for key, n in tables.office_levels.totals.items()}
    told |= {f"{row.key}//{key}": n for row in tables.level_categories.rows for key, n in row.numbers.items()}
    told |= {f"end {key}": n for key, n in tables.level_categories.totals.items()}
    arcs = [Arc(name="all", tail="end", head="start", number=cells.total() + unnamed)]
    arcs += [Arc(name="named", tail="start", head="in", number=cells.total())]
    arcs += [Arc(name="unnamed", tail="start", head="end", number=unnamed)]
    for (row, column), number in cells.items():
        arcs.append(Arc(name=f"{row}/{column}", tail=row, head=f"{column} in", number=number))
    for (row, column), number in more.items():
        arcs.append(Arc(name=f"{row}//{column}", tail=f"{row} out", head=column, number=number))
    for office in {row for row, _ in cells}:
        number = sum(n for (row, _), n in cells.items() if row == office)
        arcs.append(Arc(name=f"row {office}", tail="in", head=office, number=number))
    for level in {column for _, column in cells}:
        number = sum(n for (_, column), n in cells.items() if column == level)
        arcs.append(Arc(name=f"level {level}", tail=f"{level} in", head=f"{level} out", number=number))
    for category in {column for _, column in more}:
        number = sum(n for (_, column), n in more.items() if column == category)
        arcs.append(Arc(name=f"end {category}", tail=category, head="end", number=number))
    known = told | ({"unnamed": unnamed} if isinstance(tables.posts, int) and isinstance(tables.named, int) else {})
    hidden = frozenset(arc.name for arc in arcs if arc.number and not isinstance(known.get(arc.name), int))
    wrong = [arc.name for arc in arcs if arc.name not in hidden and known.get(arc.name, 0) != arc.number]
    assert [] == wrong
    return arcs, hidden


@pytest.mark.parametrize("seed", range(12))
def test_linked_tables_of_a_summary_stand_a_pencil(seed: int) -> None:
    """Both tables of posts, with all their totals, are audited together, from what they show."""
    namings = drawn(seed)
    smallest = (5, 10)[seed % 2]
    arcs, hidden = as_told(namings, post_tables(namings, smallest))
    found = propagated(arcs, hidden, 100_000)
    narrow = {name: bounds for name, bounds in found.items() if bounds[1] - bounds[0] < smallest}
    assert {} == {name: bounds for name, bounds in narrow.items() if name != "unnamed"}
    small = {arc.name for arc in arcs if 0 < arc.number < smallest and arc.name != "unnamed"}
    assert small <= hidden


@pytest.mark.parametrize("seed", range(40))
def test_totals_of_flags_do_not_depend_on_their_states(seed: int) -> None:
    """So that a later day, which compares only totals, shows no total that was withheld."""
    chance = random.Random(seed)
    raised = {str(severity): chance.choice((0, 2, 6, 40)) for severity in Severity}
    states = {(severity, state): 0 for severity in raised for state in ("waiting", "confirmed", "likely")}
    for severity, number in raised.items():
        for _ in range(number):
            states[severity, chance.choice(("waiting", "confirmed", "likely"))] += 1
    whole = flag_tables(raised, states, 5)
    assert (whole.total, whole.by_severity) == (
        flag_tables(raised, {}, 5).total,
        flag_tables(raised, {}, 5).by_severity,
    )
    assert [whole.by_severity[row.key] for row in whole.states.rows] == [row.total for row in whole.states.rows]
    small = [n for row in whole.states.rows for n in (*row.numbers.values(), row.total) if isinstance(n, int)]
    assert not [number for number in small if 0 < number < 5]


def test_an_office_sees_only_what_concerns_its_schools() -> None:
    """Posts, flags, review and rooms are filtered before anything is counted."""
    theirs, others = [post(mention("1"))] * 6, [post(mention("2", level="middle"))] * 9
    own = source(rollup(*theirs, *others))
    elsewhere = source(rollup(*others, source="https://t.me/b"))
    flags = (*[flag(offices=("B10",))] * 7, *[flag(offices=("C10",))] * 30)
    made = make_digest(day(own, elsewhere, flags=flags, waiting=flags, earlier=before(8)), OFFICE)
    assert (6, {"B10": 6}, {"high": 6}) == (made.posts, made.posts_by_office, made.posts_by_level)
    assert (7, 0) == (made.flags_total, made.review.backlog_total)
    assert ["R-a"] == [line.code for line in made.sources]
    assert (None, None, (), None) == (made.edited, made.removed, made.rooms, made.flag_delay)
    assert [8] == [line.days["2026-11-19"] for line in made.trend if line.measure == "posts_naming_schools"]
    assert 2 == made.watch.sources


def test_readers_outside_see_rooms_by_code() -> None:
    """Neither title nor address, and reasons only as causes: a title may name a school."""
    own = source(rollup(*[post(mention("1"))] * 20), title="가온고등학교 방")
    made = to_json(make_digest(day(own), WIDER))
    assert "R-a" in made
    assert [] == [word for word in ("가온", "t.me", "answered") if word in made]


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (4, WITHHELD), (5, 5)])
def test_small_numbers_are_withheld_noughts_are_not(number: int, shown: Figure) -> None:
    """Of posts and of flags; beside the days before too."""
    today = day(
        source(rollup(*[post(mention("1"))] * number)),
        flags=(flag(offices=("B10",)),) * number,
        earlier=before(*[number] * 8),
    )
    made = make_digest(today, OFFICE)
    assert (shown, shown, shown) == (made.posts_naming_schools, made.flags_total, made.flags["high"])
    line = next(line for line in made.trend if line.measure == "posts_naming_schools")
    assert (shown, shown, shown) == (line.today, line.median, line.same_weekday)


def test_one_day_withheld_withholds_the_median() -> None:
    """It might tell which one it was."""
    made = make_digest(day(source(rollup()), earlier=before(8, 8, 2, 8, 8, 8, 8, 8)), OFFICE)
    assert WITHHELD == made.trend[0].median


def test_a_series_of_backlogs_tells_no_day() -> None:
    """It is rounded down, and its ages are withheld."""
    waiting = (flag(offices=("B10",)),) * 27
    review = make_digest(day(source(rollup()), waiting=waiting), OFFICE).review
    assert (20, True, {WITHHELD}) == (review.backlog_total, review.backlog_is_rounded, set(review.backlog.values()))
    assert (27, 20, 0) == (rounded(27, 1), rounded(27, 5), rounded(9, 5))


def test_times_of_few_are_not_told() -> None:
    """A median of fewer than the threshold is somebody's own time."""
    for number, shown in ((4, None), (5, 60)):
        decided = flag(
            offices=("B10",),
            state=State.FINAL,
            disposition=Disposition.LIKELY,
            decided_at=MIDNIGHT + timedelta(hours=1),
        )
        review = make_digest(day(source(rollup()), decided=(decided,) * number), OFFICE).review
        assert (shown, None) == (review.decision.median_min, review.decision.longest_min)


def test_referrals() -> None:
    """Of one office; a line with a small number, or a small difference, is withheld as a whole."""
    sent = Referral(
        body="police", offices=("B10",), levels=("high",), drafted_at=MIDNIGHT, sent_at=MIDNIGHT, still_up_h=48
    )
    drafted, other = replace(sent, sent_at=None, still_up_h=None), replace(sent, offices=("C10",))
    whole = digest(day(source(rollup()), referrals=(sent, drafted, other))).referrals
    assert [("police", 3, 2, {"24": 2, "48": 2, "72": 0})] == [
        (line.body, line.drafted, line.sent, line.still_up) for line in whole
    ]
    (few,) = make_digest(day(source(rollup()), referrals=(*[sent] * 9, drafted)), OFFICE).referrals
    assert {WITHHELD} == {few.drafted, few.sent, *few.still_up.values()}
    assert () == make_digest(day(source(rollup()), referrals=(other,)), OFFICE).referrals


def test_nothing_small_is_left_anywhere() -> None:
    """In the whole of a summary for an office, no number of posts or flags is below the threshold."""
    chance = random.Random(7)
    posts = [post(mention(chance.choice("123"), level=chance.choice(("high", "middle")))) for _ in range(60)]
    flags = tuple(flag(chance.choice(list(Severity)), offices=("B10",)) for _ in range(23))
    made = make_digest(day(source(rollup(*posts, members=count(3))), flags=flags, earlier=before(9, 8, 7)), OFFICE)
    parts = asdict(made)
    told = {name: parts[name] for name in parts if name.startswith(("posts", "flag", "office_levels", "level_cat"))}
    assert [] == [number for number in _numbers(told) if 0 < number < 5]


def _numbers(value: object) -> Iterable[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _numbers(inner)
