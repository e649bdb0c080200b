"""The second factor: six digits from a telephone (RFC 6238), and recovery codes for when it is lost."""

import hmac
import secrets
from datetime import datetime

import pyotp
import segno
from markupsafe import Markup

STEP_S = 30
DRIFT = 1
"""Steps that a telephone's clock may be off."""
RECOVERY_CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_seed() -> str:
    """A seed of 160 random bits, in base 32."""
    return pyotp.random_base32()


def matching_step(seed: str, code: str, at: datetime) -> int | None:
    """The time step that a code belongs to; None where it is wrong. Each step's code may be used once."""
    now, code = int(at.timestamp()) // STEP_S, "".join(code.split())
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):  # all of them, whichever matches
        if hmac.compare_digest(pyotp.TOTP(seed).at(step * STEP_S).encode(), code.encode()):
            found = step
    return found


def new_recovery_codes() -> tuple[str, ...]:
    """Codes of 16 characters, 79 bits each, to be written down."""
    return tuple("-".join(_part() for _ in range(4)) for _ in range(RECOVERY_CODES))


def _part() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def picture(seed: str, name: str) -> Markup:
    """What a telephone scans, drawn here: SVG without style or script."""
    address = pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name="Haechi")
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(border=3, dark="#000", light="#fff", omitsize=True))  # noqa: S704 - of our own making
