"""One fault: begun while rooms change, healed, and then the store held against the world."""

import asyncio
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from bench.faults.ground import PATIENCE_S, Ground, Setup
from bench.faults.holding import Held, hold
from bench.faults.service import HAECHI, Row, await_until

INTACT = (0, 3)
"""Exit codes of ``haechi evidence verify``: intact, with and without a checkpoint from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong."""

    name: str
    setup: Setup
    begin: Callable[[Ground], AbstractContextManager[None]]
    """Goes wrong within it, and is healed at its end."""
    says: str = ""
    """In the reason of every pass meanwhile, all of which are blind; empty where no pass can tell of it."""
    ends: frozenset[int] = frozenset()
    """Exit codes that the service may end with because of it, and is started again."""
    times: int = 1
    """How often it is done each time."""
    needs: str = ""
    """What this machine lacks for it; then it is not tried."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """How a fault was survived."""

    tried: int = 0
    survived: int = 0
    lost: int = 0
    doubled: int = 0
    is_intact: bool = True
    is_honest: bool = True
    notes: list[str] = field(default_factory=list)
    """What was wrong, a line each."""


def try_fault(fault: Fault, ground: Ground, tally: Tally) -> None:
    """Do it as often as it says, and add to the tally."""
    for number in range(fault.times):
        tally.tried += 1
        before = len(tally.notes)
        try:
            _try_once(fault, ground, tally)
            if number == fault.times - 1:
                _verify(ground, tally)
        except (TimeoutError, OSError, subprocess.SubprocessError) as problem:
            tally.notes.append(f"{type(problem).__name__}: {problem}")
        tally.survived += len(tally.notes) == before


def _try_once(fault: Fault, ground: Ground, tally: Tally) -> None:
    service = ground.service
    service.await_passes(ground.rooms, 1, PATIENCE_S, outcome="watched")
    ended = len(service.endings)
    ground.change()
    with fault.begin(ground):
        meanwhile = len(service.passes)
        ground.change()
        if fault.says:
            _await_blind(fault, ground, meanwhile, tally)
        ground.change()
    service.await_passes(ground.rooms, 1, PATIENCE_S, outcome="watched")
    ground.change()
    service.await_passes(ground.rooms, 2, PATIENCE_S, outcome="watched")  # the second began after the change
    usual = {0, 3} if ground.setup.via == "telegram" else set()
    strange = set(service.endings[ended:]) - fault.ends - usual
    if strange:
        tally.notes.append(f"the service ended with {sorted(strange)}: {_why(ground)}")
    _judge(ground, tally)


def _await_blind(fault: Fault, ground: Ground, begun: int, tally: Tally) -> None:
    """Every room has a pass that says why it is blind; none that began meanwhile is watched."""

    def of_room(room: str) -> list[Row]:
        return [row for row in ground.service.passes[begun:] if row["source"] == room]

    def says(room: str) -> bool:
        return any(fault.says in (row["reason"] or "") for row in of_room(room))

    await_until(lambda: all(map(says, ground.rooms)), PATIENCE_S, f'every room says "{fault.says}"')
    for room in ground.rooms:
        wrong = [row for row in of_room(room)[1:] if row["outcome"] != "blind"]  # the first may have begun before
        if wrong:
            tally.is_honest = False
            tally.notes.append(f"{room} could not be seen, and its pass says {wrong[0]['outcome']}")


def _judge(ground: Ground, tally: Tally) -> None:
    with ground.store_uri() as uri:
        held: Held = asyncio.run(hold(uri, ground.home / "master.key", ground.restless))
    tally.lost += len(held.lost)
    tally.doubled += len(held.doubled)
    tally.is_honest = tally.is_honest and not held.claimed
    tally.notes += [*held.lost[:3], *held.doubled[:3], *held.claimed[:3]]


def _verify(ground: Ground, tally: Tally) -> None:
    """As ``haechi evidence verify`` says."""
    ended = subprocess.run(
        [HAECHI, "evidence", "verify"], env=ground.environment(), capture_output=True, text=True, check=False
    )
    if ended.returncode not in INTACT:
        tally.is_intact = False
        tally.notes.append(f"custody: {ended.stdout or ended.stderr[-300:]}")


def _why(ground: Ground) -> str:
    """What the service said when it ended by itself."""
    log: Path = ground.folder / "service.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line[:300] for line in reversed(lines) if not line.startswith(("{", "!"))), "nothing was said")
