"""What a profile shows of an item: the one place that takes fields away. Files, table and report all start here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence.masked import Span
from evidence.package.contents import Order, Packed
from evidence.package.profiles import Part, Profile
from evidence.records import Severity

EXCERPT = 80
"""Code points, marks included."""
SMALLEST = 10
"""Smaller numbers are not given to readers outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An item as a recipient may see it; None is what it may not, or what is not known."""

    name: str
    """The item's id, or a running number where the id would tell the address."""
    address: str | None = None
    source: str | None = None
    posted_at: datetime | None = None
    seen_at: datetime | None = None
    removed_at: datetime | None = None
    severity: str | None = None
    reasons: tuple[str, ...] | None = None
    text: str | None = None
    excerpt: str | None = None
    places: tuple[Span, ...] | None = None
    entry: int | None = None
    commit: str | None = None
    received_sha256: str | None = None
    kept_sha256: str | None = None
    erased_at: datetime | None = None

    @property
    def folder(self) -> str:
        """Its name as a folder on any system."""
        return self.name.replace(":", "-")


def view(item: Packed, profile: Profile, number: int) -> View:
    """An item as a profile shows it; ``number`` counts from 1 within the package."""
    shows = profile.has
    is_told = shows(Part.ADDRESS)
    text = item.words if shows(Part.TEXT) else item.masked if shows(Part.MASKED) else None
    return View(
        name=item.id if is_told else f"item-{number:04d}",
        address=item.address if is_told else None,
        source=item.source if is_told else None,
        posted_at=item.posted_at if shows(Part.TIMES) else None,
        seen_at=item.seen_at if shows(Part.TIMES) else None,
        removed_at=item.removed_at if shows(Part.TIMES) else None,
        severity=item.severity if shows(Part.CATEGORY) else None,
        reasons=item.reasons if shows(Part.CATEGORY) else None,
        text=text,
        excerpt=_cut(item.masked) if shows(Part.EXCERPT) else None,
        places=item.places if shows(Part.PLACES) else None,
        entry=item.entry if shows(Part.SEAL) else None,
        commit=item.commit if shows(Part.SEAL) else None,
        received_sha256=item.received_sha256 if shows(Part.RECORD) else None,
        kept_sha256=item.kept_sha256 if shows(Part.RECORD) else None,
        erased_at=item.erased_at if shows(Part.TIMES) else None,
    )


def views(items: Sequence[Packed], order: Order) -> tuple[View, ...]:
    """All items as the recipient may see them; none where it gets aggregates only."""
    if order.profile.has(Part.AGGREGATES):
        return ()
    return tuple(view(item, order.profile, number) for number, item in enumerate(items, start=1))


def _cut(text: str) -> str:
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregates:
    """Numbers of items; ``<10`` for any that is smaller."""

    total: str
    by_severity: tuple[tuple[str, str], ...] | None
    """None where one of them would be small: the others and the total would give it away."""


def aggregate(items: Sequence[Packed]) -> Aggregates:
    """Count without telling small numbers."""
    counts = Counter(item.severity for item in items)
    rows = tuple((str(severity), f"{counts[severity]}") for severity in reversed(Severity) if counts[severity])
    is_safe = all(number >= SMALLEST for number in counts.values()) and bool(rows)
    return Aggregates(
        total=f"{len(items)}" if len(items) >= SMALLEST or not items else f"<{SMALLEST}",
        by_severity=rows if is_safe else None,
    )
