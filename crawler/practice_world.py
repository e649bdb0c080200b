"""The practice world, served on this machine: its web pages, its Telegram, and the settings that lead there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

from config.settings import Settings
from crawler.assemble import now
from practice.story import build_world
from practice.telegram.mirror import mirror
from practice.telegram.server import TelegramServer
from practice.telegram.sessions import write_session
from practice.web import PracticeWeb
from practice.world import World

PACE_S = 0.02


@asynccontextmanager
async def practice_world(settings: Settings) -> AsyncIterator[tuple[World, Settings]]:
    """Serve the standard practice world.

    Args:
        settings: of this installation; what they say of real places is left out.

    Yields:
        The world, which may be changed, and the settings to watch it with.
    """
    world = build_world(now())
    site = PracticeWeb(world, now)
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
        try:
            yield world, settings.model_copy(update=update)
        finally:
            await site.stop()
