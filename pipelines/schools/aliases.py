"""How the name of a school is written: one table of rules, each a rewriting of the official name.

A rule's confidence is the share of its true hits over unscreened text, lowered where fewer than 20 were seen.
Rules that found more words than schools
(two-letter nicknames, first syllable + 대, 한국 or a city dropped from a generic name) are left out.
What must stand around an alias is in ``context``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SHORTEST = 3
"""Characters; shorter aliases are more often words than schools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way of writing a name."""

    id: str
    level: str
    """Level of school that it applies to; ``*`` is all."""
    forms: tuple[tuple[re.Pattern[str], str], ...]
    """Pattern of the whole official name, and what replaces it."""
    confidence: float
    """0 to 1."""


def _rule(name: str, level: str, confidence: float, *forms: tuple[str, str]) -> Rule:
    compiled = tuple((re.compile(f"^{pattern}$"), alias) for pattern, alias in forms)
    return Rule(id=name, level=level, forms=compiled, confidence=confidence)


def _endings(*pairs: str) -> tuple[tuple[str, str], ...]:
    """Read ``여자고등학교:여고`` as: two syllables or more + the first becomes the same + the second."""
    halves = (pair.split(":") for pair in pairs)
    return tuple((f"(.{{2,}}){long}", rf"\1{short}") for long, short in halves)


def _attached(long: str, short: str) -> tuple[tuple[str, str], ...]:
    """The short forms of a school that belongs to a university's college of education."""
    university = r"(.+?)대학교(?:사범대학|교육대학)?부[설속]"
    return (
        (university + long, rf"\1대사대부{short}"),
        (university + long, rf"\1사대부{short}"),
        (university + long, rf"\1대부{short}"),
        (r"(.)[가-힣]+대학교사범대학부[설속]" + long, rf"\1대부{short}"),
    )


RULES: tuple[Rule, ...] = (
    _rule("official", "*", 0.95, ("(.+)", r"\1")),
    _rule("U-nickname", "university", 0.98,
          ("한국과학기술원", "카이스트"), ("한국과학기술원", "kaist"),
          ("포항공과대학교", "포스텍"), ("포항공과대학교", "postech"),
          ("울산과학기술원", "유니스트"), ("울산과학기술원", "unist"),
          ("대구경북과학기술원", "디지스트"), ("대구경북과학기술원", "dgist"),
          ("한국예술종합학교", "한예종"), ("한국방송통신대학교", "방통대"), ("한국방송통신대학교", "방송대"),
          ("경찰대학", "경찰대"), ("경찰대학", "경찰대학교"),
          ("한국체육대학교", "한체대"), ("장로회신학대학교", "장신대")),
    _rule("U-special", "university", 0.99, *_endings(
        "외국어대학교:외대", "여자대학교:여대", "교육대학교:교대", "과학기술대학교:과기대", "공과대학교:공대",
        "예술대학교:예대", "가톨릭대학교:가대", "체육대학교:체대", "과학기술원:과기원", "공업전문대학:공전")),
    _rule("U-national", "university", 0.95, ("국립(.+대학교)", r"\1")),
    _rule("U-short", "university", 0.9, ("(.+)대학교", r"\1대"), ("국립(.+)대학교", r"\1대")),
    _rule("U-college", "university", 0.8, ("(?:국립)?(.+대학)교", r"\1")),
    _rule("H-nickname", "high", 0.95,
          ("민족사관고등학교", "민사고"), ("한국디지털미디어고등학교", "디미고"),
          ("용인한국외국어대학교부설고등학교", "용인외고"), ("용인한국외국어대학교부설고등학교", "외대부고")),
    _rule("H-girls", "high", 0.98, *_endings("여자고등학교:여고")),
    _rule("H-special", "high", 0.98, *_endings(
        "공업고등학교:공고", "기계공업고등학교:기공", "상업고등학교:상고", "여자상업고등학교:여상",
        "외국어고등학교:외고", "과학고등학교:과고", "예술고등학교:예고", "체육고등학교:체고", "농업고등학교:농고",
        "과학기술고등학교:과기고", "소프트웨어마이스터고등학교:소마고")),
    _rule("H-jeil", "high", 0.95, *_endings("제일고등학교:일고")),
    _rule("H-attached", "high", 0.95, *_attached("고등학교", "고"), *_attached("여자고등학교", "여고")),
    _rule("M-girls", "middle", 0.95, *_endings("여자중학교:여중")),
    _rule("M-special", "middle", 0.95, *_endings("예술중학교:예중", "체육중학교:체중")),
    _rule("M-attached", "middle", 0.95, *_attached("중학교", "중"), *_attached("여자중학교", "여중")),
    _rule("E-attached", "elementary", 0.95, *_attached("초등학교", "초"),
          (r"(.+?)교육대학교(..)?부설초등학교", r"\1교대\2부초")),
    _rule("E-gyo", "elementary", 0.95, *_endings("초등학교:초교"),
          ("(?:서울|대구|인천|대전)(.{2,})초등학교", r"\1초교")),
    _rule("E-city", "elementary", 0.95, ("(?:서울|대구|인천|대전)(.{2,}초등학교)", r"\1")),
    _rule("H-short", "high", 0.8, *_endings("고등학교:고")),
    _rule("M-short", "middle", 0.8, *_endings("중학교:중")),
    _rule("E-short", "elementary", 0.8, *_endings("초등학교:초")),
    _rule("E-city-short", "elementary", 0.8, ("(?:서울|대구|인천|대전)(.{2,})초등학교", r"\1초")),
)  # fmt: skip
"""Surest first: an alias made by several rules bears the name of the first."""

_VERBS = "보라고 삼가고 구리고 하나고 원주고 자유고 명문고 상주고 수지고 대기고 전일고"
_GOING_ON = (
    "방학중 동작중 문의중 미사중 작전중 안내중 발산중 여명중 가수중 강구중 가정중 고려중 이동중 대화중 운동중"
    " 개봉중 지정중 동의중 감정중 인지중 연수중 강화중 금지중 예산중 남성중 동지중 사내중"
)
_PLANTS = "대마초 복수초 산호초 인동초 구절초 기안초 장마초 지수초"
_OTHERS = "정석대 한세대"
WORDS = frozenset(f"{_VERBS} {_GOING_ON} {_PLANTS} {_OTHERS}".split())
"""Aliases that are words too: they count only where something near speaks of a school."""


def aliases_of(name: str, level: str) -> Iterator[tuple[str, int]]:
    """Write a name in every way that the rules know.

    Args:
        name: official name in normal form, without parentheses.
        level: of the school.

    Yields:
        Aliases of at least ``SHORTEST`` characters, each with the index of its rule in ``RULES``.
    """
    for index, rule in enumerate(RULES):
        if rule.level not in ("*", level):
            continue
        for pattern, replacement in rule.forms:
            found = pattern.match(name)
            if found and len(alias := found.expand(replacement)) >= SHORTEST:
                yield alias, index
