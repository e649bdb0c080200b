"""Nicknames of two letters (고대, 연대, 이대): words nine times in ten, universities beside university words.

Three things vouch for one: what follows it, another university written beside it, or the same
nickname vouched for elsewhere in the post.
"""

import re

BESIDE = re.compile(r"\s?(?:이?랑|와|과|하고|나|,|/|·|보다|및|or|vs|의|도|는|은|앞에서|에서|까지|랑은|,\s|>|<|=)?\s?\Z")
"""What stands between two universities of one list."""

_PEOPLE = (
    "생(?![각활명존일산겨긴길기계태선])|출신|나온|나왔|나와서|졸업|다니[는던고며다]|다닌|다녔|다녀|다님|재학|교수|총학|총장|동문|학생|학번"
    "|입학|합격|불합|편입|자퇴|학사|석사|박사|휴학|복학|신입생|새내기|생들|애들|여학생|남학생|이사장|교직원|선배|후배|학우|훌리"
)
_THINGS = (
    "캠퍼스|캠(?![페핑프])|정문|후문|어학당|로스쿨|의대|법대|약대|치대|한의대|사범대|공대(?!공)|상대|경영|에타|에브리타임|학생회|대학원"
    "|학식|응원단|입결|수시|정시|논술|학종|분교|본교|의예|컴공|야구부|농구부|축구부|럭비부|국문|영문|불문|독문|철학|수학과|법학"
    "|사학과|신방|수석|점퍼|과잠|학벌|병원장|메디컬|도서관|축제|기숙사"
    r"|[가-힣]{1,6}(?:학과|학부|공학|교육과|경제과|영문과|국문과)"
)
_AFTER = re.compile(rf"\s?(?:{_PEOPLE}|{_THINGS})|[를을에]\s?(?:{_PEOPLE}|입학|합격|붙|떨어|들어)")
_BEFORE = re.compile(r"(?:명문|사립|대학교?인?|지거국|인서울|스카이|sky)\s?\Z")
_GATE = re.compile(r"\s?(?:앞|정문|근처|주변|역 )")
_ARMY = re.compile(r"(?:\d|소|대|분|사단|군|부|병|여단|예비군)\s?\Z")
_CADETS = re.compile(r"\s?(?:생도|\d{1,2}\s?기|출신|졸업|교장|수석|나온|나와)")
_GATED = frozenset(("이대", "고대", "외대", "계대", "영대", "충대", "전대", "조대", "단대", "설대"))
_ARMED = frozenset(("연대", "중대"))
_WEAK = frozenset(
    ("단대", "경대", "전대", "아대", "명대", "서대", "가대", "조대", "영대", "동대", "충대", "설대", "숭대", "예종")
)
_OWN = re.compile(
    r"\s?(?:생들|출신|재학|졸업|다니는|다닌|나온|교수|총학|총장|동문|학번|캠퍼스|정문|후문|에타|로스쿨|의대|법대|입결"
    r"|[가-힣]{1,6}(?:학과|학부|공학과))"
)


def is_vouched(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a nickname are of university life."""
    nickname = text[start:end]
    if nickname == "해사":
        return _CADETS.match(text, end) is not None
    if nickname in _ARMED and _ARMY.search(text, max(0, start - 4), start):
        return False
    if nickname in _WEAK:
        return _OWN.match(text, end) is not None
    if _AFTER.match(text, end) or _BEFORE.search(text, max(0, start - 6), start):
        return True
    return nickname in _GATED and _GATE.match(text, end) is not None


def may_be_listed(nickname: str) -> bool:
    """Tell whether another university beside it is enough: 중대 and 해사 are words too common for that."""
    return nickname not in ("해사", "중대")


def may_join_left(text: str, start: int) -> bool:
    """Tell whether what is written solid before a nickname ends a clause: 그게 아니지중대."""
    return text.startswith(("니지", "니다", "거든", "는데", "세요", "어요", "잖아"), max(0, start - 2))
