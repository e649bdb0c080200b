"""How the name of a school is written: one table of rules, each a rewriting of the official name.

A rule's confidence is the share of its true hits over unscreened text, lowered where fewer than 20 were seen.
First syllable + 대 found a hundred words for each school and is left out, as are 상대, 세대, 제대, 부대, 한대 and 공사,
which people do say of universities and say of other things a thousand times. What must stand around an alias
is in ``context`` and ``nicknames``; words that are aliases too are in ``words``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SHORTEST = 3
"""Characters; shorter aliases are nicknames, which are words more often than schools."""


class Needs(StrEnum):
    """What must be near an alias before it counts."""

    NOTHING = ""
    """Its edges are enough."""
    SCHOOL = "school"
    """A word about schools, or a place."""
    CAMPUS = "campus"
    """A word about universities, or another university."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way of writing a name: endings, whole patterns and single names."""

    id: str
    level: str
    """Level of school that it applies to; ``*`` is all."""
    confidence: float
    """0 to 1."""
    needs: Needs = Needs.NOTHING
    endings: tuple[tuple[str, str], ...] = ()
    """After two syllables or more, the first is written as the second."""
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Pattern of the whole official name, and what replaces it."""
    within: str = ""
    """What a name must hold before its patterns are tried."""
    nicknames: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By official name, without 국립."""


def _endings(*pairs: str) -> tuple[tuple[str, str], ...]:
    """Read ``여자고등학교:여고`` as: two syllables or more + the first becomes the same + the second."""
    return tuple((long, short) for long, _, short in (pair.partition(":") for pair in pairs))


def _patterns(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(f"^{pattern}$"), alias) for pattern, alias in pairs)


def _named(*pairs: str) -> Mapping[str, tuple[str, ...]]:
    """Read ``한국예술종합학교:한예종,예종`` as a name and its nicknames; 대학교 is understood where nothing ends it."""
    named: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, _, nicknames = pair.partition(":")
        whole = name if name.endswith(("학교", "대학", "원")) else f"{name}대학교"
        named[whole] = tuple(nicknames.split(","))
    return named


