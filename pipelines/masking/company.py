"""What tells that a word is the name of a person: schools, classes, titles and labels beside it."""

import re

from pipelines.masking.form import HIDDEN, NAMED, SCHOOL
from pipelines.masking.tokens import TITLES

BEFORE, AFTER = 28, 16
"""Characters beside a word in which it is announced."""

_SCHOOL_WORDS_LINE = (
    "학교 학년 학생 고딩 중딩 초딩 대딩 여고 여중 남고 남중 고등 중학 초등 대학 재학 졸업 동창 동문 담임 쌤 선생님"
    " 년생 학과 학번 과대"
    " 전교 급식 입학 전학 자퇴 동아리 지인 신상 실명 본명 이름 반장 명단 school univ class grade"
)
SCHOOL_WORDS = _SCHOOL_WORDS_LINE.split()
_NUMBERED = r"\d ?반|\d ?[살세]|[고중초][1-6](?!\d)|\d{5} ?[가-힣]|\d-\d{1,2} ?[가-힣]"
speaks_of_school = re.compile(f"{'|'.join(SCHOOL_WORDS)}|{_NUMBERED}|[{SCHOOL}{HIDDEN}]").search
"""Finds what makes the usual names of a line names."""
speaks_of_class = re.compile(_NUMBERED).search
GATE_WORDS = (*SCHOOL_WORDS, "다니", "출신", SCHOOL, HIDDEN)
"""A text without any of these, and without a class, speaks of no school."""
TITLE_WORDS = (*TITLES.split("|"), "라는", "란", "(", "성명", "성함", NAMED)
"""A text without any of these gives nobody a title."""
_LABEL_WORDS_LINE = "이름 성명 실명 본명 성함 학생명 예금주 받는 보호자 피해자 가해자 name"
LABEL_WORDS = tuple(_LABEL_WORDS_LINE.split())

UNLISTED_SCHOOL = re.compile(
    "(?<![가-힣])[가-힣]{1,9}"
    "(?:초등학교|중학교|고등학교|대학교|여고|여중|여대|남고|남중|외고|과고|공고|상고|예고|체고|초교)"
    r"|(?<![가-힣])[가-힣]{2,8}[고중초대](?= ?\d ?학년| ?\d{1,2} ?반| ?\d-\d"
    r"| 학생| 다니| 재학| 출신| 졸업|다니|출신|재학| \d{2}학번)"
)
"""Names of schools that no mention covers."""

_ROLE = "담임|반장|부반장|얼짱|여학생|남학생|전교회장|학생회장"
is_classed = re.compile(
    r"(?:\d ?학년(?: ?\d{1,2} ?반)?(?: ?\d{1,2} ?번)?|\d{1,2} ?반(?: ?\d{1,2} ?번)?|(?<![가-힣])[고중초][1-6]"
    r"|(?<![\d-])\d-\d{1,2}(?:-\d{1,2})?|(?<!\d)\d{5}|\d{2}년생|(?<!\d)1\d ?[살세](?=[^가-힣])|\d{2}학번"
    r"|(?<![가-힣])(?:우리|같은|옆) ?반|전학 ?온"
    rf"|{SCHOOL})[ ,:/()|·\-]{{0,3}}"
    rf"(?:(?:{_ROLE}|학생|명단|재학생|졸업생|다니는|재학 ?중인|사는|출신|출신인|이름은?)[ :]{{1,2}})?\Z"
    rf"|(?<![가-힣])(?:{_ROLE})[ :]{{1,2}}\Z"
).search
"""Finds a class, a school or a role at the end of what stands before a word."""
is_before_class = re.compile(rf" ?[(,/]? ?(?:{SCHOOL}|\d ?학년|[고중초]\d|\d{{1,2}} ?반|1\d ?[살세])").match
_PARTICLE = "[은는이가을를의과와도만]|한테|에게|께|이?랑"
is_titled = re.compile(
    rf"(?:이?라는|이?란)? ?(?:{TITLES})(?:님?(?:들|이?다|입니다|이고|이?야|{_PARTICLE})|(?![가-힣]))"
    r"|(?:이?라는|이?란) ?(?:애|여자|남자|사람|놈|년|녀석|여학생|남학생)"
    r"|\((?:\d{1,2}[세살]?|[고중초]\d|\d학년|[가-힣]{2,8}[고중대초])[),·]|, ?1\d ?[살세]"
).match
"""Matches a title or an age at the beginning of what stands behind a word."""
is_one_person = re.compile(rf" ?(?:학생|씨|양|군|선배|후배)(?:{_PARTICLE})?(?![가-힣])|\(\d|, ?1\d ?[살세]").match
is_called_so = re.compile(r"이?라는\Z").search
is_of_persons = re.compile(" ?(?:애|여자|남자|사람|놈|년|녀석|여학생|남학생|학생)").match
is_called = re.compile(r"(?<![가-힣])(?:이름|실명|본명|성함)(?:은|는|이|도)? ?\Z").search
is_labelled_by_mark = re.compile(rf"{NAMED}[ :]{{1,2}}\Z").search
LABEL = re.compile(
    rf"(?<![가-힣a-z])(?:{'|'.join(LABEL_WORDS)})(?: ?사람| ?분)?(?:은|는|이)?"
    r"\s{0,2}[:=\-→>)\]】|]{1,2}\s{0,2}([가-힣]{2,8}|[a-z]{2,15}(?:[ -][a-z]{2,15}){0,2})"
)
