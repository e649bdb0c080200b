"""A look for media through everything that is stored and handed over: each document opened, each file unpacked.

Reads past the store, and decrypts without asking what a text belongs to: a collection that is new tomorrow is
looked through like the others.
"""

import base64
import gzip
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from channels.post_block import MEDIA_HOSTS
from evidence.cipher import ID_BYTES, NONCE_BYTES, VERSION, WRAPPED_BYTES, Cipher
from practice.telegram.media import FILE_REFERENCE, HASH_MARK, THUMBNAIL
from tests.storage.making import everything

MARKS = (THUMBNAIL, FILE_REFERENCE)
"""How the bytes of practice media begin."""
OWN_KEYS = "peers"
"""The one collection that holds access hashes: of rooms, one for each account, to read them by. Media have others."""
TAG_BYTES = 16
LARGEST = 200_000_000

_MEDIA = re.compile(
    rb"data:[\w]+/[\w.+-]+[;,]|data:;base64,"
    rb"|(?:" + b"|".join(re.escape(host.encode()) for host in MEDIA_HOSTS) + rb")(?:[:/]|%2f)"
    rb"|(?<![a-z0-9-])(?:telegra\.ph|legra\.ph|graph\.org|telegram\.org)(?:/|%2f)file(?:/|%2f)"
    rb"|(?<![a-z0-9-])(?:t|telegram)\.(?:me|dog)/i/userpic/"
    rb"|<(?:img|video|audio|source|picture|svg|iframe|object|embed)\b"
    rb"|\xff\xd8\xff\xe0..JFIF|\x89PNG\r\n|RIFF.{4}WEBP|\A(?:GIF8[79]a|.{4}ftyp)"
    rb"|\\?\"(?:access_hash|file_reference|stripped_thumb|thumbs?)\\?\":",
    re.IGNORECASE | re.DOTALL,
)
_NEEDLES = re.compile(
    b"|".join(
        re.escape(form)
        for mark in MARKS
        for form in (mark, mark.hex().encode(), base64.b64encode(mark[: len(mark) // 3 * 3]).rstrip(b"="))
    )
    + b"|"
    + str(HASH_MARK << 32)[:9].encode()
)


@dataclass(slots=True)
class Scan:
    """What a look through found, and how much it saw."""

    found: list[str] = field(default_factory=list)
    """Where, and what."""
    documents: int = 0
    opened: int = 0
    """Sealed texts."""
    unpacked: int = 0
    """Compressed contents."""
    files: int = 0
    words: set[str] = field(default_factory=set)
    """Of those asked for, which were seen: that the look reached them."""


def scan_database(uri: str, cipher: Cipher, wanted: Sequence[str] = ()) -> Scan:
    """Look through every document of every collection.

    Args:
        uri: of the database.
        cipher: that its texts are sealed with.
        wanted: words to look for too, in what is opened; see ``Scan.words``.
    """
    scan = Scan()
    for name, documents in everything(uri).items():
        for document in documents:
            scan.documents += 1
            _look(scan, document, cipher, f"{name} {document['_id']}", wanted)
    return scan


def scan_files(folder: Path, wanted: Sequence[str] = ()) -> Scan:
    """Look through every file below a folder; programs aside."""
    scan = Scan()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".py"):
        scan.files += 1
        _search(scan, path.read_bytes(), path.relative_to(folder).as_posix(), wanted)
    return scan


def _look(scan: Scan, value: Any, cipher: Cipher, place: str, wanted: Sequence[str]) -> None:
    if isinstance(value, Mapping):
        keys = _data_keys(value, cipher)
        for name, inner in value.items():
            here = f"{place}.{name}"
            if name == "access_hash" and not place.startswith(OWN_KEYS):
                scan.found.append(f"{here}: a field of this name")
            if isinstance(inner, bytes) and inner[:1] == VERSION and keys:
                scan.opened += 1
                for content in _decrypted(inner, keys):
                    _search(scan, content, here, wanted)
            else:
                _look(scan, inner, cipher, here, wanted)
    elif isinstance(value, list):
        for inner in value:
            _look(scan, inner, cipher, place, wanted)
    elif isinstance(value, int) and value >> 32 == HASH_MARK:
        scan.found.append(f"{place}: the access hash of a medium")
    elif isinstance(value, bytes):
        _search(scan, value, place, wanted)
    elif isinstance(value, str):
        _search(scan, value.encode("utf-8", "surrogatepass"), place, wanted)


def _data_keys(document: Mapping[str, Any], cipher: Cipher) -> list[bytes]:
    """Data keys that lie in a document, unwrapped."""
    sizes = (WRAPPED_BYTES, ID_BYTES + WRAPPED_BYTES)
    wrapped = [value for value in document.values() if isinstance(value, bytes) and len(value) in sizes]
    return [key for key in map(cipher._unwrap, wrapped) if key is not None]


def _decrypted(sealed: bytes, keys: Sequence[bytes]) -> Iterator[bytes]:
    """What AES-GCM hides, without its tag being asked."""
    nonce, hidden = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES : -TAG_BYTES]
    for key in keys:
        yield BlockCipher(AES(key), CTR(nonce + (2).to_bytes(4, "big"))).decryptor().update(hidden)


def _search(scan: Scan, content: bytes, place: str, wanted: Sequence[str]) -> None:
    for pattern in (_MEDIA, _NEEDLES):
        scan.found += [f"{place}: {found[0][:20]!r}" for found in pattern.finditer(content)]
    scan.words.update(word for word in wanted if word.encode() in content)
    for inner in _unpacked(content):
        scan.unpacked += 1
        _search(scan, inner, place, wanted)


def _unpacked(content: bytes) -> Iterator[bytes]:
    try:
        if content.startswith(b"\x28\xb5\x2f\xfd"):
            yield zstandard.ZstdDecompressor().decompress(content, max_output_size=LARGEST)
        elif content.startswith(b"\x1f\x8b"):
            yield gzip.decompress(content)
        elif content[:1] == b"\x78":
            yield zlib.decompress(content)
    except (zlib.error, zstandard.ZstdError, OSError):
        return
