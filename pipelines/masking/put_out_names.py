"""Names in which the author put letters out: 김*수, 김ㅇㅇ, 김OO, ㄱㅊㅅ. The whole is one name."""

import re
from collections.abc import Iterator

from evidence.masked import Kind
from pipelines.masking.company import AFTER, BEFORE, is_before_class, is_classed, is_titled
from pipelines.masking.form import FILLERS, Found
from pipelines.masking.name_words import FREQUENT, SURNAMES
from pipelines.masking.tokens import read_name

_SIGNS = "*○●◯□■△▲×_♡♥☆★◇〇"
_CALLS, _CURSES = "오하아마노예어우지시전", "시지마아오어병"
"""Surnames that are also calls (오ㅇㅇ), or the first letters of put-out curses (시**)."""
_HALF = re.compile(
    rf"(?<![가-힣a-z0-9{FILLERS}])(?P<surname>[{''.join(sorted(SURNAMES))}])(?:(?P<sign>[{_SIGNS}]{{1,3}})(?![{_SIGNS}])"
    r"|(?P<letter>oo|xx|00|ㅇㅇ)(?![a-z0-9ㅇ])|(?P<one>[ㅇox0](?=[가-힣])))(?P<rest>[가-힣]{0,6})"
)
_FIRST_CONSONANTS = re.compile(
    r"(?<![ㄱ-ㅣ가-힣])(?!ㅎㄷㄷ|ㄷㄷㄷ|ㅇㅈㄹ|ㅅㅌㅊ|ㅇㄱㄹ|ㅉㅉㅉ|ㅎㅎㅎ)[ㄱ-ㅊㅌ-ㅎ]{3}(?![ㄱ-ㅣ])"
)
holds_put_out = re.compile(f"[{_SIGNS}ㄱ-ㅎ]|oo|xx|00|[ox0](?=[가-힣])").search


def find_put_out(text: str, has_school: bool) -> Iterator[Found]:
    """Find names with letters put out already, and first consonants beside a class or a title.

    Args:
        text: working form, schools put out.
        has_school: whether anything in it speaks of school.
    """
    for found in _HALF.finditer(text):
        width = len(found["sign"] or found["letter"] or found["one"])
        given = 1 if width == 1 else 0  # one letter put out is the middle one: the last is shown
        end = found.start() + 1 + width + given
        if len(found["rest"]) < given or not _ends_as_name(found["rest"][given:]):
            continue
        if _is_name(text, found, end, has_school):
            yield found.start(), end, Kind.NAME
    for found in _FIRST_CONSONANTS.finditer(text):
        if _is_announced(text, found.start(), found.end()):
            yield *found.span(), Kind.NAME


def _is_name(text: str, found: re.Match[str], end: int, has_school: bool) -> bool:
    """Tell a name from a curse or a call: 김** anywhere, 오** beside a class or a title."""
    others = _CURSES if found["sign"] else _CALLS
    if found["surname"] in FREQUENT and found["surname"] not in others:
        return not found["one"] or has_school
    return _is_announced(text, found.start(), end) or (
        has_school and is_before_class(text[end : end + AFTER]) is not None
    )


def _is_announced(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
    return is_classed(before) is not None or is_titled(after) is not None


def _ends_as_name(tail: str) -> bool:
    """Tell whether this may follow a name whose last sound is not known."""
    return not tail or read_name(f"김지수{tail}", True) is not None or read_name(f"김지은{tail}", True) is not None
