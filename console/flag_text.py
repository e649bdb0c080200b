"""A post's text as a reviewer may see it: masked, schools of other offices put out, hidden characters made visible."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from console.said import Reader
from evidence.masked import Masked
from evidence.records import KeptPost, Mention
from pipelines.explicit import Explicit, explicit_phrases
from pipelines.masking import carry_mentions, mask
from pipelines.masking.others import OTHER_SCHOOL
from pipelines.revision_diff import Stretch, compare

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
    OPENED = "opened"
    """What a mark stood for: a reveal of this one span."""
    STRANGE = "strange"
    """A character that does not show, or turns the order of others round; its name stands for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a text; parts follow each other without a gap."""

    kind: PartKind
    text: str
    number: int | None = None
    """Of a mask, counted from 1 in this revision: a reveal may be asked for it alone."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part with where it stands in the masked text."""

    start: int
    end: int
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Parts that are shown together."""

    parts: tuple[Part, ...]
    folded: str | None = None
    """Id of the Term for which it is folded away until its reader opens it; None where nothing is explicit."""


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


def parts_of(text: str, mentions: Sequence[Mention], source: str, reader: Reader) -> tuple[Part, ...]:
    """Cut a text into parts that can be shown.

    Args:
        text: as received.
        mentions: found in it.
        source: the room, whose own name is no secret.
        reader: who will read it.
    """
    masked = mask_words(text, mentions, source)
    return _cut(masked.text, 0, len(masked.text), _places(masked, mentions, reader))


def mask_words(text: str, mentions: Sequence[Mention], source: str) -> Masked:
    """A text masked as reviewers see it: numbers of its spans hold for it alone."""
    return mask(text, mentions, public=(source,))


def passages_of(
    text: str, mentions: Sequence[Mention], source: str, reader: Reader, explicit: Explicit
) -> tuple[Passage, ...]:
    """The same parts, with explicit phrases as passages of their own.

    Args:
        text: as received.
        mentions: found in it.
        source: the room.
        reader: who will read it.
        explicit: what is folded away.
    """
    masked = mask_words(text, mentions, source)
    places = _places(masked, mentions, reader)
    passages: list[Passage] = []
    done = 0
    for phrase in explicit_phrases(masked.text, explicit):
        if phrase.end <= done:
            continue
        start, end = _widened(max(phrase.start, done), phrase.end, places)
        passages.append(Passage(parts=_cut(masked.text, done, start, places)))
        passages.append(Passage(parts=_cut(masked.text, start, end, places), folded=phrase.term))
        done = end
    passages.append(Passage(parts=_cut(masked.text, done, len(masked.text), places)))
    return tuple(passage for passage in passages if passage.parts)


def _widened(start: int, end: int, places: Sequence[_Placed]) -> tuple[int, int]:
    """So far that no mark and no name is cut."""
    for place in places:
        if place.start < end and start < place.end:
            start, end = min(start, place.start), max(end, place.end)
    return start, end


def _cut(masked: str, start: int, end: int, places: Sequence[_Placed]) -> tuple[Part, ...]:
    """A stretch in parts; places lie within it or outside of it."""
    parts: list[Part] = []
    done = start
    for place in places:
        if done <= place.start and place.end <= end:
            parts += [*_plain(masked[done : place.start]), place.part]
            done = place.end
    return tuple(parts + _plain(masked[done:end]))


def _places(masked: Masked, mentions: Sequence[Mention], reader: Reader) -> list[_Placed]:
    """Marks and schools in the masked text, in order and none over another, each with what is shown of it."""
    found, shift = list[_Placed](), 0
    for number, span in enumerate(masked.spans, start=1):
        start, mark = span.start + shift, span.kind.mark
        found.append(_Placed(start, start + len(mark), Part(kind=PartKind.MASKED, text=mark, number=number)))
        shift += len(mark) - (span.end - span.start)
    for mention in carry_mentions(masked, mentions):
        surface = _visible(masked.text[mention.start : mention.end])
        kind, shown = (PartKind.HIDDEN, OTHER_SCHOOL) if reader.hides(mention) else (PartKind.SCHOOL, surface)
        found.append(_Placed(mention.start, mention.end, Part(kind=kind, text=shown)))
    places: list[_Placed] = []
    for place in sorted(found, key=lambda place: (place.start, place.end)):
        if not places or place.start >= places[-1].end:
            places.append(place)
    return places


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


def open_span(post: KeptPost, reader: Reader, number: int) -> tuple[Part, ...]:
    """A post's text in parts, masked but for one span.

    Args:
        post: its newest revision is shown.
        reader: who will read it.
        number: of the span, as its part has it.
    """
    span = mask_words(post.post.words, post.mentions, post.source).spans[number - 1]
    opened = Part(kind=PartKind.OPENED, text=_visible(post.post.words[span.start : span.end]), number=number)
    parts = parts_of(post.post.words, post.mentions, post.source, reader)
    return tuple(opened if part.number == number else part for part in parts)


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
    seen = [code for code in mention.candidates if reader.knows(code)]
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
