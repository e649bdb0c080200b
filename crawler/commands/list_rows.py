"""``haechi list``: what is stored, newest first."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from config.settings import Settings, load_settings
from crawler.assemble import custody_log, evidence_store, load_register, now
from crawler.commands.options import checked_reason
from crawler.database import database
from crawler.directories import watched_addresses
from crawler.filters import Given, filter_options, in_time, make_query, with_saved
from crawler.listing import KINDS, SEARCHED, Wanted, read_rows
from crawler.output import print_json, set_up_logging, stderr, stdout, warn_of_practice
from crawler.rows import Row
from crawler.staff import staff_here
from evidence.errors import ConfigError
from evidence.shown import shown
from pipelines.normalize import searched_form
from storage.mongo import Store
from storage.practice import is_practice
from storage.reveals import record_reveal
from storage.searches import saved_search

COLUMNS = {
    "posts": ("posted_at", "address", "revision", "removed", "flags", "mentions", "text"),
    "mentions": ("posted_at", "address", "surface", "school", "level", "rule", "confidence"),
    "flags": ("flagged_at", "severity", "address", "reasons", "state", "disposition"),
    "counts": ("at", "source", "value", "online", "origin"),
    "runs": ("started_at", "outcome", "source", "posts_seen", "new", "edited", "removed", "flags", "members", "reason"),
    "coverage": ("hour", "state", "source", "passes", "reason"),
    "rooms": ("first_seen", "address", "title", "count", "status"),
    "evidence": ("at", "severity", "id", "source", "sealed_in_log", "erased"),
}
"""What a table for people shows; JSON has all."""
LONGEST_CELL = 80
COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "blind": "bold red", "gone": "yellow"}


@click.command("list")
@click.argument("kind", type=click.Choice(KINDS))
@filter_options
@click.option("--saved", help="A search that was saved; filters given besides replace its own. Example: --saved lists")
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
def list_rows(kind: str, saved: str | None, limit: int, reveal: str | None, as_json: bool, **filters: Any) -> None:
    """Print what is stored, newest first: posts, mentions, flags, counts, runs, coverage, rooms or evidence."""
    set_up_logging()
    settings, given = load_settings(), Given(**filters)
    _check_filters(kind, given, saved, reveal)
    asked = Asked(kind=kind, given=given, saved=saved, limit=limit, reveal=reveal)
    make_query(given)  # mistakes are told before a database is started
    with database(settings) as uri:
        rows = asyncio.run(_read(settings, uri, asked))
    _print(kind, rows, as_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed."""

    kind: str
    given: Given
    saved: str | None
    limit: int
    reveal: str | None


def _check_filters(kind: str, given: Given, saved: str | None, reveal: str | None) -> None:
    """A filter that a kind does not have would look as if it had found everything.

    Raises:
        ConfigError: naming it.
    """
    options = [*given.names, *(["--saved"] if saved is not None else [])]
    if options and kind not in SEARCHED:
        raise ConfigError(f"{options[0]}: {kind} cannot be chosen by it; it works with {', '.join(SEARCHED)}")
    checked_reason(reveal)


async def _read(settings: Settings, uri: str, asked: Asked) -> list[Row]:
    rows: list[Row] = []
    async with evidence_store(settings, uri) as store:
        warn_of_practice(settings, await is_practice(store))
        if asked.reveal is not None:
            async with custody_log(store, settings) as custody:
                await record_reveal(store, custody, staff_here(store.cipher), "list", asked.kind, asked.reveal, now())
        wanted = await _wanted(store, settings, asked)
        async with aclosing(read_rows(store, wanted)) as found:
            async for row in found:
                if len(rows) == wanted.limit:
                    stderr.print(f"only the newest {wanted.limit} are shown: --limit N shows more")
                    break
                rows.append(row)
    return rows


async def _wanted(store: Store, settings: Settings, asked: Asked) -> Wanted:
    at = now()
    if asked.saved is None:
        query = in_time(make_query(asked.given), asked.given.since, asked.given.until, at)
    else:
        saved = await saved_search(store, asked.saved, staff_here(store.cipher).actor, at)
        query = with_saved(asked.given, saved, at)
    if query.text and len(searched_form(query.text)) == 1:
        stderr.print("one character is looked for in every post; from two on an index leads to them")
    is_shown = asked.kind in ("posts", "mentions", "rooms")
    return Wanted(
        kind=asked.kind,
        query=query,
        at=at,
        limit=asked.limit,
        codes=_codes(query.offices, settings) if query.offices and asked.kind == "mentions" else None,
        watched=await watched_addresses(store, settings) if is_shown else frozenset(),
        is_revealed=asked.reveal is not None,
    )


def _codes(offices: frozenset[str], settings: Settings) -> frozenset[str]:
    return frozenset(row.code for row in load_register(settings) if row.office in offices)


def _print(kind: str, rows: list[Row], as_json: bool) -> None:
    if as_json:
        for row in rows:
            print_json(row)
        return
    if not rows:
        stdout.print(f"no {kind} found")
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
    text = shown(", ".join(_item(item) for item in items))
    cell = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
    colour = COLOURS.get(cell)
    return f"[{colour}]{escape(cell)}[/]" if colour else escape(cell) or "–"


def _item(item: object) -> str:
    if isinstance(item, dict):
        return str(item.get("surface") or item.get("severity"))
    return "" if item is None else str(item)
