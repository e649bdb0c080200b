"""A room added to a watchlist's YAML: a line or two at the end of its sources, everything else left as it was."""

import re

import yaml

from evidence.errors import ConfigError

_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_NO_WORDS = (yaml.BlockEndToken, yaml.StreamEndToken, yaml.DocumentEndToken)


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
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    sources = _value(root, "sources")
    entry = {"address": address, "reason": reason}
    if isinstance(sources, yaml.SequenceNode) and sources.flow_style:
        raise ConfigError(f"{name}: sources is written as [...]: write each source on a line of its own first")
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise _refused(name)
    column = root.start_mark.column
    if isinstance(sources, yaml.SequenceNode):
        place = _end_of(text, sources.start_mark.index, sources.end_mark.index)
        new = _inserted(text, place, _item(entry, _column_of_items(text, sources)))
    elif isinstance(sources, yaml.ScalarNode) and not sources.value:
        new = _inserted(text, sources.start_mark.index, _item(entry, column + 2))
    elif sources is None:
        place = _end_of(text, root.start_mark.index, root.end_mark.index)
        new = _inserted(text, place, [f"{' ' * column}sources:", *_item(entry, column + 2)])
    else:
        raise _refused(name)
    return _checked(text, new, entry, name)


def _checked(text: str, new: str, entry: dict[str, str], name: str) -> str:
    """The new text, if it says what the old one said and the entry: YAML has more ways than are thought of here."""
    wanted = yaml.safe_load(text)
    wanted["sources"] = [*(wanted.get("sources") or ()), entry]
    try:
        is_right = yaml.safe_load(new) == wanted
    except yaml.YAMLError:
        is_right = False
    if not is_right:
        raise _refused(name)
    return new


def _refused(name: str) -> ConfigError:
    return ConfigError(f"{name}: sources cannot be added to: give it a list, a source on each line")


def _value(root: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _end_of(text: str, start: int, end: int) -> int:
    """Where the last word of a stretch ends: blank lines and remarks behind it are not part of it."""
    words = [token for token in yaml.scan(text) if not isinstance(token, _NO_WORDS)]
    last = max(token.end_mark.index for token in words if start <= token.start_mark.index < end)
    return len(text[:last].rstrip())


def _column_of_items(text: str, sources: yaml.SequenceNode) -> int:
    """Where the dashes stand."""
    dashes = (token.start_mark for token in yaml.scan(text) if isinstance(token, yaml.BlockEntryToken))
    column: int = next(mark.column for mark in dashes if mark.index >= sources.start_mark.index)
    return column


def _inserted(text: str, place: int, lines: list[str]) -> str:
    """The text with lines below the one in which ``place`` is."""
    found = _LINE_END.search(text, place)
    own = "\r\n" if "\r\n" in text else "\n"
    before, after = (text[: found.end()], text[found.end() :]) if found else (text + own, "")
    return before + "".join(f"{line}{own}" for line in lines) + after


def _item(entry: dict[str, str], column: int) -> list[str]:
    """The lines of an entry as an item of a list."""
    written = yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=1_000)
    return [
        f"{' ' * column}{'  ' if number else '- '}{line}"
        for number, line in enumerate(written.rstrip("\n").split("\n"))
    ]
