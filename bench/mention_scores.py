"""Scoring mentions against labelled sentences, by overlap."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evidence.records import Mention
from pipelines.flags import confident
from pipelines.schools import Register, find_mentions
from tests.pipelines.schools.disguises import DISGUISES

Span = tuple[int, int]

ENDINGS = {"초": "elementary", "중": "middle", "고": "high", "대": "university", "상": "high", "공": "high"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A labelled sentence; no name where it only tempts."""

    text: str
    names: tuple[Span, ...]
    kind: str


@dataclass(slots=True, kw_only=True)
class Score:
    """What was found in sentences."""

    hits: list[str] = field(default_factory=list)
    """Surfaces of true mentions."""
    reached: list[str] = field(default_factory=list)
    """Names that some mention overlaps."""
    missed: list[str] = field(default_factory=list)
    true_rules: Counter[str] = field(default_factory=Counter)
    false_rules: Counter[str] = field(default_factory=Counter)
    false_kinds: Counter[str] = field(default_factory=Counter)

    @property
    def true(self) -> int:
        """True mentions."""
        return self.true_rules.total()

    @property
    def false(self) -> int:
        """Mentions where no school is named."""
        return self.false_rules.total()


def read_sentences(path: Path) -> list[Sentence]:
    """Read labelled sentences from JSON Lines."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Sentence(
            text=row["text"],
            names=tuple((name["start"], name["end"]) for name in row["mentions"]),
            kind=row.get("kind", ""),
        )
        for row in rows
    ]


def score(sentences: Sequence[Sentence], register: Register) -> Score:
    """Count what the confident mentions of sentences reach."""
    total = Score()
    for sentence in sentences:
        mentions = confident(find_mentions(sentence.text, register))
        for mention in mentions:
            if any(_overlap(_span(mention), name) for name in sentence.names):
                total.true_rules[mention.rule] += 1
                total.hits.append(mention.surface)
            else:
                total.false_rules[mention.rule] += 1
                total.false_kinds[sentence.kind] += 1
        for start, end in sentence.names:
            is_reached = any(_overlap(_span(mention), (start, end)) for mention in mentions)
            (total.reached if is_reached else total.missed).append(sentence.text[start:end])
    return total


def score_disguises(sentences: Sequence[Sentence], register: Register) -> dict[str, tuple[int, int, int]]:
    """Disguise every name in its sentence: how many are found, found exactly, and tried, by disguise."""
    scores = {}
    for label, disguise in DISGUISES.items():
        found = exact = tried = 0
        for sentence in sentences:
            for start, end in sentence.names:
                shown = disguise(sentence.text[start:end])
                if shown == sentence.text[start:end]:
                    continue
                text = sentence.text[:start] + shown + sentence.text[end:]
                spans = [_span(mention) for mention in confident(find_mentions(text, register))]
                tried += 1
                found += any(_overlap(span, (start, start + len(shown))) for span in spans)
                exact += (start, start + len(shown)) in spans
        scores[label] = (found, exact, tried)
    return scores


def level_of(surface: str) -> str:
    """Guess the level of a name from its end."""
    bare = surface.replace(" ", "").removesuffix("학교").removesuffix("학").removesuffix("등")
    return ENDINGS.get(bare[-1:], "university")


def _span(mention: Mention) -> Span:
    return mention.start, mention.end


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
