"""``haechi pause`` and ``haechi resume``: stop the watching of one place or of everything, and let it go on."""

from datetime import datetime

import click

from config.settings import load_settings
from crawler.assemble import now
from crawler.commands.options import json_option
from crawler.commands.running import run_logged, run_reading
from crawler.moments import parse_moment
from crawler.output import print_json, stdout
from crawler.rows import Row, time
from evidence.case import Staff
from evidence.errors import ConfigError
from evidence.pause import EVERYTHING, Pause, Quiet, parse_about
from evidence.shown import shown
from storage.custody import Custody
from storage.mongo import Store
from storage.pauses import pause as begin_pause
from storage.pauses import resume as end_pause
from storage.pauses import standing_pauses

all_option = click.option("--all", "is_all", is_flag=True, help="All crawling. Example: --all")
mute_option = click.option(
    "--mute", "is_mute", is_flag=True, help="Alerts alone: it is read and flagged, nobody is called. Example: --mute"
)


@click.command()
@click.argument("address", required=False)
@all_option
@mute_option
@click.option("--reason", help="Why; sealed in the store. Example: --reason 'asked by the police'")
@click.option("--until", help="When it ends by itself. Example: --until 2026-12-01T09:00:00Z")
@json_option
def pause(
    address: str | None, is_all: bool, is_mute: bool, reason: str | None, until: str | None, as_json: bool
) -> None:
    """Stop reading a room or a directory, or everything, within seconds; without an address: list what is paused.

    The hours until `haechi resume` show as blind. It is in the custody log before it takes effect.

    Example: haechi pause @example_room --reason "asked by the police"
    """
    if address is None and not is_all:
        _list(as_json)
        return
    about, quiet = _about(address, is_all), Quiet.MUTE if is_mute else Quiet.PAUSE
    if not (reason or "").strip():
        raise ConfigError("--reason is missing: expected one that can be looked up later, such as 'case 12'")
    end = _end(until)

    async def work(store: Store, custody: Custody, staff: Staff) -> Pause:
        return await begin_pause(store, custody, staff, quiet, about, reason or "", now(), end)

    made = run_logged(work)
    print_json(_row(made)) if as_json else stdout.print(f"✓ {_in_words(made)}", markup=False)


def _end(until: str | None) -> datetime | None:
    """A later moment; ``90m`` and the like count from now on, unlike in other options."""
    if until is None:
        return None
    at = now()
    given = parse_moment(until, at, "--until")
    return given if "-" in until else at + (at - given)


@click.command()
@click.argument("address", required=False)
@all_option
@mute_option
def resume(address: str | None, is_all: bool, is_mute: bool) -> None:
    """Let the watching of a room, a directory or everything go on; it begins within seconds.

    Example: haechi resume --all
    """
    about, quiet = _about(address, is_all), Quiet.MUTE if is_mute else Quiet.PAUSE

    async def work(store: Store, custody: Custody, staff: Staff) -> None:
        await end_pause(store, custody, staff, quiet, about, now())

    run_logged(work)
    stdout.print(f"✓ {about} goes on", markup=False)


def _about(address: str | None, is_all: bool) -> str:
    if (address is None) is not is_all:
        raise ConfigError("expected the address of a room or directory, or --all, and not both")
    return EVERYTHING if address is None else parse_about(address, load_settings().allow_loopback)


def _list(as_json: bool) -> None:
    async def work(store: Store, _: Staff) -> tuple[Pause, ...]:
        return await standing_pauses(store, now())

    found = run_reading(work)
    for one in found:
        print_json(_row(one)) if as_json else stdout.print(_in_words(one), markup=False)
    if not found and not as_json:
        stdout.print("nothing is paused")


def _in_words(one: Pause) -> str:
    what = "muted" if one.quiet is Quiet.MUTE else "paused"
    return f"{one.about} is {what} until {time(one.until) or 'somebody resumes it'}: {shown(one.reason)}"


def _row(one: Pause) -> Row:
    return {
        "what": str(one.quiet),
        "about": one.about,
        "reason": one.reason,
        "by": one.by,
        "at": time(one.at),
        "until": time(one.until),
    }
