"""Puts the Telegram side together: sessions held, accounts, their memory in the store, the collector."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

import structlog

from channels.pace import FORGIVEN_S, Pace
from channels.telegram.account import SHORT_WAIT_S, Account, Application
from channels.telegram.accounts import Accounts
from channels.telegram.collector import TelegramCollector
from channels.telegram.intervals import Intervals
from channels.telegram.session import held, label_of, read_session
from config.settings import Settings
from evidence.errors import ConfigError
from storage.accounts import StoredAccounts
from storage.bases import note_basis
from storage.holds import load_holds, save_holds
from storage.mongo import Store

PAUSE_S = 1.0
"""Between two requests of one method. Telegram publishes no number; one a second is what others found to last."""
LOOK_UP_PAUSE_S = 4.0
"""Twenty names a minute at the most: with jitter 3 s between them would be more now and then."""

Pseudonyms = Callable[[str, str], str]

log = structlog.get_logger()


@asynccontextmanager
async def telegram_collector(
    store: Store, settings: Settings, clock: Callable[[], datetime], due: Callable[[str], None], posters: Pseudonyms
) -> AsyncIterator[TelegramCollector]:
    """The collector over all sessions that are set, connected when they are needed.

    Args:
        store: open.
        settings: complete, as ``why_no_telegram`` says.
        clock: the moment.
        posters: a poster's pseudonym, from the Source's address and what Telegram calls them.
        due: told the address of a Source of which Telegram says that something happened.

    Raises:
        ConfigError: a session file is missing, not signed in, or in use by another process.
    """
    basis = settings.legal_basis or ""
    log.info("reading via telegram", legal_basis=basis, accounts=len(settings.sessions))
    await note_basis(store, basis, clock())
    pace = await _pace(store, settings, clock)

    async def save() -> None:
        await save_holds(store, pace.known_holds(), clock())

    memory = StoredAccounts(store, save)
    intervals = Intervals(pause_s=PAUSE_S if settings.pace_s is None else settings.pace_s)

    def hint(channel_id: int) -> None:
        if address := intervals.address_of(channel_id):
            due(address)

    async with AsyncExitStack() as stack:
        accounts = {}
        for path in _distinct(settings.sessions):
            stack.enter_context(held(path))
            account = Account(label_of(path), read_session(path), _application(settings), pace, memory, clock, hint)
            stack.push_async_callback(account.close)
            accounts[account.label] = account
            await memory.put_in_use(account.label)
        yield TelegramCollector(Accounts(accounts, memory, clock), memory, posters, intervals)
        await save()


async def _pace(store: Store, settings: Settings, clock: Callable[[], datetime]) -> Pace:
    """Turns of every method of every account, with the waits that earlier processes were told."""
    pace = Pace(settings.pace_s, usual_s=PAUSE_S, patience_s=SHORT_WAIT_S, longest_s=float("inf"))
    for path in settings.sessions:
        pace.slow_down(f"telegram {label_of(path)} contacts.resolveUsername", LOOK_UP_PAUSE_S)
    pace.restore(await load_holds(store, clock(), FORGIVEN_S))
    return pace


def _application(settings: Settings) -> Application:
    return Application(api_id=settings.telegram_api_id or 0, api_hash=settings.telegram_api_hash or "")


def _distinct(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """An account's label is its file's name: two files of one name cannot be told apart."""
    labels = [label_of(path) for path in paths]
    if twice := {label for label in labels if labels.count(label) > 1}:
        raise ConfigError(f"HAECHI_TELEGRAM_SESSION: {min(twice)} is named twice: each session needs a name of its own")
    return paths
