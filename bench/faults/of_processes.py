"""Processes that are killed, stopped or put to sleep."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bench.faults.ground import PATIENCE_S, Ground, Setup
from bench.faults.service import await_until
from bench.faults.trial import Fault
from storage.embedded import _holder
from tests.rabbitmq import program

KILLED, FAILED = -signal.SIGKILL, 1
SOON_S = 1.2
"""Within which a kill falls: passes are made every second."""
PAUSED_S, AWAY_S = 20.0, 5.0
KILLS, DATABASE_KILLS = 3, 2
"""The service looks for a database that is gone for some time before it ends."""

EMBEDDED, DATABASE, BOTH = Setup(name="haechi"), Setup(name="database"), Setup(name="both")
OWN = Setup(name="own database", has_own_database=True)
WORKERS = Setup(name="workers", has_own_database=True, has_broker=True)
NO_BROKER = "" if program() else "rabbitmq-server"


@contextmanager
def kill(ground: Ground, *, crawler: bool, database: bool) -> Iterator[None]:
    """Kill at any moment; who ended is started again."""
    time.sleep(ground.restless.chance.random() * SOON_S)
    ended = len(ground.service.endings)
    holder = _holder(ground.home) if database else None
    if crawler:
        os.kill(ground.service.pid, signal.SIGKILL)
    if holder is not None:
        with suppress(ProcessLookupError):
            os.kill(holder[0], signal.SIGKILL)
    yield
    await_until(lambda: len(ground.service.endings) > ended, PATIENCE_S, "the service ends")
    if ground.database:
        ground.database.roll_back()


@contextmanager
def stopped(ground: Ground) -> Iterator[None]:
    """The database ends in order, is away for some seconds, and comes back."""
    if ground.database is None:
        raise ValueError("this ground has no database of its own")
    ground.database.stop()
    yield
    time.sleep(AWAY_S)
    ground.database.start()


@contextmanager
def asleep(ground: Ground) -> Iterator[None]:
    """The database does nothing for a while: connections stay, answers do not come."""
    if ground.database is None:
        raise ValueError("this ground has no database of its own")
    ground.database.signal(signal.SIGSTOP)
    try:
        yield
        time.sleep(PAUSED_S)
    finally:
        ground.database.signal(signal.SIGCONT)


@contextmanager
def kill_broker(ground: Ground) -> Iterator[None]:
    """The broker is killed, is away for some seconds, and comes back with what was in its queues."""
    if ground.broker is None:
        raise ValueError("this ground has no broker")
    ground.broker.kill()
    yield
    time.sleep(AWAY_S)
    ground.broker.start()


FAULTS = (
    Fault(
        name="kill -9 of Haechi",
        setup=EMBEDDED,
        begin=lambda ground: kill(ground, crawler=True, database=False),
        ends=frozenset({KILLED}),
        times=KILLS,
    ),
    Fault(
        name="kill -9 of both",
        setup=BOTH,
        begin=lambda ground: kill(ground, crawler=True, database=True),
        ends=frozenset({KILLED}),
        times=KILLS,
    ),
    Fault(
        name="kill -9 of the database",
        setup=DATABASE,
        begin=lambda ground: kill(ground, crawler=False, database=True),
        ends=frozenset({FAILED}),
        times=DATABASE_KILLS,
    ),
    Fault(name="database stopped and started", setup=OWN, begin=stopped, ends=frozenset({FAILED})),
    Fault(name="database asleep for 20 s", setup=OWN, begin=asleep, ends=frozenset({FAILED})),
    Fault(name="kill -9 of the broker", setup=WORKERS, begin=kill_broker, needs=NO_BROKER),
    Fault(
        name="kill -9 of a worker",
        setup=WORKERS,
        begin=lambda ground: kill(ground, crawler=True, database=False),
        ends=frozenset({KILLED}),
        needs=NO_BROKER,
    ),
)
