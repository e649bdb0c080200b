"""``haechi doctor``: does this installation stand?"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import click

from channels.telegram.session import read_session
from config.settings import Settings, load_settings
from crawler.assemble import evidence_store, load_register, now
from crawler.database import database, make_data_dir
from crawler.output import print_json, set_up_logging, stdout
from crawler.stamping import AUTHORITIES, standing
from crawler.store_checks import STORE_CHECKS, check_disk
from evidence.address import is_loopback_url
from evidence.checkpoint import Files
from evidence.cipher import load_master_key
from evidence.custody import moment
from evidence.errors import HaechiError
from storage.search_repair import repair as mend_index

LATE = timedelta(hours=2)
"""Stamps are asked for by the hour: one that fails once is no trouble yet."""


@click.command()
@click.option("--repair", is_flag=True, help="First build anew what the index lost. Example: haechi doctor --repair")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines. Example: haechi doctor --json")
def doctor(repair: bool, as_json: bool) -> int:
    """Check settings, keys, register, accounts, disk, database, backup and log, a line each, and say what to do.

    Example: haechi doctor
    """
    set_up_logging()
    settings = load_settings()
    make_data_dir(settings)
    is_well = True
    for name, found, is_fine in _findings(settings, repair):
        is_well &= is_fine
        if as_json:
            print_json({"check": name, "ok": is_fine, "found": found})
        else:
            stdout.print(f"{'✓' if is_fine else '✗'} {name}: {found}", markup=False)
    return 0 if is_well else 1


def _findings(settings: Settings, repair: bool) -> Iterator[tuple[str, str, bool]]:
    """Each check with what it found, and whether that is fine."""
    for name, check in CHECKS:
        try:
            yield name, check(settings), True
        except HaechiError as problem:
            yield name, str(problem), False
    try:
        with database(settings) as uri:
            yield from asyncio.run(_store_findings(settings, uri, repair))
    except HaechiError as problem:
        yield STORE_CHECKS[0][0], str(problem), False


async def _store_findings(settings: Settings, uri: str, repair: bool) -> list[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    async with evidence_store(settings, uri) as store:
        if repair:
            await mend_index(store, now())
        for name, check in STORE_CHECKS:
            try:
                found.append((name, await check(store, settings), True))
            except HaechiError as problem:
                found.append((name, str(problem), False))
    return found


def _contact(settings: Settings) -> str:
    if settings.contact or is_loopback_url(settings.web_base):
        return settings.contact or "practice: none needed"
    raise HaechiError("HAECHI_CONTACT is not set: expected an e-mail or web address where hosts reach you")


def _key(settings: Settings) -> str:
    load_master_key(settings.master_key)
    return f"{settings.master_key} is readable by its owner alone; keep a copy of it in a second place"


def _register(settings: Settings) -> str:
    number = len(load_register(settings))
    return f"{number:,} schools from {settings.schools or 'the packaged list of universities'}"


def _telegram(settings: Settings) -> str:
    if not settings.sessions:
        return "not used: no session is set"
    for path in settings.sessions:
        read_session(path)
    if missing := settings.why_no_telegram:
        raise HaechiError(missing)
    return f"{len(settings.sessions)} signed-in sessions, for their owner alone; legal basis: {settings.legal_basis}"


def _anchoring(settings: Settings) -> str:
    files = Files(folder=settings.data_dir)
    held = standing(files, now())
    if held is None:
        return "no checkpoint of the log yet"
    known = f"{held.note.size:,} entries, checkpoint of {moment(held.note.at)}"
    if held.is_anchored:
        return f"{known}, stamped by an outside authority"
    loose = f"not anchored since {moment(held.since)} ({known})"
    if not settings.authorities:
        return f"{loose}: HAECHI_TSA_URLS names no authority; those who keep the summaries are the witnesses"
    if not list((files.folder / AUTHORITIES).glob("*.pem")):
        raise HaechiError(f"{loose}: put the authorities' root certificates (PEM) into {files.folder / AUTHORITIES}")
    if now() - held.note.at < LATE and now() - held.since < LATE:
        return f"{loose}: the next stamp is asked for within the hour"
    raise HaechiError(f"{loose}: do the authorities of HAECHI_TSA_URLS answer? `haechi evidence checkpoint` asks them")


CHECKS: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("contact", _contact),
    ("master key", _key),
    ("register", _register),
    ("telegram", _telegram),
    ("disk", check_disk),
    ("anchoring of the log", _anchoring),
)
"""In order; those of the store come after them."""
