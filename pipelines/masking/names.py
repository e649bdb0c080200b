"""Names of persons beside schools, classes and what else speaks of one person.

A word that is built like a name counts as one only in company: where something announces it (a label, a class, a
title, a list), or, for the commonest forms, on a line that speaks of school at all.
"""

import re
from collections.abc import Iterator

from evidence.masked import Kind
from pipelines.masking.form import FILLERS, HIDDEN, NAMED, SCHOOL, Found
from pipelines.masking.name_lists import find_lists
from pipelines.masking.name_words import DOUBLE, FREQUENT, SURNAMES
from pipelines.masking.romanised import find_romanised
from pipelines.masking.tokens import TITLES, Reading, read_name

_CONTEXT = re.compile(
    rf"학교|학년|\d ?반|학생|[고중초대]딩|[여남][고중]|고등|중학|초등|대학|재학|졸업|동창|동문|담임|쌤|선생님|\d ?[살세]|년생|학과|학번|과대|전교"
    rf"|급식|입학|전학|자퇴|동아리|지인|신상|실명|본명|이름|[고중초][1-6](?!\d)|[{SCHOOL}{HIDDEN}]|반장|명단|\d{{5}} ?[가-힣]|\d-\d{{1,2}} ?[가-힣]|high school|school|univ|class|grade"
)
_GATE = re.compile(f"{_CONTEXT.pattern}|다니|출신|명단|[대고중초] ?\\d-\\d")
_SCHOOL = re.compile(
    r"(?<![가-힣])[가-힣]{1,9}(?:초등학교|중학교|고등학교|대학교|여고|여중|여대|남고|남중|외고|과고|공고|상고|예고|체고|초교)"
    r"|(?<![가-힣])[가-힣]{2,8}[고중초대](?= ?\d ?학년| ?\d{1,2} ?반| ?\d-\d| 학생| 다니| 재학| 출신| 졸업|다니|출신|재학| \d{2}학번)"
)

_LABEL = re.compile(
    r"(?<![가-힣a-z])(?:이름|성명|실명|본명|성함|학생명|예금주|받는 ?사람|받는 ?분|보호자|피해자|가해자|name)(?:은|는|이)?"
    r"\s{0,2}[:=\-→>)\]】|]{1,2}\s{0,2}([가-힣]{2,8}|[a-z]{2,15}(?:[ -][a-z]{2,15}){0,2})"
)
_ASIDE = re.compile(r"(?<![가-힣])(?:이름|실명|본명|성함)(?:은|는|이|도)? ?\Z")
_MARK_LABEL = re.compile(rf"{NAMED}[ :]{{1,2}}\Z")
_CLASS_BEFORE = re.compile(
    rf"(?:\d ?학년(?: ?\d{{1,2}} ?반)?(?: ?\d{{1,2}} ?번)?|\d{{1,2}} ?반(?: ?\d{{1,2}} ?번)?|(?<![가-힣])[고중초][1-6]|(?<![\d-])\d-\d{{1,2}}(?:-\d{{1,2}})?"
    rf"|(?<!\d)\d{{5}}|\d{{2}}년생|(?<!\d)1\d ?[살세](?=[^가-힣])|\d{{2}}학번|{SCHOOL})[ ,:/()|·\-]{{0,3}}"
    r"(?:(?:[여남]?학생|반장|명단|부반장|담임|재학생|졸업생|전교회장|학생회장|얼짱|다니는|재학 ?중인|사는|출신|출신인|이름은?)[ :]{1,2})?\Z"
    r"|(?<![가-힣])(?:담임|반장|부반장|얼짱|여학생|남학생|전교회장|학생회장)[ :]{1,2}\Z"
)
_CLASS_AFTER = re.compile(rf" ?[(,/]? ?(?:[{SCHOOL}]|\d ?학년|[고중초]\d|\d{{1,2}} ?반|1\d ?[살세])")
_TITLE_AFTER = re.compile(
    rf"(?:이?라는|이?란)? ?(?:{TITLES})(?![가-힣])|(?:이?라는|이?란)? ?(?:{TITLES})님?(?:들|은|는|이|가|을|를|의|과|와|도|한테|에게|께|이랑|랑|이다|입니다|이고|이야|야)"
    r"|(?:이?라는|이?란) ?(?:애|여자|남자|사람|놈|년|녀석|여학생|남학생)|\((?:\d{1,2}[세살]?|[고중초]\d|\d학년|[가-힣]{2,8}[고중대초])[),·]|, ?1\d ?[살세]"
)
_ONE_PERSON = re.compile(r" ?(?:학생|씨|양|군|선배|후배)(?:[은는이가을를의과와도만]|한테|에게|께|이?랑)?(?![가-힣])|\(\d|, ?1\d ?[살세]")
_LIST_GAP = re.compile(rf"(?:[ ,/·、&+|]|\d{{1,2}}[.)번]? ?|및 |와 |과 |랑 |이랑 |하고 ){{1,4}}|[{NAMED}]")

