"""What may stand around the name of a school: the measured difference between a name and a word.

한남대교 is a bridge, 강남대로 a road, 세종대왕 a king and 서울대병원 a hospital; 방학중 is a holiday and
보라고 a verb unless a word about schools is near.
"""

import re

NEAR = 10
"""Characters before an alias in which the word before it is looked for."""

_PARTICLES = (
    "(?:은|는|이|가|을|를|의|에|에서|에게|한테|께|와|과|도|만|까지|부터|보다|처럼|같은|같이|만큼|이나|나|랑|이랑|하고"
    "|라는|이라는|라고|이라고|라도|이라도|라면|이라면|든|이든|인|임|이다|이고|이며|인데|인가|이야|야|이지|이냐|냐|이네|네"
    "|입니다|이에요|예요|에요|이란|란|밖에|조차|마저|들|측|쪽|엔|에선|로|으로|로서|로부터|님|이라|라서|이라서|면|이면)"
)
_END = r"(?![^\W\d_])"
_NOUNS = (
    "(?:학생|생|출신|졸업|재학|다니|다녔|다녀|다닌|다님|나온|나왔|나오|나와|교수|총장|총학|동문|동아리|입학|합격|대학원|의대"
    "|의예|의과|법대|공대|약대|치대|캠퍼스|캠|정문|후문|앞|근처|주변|에타|에브리타임|교사|선생|교장|교감|담임|학부모|운동장"
    "|급식|교복|야구부|축구부|농구부|배구부|여학생|남학생|애들|편입|자퇴|퇴학|전학|연구|박사|석사|학과|학부|로스쿨|법학"
    "|경영|보낸|보내|갔|가서|가려|간다|들어|였|이었|입니|정도|수준|미만|이상|\\d학년|컴공"
    "|[가-힣]{1,5}(?:학과|학부))"
)
_COPULA = re.compile("이[고다며지란라었]?|인|임|입니")
_RIGHT = re.compile(f"{_END}|{_NOUNS}|{_PARTICLES}{{1,3}}{_END}")
_NOT_UNIVERSITY = re.compile(
    r"\s?(?:부속|분당|어린이|치과|한방|암|본|의대)?\s?(?:병원|의료원)|\s?입구|\s?역(?![사시대할])"
)
_SCHOOL_AFTER = re.compile(
    r"학생|생(?![각활])|\s?(?:\d학년|재학생|졸업|출신|동문|총동문|교장|야구부|축구부|운동장|급식실|정문)"
    r"|[를을]\s?(?:졸업|나온|나왔|나와|다니|다녔)|에\s?(?:다니|다녔|재학|입학|배정)"
)


def is_name(text: str, start: int, end: int, *, may_join_left: bool) -> bool:
    """Tell whether ``text[start:end]`` stands where the name of a school may stand.

    Args:
        text: in normal form.
        start: first character of the alias.
        end: after its last one.
        may_join_left: a Hangul syllable may come right before.
    """
    return _is_free_left(text, start, may_join_left) and _is_free_right(text, end)


def _is_free_left(text: str, start: int, may_join_left: bool) -> bool:
    if start == 0:
        return True
    before = text[start - 1]
    if "가" <= before <= "힣":
        return may_join_left
    return not before.isalnum() or "ㄱ" <= before <= "ㅣ"  # ㅋㅋ ends a word


def _is_free_right(text: str, end: int) -> bool:
    last = text[end - 1]
    if last == "대" and text.startswith("로", end):  # 강남대로 is a road
        return False
    if last == "중" and _COPULA.match(text, end):  # 이동중이다 is a verb
        return False
    if text.endswith(("대", "대학", "대학교"), 0, end) and _NOT_UNIVERSITY.match(text, end):
        return False
    return _RIGHT.match(text, end) is not None


def speaks_of_a_school(text: str, start: int, end: int, places: frozenset[str]) -> bool:
    """Tell whether an alias that is a word too is followed by a word about schools, or preceded by a place."""
    words = text[max(0, start - NEAR) : start].split()
    return bool(words and words[-1] in places) or _SCHOOL_AFTER.match(text, end) is not None


def is_pupil_of_a_place(text: str, start: int, end: int, places: frozenset[str]) -> bool:
    """Tell whether an alias such as 밀양여중 is followed by 생 and only says where a girl is from."""
    alias = text[start:end]
    return alias.endswith(("여중", "여고")) and text.startswith("생", end) and alias[:-2] in places
