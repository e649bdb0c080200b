"""How long a person waits before the program says anything."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.table import print_table

GOAL_S = 0.4
RUNS = 9


def main() -> None:
    """Print the median time of whole processes."""
    program = str(Path(sys.executable).with_name("haechi"))
    bare = time_of([sys.executable, "-c", "import click"])
    ours = time_of([program, "--help"])
    rows = [("python -c 'import click'", f"{bare:.3f}", "1.00"), ("haechi --help", f"{ours:.3f}", f"{ours / bare:.2f}")]
    print_table(f"Start-up (goal: under {GOAL_S} s)", ("", "s", "against bare"), rows)


def time_of(command: list[str]) -> float:
    """Seconds of the whole process, median of several after one that is not counted."""
    times = []
    for _ in range(RUNS + 1):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
    return median(times[1:])
