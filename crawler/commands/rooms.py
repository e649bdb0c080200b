"""``haechi rooms``: what discovery found, and a person's decision about it."""

import asyncio

import click

from channels.directory import SITES
from config.settings import Settings, load_settings
from config.watchlist import parse_watchlist
from config.watchlist_edit import with_source
from crawler.assemble import custody_log, evidence_store, now, stored_watchlist
from crawler.commands.options import json_option
from crawler.database import database
from crawler.directories import watched_addresses
from crawler.output import print_json, set_up_logging, stdout, warn_of_practice
from crawler.rows import Row, found_row
from crawler.staff import staff_here
from evidence.address import parse_room_address
from evidence.errors import ConfigError
from evidence.pause import as_code
from evidence.rooms import Standing
from evidence.shown import shown
from evidence.watchlist_change import room_act
from storage.mongo import Store
from storage.practice import is_practice
from storage.rooms import all_rooms, dismiss, rooms_before, standing, take_up
from storage.watchlists import import_version, newest_version


@click.group()
def rooms() -> None:
    """See the rooms that were found, and decide about them; nothing is watched without that."""


@rooms.command("list")
@click.option(
    "--status",
    type=click.Choice([*map(str, Standing), "all"]),
    default=str(Standing.CANDIDATE),
    show_default=True,
    help="Which rooms. Example: --status dismissed",
)
@json_option
def list_rooms(status: str, as_json: bool) -> None:
    """List rooms with where they were seen, how often, and why somebody might look; most often seen first.

    Example: haechi rooms list
    """
    set_up_logging()
    settings = load_settings()
    with database(settings) as uri:
        rows = asyncio.run(_rows(settings, uri, status))
    for row in rows:
        print_json(row) if as_json else _print(row)
    if not rows and not as_json:
        stdout.print("no rooms found" if status == "all" else f"no {status} rooms found")


async def _rows(settings: Settings, uri: str, status: str) -> list[Row]:
    async with evidence_store(settings, uri) as store:
        warn_of_practice(settings, await is_practice(store))
        watched = await watched_addresses(store, settings)
        found = [
            found_row(room, how)
            async for room in all_rooms(store, None, now())
            if (how := standing(room, watched, now())) is not None and status in (how, "all")
        ]
    return sorted(found, key=lambda row: -sum(seen["times"] for seen in row["seen"]))


async def _on_watchlist(store: Store, settings: Settings) -> frozenset[str]:
    watchlist = await stored_watchlist(store, settings)
    return frozenset(source.address for source in watchlist.sources) if watchlist else frozenset()


def _print(row: Row) -> None:
    count = f"{row['count']:,}" if row["count"] is not None else "–"
    title = shown(row["title"] or "–")
    stdout.print(f"{row['status']:<10} {row['address'] or '(no address)'}  {title}  {count} members", markup=False)
    seen = ", ".join(f"{place['where']} {place['times']}×" for place in row["seen"])
    more = [f"now listed as {row['renamed_to']}" if row["renamed_to"] else "", row["refused"] or ""]
    why = "; ".join(filter(None, [", ".join(row["reasons"]) or "–", f"seen: {seen or '–'}", *more]))
    stdout.print(f"           {why}", markup=False)


@rooms.command()
@click.argument("address")
@click.option("--reason", required=True, help="Why it is watched; kept in the watchlist. Example: --reason 'case 12'")
def watch(address: str, reason: str) -> None:
    """Put a room on the watchlist, as a new version of it.

    Example: haechi rooms watch https://t.me/example_room --reason "reported by telephone"
    """
    set_up_logging()
    settings = load_settings()
    canonical = parse_room_address(address)
    if not reason.strip():
        raise ConfigError('--reason: "" is no reason; expected one that can be looked up later')
    with database(settings) as uri:
        number = asyncio.run(_watch(settings, uri, canonical, reason.strip()))
    stdout.print(f"✓ {canonical} is on the watchlist, version {number}", markup=False)
    stdout.print("  a file given with -w replaces that version: put the room there too", markup=False)


async def _watch(settings: Settings, uri: str, address: str, reason: str) -> int:
    async with evidence_store(settings, uri) as store:
        stored = await newest_version(store)
        if address in await _on_watchlist(store, settings):
            raise ConfigError(f"{address} is on the watchlist already")
        if refused := (await rooms_before(store, [address])).get(address, {}).get("refused"):
            raise ConfigError(f"{address} cannot be watched: {refused}")
        text, name = (stored.text, stored.name) if stored else ("version: 1\n", "watchlist")
        new = with_source(text, name, address, reason)
        parse_watchlist(new, name, SITES, settings.allow_loopback or await is_practice(store))
        async with custody_log(store, settings) as custody:
            version = await import_version(store, custody, staff_here(store.cipher), new, name, now(), reason)
        await take_up(store, address, now(), staff_here(store.cipher).actor)
        return version.number


@rooms.command("dismiss")
@click.argument("address")
@click.option("--reason", default="", help="Why; kept with the room. Example: --reason 'a shop'")
def dismiss_room(address: str, reason: str) -> None:
    """Decide against a room: it is no candidate any more, and no rule watches it.

    Example: haechi rooms dismiss https://t.me/example_room
    """
    set_up_logging()
    settings = load_settings()
    canonical = parse_room_address(address)

    async def work(uri: str) -> bool:
        async with evidence_store(settings, uri) as store:
            if canonical in await _on_watchlist(store, settings):
                raise ConfigError(f"{canonical} is on the watchlist: take it off there")
            if canonical not in await rooms_before(store, [canonical]):
                return False
            staff, at = staff_here(store.cipher), now()
            async with custody_log(store, settings) as custody:
                await custody.record(room_act(staff, "room-dismiss", as_code(canonical), at))
            return await dismiss(store, canonical, reason, at, staff.actor)

    with database(settings) as uri:
        if not asyncio.run(work(uri)):
            raise ConfigError(f"{canonical} was never found: `haechi rooms list --status all` shows what was")
    stdout.print(f"✓ {canonical} is dismissed", markup=False)
