"""What a reveal of masked text covers: a whole text, one masked span of it, or up to 20 posts of a case."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from evidence.errors import ConfigError

MOST_OF_A_CASE = 20
_FLAG = r"@?\w{1,64}:\d{1,19}"
_ONE = re.compile(rf"(?P<flag>{_FLAG})(?:/r(?P<revision>\d{{1,9}})/(?P<span>\d{{1,4}}))?", re.ASCII)
_ROOM = r"@?\w{1,64}:\d{1,19}(?:,\d{1,19})*"
_CASE = re.compile(rf"(?P<case>case-[0-9a-f]{{8}})/(?P<rooms>{_ROOM}(?:\+{_ROOM})*)", re.ASCII)
LONGEST_CODE = 200
"""Of what the log holds: posts of many rooms may have to be asked for in two parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The whole of what a reveal covers; approval of one is no approval of another."""

    flags: tuple[str, ...]
    """One, or those of a case."""
    case: str | None = None
    revision: int | None = None
    """Of the text in which the span was counted."""
    span: int | None = None
    """Number of a masked span, from 1 on; None for the whole text."""

    @property
    def flag(self) -> str:
        """The only one, or the first of a case."""
        return self.flags[0]

    def code(self) -> str:
        """As it stands in the proposal and in the log."""
        if self.case is not None:
            return f"{self.case}/{_by_room(self.flags)}"
        return self.flag if self.span is None else f"{self.flag}/r{self.revision}/{self.span}"


def of_case(case: str, flags: Iterable[str]) -> Extent:
    """Posts of a case.

    Raises:
        ConfigError: none, or more than may be asked for together.
    """
    chosen = tuple(dict.fromkeys(flags))
    if not 1 <= len(chosen) <= MOST_OF_A_CASE:
        raise ConfigError(f"{len(chosen)} posts of {case}: expected 1 to {MOST_OF_A_CASE}")
    extent = Extent(case=case, flags=tuple(sorted(chosen, key=_room_of)))
    if len(extent.code()) > LONGEST_CODE:
        raise ConfigError(f"{len(chosen)} posts of {case}: they are of too many rooms for one request: ask for fewer")
    return extent


def _room_of(flag: str) -> str:
    return flag.partition(":")[0]


def _by_room(flags: Iterable[str]) -> str:
    """Rooms with the numbers of their posts: ``room:1,2+other:7``."""
    rooms: dict[str, list[str]] = {}
    for flag in flags:
        room, _, number = flag.partition(":")
        rooms.setdefault(room, []).append(number)
    return "+".join(f"{room}:{','.join(numbers)}" for room, numbers in rooms.items())


def read_extent(code: str) -> Extent:
    """The same, from a proposal.

    Raises:
        ConfigError: it is none.
    """
    if found := _CASE.fullmatch(code):
        rooms = (room.partition(":") for room in found["rooms"].split("+"))
        return of_case(
            found["case"], (f"{room}:{number}" for room, _, numbers in rooms for number in numbers.split(","))
        )
    found = _ONE.fullmatch(code)
    if found is None:
        raise ConfigError(f'"{code}" is nothing that can be revealed: expected a flag, a span of one, or a case')
    span, revision = (int(found[name]) if found[name] else None for name in ("span", "revision"))
    return Extent(flags=(found["flag"],), revision=revision, span=span)
