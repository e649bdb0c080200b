"""Certificates of practice: an authority, and what a host may show that is right, expired, or another's."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Shown = Literal["right", "expired", "of another name", "of an unknown authority"]
DAY = timedelta(days=1)
MAY_SIGN = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """Signs certificates of hosts; who trusts ``root.pem`` accepts the right ones."""

    def __init__(self, folder: Path) -> None:
        """Make one.

        Args:
            folder: its own; the certificates lie in it.
        """
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Practice {folder.name}")])
        self._root = _sign(name, name, self._key.public_key(), self._key, 2 * DAY, is_authority=True)
        self.root = folder / "root.pem"
        folder.mkdir(parents=True, exist_ok=True)
        self.root.write_bytes(self._root.public_bytes(serialization.Encoding.PEM))

    def shown(self, what: Shown) -> ssl.SSLContext:
        """What a server on this machine shows."""
        if what == "of an unknown authority":
            return Authority(self._folder / "unknown").shown("right")
        key, file = ec.generate_private_key(ec.SECP256R1()), self._folder / f"{what}.pem"
        host = "elsewhere.example" if what == "of another name" else "localhost"
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        lasts = -DAY if what == "expired" else DAY
        certificate = _sign(name, self._root.subject, key.public_key(), self._key, lasts, host=host)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _sign(
    name: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    lasts: timedelta,
    *,
    is_authority: bool = False,
    host: str = "",
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(public)
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - 3 * DAY).not_valid_after(now + lasts)
    made = made.add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    signed_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    made = made.add_extension(signed_by, critical=False)
    if is_authority:  # Python 3.13 asks for it
        made = made.add_extension(MAY_SIGN, critical=True)
    if host:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return made.sign(signer, hashes.SHA256())
