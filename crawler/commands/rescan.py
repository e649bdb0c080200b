"""``haechi rescan``: today's terms, rules and register over what was received in the last days."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass

import click

from config.settings import Settings, load_settings
from crawler.assemble import custody_log, evidence_store, now
from crawler.broker import CHORES, check_broker, sending
from crawler.cli import INTERRUPTED, SOME_BLIND
from crawler.database import database
from crawler.moments import parse_moment
from crawler.output import print_json, progress, set_up_logging, stderr, stdout, warn_of_practice
from crawler.rescan_order import Order, order_for, rescanner_for
from crawler.rescan_processes import Reader, reader_beside, reader_here
from crawler.rescan_round import Round, begin_act, end_act, read_places
from crawler.rescan_slots import AT_ONCE, reader_by_workers
from crawler.rows import Row, time
from crawler.staff import staff_here
from evidence.address import parse_source_address
from storage.forms import CAPTURE_KEPT
from storage.mongo import Store
from storage.practice import is_practice
from storage.rescans import Rescan, Share, Tally, begin_rescan, end_rescan

SIGNS = {"done": "✓", "paused": "…", "busy": "✗"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed."""

    since: str | None
    source: str | None
    processes: int


@click.command()
@click.option("--since", metavar="T", help="Only what was received from then on. Example: --since 24h")
@click.option("--source", metavar="A", help="Only this room or import. Example: --source https://t.me/example_room")
@click.option(
    "--processes",
    type=click.IntRange(min=1, max=64),
    default=1,
    show_default=True,
    help="Over so many processes of this machine; 1 with HAECHI_BROKER_URL: over workers. Example: --processes 4",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines. Example: haechi rescan --json")
def rescan(since: str | None, source: str | None, processes: int, as_json: bool) -> int:
    """Run today's terms, rules and register over the pages that are stored; what is found is tagged retro.

    Ctrl-C pauses it after the pages at hand; stopped at any point, the same command goes on.

    Exit codes: 0 done, 1 failed, 2 bad input, 3 done but a place was being read all the time, 130 paused.

    Example: haechi rescan --since 48h
    """
    set_up_logging()
    settings = load_settings()
    asked = Asked(since=since, source=parse_source_address(source) if source else None, processes=processes)
    if since is not None:
        parse_moment(since, now(), "--since")  # mistakes are told before a database is started
    try:
        with database(settings) as uri:
            found = asyncio.run(_rescan(settings, uri, asked))
    except asyncio.CancelledError:
        stderr.print("! stopped: the same command goes on where it was")
        return INTERRUPTED
    _print(found, as_json)
    if found.is_done:
        return 0
    return SOME_BLIND if found.busy else INTERRUPTED


async def _rescan(settings: Settings, uri: str, asked: Asked) -> Round:
    async with evidence_store(settings, uri) as store, custody_log(store, settings) as custody:
        practised = await is_practice(store)
        warn_of_practice(settings, practised)
        staff = staff_here(store.cipher)
        order = await order_for(store, settings, asked.source)
        rescan = await _begin(store, order, asked)
        await custody.record(begin_act(rescan, staff))
        found = await _read(store, settings, uri, order, rescan, asked.processes)
        if found.is_done:
            await custody.record(end_act(rescan, staff, found.total))
            await end_rescan(store, rescan, found.total, now())
        return found


async def _begin(store: Store, order: Order, asked: Asked) -> Rescan:
    """Of older Captures the time ran out, even where the database has not come to them."""
    at = now()
    oldest = at - CAPTURE_KEPT
    since = max(oldest, parse_moment(asked.since, at, "--since")) if asked.since else oldest
    scope = f"{asked.since or 'all'} {asked.source or 'all'}"
    rescan = await begin_rescan(store, order.what, scope, since, at, begun_at=at)
    if rescan.is_resumed:
        stderr.print(f"going on with the rescan of {time(rescan.begun_at)}", markup=False)
    return rescan


async def _read(store: Store, settings: Settings, uri: str, order: Order, rescan: Rescan, processes: int) -> Round:
    """All places, on this process or on several, with a bar of places."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        stack.enter_context(_pausing(stop))
        bar = stack.enter_context(progress())
        task = bar.add_task("places", total=len(order.places))
        captures = 0

        def tell(added: Tally | None) -> None:
            nonlocal captures
            captures += added.captures if added else 0
            bar.update(task, advance=0 if added else 1, description=f"{captures:,} captures, places")

        readers: list[Reader] = []
        if processes == 1 and settings.broker_url:
            await check_broker(settings.broker_url)
            send = await stack.enter_async_context(sending(settings.broker_url, (CHORES,)))
            readers = [reader_by_workers(store, rescan, send, stop.is_set)] * min(AT_ONCE, len(order.places))
        elif processes == 1:
            rescanner = await rescanner_for(store, settings, order)
            readers.append(await stack.enter_async_context(reader_here(rescanner, rescan, stop.is_set)))
        for _ in range(min(processes, len(order.places)) if processes > 1 else 0):
            readers.append(await stack.enter_async_context(reader_beside(settings, uri, order, rescan, stop)))
        return await read_places(order.places, readers, stop.is_set, tell)


@contextmanager
def _pausing(stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C ends it after the partition at hand; a second one at once, which loses nothing either."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def pause() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        elif not stop.is_set():
            stderr.print("pausing after the pages at hand; Ctrl-C once more stops at once")
        stop.set()

    try:
        loop.add_signal_handler(signal.SIGINT, pause)
    except (ValueError, RuntimeError):  # not the main thread: whoever runs it there stops it
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


# ------------------------------------------------------------------ words


def _print(found: Round, as_json: bool) -> None:
    rows = [_row(source, share, "done" if share.is_done else "paused") for source, share in found.shares.items()]
    rows += [_row(source, None, "busy") for source in found.busy if source not in found.shares]
    for row in sorted(rows, key=lambda row: str(row["source"])):
        if as_json:
            print_json(row)
        elif row["captures"] or row["outcome"] != "done":
            stdout.print(f"{SIGNS[row['outcome']]} {row['source']}  {_counts(row)}", markup=False)
    words = f"{sum(share.is_done for share in found.shares.values()):,} of {found.places:,} places: "
    (stderr if as_json else stdout).print(words + _counts(asdict(found.total)), markup=False)
    if found.busy:
        stderr.print(f"! {len(found.busy)} being read all the time: the same command goes on with them")
    elif not found.is_done:
        stderr.print("! paused: the same command goes on where it was")


def _row(source: str, share: Share | None, outcome: str) -> Row:
    return {"source": source, "outcome": outcome, **asdict(share.tally if share else Tally())}


def _counts(row: Row) -> str:
    words = "{captures:,} captures  {posts:,} posts  {kept:,} newly kept  {extended:,} with more  {flagged:,} flagged"
    return words.format(**row) + ("  {unreadable:,} not readable".format(**row) if row["unreadable"] else "")
