"""Cases: items and notes under one question. Every act on one is in the custody log before it takes effect."""

import re
from dataclasses import dataclass
from datetime import datetime

from evidence.custody import Act
from evidence.errors import ConfigError

LONGEST_QUESTION, LONGEST_NOTE = 500, 100_000
"""In code points."""

_ID = re.compile(r"case-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who acts, as the log may know them."""

    actor: str
    """A pseudonym, never a name."""
    role: str
    session_id: str
    offices: frozenset[str] | None = None
    """NEIS codes of the education offices whose flags they may see; None for all."""


def staff_act(
    staff: Staff, request: str, action: str, about: tuple[str, str], *, reason_code: str = "", commit: str = ""
) -> Act:
    """The log's entry of what somebody does.

    Args:
        staff: who does.
        request: the same for the same act.
        action: what is done, such as ``case-put``.
        about: kind and id of what it is done to.
        reason_code: further codes; never a text.
        commit: to a text that is kept elsewhere.
    """
    return Act(
        request=request,
        action=action,
        actor=staff.actor,
        actor_role=staff.role,
        session_id=staff.session_id,
        target_type=about[0],
        target_id=about[1],
        reason_code=reason_code,
        commit=commit,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseItem:
    """An EvidenceItem that was put into a Case."""

    id: str
    put_at: datetime
    put_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What staff wrote down about a Case; sealed at rest, and in the log by its commitment alone."""

    id: str
    case: str
    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Items and notes under one question."""

    id: str
    question: str
    opened_at: datetime
    opened_by: str
    items: tuple[CaseItem, ...] = ()
    """In the order in which they were put."""
    notes: tuple[Note, ...] = ()
    """Oldest first; empty where they were not asked for."""


def check_case_id(name: str) -> str:
    """Give back an id that has the form of one.

    Raises:
        ConfigError: it has not.
    """
    if not _ID.fullmatch(name):
        raise ConfigError(f'"{name}" is no case: expected an id such as case-1f2e3d4c; `haechi case list` shows them')
    return name


def checked_words(words: str, longest: int, what: str) -> str:
    """Give back what somebody wrote, without blanks around it.

    Raises:
        ConfigError: nothing is left, or it is too long.
    """
    words = words.strip()
    if not words:
        raise ConfigError(f"{what} is empty: expected some words")
    if len(words) > longest:
        raise ConfigError(f"{what} has {len(words):,} characters; expected at most {longest:,}")
    return words


def add_act(staff: Staff, case: str, commit: str) -> Act:
    """A Case is opened; its question is committed to."""
    return staff_act(staff, f"case-add:{case}", "case-add", ("case", case), commit=commit)


def put_act(staff: Staff, case: str, item: str) -> Act:
    """An item is put into a Case."""
    return staff_act(staff, f"case-put:{case}:{item}", "case-put", ("case", case), reason_code=item)


def note_act(staff: Staff, case: str, note: str, commit: str) -> Act:
    """A note is added; its text is committed to."""
    return staff_act(staff, f"case-note:{note}", "case-note", ("note", note), reason_code=case, commit=commit)


def reveal_act(staff: Staff, reveal: str, kind: str, name: str, commit: str) -> Act:
    """Personal text is about to be shown; the reason is committed to."""
    return staff_act(staff, f"reveal:{reveal}", "reveal", (kind, name), commit=commit)


def open_act(staff: Staff, post: str, at: datetime) -> Act:
    """A post is about to be shown, masked; once an hour and session."""
    return staff_act(staff, f"open:{post}:{staff.session_id}:{at:%Y%m%d%H}", "open", ("post", post))


def search_act(staff: Staff, search: str, at: datetime) -> Act:
    """Filters are about to be searched for: their hash; once an hour and session."""
    return staff_act(staff, f"search:{search}:{staff.session_id}:{at:%Y%m%d%H}", "search", ("search", search))


def download_act(staff: Staff, search: str, what: str, at: datetime, commit: str) -> Act:
    """Masked items are about to leave as a file; the reason is committed to."""
    request = f"download:{search}:{staff.actor}:{at:%Y%m%dT%H%M%S.%f}"
    return staff_act(staff, request, "download", ("search", search), reason_code=what, commit=commit)


def check_act(staff: Staff, month: str, sheet_sha256: str) -> Act:
    """Somebody checked who looked at what in a month, by a sheet of this hash."""
    request = f"check-access:{month}:{sheet_sha256}:{staff.actor}"
    return staff_act(staff, request, "check-access", ("month", month), commit=sheet_sha256)


def export_act(staff: Staff, package: str, case: str, profile: str) -> Act:
    """A package is about to be made."""
    return staff_act(staff, f"export:{package}", "export", ("package", package), reason_code=f"{case}/{profile}")


def signed_act(staff: Staff, package: str, signature_sha256: str) -> Act:
    """A package was signed and is about to be put where it was asked for."""
    return staff_act(staff, f"sign-package:{package}", "sign-package", ("package", package), commit=signature_sha256)


def package_key_act(key: bytes) -> Act:
    """From now on packages are signed by this public key."""
    system = Staff(actor="packages", role="system", session_id="packages")
    return staff_act(system, f"package-key:{key.hex()}", "package-key", ("key", key.hex()))
