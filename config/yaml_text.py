"""Changes of YAML text that leave everything else as it was written: remarks, order, ways of writing.

Each change is a stretch of the text and what stands there afterwards; whoever makes them reads the result again
and compares (``config/watchlist_edit.py``), since YAML has more ways of writing than are thought of here.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_NO_WORDS = (yaml.BlockEndToken, yaml.StreamEndToken, yaml.DocumentEndToken)
_AS_GIVEN: Mapping[str, Any] = {"allow_unicode": True, "sort_keys": False, "width": 1_000_000}

Change = tuple[int, int, str]
"""Start, end, and what stands there afterwards."""


class Dumper(yaml.SafeDumper):
    """Writes days as people do, without quotes."""


Dumper.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


class Written:
    """A text with where its words stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = yaml.compose(text, Loader=yaml.SafeLoader)
        tokens = list(yaml.scan(text))
        self._words = [(token.start_mark.index, token.end_mark.index) for token in tokens if _has_words(token)]
        self._dashes = [token.start_mark for token in tokens if isinstance(token, yaml.BlockEntryToken)]
        self.own_end = "\r\n" if "\r\n" in text else "\n"

    def end_of(self, start: int, end: int) -> int:
        """Where the last word of a stretch ends: blank lines and remarks behind it are not part of it."""
        first = bisect_left(self._words, (start, 0))
        behind = bisect_left(self._words, (end, 0))
        last = max((word[1] for word in self._words[first:behind]), default=start)
        return max(start, len(self.text[:last].rstrip()))

    def column_of_items(self, items: yaml.Node) -> int:
        """Where the dashes of a list stand."""
        column: int = next(mark.column for mark in self._dashes if mark.index >= items.start_mark.index)
        return column

    def lines_of_item(self, item: yaml.Node) -> tuple[int, int]:
        """From the beginning of the line of its dash to the beginning of the line behind it."""
        dash = max(mark.index for mark in self._dashes if mark.index <= item.start_mark.index)
        return self.line_start(dash), self.line_after(self.end_of(dash, max(item.end_mark.index, dash + 1)))

    def line_start(self, place: int) -> int:
        """Where the line of a place begins."""
        ends = [found.end() for found in LINE_END.finditer(self.text, 0, place)]
        return ends[-1] if ends else 0

    def line_after(self, place: int) -> int:
        """Where the line behind a place begins."""
        found = LINE_END.search(self.text, place)
        return found.end() if found else len(self.text)

    def lines_behind(self, place: int, lines: Sequence[str]) -> Change:
        """Lines below the one in which a place is."""
        at = self.line_after(place)
        is_cut = at == len(self.text) and not LINE_END.search(self.text, place)
        return at, at, (self.own_end if is_cut else "") + "".join(f"{line}{self.own_end}" for line in lines)


def changed(text: str, changes: Sequence[Change]) -> str:
    """The text after changes that do not overlap."""
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def value_of(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """The value of a key; None where it is missing."""
    return next((value for name, value in pairs_of(node) if name.value == key), None)


def pairs_of(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    """Keys and values of a mapping."""
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def in_flow(value: object) -> str:
    """A value on one line, as it may stand in brackets."""
    written: str = yaml.dump([value], Dumper=Dumper, default_flow_style=True, **_AS_GIVEN).strip()[1:-1]
    if not LINE_END.search(written):
        return written
    written = yaml.dump([value], Dumper=Dumper, default_flow_style=True, default_style='"', **_AS_GIVEN)
    return written.strip()[1:-1]


def in_block(value: object) -> str:
    """A value on one line, as it may stand behind a key or a dash."""
    if isinstance(value, dict | list):
        return in_flow(value)
    written: str = yaml.dump(value, Dumper=Dumper, **_AS_GIVEN).removesuffix("...\n").rstrip("\n")
    return in_flow(value) if LINE_END.search(written) else written


def in_lines(entry: Mapping[str, Any], column: int, lead: str = "- ") -> list[str]:
    """The lines of a mapping, as an item of a list unless ``lead`` says otherwise; lists and more on one line."""
    lines = [f"{key}: {in_block(value)}" for key, value in entry.items()]
    return [f"{' ' * column}{lead if not number else ' ' * len(lead)}{line}" for number, line in enumerate(lines)]


def mapping_changes(
    written: Written, node: yaml.Node, before: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[Change]:
    """What turns one mapping into another, key by key.

    Args:
        written: the text.
        node: the mapping in it.
        before: what it says.
        wanted: what it should say.
    """
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return [(node.start_mark.index, node.end_mark.index, in_flow(dict(wanted)))]
    changes: list[Change] = []
    for key, value in pairs_of(node):
        end = written.end_of(key.start_mark.index, max(value.end_mark.index, key.end_mark.index))
        if key.value not in wanted:
            changes.append((written.line_start(key.start_mark.index), written.line_after(end), ""))
        elif before.get(key.value) != wanted[key.value]:
            changes += _value_changes(written, key, value, before.get(key.value), wanted[key.value])
    new = {key: value for key, value in wanted.items() if key not in before}
    if new:
        end = written.end_of(node.start_mark.index, node.end_mark.index)
        changes.append(written.lines_behind(end, in_lines(new, node.start_mark.column, "")))
    return changes


def _value_changes(written: Written, key: yaml.Node, value: yaml.Node, before: object, wanted: object) -> list[Change]:
    if isinstance(before, dict) and isinstance(wanted, dict) and wanted:
        return mapping_changes(written, value, before, wanted)
    start = value.start_mark.index
    end = written.end_of(start, max(value.end_mark.index, start))
    if start == value.end_mark.index:  # nothing stood there
        place = written.text.index(":", key.end_mark.index) + 1
        return [(place, place, f" {in_block(wanted)}")]
    is_list = isinstance(value, yaml.SequenceNode) and not value.flow_style
    if is_list and isinstance(before, list) and isinstance(wanted, list) and wanted:
        return _list_changes(written, value, before, wanted)
    if is_list or (isinstance(value, yaml.MappingNode) and not value.flow_style):
        place = written.text.index(":", key.end_mark.index) + 1
        return [(place, end, f" {in_block(wanted)}")]
    return [(start, end, in_block(wanted))]


def _list_changes(written: Written, node: yaml.Node, before: list[Any], wanted: list[Any]) -> list[Change]:
    """Lines of items that went are taken out, those of new ones follow; anything else is written anew."""
    kept = [item for item in before if item in wanted]
    new = [item for item in wanted if item not in before]
    column = written.column_of_items(node)
    lines = [f"{' ' * column}- {in_block(item)}" for item in new]
    end = written.end_of(node.start_mark.index, node.end_mark.index)
    if kept + new != wanted or not kept:
        whole = [f"{' ' * column}- {in_block(item)}{written.own_end}" for item in wanted]
        return [(written.line_start(node.start_mark.index), written.line_after(end), "".join(whole))]
    gone = [item for item, value in zip(node.value, before, strict=True) if value not in wanted]
    changes: list[Change] = [(*written.lines_of_item(item), "") for item in gone]
    return [*changes, written.lines_behind(end, lines)] if lines else changes


def _has_words(token: yaml.Token) -> bool:
    return not isinstance(token, _NO_WORDS)