_RUN = re.compile(
    rf"(?<![가-힣{NAMED}])(?:(?<=\d)(?:반|번|학년))?([{''.join(sorted(SURNAMES | {one[0] for one in DOUBLE}))}][가-힣]{{1,11}})"
)
"""A word that a name may begin; never right behind another name."""
_MASKING = "*○●◯□■△▲×_♡♥☆★◇〇"
_CALLS = "오하아마노예어우지시전"
_CURSES = "시지마아오어병"
"""Surnames that are also calls, or the first letters of put-out curses."""
_HALF = re.compile(
    rf"(?<![가-힣a-z0-9{FILLERS}])(?P<surname>[{''.join(sorted(SURNAMES))}])(?:(?P<sign>[{_MASKING}]{{1,3}})(?![{_MASKING}])|(?P<letter>oo|xx|00|ㅇㅇ)(?![a-z0-9ㅇ])|(?P<one>[ㅇox0](?=[가-힣])))"
    r"(?P<rest>[가-힣]{0,6})"
)
_FIRST_CONSONANTS = re.compile(r"(?<![ㄱ-ㅣ가-힣])(?!ㅎㄷㄷ|ㄷㄷㄷ|ㅇㅈㄹ|ㅅㅌㅊ|ㅇㄱㄹ|ㅉㅉㅉ|ㅎㅎㅎ)[ㄱ-ㅊㅌ-ㅎ]{3}(?![ㄱ-ㅣ])")
_PUT_OUT = re.compile(f"[{_MASKING}ㄱ-ㅎ]|oo|xx|00|[ox0](?=[가-힣])")
_SPACED = re.compile(
    rf"(?<![가-힣])(?P<a>[{''.join(sorted(SURNAMES))}])(?P<gap>[^0-9a-z가-힣\n{FILLERS}]{{1,2}}|[ㅡㅣ])(?P<b>[가-힣])(?P=gap)(?P<c>[가-힣])(?P<tail>[가-힣]{{0,5}})"
)
_APART = re.compile(r"(?<![가-힣])[김박최정강윤장임권황송류홍손배백허심곽] [가-힣]{2,6}")

_COUNTERS = "원명년월일시분회차조억만천호도주위"
"""Surnames that count things right behind a number: 20000원정도."""

BEFORE, AFTER = 28, 16
"""Characters beside a word in which it is announced."""


def find_names(text: str) -> Iterator[Found]:
    """Find names of persons.

    Args:
        text: working form, schools put out.
    """
    has_school = _GATE.search(text) is not None
    if has_school:
        text = _SCHOOL.sub(lambda found: SCHOOL * len(found[0]), text)
    yield from _labelled(text)
    if _PUT_OUT.search(text):
        yield from _half_masked(text, has_school)
    if has_school or "\n" in text or "," in text:
        yield from find_lists(text, has_school)
    start = 0
    for line in text.split("\n"):
        if line:
            is_near = has_school and _CONTEXT.search(line) is not None
            yield from _on_line(text, start, start + len(line), is_near)
            if is_near:
                yield from _taken_apart(text, start, start + len(line))
                yield from find_romanised(text, start, start + len(line))
        start += len(line) + 1


def _on_line(text: str, start: int, end: int, is_near: bool) -> Iterator[Found]:
    """Read every run of a line; neighbours of a name are likelier names."""
    runs = list(_RUN.finditer(text, start, end))
    readings = [_read_run(text, run, is_near) for run in runs]
    for at, run in enumerate(runs):
        reading = readings[at]
        if reading is None and at and readings[at - 1] and _is_listed(text, runs[at - 1], run):
            reading = readings[at] = _whole(run[1])
        if reading:
            yield run.start(1), run.start(1) + reading.length, Kind.NAME
    for at in range(len(runs) - 2, -1, -1):
        following = readings[at + 1]
        if readings[at] is None and following and _is_listed(text, runs[at], runs[at + 1]):
            readings[at] = reading = _whole(runs[at][1])
            if reading:
                yield runs[at].start(1), runs[at].start(1) + reading.length, Kind.NAME


