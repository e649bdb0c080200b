"""Resident registration numbers: how they are told, and texts without them.

They are never stored, not even encrypted: a mark takes their place before anything is kept, in every kind of place,
so that it can be told that one was there and nothing more. Masking tells them by the same rule.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from unicodedata import category, digit
from unicodedata import normalize as normalize_unicode

from evidence.masked import Kind

MARK = Kind.RESIDENT.mark
UNCHECKED_SINCE = date(2020, 10, 1)
"""Resident numbers given out from here on carry no check digit."""
LAST_BIRTH = date(2039, 12, 31)
"""Later ones are none: bar codes of goods made in Korea begin with 880 and would be births of 2088."""

_RESIDENT = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})([-‐-―−~. /*_ㅡ]{0,3})([0-9])(\d{6}|[*x●○#]{2,6})?(?![\d])")
_LABEL = re.compile(r"(?:주민|등록|주번|민증)[가-힣 ]{0,8}[^\d가-힣\n]{0,4}$")
_LABEL_CHARACTERS = 16
_CENTURY = dict.fromkeys("90", 1800) | dict.fromkeys("1256", 1900) | dict.fromkeys("3478", 2000)

_FILLERS = "\u115f\u1160\u3164\uffa0"
_UNSEEN = (
    rf"[\u00ad\u0300-\u036f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufeff{_FILLERS}]"
)
_DIGIT = r"[\d²³¹⁰-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪❶-❾➀-➈➊-➒]"
_FIRST_SIX = rf"{_DIGIT}(?:{_UNSEEN}{{0,4}}{_DIGIT}){{5}}"
_BETWEEN = rf"[\W_ㅡ{_FILLERS}]"
_FORM = (
    rf"{_FIRST_SIX}(?:{_BETWEEN}{{0,8}}{_DIGIT}(?:(?:{_UNSEEN}{{0,4}}{_DIGIT}){{6}}|{_UNSEEN}{{0,4}}[*＊xX●○#＃])"
    rf"|{_BETWEEN}{{1,8}}{_DIGIT})"
)
_IS_LIKELY = re.compile(_FORM).search
_PLACES = re.compile(rf"(?<!\d)(?={_FORM})")
_BEFORE, _BEHIND = 24, 72
"""How much around a likely place is looked at; with that many invisible characters in between it is no number."""


def find_residents(text: str) -> Iterator[tuple[int, int]]:
    """Find resident numbers: a date that exists, and the check digit where one can be expected.

    Args:
        text: in normal form: lower case, digits 0 to 9, nothing invisible.

    Returns:
        Start and end of each, in order.
    """
    for found in _RESIDENT.finditer(text):
        year, month, day, gap, century, rest = found.groups()
        born = _as_date(_CENTURY[century] + int(year), int(month), int(day))
        is_labelled = _LABEL.search(text[max(0, found.start() - _LABEL_CHARACTERS) : found.start()]) is not None
        if born is None or born > LAST_BIRTH or (rest is None and not (is_labelled and gap)):
            continue
        is_solid = not gap and rest is not None and rest.isdigit()
        if is_labelled or not is_solid or born >= UNCHECKED_SINCE or has_check_digit(found[0]):
            yield found.span()


def has_check_digit(number: str) -> bool:
    """Tell whether the last of 13 digits is the check digit of the twelve before."""
    digits = [int(character) for character in number if "0" <= character <= "9"]
    weighted = sum(
        digit * weight for digit, weight in zip(digits[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True)
    )
    base = 13 if digits[6] in (5, 6, 7, 8) else 11  # foreigners' numbers are shifted by two
    return digits[12] == (base - weighted % 11) % 10


def may_hold_residents(text: str) -> bool:
    """Whether a text as received can hold any; quick, and wrong only in saying yes."""
    return _IS_LIKELY(text) is not None


def residents_in(text: str) -> list[tuple[int, int]]:
    """Start and end of each resident number in a text as received, in order, in code points."""
    if not may_hold_residents(text):
        return []
    found = {span for place in _PLACES.finditer(text) for span in _around(text, place.start())}
    return sorted(found)


def without_residents(text: str) -> str:
    """The text with a mark in place of each resident number; the same for a text that has been through here."""
    for start, end in reversed(residents_in(text)):
        text = f"{text[:start]}{MARK}{text[end:]}"
    return text


def _around(text: str, at: int) -> Iterator[tuple[int, int]]:
    """The number that begins at a place, read without what cannot be seen and in plain digits."""
    first = max(0, at - _BEFORE)
    letters, places = _plain(text[first : at + _BEHIND], first)
    for start, end in find_residents("".join(letters)):
        if places[start] == places[bisect_left(places, at)]:
            yield places[start], places[end - 1] + 1


def _plain(text: str, first: int) -> tuple[list[str], list[int]]:
    """Each visible character in normal form, and where it stands."""
    letters, places = list[str](), list[int]()
    for at, character in enumerate(text, start=first):
        if category(character) in ("Cf", "Mn", "Me") or character in _FILLERS:
            continue
        number = digit(character, None)
        form = character if "ㄱ" <= character <= "ㆎ" else normalize_unicode("NFKC", character).lower()
        letters.append(str(number) if number is not None else form if len(form) == 1 else character)
        places.append(at)
    return letters, places


def _as_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
