"""Place names beside a mention, which tell schools of one name apart."""

import re
from collections.abc import Sequence
from functools import lru_cache

from evidence.records import School

REACH = 20
"""Characters before a mention in which a place name is looked for."""

_SHORT = {
    "충청북도": "충북",
    "충청남도": "충남",
    "전라북도": "전북",
    "전라남도": "전남",
    "경상북도": "경북",
    "경상남도": "경남",
}
_ENDING = re.compile("(?<=..)(?:특별자치시|특별자치도|특별시|광역시|도|시|군|구)$")


def parts_of(school: School) -> tuple[str, ...]:
    """Give the parts of a school's place, the largest first: 경기도, 수원시, 권선구."""
    return (*school.province.split(), *school.district.split())


@lru_cache(maxsize=1024)
def ways_to_write(part: str) -> frozenset[str]:
    """Give the ways of writing one part of a place: 수원시 and 수원; 중구 has no other."""
    return frozenset((part, _SHORT.get(part) or _ENDING.sub("", part)))


def narrow(schools: Sequence[School], before: str, office: str | None) -> Sequence[School]:
    """Keep the schools that the place names before a mention speak for, then those of the office.

    Args:
        schools: candidates of one name.
        before: text before the mention, in normal form.
        office: NEIS office code, or None.

    Returns:
        At least one candidate; all of them where neither says anything.
    """
    scores = [_score(school, before) for school in schools]
    near = [school for school, score in zip(schools, scores, strict=True) if score == max(scores)]
    return [school for school in near if office and school.office == office] or near


def _score(school: School, before: str) -> int:
    """Count the parts of a school's place that are named."""
    return sum(any(word in before for word in ways_to_write(part)) for part in parts_of(school))
