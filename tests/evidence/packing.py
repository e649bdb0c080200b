"""Packages in memory and on disk, made of invented items and a log of their own."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from evidence.canonical import Json, canonical, commitment
from evidence.case import Staff, export_act, package_key_act
from evidence.checkpoint import Note
from evidence.custody import ROTATE, signed_bytes, unpack
from evidence.item import seal_act
from evidence.keys import SigningKey
from evidence.masked import Kind, Span
from evidence.merkle import leaf_hash, prove_consistency, prove_inclusion
from evidence.package import PROFILES, Contents, Order, Packed, build
from evidence.package.bag import KINDS, manifest
from evidence.package.contents import Earlier, LoggedEntry, LogPart, Rotation
from tests.evidence.chain import KEY, NEW_KEY, NOW, Log

PACKAGE_KEY = SigningKey(secret=bytes([9]) * 32)
STAFF = Staff(actor="staff-1", role="operator", session_id="session-1")
ID = "haechi-case-00000001-{}-20261120T090000000Z"
WORDS = "3학년 가나다 연락처 010-0000-0000"
RAW = f'<div class="tgme_widget_message">{WORDS}</div>'


def item(number: int = 1, *, entry: int, words: str = WORDS, raw: str = RAW) -> Packed:
    """A sealed item."""
    name, salt = f"1900000001:{number}:1", bytes([number]) * 32
    capture: dict[str, Json] = {"url": "https://t.me/s/room", "status": 200}
    content = canonical({"id": name, "raw": raw, "capture": capture, "post": {"text": words}})
    return Packed(
        id=name,
        source="https://t.me/room",
        address=f"https://t.me/room/{number}",
        posted_at=NOW,
        seen_at=NOW,
        severity="high",
        reasons=("school-with-synthetic-media",),
        words=words,
        masked="3학년 [이름] 연락처 [전화]",
        places=(Span(start=4, end=7, kind=Kind.NAME), Span(start=12, end=25, kind=Kind.PHONE)),
        commit=commitment(salt, content),
        entry=entry,
        content=content,
        salt=salt,
        received_sha256="ab" * 32,
        kept_sha256="cd" * 32,
    )


def package_log(profile: str, items: tuple[Packed, ...], *, rotates: bool = False) -> tuple[Log, list[Note]]:
    """A log that seals items, and its checkpoints on the way."""
    log, notes = Log(KEY, 3), []
    log.add([seal_act(one.id, one.commit, "haechi 1") for one in items], log.key)
    notes.append(log.note())
    if rotates:
        log.rotate(NEW_KEY)
    log.grow(2)
    notes.append(log.note())
    acts = [package_key_act(PACKAGE_KEY.public), export_act(STAFF, ID.format(profile), "case-00000001", profile)]
    return log.add(acts, log.key), notes


def log_part(log: Log, notes: list[Note]) -> LogPart:
    """All of a log with proofs."""
    lines = [line for block in log.blocks for line in unpack(block)]
    leaves = [leaf_hash(line) for line in lines]
    changes = [block for block in log.blocks if json.loads(unpack(block)[0])["action"] == ROTATE]
    return LogPart(
        note=log.note(),
        keys=(KEY.public, *(bytes.fromhex(json.loads(unpack(block)[0])["target_id"]) for block in changes)),
        entries=tuple(
            LoggedEntry(seq=seq, line=line, proof=prove_inclusion(leaves, seq)) for seq, line in enumerate(lines)
        ),
        rotations=tuple(
            Rotation(
                seq=block.first,
                signed=signed_bytes(block).split(b"\n", 1)[1].decode(),
                signatures=block.signatures,
                proof=prove_inclusion(leaves[: block.end], block.first),
            )
            for block in changes
        ),
        earlier=tuple(Earlier(note=note, proof=prove_consistency(leaves, note.size)) for note in notes),
    )


def contents(profile: str = "police", *, rotates: bool = False, items: tuple[Packed, ...] | None = None) -> Contents:
    """A package of two items."""
    packed = items or (item(1, entry=3), item(2, entry=4))
    order = Order(
        id=ID.format(profile),
        profile=PROFILES[profile],
        office="B10" if PROFILES[profile].needs_office else None,
        case="case-00000001",
        question="who passes it on?",
        made_at=NOW,
        made_by="haechi 1",
        actor="staff-1",
    )
    log, notes = package_log(profile, packed, rotates=rotates)
    return Contents(
        order=order,
        items=packed,
        log=log_part(log, notes),
        package_key=PACKAGE_KEY.public,
        reports={"report.html": b"<p>report</p>\n"},
    )


def write(folder: Path, made: Contents, key: SigningKey = PACKAGE_KEY) -> Path:
    """A package on disk, with its signature beside it; gives its folder."""
    return write_files(folder, made.order.id, build(made), key)


def write_files(folder: Path, name: str, files: Mapping[str, bytes], key: SigningKey = PACKAGE_KEY) -> Path:
    """Files of a package on disk."""
    for path, content in files.items():
        (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / name / path).write_bytes(content)
    (folder / f"{name}.sig").write_bytes(key.sign(files["tagmanifest-sha512.txt"]))
    return folder / name


def rebuild(root: Path) -> None:
    """Make all lists anew over what is there, as whoever changed a file would."""
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    payload = {name: content for name, content in found.items() if name.startswith("data/")}
    for kind in KINDS:
        (root / f"manifest-{kind}.txt").write_bytes(manifest(payload, kind))
    tags = {path.name: path.read_bytes() for path in root.iterdir() if path.is_file() and "tagm" not in path.name}
    for kind in KINDS:
        (root / f"tagmanifest-{kind}.txt").write_bytes(manifest(tags, kind))


def fingerprint(files: Mapping[str, bytes]) -> str:
    """One hash over names and bytes."""
    return hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
