"""Test of ``python -m practice.telegram`` as its user starts it."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest
from telethon import TelegramClient
from telethon.crypto import rsa

from tests.practice.telegram.serving import CODE, PHONE, SPEC

ROOT = Path(__file__).parents[3]


async def start(folder: Path, *options: str) -> asyncio.subprocess.Process:
    """Start the command and wait until it is ready."""
    ready = folder / "ready.json"
    words = ("-m", "practice.telegram", "--ready", str(ready), "--log", str(folder / "log.json"), *options)
    process = await asyncio.create_subprocess_exec(sys.executable, *words, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL)
    while not ready.exists():
        assert process.returncode is None
        await asyncio.sleep(0.02)
    return process


@pytest.mark.slow
async def test_a_world_file_is_served_until_the_end(tmp_path: Path) -> None:
    """Sessions, key and control port are there once it is ready; SIGTERM ends it with a report."""
    world, session = tmp_path / "world.json", tmp_path / "in.session"
    fresh, key = tmp_path / "new.session", tmp_path / "key.pem"
    world.write_text(json.dumps(SPEC), encoding="utf-8")
    options = ("--world", str(world), "--session", str(session), "--fresh-session", str(fresh), "--key", str(key))
    process = await start(tmp_path, *options, "--control", "0")
    client = TelegramClient(str(session), 1, "hash")
    await client.connect()
    assert "Alpha News" == (await client.get_entity("alpha_news")).title
    await client.disconnect()
    TelegramClient._config = None
    rsa.add_key(key.read_text(), old=False)
    client = TelegramClient(str(fresh), 1, "hash")
    await client.connect()
    await client.send_code_request(PHONE)
    assert (await client.sign_in(PHONE, CODE)).is_self
    await client.disconnect()
    process.send_signal(signal.SIGTERM)
    assert 0 == await process.wait()
    report = json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))
    assert (0, 0, {"ok": 1}) == (report["joins"], report["media"], report["counts"]["contacts.resolveUsername"])


@pytest.mark.slow
async def test_the_practice_world_is_served(tmp_path: Path) -> None:
    """With ``--practice`` the rooms are those of the story."""
    session = tmp_path / "in.session"
    process = await start(tmp_path, "--practice", "--session", str(session))
    client = TelegramClient(str(session), 1, "hash")
    await client.connect()
    assert "들리는 이야기 대화방" == (await client.get_entity("practice_group")).title
    await client.disconnect()
    process.send_signal(signal.SIGTERM)
    assert 0 == await process.wait()
