"""``haechi list``: what is stored, newest first."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

import click
from rich.markup import escape
from rich.table import Table

from config.register import OFFICES
from config.settings import Settings, load_settings
from crawler.assemble import database, evidence_store, load_register, now
from crawler.moments import parse_moment
from crawler.output import print_json, set_up_logging, stdout
from crawler.rows import (
    Row,
    count_row,
    coverage_row,
    flag_row,
    mention_rows,
    post_row,
    room_row,
    run_row,
)
from evidence.address import parse_room_address
from evidence.errors import ConfigError
from evidence.records import KeptPost
from storage.forms import read_count, read_post, read_run
from storage.mongo import Document, Store
from storage.reads import newest
from storage.reveals import log_reveal

KINDS = ("posts", "mentions", "flags", "counts", "runs", "coverage", "rooms")
COLUMNS = {
    "posts": ("posted_at", "address", "revision", "removed", "flags", "mentions", "text"),
    "mentions": ("posted_at", "address", "surface", "school", "level", "rule", "confidence"),
    "flags": ("flagged_at", "severity", "address", "reasons", "state"),
    "counts": ("at", "source", "value", "online", "origin"),
    "runs": ("started_at", "outcome", "source", "posts_seen", "new", "edited", "removed", "flags", "members", "reason"),
    "coverage": ("hour", "state", "source", "passes", "reason"),
    "rooms": ("first_seen", "address", "title", "count", "status"),
}
"""What a table for people shows; JSON has all."""
LONGEST_CELL = 80
COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "blind": "bold red", "gone": "yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for."""

    kind: str
    source: str | None
    since: datetime | None
    until: datetime
    schools: frozenset[str] | None
    """Codes; None for any."""
    text: str | None
    limit: int


@click.command("list")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--source", help="Only of this source. Example: --source https://t.me/example_room")
@click.option("--since", help="From this time on. Examples: --since 2026-11-01, --since 24h")
@click.option("--until", help="Before this time. Example: --until 2026-11-02T09:00:00Z")
@click.option("--school", help="Posts, mentions and flags that name this school. Example: --school 7010057")
@click.option("--office", help="Those that name a school of this education office. Example: --office B10")
@click.option("--text", help="Posts and mentions with these words. Example: --text 명단")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="At the most so many rows. Example: --limit 500",
)
@click.option(
    "--reveal", metavar="REASON", help="Unmask personal text; the reason is logged. Example: --reveal case-12"
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines. Example: haechi list posts --json")
def list_rows(
    kind: str,
    source: str | None,
    since: str | None,
    until: str | None,
    school: str | None,
    office: str | None,
    text: str | None,
    limit: int,
    reveal: str | None,
    as_json: bool,
) -> None:
    """Print what is stored, newest first: posts, mentions, flags, counts, runs, coverage or rooms."""
    set_up_logging()
    settings = load_settings()
    at = now()
    wanted = Wanted(
        kind=kind,
        source=parse_room_address(source) if source else None,
        since=parse_moment(since, at, "--since") if since else None,
        until=parse_moment(until, at, "--until") if until else at + timedelta(days=1),
        schools=_codes(school, office, settings),
        text=text.casefold() if text else None,
        limit=limit,
    )
    with database(settings) as uri:
        rows = asyncio.run(_read(settings, uri, wanted, reveal))
    _print(kind, rows, as_json)


def _codes(school: str | None, office: str | None, settings: Settings) -> frozenset[str] | None:
    if office is None:
        return frozenset({school}) if school else None
    if office not in OFFICES.values():
        raise ConfigError(
            f'--office: "{office}" is not a NEIS office code; known: {", ".join(sorted(set(OFFICES.values())))}'
        )
    codes = {row.code for row in load_register(settings) if row.office == office}
    return frozenset(codes & {school} if school else codes)


async def _read(settings: Settings, uri: str, wanted: Wanted, reveal: str | None) -> list[Row]:
    rows: list[Row] = []
    async with evidence_store(settings, uri) as store:
        if reveal is not None:
            await log_reveal(store, f"list {wanted.kind}", reveal, now())
        async with aclosing(_rows(store, wanted)) as found:
            async for row in found:
                rows.append(row)
                if len(rows) == wanted.limit:
                    break
    return rows


async def _rows(store: Store, wanted: Wanted) -> AsyncGenerator[Row, None]:
    """Rows of one kind, newest first."""
    if wanted.kind in ("posts", "mentions"):
        async for kept in _posts(store, wanted):
            for row in [post_row(kept)] if wanted.kind == "posts" else mention_rows(kept):
                yield row
        return
    async for document in newest(store, wanted.kind, source=_source_of(wanted), since=wanted.since, until=wanted.until):
        if wanted.kind == "counts":
            yield count_row(read_count(document))
        elif wanted.kind == "runs":
            yield run_row(read_run(document))
        elif wanted.kind == "coverage":
            yield coverage_row(document)
        elif wanted.kind == "flags" and (wanted.schools is None or wanted.schools.intersection(document["schools"])):
            yield flag_row(document)
        elif wanted.kind == "rooms" and _is_wanted_room(document, wanted):
            yield room_row(document)


def _source_of(wanted: Wanted) -> str | None:
    """Rooms carry their address as their id; the others name their source."""
    return None if wanted.kind == "rooms" else wanted.source


def _is_wanted_room(document: Document, wanted: Wanted) -> bool:
    """Directories are passed over like rooms and are none."""
    is_room = not document["via"].startswith("directory:")
    return is_room and wanted.source in (None, document["_id"])


async def _posts(store: Store, wanted: Wanted) -> AsyncGenerator[KeptPost, None]:
    found = newest(store, "posts", source=wanted.source, since=wanted.since, until=wanted.until)
    async for document in found:
        if wanted.schools is not None and not wanted.schools.intersection(document["schools"]):
            continue
        kept = read_post(document, store.cipher)
        if wanted.text is None or wanted.text in kept.post.words.casefold():
            yield kept


def _print(kind: str, rows: list[Row], as_json: bool) -> None:
    if as_json:
        for row in rows:
            print_json(row)
        return
    if not rows:
        stdout.print(f"no {kind} yet")
        return
    table = Table(*COLUMNS[kind], box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in COLUMNS[kind]))
    stdout.print(table)


def _cell(value: object) -> str:
    """One line of text, cut where it is long; words that matter in colour."""
    if isinstance(value, bool):
        return "yes" if value else "–"
    items = value if isinstance(value, list) else [value]
    text = " ".join(", ".join(_item(item) for item in items).split())
    shown = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
    colour = COLOURS.get(shown)
    return f"[{colour}]{escape(shown)}[/]" if colour else escape(shown) or "–"


def _item(item: object) -> str:
    if isinstance(item, dict):
        return str(item.get("surface") or item.get("severity"))
    return "" if item is None else str(item)
