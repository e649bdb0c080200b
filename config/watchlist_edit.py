"""Edits of a watchlist's YAML: entries come, change and go; everything else stays as it was written."""

from collections.abc import Mapping
from typing import Any

import yaml

from config.watchlist import _Loader, _same_name
from config.yaml_text import (
    Change,
    Written,
    changed,
    in_flow,
    in_lines,
    mapping_changes,
    pairs_of,
    value_of,
)
from evidence.errors import ConfigError
from evidence.watchlist_change import Edit, EditKind

KEYS = {"sources": "address", "directories": "address", "terms": "id", "rules": "id"}
"""Lists of a watchlist, and what names their entries."""
EMPTY = "version: 1\n"

Entry = Mapping[str, Any]
"""One item of a list as its YAML says it; days are text."""


def with_source(text: str, name: str, address: str, reason: str) -> str:
    """The watchlist with one more Source.

    Args:
        text: a valid watchlist.
        name: stands for the file in messages.
        address: canonical.
        reason: why it is watched.

    Raises:
        ConfigError: its sources are written in a way that cannot be added to, such as ``sources: [...]``.
    """
    return apply_edit(text, name, put("sources", "", {"address": address, "reason": reason}))


def put(section: str, name: str, entry: Entry) -> Edit:
    """The edit that adds an entry, or makes the one of this name say something else."""
    return Edit(kind=EditKind.PUT, section=section, name=name, entry=in_flow(dict(entry)))


def remove(section: str, name: str) -> Edit:
    """The edit that takes an entry out."""
    return Edit(kind=EditKind.REMOVE, section=section, name=name)


def read_entries(text: str, section: str) -> tuple[Entry, ...]:
    """Entries of a list as they are written; of a valid watchlist."""
    return tuple(_read(text).get(section) or ())


def has_section(text: str, section: str) -> bool:
    """Whether a list is written at all: without ``rules`` the packaged ones apply."""
    return _read(text).get(section) is not None


def read_entry(text: str, section: str, name: str) -> Entry | None:
    """One entry as it is written; None where there is none of this address or id."""
    place = _place(_read(text).get(section) or [], section, name)
    return None if place is None else read_entries(text, section)[place]


def apply_edit(text: str, name: str, edit: Edit) -> str:
    """The watchlist after an edit; remarks and order stay where the edit does not touch them.

    Args:
        text: a valid watchlist.
        name: stands for the file in messages.
        edit: what to do; its result may still be no valid watchlist.

    Raises:
        ConfigError: the entry is not there (any more), or the list is written in a way that cannot be edited.
    """
    if edit.kind is EditKind.WHOLE:
        return edit.entry
    values = _read(text)
    entries = list(values.get(edit.section) or [])
    place = _place(entries, edit.section, edit.name) if edit.name else None
    if edit.name and place is None:
        raise ConfigError(f"{name}: {edit.section} has no entry {edit.name} any more")
    if edit.kind is EditKind.REMOVE:
        entry = None
        wanted = [other for number, other in enumerate(entries) if number != place]
    else:
        entry = _entry(edit, name)
        if place is None:
            _check_new(entries, edit.section, entry, name)
        wanted = [*entries, entry] if place is None else [*entries[:place], entry, *entries[place + 1 :]]
    for attempt in _attempts(text, edit.section, place, entry, entries):
        if _says(attempt, {**values, edit.section: wanted}, edit.section):
            return attempt
    raise _refused(name, edit.section, text)


def _attempts(text: str, section: str, place: int | None, entry: Entry | None, entries: list[Entry]) -> list[str]:
    """Ways of writing it, the one that changes least first; not all are right."""
    written = Written(text)
    items = value_of(written.root, section)
    if not isinstance(written.root, yaml.MappingNode) or written.root.flow_style:
        return []
    if place is None:
        change = _addition(written, section, items, entry or {})
        return [changed(text, [change])] if change else []
    if not isinstance(items, yaml.SequenceNode) or items.flow_style:
        return []
    item = items.value[place]
    lines = written.lines_of_item(item)
    if entry is None:
        return [changed(text, [(*lines, ""), *([_emptied(written, section)] if len(entries) == 1 else [])])]
    whole = "".join(f"{line}{written.own_end}" for line in in_lines(entry, written.column_of_items(items)))
    return [
        changed(text, mapping_changes(written, item, entries[place], entry)),
        changed(text, [(*lines, whole)]),
    ]


def _addition(written: Written, section: str, items: yaml.Node | None, entry: Entry) -> Change | None:
    """A new entry at the end of its list; a list that is missing or empty is begun."""
    root = written.root
    assert root is not None, "a valid watchlist is a mapping"  # noqa: S101
    column = root.start_mark.column
    if items is None:
        place = written.end_of(root.start_mark.index, root.end_mark.index)
        return written.lines_behind(place, [f"{' ' * column}{section}:", *in_lines(entry, column + 2)])
    start, end = items.start_mark.index, items.end_mark.index
    if isinstance(items, yaml.SequenceNode) and items.value and not items.flow_style:
        return written.lines_behind(written.end_of(start, end), in_lines(entry, written.column_of_items(items)))
    if items.value:
        return None
    at, _, lines = written.lines_behind(end, in_lines(entry, column + 2))
    start = len(written.text[:start].rstrip(" ")) if end > start else start
    return start, at, written.text[end:at].rstrip("\r\n") + _break(written, end, at) + lines


def _break(written: Written, end: int, at: int) -> str:
    """The end of the line that the new lines follow."""
    behind = written.text[end:at]
    return behind[len(behind.rstrip("\r\n")) :]


def _emptied(written: Written, section: str) -> Change:
    """A list whose last entry went: ``[]``, since no ``rules`` at all would mean the packaged ones."""
    key = next(key for key, _ in pairs_of(written.root) if key.value == section)
    place = written.text.index(":", key.end_mark.index) + 1
    return place, place, " []"


def _says(text: str, wanted: Mapping[str, Any], section: str) -> bool:
    try:
        found = _read(text)
    except yaml.YAMLError:
        return False
    return {**found, section: found.get(section) or []} == {**wanted, section: list(wanted[section])}


def _entry(edit: Edit, name: str) -> Entry:
    entry = yaml.load(edit.entry, Loader=_Loader)  # noqa: S506 - a SafeLoader
    if not isinstance(entry, dict):
        raise ConfigError(f"{name}: an entry of {edit.section} is a mapping")
    return entry


def _check_new(entries: list[Entry], section: str, entry: Entry, name: str) -> None:
    given = str(entry.get(KEYS[section], ""))
    if _place(entries, section, given) is not None:
        raise ConfigError(f"{name}: {section}: {given} is already in the list")


def _place(entries: list[Any], section: str, name: str) -> int | None:
    wanted = _same_name(section, name)
    names = [_same_name(section, item.get(KEYS[section], "")) for item in entries if isinstance(item, dict)]
    return names.index(wanted) if wanted in names else None


def _read(text: str) -> dict[str, Any]:
    return yaml.load(text, Loader=_Loader) or {}  # noqa: S506 - a SafeLoader


def _refused(name: str, section: str, text: str) -> ConfigError:
    items = value_of(yaml.compose(text, Loader=yaml.SafeLoader), section)
    one = section.removesuffix("ies") + "y" if section.endswith("ies") else section.removesuffix("s")
    if isinstance(items, yaml.SequenceNode) and items.flow_style:
        return ConfigError(f"{name}: {section} is written as [...]: write each {one} on a line of its own first")
    return ConfigError(f"{name}: {section} cannot be added to: give it a list, a {one} on each line")
