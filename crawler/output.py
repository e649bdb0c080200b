"""How commands speak: rows to stdout, everything else to stderr."""

import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from config.settings import Settings
from crawler.log_lines import OthersLines, processors
from crawler.rows import run_row
from evidence.records import CrawlRun, Outcome
from evidence.shown import shown

SIGNS = {
    Outcome.WATCHED: ("✓", "green"),
    Outcome.BLIND: ("✗", "bold red"),
    Outcome.GONE: ("∅", "yellow"),
    Outcome.REFUSED: ("⊘", "yellow"),
}
"""A sign and a colour; the sign alone is enough in grey."""

WIDE = 240
"""Columns where the output is not a terminal."""


class _Voice(Console):
    """A console whose listener may go away (``| head``): then the work goes on without words."""

    def on_broken_pipe(self) -> None:
        """Rich would end the program here."""
        fall_silent()


stdout = _Voice(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)
stderr = _Voice(stderr=True, highlight=False, soft_wrap=True)


def fall_silent() -> None:
    """Nobody reads standard output any more: send the rest of it nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def set_up_logging(level: int = logging.WARNING) -> None:
    """Send log lines to stderr, as JSON unless that is a terminal; ids and addresses only, never text."""
    structlog.configure(
        processors=processors(sys.stderr.isatty()),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(OthersLines())
    logging.basicConfig(handlers=[lines], level=logging.WARNING)


def warn_of_practice(settings: Settings, is_practice: bool = False) -> None:
    """Say it wherever loopback addresses are accepted, and wherever what is shown comes from practice."""
    if is_practice:
        stderr.print("[yellow]! practice: these rooms and schools are invented[/]")
    elif settings.allow_loopback:
        stderr.print("[yellow]! HAECHI_ALLOW_LOOPBACK=1: loopback addresses are accepted; for practice only[/]")


def print_json(row: Mapping[str, Any]) -> None:
    """One row of JSON Lines, flushed."""
    line = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode()
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        fall_silent()


def reporter(as_json: bool) -> Callable[[CrawlRun], None]:
    """What prints each pass as it ends: for programs or for people."""
    return (lambda run: print_json(run_row(run))) if as_json else print_run


def print_run(run: CrawlRun) -> None:
    """One pass for people."""
    sign, colour = SIGNS[run.outcome]
    members = f"  {run.members:,} members" if run.members is not None else ""
    found = f"  {run.mentions} mentions  {run.flags} flags" if run.mentions or run.flags else ""
    changes = f"{run.posts_seen} posts: {run.new} new, {run.edited} edited, {run.removed} removed"
    if run.via.startswith("directory:"):
        changes = f"{run.posts_seen} rooms: {run.new} new"
    stdout.print(f"[{colour}]{sign} {run.outcome:<8}[/] {run.source}  {changes}{found}{members}", markup=True)
    if run.reason:
        stdout.print(f"           {shown(run.reason)}", markup=False)


def progress(of_bytes: bool = False) -> Progress:
    """A bar on stderr, of steps or of bytes; shown on a terminal only."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn() if of_bytes else MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=stderr,
        transient=True,
        disable=not sys.stderr.isatty(),
    )
