"""``python -m bench.faults.clocked FILE …``: Haechi whose clock of the day is as many seconds ahead as a file says.

The clock that never goes back stays as it is, as on a machine whose time somebody sets. The database server is
a program of its own and keeps the right time.
"""

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from crawler.cli import main

LOOK_S = 0.1


def follow(place: Path, clock: time_machine.Traveller) -> None:
    """Set the clock whenever the file says something else."""
    before_s = 0.0
    while True:
        ahead_s = float(place.read_text(encoding="ascii") or before_s)
        if ahead_s != before_s:
            clock.shift(timedelta(seconds=ahead_s - before_s))
            before_s = ahead_s
        time.sleep(LOOK_S)


if __name__ == "__main__":
    running = time_machine.travel(datetime.now(UTC), tick=True).start()
    threading.Thread(target=follow, args=(Path(sys.argv[1]), running), daemon=True).start()
    main(sys.argv[2:])
