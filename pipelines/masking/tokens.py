"""Reading one run of Hangul as the name of a person with what hangs on it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.masking.name_words import (
    AFTER_FIRST,
    ALONE,
    DOUBLE,
    FIRST,
    FREQUENT,
    LAST,
    NATIVE,
    NEVER,
    STOP,
    SURNAMES,
)

TITLES = (
    "씨|님|양|군|쌤|샘|학생|선배|후배|오빠|언니|누나|누님|형님|형|동생|친구|어린이|선생|교사|교수|반장|부반장|회장"
    "|부회장|교장|교감|담임"
    "|강사|박사|조교|코치|감독|작가|사모|어머니|아버지|엄마|아빠"
)
_TITLE = re.compile(rf"(?:{TITLES})님?들?")
_SAYING = "이한전오하우"
"""Surnames that are words before a noun too: 이 나라, 한 사랑."""
_HANGING = "을의은도만한하해가보랑"
"""Last syllables of a word with its particle more often than of a rare name."""
_NEEDS_CODA = re.compile("은|을|과|으로|아")
_NEEDS_OPEN = re.compile("는|를|와|가|야|로")
_PARTICLES = re.compile(
    r"(?:이?(?:가|는|를|와|야|랑|란|라는|라고|라|다|고|네|며|나|도|만|의)|은|을|과|아|이|의|도|만|에게[는서도]?"
    r"|한테[는서도]?|께서[는도]?|께"
    r"|하고|부터|까지|보다|처럼|같은|이?랑은?|이?입니다|입니다|임|이에요|예요|이?인데|인|등|및|로|으로|년|놈"
    r"|이?라는데|이?라던데|이?라며|이?다니|네는|이네"
    r"|이?였[가-힣]{1,3}|이었[가-힣]{1,3}|이?래요?|이?죠|이?지)\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A run read as a name: how many characters of it are the name, and what follows solid."""

    length: int
    has_title: bool
    is_usual: bool
    """Made of a frequent surname and two syllables of given names, and no word."""


@lru_cache(maxsize=65536)
def read_name(run: str, is_expected: bool) -> Reading | None:
    """Read a run of Hangul as a name.

    Args:
        run: two syllables or more, from where a name may begin.
        is_expected: a class, a label or a title says that a name stands here; rarer forms count then.

    Returns:
        None where it is no name.
    """
    for length in (4, 3, 2) if run[:2] in DOUBLE else (3, 2) if not is_expected else (3, 2, 4):
        if len(run) < length:
            continue
        name, tail = run[:length], run[length:]
        if tail and name[-1] == "하" and not is_expected:
            continue  # 방지하는, 유지하고
        if _is_name(name, is_expected) and (hangs := _hangs(name, tail)) is not None:
            return Reading(length=length, has_title=hangs, is_usual=_is_usual(name))
    return None


def _is_name(name: str, is_expected: bool) -> bool:
    if name in STOP:
        return False
    if name[:2] in DOUBLE and len(name) > 2:
        return True
    if name[0] not in SURNAMES:
        return False
    if len(name) == 3:
        return _is_usual(name) or name[1:] in NATIVE or (is_expected and _is_possible(name))
    return is_expected and (name[1:] in ALONE if len(name) == 2 else name[1:] in NATIVE)


def _is_usual(name: str) -> bool:
    if name in STOP or len(name) < 3:
        return False
    if name[:2] in DOUBLE:
        return name[2] in FIRST or name[2] in ALONE
    if name[1:] in NATIVE:
        return name[0] in FREQUENT and name[0] not in _SAYING
    if len(name) != 3 or name[0] not in FREQUENT or name[1] not in FIRST:
        return False
    return name[2] in LAST or name[1] in AFTER_FIRST.get(name[2], "")


def _is_possible(name: str) -> bool:
    return NEVER.isdisjoint(name[1:]) and (name[1] in FIRST or name[2] in LAST) and name[2] not in _HANGING


def _hangs(name: str, tail: str) -> bool | None:
    """Tell whether what follows a name solid has a title; None where it cannot follow a name."""
    if not tail:
        return False
    found = _TITLE.match(tail)
    rest = tail[found.end() :] if found else tail
    if not rest:
        return found is not None
    last = tail[found.end() - 1] if found else name[-1]
    if not _PARTICLES.match(rest) or not _fits(last, rest):
        return None
    return found is not None


def _fits(last: str, particle: str) -> bool:
    """Tell whether a particle may follow a syllable: 은 after a final consonant, 는 after a vowel."""
    has_coda = (ord(last) - 0xAC00) % 28 != 0
    if has_coda:
        return _NEEDS_OPEN.match(particle) is None
    return _NEEDS_CODA.match(particle) is None and particle != "이"
