"""``haechi evidence access``: the log of access that the law asks for."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import click

from config.settings import Settings, load_settings
from crawler.assemble import evidence_store, now
from crawler.database import database
from crawler.moments import parse_moment
from crawler.output import print_json, set_up_logging, stdout, warn_of_practice
from crawler.rows import Row, time
from evidence.access import Access
from evidence.shown import shown
from pipelines.masking import mask
from storage.access import accesses, reasons
from storage.practice import is_practice

CLOCKS_APART = timedelta(days=1)
"""A reveal and its entry were timed by two clocks."""


@click.command("access")
@click.option("--since", help="From then on. Example: --since 2026-11-01")
@click.option("--until", help="Before then. Example: --until 2026-12-01")
@click.option("--actor", help="Only of this person. Example: --actor staff-1f2e3d4c5b6a")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines. Example: --json > access-2026-11.jsonl")
def access(since: str | None, until: str | None, actor: str | None, as_json: bool) -> None:
    """List who looked at what, oldest first: who, when, from where, whose, what, and why.

    Example: haechi evidence access --since 2026-11-01 --until 2026-12-01 --json
    """
    set_up_logging()
    settings = load_settings()
    with database(settings) as uri:
        number = asyncio.run(_print(settings, uri, (since, until, actor), as_json))
    if not number and not as_json:
        stdout.print("nobody looked at anything in that time", markup=False)


async def _print(settings: Settings, uri: str, asked: tuple[str | None, str | None, str | None], as_json: bool) -> int:
    given_since, given_until, actor = asked
    since = parse_moment(given_since, now(), "--since") if given_since else None
    until = parse_moment(given_until, now(), "--until") if given_until else now() + CLOCKS_APART
    number = 0
    async with evidence_store(settings, uri) as store:
        warn_of_practice(settings, await is_practice(store))
        why = await reasons(store, since - CLOCKS_APART if since else None, until + CLOCKS_APART)
        async with aclosing(accesses(store, since, until, actor)) as found:
            async for one in found:
                number += 1
                row = access_row(one, why.get(one.entry))
                print_json(row) if as_json else stdout.print(_line(row), markup=False)
    return number


def access_row(one: Access, reason: str | None) -> Row:
    """An access; the words of its reason masked."""
    return {
        "who": one.actor,
        "role": one.role,
        "when": time(one.at),
        "from_where": one.where,
        "whose": f"{one.whose_type} {one.whose}",
        "what": one.what,
        "reason_code": one.reason_code or None,
        "reason": mask(reason).text if reason else None,
        "entry": one.entry,
    }


def _line(row: Row) -> str:
    why = "; ".join(filter(None, (row["reason_code"], row["reason"])))
    return f"{row['when']}  {row['who']}  {row['from_where']}  {row['what']}  {row['whose']}  {shown(why) or '–'}"
