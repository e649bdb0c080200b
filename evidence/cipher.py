"""Encryption at rest: AES-256-GCM with a data key for each document, wrapped by the master key.

Destroying a document's wrapped key destroys its text wherever a copy of the ciphertext lies
(backups included). Keys for other uses are derived from the root of the store, one for each purpose:
the root stays what it is when the master key is changed, and lies in the store, wrapped like data keys.
"""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from evidence.errors import ConfigError, StorageError

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
"""First byte of every sealed text; a later scheme takes another one."""
ID_BYTES, WRAPPED_BYTES = 4, 40
"""Before a wrapped key stands the id of the master key that wrapped it; keys of the first stores have none."""
PREVIOUS, NEXT = ".previous", ".next"
"""Endings of the files of a master key that is being changed: the one that was, and the one to come."""
_PSEUDONYM = re.compile(r"p-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An encrypted text and the key that opens it, wrapped (RFC 3394) by the master key."""

    key: bytes
    """4 bytes that name the master key, then 40. Without it the text is lost for good."""
    text: bytes
    """Version byte, 12 bytes of nonce, then ciphertext with its 16-byte tag."""


class Cipher:
    """Seals and opens texts under one master key."""

    def __init__(
        self, master: bytes, name: str = "the one given", others: Sequence[bytes] = (), root: bytes | None = None
    ) -> None:
        """Derive its keys.

        Args:
            master: the master key.
            name: where it comes from, such as its file; never the key itself.
            others: master keys that open, but wrap nothing any more, or not yet: while they are changed.
            root: what keys of purposes are derived from; None for that of the first stores, the master key.
        """
        self.name = name
        self._masters = (master, *others)
        self._wrapping = {_id(key): key for key in (_derive(master, "wrap data keys") for master in self._masters)}
        self.id = next(iter(self._wrapping))
        self._root = root or master

    def rooted(self, root: bytes) -> "Cipher":
        """The same over the root of a store."""
        return Cipher(self._masters[0], self.name, self._masters[1:], root)

    def rooted_as(self, other: "Cipher") -> "Cipher":
        """The same over the root of another one."""
        return self.rooted(other._root)

    def roots(self, wrapped: Sequence[bytes]) -> tuple[bytes, ...]:
        """Roots that a store may have.

        Args:
            wrapped: as the store keeps its root; none in a store of the first ones.
        """
        if not wrapped:
            return self._masters
        return tuple(root for root in map(self._unwrap, wrapped) if root is not None)

    def wrapped_root(self) -> bytes:
        """The root, wrapped by the master key."""
        return self._wrap(self._root)

    def seal(self, plain: bytes, about: str) -> Sealed:
        """Encrypt under a fresh data key.

        Args:
            plain: what to hide.
            about: what it belongs to, such as a document id; opening under another id fails.
        """
        key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
        ciphertext = AESGCM(key).encrypt(nonce, plain, about.encode())
        return Sealed(key=self._wrap(key), text=VERSION + nonce + ciphertext)

    def open(self, sealed: Sealed, about: str) -> bytes:
        """Decrypt what ``seal`` made.

        Raises:
            StorageError: another master key, another document, or a changed byte.
        """
        version, nonce, ciphertext = sealed.text[:1], sealed.text[1 : 1 + NONCE_BYTES], sealed.text[1 + NONCE_BYTES :]
        try:
            key = self._unwrap(sealed.key)
            if version != VERSION or key is None:
                raise ValueError(version)
            return AESGCM(key).decrypt(nonce, ciphertext, about.encode())
        except (InvalidTag, ValueError):
            raise StorageError(
                f"the text of {about} does not open: it was changed, or the master key is another one"
            ) from None

    def purpose_key(self, purpose: str) -> bytes:
        """A 32-byte key for one use, such as fingerprints; the same for the same purpose."""
        return _derive(self._root, purpose)

    def wraps(self, key: bytes) -> bool:
        """Whether a wrapped key is one of this master key's, not of an earlier one's."""
        return len(key) == ID_BYTES + WRAPPED_BYTES and key[:ID_BYTES] == self.id

    def rewrap(self, key: bytes) -> bytes | None:
        """The same data key, wrapped by this master key; None where none that is known here wrapped it."""
        opened = self._unwrap(key)
        return None if opened is None else self._wrap(opened)

    def _wrap(self, key: bytes) -> bytes:
        return self.id + aes_key_wrap(self._wrapping[self.id], key)

    def _unwrap(self, wrapped: bytes) -> bytes | None:
        """The key; None where it was changed, or wrapped by an unknown master key."""
        if len(wrapped) == WRAPPED_BYTES:
            candidates = list(self._wrapping.values())
        else:
            known = self._wrapping.get(wrapped[:ID_BYTES])
            candidates, wrapped = [known] if known else [], wrapped[ID_BYTES:]
        for wrapping in candidates:
            try:
                return aes_key_unwrap(wrapping, wrapped)
            except (InvalidUnwrap, ValueError):
                continue
        return None


def fingerprint(key: bytes, text: str) -> bytes:
    """8 keyed bytes that are equal for equal texts and say nothing of the text without the key."""
    mac = _keyed(key).copy()  # setting a key up takes longer than most texts
    mac.update(text.encode("utf-8", "surrogatepass"))
    return mac.finalize()[:8]


@lru_cache(maxsize=16)
def _keyed(key: bytes) -> HMAC:
    return HMAC(key, SHA256())


def pseudonym(key: bytes, source: str, who: str) -> str:
    """A poster's name within one Source: the same for the same poster there, unlike anywhere else."""
    return f"p-{fingerprint(key, f'{source}{chr(31)}{who}').hex()[:12]}"


def is_pseudonym(name: str) -> bool:
    """Whether ``pseudonym`` made it."""
    return _PSEUDONYM.fullmatch(name) is not None


def load_cipher(path: Path, *, is_new: bool = True) -> Cipher:
    """The cipher of an installation; while its master key is being changed, both open.

    Args:
        path: of the master key.
        is_new: make a key where there is none: false where texts wait that only the right one opens.

    Raises:
        ConfigError: as ``load_master_key``; also where there is none.
    """
    if not is_new and not path.exists():
        raise ConfigError(f"HAECHI_KEY_FILE: there is no {path}: put your copy of the master key back first")
    master = load_master_key(path)
    beside = [path.with_name(path.name + ending) for ending in (PREVIOUS, NEXT)]
    others = [_read_master_key(other) for other in beside if other.exists()]
    return Cipher(master, f"that of {path}", [other for other in others if other != master])


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


def _id(wrapping: bytes) -> bytes:
    """What a master key is named by beside the keys that it wraps; says nothing of it."""
    return _derive(wrapping, "name of the wrapping key")[:ID_BYTES]
