"""Time of the processor: where others load the machine it says more than the clock."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of processor time, user and system together."""

    own: float
    """Of this process: server, client and whoever asks."""
    database: float
    """Of the embedded server; the system counts it in hundredths."""

    def __sub__(self, before: "Spent") -> "Spent":
        return Spent(own=self.own - before.own, database=self.database - before.database)

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(own=self.own + other.own, database=self.database + other.database)


NOTHING = Spent(own=0.0, database=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """Reads what was spent so far."""

    database: int
    """Process id of the embedded server."""

    def read(self) -> Spent:
        """Since both began."""
        fields = Path(f"/proc/{self.database}/stat").read_text().rpartition(")")[2].split()
        return Spent(own=time.process_time(), database=(int(fields[11]) + int(fields[12])) / TICKS)


def meter_of(folder: Path) -> Meter:
    """A meter for the embedded server of a data directory."""
    return Meter(database=int((folder / "server.lock").read_text().split()[0]))
