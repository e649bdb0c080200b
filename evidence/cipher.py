"""Encryption at rest: AES-256-GCM with a data key for each document, wrapped by the master key.

Destroying a document's wrapped key destroys its text wherever a copy of the ciphertext lies
(backups included). Keys for other uses are derived from the master key, one for each purpose.
"""

import hashlib
import hmac
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from evidence.errors import ConfigError, StorageError

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
"""First byte of every sealed text; a later scheme takes another one."""
_PSEUDONYM = re.compile(r"p-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An encrypted text and the key that opens it, wrapped (RFC 3394) by the master key."""

    key: bytes
    """40 bytes. Without it the text is lost for good."""
    text: bytes
    """Version byte, 12 bytes of nonce, then ciphertext with its 16-byte tag."""


class Cipher:
    """Seals and opens texts under one master key."""

    def __init__(self, master: bytes, name: str = "the one given") -> None:
        """Derive its keys.

        Args:
            master: the master key.
            name: where it comes from, such as its file; never the key itself.
        """
        self.name = name
        self._wrapping = _derive(master, "wrap data keys")
        self._master = master

    def seal(self, plain: bytes, about: str) -> Sealed:
        """Encrypt under a fresh data key.

        Args:
            plain: what to hide.
            about: what it belongs to, such as a document id; opening under another id fails.
        """
        key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
        ciphertext = AESGCM(key).encrypt(nonce, plain, about.encode())
        return Sealed(key=aes_key_wrap(self._wrapping, key), text=VERSION + nonce + ciphertext)

    def open(self, sealed: Sealed, about: str) -> bytes:
        """Decrypt what ``seal`` made.

        Raises:
            StorageError: another master key, another document, or a changed byte.
        """
        version, nonce, ciphertext = sealed.text[:1], sealed.text[1 : 1 + NONCE_BYTES], sealed.text[1 + NONCE_BYTES :]
        try:
            if version != VERSION:
                raise ValueError(version)
            key = aes_key_unwrap(self._wrapping, sealed.key)
            return AESGCM(key).decrypt(nonce, ciphertext, about.encode())
        except (InvalidUnwrap, InvalidTag, ValueError):
            raise StorageError(
                f"the text of {about} does not open: it was changed, or the master key is another one"
            ) from None

    def purpose_key(self, purpose: str) -> bytes:
        """A 32-byte key for one use, such as fingerprints; the same for the same purpose."""
        return _derive(self._master, purpose)


def fingerprint(key: bytes, text: str) -> bytes:
    """8 keyed bytes that are equal for equal texts and say nothing of the text without the key."""
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)[:8]


def pseudonym(key: bytes, source: str, who: str) -> str:
    """A poster's name within one Source: the same for the same poster there, unlike anywhere else."""
    return f"p-{fingerprint(key, f'{source}{chr(31)}{who}').hex()[:12]}"


def is_pseudonym(name: str) -> bool:
    """Whether ``pseudonym`` made it."""
    return _PSEUDONYM.fullmatch(name) is not None


def load_master_key(path: Path) -> bytes:
    """Read the master key; on the first run make it, readable by its owner alone.

    Raises:
        ConfigError: others may read the file, or it is not a key.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _read_master_key(path)
    except OSError as problem:
        raise ConfigError(f"HAECHI_KEY_FILE: cannot write {path}: {problem.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return _read_master_key(path)


def _read_master_key(path: Path) -> bytes:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"HAECHI_KEY_FILE: others may read {path}; expected mode 0600 (chmod 600 {path})")
    try:
        key = path.read_bytes()
    except OSError as problem:
        raise ConfigError(f"HAECHI_KEY_FILE: cannot read {path}: {problem.strerror}") from None
    if len(key) != KEY_BYTES:
        raise ConfigError(f"HAECHI_KEY_FILE: {path} has {len(key)} bytes; expected a key of {KEY_BYTES}")
    return key


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"haechi {purpose}".encode()).derive(master)
