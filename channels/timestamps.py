"""Time stamps of outside authorities (RFC 3161) on checkpoints: an authority sees a hash, nothing else.

What an authority answers is kept byte for byte, also where this program cannot read it: some sort
their certificates in a way that only OpenSSL accepts (``openssl ts -verify`` is the second opinion).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from channels.fetch import user_agent
from channels.guarded import guarded_session
from evidence.address import parse_web_address
from evidence.errors import ConfigError, SourceUnavailable

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
LARGEST_BYTES = 100_000
GRANTED = (0, 1)
"""Granted, and granted with changes (RFC 3161, 2.4.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What an authority answered."""

    url: str
    reply: bytes
    problem: str | None
    """Why this program cannot use it; None where it is a stamp on what was asked."""


async def ask_stamp(url: str, content: bytes, contact: str | None, *, allow_loopback: bool = False) -> Stamp:
    """Have a content stamped; only its SHA-256 leaves this machine.

    Args:
        url: of the authority.
        content: what is stamped, such as the text of a checkpoint.
        contact: of the operator, for the user agent.
        allow_loopback: practice and tests.

    Raises:
        SourceUnavailable: no answer, or an answer that is no reply to a time stamp query.
    """
    try:
        parse_web_address(url, allow_loopback)
    except ConfigError as problem:
        raise SourceUnavailable(f"address refused: {problem}") from None
    query = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
    request = query.nonce(nonce=True).cert_request(cert_request=True).build()
    reply = await _post(url, request.as_bytes(), contact, allow_loopback)
    try:
        answer = decode_timestamp_response(reply)
        problem_found = _fault(answer, request.nonce, request.message_imprint.message)
    except ValueError as problem:
        problem_found = f"the reply cannot be read: {problem}"[:200]
    return Stamp(url=url, reply=reply, problem=problem_found)


def _fault(answer: TimeStampResponse, nonce: int | None, digest: bytes) -> str | None:
    if answer.status not in GRANTED:
        return f"refused with status {answer.status}"
    if answer.tst_info.nonce != nonce:
        return "the reply is to another query"
    if answer.tst_info.message_imprint.message != digest:
        return "the reply stamps something else"
    return None


def stamped_at(reply: bytes, content: bytes, roots: Sequence[bytes]) -> datetime | None:
    """When a content was stamped; None where the reply does not prove it.

    Args:
        reply: as an authority gave it.
        content: what was stamped.
        roots: certificates (PEM) of the authorities that are trusted.
    """
    builder = VerifierBuilder()
    try:
        for certificate in {certificate for pem in roots for certificate in x509.load_pem_x509_certificates(pem)}:
            builder = builder.add_root_certificate(certificate)
        answer = decode_timestamp_response(reply)
        builder.build().verify_message(answer, content)
    except (ValueError, VerificationError):
        return None
    return answer.tst_info.gen_time.astimezone(UTC)


async def _post(url: str, body: bytes, contact: str | None, allow_loopback: bool) -> bytes:
    """One request, without redirects, to a public address."""
    headers = {"User-Agent": user_agent(contact), "Content-Type": QUERY, "Accept": REPLY}
    try:
        async with (
            guarded_session(allow_loopback=allow_loopback) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status != 200 or answer.content_type != REPLY:
                raise SourceUnavailable(f"{url}: answered {answer.status} {answer.content_type} instead of {REPLY}")
            reply = b""
            async for chunk in answer.content.iter_chunked(65_536):
                reply += chunk
                if len(reply) > LARGEST_BYTES:
                    raise SourceUnavailable(f"{url}: larger than {LARGEST_BYTES:,} bytes")
    except TimeoutError:
        raise SourceUnavailable(f"{url}: no answer in time") from None
    except (aiohttp.ClientError, OSError) as problem:
        raise SourceUnavailable(f"{url}: {type(problem).__name__}") from None
    return reply
