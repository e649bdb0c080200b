"""What differs between two versions of a summary, number by number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OF_THE_MOMENT = frozenset({"as_of", "checkpoint", "sentences"})
"""Fields that differ whenever a summary is made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value that was corrected."""

    where: str
    """Names of fields and keys, joined by dots."""
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Between two summaries as JSON.

    Args:
        before: the older one.
        after: the newer one.
    """
    old, new = (
        dict(_values({key: value for key, value in one.items() if key not in OF_THE_MOMENT}, ""))
        for one in (before, after)
    )
    return tuple(
        Difference(where=where, before=old.get(where, "–"), after=new.get(where, "–"))
        for where in sorted({*old, *new})
        if old.get(where, "–") != new.get(where, "–")  # a field that older versions had not is none
    )


def _values(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _values(inner, f"{where}.{key}" if where else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, inner in enumerate(value):
            yield from _values(inner, f"{where}.{_name(inner, place)}")
    else:
        yield where, "–" if value is None else str(value)


def _name(row: Any, place: int) -> str:
    """Rows are known by what names them, so that one more of them does not move the others."""
    names = ("code", "key", "measure", "cause", "found", "body", "why", "name", "day")
    return next((str(row[name]) for name in names if isinstance(row, Mapping) and name in row), str(place))