def _attached(long: str, short: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The short forms of a school that belongs to a university's college of education."""
    university = rf"(.+?)대학교(?:사범대학|교육대학)?부[설속](?:여자)?{long}"
    first = rf"(.)[가-힣]+대학교사범대학부[설속]{long}"
    return _patterns(
        (university, rf"\1대사대부{short}"),
        (university, rf"\1사대부{short}"),
        (university, rf"\1대부{short}"),
        (university, rf"\1부{short}"),
        (first, rf"\1대부{short}"),
        (first, rf"\1사대부{short}"),
    )


_CITY = "(?:서울|대구|인천|대전)"

RULES: tuple[Rule, ...] = (
    Rule(id="official", level="*", confidence=0.95),
    Rule(id="U-nickname", level="university", confidence=0.98, nicknames=_named(
        "한국과학기술원:카이스트,kaist,한국과기원", "포항공과:포스텍,postech", "울산과학기술원:유니스트,unist",
        "대구경북과학기술원:디지스트,dgist", "광주과학기술원:지스트,gist", "한국예술종합학교:한예종",
        "한국방송통신:방통대,방송대,방송통신대", "경찰대학:경찰대,경찰대학교", "한국체육:한체대", "장로회신학:장신대",
        "서울시립:시립대", "한국기술교육:한기대", "한국교원:교원대", "한국해양:해양대", "목포해양:해양대",
        "서울과학기술:서울과기대,과기대", "육군사관학교:육사", "추계예술:추계예대", "숙명여자:숙대",
        "한국농수산:한농대")),
    Rule(id="U-special", level="university", confidence=0.99, endings=_endings(
        "외국어대학교:외대", "여자대학교:여대", "교육대학교:교대", "과학기술대학교:과기대", "공과대학교:공대",
        "예술대학교:예대", "가톨릭대학교:가대", "체육대학교:체대", "과학기술원:과기원", "공업전문대학:공전",
        "사이버대학:사이버대", "대학원대학교:대학원대")),
    Rule(id="U-national", level="university", confidence=0.95, patterns=_patterns(("국립(.+대학교)", r"\1"))),
    Rule(id="U-korean", level="university", confidence=0.9, patterns=_patterns(
        ("한국(.{3,}대학교)", r"\1"), ("한국(.{3,}대)학교?", r"\1"))),
    Rule(id="U-polytechnic", level="university", confidence=0.9, within="폴리텍", patterns=_patterns(
        ("한국폴리텍.*", "폴리텍대학"), ("한국폴리텍.*", "한국폴리텍대학"), ("한국폴리텍.*", "한국폴리텍대"))),
    Rule(id="U-short", level="university", confidence=0.9, patterns=_patterns(
        ("(?:국립)?(.+대)학교", r"\1"), ("(국립.+대)학교", r"\1"), ("(.{3,}대)학", r"\1"))),
    Rule(id="U-college", level="university", confidence=0.8, patterns=_patterns(
        ("(?:국립)?(.+대학)교", r"\1"), ("(.+전문대학)", r"\1교"))),
    Rule(id="H-nickname", level="high", confidence=0.95, nicknames=_named(
        "민족사관고등학교:민사고", "한국디지털미디어고등학교:디미고", "한국과학영재학교:한과영",
        "용인한국외국어대학교부설고등학교:용인외고,외대부고",
        "이화여자대학교사범대학부속이화금란고등학교:이대부고,이화여대부고,금란고")),
    Rule(id="H-girls", level="high", confidence=0.98, endings=_endings("여자고등학교:여고")),
    Rule(id="H-special", level="high", confidence=0.98, endings=_endings(
        "공업고등학교:공고", "기계공업고등학교:기공", "상업고등학교:상고", "여자상업고등학교:여상",
        "외국어고등학교:외고", "여자외국어고등학교:외고", "과학고등학교:과고", "예술고등학교:예고", "체육고등학교:체고",
        "농업고등학교:농고",
        "과학기술고등학교:과기고", "소프트웨어마이스터고등학교:소마고")),
    Rule(id="H-jeil", level="high", confidence=0.95, endings=_endings("제일고등학교:일고")),
    Rule(id="H-attached", level="high", confidence=0.95, within="부",
         patterns=_attached("고등학교", "고") + _attached("여자고등학교", "여고")),
    Rule(id="H-joint", level="high", confidence=0.8, endings=_endings("여자고등학교:여중고", "여자고등학교:여자중고")),
    Rule(id="M-girls", level="middle", confidence=0.95, endings=_endings("여자중학교:여중")),
    Rule(id="M-special", level="middle", confidence=0.95, endings=_endings("예술중학교:예중", "체육중학교:체중")),
    Rule(id="M-attached", level="middle", confidence=0.95, within="부",
         patterns=_attached("중학교", "중") + _attached("여자중학교", "여중")),
    Rule(id="M-joint", level="middle", confidence=0.8, endings=_endings("여자중학교:여중고", "여자중학교:여자중고")),
    Rule(id="O-joint", level="other", confidence=0.8, endings=_endings(
        "여자중학교:여중고", "여자고등학교:여중고", "여자고등학교:여고", "여자중학교:여중", "중고등학교:중고")),
    Rule(id="E-attached", level="elementary", confidence=0.95, within="부",
         patterns=(*_attached("초등학교", "초"), *_patterns((r"(.+?)교육대학교(..)?부설초등학교", r"\1교대\2부초")))),
    Rule(id="E-city", level="elementary", confidence=0.95, patterns=_patterns((f"{_CITY}(.{{2,}}초등학교)", r"\1"))),
    Rule(id="H-attached-short", level="high", confidence=0.8, needs=Needs.SCHOOL, within="사범대학부",
         patterns=_patterns((r".+대학교사범대학부[설속]고등학교", "사대부고"))),
    Rule(id="M-attached-short", level="middle", confidence=0.8, needs=Needs.SCHOOL, within="사범대학부",
         patterns=_patterns((r".+대학교사범대학부[설속]중학교", "사대부중"))),
    Rule(id="H-short", level="high", confidence=0.8, endings=_endings("고등학교:고")),
    Rule(id="M-short", level="middle", confidence=0.8, endings=_endings("중학교:중")),
    Rule(id="E-short", level="elementary", confidence=0.8, endings=_endings("초등학교:초")),
    Rule(id="E-city-short", level="elementary", confidence=0.8,
         patterns=_patterns((f"{_CITY}(.{{2,}}초)등학교", r"\1"))),
    Rule(id="U-letters", level="university", confidence=0.8, needs=Needs.CAMPUS, nicknames=_named(
        "고려:고대", "연세:연대", "포항공과:포공", "이화여자:이대", "성균관:성대", "중앙:중대", "한국외국어:외대",
        "건국:건대", "홍익:홍대", "동국:동대", "단국:단대", "경희:경대", "서울:설대", "경북:경대", "동아:동대",
        "충남:충대", "충북:충대", "전남:전대", "전북:전대", "조선:조대", "계명:계대", "영남:영대", "아주:아대",
        "명지:명대", "해군사관학교:해사", "숭실:숭대", "가천:가대", "서강:서대", "경기:경대",
        "한국예술종합학교:예종")),
)  # fmt: skip
"""Surest first: an alias made by several rules bears the name of the first."""


def aliases_of(name: str, level: str) -> Iterator[tuple[str, int]]:
    """Write a name in every way that the rules know.

    Args:
        name: official name in normal form, without parentheses.
        level: of the school.

    Yields:
        Aliases of at least ``SHORTEST`` characters, nicknames of two, each with the index of its rule in ``RULES``.
    """
    yield name, _OFFICIAL
    ways = _WAYS.get(level)
    if ways is None:
        return
    yield from ways.nicknames.get(name.removeprefix("국립"), ())
    for long, short, index in ways.endings:
        if name.endswith(long) and len(name) >= len(long) + 2:
            yield name[: -len(long)] + short, index
    for within, pattern, replacement, index in ways.patterns:
        if within in name and (found := pattern.match(name)) and len(alias := found.expand(replacement)) >= SHORTEST:
            yield alias, index


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ways:
    """The rules of one level, laid out for speed; each way ends with the index of its rule."""

    nicknames: dict[str, list[tuple[str, int]]]
    endings: list[tuple[str, str, int]]
    patterns: list[tuple[str, re.Pattern[str], str, int]]


def _lay_out(level: str) -> _Ways:
    ways = _Ways(nicknames={}, endings=[], patterns=[])
    for index, rule in enumerate(RULES):
        if rule.level == level:
            ways.endings.extend((long, short, index) for long, short in rule.endings)
            ways.patterns.extend((rule.within, pattern, alias, index) for pattern, alias in rule.patterns)
            for name, nicknames in rule.nicknames.items():
                ways.nicknames.setdefault(name, []).extend((nickname, index) for nickname in nicknames)
    return ways


_OFFICIAL = 0
_WAYS = {level: _lay_out(level) for level in {rule.level for rule in RULES} - {"*"}}
