"""How the name of a school is written: one table of rules, each a rewriting of the official name.

A rule's confidence is the share of its true hits over unscreened text, lowered where fewer than 20 were seen.
First syllable + 대 found a hundred words for each school and is left out. What must stand around an alias
is in ``context`` and ``nicknames``; words that are aliases too are in ``words``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
    """One way of writing a name."""

    id: str
    level: str
    """Level of school that it applies to; ``*`` is all."""
    forms: tuple[tuple[re.Pattern[str], str], ...]
    """Pattern of the whole official name, and what replaces it."""
    confidence: float
    """0 to 1."""
    needs: Needs = Needs.NOTHING


def _rule(
    name: str, level: str, confidence: float, *forms: tuple[str, str], needs: Needs = Needs.NOTHING
) -> Rule:
    compiled = tuple((re.compile(f"^{pattern}$"), alias) for pattern, alias in forms)
    return Rule(id=name, level=level, forms=compiled, confidence=confidence, needs=needs)


def _endings(*pairs: str) -> tuple[tuple[str, str], ...]:
    """Read ``여자고등학교:여고`` as: two syllables or more + the first becomes the same + the second."""
    halves = (pair.split(":") for pair in pairs)
    return tuple((f"(.{{2,}}){long}", rf"\1{short}") for long, short in halves)


def _named(*pairs: str) -> tuple[tuple[str, str], ...]:
    """Read ``한국예술종합학교:한예종,예종`` as one name and its nicknames; 대학교 is understood where nothing ends it."""
    made = []
    for pair in pairs:
        name, _, nicknames = pair.partition(":")
        whole = name if name.endswith(("학교", "대학", "원")) else f"{name}대학교"
        made += [(f"(?:국립)?{whole}", nickname) for nickname in nicknames.split(",")]
    return tuple(made)


def _attached(long: str, short: str) -> tuple[tuple[str, str], ...]:
    """The short forms of a school that belongs to a university's college of education."""
    university = r"(.+?)대학교(?:사범대학|교육대학)?부[설속]"
    return (
        (university + long, rf"\1대사대부{short}"),
        (university + long, rf"\1사대부{short}"),
        (university + long, rf"\1대부{short}"),
        (university + long, rf"\1부{short}"),
        (r"(.)[가-힣]+대학교사범대학부[설속]" + long, rf"\1대부{short}"),
        (r"(.)[가-힣]+대학교사범대학부[설속]" + long, rf"\1사대부{short}"),
    )


_CITY = "(?:서울|대구|인천|대전)"

