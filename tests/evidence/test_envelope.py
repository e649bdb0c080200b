"""Packages under a recipient's key: only that key opens them, and only whole."""

import io
import tarfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from evidence.envelope import (
    CHUNK_BYTES,
    FORM,
    KEY_BYTES,
    TAG_BYTES,
    _unpack,
    open_package,
    read_private_key,
    read_public_key,
    seal_package,
)
from evidence.errors import ConfigError, StorageError

KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
FILES = {"p/data/a.txt": b"first", "p/b.txt": bytes(3 * CHUNK_BYTES), "p.sig": b"x" * 64}


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, 3 * CHUNK_BYTES])
def test_what_is_sealed_opens(size: int) -> None:
    """Of any size, and to the same files; sealing twice gives nothing equal."""
    files = {**FILES, "p/c.txt": bytes(size)}
    sealed = seal_package(files, KEY.public_key())
    assert files == open_package(sealed, KEY)
    assert sealed[len(FORM) :][:KEY_BYTES] != seal_package(files, KEY.public_key())[len(FORM) :][:KEY_BYTES]


def test_another_key_does_not_open_it() -> None:
    """Nor does ours: the one it was sealed with is gone."""
    with pytest.raises(StorageError, match="for another key, or it was changed or cut"):
        open_package(seal_package(FILES, KEY.public_key()), X25519PrivateKey.generate())


def test_changes_are_found() -> None:
    """One byte anywhere, chunks cut off, doubled or in another order."""
    sealed = seal_package(FILES, KEY.public_key())
    body, step = len(FORM) + KEY_BYTES, CHUNK_BYTES + TAG_BYTES
    first, second, rest = sealed[body : body + step], sealed[body + step : body + 2 * step], sealed[body + 2 * step :]
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in (0, 24, body, body + step)]
    others = (b"", sealed[:body], sealed[: body + step], sealed[:body] + second + first + rest, sealed + first)
    for forged in (*changed, sealed[:-1], *others):
        with pytest.raises(StorageError, match=r"does not open|no sealed package"):
            open_package(forged, KEY)


@pytest.mark.parametrize(("name", "kind"), [("../a", tarfile.REGTYPE), ("/a", tarfile.REGTYPE), ("a", tarfile.SYMTYPE)])
def test_only_plain_files_are_unpacked(name: str, kind: bytes) -> None:
    """Whoever sealed it may have meant harm."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/hostname"
        archive.addfile(member)
    with pytest.raises(StorageError, match="nothing was unpacked"):
        _unpack(whole.getvalue())


def test_keys_are_read_as_openssl_writes_them() -> None:
    """Another kind of key is refused by name."""
    other = Ed25519PrivateKey.generate()
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    info = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    public = read_public_key(KEY.public_key().public_bytes(*info), "a.pub")
    assert FILES == open_package(seal_package(FILES, public), read_private_key(KEY.private_bytes(*plain), "a.pem"))
    for pem in (other.public_key().public_bytes(*info), b"nothing"):
        with pytest.raises(ConfigError, match=r"a\.pub is no X25519 public key"):
            read_public_key(pem, "a.pub")
    for pem in (other.private_bytes(*plain), b"nothing"):
        with pytest.raises(ConfigError, match=r"a\.pem is no X25519 private key"):
            read_private_key(pem, "a.pem")
