"""Where somebody lives: street and lot addresses with their numbers, flats."""

import re
from collections.abc import Iterator

from evidence.masked import Kind
from pipelines.masking.form import FILLERS, Found

_NUMBER = r"\d{1,4}(?:-\d{1,4})?"
_COUNTED = (
    r"(?! ?(?:년|월|일(?!대)|시(?!청)|분|초|명|개|회|살|세|원|도|위|점|%|배|kg|km|m|cm|번(?!길|지)|차|등|주|달|권|대"
    r"|장|인|가지|호선|학년|반"
    r"|만|천|백|억|조|단계|부|편|급|강|대|조|강|연패|연승)|[.,]\d|\d)"
)
_REGION = re.compile(
    r"(?:(?:[가-힣]{2,7}(?:특별시|광역시|특별자치시|특별자치도|도|시)|서울|부산|대구|인천|광주|대전|울산|세종|경기"
    r"|강원|충북|충남|전북|전남|경북"
    r"|경남|제주) )?(?:[가-힣]{1,6}(?:시|군|구) ){0,2}(?:[가-힣0-9]{1,7}(?:읍|면|동|리) )?\Z"
)
_STREET = re.compile(
    rf"(?<![가-힣0-9])([가-힣][가-힣0-9.·]{{0,14}}(?:대로|로"
    rf"|길)) ?(\d{{1,4}}번?[가-힣]?길)? ?((?:지하 ?)?{_NUMBER}){_COUNTED}"
    rf"|(?<![가-힣0-9])([가-힣][가-힣0-9.·]{{0,14}}(?:대로|로) ?\d{{1,4}}[가-힣]?(?:번)?길)(?! ?\d)"
)
_LOT = re.compile(
    rf"(?<![가-힣0-9])(?P<unit>[가-힣]{{1,7}}\d{{0,2}}(?:동|읍|면|리)"
    rf"|[가-힣]{{1,6}}\d가) ?(?:산 ?)?(?P<number>{_NUMBER}) ?(?P<lot>번지)?(?:{_COUNTED}|(?<=번지))"
)
_FLAT = re.compile(
    rf"(?:[가-힣a-z0-9]{{1,12}}(?:아파트|apt|빌라|오피스텔|맨션|하이츠|타운|캐슬|자이|푸르지오|래미안|힐스테이트|빌"
    rf"|원룸)[ ,(]{{0,2}})?"
    rf"(?<![\d{FILLERS}])(?:\d{{1,4}}동[ ,]{{0,2}}(?:\d{{1,2}}층 ?)?\d{{2,4}}호|(?<![제고호])(?!19"
    rf"|20)\d{{2,4}}-\d{{3,4}}호)(?!선)"
    rf"|[가-힣a-z0-9]{{1,12}}(?:아파트|빌라|오피스텔|맨션)[ ,(]{{0,2}}(?:[a-z가-힣]동|\d{{1,4}}동|\d{{3,4}}호)"
)
_IS_PLACE = re.compile(
    r"(?:특별시|광역시|자치시|[가-힣]{2}도|(?<!다|역|혹|잠|즉|당|표)시|군|(?<!친|누|도|지)구|읍|(?:서울|부산|대구"
    r"|인천|광주|대전|울산|세종|경기)) "
    r"(?:[가-힣0-9]+[시군구읍면동] )*\Z"
)
_TAIL = re.compile(
    r"(?: ?번지)?(?: ?\([가-힣0-9, ]{1,20}\))?[ ,]{0,2}(?:[가-힣a-z0-9]{2,12}(?:아파트|apt|빌라|오피스텔|맨션|타운"
    r"|캐슬|자이|빌)[ ,]{0,2})?"
    r"(?:\d{1,4}동[ ,]{0,2})?(?:\d{1,2}층[ ,]{0,2})?(?:\d{2,4}호)?"
)
_ASKED = re.compile(rf"(?:주소|사는 ?곳|집|거주|배송지)[^\n{FILLERS}]{{0,12}}\Z")
_LANE = re.compile(r"\d번?[가-힣]?길$")
_NOT_STREETS_LINE = (
    "앞으로 뒤로 서로 바로 별로 최대로 그대로 이대로 저대로 절대로 제대로 멋대로 맘대로 마음대로 반대로 실제로 따로"
    " 주로 새로 홀로 스스로"
    " 대로 위로 아래로 옆으로 밖으로 안으로 함부로 때로 억지로 진짜로 정말로 하루로 말로 손으로 차례로 길 이길 저길"
    " 그길 각각으로 평균으로"
    " 무료로 원래대로 예로 진로 도로 고속도로 통로 회로 경로 경기로 전체로 기준으로 총으로"
)
_NOT_STREETS = frozenset(_NOT_STREETS_LINE.split())


def find_addresses(text: str) -> Iterator[Found]:
    """Find street and lot addresses with numbers, and flats; what stands before and behind them comes with them."""
    for found in _STREET.finditer(text):
        start = _with_region(text, found.start())
        end = _with_flat(text, found.end())
        if _is_street(text, found, start, end):
            yield start, end, Kind.ADDRESS
    for found in _LOT.finditer(text):
        start = _with_region(text, found.start())
        end = _with_flat(text, found.end())
        is_place = _IS_PLACE.search(text[start : found.start()]) is not None
        if found["unit"][-1] in "면리":
            is_place = is_place and text[start : found.start()].rstrip()[-1:] in tuple("시군구읍면")
        is_split = "-" in found["number"] and (is_place or found["unit"][-1] == "동")
        if found["lot"] or is_split or is_place or _ASKED.search(text[max(0, start - 16) : start]):
            yield start, end, Kind.ADDRESS
    for found in _FLAT.finditer(text):
        yield *found.span(), Kind.ADDRESS


def _is_street(text: str, found: re.Match[str], start: int, end: int) -> bool:
    """Tell a street from 으로 and the like: by its lane, its region, its flat, or because an address was asked for."""
    name = found[4] or found[1]
    if name in _NOT_STREETS or name.endswith("으로"):
        return False
    if found[4] or found[2] or _LANE.search(name) or "-" in (found[3] or "") or start < found.start():
        return True
    is_whole = re.search("[동층호)]$|번지", text[found.end() : end]) is not None
    return is_whole or _ASKED.search(text[max(0, start - 16) : start]) is not None


def _with_region(text: str, start: int) -> int:
    """Give where the regions begin that stand before ``start``."""
    begin = max(0, start - 40)
    best = start
    for at in [begin, *(begin + space.end() for space in re.finditer(r"[^가-힣0-9]", text[begin:start]))]:
        if _REGION.match(text[at:start]) and at < best:
            best = at
    return best


def _with_flat(text: str, end: int) -> int:
    tail = _TAIL.match(text, end)
    return end + len(tail[0].rstrip(" ,")) if tail else end
