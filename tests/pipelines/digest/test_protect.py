"""Small numbers stay withheld: what a reader can work out of what is shown never narrows one below the threshold.

The reader here is no part of the product: it tries every number that fits, or solves the equations.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest

from pipelines.digest.protect import Arc, protect, slack

MOST = 9


def table(cells: Mapping[tuple[str, str], int]) -> list[Arc]:
    """A table with its margins and its total."""
    rows, columns = Counter[str](), Counter[str]()
    for (row, column), number in cells.items():
        rows[row] += number
        columns[column] += number
    total = sum(cells.values())
    return [
        Arc(name="total", tail="end", head="start", number=total),
        *(Arc(name=f"row {row}", tail="start", head=row, number=number) for row, number in rows.items()),
        *(Arc(name=f"{row} {column}", tail=row, head=column, number=n) for (row, column), n in cells.items()),
        *(Arc(name=f"column {column}", tail=column, head="end", number=n) for column, n in columns.items()),
    ]


def drawn(seed: int, rows: int, columns: int, most: int) -> dict[tuple[str, str], int]:
    """A random table; half of its cells small."""
    chance = random.Random(seed)
    return {
        (f"r{row}", f"c{column}"): chance.choice((0, chance.randint(0, 3), chance.randint(0, most)))
        for row, column in product(range(rows), range(columns))
    }


# ------------------------------------------------------------------ two independent readers


def tried(arcs: Sequence[Arc], hidden: frozenset[str], most: int) -> dict[str, tuple[int, int]]:
    """Every way of filling the gaps in, tried: the smallest and largest value of each withheld number."""
    points = sorted({arc.tail for arc in arcs})
    known = {arc.name: arc.number for arc in arcs if arc.name not in hidden}
    gaps = [arc for arc in arcs if arc.name in hidden]
    found: dict[str, tuple[int, int]] = {}
    for filled in _fillings(gaps, dict.fromkeys(points, 0), known, arcs, most):
        for name, value in filled.items():
            low, high = found.get(name, (value, value))
            found[name] = (min(low, value), max(high, value))
    return found


def _fillings(
    gaps: Sequence[Arc], balance: dict[str, int], known: Mapping[str, int], arcs: Sequence[Arc], most: int
) -> Iterator[dict[str, int]]:
    for arc in arcs:
        if arc.name in known:
            balance[arc.tail] -= known[arc.name]
            balance[arc.head] += known[arc.name]
    last = {point: at for at, arc in enumerate(gaps) for point in (arc.tail, arc.head)}
    yield from _filled(gaps, 0, balance, last, {}, most)


def _filled(
    gaps: Sequence[Arc], at: int, balance: dict[str, int], last: Mapping[str, int], filled: dict[str, int], most: int
) -> Iterator[dict[str, int]]:
    """Depth first; where the last gap of a point is filled, as much must flow in as out."""
    if at == len(gaps):
        if not any(balance.values()):
            yield dict(filled)
        return
    arc = gaps[at]
    for value in range(1, most + 1):
        balance[arc.tail] -= value
        balance[arc.head] += value
        if all(balance[point] == 0 for point in (arc.tail, arc.head) if last[point] == at):
            yield from _filled(gaps, at + 1, balance, last, {**filled, arc.name: value}, most)
        balance[arc.tail] += value
        balance[arc.head] -= value


def propagated(arcs: Sequence[Arc], hidden: frozenset[str], most: int) -> dict[str, tuple[int, int]]:
    """Bounds from one equation at a time, until nothing moves: what a person with a pencil finds."""
    bounds = {arc.name: (1, most) if arc.name in hidden else (arc.number, arc.number) for arc in arcs}
    moved = True
    while moved:
        moved = False
        for point in {arc.tail for arc in arcs}:
            ins = [arc.name for arc in arcs if arc.head == point]
            outs = [arc.name for arc in arcs if arc.tail == point]
            for name, own, others in [(n, ins, outs) for n in ins] + [(n, outs, ins) for n in outs]:
                low = sum(bounds[other][0] for other in others) - sum(bounds[n][1] for n in own if n != name)
                high = sum(bounds[other][1] for other in others) - sum(bounds[n][0] for n in own if n != name)
                now = (max(bounds[name][0], low), min(bounds[name][1], high))
                moved = moved or now != bounds[name]
                bounds[name] = now
    return {name: bounds[name] for name in hidden}


# ------------------------------------------------------------------ the audit


@pytest.mark.parametrize("seed", range(60))
def test_no_withheld_number_can_be_narrowed(seed: int) -> None:
    """Of random tables: each one may lie anywhere in a range that is wider than the threshold."""
    cells = drawn(seed, rows=2 + seed % 2, columns=2, most=MOST)
    arcs, smallest = table(cells), 3
    hidden = protect(arcs, smallest)
    assert hidden is not None
    assert {arc.name for arc in arcs if 0 < arc.number < smallest} <= hidden
    largest = max(arc.number for arc in arcs) + smallest + 1
    gaps = len(hidden)
    found = tried(arcs, hidden, largest) if gaps <= 7 else propagated(arcs, hidden, largest)
    assert {} == {name: bounds for name, bounds in found.items() if bounds[1] - bounds[0] < smallest}


@pytest.mark.parametrize("seed", range(40))
def test_larger_tables_stand_a_pencil(seed: int) -> None:
    """As many rows as there are offices: no bound follows from equations one at a time, nor from flows."""
    arcs, smallest = table(drawn(1_000 + seed, rows=19, columns=7, most=60)), 5 if seed % 2 else 10
    hidden = protect(arcs, smallest)
    assert hidden is not None
    found = propagated(arcs, hidden, 100_000)
    assert {} == {name: bounds for name, bounds in found.items() if bounds[1] - bounds[0] < smallest}
    assert [] == [name for name in hidden if sum(slack(arcs, hidden, name, smallest)) < smallest]


@pytest.mark.parametrize("seed", range(30))
def test_the_range_is_exact(seed: int) -> None:
    """What the product says of a withheld number's range is what trying every filling finds."""
    arcs = table(drawn(2_000 + seed, rows=2, columns=2, most=4))
    total, *others = arcs
    hidden = frozenset(arc.name for arc in random.Random(seed).sample(others, 6) if arc.number)
    found = tried(arcs, hidden, total.number)
    for arc in others:
        if arc.name in hidden:
            below, above = slack(arcs, hidden, arc.name, 100)
            assert found[arc.name] == (arc.number - below, arc.number + above)


