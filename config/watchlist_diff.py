"""What differs between two watchlists: entry by entry, and line by line."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from config.watchlist import _same_name
from config.watchlist_edit import KEYS, Entry, read_entries
from config.yaml_text import in_block

AROUND = 3
"""Lines shown on either side of a changed one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDiff:
    """An entry that came, went or says something else."""

    section: str
    name: str
    before: str | None
    """On one line; None for a new one."""
    after: str | None
    """None for one that went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDiff:
    """A line of one of two texts, or of both."""

    sign: str
    """``-`` went, ``+`` came, blank for both, ``…`` where lines are left out."""
    before: int | None
    """Its number in the old text, counted from 1."""
    after: int | None
    text: str


def diff_entries(before: str, after: str) -> tuple[EntryDiff, ...]:
    """Entries that differ, in the order of the lists; of valid watchlists."""
    return tuple(one for section in KEYS for one in _diff_section(section, before, after))


def diff_lines(before: str, after: str) -> tuple[LineDiff, ...]:
    """Lines that differ with some around them; empty where none do."""
    return tuple(_lines(before.splitlines(), after.splitlines()))


def _diff_section(section: str, before: str, after: str) -> Iterator[EntryDiff]:
    old, new = (_by_name(section, read_entries(text, section)) for text in (before, after))
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) != new.get(name):
            yield EntryDiff(section=section, name=name, before=_words(old.get(name)), after=_words(new.get(name)))


def _by_name(section: str, entries: tuple[Entry, ...]) -> dict[str, Entry]:
    return {_same_name(section, entry.get(KEYS[section], "")): entry for entry in entries}


def _words(entry: Entry | None) -> str | None:
    return None if entry is None else in_block(dict(entry))


def _lines(old: list[str], new: list[str]) -> Iterator[LineDiff]:
    groups = list(difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND))
    for number, group in enumerate(groups):
        if number:
            yield LineDiff(sign="…", before=None, after=None, text="")
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                for place in range(start, end):
                    after = new_start + place - start + 1
                    yield LineDiff(sign=" ", before=place + 1, after=after, text=old[place])
                continue
            for place in range(start, end):
                yield LineDiff(sign="-", before=place + 1, after=None, text=old[place])
            for place in range(new_start, new_end):
                yield LineDiff(sign="+", before=None, after=place + 1, text=new[place])
