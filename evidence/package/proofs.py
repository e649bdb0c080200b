"""The folder ``custody/`` of a package: entries, checkpoint, proofs and public keys."""

import base64
import re
from collections.abc import Sequence

from evidence.canonical import canonical
from evidence.merkle import leaf_hash
from evidence.package.contents import Contents, Earlier, LogPart, Rotation
from evidence.package.profiles import Part

_SEAL = re.compile(rb'^{"action":"seal",')
"""An entry that names an item, and with it the post."""
_PREFIX = bytes.fromhex("302a300506032b6570032100")
"""Of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410)."""


def custody_files(contents: Contents) -> dict[str, bytes]:
    """By path below ``custody/``."""
    log = contents.log
    entries = [entry for entry in log.entries if contents.order.profile.has(Part.SEAL) or not _SEAL.search(entry.line)]
    keys = {f"keys/log-{number}.pub": public_pem(key) for number, key in enumerate(log.keys)}
    return {
        "checkpoint.txt": log.note.text.encode(),
        "entries.jsonl": b"".join(entry.line + b"\n" for entry in entries),
        "consistency.json": _line(_consistency(log)),
        "rotations.json": _line([_rotation(rotation) for rotation in log.rotations]),
        "keys/package.pub": public_pem(contents.package_key),
        **keys,
        **{
            f"inclusion/{entry.seq}.json": _line(_inclusion(entry.seq, entry.line, entry.proof, log))
            for entry in entries
        },
        **{f"tsa/{name}": content for name, content in contents.stamps.items()},
    }


def public_pem(key: bytes) -> bytes:
    """A public key as other programs read it."""
    text = base64.b64encode(_PREFIX + key).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n".encode()


def _inclusion(seq: int, line: bytes, proof: Sequence[bytes], log: LogPart) -> dict[str, object]:
    return {
        "seq": seq,
        "size": log.note.size,
        "root": log.note.root.hex(),
        "leaf": leaf_hash(line).hex(),
        "proof": [step.hex() for step in proof],
    }


def _consistency(log: LogPart) -> dict[str, object]:
    return {"size": log.note.size, "root": log.note.root.hex(), "earlier": [_earlier(one) for one in log.earlier]}


def _earlier(earlier: Earlier) -> dict[str, object]:
    return {"size": earlier.note.size, "note": earlier.note.text, "proof": [step.hex() for step in earlier.proof]}


def _rotation(rotation: Rotation) -> dict[str, object]:
    return {
        "seq": rotation.seq,
        "signed": rotation.signed,
        "signatures": [signature.hex() for signature in rotation.signatures],
        "proof": [step.hex() for step in rotation.proof],
    }


def _line(value: object) -> bytes:
    return canonical(value) + b"\n"  # type: ignore[arg-type]
