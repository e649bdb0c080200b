"""A package under the recipient's public key (X25519): whoever carries it can neither read nor change it.

    form                  the line ``haechi sealed package 1`` with its end, 24 bytes
    ephemeral public key  32 bytes
    chunks                AES-256-GCM, each of 65,536 bytes of content and its 16-byte tag; the last one is shorter or
                          empty. Nonce: number of the chunk (11 bytes, big endian), then 1 for the last one, else 0.
                          Key: HKDF-SHA-256 of the shared secret, salted with both public keys, the form as its
                          purpose. The form is the associated data too.

The content is a tar archive of the package's folder and its signature.
"""

import io
import re
import tarfile
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from evidence.errors import ConfigError, StorageError

FORM = b"haechi sealed package 1\n"
KEY_BYTES, TAG_BYTES, CHUNK_BYTES = 32, 16, 65_536
_NAME = re.compile(r"[A-Za-z0-9@_.-]+(?:/[A-Za-z0-9@_.-]+)*")


def read_public_key(pem: bytes, name: str) -> X25519PublicKey:
    """A recipient's key, as ``openssl pkey -pubout`` writes it.

    Raises:
        ConfigError: it is another kind of key, or none.
    """
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, X25519PublicKey):
        raise ConfigError(f"{name} is no X25519 public key (PEM): the recipient makes one with openssl; see the manual")
    return key


def read_private_key(pem: bytes, name: str) -> X25519PrivateKey:
    """One's own key, as ``openssl genpkey -algorithm X25519`` writes it.

    Raises:
        ConfigError: it is another kind of key, or none, or under a password.
    """
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, X25519PrivateKey):
        raise ConfigError(f"{name} is no X25519 private key (PEM) without a password")
    return key


def seal_package(files: Mapping[str, bytes], recipient: X25519PublicKey) -> bytes:
    """Files under the recipient's key, and nobody else's: not ours either."""
    ephemeral = X25519PrivateKey.generate()
    cipher = _cipher(ephemeral.exchange(recipient), ephemeral.public_key(), recipient)
    content = _archive(files)
    sealed = [FORM, ephemeral.public_key().public_bytes_raw()]
    for number, start in enumerate(range(0, len(content) + 1, CHUNK_BYTES)):
        chunk = content[start : start + CHUNK_BYTES]
        sealed.append(cipher.encrypt(_nonce(number, is_last=len(chunk) < CHUNK_BYTES), chunk, FORM))
    return b"".join(sealed)


def open_package(sealed: bytes, key: X25519PrivateKey) -> dict[str, bytes]:
    """The files that were sealed to this key.

    Raises:
        StorageError: for another key, changed or cut, or no sealed package.
    """
    body = len(FORM) + KEY_BYTES
    if not sealed.startswith(FORM) or len(sealed) < body + TAG_BYTES:
        raise StorageError("this is no sealed package: expected a file whose name ends in .sealed")
    ephemeral = X25519PublicKey.from_public_bytes(sealed[len(FORM) : body])
    content, step = [], CHUNK_BYTES + TAG_BYTES
    try:
        cipher = _cipher(key.exchange(ephemeral), ephemeral, key.public_key())
        for number, start in enumerate(range(body, len(sealed), step)):
            chunk = sealed[start : start + step]
            content.append(cipher.decrypt(_nonce(number, is_last=len(chunk) < step), chunk, FORM))
    except (InvalidTag, ValueError):
        raise StorageError("the package does not open: it is for another key, or it was changed or cut") from None
    if len(content[-1]) == CHUNK_BYTES:
        raise StorageError("the package does not open: its end was cut off")
    return _unpack(b"".join(content))


def _cipher(shared: bytes, ephemeral: X25519PublicKey, recipient: X25519PublicKey) -> AESGCM:
    salt = ephemeral.public_bytes_raw() + recipient.public_bytes_raw()
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=FORM).derive(shared))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _archive(files: Mapping[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(files[name]), 0o600
            archive.addfile(member, io.BytesIO(files[name]))
    return whole.getvalue()


def _unpack(content: bytes) -> dict[str, bytes]:
    """Plain files under plain names; an archive that holds anything else is refused whole."""
    files = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for member in archive:
                inside = archive.extractfile(member) if member.isreg() else None
                if inside is None or not _NAME.fullmatch(member.name) or ".." in member.name:
                    raise StorageError("the package holds something else than plain files: nothing was unpacked")
                files[member.name] = inside.read()
    except tarfile.TarError:
        raise StorageError("the package holds no archive: nothing was unpacked") from None
    return files
