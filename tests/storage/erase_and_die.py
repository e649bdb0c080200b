"""A program that carries out an agreed erasure and kills itself before its n-th command to the database."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from evidence.checkpoint import Files
from evidence.cipher import Cipher
from storage.custody import open_custody
from storage.erasure import erase
from storage.mongo import open_store
from tests.conftest import MASTER_KEY, Clock
from tests.storage.erasing import TWO, eraser

TALK = ("ping", "hello", "endSessions", "saslStart", "saslContinue", "isMaster")


class Deadly(CommandListener):
    """Counts the commands from the moment that it is armed."""

    def __init__(self, last: int) -> None:
        self.last, self.is_armed, self.sent = last, False, 0

    def started(self, event: CommandStartedEvent) -> None:
        """Called by the driver before a command is sent."""
        self.sent += self.is_armed and event.command_name not in TALK
        if self.sent == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing."""


async def main(uri: str, folder: Path, proposal: str, last: int) -> None:
    """Erase, or die on the way."""
    deadly, clock = Deadly(last), Clock()
    async with (
        open_store(uri, Cipher(MASTER_KEY), [deadly]) as store,
        open_custody(store, clock, Files(folder=folder)) as custody,
    ):
        deadly.is_armed = True
        await erase(store, eraser(custody, folder, clock), TWO, proposal)
        deadly.is_armed = False


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
