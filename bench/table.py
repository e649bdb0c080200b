"""Timing in turns and printing beside each other."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

import structlog
from rich.console import Console
from rich.table import Table


def measure_in_turns(works: Mapping[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """Units a second of processor time of each work, the median of rounds in which they take turns.

    Args:
        works: each returns how many units it did.
        rounds: after one that is not counted.
    """
    speeds: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            begin = time.process_time()
            units = work()
            if number:
                speeds[name].append(units / (time.process_time() - begin))
    return {name: median(found) for name, found in speeds.items()}


def print_only_tables() -> None:
    """Passes that are timed say nothing of themselves."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def print_speeds(title: str, unit: str, speeds: Mapping[str, float], base: str) -> None:
    """A row each, with the ratio to ``base``."""
    rows = [(name, f"{speed:,.0f}", f"{speed / speeds[base]:.2f}") for name, speed in speeds.items()]
    print_table(title, ("", f"{unit}/s", f"against {base}"), rows)


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table on standard output."""
    table = Table(*head, title=title, title_justify="left", box=None)
    for row in rows:
        table.add_row(*row)
    Console().print(table, "")
