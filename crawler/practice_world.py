"""The practice world, served on this machine: web pages, a Telegram, a directory, and what leads there."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from config.settings import Settings
from crawler.assemble import now
from evidence.checkpoint import Files
from practice.directory.web import PracticeDirectory
from practice.story import build_world
from practice.telegram.mirror import mirror
from practice.telegram.server import TelegramServer
from practice.telegram.sessions import write_session
from practice.web import PracticeWeb
from practice.world import World

PACE_S = 0.02


DIRECTORY = """
directories:
  - site: tgviewer
    address: {base}/channel/page/1
    every: 20s
    name_matches: [소식, 이야기]
"""
"""Added to the practice watchlist: the directory's port is another one each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeWorld:
    """A world that is being served."""

    world: World
    """May be changed; its places follow."""
    settings: Settings
    """To watch it with."""
    watchlist: str
    """YAML."""


def forget_checkpoints(settings: Settings) -> None:
    """Practice begins its log anew: what was signed of the earlier one would show it as cut."""
    files = Files(folder=settings.data_dir)
    files.notes.unlink(missing_ok=True)
    shutil.rmtree(files.stamps, ignore_errors=True)


@asynccontextmanager
async def practice_world(settings: Settings) -> AsyncIterator[PracticeWorld]:
    """Serve the standard practice world.

    Args:
        settings: of this installation; what they say of real places is left out.
    """
    world = build_world(now())
    site, directory = PracticeWeb(world, now), PracticeDirectory(world)
    session = settings.data_dir / "practice.session"
    async with TelegramServer(mirror(world)) as telegram:
        telegram.register(write_session(session, telegram.port))
        update = {
            "web_base": await site.start(),
            "allow_loopback": True,
            "pace_s": PACE_S,
            "schools": Path(str(files("practice") / "schools.csv")),
            "telegram_session": str(session),
            "telegram_api_id": 1,
            "telegram_api_hash": "practice",
            "legal_basis": "practice: rooms and people are invented",
        }
        listed = DIRECTORY.format(base=await directory.start())
        watchlist = (files("practice") / "watchlist.yaml").read_text(encoding="utf-8") + listed
        try:
            yield PracticeWorld(world=world, settings=settings.model_copy(update=update), watchlist=watchlist)
        finally:
            await site.stop()
            await directory.stop()
