"""A summary laid out for people in one language: sections of notes and sheets. Every form shows this, and no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.digest.lines import Figure, Table
from pipelines.digest.words import Lang, told


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Of a sheet."""

    text: str
    value: Figure | str
    """The number as such, for programs."""
    is_number: bool = False
    """Whether it stands on the right and on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table with a name that does for a file."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    has_totals: bool = False
    """Whether the last row adds up the others."""

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers."""
        return tuple(any(row[place].is_number for row in self.rows) for place in range(len(self.columns)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Under one heading."""

    key: str
    title: str
    notes: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    """A line each, with a bullet."""
    sheets: tuple[Sheet, ...] = ()
    verbatim: str = ""
    """To be copied as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole."""

    lang: Lang
    title: str
    scope: str
    warning: str
    """Why it is not to be given out; empty where it is."""
    notes: tuple[str, ...]
    sentences: tuple[str, ...]
    sections: tuple[Section, ...]


def number(figure: Figure, words: Mapping[str, str], *, signed: bool = False) -> Cell:
    """A number."""
    return Cell(text=told(figure, words, signed=signed), value=figure, is_number=True)


def word(text: str) -> Cell:
    """Something else."""
    return Cell(text=text, value=text)


def cross(name: str, title: str, table: Table, heads: Mapping[str, str], words: Mapping[str, str]) -> Sheet:
    """A table of numbers by two things, with totals.

    Args:
        name: of the sheet.
        title: of the sheet.
        table: of the summary.
        heads: words for rows and columns by key; for the first column by ``""``.
        words: of the language.
    """
    rows = [
        (
            word(heads.get(row.key, row.key)),
            *(number(row.numbers[column], words) for column in table.columns),
            number(row.total, words),
        )
        for row in table.rows
    ]
    last = (word(words["total"]), *(number(table.totals[column], words) for column in table.columns))
    columns = (heads[""], *(heads.get(column, column) for column in table.columns), words["total"])
    return Sheet(
        name=name, title=title, columns=columns, rows=(*rows, (*last, number(table.total, words))), has_totals=True
    )


def listing(
    name: str, title: str, columns: Sequence[str], rows: Sequence[tuple[str, Figure]], words: Mapping[str, str]
) -> Sheet:
    """A word and a number a row."""
    cells = tuple((word(text), number(figure, words)) for text, figure in rows)
    return Sheet(name=name, title=title, columns=tuple(columns), rows=cells)
