"""What may stand around the name of a school: the measured difference between a name and a word.

한남대교 is a bridge, 강남대로 a road, 세종대왕 a king and 서울대병원 a hospital; 방학중 is a holiday and
보라고 a verb unless a word about schools is near.
"""

import re
from collections.abc import Collection

_N = 4
"""Number of ㄴ among the final consonants of Unicode's syllables."""
NEAR = 10
"""Characters before an alias in which the word before it is looked for."""
ABROAD = 24
"""Characters before a name in which another country is looked for."""

_PARTICLES = (
    "(?:은|는|이|가|을|를|의|에|에서|에게|한테|께|와|과|도|만|까지|부터|보다|처럼|같은|같이|만큼|이나|나|랑|이랑|하고"
    "|라는|이라는|라고|이라고|라도|이라도|라면|이라면|든|이든|인|임|이다|이고|이며|인데|인가|이야|야|이지|이냐|냐|이네|네"
    "|입니다|이에요|예요|에요|이란|란|밖에|조차|마저|들|측|쪽|엔|에선|로|으로|로서|로부터|님|이라|라서|이라서|면|이면|서"
    "|출신|답네|답다|죠|이죠|하면|하며|치고|별로|에도|에는|에만|애들|밑|급|및|등|땐|때|급이|좀)"
)
_END = "(?![가-힣])"
_CAMPUSES = (
    "(?:안산|에리카|erica|세종|조치원|서창|안성|천안|죽전|글로컬|원주|미래|경주|용인|수원|분교|국제"
    "|송도|자연|인문|관악)캠?"
)
_NOUNS = (
    "(?:학생|생|출신|졸업|재학|다니|다녔|다녀|다닌|다님|나온|나왔|나오|나와|교수|총장|총학|동문|동아리|입학|합격|대학원|의대"
    "|의예|의과|법대|공대|약대|치대|캠퍼스|캠|정문|후문|앞|근처|주변|에타|에브리타임|교사|선생|교장|교감|담임|학부모|운동장"
    "|급식|교복|야구부|축구부|농구부|배구부|여학생|남학생|애들|편입|자퇴|퇴학|전학|연구|박사|석사|학과|학부|로스쿨|법학"
    "|경영|보낸|보내|갔|가서|가려|간다|들어|였|이었|입니|정도|수준|미만|이상|\\d학년|컴공|부속|부설|사범대|사회교육원"
    "|평생교육원|도서관|축제|응원단|학번|병설|수시|정시|논술|입결|합격|불합|떨어|붙|학식|기숙사|동창|교직원|이사장|재단|캠퍼스"
    "|지인|딥페|딥패|합성|능욕|겹지|제보|피해|명단|사진|일진|전교|사태|여자|남자|단톡|대나무숲|대숲|합격자|야구|축구|농구"
    "|배구|럭비|선수|감독|코치|투수|포수|우승|준우승|교정|교가|폐교|개교|동창|총동|신입생|새내기|휴학|복학|자사고|특목고"
    "|[가-힣]{1,5}(?:학과|학부|대학원))"
)
_COPULA = re.compile("이[고다며지란라었]?|인|임|입니")
_RIGHT = re.compile(f"{_END}|{_NOUNS}|{_PARTICLES}{{1,3}}{_END}")
_CAMPUS = re.compile(f"{_CAMPUSES}{_PARTICLES}?{_END}")
_NOT_UNIVERSITY = re.compile(
    r"\s?(?:부속|분당|어린이|치과|한방|암|본|의대)?\s?(?:병원|의료원)|\s?입구|\s?역(?![사시대할])"
)
_NOT_SCHOOL = re.compile(r"\s?(?:사거리|삼거리|교차로|정류장|정류소|사잇길)")
_CONTINUED = re.compile(rf"(?:교|로|길|왕|상|회|책|접|통|륙|첩|전|검|법|군|형|표|기|상자){_PARTICLES}?{_END}")
_COURT = re.compile("등(?:법원|검찰|교육)")
_SCHOOL_AFTER = re.compile(
    r"학생|생(?![각활산])|\s?(?:\d학년|재학생|졸업|출신|동문|총동문|교장|야구부|축구부|운동장|급식실|정문|교복|총장|교수|학생회"
    r"|응원단|캠퍼스|총학|학번|입시|입학|합격|[가-힣]{1,6}(?:학과|학부))"
    r"|[를을]\s?(?:졸업|나온|나왔|나와|다니|다녔|다닌)|에\s?(?:다니|다녔|다닌|재학|입학|배정|합격)"
)
_OTHER_COUNTRY = re.compile(
    "(?<![가-힣])(?:미국|미 (?=육|해|공)|영국|일본|중국|중공|러시아|소련|프랑스|독일|이라크|이란|시리아|파키스탄"
    "|아프가니|인도|태국|베트남|북한"
    "|캐나다|멕시코|브라질|이스라엘|터키|이집트|대만|필리핀|호주|이탈리아|스페인|우크라|몽골|네팔|미얀마|캄보디아|싱가포르|홍콩"
    "|플로리다|캘리포니아|텍사스|뉴욕|시카고|런던|파리|도쿄|동경|베이징|북경|상하이|상해|모스크바|바그다드"
    "|카이로|시아파"
    "|평양|바레인|사우디|요르단|스위스|스웨덴|노르웨이|핀란드|아르헨|칠레|페루|콜롬비아|쿠바|남아공|케냐|나이지리아)"
)


