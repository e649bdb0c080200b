"""Numbers of persons: telephones, residents, bank accounts, vehicles, births, students.

All patterns have bounded repeats, so that each is linear. They are looked for in the working form with digits of
other scripts, Korean number words and letters that look like digits read as digits: 공일공, o1o, 零一零.
"""

import re
from collections.abc import Iterator

from evidence import residents
from evidence.masked import Kind
from pipelines.masking.form import FILLERS, Found

_WORDS = {"공": "0", "영": "0", "빵": "0", "일": "1", "이": "2", "삼": "3", "사": "4", "오": "5", "육": "6", "륙": "6"}
_WORDS |= {"칠": "7", "팔": "8", "구": "9", "o": "0", "ㅇ": "0", "○": "0", "〇": "0", "零": "0", "l": "1", "i": "1"}
_WORDS |= {"ㅣ": "1", "|": "1"} | {word: str(at) for at, word in enumerate("一二三四五六七八九", 1)}
_SPOKEN = str.maketrans(_WORDS)

HAS_NUMBER = re.compile(r"\d|[공영빵o○〇零ㅇ][\W_]{0,3}[일이l1i一|ㅣ]").search
"""Tells whether a text can hold any number at all."""

_GAP = rf"(?:다시|하이픈|대시|[^0-9a-z가-힣{FILLERS}]{{0,5}})"
_MOBILE = re.compile(rf"(?:\+{_GAP}8{_GAP}2{_GAP}0?|8{_GAP}2{_GAP}0?|0){_GAP}1{_GAP}[016789](?:{_GAP}[0-9]){{7,8}}")
_LAND = re.compile(
    r"(?<![\d.,-])\(?(?:02|0[3-6][1-5]|070|050\d)\)?[-.) ~]{1,3}\d{3,4}[-. ~]{1,3}\d{4}(?!\d)"
    r"|\+(?!82)\d{1,3}(?:[-. ()]{0,2}\d){7,12}(?!\d)"
)
_CALLED = re.compile(
    rf"(?:전화|전번|폰번|번호|연락처|핸드폰|휴대폰|(?<![가-힣])폰|hp|tel|phone"
    rf"|[{FILLERS}])[^0-9가-힣\n{FILLERS}]{{0,6}}"
    r"(?:는|은)?[^0-9가-힣\n]{0,3}(\d{3,4}[-. ]\d{4}|\d{10,11}|\d{8})(?![\d])"
)

_BANKS = (
    "국민|kb|신한|우리|하나|농협|nh|기업|ibk|카카오뱅크|카카오|카뱅|토스뱅크|토스|케이뱅크|케뱅|sc제일|제일|씨티"
    "|새마을금고|새마을"
    "|신협|우체국|수협|대구|부산|경남|광주|전북|제주|산업|im뱅크|저축"
)
_ACCOUNT_NUMBER = r"\d{2,6}(?: ?[-–.] ?\d{2,7}){1,4}|\d{2,6}(?: \d{2,7}){1,4}|\d{10,16}"
_BANK = re.compile(
    rf"(?:(?<![가-힣])(?:{_BANKS})(?:은행)?|은행|계좌(?:번호)?|입금|송금|통장)"
    rf"(?:은|는"
    rf"|으로)?[^\d가-힣\n{FILLERS}]{{0,5}}(?:[가-힣]{{2,4}}[^\d가-힣\n{FILLERS}]{{1,3}})?({_ACCOUNT_NUMBER})(?!\d)"
)
_BANK_AFTER = re.compile(rf"(?<!\d)({_ACCOUNT_NUMBER})[ (/]{{0,3}}(?:{_BANKS})(?:은행)?(?![가-힣])")
_CARD = re.compile(r"(?<!\d)\d{4}([- .])\d{4}\1\d{4}\1\d{4}(?!\d)")

_PLATE = re.compile(
    r"(?<![\d.,])(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주) ?\d{1,2}"
    r"|\d{2,3})"
    r" ?([가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자하허호배육해공국합])([- ]{0,2})\d{4}"
    r"(?![\d,.]\d|\d| ?(?:억|만|원|년|월|명|개|회|차(?!량)[가-힣]|건|달러|점|번|시|분|킬로|미터|m|k))"
)
_COUNTERS = frozenset("도조주호구자개루배")
"""Letters of plates that also count things: 12조 3456."""

