"""Servers beside a test that runs commands: a loop of their own in a thread, and commands called as a person would."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from click.testing import CliRunner

from crawler.cli import run_command
from crawler.crawl import Crawler
from crawler.passes import pass_over
from evidence.records import CrawlRun, Directory, Source, Watchlist
from practice.directory.web import PracticeDirectory

T = TypeVar("T")
HAECHI = str(Path(sys.executable).with_name("haechi"))


class Beside:
    """An event loop in a thread, for servers that must answer while the test waits."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self) -> None:
        """End the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """JSON Lines on standard output; anything else there fails."""
        return [json.loads(line) for line in self.out.splitlines()]


def call(*arguments: str, env: Mapping[str, str], given: str | bytes = "") -> Ended:
    """Run a command in this process, as ``haechi`` does."""
    with CliRunner(env=dict(env)).isolation(input=given) as (out, err, _):
        code = run_command(list(arguments))
        return Ended(code=code, out=out.getvalue().decode(), err=err.getvalue().decode())


def start(*arguments: str, env: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start a real process; settings come from ``env`` alone."""
    return subprocess.Popen(
        [HAECHI, *arguments],
        env={**_without_settings(), **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: "subprocess.Popen[str]", timeout_s: float = 60) -> Ended:
    """Wait for its end."""
    out, err = process.communicate(timeout=timeout_s)
    return Ended(code=process.returncode, out=out, err=err)


def _without_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("HAECHI_")}


KEYS = {
    "runs": "source via outcome reason captures posts_seen new edited removed mentions flags members"
    " started_at ended_at | kept unchanged failed",
    "posts": "id source native_id native_ids address posted_at edited_at revision removed text mentions flags"
    " | removed_at seen_at earlier",
    "mentions": "post source address posted_at start end surface school candidates level rule confidence | revision",
    "flags": "id source address posted_at flagged_at severity reasons revision state"
    " | disposition category decided_severity decided_at rank due_at delay_s retro",
    "counts": "source at value low high online origin",
    "coverage": "source hour state reason passes",
    "rooms": "address title first_seen listed_by count status",
    "evidence": "id source post revision at severity sealed_in_log erased",
}
"""As published, in that order; what stands behind the bar is added by Haechi."""


def keys(kind: str) -> list[str]:
    """Keys of a row."""
    return KEYS[kind].replace("| ", "").split()


PLACES = {
    "telemetrio": "/en/channels",
    "tgstat": "/education",
    "tgviewer": "/channel/page/1",
    "combot": "/api/chart/all",
    "generic": "/links",
}
TALK = Source(address="https://t.me/practice_talk", backfill_s=None)
GROUP = "https://t.me/practice_group"


async def passes(watchlist: Watchlist, crawler: Crawler) -> dict[str, CrawlRun]:
    """One pass over everything, by name of the room."""
    runs = await pass_over(watchlist.sources, crawler, lambda run: None)
    return {run.source.rsplit("/", 1)[-1]: run for run in runs}


def changes(run: CrawlRun) -> tuple[int, int, int]:
    """New, edited and removed posts."""
    return run.new, run.edited, run.removed


def at(listing: PracticeDirectory, site: str = "telemetrio", *names: str, auto_watch: int = 0) -> Directory:
    """A directory of the watchlist."""
    address = listing.base + PLACES[site]
    return Directory(site=site, address=address, every_s=3_600, name_matches=names, auto_watch=auto_watch)
