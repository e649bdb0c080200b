"""Exports handed over: files in which some posts name a school of practice, and what is stored of them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from storage.mongo import Document
from tests.channels.export.making import ROOM, chat, message, write
from tests.crawler.conftest import SCHOOLS_FILE
from tests.storage.making import NAMING, ORDINARY, everything

BASIS = "district office, 2026-11-20, complaint 12"
PERSON = {"from": "김아무개", "from_id": "user42"}
KEYS = ["source", "file", "sha256", "posts", "new", "mentions", "flags", "left_out", "undated", "repeated"]
KEYS += ["started_at", "ended_at"]


def talk(number: int, first: int = 1) -> list[dict[str, Any]]:
    """Messages of persons; every tenth names a school and raises a Flag."""
    return [message(turn, text_of(turn), **PERSON) for turn in range(first, first + number)]


def text_of(turn: int) -> str:
    """What a message of ``talk`` says."""
    return f"{NAMING} {turn}" if turn % 10 == 0 else f"{ORDINARY} {turn}"


def export_of(folder: Path, messages: Iterable[Any], **head: Any) -> str:
    """``result.json`` of a public channel, as an argument."""
    return str(write(folder, chat(*messages, **head)))


def write_large(path: Path, size_bytes: int) -> int:
    """An export of about a size, written without holding it; returns how many messages it has."""
    turn = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(ROOM, ensure_ascii=False)[:-1] + ', "messages": [')
        while file.tell() < size_bytes:
            turn += 1
            one = message(turn, [text_of(turn), " 글" * 200], **PERSON)
            file.write(("" if turn == 1 else ",\n") + json.dumps(one, ensure_ascii=False, indent=1))
        file.write("]}")
    return turn


def installation(folder: Path, uri: str | None = None) -> dict[str, str]:
    """Settings of commands with the schools of practice; without ``uri`` on a server of their own."""
    named = {"HAECHI_MONGODB_URI": uri} if uri else {}
    return {"HAECHI_DATA_DIR": str(folder / "home"), "HAECHI_SCHOOLS": str(SCHOOLS_FILE), **named}


def stored(uri: str) -> dict[str, list[Document]]:
    """What an import may write to."""
    return {name: documents for name, documents in everything(uri).items() if documents and name not in ("meta",)}


def last_line(err: str) -> str:
    """What a command said at its end."""
    return err.splitlines()[-1]
