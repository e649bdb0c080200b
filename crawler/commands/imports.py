"""``haechi import``: evidence that somebody handed over, and lists of addresses."""

import asyncio
import logging
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import yaml
from rich.markup import escape

from channels.export import Export, open_export
from config.address_csv import watchlist_from_csv
from config.portal import decoded
from config.settings import Settings, load_settings
from config.watchlist import packaged_defaults
from crawler.assemble import criteria_for, evidence_store, now, posters_key, setting_for, stored_watchlist
from crawler.database import database
from crawler.importing import Imported, Importer, check_allowed, import_export
from crawler.moments import parse_zone
from crawler.output import print_json, progress, set_up_logging, stderr, stdout, warn_of_practice
from crawler.rows import Row, time
from crawler.staff import staff_here
from evidence.errors import ConfigError, UnreadableCapture
from evidence.shown import shown
from storage.mongo import Store
from storage.practice import is_practice


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--chat", help="Name or id of the one chat to import of a whole account's export. Example: --chat 1234567"
)
@click.option(
    "--zone",
    metavar="ZONE",
    callback=lambda _context, _option, name: parse_zone(name, "--zone") if name else None,
    help="Zone of an export's times that name none; without it they stay unknown. Example: --zone Asia/Seoul",
)
@click.option(
    "--legal-basis",
    metavar="TEXT",
    help="Who allowed it, when, which document; required unless the chat is known to be public, and logged."
    ' Example: --legal-basis "district office, 2026-11-20, complaint 12"',
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, dir_okay=False),
    help="FILE is a CSV of addresses: write this watchlist from it. Example: --into rooms.yaml",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON line at the end. Example: --json")
def import_file(
    file: Path, chat: str | None, zone: ZoneInfo | None, legal_basis: str | None, into: Path | None, as_json: bool
) -> None:
    """Import a Telegram Desktop export (result.json, messages.html) as a source of its own.

    Conversations of persons are refused. Stopped at any point, the same command goes on where it was.

    With --into FILE is a CSV of addresses instead, and a watchlist is written from it.
    """
    set_up_logging(logging.INFO)
    if into is not None or file.suffix.lower() == ".csv":
        _write_watchlist(file, into, as_json)
        return
    settings = load_settings()
    warn_of_practice(settings)
    export = _open(file, chat, zone, legal_basis)
    with database(settings) as uri:
        imported = asyncio.run(_import(export, legal_basis, settings, uri))
    _print(imported, export, as_json)
    if imported.fault is not None:
        raise UnreadableCapture(f"{file}: {imported.fault}; what comes before is stored")


def _open(file: Path, chat: str | None, zone: ZoneInfo | None, legal_basis: str | None) -> Export:
    """The chat to import, if it may be."""
    try:
        export = open_export(file, chat, zone)
        check_allowed(export, legal_basis)
    except (UnreadableCapture, ConfigError) as problem:
        raise type(problem)(f"{file}: {problem}") from None
    return export


async def _import(export: Export, legal_basis: str | None, settings: Settings, uri: str) -> Imported:
    async with evidence_store(settings, uri) as store:
        if await is_practice(store) and not settings.allow_loopback:
            raise ConfigError("this store holds practice rooms: set HAECHI_DATA_DIR to another directory for real work")
        importer = await _importer(store, settings)
        with progress(of_bytes=True) as bar:
            task = bar.add_task(escape(shown(export.files[0].name)), total=export.size_bytes)

            def tell(bytes_read: int) -> None:
                bar.update(task, completed=bytes_read)

            return await import_export(export, legal_basis, importer, tell)


async def _importer(store: Store, settings: Settings) -> Importer:
    """With the terms and rules of the newest stored watchlist, else the packaged ones."""
    watchlist = await stored_watchlist(store, settings)
    terms, rules = (watchlist.terms, watchlist.rules) if watchlist is not None else packaged_defaults()
    criteria = await criteria_for(store, terms, rules, settings)
    setting = await setting_for(store, settings)
    return Importer(
        store=store,
        criteria=criteria,
        posters=posters_key(store),
        clock=now,
        setting=setting,
        by=staff_here(store.cipher).actor,
    )


def _print(imported: Imported, export: Export, as_json: bool) -> None:
    row = _row(imported)
    if as_json:
        print_json(row)
    else:
        sign = "✗" if imported.fault else "✓"
        counts = "{posts:,} posts: {new:,} new  {mentions} mentions  {flags} flags".format(**row)
        stdout.print(f"{sign} {row['source']}  {counts}", markup=False)
        stdout.print(f"  {shown(str(row['file']))}  SHA-256 {row['sha256']}", markup=False)
    for words in _notes(imported, export):
        stderr.print(words, markup=False)


def _row(imported: Imported) -> Row:
    """What is stored of the file up to now; ``new`` counts what this run stored."""
    whole = imported.whole
    totals = whole.totals
    return {
        "source": whole.handed.source,
        "file": whole.handed.files[0],
        "sha256": whole.handed.sha256,
        "posts": totals.posts,
        "new": imported.new,
        "mentions": totals.mentions,
        "flags": totals.flags,
        "left_out": totals.left_out,
        "undated": totals.undated,
        "repeated": totals.repeated,
        "started_at": time(whole.started_at),
        "ended_at": time(whole.ended_at),
    }


def _notes(imported: Imported, export: Export) -> list[str]:
    """What the person at the keyboard should know, and what to do."""
    whole, totals, name = imported.whole, imported.whole.totals, shown(export.files[0].name)
    is_old = whole.ended_at is not None and imported.new == 0 and totals.posts
    said: tuple[tuple[object, str], ...] = (
        (is_old, f"all of it was already imported, {time(whole.started_at)} to {time(whole.ended_at)}"),
        (export.note, f"{export.note}: what it held is not imported"),
        (totals.left_out, f"messages without an id, left out: {totals.left_out:,}"),
        (totals.repeated, f"ids that are no safe key, numbered by their place in the file: {totals.repeated:,}"),
        (totals.undated, f"posts of unknown time, they count on the day of the import: {totals.undated:,}"),
    )
    return [f"{name}: {words}" for is_so, words in said if is_so]


# ------------------------------------------------------------------ a list of addresses


def _write_watchlist(file: Path, into: Path | None, as_json: bool) -> None:
    """Write a new watchlist; one that is there is a person's, with comments, and stays."""
    if into is None:
        raise ConfigError(f"{file}: is a list of addresses: --into FILE says which watchlist to write")
    text = watchlist_from_csv(decoded(file), str(file))
    try:
        with into.open("x", encoding="utf-8") as written:
            written.write(text)
    except FileExistsError:
        raise ConfigError(f"{into}: is there already: name a new file, then take over its sources") from None
    row = {"file": str(file), "into": str(into), "sources": len(yaml.safe_load(text)["sources"])}
    if as_json:
        print_json(row)
    else:
        stdout.print("✓ {into}: {sources} sources".format(**row), markup=False)
