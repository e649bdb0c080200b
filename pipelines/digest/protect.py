"""Withholds small numbers so that they cannot be worked out from those that are shown.

The numbers of linked tables are a circulation: a total flows out into its rows, through the cells into the columns,
on through the cells of the next table, and back. Whoever reads the tables knows that at each point as much
flows in as out. A withheld number may then be anything that moves along a cycle of withheld ones, and how far is
a question of flow: exact, for any tables. Numbers that are nought are shown; a withheld one is at least 1.
"""

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

LEAST = 1
"""Of a withheld number: everybody may know that it is not nought."""
BOUNDLESS = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A number that is shown or withheld."""

    name: str
    tail: str
    """Where it flows from."""
    head: str
    number: int
    is_fixed: bool = False
    """Whether it was shown before and cannot be withheld any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """Part of a cycle: a number that grows or shrinks."""

    arc: Arc
    grows: bool

    @property
    def leads_to(self) -> str:
        """The next point."""
        return self.arc.head if self.grows else self.arc.tail


@dataclass(slots=True)
class Flows:
    """The tables as they are, and how far numbers have been moved."""

    arcs: Sequence[Arc]
    moved: dict[str, int] = field(default_factory=dict)
    _steps: dict[str, list[Step]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for arc in self.arcs:
            if arc.number:
                self._steps.setdefault(arc.tail, []).append(Step(arc, grows=True))
                self._steps.setdefault(arc.head, []).append(Step(arc, grows=False))

    def room(self, step: Step) -> int:
        """How far a number may still move that way."""
        moved = self.moved.get(step.arc.name, 0)
        return BOUNDLESS - moved if step.grows else step.arc.number + moved - LEAST

    def cheapest(self, start: str, goal: str, hidden: Collection[str], without: str) -> list[Step] | None:
        """The way from one point to another that withholds least; None where there is none."""
        queue: list[tuple[int, int, str]] = [(0, 0, start)]
        costs, came, tried = {start: 0}, dict[str, tuple[str, Step]](), 0
        while queue:
            cost, _, at = heapq.heappop(queue)
            if at == goal:
                return list(_way(came, start, goal))
            if cost > costs[at]:
                continue
            for step in self._steps.get(at, ()):
                price = 0 if step.arc.name in hidden else step.arc.number + 1
                is_open = step.arc.name in hidden or not step.arc.is_fixed
                to, dear = step.leads_to, cost + price
                if step.arc.name != without and is_open and self.room(step) and dear < costs.get(to, BOUNDLESS):
                    tried += 1
                    costs[to], came[to] = dear, (at, step)
                    heapq.heappush(queue, (dear, tried, to))
        return None

    def push(self, way: Sequence[Step], most: int) -> int:
        """Move the numbers along a way; by how much."""
        width = min([most, *(self.room(step) for step in way)])
        for step in way:
            self.moved[step.arc.name] = self.moved.get(step.arc.name, 0) + (width if step.grows else -width)
        return width


def _way(came: Mapping[str, tuple[str, Step]], start: str, goal: str) -> Iterator[Step]:
    at = goal
    while at != start:
        at, step = came[at]
        yield step


def slack(arcs: Sequence[Arc], hidden: Collection[str], name: str, enough: int) -> tuple[int, int]:
    """How far below and above its value a withheld number may lie, for all that can be told.

    Args:
        arcs: all numbers of the linked tables.
        hidden: names of those that are withheld.
        name: of one of them.
        enough: looked no further than that.
    """
    kept = [arc for arc in arcs if arc.name in hidden]
    arc = next(arc for arc in kept if arc.name == name)
    above = _push_round(Flows(kept), arc.head, arc.tail, hidden, name, enough)
    below = _push_round(Flows(kept), arc.tail, arc.head, hidden, name, min(enough, arc.number - LEAST))
    return below, above


def _push_round(flows: Flows, start: str, goal: str, hidden: Collection[str], name: str, enough: int) -> int:
    width = 0
    while width < enough and (way := flows.cheapest(start, goal, hidden, name)):
        width += flows.push(way, enough - width)
    return width


def protect(arcs: Sequence[Arc], smallest: int, also: Collection[str] = ()) -> frozenset[str] | None:
    """Which numbers to withhold.

    Args:
        arcs: all numbers of the linked tables; at each point as much flows in as out.
        smallest: that is shown, except nought; 1 or less withholds nothing.
        also: names of others to withhold.

    Returns:
        Names; each of them may lie in a range of at least ``smallest`` beyond one value. None where numbers that
        were shown before leave no way.
    """
    by_name = {arc.name: arc for arc in arcs}
    hidden = {arc.name for arc in arcs if 0 < arc.number < smallest and not arc.is_fixed}
    hidden |= {name for name in also if by_name[name].number}
    waiting = sorted(hidden, key=lambda name: (by_name[name].number, name))
    while waiting:
        arc = by_name[waiting.pop(0)]
        if sum(slack(arcs, hidden, arc.name, smallest)) >= smallest:
            continue
        found = _cycles(arcs, arc, hidden, smallest)
        if found is None:
            return None
        waiting += sorted(found - hidden)
        hidden |= found
    return frozenset(hidden)


def _cycles(arcs: Sequence[Arc], arc: Arc, hidden: Collection[str], smallest: int) -> set[str] | None:
    """Numbers to withhold so that this one may be larger by ``smallest``."""
    flows, width, used = Flows(arcs), 0, set[str]()
    while width < smallest:
        way = flows.cheapest(arc.head, arc.tail, {*hidden, *used}, arc.name)
        if way is None:
            return None
        width += flows.push(way, smallest - width)
        used |= {step.arc.name for step in way}
    return used
