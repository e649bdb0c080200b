"""The review console over loopback with 20,000 flags waiting: what a reviewer waits for, alone and as one of fifty.

Server, client and reviewers share one process and its cores with the embedded database; a bare aiohttp page of the
same size, asked for by the same client in the same run, shows what of it is not ours. Processor time is that of
all of them but the database, and that of the database. ``BENCH_FLAGS`` sets another number of flags.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web

from bench.console_flags import fill
from bench.cpu import NOTHING, Meter, Spent, meter_of
from bench.search import p95
from bench.table import print_table
from config.settings import Settings
from console.cookies import SESSION_COOKIE, form_key
from console.events import Events
from console.passwords import Passwords
from console.rates import Rates
from console.serving import serving
from console.visit import Console
from crawler.assemble import now
from crawler.console_works import works_for
from evidence.checkpoint import Files
from evidence.cipher import Cipher
from evidence.roles import Role
from storage.custody import Custody, open_custody
from storage.embedded import embedded_server
from storage.mongo import Store, open_store
from storage.people import add_person
from storage.sessions import Stage, begin_session

FLAGS = 20_000
REVIEWERS, EACH, ALONE = 50, 4, 100
"""Reviewers at once, flags that each claims and decides; pages that one reviewer opens alone."""
GOAL_MS = 100
LISTS = {
    "list, filtered": "severity=low&office=C10",
    "list that leaves nothing": "severity=medium&office=C10",
    "list of second reviews": "shelf=second",
    "list of a room": "source=https://t.me/other_room",
}
DECISION = {"disposition": "not_relevant", "severity": "low", "category": "awareness", "reason": "reporting"}


@dataclass(slots=True)
class Waits:
    """Milliseconds that were waited, and what went wrong."""

    ms: list[float] = field(default_factory=list)
    errors: int = 0
    spent: Spent = NOTHING
    """Only where nobody else asks at the same time."""

    def row(self, name: str) -> tuple[str, ...]:
        """As it is printed."""
        median, worst = sorted(self.ms)[len(self.ms) // 2], max(self.ms)
        own, database = (f"{1000 * each / len(self.ms):.0f}" for each in (self.spent.own, self.spent.database))
        return (
            name,
            f"{len(self.ms):,}",
            f"{median:.0f}",
            f"{p95(tuple(self.ms)):.0f}",
            f"{worst:.0f}",
            *(("", "") if self.spent is NOTHING else (own, database)),
            str(self.errors),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Somebody with a session."""

    client: ClientSession
    origin: str
    secret: str
    key: str
    meter: Meter | None = None
    """Of whoever asks alone."""

    async def ask(self, waits: Waits, method: str, path: str, **form: str) -> tuple[str, str]:
        """Ask for a page; where it leads to, and what it says."""
        before, begin = self.meter.read() if self.meter else NOTHING, perf_counter()
        async with self.client.request(
            method,
            self.origin + path,
            headers={"Cookie": f"{SESSION_COOKIE}={self.secret}"},
            data={"csrf": self.key, **form} if method == "POST" else None,
            allow_redirects=False,
        ) as response:
            text = await response.text()
        waits.ms.append((perf_counter() - begin) * 1000)
        if self.meter:
            waits.spent += self.meter.read() - before
        waits.errors += response.status >= 400
        return response.headers.get("Location", ""), text


def main() -> None:
    """Fill a store, then print what is waited for."""
    flags = int(os.environ.get("BENCH_FLAGS") or FLAGS)
    with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder)) as uri:
        asyncio.run(measure(uri, Path(folder), flags))


async def measure(uri: str, folder: Path, flags: int) -> None:
    """One reviewer alone, then fifty at once, each beside a bare page."""
    address = uri.replace("/?", "/bench_console?")
    async with (
        open_store(address, Cipher(bytes(32))) as store,
        open_custody(store, now, Files(folder=folder), serves=True) as custody,
    ):
        begin = perf_counter()
        await fill(store, custody, flags)
        print(f"{flags:,} flags with their posts, items and log entries, made in {perf_counter() - begin:.0f} s")
        async with (
            served(store, custody, folder) as console,
            ClientSession(cookie_jar=DummyCookieJar(), connector=TCPConnector(limit=0)) as client,
        ):
            staff = [await reviewer(console, client, number) for number in range(REVIEWERS + 1)]
            meter = meter_of(folder)
            rows, size = await alone(replace(staff[0], meter=meter))
            async with bare(size) as plain:
                rows += [await plainly(client, plain, 1, ALONE)]
                before = meter.read()
                rows += await together(staff[1:])
                spent = meter.read() - before
                rows += [await plainly(client, plain, REVIEWERS, EACH)]
    head = ("", "asked", "median ms", "p95 ms", "longest ms", "CPU ms", "its database", "errors")
    print_table(f"console with {flags:,} flags waiting (goal: the pages alone under {GOAL_MS} ms)", head, rows)
    turns = REVIEWERS * EACH
    print(
        f"{REVIEWERS} at once: queue, claim, page and decision took {1000 * spent.own / turns:.0f} ms of processor time"
        f" and {1000 * spent.database / turns:.0f} ms of the database's, for each of {turns:,} flags"
    )


