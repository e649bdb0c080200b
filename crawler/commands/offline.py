"""``haechi parse`` and ``haechi mentions``: reading without network and without a store."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from channels.directory.pages import read_directory_page, site_of
from channels.export import looks_like_html_export, looks_like_json, open_export
from channels.fetch import LARGEST_BYTES
from channels.pages import read_page
from config.settings import load_settings
from crawler.compiled import compiled_register
from crawler.moments import parse_zone
from crawler.output import print_json
from crawler.rows import Row, listed_row, mention_row, parsed_post_row, place_row
from evidence.errors import ConfigError, UnreadableCapture
from evidence.listing import ListedRoom
from evidence.records import Mention
from pipelines.flags import confident
from pipelines.schools import find_all_mentions, find_mentions


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What ``parse`` was told beside the file."""

    url: str | None = None
    chat: str | None = None
    zone: ZoneInfo | None = None


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--url", help="Where the page came from, for relative links. Example: --url https://t.me/s/example_room")
@click.option("--chat", help="Name or id of the one chat to read of a whole account's export. Example: --chat 1234567")
@click.option(
    "--zone",
    metavar="ZONE",
    callback=lambda _context, _option, name: parse_zone(name, "--zone") if name else None,
    help="Zone of an export's times that name none; without it they are left out. Example: --zone Asia/Seoul",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="JSON Lines, as without it. Example: haechi parse page.html --json",
)
def parse(file: Path, url: str | None, chat: str | None, zone: ZoneInfo | None, as_json: bool) -> None:
    """Read a saved page of t.me or of a directory, or a Telegram Desktop export (result.json, messages.html)."""
    asked = Asked(url=url, chat=chat, zone=zone)
    read = next(read for fits, read in READERS if fits(file, asked))
    try:
        for row in read(file, asked):
            print_json(row)
    except (UnreadableCapture, ConfigError) as problem:
        raise type(problem)(f"{file}: {problem}") from None


def _read_page(file: Path, asked: Asked) -> Iterator[Row]:
    try:
        reading = read_page(_text(file), asked.url)
    except UnreadableCapture:
        rooms = _rooms_on(file, asked)
        if not rooms:
            raise
        yield from map(listed_row, rooms)
        return
    if reading.place is not None:
        yield place_row(reading.place)
    yield from map(parsed_post_row, reading.posts)
    if reading.is_missing:
        click.echo(f"{file}: the page says that there is no such post", err=True)
    elif reading.place is None and not reading.posts:
        click.echo(f"{file}: no post with an id on this page", err=True)


def _rooms_on(file: Path, asked: Asked) -> tuple[ListedRoom, ...]:
    """Rooms that a page of nobody's known markup links to."""
    with suppress(UnreadableCapture):
        return read_directory_page(_text(file), asked.url)
    return ()


def _read_export(file: Path, asked: Asked) -> Iterator[Row]:
    export = open_export(file, asked.chat, asked.zone)
    yield place_row(export.place)
    undated = 0
    for batch in export.posts():
        yield from map(parsed_post_row, batch.posts)
        undated += 0 if asked.zone else sum(not post.is_service for post in batch.posts if post.posted_at is None)
    if export.note:
        click.echo(f"{file}: {export.note}", err=True)
    if undated:
        click.echo(f"{file}: {undated:,} posts have a time without a zone, left out; --zone ZONE reads them", err=True)


def _read_listing(file: Path, asked: Asked) -> Iterator[Row]:
    yield from map(listed_row, read_directory_page(_text(file), asked.url))


def _is_listing(file: Path, asked: Asked) -> bool:
    """Whether it is a page of a directory that is known, by its address or its markup."""
    return file.stat().st_size <= LARGEST_BYTES and site_of(_text(file), asked.url) is not None


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace")


READERS: tuple[tuple[Callable[[Path, Asked], bool], Callable[[Path, Asked], Iterator[Row]]], ...] = (
    (lambda file, _: looks_like_html_export(file), _read_export),
    (_is_listing, _read_listing),
    (lambda file, _: looks_like_json(file), _read_export),
    (lambda _file, _asked: True, _read_page),
)
"""What a file looks like, and who reads it; the first that fits."""


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
