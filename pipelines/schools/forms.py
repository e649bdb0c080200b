"""Names told by their endings: full names that the register does not know, former types, endings written apart."""

import re

from pipelines.schools.context import is_abroad, school_follows
from pipelines.schools.register import Register
from pipelines.schools.signals import FULL_FORMS

PATTERN, FORMER = 0.6, 0.7
"""Confidence of an unlisted full name and of a former type."""

LONGEST = 16
"""Syllables of a name; a longer run is text without spaces."""

_STEM = re.compile("[가-힣]{2,}$")
_GENERIC = re.compile(
    ".*(?:던|는|른|같은|모든|많은|좋은|작은|인근|소재|해당|근처|지역|관내|시내|출신|모교인|저희|우리|있는|다닌|나온|현재|시절)"
    "|.*(?<!대)학교.*"
    "|(?:전국|국립|공립|사립|시립|도립|여자|남자|공업|상업|농업|산업|실업|특성화|특목|일반|인문|인문계|실업계|예술|과학|체육"
    "|외국어|국제|마이스터|자율형|자사|대안|명문|신설|병설|부설|부속|남녀공학|그냥|이런|저런|그런|어떤|무슨|각급|각종|어느"
    "|다음|이번|한국|외국|미국|중국|일본|북한|유명|지방|시골|동네|집앞|근무|신입|졸업|당시|부터|까지|에서|그리고|또는|및"
    "|초|중|초등|어제|오늘|내일|작년|올해|매일|이제|지금|나중에|사실|진짜|정말|제가|내가|우리집|친구|아들|딸|동생|아이"
    "|보건|간호|기술|디지털|사이버|신학|교육|의과|특수|영재|기숙|종합|거점|주요|인기|서울권|수도권|년제|통합|혁신|유치원)+"
)
"""What is not a name: it ends like a clause, holds another 학교, or is made of general words only."""
_DEGREE = re.compile("전문|대학원$")
_NOTICE = re.compile(
    r"\s?(?:제\s?\d|문(?!창)|일(?!고)|기간|하|되|를 [내하]|안내|사항|번호|히|심|기각|장|이유|법원|인(?!재))"
)
_LONE_WORD = re.compile(r"(?:(?<=\s)|\A)([가-힣]{1,12})\Z")


def stem_start(text: str, ending: int) -> int | None:
    """Find where a full name begins.

    Args:
        text: in normal form.
        ending: where its ending (초등학교 …) begins.

    Returns:
        Start of the name, or None where what stands there is no name.
    """
    stem = _STEM.search(text, max(0, ending - LONGEST - 1), ending)
    if stem is None or len(stem[0]) > LONGEST or _GENERIC.fullmatch(stem[0]):
        return None
    if stem.start() and text[stem.start() - 1].isalnum():
        return None
    return stem.start()


def stem_starts(text: str, ending: int) -> range:
    """Give where a stem of two syllables or more may begin, the longest first."""
    run = _STEM.search(text, max(0, ending - LONGEST), ending)
    return range(run.start(), ending - 1) if run else range(0)


def unlisted_start(text: str, start: int, end: int, register: Register) -> int | None:
    """Find where a full name begins that the register does not know.

    Universities of other countries are named like ours, so where the register has universities only kinds that
    are Korean alone count: 전문대학 and 대학원대학교.
    """
    stem = stem_start(text, start)
    if stem is None or is_abroad(text, stem):
        return None
    level = FULL_FORMS[text[start:end]]
    if level in register.levels and level != "university":
        return None if text[stem:start] in register.places else stem
    if level in register.levels and not _DEGREE.search(text[stem:end].removesuffix("대학교").removesuffix("대학")):
        return None
    return stem


def former_start(text: str, start: int, end: int, register: Register) -> int | None:
    """Find where the name of a vocational school begins whose kind was renamed: 덕수상고 is 덕수고 today."""
    stem = _STEM.search(text, max(0, start - 5), start)
    if stem is None or (stem.start() and text[stem.start() - 1].isalnum()):
        return None
    is_known = stem[0] in register.stems or stem[0] in register.places
    return stem.start() if is_known and not _NOTICE.match(text, end) else None


def spaced_name(text: str, start: int, end: int, register: Register) -> tuple[int, int] | None:
    """Join an ending that was written apart with what stands before it: 송정 중학교.

    Args:
        text: in normal form.
        start: of the space before the ending.
        end: of the ending.
        register: must know the joined name.

    Returns:
        Start of the name and the index of its alias.
    """
    word = _LONE_WORD.search(text, max(0, start - 13), start)
    if word is None:
        return None
    stem = word[1]
    index = register.by_text.get(stem + text[start + 1 : end])
    if index is None or len(stem) < 2 or _GENERIC.fullmatch(stem) or is_abroad(text, word.start(1)):
        return None
    is_university = text.endswith(("대학교", "대", "과기원"), start, end)
    if stem in register.places and not is_university and not school_follows(text, end):
        return None  # 부산 여고: some school there
    return word.start(1), index
