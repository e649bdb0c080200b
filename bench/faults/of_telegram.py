"""Telegram: connections that drop in mid-answer, outages, and waits that it asks for."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench.faults.ground import Ground, Setup
from bench.faults.trial import Fault

TELEGRAM = Setup(name="telegram", via="telegram", rooms=2)
DROPS = 3
WAIT_S = 65
"""Longer than a pass waits for."""


@contextmanager
def dropping(ground: Ground) -> Iterator[None]:
    """Every third answer breaks off in its middle."""
    faults = ground.telegram.world.faults
    ground.telegram.world.fault("*", action="truncate", every=DROPS, times=-1)
    ground.service.await_passes(ground.rooms, 1, 90.0)
    yield
    faults.clear()


@contextmanager
def outage(ground: Ground) -> Iterator[None]:
    """Nobody can connect."""

    async def begin() -> None:
        ground.telegram.stop_listening()
        ground.telegram.drop_all()

    ground.run(begin())
    yield
    ground.run(ground.telegram.listen())


@contextmanager
def flood_wait(ground: Ground) -> Iterator[None]:
    """Each question for posts is answered by a wait."""
    faults = ground.telegram.world.faults
    ground.telegram.world.fault("messages.getHistory", error=f"FLOOD_WAIT_{WAIT_S}", times=1)
    yield
    faults.clear()


FAULTS = (
    Fault(name="Telegram drops in mid-answer", setup=TELEGRAM, begin=dropping),
    Fault(name="Telegram cannot be reached", setup=TELEGRAM, begin=outage, says="Telegram"),
    Fault(name="Telegram asks to wait", setup=TELEGRAM, begin=flood_wait, says="to wait"),
)
