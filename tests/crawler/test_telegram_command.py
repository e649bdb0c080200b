"""``haechi telegram``: signing in, how accounts stand, giving a room away; nothing secret in any line."""

import copy
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from channels.telegram.session import held, read_session
from evidence.accounts import Peer
from evidence.cipher import Cipher, load_master_key
from practice.telegram.server import TelegramServer
from practice.telegram.sessions import write_session
from practice.telegram.world import TelegramWorld
from storage.accounts import StoredAccounts
from storage.holds import save_holds
from storage.mongo import open_store
from tests.crawler.serving import Beside, call
from tests.practice.telegram.serving import CODE, PHONE, SPEC

PASSWORD, API_HASH = "correct horse", "0123456789abcdef0123456789abcdef"
ROOM = "https://t.me/alpha_news"


@pytest.fixture
def telegram(beside: Beside) -> Iterator[TelegramServer]:
    """The small Telegram world, served while commands run."""
    server = TelegramServer(TelegramWorld(copy.deepcopy(SPEC), time.time))
    beside.run(server.__aenter__())
    yield server
    beside.run(server.__aexit__(None, None, None))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The data directory."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def env(home: Path, own_database: str, telegram: TelegramServer, tmp_path: Path) -> dict[str, str]:
    """Settings of a practice installation that nobody has signed in."""
    pem = tmp_path / "practice.pem"
    pem.write_text(telegram.public_pem, encoding="ascii")
    return {
        "HAECHI_DATA_DIR": str(home),
        "HAECHI_MONGODB_URI": own_database,
        "HAECHI_KEY_FILE": str(home / "master.key"),
        "HAECHI_ALLOW_LOOPBACK": "1",
        "HAECHI_TELEGRAM_API_ID": "1",
        "HAECHI_TELEGRAM_API_HASH": API_HASH,
        "HAECHI_TELEGRAM_DC": f"127.0.0.1:{telegram.port}",
        "HAECHI_TELEGRAM_KEY": str(pem),
    }


def typed(*lines: str) -> str:
    """What a person types, line by line."""
    return "".join(f"{line}\n" for line in lines)


def test_login(env: dict[str, str], home: Path, telegram: TelegramServer) -> None:
    """Number and code are asked for; the session is for its owner alone, and the next step is said."""
    ended = call("telegram", "login", env=env, given=typed(PHONE, "00000", CODE))
    path = home / "telegram.session"
    expected = (
        f"✓ signed in; the session is in {path}, for you alone: whoever has it has the account\n"
        f"  now set HAECHI_TELEGRAM_SESSION={path}\n"
    )
    assert (0, expected, 0o600) == (ended.code, ended.out, path.stat().st_mode & 0o777)
    assert read_session(path).auth_key.key_id in telegram.keys
    assert not any(secret in ended.out for secret in (PHONE, CODE, API_HASH))
    assert API_HASH not in ended.err


@pytest.mark.slow
def test_login_with_a_password(env: dict[str, str], home: Path, telegram: TelegramServer) -> None:
    """It is not shown while it is typed, nor anywhere else; three wrong ones leave no file."""
    telegram.world.login["password"] = PASSWORD
    ended = call("telegram", "login", env=env, given=typed(PHONE, CODE, *["wrong"] * 3))
    assert (2, False) == (ended.code, (home / "telegram.session").exists())
    assert "3 wrong passwords: run this command again, or reset it in Telegram's own app" in ended.err
    ended = call("telegram", "login", env=env, given=typed(PHONE, CODE, "wrong", PASSWORD))
    assert (0, True) == (ended.code, (home / "telegram.session").exists())
    assert PASSWORD not in ended.out + ended.err


def test_login_elsewhere(env: dict[str, str], tmp_path: Path) -> None:
    """``--session`` says where; a session that is set already needs no further step."""
    path = tmp_path / "monitor-2.session"
    env["HAECHI_TELEGRAM_SESSION"] = str(path)
    ended = call("telegram", "login", "--session", str(path), env=env, given=typed(PHONE, CODE))
    assert (0, 1, True) == (ended.code, len(ended.out.splitlines()), path.exists())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((PHONE, "1", "2", "3"), "3 wrong codes: run this command again"),
        (("12",), "this is not a phone number with its country code, such as +82 10 0000 0000"),
    ],
)
def test_login_that_is_refused(env: dict[str, str], home: Path, lines: tuple[str, ...], message: str) -> None:
    """One line says why; no session is left behind."""
    ended = call("telegram", "login", env=env, given=typed(*lines))
    assert (2, "") == (ended.code, ended.out)
    assert message in ended.err
    assert [] == list(home.glob("*.session"))


def test_login_leaves_a_session_alone(env: dict[str, str], home: Path, telegram: TelegramServer) -> None:
    """A file that is there already stays as it is, and nothing is asked of anybody."""
    path = home / "telegram.session"
    write_session(path, telegram.port)
    before = path.read_bytes()
    ended = call("telegram", "login", env=env)
    assert (2, before, []) == (ended.code, path.read_bytes(), telegram.world.calls)
    assert f"{path} is there already: name another file with --session, or move that one away first" in ended.err


def test_login_needs_an_application(env: dict[str, str], telegram: TelegramServer) -> None:
    """Without the application's id nothing is asked, and the settings are named."""
    ended = call("telegram", "login", env={name: env[name] for name in env if "API" not in name})
    assert (2, []) == (ended.code, telegram.world.calls)
    assert "HAECHI_TELEGRAM_API_ID, HAECHI_TELEGRAM_API_HASH: not set; my.telegram.org gives them" in ended.err


