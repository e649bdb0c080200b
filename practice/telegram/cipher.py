"""MTProto's ciphers as the server's side needs them, and the server's own key."""

import os
from hashlib import sha1, sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from telethon.crypto import AES
from telethon.tl import TLObject

DH_PRIME = bytes.fromhex(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f"
    "48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed44cce7c37"
    "20fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64"
    "2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4"
    "a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754"
    "fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4"
    "e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f"
    "0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b"
)
"""The prime that clients accept without a test: a public constant of the protocol."""
DH_G = 3


def new_private_key() -> RSAPrivateKey:
    """A server key; making one takes up to a second."""
    return generate_private_key(public_exponent=65_537, key_size=2048)


def keep_private_key(path: Path) -> RSAPrivateKey:
    """The key of a file, which is made when there is none, readable by its owner only.

    Raises:
        ValueError: the file holds no RSA key.
    """
    if path.exists():
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise ValueError(f"{path} holds no RSA key")
        return key
    made = new_private_key()
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return made


def write_public_pem(key: RSAPrivateKey) -> str:
    """The public half in the form that ``telethon.crypto.rsa.add_key`` takes."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()


def fingerprint(key: RSAPrivateKey) -> int:
    """The number by which a client finds the public half."""
    numbers = key.public_key().public_numbers()
    packed = b"".join(TLObject.serialize_bytes(to_bytes(number)) for number in (numbers.n, numbers.e))
    return int.from_bytes(sha1(packed).digest()[-8:], "little", signed=True)  # noqa: S324 - the protocol's own


def decrypt_rsa(key: RSAPrivateKey, sealed: bytes) -> bytes:
    """What a client sealed for the server, as 255 bytes."""
    numbers = key.private_numbers()
    plain = pow(int.from_bytes(sealed, "big"), numbers.d, numbers.public_numbers.n)
    return (plain % (1 << 2040)).to_bytes(255, "big")


def encrypt(auth_key: bytes, plain: bytes, is_broken: bool = False) -> bytes:
    """Seal a message to a client: its message key, then its cipher text.

    Args:
        auth_key: 256 bytes.
        plain: salt, session, header and body; padding is added.
        is_broken: with a message key that does not fit.
    """
    plain += os.urandom(-(len(plain) + 12) % 16 + 12)
    message_key = sha256(auth_key[96:128] + plain).digest()[8:24]
    sealed = bytes(AES.encrypt_ige(plain, *_derive(auth_key, message_key, 8)))
    return (os.urandom(16) if is_broken else message_key) + sealed


def decrypt(auth_key: bytes, packet: bytes) -> bytes | None:
    """Open a client's message, None when it does not fit the key.

    Args:
        auth_key: 256 bytes.
        packet: message key and cipher text.
    """
    message_key = packet[:16]
    plain = bytes(AES.decrypt_ige(packet[16:], *_derive(auth_key, message_key, 0)))
    return plain if sha256(auth_key[88:120] + plain).digest()[8:24] == message_key else None


def to_bytes(number: int) -> bytes:
    """A positive number, big end first, in as few bytes as hold it."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _derive(auth_key: bytes, message_key: bytes, offset: int) -> tuple[bytes, bytes]:
    """Key and initialisation vector of one message; the offset tells its direction."""
    first = sha256(message_key + auth_key[offset : offset + 36]).digest()
    second = sha256(auth_key[offset + 40 : offset + 76] + message_key).digest()
    return first[:8] + second[8:24] + first[24:], second[:8] + first[8:24] + second[24:]
