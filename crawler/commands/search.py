"""``haechi search``: searches that are asked again and again, kept under names."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import click
from rich.markup import escape
from rich.table import Table

from config.settings import load_settings
from crawler.assemble import evidence_store, now
from crawler.database import database
from crawler.filters import ONE_OF, Given, filter_options, in_time, make_query
from crawler.output import print_json, set_up_logging, stdout
from crawler.rows import Row, time
from crawler.staff import staff_here
from evidence.errors import ConfigError
from evidence.query import SavedSearch
from evidence.shown import shown
from storage.mongo import Store
from storage.searches import drop_search, save_search, saved_searches

Answer = TypeVar("Answer")


@click.group()
def search() -> None:
    """Keep searches under names; `haechi list posts --saved NAME` asks one again."""


@search.command()
@click.argument("name")
@filter_options
@click.option("--team", "is_team", is_flag=True, help="Let all staff use it. Example: haechi search save lists --team")
def save(name: str, is_team: bool, **filters: Any) -> None:
    """Keep filters under a NAME; times such as 7d count from when it is asked."""
    set_up_logging()
    given, at = Given(**filters), now()
    query = make_query(given)
    in_time(query, given.since, given.until, at)
    if not (given.names or given.source or given.since or given.until):
        raise ConfigError("a search without any filter finds everything: expected at least one, such as --text 명단")

    async def work(store: Store) -> None:
        saved = SavedSearch(
            name=name,
            query=query,
            since=given.since,
            until=given.until,
            owner=staff_here(store.cipher).actor,
            is_team=is_team,
            at=at,
        )
        await save_search(store, saved)

    _with_store(work)
    stdout.print(f"saved as {escape(shown(name))}: haechi list posts --saved NAME", soft_wrap=True)


@search.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines. Example: haechi search list --json")
def list_searches(as_json: bool) -> None:
    """Show one's own searches and those of the team, newest first."""
    set_up_logging()

    async def work(store: Store) -> list[Row]:
        who = staff_here(store.cipher).actor
        return [_row(saved, who) for saved in await saved_searches(store, who, now())]

    rows = _with_store(work)
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table("name", "filters", "shared", "saved_at", box=None, pad_edge=False)
    for row in rows:
        filters = " ".join(_typed(option, value) for option, value in row["filters"].items())
        table.add_row(
            escape(shown(row["name"])), escape(shown(filters)), "team" if row["team"] else "–", row["saved_at"]
        )
    stdout.print(table if rows else "no searches saved")


@search.command()
@click.argument("name")
def drop(name: str) -> None:
    """Forget one's own search of this NAME."""
    set_up_logging()
    _with_store(lambda store: drop_search(store, name, staff_here(store.cipher).actor))


def _with_store(work: Callable[[Store], Awaitable[Answer]]) -> Answer:
    async def run(uri: str) -> Answer:
        async with evidence_store(settings, uri) as store:
            return await work(store)

    settings = load_settings()
    with database(settings) as uri:
        return asyncio.run(run(uri))


def _typed(option: str, value: str | list[str]) -> str:
    return " ".join(f"--{option} {one}" for one in ([value] if isinstance(value, str) else value))


def _row(saved: SavedSearch, who: str) -> Row:
    query, growth = saved.query, saved.query.growth
    grown = f"{growth.by:g}{'%' if growth.is_percent else ''}" if growth else None
    given: Row = {"text": query.text, **{one: sorted(getattr(query, name)) for name, one in ONE_OF.items()}}
    given |= {"grown": grown, "source": query.source, "since": saved.since, "until": saved.until}
    return {
        "name": saved.name,
        "filters": {option: value for option, value in given.items() if value},
        "team": saved.is_team,
        "own": saved.owner == who,
        "saved_at": time(saved.at),
    }
