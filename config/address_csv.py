"""Addresses of rooms from a spreadsheet, as the YAML text of a watchlist."""

import csv
import re
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import ValidationError

from config.watchlist import in_words
from config.watchlist_model import SourceModel
from evidence.address import parse_room_address
from evidence.errors import ConfigError

COLUMNS = tuple(SourceModel.model_fields)
"""What the first line may name; without such a line the first column is the address, the rest is left."""


def watchlist_from_csv(text: str, name: str = "addresses.csv") -> str:
    """Turn lines of addresses into a watchlist.

    Args:
        text: separated by comma, semicolon or tab. The first line may name columns, in the words of a
            watchlist: ``address``, ``reason``, ``until`` …; others are left. Blank lines and
            lines that begin with ``#`` are passed over; of a room that is named twice the first line counts.
        name: stands for the file in messages.

    Returns:
        YAML text; every address in its canonical form, in the order of the lines.

    Raises:
        ConfigError: a line for every mistake, ``FILE:LINE: address: "value" is not …``.
    """
    sources: dict[str, dict[str, str]] = {}
    problems: list[str] = []
    for line, row in _rows(text.removeprefix("\ufeff"), name):
        try:
            SourceModel.model_validate(row)
            address = parse_room_address(row["address"])
            sources.setdefault(address, row | {"address": address})
        except ValidationError as error:
            problems += [f"{name}:{line}: {in_words(problem)}" for problem in error.errors()]
    if not sources and not problems:
        problems = [f"{name}:1: no address in it: expected one a line, such as https://t.me/example_room"]
    if problems:
        raise ConfigError(*problems)
    watchlist: dict[str, Any] = {"version": 1, "sources": list(sources.values())}
    return yaml.safe_dump(watchlist, allow_unicode=True, sort_keys=False)


def _rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line's number, counted from 1, and its cells by column; empty cells are as if not there."""
    first = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    columns: list[str] | None = None
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if not any(trimmed) or trimmed[0].startswith("#"):
                continue
            if columns is None:
                words = [re.sub(r"\W", "", cell.lower()) for cell in trimmed]
                columns = words if "address" in words else ["address"]
                if columns is words:
                    continue
            named = zip(columns, trimmed, strict=False)
            yield reader.line_num, {column: cell for column, cell in named if cell and column in COLUMNS}
    except csv.Error as problem:
        raise ConfigError(f"{name}:{reader.line_num}: not CSV: {problem}") from None
