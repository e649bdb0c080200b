"""``python -m practice.telegram``: serve a world file or the practice world until it is told to stop."""

import argparse
import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from practice.story import build_world
from practice.telegram.cipher import keep_private_key
from practice.telegram.mirror import mirror
from practice.telegram.server import HOST, TelegramServer
from practice.telegram.sessions import make_string_session, new_auth_key, write_fresh_session, write_session
from practice.telegram.world import TelegramWorld


def main() -> None:
    """Read the command line and serve."""
    asyncio.run(serve(_read_options()))


async def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT, then write the report."""
    world = _build(options)
    key = keep_private_key(options.private_key) if options.private_key else None
    async with TelegramServer(world, options.port, key) as server:
        _write_sessions(server, options)
        if options.control is not None:
            await server.start_control(options.control)
        _tell_ready(server, options.ready)
        stop = asyncio.Event()
        for kind in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(kind, stop.set)
        await stop.wait()
    report = json.dumps(world.report(), ensure_ascii=False, default=str, indent=1)
    if options.log:
        options.log.write_text(report, encoding="utf-8")
    else:
        sys.stdout.write(report + "\n")


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m practice.telegram", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--world", type=Path, help="a world file (JSON)")
    what.add_argument("--practice", action="store_true", help="the standard practice world")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--session", type=Path, action="append", default=[], help="signed-in session to write")
    parser.add_argument("--fresh-session", type=Path, action="append", default=[], help="session before a login")
    parser.add_argument("--string-session", type=Path, help="file to write a signed-in StringSession to")
    parser.add_argument("--key", type=Path, help="file to write the public key to (PEM)")
    parser.add_argument("--private-key", type=Path, help="private key to use, made if it is not there")
    parser.add_argument("--control", type=int, help="port for operations as lines of JSON; 0 picks a free one")
    parser.add_argument("--log", type=Path, help="file to write the report to; default: standard output")
    parser.add_argument("--ready", type=Path, help="file to write where it listens, once it does (JSON)")
    return parser.parse_args()


def _build(options: argparse.Namespace) -> TelegramWorld:
    if options.practice:
        return mirror(build_world(datetime.now(UTC)))
    spec: dict[str, Any] = json.loads(options.world.read_text(encoding="utf-8"))
    return TelegramWorld(spec)


def _write_sessions(server: TelegramServer, options: argparse.Namespace) -> None:
    for path in options.session:
        server.register(write_session(path, server.port))
    for path in options.fresh_session:
        write_fresh_session(path, server.port)
    if options.string_session:
        key = new_auth_key()
        server.register(key)
        options.string_session.touch(mode=0o600)
        options.string_session.write_text(make_string_session(server.port, key), encoding="utf-8")
    if options.key:
        options.key.write_text(server.public_pem, encoding="utf-8")


def _tell_ready(server: TelegramServer, path: Path | None) -> None:
    """Say where the server listens; the file appears whole or not at all."""
    ready = json.dumps({"host": HOST, "port": server.port, "control": server.control_port, "pid": os.getpid()})
    sys.stderr.write(ready + "\n")
    if path:
        unfinished = path.with_name(path.name + ".part")
        unfinished.write_text(ready, encoding="utf-8")
        unfinished.replace(path)


main()
