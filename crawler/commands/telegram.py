"""``haechi telegram``: sign accounts in, see how they stand, give a room to another account."""

import asyncio
from datetime import timedelta
from pathlib import Path

import click

from channels.telegram.account import Application
from channels.telegram.accounts import LOOK_UPS_A_DAY
from channels.telegram.session import held, is_held, label_of, read_session, write_session
from channels.telegram.sign_in import new_session, sign_in
from config.settings import Settings, load_settings
from crawler.assemble import evidence_store, now
from crawler.commands.options import json_option
from crawler.database import database, make_data_dir
from crawler.output import print_json, set_up_logging, stdout, warn_of_practice
from crawler.rows import Row, time
from evidence.accounts import AccountState
from evidence.address import parse_room_address
from evidence.errors import ConfigError
from storage.accounts import StoredAccounts
from storage.holds import load_holds
from storage.mongo import Store


@click.group()
def telegram() -> None:
    """Sign Telegram accounts in and see how they stand (docs/telegram.md)."""


@telegram.command()
@click.option(
    "--session",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the session goes. Default: HAECHI_TELEGRAM_SESSION, else telegram.session in the data directory."
    " Example: --session ~/monitor-2.session",
)
def login(path: Path | None) -> None:
    """Sign an account in: asks for phone number, code and password, and writes a session file.

    Example: haechi telegram login
    """
    settings = load_settings()
    warn_of_practice(settings)
    if not (settings.telegram_api_id and settings.telegram_api_hash):
        raise ConfigError("HAECHI_TELEGRAM_API_ID, HAECHI_TELEGRAM_API_HASH: not set; my.telegram.org gives them")
    place = _place(path, settings)
    session = new_session(settings.telegram_dc, settings.telegram_key)
    application = Application(api_id=settings.telegram_api_id, api_hash=settings.telegram_api_hash)
    with held(place):
        asyncio.run(sign_in(session, application, _AtTerminal()))
        write_session(place, session)
    stdout.print(f"✓ signed in; the session is in {place}, for you alone: whoever has it has the account", markup=False)
    if place not in settings.sessions:
        stdout.print(f"  now set HAECHI_TELEGRAM_SESSION={place}", markup=False)


def _place(path: Path | None, settings: Settings) -> Path:
    """Where the session file goes; one that is in use already stays as it is."""
    make_data_dir(settings)
    place = path or (settings.sessions[0] if settings.sessions else settings.data_dir / "telegram.session")
    if place.exists():
        raise ConfigError(f"{place} is there already: name another file with --session, or move that one away first")
    if not place.parent.is_dir():
        raise ConfigError(f"{place.parent}: there is no such directory")
    return place


class _AtTerminal:
    """Asks the person who runs the command; nothing typed is repeated anywhere."""

    def phone(self) -> str:
        """The account's number."""
        return str(click.prompt("Phone number with country code", err=True)).strip()

    def code(self) -> str:
        """The code from Telegram."""
        return str(click.prompt("Code that Telegram has sent", err=True)).strip()

    def password(self) -> str:
        """The second step; not shown."""
        return str(click.prompt("Password of two-step verification", hide_input=True, err=True))


@telegram.command()
@json_option
def status(as_json: bool) -> None:
    """Show accounts, their rooms, look-ups left and waits; asks Telegram nothing.

    Example: haechi telegram status --json
    """
    set_up_logging()
    settings = load_settings()
    with database(settings) as uri:
        rows = asyncio.run(_status(settings, uri))
    if not as_json and (missing := settings.why_no_telegram):
        stdout.print(f"! {missing}", markup=False)
    for row in rows:
        print_json(row) if as_json else _print(row)


async def _status(settings: Settings, uri: str) -> list[Row]:
    async with evidence_store(settings, uri) as store:
        return await account_rows(store, settings)


async def account_rows(store: Store, settings: Settings) -> list[Row]:
    """How each account stands, without asking Telegram."""
    memory = StoredAccounts(store)
    paths = {label_of(path): path for path in settings.sessions}
    holds = await load_holds(store, now(), 0.0)
    return [_row(state, paths.get(state.label), holds) for state in await memory.states(tuple(paths), now())]


def _row(state: AccountState, path: Path | None, holds: dict[str, tuple[float, int]]) -> Row:
    waits = [
        {"method": name.rpartition(" ")[2], "until": time(now() + timedelta(seconds=left_s))}
        for name, (left_s, _) in sorted(holds.items())
        if name.startswith(f"telegram {state.label} ") and left_s > 0
    ]
    how, why = _how(state, path)
    return {
        "account": state.label,
        "session": str(path) if path else None,
        "state": how,
        "reason": why,
        "rooms": len(state.rooms),
        "sources": list(state.rooms),
        "look_ups": state.look_ups,
        "look_ups_left": max(0, LOOK_UPS_A_DAY - state.look_ups),
        "waits": waits,
    }


def _how(state: AccountState, path: Path | None) -> tuple[str, str | None]:
    """How an account stands, and why."""
    if path is None:
        return "missing", "its session is not in HAECHI_TELEGRAM_SESSION; its rooms are blind"
    try:
        read_session(path)
    except ConfigError as problem:
        return "out of use", str(problem)
    if state.out_of_use:
        return "out of use", state.out_of_use
    return ("in use", "another command reads with it") if is_held(path) else ("ready", None)


def _print(row: Row) -> None:
    sign = "✓" if row["state"] in ("ready", "in use") else "✗"
    left = f"{row['look_ups_left']} of {LOOK_UPS_A_DAY} look-ups left today"
    stdout.print(f"{sign} {row['account']:<16} {row['state']:<11} {row['rooms']} rooms, {left}", markup=False)
    if row["reason"]:
        stdout.print(f"    {row['reason']}", markup=False)
    for wait in row["waits"]:
        stdout.print(f"    {wait['method']} waits until {wait['until']}", markup=False)


@telegram.command()
@click.argument("address")
@click.option("--to", "label", required=True, help="The account: its session file's name. Example: --to monitor-2")
def move(address: str, label: str) -> None:
    """Give a room to another account; never done by itself, since that would dodge a limit.

    Example: haechi telegram move https://t.me/example_room --to monitor-2
    """
    set_up_logging()
    settings = load_settings()
    canonical = parse_room_address(address)
    labels = [label_of(path) for path in settings.sessions]
    if label not in labels:
        raise ConfigError(f'--to: "{label}" is none of the accounts in HAECHI_TELEGRAM_SESSION: {", ".join(labels)}')

    async def give(uri: str) -> None:
        async with evidence_store(settings, uri) as store:
            await StoredAccounts(store).move(canonical, label)

    with database(settings) as uri:
        asyncio.run(give(uri))
    stdout.print(f"✓ {canonical} is read by {label} from the next pass on", markup=False)
