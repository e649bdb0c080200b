"""All that a package is made of, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from evidence.checkpoint import Note
from evidence.masked import Span
from evidence.package.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """By whose leave a package goes out un-encrypted; persons by their pseudonyms in the log."""

    proposal: str
    proposed_by: str
    approved_by: str
    is_alone: bool
    """Whether there was no second person."""
    reason: str | None = None
    """In words, where one person went alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who gets what, why, and by whose leave."""

    id: str
    """Of the package; its folder's name."""
    profile: Profile
    office: str | None
    case: str
    question: str
    made_at: datetime
    made_by: str
    """Version of the program."""
    actor: str
    """Pseudonym of who exports."""
    purpose: str | None = None
    legal_basis: str | None = None
    requester: str | None = None
    approvers: tuple[str, ...] = ()
    """In words of staff; who approved it by the log is in ``leave``."""
    leave: Leave | None = None
    """None where none was needed: it is encrypted, or practice."""
    is_practice: bool = False
    """Whether everything in it is invented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """A sealed revision of the same post."""

    id: str
    revision: int
    seen_at: datetime
    commit: str
    entry: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """An item for a package. Which of its fields reach a file is the profile's to say."""

    id: str
    """``PEER:NATIVE_ID:REVISION``."""
    source: str
    address: str | None
    posted_at: datetime | None
    seen_at: datetime
    severity: str
    reasons: tuple[str, ...]
    words: str
    """As they are; empty for an item that was erased."""
    masked: str
    """The same, masked."""
    places: tuple[Span, ...]
    """Of what is personal, in ``words``."""
    commit: str
    entry: int
    content: bytes | None
    """The canonical record; None once it was erased."""
    salt: bytes | None
    received_sha256: str
    kept_sha256: str
    revisions: tuple[Sibling, ...] = ()
    """Of its post, itself included, oldest first."""
    removed_at: datetime | None = None
    """When the post was first seen to be gone."""
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEntry:
    """An entry of the log with the proof that it stands in the checkpoint."""

    seq: int
    line: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A change of the log's key, with what old and new key signed."""

    seq: int
    signed: str
    """Canonical JSON of the block that holds this one entry."""
    signatures: tuple[bytes, ...]
    proof: tuple[bytes, ...]
    """That the entry is the last one of the tree whose root was signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A checkpoint of before, and the proof that the log grew out of it."""

    note: Note
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPart:
    """What a package proves of the log."""

    note: Note
    """The checkpoint under which all entries stand."""
    keys: tuple[bytes, ...]
    """Of the log, in the order in which they came into force."""
    entries: tuple[LoggedEntry, ...]
    rotations: tuple[Rotation, ...] = ()
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything."""

    order: Order
    items: tuple[Packed, ...]
    log: LogPart
    package_key: bytes
    """Public; it signs the package and is named in the log."""
    reports: Mapping[str, bytes] = field(default_factory=dict)
    """Human reports by file name."""
    decisions: tuple[bytes, ...] = ()
    """Reviews, a line of JSON each."""
    stamps: Mapping[str, bytes] = field(default_factory=dict)
    """Time stamps of outside authorities over the checkpoint, and their certificates, by file name."""
