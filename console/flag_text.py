"""A post's text as a reviewer may see it: masked, schools of other offices put out, hidden characters made visible."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from evidence.masked import Masked
from evidence.records import KeptPost, Mention, School
from pipelines.masking import carry_mentions, mask
from pipelines.revision_diff import Stretch, compare

OTHER_SCHOOL = "[학교]"
"""Stands for a school of an office that is not the reader's."""
EXCERPT = 160
_STRANGE = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200c\\u200e\\u200f"
    "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\ud800-\\udfff\\U000e0000-\\U000e0fff]"
)
"""Control, direction, zero width, fillers and halves of characters; the joiner of emoji is left alone."""


class PartKind(StrEnum):
    """What a part of a text is."""

    PLAIN = "plain"
    """As it was written."""
    MASKED = "masked"
    """A mark in place of what tells who somebody is."""
    SCHOOL = "school"
    """A school is named: a claim."""
    HIDDEN = "hidden"
    """A school of another office was named."""
    STRANGE = "strange"
    """A character that does not show, or turns the order of others round; its name stands for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a text; parts follow each other without a gap."""

    kind: PartKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A school that may be meant, as far as the reader may know."""

    name: str
    level: str
    office: str
    district: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A place in the text that names a school."""

    surface: str
    confidence: float
    candidates: tuple[Candidate, ...]
    others: int
    """Candidates of offices that are not the reader's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What somebody may be shown of schools."""

    offices: frozenset[str] | None
    """None for all."""
    schools: Mapping[str, School]
    """The register, by code."""

    def sees(self, code: str) -> bool:
        """Whether a school is of an office of theirs; one that the register does not have is nobody's."""
        if self.offices is None:
            return True
        school = self.schools.get(code)
        return school is not None and school.scope in self.offices

    def hides(self, mention: Mention) -> bool:
        """Whether a mention can only mean schools that are not theirs to know."""
        return bool(mention.candidates) and not any(map(self.sees, mention.candidates))


def parts_of(text: str, mentions: Sequence[Mention], source: str, reader: Reader) -> tuple[Part, ...]:
    """Cut a text into parts that can be shown.

    Args:
        text: as received.
        mentions: found in it.
        source: the room, whose own name is no secret.
        reader: who will read it.
    """
    masked = mask(text, mentions, public=(source,))
    parts: list[Part] = []
    done = 0
    for start, end, kind, shown in sorted(_places(masked, mentions, reader)):
        if start >= done:
            parts += [*_plain(masked.text[done:start]), Part(kind=kind, text=shown)]
            done = end
    return tuple(parts + _plain(masked.text[done:]))


def _places(masked: Masked, mentions: Sequence[Mention], reader: Reader) -> list[tuple[int, int, PartKind, str]]:
    """Marks and schools in the masked text, each with what is shown of it."""
    found, shift = [], 0
    for span in masked.spans:
        start, mark = span.start + shift, span.kind.mark
        found.append((start, start + len(mark), PartKind.MASKED, mark))
        shift += len(mark) - (span.end - span.start)
    for mention in carry_mentions(masked, mentions):
        surface = masked.text[mention.start : mention.end]
        kind, shown = (PartKind.HIDDEN, OTHER_SCHOOL) if reader.hides(mention) else (PartKind.SCHOOL, _visible(surface))
        found.append((mention.start, mention.end, kind, shown))
    return found


def _plain(text: str) -> list[Part]:
    """The rest of it, with a name in place of each character that does not show."""
    parts: list[Part] = []
    done = 0
    for strange in _STRANGE.finditer(text):
        if strange.start() > done:
            parts.append(Part(kind=PartKind.PLAIN, text=text[done : strange.start()]))
        parts.append(Part(kind=PartKind.STRANGE, text=_name(strange[0])))
        done = strange.end()
    return [*parts, Part(kind=PartKind.PLAIN, text=text[done:])] if done < len(text) else parts


def show_strange(text: str) -> tuple[Part, ...]:
    """A text that is not masked, in parts: only what does not show is named."""
    return tuple(_plain(text))


def _visible(text: str) -> str:
    return _STRANGE.sub(lambda strange: f"⟦{_name(strange[0])}⟧", text)


@cache
def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def words_of(parts: Sequence[Part]) -> str:
    """The same as one line of text."""
    return "".join(part.text if part.kind is not PartKind.STRANGE else f"⟦{part.text}⟧" for part in parts)


def excerpt(post: KeptPost, reader: Reader) -> str:
    """The beginning of a post on one line, masked."""
    words = " ".join(words_of(parts_of(post.post.words, post.mentions, post.source, reader)).split())
    return words if len(words) <= EXCERPT else words[:EXCERPT].rstrip() + "…"


def named_in(mentions: Sequence[Mention], reader: Reader) -> tuple[Named, ...]:
    """Where schools are named, and which may be meant, as far as the reader may know."""
    rows: dict[tuple[str, tuple[str, ...]], Named] = {}
    for mention in mentions:
        if not reader.hides(mention):
            rows.setdefault((mention.surface, mention.candidates), _named(mention, reader))
    return tuple(rows.values())


def _named(mention: Mention, reader: Reader) -> Named:
    seen = [code for code in mention.candidates if reader.sees(code)]
    schools = [reader.schools[code] for code in seen if code in reader.schools]
    candidates = tuple(
        Candidate(name=school.name, level=school.level, office=school.scope, district=school.district)
        for school in schools
    )
    return Named(
        surface=_visible(mention.surface),
        confidence=mention.confidence,
        candidates=candidates,
        others=len(mention.candidates) - len(seen),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What an edit changed."""

    revision: int
    """The later one."""
    until: datetime
    """When the earlier text was last the one to be seen."""
    stretches: tuple[Stretch, ...]


def changes_of(post: KeptPost, reader: Reader) -> tuple[Changed, ...]:
    """What each edit of a post changed, newest first; both sides masked."""
    said = [(earlier.words, earlier.mentions) for earlier in post.earlier] + [(post.post.words, post.mentions)]
    mentions = dict(said)

    def masked(text: str) -> Masked:
        return Masked(text=words_of(parts_of(text, mentions[text], post.source, reader)))

    rows = [
        Changed(
            revision=earlier.revision + 1,
            until=earlier.until,
            stretches=compare(said[place][0], said[place + 1][0], masked),
        )
        for place, earlier in enumerate(post.earlier)
    ]
    return tuple(reversed(rows))
