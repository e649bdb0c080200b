"""Place names in a text, which tell schools of one name apart."""

import re
from collections.abc import Iterable
from functools import lru_cache

from evidence.records import School

_SHORT = {
    "충청북도": "충북",
    "충청남도": "충남",
    "전라북도": "전북",
    "전라남도": "전남",
    "전북특별자치도": "전북",
    "강원특별자치도": "강원",
    "경상북도": "경북",
    "경상남도": "경남",
}
_ENDING = re.compile("(?<=..)(?:특별자치시|특별자치도|특별시|광역시|도|시|군|구)$")


@lru_cache(maxsize=4096)
def parts_of(province: str, district: str) -> tuple[str, ...]:
    """Give the parts of a place, the largest first: 경기도, 수원시, 권선구."""
    return (*province.split(), *district.split())


@lru_cache(maxsize=1024)
def ways_to_write(part: str) -> frozenset[str]:
    """Give the ways of writing one part of a place: 수원시 and 수원; 중구 has no other."""
    return frozenset((part, _SHORT.get(part) or _ENDING.sub("", part)))


@lru_cache(maxsize=4096)
def _ways(province: str, district: str) -> tuple[frozenset[str], ...]:
    return tuple(ways_to_write(part) for part in parts_of(province, district))


def words_of(school: School) -> Iterable[str]:
    """Give every way of writing every part of a school's place."""
    return frozenset().union(*_ways(school.province, school.district))


def count_named(school: School, text: str) -> int:
    """Count the parts of a school's place that a text names."""
    return sum(any(word in text for word in ways) for ways in _ways(school.province, school.district))
