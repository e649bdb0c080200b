"""What is to be handed over, to whom, and by whose leave."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from evidence.package import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be handed over."""

    case: str
    profile: Profile
    out: Path
    office: str | None = None
    own: frozenset[str] | None = None
    """Codes of the office's schools; None where the profile is not limited to an office."""
    purpose: str | None = None
    legal_basis: str | None = None
    requester: str | None = None
    approvers: tuple[str, ...] = ()
    recipient: X25519PublicKey | None = None
    """Whose key the package is sealed under; None leaves it open."""
    proposal: str | None = None
    """By which a second person agreed to it."""
    is_practice: bool = False
    """Whether everything in the store is invented."""
