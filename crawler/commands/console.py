"""``haechi console``: the review console alone, and how every command that serves it puts it together."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import click

from config.settings import Settings, load_settings
from console.events import Events
from console.passwords import Passwords
from console.rates import Rates
from console.serving import serving
from console.views.live import REPORTS
from console.visit import Console
from crawler.assemble import custody_log, evidence_store, now
from crawler.console_works import works_for
from crawler.database import database
from crawler.intake import intake
from crawler.metrics import REGISTRY
from crawler.output import set_up_logging, stderr, stdout, warn_of_practice
from evidence.case import Staff
from evidence.people import Person, person_act
from evidence.roles import Role
from storage.custody import Custody
from storage.leases import PROCESS
from storage.mongo import Store
from storage.people import add_person, all_people, person_id, read_person
from storage.practice import is_practice
from storage.sessions import make_link

LINK_LASTS = timedelta(minutes=15)
FIRST, PRACTISING = "admin", "demo"
"""Who signs in first: on a real store its admin, on one of practice a supervisor without a password."""

REGISTRY.register(REPORTS)


@click.command()
def console() -> None:
    """Serve the review console alone, beside `haechi run --no-console` here or elsewhere.

    Example: haechi console
    """
    set_up_logging(logging.INFO)
    settings = load_settings()
    with database(settings) as uri:
        asyncio.run(_console(settings, uri))


async def _console(settings: Settings, uri: str) -> None:
    async with evidence_store(settings, uri) as store:
        warn_of_practice(settings, await is_practice(store))
        async with (
            custody_log(store, settings) as custody,
            intake(store, custody),
            console_served(store, custody, settings, say) as served,
        ):
            say(f"the console is at {served.origin}; Ctrl-C stops")
            await _until_stopped()


def say(words: str) -> None:
    """A line for people, at once."""
    stdout.print(words, markup=False)


def say_beside(as_json: bool) -> Callable[[str], None]:
    """The same; where standard output is for programs, beside it."""
    return (lambda words: stderr.print(words, markup=False)) if as_json else say


async def _until_stopped() -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    await stop.wait()


@asynccontextmanager
async def console_served(
    store: Store, custody: Custody, settings: Settings, tell: Callable[[str], None]
) -> AsyncIterator[Console]:
    """The console, served beside whatever else runs; where nobody could sign in yet, the first link is told.

    Raises:
        ConfigError: its port is taken.
    """
    practice = await is_practice(store)
    make = partial(_make, store, custody, settings, practice)
    async with serving(make, *settings.console_place) as served:
        token = await _first_link(served)
        if token:
            tell(link_address(served.origin, token))
        yield served


def _make(store: Store, custody: Custody, settings: Settings, practice: bool, host: str, port: int) -> Console:
    name = f"[{host}]" if ":" in host else host
    return Console(
        store=store,
        custody=custody,
        clock=now,
        origin=settings.console_origin or f"http://{name}:{port}",
        lang=settings.lang,
        idle=timedelta(minutes=settings.console_idle_minutes),
        is_practice=practice,
        allows_loopback=settings.allow_loopback,
        passwords=Passwords(),
        events=Events(),
        rates=Rates(now),
        works=works_for(store, custody, settings, is_practice=practice),
    )


def link_address(origin: str, token: str) -> str:
    """A one-time link as it is handed over."""
    return f"{origin}/sign-in?token={token}"


async def _first_link(served: Console) -> str | None:
    """A link for practice each time, else only while nobody has a password."""
    if served.is_practice:
        return await _link(served, PRACTISING, Role.SUPERVISOR, None)
    people = await all_people(served.store, now())
    if any(person.has_password and person.disabled_at is None for person in people):
        return None
    return await _link(served, FIRST, Role.ADMIN, LINK_LASTS)


async def _link(served: Console, name: str, role: Role, lasts: timedelta | None) -> str:
    system = Staff(actor="console", role="system", session_id=PROCESS)
    person = person_id(served.store.cipher, name)
    request = f"link:{person}:{now().isoformat()}"
    await served.custody.record(person_act(system, request, "link", person, str(role)))
    if await read_person(served.store, person) is None:
        await _add(served, name, role)
    return await make_link(served.store, person, now(), lasts)


async def _add(served: Console, name: str, role: Role) -> Person:
    return await add_person(served.store, name, role, None, served.lang, now())