def is_name(
    text: str, start: int, end: int, *, may_join_left: bool, is_edge: tuple[bool, bool] = (False, False)
) -> bool:
    """Tell whether ``text[start:end]`` stands where the name of a school may stand.

    Args:
        text: in normal form.
        start: first character of the alias.
        end: after its last one.
        may_join_left: a Hangul syllable may come right before.
        is_edge: something that was removed from the text sets it off on the left, on the right.
    """
    return (is_edge[0] or _is_free_left(text, start, may_join_left)) and _is_free_right(text, start, end, is_edge[1])


def _is_free_left(text: str, start: int, may_join_left: bool) -> bool:
    if start == 0:
        return True
    before = text[start - 1]
    if "가" <= before <= "힣":
        return may_join_left
    if "ㄱ" <= before <= "ㆎ" or ("가" <= text[start] <= "힣" and before.isdecimal()):
        return True  # ㅋㅋ and ㆍ end a word; a number counts what comes: ①서울고
    return not before.isalnum()


def _is_free_right(text: str, start: int, end: int, is_edge: bool) -> bool:
    last = text[end - 1]
    if text.startswith("대학로", end - 2):  # a street, whichever university is on it
        return False
    if last == "대" and (text.startswith("로", end) or (is_edge and _CONTINUED.match(text, end))):
        return False  # 강남대로 is a road
    if last == "중" and _COPULA.match(text, end):  # 이동중이다 is a verb
        return False
    if text.endswith(("대", "대학", "대학교"), start, end):
        if _NOT_UNIVERSITY.match(text, end):
            return False
    elif _NOT_SCHOOL.match(text, end) or (last == "고" and _COURT.match(text, end)):
        return False
    if last.isascii() and last.isalpha() and text[end : end + 1].isascii() and text[end : end + 1].isalpha():
        return False
    if is_edge or _RIGHT.match(text, end) is not None:
        return True
    return last == "대" and end - start > 2 and _CAMPUS.match(text, end) is not None


def ends_freely(rest: str) -> bool:
    """Tell whether a name may end where this text goes on."""
    return _RIGHT.match(rest) is not None


def is_hearsay(alias: str) -> bool:
    """Tell whether what ends a name ends a verb of hearsay too: 잔인하대, 내용인대, 대신한대."""
    before = alias[-2]
    return alias[-1] == "대" and (before == "하" or ("가" <= before <= "힣" and (ord(before) - 0xAC00) % 28 == _N))


def follows_place(text: str, start: int, places: Collection[str]) -> bool:
    """Tell whether a name is written solid behind one of these places: 속초중앙초."""
    at = start
    while at > 0 and start - at < NEAR and "가" <= text[at - 1] <= "힣":
        at -= 1
    return text[at:start] in places


def speaks_of_a_school(text: str, start: int, end: int, places: frozenset[str]) -> bool:
    """Tell whether an alias that is a word too is followed by a word about schools, or preceded by a place."""
    words = text[max(0, start - NEAR) : start].split()
    return bool(words and words[-1] in places) or school_follows(text, end)


def school_follows(text: str, end: int) -> bool:
    """Tell whether a word about schools and their people comes right after."""
    return _SCHOOL_AFTER.match(text, end) is not None


def is_abroad(text: str, start: int) -> bool:
    """Tell whether another country was named just before."""
    return _OTHER_COUNTRY.search(text, max(0, start - ABROAD), start) is not None


def is_pupil_of_a_place(text: str, start: int, end: int, places: frozenset[str]) -> bool:
    """Tell whether an alias such as 밀양여중 is followed by 생 and only says where a girl is from."""
    alias = text[start:end]
    return alias.endswith(("여중", "여고")) and text.startswith("생", end) and alias[:-2] in places
