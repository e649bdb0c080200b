"""Which numbers of a summary are shown: small ones are withheld, and others so that they cannot be worked out.

What is decided of a day's totals depends on that day's posts and flags alone. So it comes out the same when the day
is compared with a later one, and nothing is shown then that was withheld before.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence.day import Naming
from pipelines.digest.counting import NO_SCHOOL, SEVERAL, UNCLEAR
from pipelines.digest.lines import WITHHELD, Figure, Row, Table
from pipelines.digest.protect import Arc, protect

LEVELS = ("elementary", "middle", "high", "special", "other", "university", SEVERAL, UNCLEAR)
ALL = "all"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTables:
    """Posts of a day in one scope, small numbers withheld."""

    posts: Figure
    named: Figure
    by_level: dict[str, Figure]
    by_office: dict[str, Figure]
    by_category: dict[str, Figure]
    office_levels: Table
    level_categories: Table


def post_tables(namings: Iterable[Naming], smallest: int) -> PostTables:
    """Tables of posts.

    Args:
        namings: of one scope.
        smallest: number that is shown, besides nought.
    """
    office_levels: Counter[Pair] = Counter()
    level_categories: Counter[Pair] = Counter()
    unnamed = 0
    for naming in namings:
        if naming.office == NO_SCHOOL:
            unnamed += naming.posts
            continue
        office_levels[naming.office, naming.level] += naming.posts
        level_categories[naming.level, naming.category] += naming.posts
    named = office_levels.total()
    arcs = [
        Arc(name="posts", tail="end", head="start", number=named + unnamed),
        Arc(name="unnamed", tail="start", head="end", number=unnamed),
        Arc(name="named", tail="start", head="offices", number=named),
        *_margin("office", "offices", "row", _sums(office_levels, 0)),
        *_cells("ol", "row", "level", office_levels),
        *_through("level", "level", "level on", _sums(office_levels, 1)),
        *_cells("lc", "level on", "category", level_categories),
        *_ends("category", "category", "end", _sums(level_categories, 1)),
    ]
    show = shown(arcs, smallest)
    offices = {key: show(f"office {key}", number) for key, number in _ordered(_sums(office_levels, 0))}
    levels = {key: show(f"level {key}", number) for key, number in _ordered(_sums(office_levels, 1))}
    categories = {key: show(f"category {key}", number) for key, number in _ordered(_sums(level_categories, 1))}
    total = show("named", named)
    return PostTables(
        posts=show("posts", named + unnamed),
        named=total,
        by_level=levels,
        by_office=offices,
        by_category=categories,
        office_levels=_table("ol", office_levels, (offices, levels, total), show),
        level_categories=_table("lc", level_categories, (levels, categories, total), show),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagTables:
    """Flags of a day in one scope, small numbers withheld."""

    total: Figure
    by_severity: dict[str, Figure]
    states: Table
    """Without rows where states were not asked for."""


def flag_tables(raised: Mapping[str, int], states: Mapping[Pair, int], smallest: int) -> FlagTables:
    """Tables of flags.

    Args:
        raised: by severity, gravest first; all severities.
        states: by severity and state, all of both; empty for totals alone.
        smallest: number that is shown, besides nought.
    """
    total = Arc(name="total", tail="end", head="start", number=sum(raised.values()))
    show = shown([total, *_ends_at("severity", "start", "end", raised)], smallest)
    by_severity = {key: show(f"severity {key}", number) for key, number in raised.items()}
    whole = show("total", total.number)
    return FlagTables(
        total=whole,
        by_severity=by_severity,
        states=_states(total, raised, states, (by_severity, whole), smallest)
        if states
        else Table(columns=(), rows=(), totals={}, total=whole),
    )


def _states(
    total: Arc,
    raised: Mapping[str, int],
    states: Mapping[Pair, int],
    margins: tuple[dict[str, Figure], Figure],
    smallest: int,
) -> Table:
    """Totals stand as they were decided; where that leaves no way, no state is shown at all."""
    by_severity, all_of_them = margins
    withheld = {f"severity {key}" for key, figure in by_severity.items() if figure == WITHHELD}
    withheld |= {"total"} if all_of_them == WITHHELD else set()
    fixed = [
        Arc(name=arc.name, tail=arc.tail, head=arc.head, number=arc.number, is_fixed=True)
        for arc in (total, *_margin("severity", "start", "severity", raised))
    ]
    arcs = [*fixed, *_cells("ss", "severity", "state", states), *_ends("state", "state", "end", _sums(states, 1))]
    hidden = protect(arcs, smallest, withheld)
    sums = _sums(states, 1)
    columns = {key: WITHHELD if hidden is None or f"state {key}" in hidden else number for key, number in sums.items()}
    cells = _withhold_all if hidden is None else _shower(hidden)
    return _table("ss", states, (by_severity, columns, all_of_them), cells, every_row=True)


Show = Callable[[str, int], Figure]


def shown(arcs: Sequence[Arc], smallest: int) -> Show:
    """What shows or withholds a number by its name."""
    return _shower(protect(arcs, smallest) or frozenset() if smallest > 1 else frozenset())


def split(whole: str, parts: Mapping[str, int], smallest: int) -> tuple[Figure, dict[str, Figure]]:
    """A number and its parts."""
    total = Arc(name=ALL, tail="end", head="start", number=sum(parts.values()))
    show = shown([total, *_ends_at(whole, "start", "end", parts)], smallest)
    return show(ALL, total.number), {key: show(f"{whole} {key}", number) for key, number in parts.items()}


def single(number: int, smallest: int) -> Figure:
    """A number that belongs to no other."""
    return WITHHELD if 0 < number < smallest else number


def rounded(number: int, smallest: int) -> int:
    """Rounded down, so that the difference of two does not tell a small number; as it is where nothing is withheld."""
    return number if smallest <= 1 else number - number % (2 * smallest)


def difference(now: Figure, before: Figure) -> Figure:
    """Of two numbers that are shown."""
    if isinstance(now, int) and isinstance(before, int):
        return now - before
    return None if now is None or before is None else WITHHELD


# ------------------------------------------------------------------ tables


def _shower(hidden: Collection[str]) -> Show:
    return lambda name, number: WITHHELD if name in hidden else number


def _withhold_all(_: str, __: int) -> Figure:
    return WITHHELD


def _margin(kind: str, start: str, ends: str, numbers: Mapping[str, int]) -> list[Arc]:
    return [Arc(name=f"{kind} {key}", tail=start, head=f"{ends} {key}", number=n) for key, n in numbers.items()]


def _through(kind: str, begins: str, ends: str, numbers: Mapping[str, int]) -> list[Arc]:
    return [
        Arc(name=f"{kind} {key}", tail=f"{begins} {key}", head=f"{ends} {key}", number=n) for key, n in numbers.items()
    ]


def _ends(kind: str, begins: str, end: str, numbers: Mapping[str, int]) -> list[Arc]:
    return [Arc(name=f"{kind} {key}", tail=f"{begins} {key}", head=end, number=n) for key, n in numbers.items()]


def _ends_at(kind: str, start: str, end: str, numbers: Mapping[str, int]) -> list[Arc]:
    return [Arc(name=f"{kind} {key}", tail=start, head=end, number=n) for key, n in numbers.items()]


def _cells(kind: str, begins: str, ends: str, cells: Mapping[Pair, int]) -> list[Arc]:
    return [
        Arc(name=f"{kind} {row} {column}", tail=f"{begins} {row}", head=f"{ends} {column}", number=n)
        for (row, column), n in cells.items()
    ]


def _table(
    kind: str,
    cells: Mapping[Pair, int],
    margins: tuple[Mapping[str, Figure], Mapping[str, Figure], Figure],
    show: Show,
    *,
    every_row: bool = False,
) -> Table:
    rows, columns, total = margins
    order = tuple(columns) if every_row else tuple(sorted(columns, key=_place))
    return Table(
        columns=order,
        rows=tuple(
            Row(
                key=row,
                numbers={column: show(f"{kind} {row} {column}", cells.get((row, column), 0)) for column in order},
                total=rows[row],
            )
            for row in (rows if every_row else sorted(rows, key=_place))
        ),
        totals={column: columns[column] for column in order},
        total=total,
    )


def _sums(cells: Mapping[Pair, int], side: int) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for pair, number in cells.items():
        sums[pair[side]] += number
    return dict(sums)


def _ordered(numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    """In a fixed order: one by size would tell of withheld numbers."""
    return sorted(numbers.items(), key=lambda item: _place(item[0]))


def _place(key: str) -> tuple[int, str]:
    """Levels from the youngest on; offices by code; what is not clear last."""
    last = {SEVERAL: 101, "none": 100, UNCLEAR: 102, "no_term": 103}
    return (LEVELS.index(key) if key in LEVELS[:6] else last.get(key, 50), key)
