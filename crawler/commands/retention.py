"""``haechi retention``: how long what is kept, and the run that ends it."""

import click
from rich.progress import TaskID

from config.settings import Settings, load_settings
from crawler.assemble import now
from crawler.commands.options import json_option
from crawler.commands.running import run_logged, run_reading
from crawler.erasing import eraser_for
from crawler.output import print_json, progress, stderr, stdout
from crawler.rows import Row
from evidence.checkpoint import Files
from evidence.retention import Periods, read_periods
from storage.custody import Custody
from storage.erasure import finish_erasures
from storage.mongo import Store
from storage.retention import Row as ClassRow
from storage.retention import run_retention, survey

BUSY_S = 5.0
"""How long a pass over a room is waited for; the next run takes up what is left."""


@click.group()
def retention() -> None:
    """Destroy what has run out. What a held case holds stays."""


@retention.command()
@click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would go. Example: --dry-run")
@json_option
def run(is_dry: bool, as_json: bool) -> int:
    """End erasures that were begun, destroy what ran out, class by class; each leaves its record.

    Exit codes: 0 done, 1 something that ran out could not be destroyed now: run it again.

    Example: haechi retention run --dry-run
    """
    settings = load_settings()
    periods = read_periods(settings.retention)
    if is_dry:
        rows = run_reading(lambda store, staff: survey(store, periods, now()))
        left: tuple[str, ...] = ()
    else:
        rows, left = run_logged(lambda store, custody, staff: _run(store, custody, settings, periods))
    for row in rows:
        _print(row, is_dry, as_json)
    for line in left:
        stderr.print(f"! erasure not ended: {line}", markup=False)
    return 1 if left or any(row.left for row in rows) else 0


async def _run(
    store: Store, custody: Custody, settings: Settings, periods: Periods
) -> tuple[tuple[ClassRow, ...], tuple[str, ...]]:
    eraser = eraser_for(custody, Files(folder=settings.data_dir), now, BUSY_S)
    _, left = await finish_erasures(store, eraser)
    with progress() as bar:
        task: TaskID = bar.add_task("destroying", total=None)
        rows = await run_retention(
            store, eraser, periods, lambda done, whole: bar.update(task, completed=done, total=whole)
        )
    return rows, left


def _print(row: ClassRow, is_dry: bool, as_json: bool) -> None:
    if as_json:
        print_json(_row(row, is_dry))
        return
    kept = f"{row.days} days" if row.days is not None else "no end"
    words = f"{row.kept:<10} {kept:<10} ran out {row.due:,}"
    words += "" if is_dry else f", destroyed {row.destroyed:,}"
    words += f", held {row.held:,}" if row.held else ""
    words += f", left for the next run {row.left:,}" if row.left else ""
    words += f", entries {', '.join(f'{entry:,}' for entry in row.entries)}" if row.entries else ""
    stdout.print(words, markup=False)
    for name in row.long_open:
        stdout.print(f"  ! {name} has been undecided for over 180 days", markup=False)


def _row(row: ClassRow, is_dry: bool) -> Row:
    return {
        "class": str(row.kept),
        "days": row.days,
        "due": row.due,
        "destroyed": row.destroyed,
        "held": row.held,
        "left": row.left,
        "long_open": list(row.long_open),
        "entries": list(row.entries),
        "dry_run": is_dry,
    }
