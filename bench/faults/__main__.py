"""What becomes of posts, log and coverage when something breaks: every fault, done to real processes.

``python -m bench.faults [WORD …] [--times N]`` does those whose name holds one of the words.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from bench.faults import of_machine, of_peers, of_processes, of_telegram
from bench.faults.ground import Ground
from bench.faults.trial import Fault, Tally, try_fault
from bench.table import print_table

FAULTS: tuple[Fault, ...] = (*of_processes.FAULTS, *of_machine.FAULTS, *of_peers.FAULTS, *of_telegram.FAULTS)
HEAD = ("fault", "tried", "survived", "lost", "doubled", "custody", "coverage")
AT_ONCE = 5
"""Grounds beside each other: most of the time is waiting."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; returns 1 if anything was not survived."""
    options = _read_options(arguments)
    chosen = [fault for fault in FAULTS if not options.names or any(name in fault.name for name in options.names)]
    can = [fault for fault in chosen if not fault.needs]
    grounds = [list(faults) for _, faults in groupby(can, key=lambda fault: fault.setup)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried = [
            pair for pairs in pool.map(lambda faults: list(_try(faults, options.times)), grounds) for pair in pairs
        ]
    print_table("Faults", HEAD, [_row(fault, tally) for fault, tally in tried])
    for fault in chosen:
        if fault.needs:
            print(f"not tried, since this machine lacks {fault.needs}: {fault.name}")
    return int(any(tally.survived < tally.tried for _, tally in tried))


def _try(faults: Sequence[Fault], times: int) -> Iterator[tuple[Fault, Tally]]:
    """Faults of one setup, one after the other over the same installation."""
    with Ground(faults[0].setup, seed=20261122) as ground:
        for fault in faults:
            tally, begun = Tally(), time.monotonic()
            for _ in range(times):
                try_fault(fault, ground, tally)
            took_s = time.monotonic() - begun
            print(
                f"{fault.name}: {tally.survived} of {tally.tried}, {took_s:.0f} s",
                *tally.notes,
                sep="\n  ",
                file=sys.stderr,
            )
            yield fault, tally


def _row(fault: Fault, tally: Tally) -> tuple[str, ...]:
    numbers = (tally.tried, tally.survived, tally.lost, tally.doubled)
    custody = "intact" if tally.is_intact else "broken"
    return (fault.name, *map(str, numbers), custody, "honest" if tally.is_honest else "wrong")


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("names", nargs="*", help="words in names of faults; all where none is given")
    parser.add_argument("--times", type=int, default=1, help="how often each is done")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
