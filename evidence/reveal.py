"""What a reveal of masked text covers: a whole text, one masked span of it, or up to 20 posts of a case."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from evidence.errors import ConfigError

MOST_OF_A_CASE = 20
_FLAG = r"@?\w{1,64}:\d{1,19}"
_ONE = re.compile(rf"(?P<flag>{_FLAG})(?:/r(?P<revision>\d{{1,9}})/(?P<span>\d{{1,4}}))?", re.ASCII)
_CASE = re.compile(rf"(?P<case>case-[0-9a-f]{{8}})/(?P<flags>{_FLAG}(?:,{_FLAG})*)", re.ASCII)


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
            return f"{self.case}/{','.join(self.flags)}"
        return self.flag if self.span is None else f"{self.flag}/r{self.revision}/{self.span}"


def of_case(case: str, flags: Iterable[str]) -> Extent:
    """Posts of a case.

    Raises:
        ConfigError: none, or more than may be asked for together.
    """
    chosen = tuple(dict.fromkeys(flags))
    if not 1 <= len(chosen) <= MOST_OF_A_CASE:
        raise ConfigError(f"{len(chosen)} posts of {case}: expected 1 to {MOST_OF_A_CASE}")
    return Extent(case=case, flags=chosen)


def read_extent(code: str) -> Extent:
    """The same, from a proposal.

    Raises:
        ConfigError: it is none.
    """
    if found := _CASE.fullmatch(code):
        return of_case(found["case"], found["flags"].split(","))
    found = _ONE.fullmatch(code)
    if found is None:
        raise ConfigError(f'"{code}" is nothing that can be revealed: expected a flag, a span of one, or a case')
    span, revision = (int(found[name]) if found[name] else None for name in ("span", "revision"))
    return Extent(flags=(found["flag"],), revision=revision, span=span)