def _read_run(text: str, run: re.Match[str], is_near: bool) -> Reading | None:
    """Read a run as a name by what announces it, else by its commonest form."""
    if read_name(run[1], is_near) is None:
        return None  # nineteen words in twenty
    start, end = run.span(1)
    before, after = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
    is_classed = _CLASS_BEFORE.search(before) is not None
    if before[-1:].isdigit() and run[1][0] in _COUNTERS:
        return None
    is_titled = _TITLE_AFTER.match(after) is not None
    if is_classed or (is_near and _is_whole(run[1]) and (_ONE_PERSON.match(after) or _CLASS_AFTER.match(after))):
        return read_name(run[1], True)
    reading = read_name(run[1], False)
    if reading is None or is_near:
        return reading
    is_called = reading.has_title or (is_titled and reading.length == len(run[1]))
    if (is_called or _ASIDE.search(before)) and reading.is_usual:
        return reading
    is_alone = _MARK_LABEL.search(before) and reading.length == len(run[1]) and not after.strip()[:1].isalpha()
    return reading if is_alone else None


def _is_whole(run: str) -> bool:
    """Tell whether a run is a name and nothing more."""
    reading = read_name(run, True)
    return reading is not None and reading.length == len(run) > 2


def _whole(run: str) -> Reading | None:
    reading = read_name(run, True)
    return reading if reading and (reading.length == len(run) or reading.is_usual) else None


def _is_listed(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Tell whether only a mark of a list stands between two runs."""
    gap = text[one.end() : other.start()]
    return len(gap) <= 6 and gap != " " and _LIST_GAP.fullmatch(gap) is not None


def _labelled(text: str) -> Iterator[Found]:
    for found in _LABEL.finditer(text):
        start, end = found.span(1)
        if "가" <= text[start] <= "힣":
            reading = read_name(found[1], True)
            if reading is None and len(found[1]) > 5:
                continue
            end = start + reading.length if reading else end
        yield start, end, Kind.NAME


def _half_masked(text: str, has_school: bool) -> Iterator[Found]:
    """Find names with letters put out already: 김*수, 김ㅇㅇ, 김O수; the whole is one name."""
    for found in _HALF.finditer(text):
        width = len(found["sign"] or found["letter"] or found["one"])
        given = 1 if width == 1 else 0  # one letter put out is the middle one: the last is shown
        end = found.start() + 1 + width + given
        if len(found["rest"]) < given or not _ends_as_name(found["rest"][given:]):
            continue
        if _is_put_out_name(text, found, end, has_school):
            yield found.start(), end, Kind.NAME
    for found in _FIRST_CONSONANTS.finditer(text):
        before = text[max(0, found.start() - BEFORE) : found.start()]
        if _CLASS_BEFORE.search(before) or _TITLE_AFTER.match(text[found.end() : found.end() + AFTER]):
            yield *found.span(), Kind.NAME


def _is_put_out_name(text: str, found: re.Match[str], end: int, has_school: bool) -> bool:
    """Tell a name from a curse or a call: 김** anywhere, 오** beside a class or a title."""
    if found["surname"] in FREQUENT and found["surname"] not in (_CALLS if found["letter"] or found["one"] else _CURSES):
        return not found["one"] or has_school
    before, after = text[max(0, found.start() - BEFORE) : found.start()], text[end : end + AFTER]
    return _CLASS_BEFORE.search(before) is not None or _TITLE_AFTER.match(after) is not None or (
        has_school and _CLASS_AFTER.match(after) is not None
    )


def _ends_as_name(tail: str) -> bool:
    """Tell whether this may follow a name whose last sound is not known."""
    return not tail or read_name(f"김지수{tail}", True) is not None or read_name(f"김지은{tail}", True) is not None


def _taken_apart(text: str, start: int, end: int) -> Iterator[Found]:
    """Find names whose syllables are set apart (김 철 수, 김.철.수), and surnames set apart where one is announced."""
    for found in _SPACED.finditer(text, start, end):
        reading = read_name(found["a"] + found["b"] + found["c"] + found["tail"], False)
        if reading and reading.length == 3:
            yield found.start(), found.start("tail"), Kind.NAME
    for found in _APART.finditer(text, start, end):
        before, after = text[max(0, found.start() - BEFORE) : found.start()], text[found.end() : found.end() + AFTER]
        reading = read_name(found[0].replace(" ", ""), False)
        if reading and (reading.has_title or _CLASS_BEFORE.search(before) or _TITLE_AFTER.match(after)):
            yield found.start(), found.start() + reading.length + 1, Kind.NAME
