"""Posts to an address of the operator's choice: https, signed, to public addresses only, without redirects.

Whoever receives one checks ``Haechi-Signature: t=SECONDS,v1=HEX``: HMAC-SHA-256 under the shared key over
``SECONDS.`` and the body. A time that is minutes old is a replay. ``Haechi-Delivery`` is the same for the same
delivery: what comes twice is known by it.
"""

import hashlib
import hmac
from datetime import datetime

import aiohttp

from channels.fetch import user_agent
from channels.guarded import guarded_session
from evidence.address import parse_web_address
from evidence.errors import ConfigError, DeliveryFailed, SourceUnavailable

SIGNATURE, DELIVERY = "Haechi-Signature", "Haechi-Delivery"
TAKEN = range(200, 300)
GONE = (400, 401, 403, 404, 405, 410, 413, 415, 422)
"""Answers that will not change by asking again."""


def signature(key: bytes, body: bytes, at: datetime) -> str:
    """The header of a body that is sent at a moment."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={hmac.new(key, f'{seconds}.'.encode() + body, hashlib.sha256).hexdigest()}"


async def post_signed(
    url: str,
    body: bytes,
    *,
    key: bytes,
    delivery: str,
    at: datetime,
    contact: str | None,
    allow_loopback: bool = False,
) -> None:
    """Post JSON.

    Args:
        url: https.
        body: JSON.
        key: shared with the receiver.
        delivery: id of what is delivered.
        at: now.
        contact: of the operator, for the user agent.
        allow_loopback: practice and tests.

    Raises:
        DeliveryFailed: a forbidden address, no answer, or another answer than 2xx.
    """
    try:
        parse_web_address(url, allow_loopback)
    except ConfigError as problem:
        raise DeliveryFailed(f"address refused: {problem}", is_final=True) from None

    headers = {
        "User-Agent": user_agent(contact),
        "Content-Type": "application/json",
        SIGNATURE: signature(key, body, at),
        DELIVERY: delivery,
    }
    try:
        async with (
            guarded_session(allow_loopback=allow_loopback) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            status = answer.status
    except SourceUnavailable as problem:
        raise DeliveryFailed(str(problem), is_final=True) from None
    except (aiohttp.ClientError, OSError, TimeoutError) as problem:
        raise DeliveryFailed(f"the webhook does not answer ({type(problem).__name__})") from None
    if status not in TAKEN:
        raise DeliveryFailed(f"the webhook answered {status}", is_final=status in GONE)
