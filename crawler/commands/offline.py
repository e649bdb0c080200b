"""``haechi parse`` and ``haechi mentions``: reading without network and without a store."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from channels.pages import read_page
from config.settings import load_settings
from crawler.compiled import compiled_register
from crawler.output import print_json
from crawler.rows import mention_row, parsed_post_row, place_row
from evidence.errors import ConfigError, UnreadableCapture
from evidence.records import Mention
from pipelines.flags import confident
from pipelines.schools import find_all_mentions, find_mentions


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--url", help="Where the page came from, for relative links. Example: --url https://t.me/s/example_room")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="JSON Lines, as without it. Example: haechi parse page.html --json",
)
def parse(file: Path, url: str | None, as_json: bool) -> None:
    """Read a saved page of t.me: a preview (t.me/s/NAME), a landing page (t.me/NAME) or a single post."""
    try:
        reading = read_page(file.read_bytes().decode("utf-8", "replace"), url)
    except UnreadableCapture as problem:
        raise UnreadableCapture(f"{file}: {problem}") from None
    if reading.place is not None:
        print_json(place_row(reading.place))
    for post in reading.posts:
        print_json(parsed_post_row(post))
    if reading.is_missing:
        click.echo(f"{file}: the page says that there is no such post", err=True)
    elif reading.place is None and not reading.posts:
        click.echo(f"{file}: no post with an id on this page", err=True)


@click.command()
@click.option(
    "--schools",
    "path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Register of schools; default HAECHI_SCHOOLS, else the packaged universities. Example: --schools schools.csv",
)
@click.option("--all", "wants_all", is_flag=True, help="Add masked and low-confidence mentions. Example: --all")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, as without it. Example: haechi mentions --json")
def mentions(path: Path | None, wants_all: bool, as_json: bool) -> None:
    """Find schools in texts: JSON Lines with id and text on standard input, mentions on standard output."""
    settings = load_settings()
    register = compiled_register(path or settings.register, settings.data_dir)
    for number, given in _lines():
        text: str = given["text"]
        shown: tuple[Mention, ...] = (
            find_all_mentions(text, register) if wants_all else confident(find_mentions(text, register))
        )
        print_json({"id": given.get("id", number), "mentions": [mention_row(mention) for mention in shown]})


def _lines() -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            raise ConfigError(f'<stdin>:{number}: not JSON; expected {{"id": …, "text": …}}') from None
        if not isinstance(given, dict) or not isinstance(given.get("text"), str):
            raise ConfigError(f'<stdin>:{number}: no "text"; expected {{"id": …, "text": …}}')
        yield number, given
