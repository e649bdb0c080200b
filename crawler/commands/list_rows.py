"""``haechi list``: what is stored, newest first."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import click
from rich.markup import escape
from rich.table import Table

from config.register import OFFICES
from config.settings import Settings, load_settings
from crawler.assemble import custody_log, database, evidence_store, load_register, now
from crawler.directories import watched_addresses
from crawler.listing import BY_SCHOOL, BY_TEXT, KINDS, Wanted, read_rows
from crawler.moments import parse_moment
from crawler.output import print_json, set_up_logging, stderr, stdout, warn_of_practice
from crawler.rows import Row
from crawler.staff import staff_here
from evidence.address import parse_source_address
from evidence.errors import ConfigError
from evidence.shown import shown
from storage.practice import is_practice
from storage.reveals import record_reveal

COLUMNS = {
    "posts": ("posted_at", "address", "revision", "removed", "flags", "mentions", "text"),
    "mentions": ("posted_at", "address", "surface", "school", "level", "rule", "confidence"),
    "flags": ("flagged_at", "severity", "address", "reasons", "state"),
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
@click.option("--source", help="Only of this source, or import. Example: --source https://t.me/example_room")
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
    """Print what is stored, newest first: posts, mentions, flags, counts, runs, coverage, rooms or evidence."""
    set_up_logging()
    settings = load_settings()
    _check_filters(kind, school, office, text, reveal)
    at = now()
    wanted = Wanted(
        kind=kind,
        source=parse_source_address(source) if source else None,
        since=parse_moment(since, at, "--since") if since else None,
        until=parse_moment(until, at, "--until") if until else at + timedelta(days=1),
        schools=_codes(school, office, settings),
        text=text.casefold() if text else None,
        limit=limit,
    )
    with database(settings) as uri:
        rows = asyncio.run(_read(settings, uri, wanted, reveal))
    _print(kind, rows, as_json)


def _check_filters(kind: str, school: str | None, office: str | None, text: str | None, reveal: str | None) -> None:
    """A filter that a kind does not have would look as if it had found everything.

    Raises:
        ConfigError: naming it.
    """
    for option, value, kinds in (
        ("--school", school, BY_SCHOOL),
        ("--office", office, BY_SCHOOL),
        ("--text", text, BY_TEXT),
    ):
        if value is not None and kind not in kinds:
            raise ConfigError(f"{option}: {kind} cannot be chosen by it; it works with {', '.join(kinds)}")
    if reveal is not None and not reveal.strip():
        raise ConfigError('--reveal: "" is no reason; expected one that can be looked up later, such as case-12')


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
        warn_of_practice(settings, await is_practice(store))
        if reveal is not None:
            async with custody_log(store, settings) as custody:
                await record_reveal(store, custody, staff_here(store.cipher), "list", wanted.kind, reveal, now())
        if wanted.kind in (*BY_TEXT, "rooms"):
            wanted = replace(wanted, watched=await watched_addresses(store, settings))
        wanted = replace(wanted, is_revealed=reveal is not None)
        async with aclosing(read_rows(store, wanted)) as found:
            async for row in found:
                if len(rows) == wanted.limit:
                    stderr.print(f"only the newest {wanted.limit} are shown: --limit N shows more")
                    break
                rows.append(row)
    return rows


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