def test_two_in_a_row_are_not_enough() -> None:
    """A row of 1 and 1 with its total would tell both: more is withheld."""
    cells = {("a", "x"): 1, ("a", "y"): 1, ("b", "x"): 40, ("b", "y"): 50}
    hidden = protect(table(cells), 5)
    assert hidden is not None
    assert {"a x", "a y", "row a"} < hidden
    assert "total" not in hidden


def test_nothing_is_withheld_without_need() -> None:
    """Large numbers and noughts are shown."""
    cells = {("a", "x"): 10, ("a", "y"): 0, ("b", "x"): 40, ("b", "y"): 50}
    assert frozenset() == protect(table(cells), 5)
    assert frozenset() == protect(table(dict.fromkeys(cells, 1)), 1)


def test_what_was_shown_before_stays_shown() -> None:
    """Where that leaves no way, there is none; the caller shows nothing of the table then."""
    parts = [Arc(name=name, tail="start", head="end", number=n) for name, n in (("a", 2), ("b", 40))]
    total = Arc(name="total", tail="end", head="start", number=42, is_fixed=True)
    assert frozenset({"a", "b"}) == protect([total, *parts], 5)
    shown = [parts[0], Arc(name="b", tail="start", head="end", number=40, is_fixed=True), total]
    assert protect(shown, 5) is None