_DAY = (
    r"(?:(?:19|20)\d{2}[-./년 ]{1,3}\d{1,2}[-./월 ]{1,3}\d{1,2}일?|(?:19|20)\d{6}"
    r"|\d{2}[-./년]\s?\d{1,2}[-./월]\s?\d{1,2}일?"
    r"|\d{2}년\s?\d{1,2}월\s?\d{1,2}일|\d{6}(?!\d))"
)
_BORN = re.compile(
    rf"(?:생년월일|(?<!발)생일|출생일?|생월|birth(?:day)?)[^\d\n{FILLERS}]{{0,6}}({_DAY}|\d{{1,2}}월 ?\d{{1,2}}일"
    rf"|\d{{1,2}}[./]\d{{1,2}}|\d{{4}})(?!\d)"
    rf"|(?<!\d)({_DAY}) ?(?=생(?!각|활|산|방|긴|겼|명))"
)
_BESIDE_NAME = re.compile(
    rf"(?<=[\ue000])(?: ?[가-힣]{{1,2}})?[ ,/(|:·\-]{{0,4}}({_DAY})(?!\d)|(?<!\d)({_DAY})[ ,/)|:·\-]{{0,4}}(?=[\ue000])"
)

_STUDENT = re.compile(
    rf"학번[^\d\n{FILLERS}]{{0,5}}(?!\d{{2}}학번|(?:19|20)\d{{2}}(?!\d))(\d{{4,10}})(?!\d)"
    rf"|(?<!\d)(\d{{5,10}}) ?(?=학번)"
)
_SEAT = re.compile(r"(?<![\d.,-])([1-6](?:0[1-9]|1\d|2[0-4])(?:0[1-9]|[1-4]\d)) ?(?=[\ue000])")


def find_residents(text: str) -> Iterator[Found]:
    """Find resident numbers. Those that were captured are not kept; staff may write some in notes."""
    yield from ((start, end, Kind.RESIDENT) for start, end in residents.find_residents(text))


def find_banks(text: str) -> Iterator[Found]:
    """Find account numbers beside a bank or the word for account, and card numbers."""
    for pattern in (_BANK, _BANK_AFTER):
        for found in pattern.finditer(text):
            if 10 <= sum(character.isdigit() for character in found[1]) <= 16 and not _MOBILE.fullmatch(found[1]):
                yield *found.span(1), Kind.BANK
    yield from ((*found.span(), Kind.BANK) for found in _CARD.finditer(text))


def find_phones(text: str) -> Iterator[Found]:
    """Find telephone numbers, whatever stands between their digits."""
    for found in _MOBILE.finditer(text.translate(_SPOKEN)):
        start, end = found.span()
        is_inside = text[start - 1 : start].isdigit() or text[end : end + 1].isdigit()
        if not is_inside and _is_dialled(found[0]):
            yield start, end, Kind.PHONE
    yield from ((*found.span(), Kind.PHONE) for found in _LAND.finditer(text))
    yield from ((*found.span(1), Kind.PHONE) for found in _CALLED.finditer(text))


def _is_dialled(number: str) -> bool:
    """Tell a number from a date with a time: those have colons and strokes at other places than 3-4-4."""
    groups = re.findall("[0-9]+", number)
    return not re.search("[:/]", number) or [len(group) for group in groups[-2:]] in ([3, 4], [4, 4])


def find_plates(text: str) -> Iterator[Found]:
    """Find vehicle numbers."""
    for found in _PLATE.finditer(text):
        if not (found[2] and found[1] in _COUNTERS and found[0][:1].isdigit()):
            yield *found.span(), Kind.PLATE


def find_births(text: str) -> Iterator[Found]:
    """Find dates of birth that are called so, or that stand beside a name which is masked already."""
    for pattern in (_BORN, _BESIDE_NAME):
        for found in pattern.finditer(text):
            start, end = found.span(1) if found[1] else found.span(2)
            if _may_be_day(text[start:end]):
                yield start, end, Kind.BIRTH


def find_students(text: str) -> Iterator[Found]:
    """Find student numbers that are called so, or five digits before a name: 20315 is grade 2, class 3, number 15."""
    for found in _STUDENT.finditer(text):
        start, end = found.span(1) if found[1] else found.span(2)
        yield start, end, Kind.STUDENT
    yield from ((*found.span(1), Kind.STUDENT) for found in _SEAT.finditer(text))


def _may_be_day(written: str) -> bool:
    """Tell whether the last two parts can be a month and a day."""
    digits = re.sub(r"\D+", " ", written).split()
    if len(digits) == 1 and len(digits[0]) in (4, 6, 8):
        digits = [digits[0][-4:-2], digits[0][-2:]]
    return len(digits) < 2 or (1 <= int(digits[-2]) <= 12 and 1 <= int(digits[-1]) <= 31)
