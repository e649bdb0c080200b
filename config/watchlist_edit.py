"""A room added to a watchlist's YAML: a line or two at the end of its sources, everything else left as it was."""

import yaml

from evidence.errors import ConfigError


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
    entry = yaml.safe_dump({"address": address, "reason": reason}, allow_unicode=True, sort_keys=False, width=1_000)
    lines = text.splitlines(keepends=True)
    sources = _value(root, "sources")
    if isinstance(sources, yaml.SequenceNode) and sources.value:
        if sources.flow_style:
            raise ConfigError(f"{name}: sources is written as [...]: write each source on a line of its own first")
        indent, after = sources.value[0].start_mark.column - 2, _last_line(sources, lines)
    elif isinstance(sources, yaml.ScalarNode) and not sources.value:
        indent, after = 2, sources.start_mark.line + 1
    elif sources is None:
        indent, after = 2, len(lines)
        lines = [*_ended(lines), "sources:\n"]
        after = len(lines)
    else:
        raise ConfigError(f"{name}: sources cannot be added to: give it a list, a source on each line")
    return "".join([*_ended(lines[:after]), *_item(entry, indent), *lines[after:]])


def _value(root: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _last_line(sources: yaml.SequenceNode, lines: list[str]) -> int:
    """Number of lines up to the end of the last source, without the blank lines and remarks behind it."""
    after = min(sources.end_mark.line + (sources.end_mark.column > 0), len(lines))
    while lines[after - 1].lstrip().startswith("#") or not lines[after - 1].strip():
        after -= 1
    return after


def _ended(lines: list[str]) -> list[str]:
    """With a line break at the end of the last one."""
    return [*lines[:-1], lines[-1] if lines[-1].endswith("\n") else f"{lines[-1]}\n"] if lines else []


def _item(entry: str, indent: int) -> list[str]:
    """The lines of an entry as an item of a list."""
    return [
        f"{' ' * indent}{'- ' if number == 0 else '  '}{line}"
        for number, line in enumerate(entry.splitlines(keepends=True))
    ]
