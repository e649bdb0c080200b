"""Handles, profile addresses, ids on platforms and e-mail addresses."""

import re
from collections.abc import Collection, Iterator

from evidence.masked import Kind
from pipelines.masking.form import FILLERS, Found

_HOSTS = (
    r"(?:t|telegram)\.(?:me|dog)|instagram\.com|instagr\.am|(?:twitter|x|facebook|fb|tiktok|snapchat|threads)\.(?:com"
    r"|net)|youtube\.com/(?:channel|c|user)"
    r"|open\.kakao\.com|pf\.kakao\.com|line\.me|discord\.(?:gg|com)|m\.me|fb\.me|wa\.me|band\.us|blog\.naver\.com"
    r"|vk\.com|ask\.fm"
)
_LINK = re.compile(
    rf"(?<![a-z0-9.-])(?:www\.|m\."
    rf"|mobile\.)?(?:{_HOSTS}) ?/ ?((?:s/)?@?[^\s/?#\"'<>()\[\]가-힣,{FILLERS}]{{1,64}}"
    rf"[^\s\"'<>()\[\],가-힣{FILLERS}]{{0,200}})"
    rf"|tg://[a-z]{{1,20}}\?[a-z]{{1,12}}=([^\s\"'<>()\[\],가-힣{FILLERS}]{{1,200}})"
)
_AT = re.compile(
    rf"(?<![a-z0-9._%+@{FILLERS}-])@([a-z0-9_][a-z0-9_.]{{1,63}}|(?<![^\s(,:/]@)[가-힣][가-힣a-z0-9_.]{{1,31}})(?!@)"
)

_MAIL_LEFT = re.compile(r"[a-z0-9._%+-]{1,64}\Z")
_MAIL_RIGHT = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}")
_MAIL_SPOKEN = re.compile(
    r"(?<![a-z0-9._%+-])([a-z0-9][a-z0-9._%+-]{1,63} ?(?:@|골뱅이|[(\[] ?(?:at|앳|골뱅이) ?[)\]]| at ) ?"
    r"(?:naver|gmail|daum|hanmail|kakao|nate|icloud|outlook|hotmail|yahoo|proton(?:mail)?|네이버|지메일|다음|한메일"
    r"|카카오|네이트)"
    r"(?: ?(?:\.|닷|쩜|점|[(\[]?dot[)\]]?) ?(?:com|net|me|kr|co ?\. ?kr|컴|넷))?)"
)

_KOREAN = (
    "인스타그램|인스타|인별|ㅇㅅㅌ|카카오톡|카톡|카카오|ㅋㅌ|텔레그램|텔레|텔그|ㅌㄹ|라인|디스코드|디코|트위터|트윗"
    "|트위|틱톡|스냅챗|스냅"
    "|페이스북|페북|스레드|위챗|시그널|오픈챗|오픈채팅|옾챗|에스크|ㅌㅇㅌ|페메|디엠"
)
_LATIN = (
    "instagram|insta|ig|kakaotalk|kakao|telegram|tele|tg|line|discord|twitter|tiktok|snapchat|snap|facebook|fb"
    "|threads|wechat|kik"
)
_ASKED = r"(?:아이디|계정|주소|id|ㅇㅇㄷ|닉네임|닉|친추|프로필)"
_ID = r"[a-z0-9_][a-z0-9_.\-]{1,40}(?:#\d{4})?"
_ON_PLATFORM = re.compile(
    rf"(?:(?<![가-힣a-z])(?P<korean>{_KOREAN})|(?<![a-z0-9])(?:{_LATIN})(?!://))(?P<asked>\s?{_ASKED})?(?:은|는|이"
    rf"|으로|로)?"
    rf"(?P<set>\s{{0,2}}(?:[:=→>)\]\-~/]|->){{1,3}}\s{{0,2}}"
    rf"|\s{{1,3}})?(?P<id>(?:[a-z0-9_.] ){{4,30}}[a-z0-9_.](?![a-z0-9_])|{_ID})"
)
_CALLED = re.compile(
    r"(?<![가-힣a-z_])(?:아이디|계정|id|ㅇㅇㄷ|닉네임|닉|프로필|user(?:name)?|handle)(?:은|는"
    r"|이)?\s{0,2}[:=→]\s{0,2}@?([a-z0-9_가-힣][a-z0-9_.\-가-힣#]{1,40})"
)
_ORDINARY_LINE = (
    "dm id app apps web live story stories reels reel pc ok sns bot official channel group talk chat web3 up follow"
    " following"
    " follower lite vip new link room rooms premium desktop android ios api login http https www com messenger"
    " friends notes"
    " music nitro bomb sticker stickers only page public private server tv news this that the with and for from"
)
_ORDINARY = frozenset(_ORDINARY_LINE.split())
"""Words that follow the name of a platform and are no ids."""

_EDGES = ".,-_~!?;:)'\""


def find_emails(text: str) -> Iterator[Found]:
    """Find e-mail addresses, those spelt out included."""
    done = 0
    for at in re.finditer("@", text):
        left = _MAIL_LEFT.search(text[max(done, at.start() - 64) : at.start()])
        right = _MAIL_RIGHT.match(text, at.end())
        if left and right:
            yield at.start() - len(left[0]), right.end(), Kind.EMAIL
            done = right.end()
    yield from ((*found.span(1), Kind.EMAIL) for found in _MAIL_SPOKEN.finditer(text))


def find_accounts(text: str, public: Collection[str]) -> Iterator[Found]:
    """Find handles and ids of persons.

    Args:
        text: working form.
        public: names of rooms that are watched, in any way of writing (``@room``, ``t.me/room``): left as they are.
    """
    rooms = frozenset(map(_bare, public))
    for found in _LINK.finditer(text):
        start, end = found.span(1) if found[1] else found.span(2)
        yield from _unless_public(text, start, end, rooms)
    for pattern in (_AT, _CALLED):
        for found in pattern.finditer(text):
            yield from _unless_public(text, *found.span(1), rooms)
    for found in _ON_PLATFORM.finditer(text):
        if _is_id(found):
            yield from _unless_public(text, *found.span("id"), rooms)


def _unless_public(text: str, start: int, end: int, rooms: frozenset[str]) -> Iterator[Found]:
    end = start + len(text[start:end].rstrip(_EDGES.replace("_", "")))
    if end > start and _bare(text[start:end]) not in rooms:
        yield start, end, Kind.ACCOUNT


def _bare(address: str) -> str:
    """Give the name of a room alone: ``https://t.me/s/Room/5`` gives ``room``."""
    name = re.sub(r"^(?:https?://)?(?:(?:www\.)?(?:t|telegram)\.(?:me|dog)/)?(?:s/)?@?", "", address.strip().casefold())
    return re.split(r"[/?#]", name, maxsplit=1)[0].rstrip(_EDGES.replace("_", ""))


def _is_id(found: re.Match[str]) -> bool:
    """Tell an id from a word: the more clearly one is announced, the less it must look like one."""
    name = found["id"].rstrip(_EDGES.replace("_", ""))
    if len(name) < 3 or name in _ORDINARY or name.isdigit():
        return bool(found["asked"]) and len(name) >= 3 and name.isdigit()
    if found["set"] is None and not found["korean"]:
        return False
    looks = re.search(r"[0-9_.]", name) is not None
    is_announced = bool(found["asked"]) or bool((found["set"] or "").strip())
    return looks or is_announced or (found["korean"] is not None and len(name) >= 4)
