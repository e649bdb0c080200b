"""``haechi case``: items and notes under one question."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta

import click

from config.settings import Settings, load_settings
from crawler.assemble import evidence_store, now
from crawler.commands.case_hold import hold, release
from crawler.commands.options import checked_reason, json_option, reveal_option
from crawler.commands.running import run_logged, run_reading
from crawler.database import database
from crawler.output import print_json, set_up_logging, stdout, warn_of_practice
from crawler.rows import Row, time
from evidence.case import Case, Note, Staff, check_case_id
from evidence.shown import shown
from pipelines.masking import mask
from storage.cases import add_case, add_note, all_cases, put_items, read_case
from storage.custody import Custody
from storage.mongo import Store
from storage.practice import is_practice
from storage.reveals import record_reveal
from storage.sealed import read_items, seal_entries


@click.group()
def case() -> None:
    """Gather items and notes under one question. Every act is in the custody log before it takes effect."""


case.add_command(hold)
case.add_command(release)


@case.command()
@click.argument("title")
@json_option
def add(title: str, as_json: bool) -> None:
    """Open a case; TITLE is its question.

    Example: haechi case add "who passes the lists on?"
    """
    made = run_logged(lambda store, custody, staff: add_case(store, custody, staff, title, now()))
    print_json(case_row(made)) if as_json else stdout.print(f"✓ {made.id} is open", markup=False)


@case.command("list")
@json_option
def list_cases(as_json: bool) -> None:
    """List cases, newest first.

    Example: haechi case list
    """
    set_up_logging()
    settings = load_settings()
    with database(settings) as uri:
        cases = asyncio.run(_all(settings, uri))
    for one in cases:
        row = case_row(one)
        words = f"{row['id']}  {row['opened_at']}  {row['items']} items  {shown(row['question'])}"
        print_json(row) if as_json else stdout.print(words, markup=False)
    if not cases and not as_json:
        stdout.print("no cases yet: `haechi case add TITLE` opens one", markup=False)


async def _all(settings: Settings, uri: str) -> list[Case]:
    async with evidence_store(settings, uri) as store:
        warn_of_practice(settings, await is_practice(store))
        return await all_cases(store, now() + timedelta(days=1))


@case.command()
@click.argument("name", metavar="ID")
@reveal_option
@json_option
def show(name: str, reveal: str | None, as_json: bool) -> None:
    """Show a case with its items and notes.

    Example: haechi case show case-1f2e3d4c
    """
    check_case_id(name)
    reason = checked_reason(reveal)

    async def look(store: Store, custody: Custody | None, staff: Staff) -> Row:
        found = await read_case(store, name, now() + timedelta(days=1))
        if custody and reason:
            await record_reveal(store, custody, staff, "case", name, reason, now())
        return await _whole_row(store, found, is_revealed=reason is not None)

    row = run_logged(look) if reason else run_reading(lambda store, staff: look(store, None, staff))
    if as_json:
        print_json(row)
        return
    stdout.print(f"{row['id']}  {row['opened_at']}  {shown(row['question'])}", markup=False)
    for item in row["item_rows"]:
        state = "erased" if item["erased"] else item["severity"]
        stdout.print(f"  {item['id']}  {state}  {item['at']}  {item['source']}", markup=False)
    for note in row["note_rows"]:
        stdout.print(f"  {note['at']}  {note['author']}: {shown(note['text'])}", markup=False)


@case.command()
@click.argument("name", metavar="ID")
@click.argument("items", nargs=-1, required=True, metavar="ITEM…")
@json_option
def put(name: str, items: Sequence[str], as_json: bool) -> None:
    """Put items into a case; the id of a post puts all its sealed revisions.

    Example: haechi case put case-1f2e3d4c 1900000505:15:1
    """
    check_case_id(name)
    fresh = run_logged(lambda store, custody, staff: put_items(store, custody, staff, name, items, now()))
    row = {"id": name, "put": list(fresh)}
    print_json(row) if as_json else stdout.print(f"✓ {len(fresh)} put into {name}", markup=False)


@case.command()
@click.argument("name", metavar="ID")
@click.option("--text", help="The note; without it, standard input is read. Example: --text 'asked the office'")
@json_option
def note(name: str, text: str | None, as_json: bool) -> None:
    """Add a note to a case, from standard input: what is typed on a command line is kept by the shell.

    Example: haechi case note case-1f2e3d4c < note.txt
    """
    check_case_id(name)
    words = sys.stdin.read() if text is None else text
    made = run_logged(lambda store, custody, staff: add_note(store, custody, staff, name, words, now()))
    print_json(note_row(made, is_revealed=False)) if as_json else stdout.print(f"✓ {made.id}", markup=False)


async def _whole_row(store: Store, found: Case, *, is_revealed: bool) -> Row:
    names = [item.id for item in found.items]
    entries = await seal_entries(store, names)
    rows = [
        {
            "id": item.id,
            "source": item.source,
            "at": time(item.at),
            "severity": item.severity,
            "sealed_in_log": entries.get(item.id),
            "erased": item.erased_at is not None,
        }
        for item in await read_items(store, names)
    ]
    notes = [note_row(note, is_revealed=is_revealed) for note in found.notes]
    return {**case_row(found, is_revealed=is_revealed), "item_rows": rows, "note_rows": notes}


def case_row(found: Case, *, is_revealed: bool = False) -> Row:
    """A case."""
    return {
        "id": found.id,
        "question": found.question if is_revealed else mask(found.question).text,
        "opened_at": time(found.opened_at),
        "opened_by": found.opened_by,
        "items": len(found.items),
    }


def note_row(found: Note, *, is_revealed: bool) -> Row:
    """A note."""
    return {
        "id": found.id,
        "case": found.case,
        "at": time(found.at),
        "author": found.author,
        "text": found.text if is_revealed else mask(found.text).text,
    }