RULES: tuple[Rule, ...] = (
    _rule("official", "*", 0.95, ("(.+)", r"\1")),
    _rule("U-nickname", "university", 0.98, *_named(
        "한국과학기술원:카이스트,kaist,한국과기원", "포항공과:포스텍,postech,포공", "울산과학기술원:유니스트,unist",
        "대구경북과학기술원:디지스트,dgist", "광주과학기술원:지스트,gist", "한국예술종합학교:한예종",
        "한국방송통신:방통대,방송대,방송통신대", "경찰대학:경찰대,경찰대학교", "한국체육:한체대", "장로회신학:장신대",
        "서울시립:시립대", "한국기술교육:한기대", "한국교원:교원대", "한국해양:해양대", "목포해양:해양대",
        "서울과학기술:서울과기대,과기대", "육군사관학교:육사", "추계예술:추계예대", "숙명여자:숙대", "한국농수산:한농대")),
    _rule("U-special", "university", 0.99, *_endings(
        "외국어대학교:외대", "여자대학교:여대", "교육대학교:교대", "과학기술대학교:과기대", "공과대학교:공대",
        "예술대학교:예대", "가톨릭대학교:가대", "체육대학교:체대", "과학기술원:과기원", "공업전문대학:공전",
        "사이버대학교?:사이버대", "디지털대학교:디지털대", "신학대학교:신대", "대학원대학교:대학원대")),
    _rule("U-national", "university", 0.95, ("국립(.+대학교)", r"\1")),
    _rule("U-korean", "university", 0.9, ("한국(.{3,}대학교)", r"\1"), ("한국(.{3,}대)학교?", r"\1")),
    _rule("U-short", "university", 0.9, ("(.+)대학교", r"\1대"), ("국립(.+)대학교", r"\1대"), ("(.{3,}대)학", r"\1")),
    _rule("U-college", "university", 0.8, ("(?:국립)?(.+대학)교", r"\1"), ("(.+전문대학)", r"\1교")),
    _rule("H-nickname", "high", 0.95,
          ("민족사관고등학교", "민사고"), ("한국디지털미디어고등학교", "디미고"), ("한국과학영재학교", "한과영"),
          ("용인한국외국어대학교부설고등학교", "용인외고"), ("용인한국외국어대학교부설고등학교", "외대부고")),
    _rule("H-girls", "high", 0.98, *_endings("여자고등학교:여고")),
    _rule("H-special", "high", 0.98, *_endings(
        "공업고등학교:공고", "기계공업고등학교:기공", "상업고등학교:상고", "여자상업고등학교:여상",
        "외국어고등학교:외고", "과학고등학교:과고", "예술고등학교:예고", "체육고등학교:체고", "농업고등학교:농고",
        "과학기술고등학교:과기고", "소프트웨어마이스터고등학교:소마고", "국제고등학교:국제고", "관광고등학교:관광고")),
    _rule("H-jeil", "high", 0.95, *_endings("제일고등학교:일고")),
    _rule("H-attached", "high", 0.95, *_attached("고등학교", "고"), *_attached("여자고등학교", "여고")),
    _rule("H-joint", "high", 0.8, *_endings("여자고등학교:여중고", "여자고등학교:여자중고")),
    _rule("M-girls", "middle", 0.95, *_endings("여자중학교:여중")),
    _rule("M-special", "middle", 0.95, *_endings("예술중학교:예중", "체육중학교:체중")),
    _rule("M-attached", "middle", 0.95, *_attached("중학교", "중"), *_attached("여자중학교", "여중")),
    _rule("M-joint", "middle", 0.8, *_endings("여자중학교:여중고", "여자중학교:여자중고")),
    _rule("O-joint", "other", 0.8, *_endings("여자[중고]등?학교:여중고", "여자고등학교:여고", "여자중학교:여중",
                                             "중고등학교:중고")),
    _rule("E-attached", "elementary", 0.95, *_attached("초등학교", "초"),
          (r"(.+?)교육대학교(..)?부설초등학교", r"\1교대\2부초")),
    _rule("E-city", "elementary", 0.95, (f"{_CITY}(.{{2,}}초등학교)", r"\1")),
    _rule("H-short", "high", 0.8, *_endings("고등학교:고")),
    _rule("M-short", "middle", 0.8, *_endings("중학교:중")),
    _rule("E-short", "elementary", 0.8, *_endings("초등학교:초")),
    _rule("E-city-short", "elementary", 0.8, (f"{_CITY}(.{{2,}})초등학교", r"\1초")),
    _rule("U-letters", "university", 0.8, needs=Needs.CAMPUS, *_named(
        "고려:고대", "연세:연대", "이화여자:이대", "성균관:성대", "중앙:중대", "한국외국어:외대", "건국:건대",
        "홍익:홍대", "동국:동대", "한양:한대", "단국:단대", "국민:국대", "경희:경대", "서울:설대", "경북:경대", "부산:부대",
        "동아:동대", "충남:충대", "충북:충대", "전남:전대", "전북:전대", "조선:조대", "계명:계대", "영남:영대", "인하:인대",
        "제주:제대", "아주:아대", "명지:명대", "세종:세대", "상명:상대", "경상국립:상대", "강원:강대", "공군사관학교:공사",
        "해군사관학교:해사", "숭실:숭대", "가천:가대", "서강:서대", "경기:경대", "한국예술종합학교:예종")),
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
    for index, rule in enumerate(RULES):
        if rule.level not in ("*", level):
            continue
        for pattern, replacement in rule.forms:
            alias, met = pattern.subn(replacement, name)
            if met and (len(alias) >= SHORTEST or rule.id in _NICKNAMES):
                yield alias, index


_NICKNAMES = ("U-nickname", "U-letters")
