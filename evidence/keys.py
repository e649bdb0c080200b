"""The key that signs the log: Ed25519, apart from every other key, in a file of its owner alone."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from evidence.errors import ConfigError

KEY_BYTES = 32
NEXT = ".next"
"""Ending of the file of a key that is about to be changed to."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SigningKey:
    """A private key and its public half."""

    secret: bytes

    @property
    def public(self) -> bytes:
        """32 bytes, to be shown to anybody."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(content)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


def new_key() -> SigningKey:
    """A fresh key."""
    return SigningKey(secret=Ed25519PrivateKey.generate().private_bytes_raw())


def is_signed_by(key: bytes, signature: bytes, content: bytes) -> bool:
    """Whether a signature is that of this public key over this content."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def load_key(path: Path) -> SigningKey:
    """Read the key of the custody log; on the first run make it.

    Raises:
        ConfigError: others may read the file, or it is not a key.
    """
    if not path.exists():
        write_key(path, new_key())
    return read_key(path)


def read_key(path: Path) -> SigningKey:
    """Read a key that is there.

    Raises:
        ConfigError: as ``load_key``.
    """
    try:
        mode, secret = path.stat().st_mode, path.read_bytes()
    except OSError as problem:
        raise ConfigError(f"custody key: cannot read {path}: {problem.strerror}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"custody key: others may read {path}; expected mode 0600 (chmod 600 {path})")
    if len(secret) != KEY_BYTES:
        raise ConfigError(f"custody key: {path} has {len(secret)} bytes; expected a key of {KEY_BYTES}")
    return SigningKey(secret=secret)


def write_key(path: Path, key: SigningKey) -> None:
    """Write it whole and durable, or not at all; never over another key.

    Raises:
        ConfigError: it cannot be written.
    """
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(key.secret)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)  # unlike a rename, it fails where another process was quicker
        except FileExistsError:
            pass
        finally:
            new.unlink()
    except OSError as problem:
        raise ConfigError(f"custody key: cannot write {path}: {problem.strerror}") from None


def change_key(path: Path) -> None:
    """Let the next key take the place of the one in force, once the log has changed to it."""
    path.with_name(path.name + NEXT).replace(path)
