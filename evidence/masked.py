"""Text in which what tells who somebody is gave way to marks that keep its kind.

How it is found is in ``pipelines/masking/``. A masked text is what people see below the ``police`` profile.
"""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a masked span was; the value stands in the mark."""

    NAME = "이름"
    """Name of a person, whole or with letters put out."""
    PHONE = "전화"
    """Telephone number."""
    RESIDENT = "주민번호"
    """Resident or foreigner registration number, whole or its first seven digits."""
    ACCOUNT = "계정"
    """Handle, profile address or id on a platform."""
    EMAIL = "이메일"
    """E-mail address."""
    ADDRESS = "주소"
    """Street or lot address, or a flat."""
    PLATE = "차량"
    """Vehicle number."""
    BANK = "계좌"
    """Bank account or card number."""
    BIRTH = "생년월일"
    """Date of birth."""
    STUDENT = "학번"
    """Student number."""

    @property
    def mark(self) -> str:
        """What stands in the text instead: ``[이름]``."""
        return f"[{self.value}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of a text that was masked; offsets in code points of the text as given."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A text with a mark in place of each personal span."""

    text: str
    spans: tuple[Span, ...] = ()
    """Ordered by ``start``, never empty, never overlapping; in the text as given."""

    def carry(self, start: int, end: int) -> tuple[int, int] | None:
        """Give where ``given[start:end]`` stands in ``text``.

        Returns:
            Offsets in code points of ``text``; None where any of it was masked.
        """
        before = bisect_right(self.spans, start, key=lambda span: span.end)
        if before < len(self.spans) and self.spans[before].start < max(end, start + 1):
            return None
        moved = sum(len(span.kind.mark) - (span.end - span.start) for span in self.spans[:before])
        return start + moved, end + moved
