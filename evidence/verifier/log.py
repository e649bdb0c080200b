"""The log of custody as far as a package holds it: checkpoint, keys, entries, earlier checkpoints."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from evidence.verifier.proofs import is_consistent, is_included, leaf_hash
from evidence.verifier.signatures import is_signed_by

BLOCK_MARK, LOG_MARK = b"haechi custody block 1\n", b"haechi custody log\n"
PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA([A-Za-z0-9+/]{43}=)\n-----END PUBLIC KEY-----\n")
NOTE = re.compile(
    r"^(?P<body>haechi/(?P<log>[0-9a-f]{32})\n(?P<size>0|[1-9]\d{0,15})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\n)\n— haechi/(?P=log) (?P<signature>[A-Za-z0-9+/]{91}=)\n",
    re.MULTILINE,
)


class Wrong(Exception):
    """What does not hold, and in which file."""


class Note(NamedTuple):
    """A signed checkpoint."""

    body: str
    log: str
    size: int
    root: bytes
    signed: bytes


class Log(NamedTuple):
    """What the package proves of the log."""

    note: Note
    keys: list[bytes]
    entries: dict[int, tuple[bytes, dict[str, Any]]]


def check_log(root: Path) -> Log:
    """The checkpoint, the keys that lead to it, and each entry's place in it."""
    custody = root / "data/custody"
    note = the_note((custody / "checkpoint.txt").read_text(encoding="utf-8"))
    entries: dict[int, tuple[bytes, dict[str, Any]]] = {}
    for line in (custody / "entries.jsonl").read_bytes().splitlines():
        entry = json.loads(line)
        entries[entry["seq"]] = (line, entry)
        if entry["log_id"] != note.log:
            raise Wrong(f"data/custody/entries.jsonl: entry {entry['seq']} is of another log")
    keys = _keys(custody, note, entries)
    if not is_signed_note(note, keys[-1]):
        raise Wrong("data/custody/checkpoint.txt: is not signed by the log's key")
    named = {path.name for path in (custody / "inclusion").glob("*")}
    if named != {f"{seq}.json" for seq in entries}:
        raise Wrong("data/custody/inclusion: the proofs are not those of the entries")
    for seq, (line, _) in entries.items():
        proof = json.loads((custody / f"inclusion/{seq}.json").read_bytes())["proof"]
        if not is_included(leaf_hash(line), seq, note.size, [bytes.fromhex(step) for step in proof], note.root):
            raise Wrong(f"data/custody/entries.jsonl: entry {seq} does not stand in the checkpoint")
    return Log(note, keys, entries)


def _keys(custody: Path, note: Note, entries: dict[int, tuple[bytes, dict[str, Any]]]) -> list[bytes]:
    """The log's keys in order: the first is in its name, each later one is signed by the one before and by itself."""
    first = entries[0][1]
    keys = [bytes.fromhex(first["target_id"])]
    if first["action"] != "begin" or hashlib.sha256(LOG_MARK + keys[0]).hexdigest()[:32] != note.log:
        raise Wrong("data/custody/entries.jsonl: the log does not begin with the key that it is named after")
    for change in json.loads((custody / "rotations.json").read_bytes()):
        line, entry = entries[change["seq"]]
        new, said = bytes.fromhex(entry["target_id"]), json.loads(change["signed"])
        steps = [bytes.fromhex(step) for step in change["proof"]]
        holds = (
            [entry["action"], said["log"], said["count"]] == ["rotate-key", note.log, 1]
            and [said["first"], said["key"]] == [entry["seq"], keys[-1].hex()]
            and is_included(leaf_hash(line), entry["seq"], entry["seq"] + 1, steps, bytes.fromhex(said["root"]))
            and len(change["signatures"]) == 2
        )
        for key, signature in zip((keys[-1], new), change["signatures"]):  # noqa: B905 - Python 3.9 has no strict
            holds = holds and is_signed_by(key, bytes.fromhex(signature), BLOCK_MARK + change["signed"].encode())
        if not holds:
            raise Wrong(f"data/custody/rotations.json: the change of keys at entry {change['seq']} does not hold")
        keys.append(new)
    for number, key in enumerate(keys):
        if read_pem(custody / f"keys/log-{number}.pub") != key:
            raise Wrong(f"data/custody/keys/log-{number}.pub: is not the key that the log names")
    return keys


def check_earlier(root: Path, log: Log) -> dict[int, bytes]:
    """Earlier checkpoints that the log grew out of: root by size."""
    roots = {log.note.size: log.note.root}
    for earlier in json.loads((root / "data/custody/consistency.json").read_bytes())["earlier"]:
        note = the_note(earlier["note"])
        steps = [bytes.fromhex(step) for step in earlier["proof"]]
        if not is_consistent(note.size, log.note.size, note.root, log.note.root, steps):
            raise Wrong(f"data/custody/consistency.json: the log did not grow out of its checkpoint of {note.size}")
        roots[note.size] = note.root
    return roots


def the_note(text: str) -> Note:
    """The one checkpoint that a text is, to the last byte."""
    (note,) = read_notes(text)
    if f"{note.body}\n— haechi/{note.log} {base64.b64encode(note.signed).decode()}\n" != text:
        raise ValueError
    return note


def read_notes(text: str) -> list[Note]:
    """Checkpoints that stand in a text."""
    return [
        Note(
            found["body"],
            found["log"],
            int(found["size"]),
            base64.b64decode(found["root"]),
            base64.b64decode(found["signature"]),
        )
        for found in NOTE.finditer(text)
    ]


def is_signed_note(note: Note, key: bytes) -> bool:
    """Whether a checkpoint carries this key's signature."""
    name = hashlib.sha256(f"haechi/{note.log}\n".encode() + b"\x01" + key).digest()[:4]
    return note.signed[:4] == name and is_signed_by(key, note.signed[4:], note.body.encode())


def read_pem(path: Path) -> bytes:
    """The 32 bytes of a public key."""
    found = PEM.fullmatch(path.read_bytes())
    if not found:
        raise Wrong(f"{path.name}: is no public key")
    return base64.b64decode(found[1])
