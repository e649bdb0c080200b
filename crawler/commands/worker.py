"""``haechi worker``: does what the schedule of ``haechi run`` hands out, on as many machines as it takes."""

import asyncio
import logging
import re
import socket
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click

from channels.telegram.session import label_of
from config.settings import Settings, load_settings
from crawler.assemble import check_practice, evidence_store
from crawler.broker import check_broker
from crawler.commands.watch import json_option
from crawler.database import database
from crawler.ending import told_by_signals
from crawler.metrics import MetricsFile
from crawler.output import reporter, set_up_logging, stderr, warn_of_practice
from crawler.stations import Stations
from evidence.errors import ConfigError
from evidence.records import CrawlRun

NAME = r"[A-Za-z0-9-]{1,40}"

Station = Callable[[Stations], Coroutine[Any, Any, None]]


@click.command()
@click.option(
    "--queue",
    "queues",
    type=click.Choice(["web", "chores"]),
    multiple=True,
    help="Serve only this; again for more. Example: --queue web",
)
@click.option(
    "--account",
    "accounts",
    metavar="SESSION",
    multiple=True,
    help="Serve only this Telegram account, by its session's name; again for more. Example: --account team",
)
@click.option("--name", help="In its figures, one each; default: the machine's. Example: --name north-1")
@json_option
def worker(queues: tuple[str, ...], accounts: tuple[str, ...], name: str | None, as_json: bool) -> None:
    """Do what the schedule hands out over the broker: passes, rescans, retention, deliveries.

    Without options it serves all: what is read by http, the chores, and each account of HAECHI_TELEGRAM_SESSION
    that lives in no other worker. Ctrl-C or SIGTERM ends it after the work in hand, a second one at once.
    """
    set_up_logging(logging.INFO)
    settings = load_settings()
    if settings.broker_url is None:
        raise ConfigError("HAECHI_BROKER_URL is not set: a worker is handed its work by RabbitMQ (docs/operators.md)")
    name = name or re.sub("[^A-Za-z0-9-]", "-", socket.gethostname())
    if not re.fullmatch(NAME, name):
        raise ConfigError(f'--name: "{name}" is refused: expected letters, digits and -')
    stations = tuple(_stations(settings, queues, accounts))
    warn_of_practice(settings)
    with database(settings) as uri:
        asyncio.run(_worker(settings, settings.broker_url, uri, stations, _report(settings, name, as_json)))


def _stations(settings: Settings, queues: tuple[str, ...], accounts: tuple[str, ...]) -> Iterator[Station]:
    """What is served: all that can be served here where nothing is named."""
    is_all = not queues and not accounts
    if is_all or "web" in queues:
        yield Stations.web
    if is_all or "chores" in queues:
        yield Stations.chores
    by_label = {label_of(path): path for path in settings.sessions}
    if accounts and (why := settings.why_no_telegram):
        raise ConfigError(why)
    for name in accounts:
        if label_of(Path(name)) not in by_label:
            known = ", ".join(by_label)
            raise ConfigError(f'--account: "{name}" is not in HAECHI_TELEGRAM_SESSION; expected one of {known}')
        yield partial(Stations.account, session=by_label[label_of(Path(name))])
    for path in by_label.values() if is_all and not settings.why_no_telegram else ():
        if path.is_file():  # on another machine, where it is not
            yield partial(Stations.account, session=path)


def _report(settings: Settings, name: str, as_json: bool) -> Callable[[CrawlRun], None]:
    """Prints each pass and counts it."""
    tell, metrics = reporter(as_json), MetricsFile(settings.data_dir, name)

    def report(run: CrawlRun) -> None:
        tell(run)
        metrics.write()

    return report


async def _worker(
    settings: Settings, url: str, uri: str, stations: tuple[Station, ...], report: Callable[[CrawlRun], None]
) -> None:
    stop, cut = asyncio.Event(), asyncio.Event()

    def told() -> None:
        if stop.is_set():
            cut.set()
        else:
            stderr.print("ending after the work in hand; once more ends at once")
        stop.set()

    async with evidence_store(settings, uri) as store:
        await check_practice(store, settings)
        await check_broker(url)
        needed = Stations(store=store, settings=settings, url=url, report=report, stop=stop, cut=cut)
        with told_by_signals(told):
            await _together([station(needed) for station in stations], stop)


async def _together(works: list[Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Until all have ended; the first one that fails lets the others end what they have in hand."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        stop.set()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for problem in ended:
        if isinstance(problem, BaseException):
            raise problem