async def alone(one: Reviewer) -> tuple[list[tuple[str, ...]], int]:
    """Pages that one reviewer opens after each other; also the size of a flag's page."""
    queue, claims, pages, decisions, first = Waits(), Waits(), Waits(), Waits(), Waits()
    lists = {name: Waits() for name in LISTS}
    await one.ask(first, "GET", "/queue")
    text = ""
    for turn in range(ALONE):
        await one.ask(queue, "GET", "/queue")
        for name, waits in lists.items():
            await one.ask(waits, "GET", f"/queue?{LISTS[name]}")
        if turn % 5 == 0:
            flag, _ = await one.ask(claims, "POST", "/queue/next", go_on="1")
        _, text = await one.ask(pages, "GET", flag)
        if turn % 5 == 4:
            await one.ask(decisions, "POST", f"{flag}/decide", **DECISION)
    named = {"queue, first of the process": first, "queue": queue, **lists}
    named |= {"a flag's page": pages, "claim the next": claims, "decide": decisions}
    return [waits.row(name) for name, waits in named.items()], len(text.encode())


async def together(staff: list[Reviewer]) -> list[tuple[str, ...]]:
    """Fifty who open the queue, claim, read and decide at once."""
    queue, claims, pages, decisions = Waits(), Waits(), Waits(), Waits()

    async def work(one: Reviewer) -> None:
        for _ in range(EACH):
            await one.ask(queue, "GET", "/queue")
            flag, _text = await one.ask(claims, "POST", "/queue/next", go_on="1")
            claims.errors += flag.count("/") != 2  # back to the list: nothing was claimed
            await one.ask(pages, "GET", flag)
            await one.ask(decisions, "POST", f"{flag}/decide", **DECISION)

    await asyncio.gather(*map(work, staff))
    named = {"queue": queue, "a flag's page": pages, "claim the next": claims, "decide": decisions}
    return [waits.row(f"{REVIEWERS} at once: {name}") for name, waits in named.items()]


async def plainly(client: ClientSession, address: str, at_once: int, each: int) -> tuple[str, ...]:
    """A bare page of the same size."""
    waits = Waits()

    async def work() -> None:
        for _ in range(each):
            begin = perf_counter()
            async with client.get(address) as response:
                await response.text()
            waits.ms.append((perf_counter() - begin) * 1000)

    await asyncio.gather(*(work() for _ in range(at_once)))
    return waits.row("bare aiohttp page" if at_once == 1 else f"{at_once} at once: bare aiohttp page")


@asynccontextmanager
async def bare(size: int) -> AsyncIterator[str]:
    """An aiohttp server that says always the same."""
    body = b"x" * size

    async def page(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@asynccontextmanager
async def served(store: Store, custody: Custody, folder: Path) -> AsyncIterator[Console]:
    """The console, with the packaged register."""
    settings = Settings(data_dir=folder)

    def make(host: str, port: int) -> Console:
        return Console(
            store=store,
            custody=custody,
            clock=now,
            origin=f"http://{host}:{port}",
            lang="ko",
            idle=timedelta(minutes=30),
            is_practice=True,
            allows_loopback=False,
            passwords=Passwords(),
            events=Events(),
            rates=Rates(now),
            works=works_for(store, custody, settings, is_practice=True),
        )

    async with serving(make, "127.0.0.1", 0) as console:
        yield console


async def reviewer(console: Console, client: ClientSession, number: int) -> Reviewer:
    """Somebody who is signed in."""
    person = await add_person(console.store, f"reviewer {number}", Role.INVESTIGATOR, None, "ko", now())
    secret, _ = await begin_session(console.store, person.id, Stage.FULL, now())
    return Reviewer(client=client, origin=console.origin, secret=secret, key=form_key(console, secret))