def test_login_into_no_directory(env: dict[str, str], tmp_path: Path) -> None:
    """A mistaken path is said before anything is asked."""
    ended = call("telegram", "login", "--session", str(tmp_path / "absent" / "a.session"), env=env)
    assert (2, True) == (ended.code, f"{tmp_path / 'absent'}: there is no such directory" in ended.err)


def test_login_while_the_session_is_in_use(env: dict[str, str], home: Path) -> None:
    """Whoever holds its place keeps it."""
    with held(home / "telegram.session"):
        ended = call("telegram", "login", env=env, given=typed(PHONE, CODE))
    assert (2, True) == (ended.code, "another process uses it" in ended.err)


# ------------------------------------------------------------------ status and move


@pytest.fixture
def two(env: dict[str, str], home: Path, telegram: TelegramServer) -> dict[str, str]:
    """Two accounts that are signed in."""
    paths = [home / "one.session", home / "two.session"]
    for path in paths:
        telegram.register(write_session(path, telegram.port))
    return env | {"HAECHI_TELEGRAM_SESSION": ":".join(map(str, paths)), "HAECHI_LEGAL_BASIS": "practice"}


def remember(beside: Beside, env: dict[str, str]) -> None:
    """Store what passes would have left: rooms, look-ups, waits, an account that was banned."""
    now = datetime.now(UTC)

    async def keep() -> None:
        async with open_store(
            env["HAECHI_MONGODB_URI"], Cipher(load_master_key(Path(env["HAECHI_KEY_FILE"])))
        ) as store:
            memory = StoredAccounts(store)
            await memory.keep_peer(Peer(source=ROOM, account="one", native_id=5001, access_hash=5, looked_up_at=now))
            await memory.keep_peer(Peer(source=f"{ROOM}_2", account="lost"))
            await memory.note_look_up("one", now - timedelta(hours=1))
            await memory.note_look_up("one", now - timedelta(hours=25))
            await memory.put_out_of_use("two", "Telegram has banned it", now)
            await save_holds(store, {"telegram one messages.getHistory": (3_600.0, 1), "t.me": (60.0, 1)}, now)

    beside.run(keep())


def test_status_of_new_accounts(two: dict[str, str], telegram: TelegramServer) -> None:
    """Every session that is set, ready, without rooms; Telegram is asked nothing."""
    rows = call("telegram", "status", "--json", env=two).rows
    assert [("one", "ready", None, 0, 200, []), ("two", "ready", None, 0, 200, [])] == [
        tuple(row[key] for key in ("account", "state", "reason", "rooms", "look_ups_left", "waits")) for row in rows
    ]
    assert [] == telegram.world.calls


def test_status_without_sessions(env: dict[str, str]) -> None:
    """What is missing before anything is read is said first."""
    ended = call("telegram", "status", env=env)
    missing = "no Telegram session: set HAECHI_TELEGRAM_SESSION (docs/telegram.md says how to get one)"
    assert (0, f"! {missing}\n") == (ended.code, ended.out)


def test_status_of_accounts_at_work(two: dict[str, str], beside: Beside, home: Path, telegram: TelegramServer) -> None:
    """Rooms, look-ups left, waits, why one is out of use, which session is missing, which one is held."""
    remember(beside, two)
    with held(home / "one.session"):
        one, other, lost = call("telegram", "status", "--json", env=two).rows
    assert ("one", "in use", "another command reads with it", [ROOM], 1, 199) == tuple(
        one[key] for key in ("account", "state", "reason", "sources", "look_ups", "look_ups_left")
    )
    (wait,) = one["waits"]
    left = datetime.fromisoformat(wait["until"]) - datetime.now(UTC)
    assert "messages.getHistory" == wait["method"]
    assert timedelta(minutes=58) < left <= timedelta(hours=1)
    assert ("two", "out of use", "Telegram has banned it") == (other["account"], other["state"], other["reason"])
    assert ("lost", "missing", None, "its session is not in HAECHI_TELEGRAM_SESSION; its rooms are blind") == (
        lost["account"],
        lost["state"],
        lost["session"],
        lost["reason"],
    )
    assert [] == telegram.world.calls


def test_status_for_people(two: dict[str, str], beside: Beside, home: Path) -> None:
    """A line an account, with what is wrong below it; a file that is no session is said to be none."""
    remember(beside, two)
    (home / "two.session").write_bytes(b"words")
    ended = call("telegram", "status", env=two)
    lines = ended.out.splitlines()
    assert "✓ one              ready       1 rooms, 199 of 200 look-ups left today" == lines[0]
    assert lines[1].startswith("    messages.getHistory waits until ")
    assert "✗ two              out of use  0 rooms, 200 of 200 look-ups left today" == lines[2]
    assert lines[3].endswith("two.session: it is not a session file of Telethon")
    assert "✗ lost             missing     1 rooms, 200 of 200 look-ups left today" == lines[4]


def test_a_room_is_moved_by_a_person(two: dict[str, str], beside: Beside) -> None:
    """From the next pass on another account reads it; an account that is not there is refused."""
    remember(beside, two)
    ended = call("telegram", "move", f"@{ROOM.rpartition('/')[2]}", "--to", "two", env=two)
    assert (0, f"✓ {ROOM} is read by two from the next pass on\n") == (ended.code, ended.out)
    rows = call("telegram", "status", "--json", env=two).rows
    assert {"one": [], "two": [ROOM], "lost": [f"{ROOM}_2"]} == {row["account"]: row["sources"] for row in rows}
    ended = call("telegram", "move", ROOM, "--to", "three", env=two)
    assert 2 == ended.code
    assert '--to: "three" is none of the accounts in HAECHI_TELEGRAM_SESSION: one, two' in ended.err
