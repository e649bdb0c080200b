"""Watchlists: from the YAML that staff write to records, every mistake named with its line."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from config.watchlist_model import DEFAULT_TIMEZONE, WatchlistModel
from evidence.address import parse_room_address
from evidence.errors import ConfigError
from evidence.records import Rule, Term, Watchlist

DEFAULTS = Path(__file__).with_name("defaults.yaml")
DEEPEST = 20
"""Lists and mappings inside each other; a watchlist has five."""

TYPE_NAMES = {"string": "text", "list": "a list", "model": "a mapping", "int": "a whole number", "date": "a date"}

Where = Mapping[tuple[str | int, ...], int]
"""Line, counted from 1, of each key and item."""


def load_watchlist(path: Path, sites: Collection[str] = (), allow_loopback: bool = False) -> Watchlist:
    """Read and check a watchlist file.

    Args:
        path: the YAML file.
        sites: names that ``directories[].site`` may have.
        allow_loopback: directories on 127.0.0.1 are accepted; for practice and tests.

    Raises:
        ConfigError: a line for every mistake, ``FILE:LINE: key: "value" is not …``.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text: {problem}") from None
    return parse_watchlist(text, str(path), sites, allow_loopback)


def parse_watchlist(text: str, name: str, sites: Collection[str] = (), allow_loopback: bool = False) -> Watchlist:
    """Check a watchlist given as YAML text; ``name`` stands for the file in messages."""
    values, lines, problems = _read_yaml(text, name)
    model: WatchlistModel | None = None
    try:
        context = {"sites": frozenset(sites), "allow_loopback": allow_loopback}
        model = WatchlistModel.model_validate(values, context=context)
    except ValidationError as error:
        problems += [(_line_of(lines, problem["loc"]), in_words(problem)) for problem in error.errors()]
    problems += [(_line_of(lines, loc), what) for loc, what in _check_names(values)]
    if problems or model is None:
        raise ConfigError(*(f"{name}:{line}: {what}" for line, what in sorted(set(problems))))
    return _with_defaults(model)


@cache
def packaged_defaults() -> tuple[tuple[Term, ...], tuple[Rule, ...]]:
    """Terms and rules that apply where a watchlist brings none of its own."""
    values, _, _ = _read_yaml(DEFAULTS.read_text(encoding="utf-8"), str(DEFAULTS))
    model = WatchlistModel.model_validate(values)
    return tuple(term.record() for term in model.terms), tuple(rule.record() for rule in model.rules or ())


def _with_defaults(model: WatchlistModel) -> Watchlist:
    """Own terms replace packaged ones of the same id; own rules replace all packaged ones."""
    terms, rules = packaged_defaults()
    own = tuple(term.record() for term in model.terms)
    own_ids = {term.id for term in own}
    return Watchlist(
        timezone=model.timezone or DEFAULT_TIMEZONE,
        sources=tuple(source.record() for source in model.sources),
        directories=tuple(directory.record() for directory in model.directories),
        terms=own + tuple(term for term in terms if term.id not in own_ids),
        rules=rules if model.rules is None else tuple(rule.record() for rule in model.rules),
    )


# ------------------------------------------------------------------ YAML with lines


class _Loader(yaml.CSafeLoader):
    """Leaves dates as text: YAML's own reading of a wrong date has no line."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _read_yaml(text: str, name: str) -> tuple[Any, Where, list[tuple[int, str]]]:
    """Values, the line of each of them, and keys that are written twice."""
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:  # every level costs as much again as all above it
                raise ConfigError(f"{name}:{event.start_mark.line + 1 if event.start_mark else 1}: nested too deeply")
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise ConfigError(f"{name}:{line}: *{event.anchor}: write it out, aliases are not read")
        root = yaml.compose(text, Loader=_Loader)
        values = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigError(f"{name}:{mark.line + 1 if mark else 1}: not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{name}:1: not YAML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{name}:1: nested too deeply") from None
    if not isinstance(root, yaml.MappingNode):
        raise ConfigError(f"{name}:1: expected a mapping that begins with `version: 1`")
    problems: list[tuple[int, str]] = []
    lines = dict(_walk(root, (), problems))
    return values, lines, problems


def _walk(
    node: yaml.Node, loc: tuple[str | int, ...], problems: list[tuple[int, str]]
) -> Iterator[tuple[tuple[str | int, ...], int]]:
    yield loc, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(item, (*loc, index), problems)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                problems.append((key.start_mark.line + 1, f"{_path((*loc, key.value))}: is written twice"))
            seen.add(key.value)
            yield from _walk(value, (*loc, key.value), problems)
            yield (*loc, key.value), key.start_mark.line + 1


def _line_of(lines: Where, loc: tuple[str | int, ...]) -> int:
    """Line of a key; of what it should be in where it is missing."""
    while loc not in lines and loc:
        loc = loc[:-1]
    return lines.get(loc, 1)


def _path(loc: tuple[str | int, ...]) -> str:
    """``("sources", 2, "every")`` as ``sources[2].every``."""
    return re.sub(r"\.\[", "[", ".".join(f"[{part}]" if isinstance(part, int) else part for part in loc))


# ------------------------------------------------------------------ mistakes in words


def in_words(problem: Any) -> str:
    """One mistake that pydantic found, as ``key: "value" is not …``."""
    path, kind = _path(problem["loc"]), problem["type"]
    value = problem["input"]
    if kind == "missing":
        return f"{path}: is missing"
    if kind == "extra_forbidden":
        return f"{path}: is not a key of a watchlist here"
    if kind == "value_error":
        why = str(problem["ctx"]["error"])
        return f"{path}: {why}" if why.startswith('"') else f'{path}: "{value}" {why}'
    if kind == "literal_error":
        return f'{path}: "{value}" is not {problem["ctx"]["expected"]}'
    expected = next((words for name, words in TYPE_NAMES.items() if kind.startswith(name)), None)
    return f'{path}: "{value}" is not {expected}' if expected else f'{path}: "{value}": {problem["msg"].lower()}'


def _check_names(values: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Mistakes between entries: ids and addresses given twice, rules that name no term."""
    for section, key in (("sources", "address"), ("directories", "address"), ("terms", "id"), ("rules", "id")):
        names = [_same_name(section, item.get(key, "")) for item in _items(values, section)]
        for index, name in enumerate(names):
            if name and Counter(names[:index])[name]:
                yield (section, index, key), f'{section}[{index}].{key}: "{name}" is already in the list'
    known = {str(term.get("id")) for term in _items(values, "terms")} | packaged_term_ids()
    for index, rule in enumerate(_items(values, "rules")):
        when = rule.get("when")
        for key in ("terms", "without"):
            named = when.get(key) if isinstance(when, dict) else None
            for place, name in enumerate(named if isinstance(named, list) else []):
                if isinstance(name, str) and name not in known:
                    loc = ("rules", index, "when", key, place)
                    yield loc, f'{_path(loc)}: "{name}" is not the id of a term; known: {", ".join(sorted(known))}'


def _same_name(section: str, given: object) -> str:
    """What two entries must not share: a room's canonical address, whichever way it is written."""
    name = str(given).strip()
    if section == "sources":
        with suppress(ConfigError):
            return parse_room_address(name)
    return name.lower()


@cache
def packaged_term_ids() -> frozenset[str]:
    """Ids that every watchlist's rules may name."""
    return frozenset(term["id"] for term in yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))["terms"])


def _items(values: Any, section: str) -> list[dict[str, Any]]:
    items = values.get(section) if isinstance(values, dict) else None
    return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []
