"""Masking one text: what is sought, in which order, and the marks that take its place."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ahocorasick_rs import AhoCorasick

from evidence.masked import Masked, Span
from evidence.records import Mention
from pipelines.masking.accounts import find_accounts, find_emails
from pipelines.masking.addresses import find_addresses
from pipelines.masking.company import GATE_WORDS, LABEL_WORDS, TITLE_WORDS, speaks_of_class
from pipelines.masking.form import FILLERS, Finder, Found, begin, put_out, put_out_schools, settle
from pipelines.masking.names import find_names
from pipelines.masking.numbers import (
    HAS_NUMBER,
    find_banks,
    find_births,
    find_phones,
    find_plates,
    find_residents,
    find_students,
)
from pipelines.normalize import Normal, normalize

ROUNDS = 8
"""What is masked tells of what stands beside it, which is looked at again: ordinary posts need two rounds."""

_NUMBERED: tuple[Finder, ...] = (
    find_residents,
    find_banks,
    find_addresses,
    find_phones,
    find_plates,
    find_students,
    find_births,
)
"""Kinds made of digits, the most certain first."""

_ACCOUNT_WORDS_LINE = (
    "@ 골뱅이 (at) [at] .me .com .gg .us .am .fm .dog tg:// 인스타 인별 ㅇㅅㅌ 카톡 카카오 ㅋㅌ 텔레 텔그 ㅌㄹ 라인"
    " 디스코드 디코 트위 트윗 틱톡 스냅"
    " 페이스북 페북 스레드 위챗 시그널 오픈챗 오픈채팅 옾챗 에스크 ㅌㅇㅌ 페메 디엠 insta ig kakao tele tg line"
    " discord twitter tiktok snap"
    " facebook fb threads wechat kik 아이디 계정 주소 id ㅇㅇㄷ 닉 친추 프로필 user handle gmail naver hanmail"
)
_ACCOUNT_WORDS = _ACCOUNT_WORDS_LINE.split()
_CLUES = (*_ACCOUNT_WORDS, *GATE_WORDS, *TITLE_WORDS, *LABEL_WORDS)
_FIND_CLUES = AhoCorasick(_CLUES).find_matches_as_indexes
_SCHOOLS, _TITLES = len(_ACCOUNT_WORDS), len(_ACCOUNT_WORDS) + len(GATE_WORDS)
"""Where the words of schools and those of titles begin among the clues."""


def mask(text: str, mentions: Sequence[Mention] = (), *, public: Collection[str] = ()) -> Masked:
    """Put a mark in place of everything in a text that tells who somebody is.

    Names of schools stay: they are kept from readers by their scope, not here. Links and captions are texts too.

    Args:
        text: as received; may be empty.
        mentions: Schools found in this text, confident or not; they announce names of persons, and are none.
        public: rooms that are watched, as ``@room``, ``t.me/room`` or address; their own names stay.

    Returns:
        The masked text. Masking it again, with the mentions carried over, changes nothing.
    """
    normal = normalize(text)
    working = begin(normal.text)
    every: list[Found] = []
    for _ in range(ROUNDS):
        found = _find(working, normal, mentions, public)
        if not found:
            break
        every += found
        working = put_out(working, found)
    return _write(text, _in_given(normal, every)) if every else Masked(text=text)


def carry_mentions(masked: Masked, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """Give the mentions of a text as mentions of its masked form; those that were masked even in part are left out."""
    places = ((mention, masked.carry(mention.start, mention.end)) for mention in mentions)
    return tuple(replace(mention, start=place[0], end=place[1]) for mention, place in places if place)


def _find(text: str, normal: Normal, mentions: Sequence[Mention], public: Collection[str]) -> list[Found]:
    """Look for every kind once, each in what the ones before left."""
    every: list[Found] = []
    clues = {clue for clue, _, _ in _FIND_CLUES(text, overlapping=True)}
    has_number = HAS_NUMBER(text) is not None
    if clues and min(clues) < _SCHOOLS:
        text = _take(text, find_emails(text), every)
        text = _take(text, find_accounts(text, public), every)
    if has_number:
        for finder in _NUMBERED:
            text = _take(text, finder(text), every)
    has_school = (
        bool(every or mentions)
        or any(_SCHOOLS <= clue < _TITLES for clue in clues)
        or (has_number and speaks_of_class(text) is not None)
    )
    has_title = bool(clues) and max(clues) >= _TITLES
    _take(text, find_names(put_out_schools(text, normal, mentions), has_school, has_title), every)
    return sorted(every)


def _take(text: str, found: Iterable[Found], every: list[Found]) -> str:
    """Add what was found and is still free, and put it out."""
    found = list(found)
    if not found:
        return text
    fresh = [one for one in settle(found) if _FILLER.search(text, one[0], one[1]) is None]
    every += fresh
    return put_out(text, fresh) if fresh else text


_FILLER = re.compile(f"[{FILLERS}]")


def _in_given(normal: Normal, every: Iterable[Found]) -> list[Span]:
    """Bring what was found to the text as given; what shares a character there becomes one span."""
    spans: list[Span] = []
    for first, last, kind in sorted(every):
        start, end = normal.span(first, last)
        if spans and start < spans[-1].end:
            spans[-1] = replace(spans[-1], end=max(end, spans[-1].end))
        else:
            spans.append(Span(start=start, end=end, kind=kind))
    return spans


def _write(text: str, spans: Sequence[Span]) -> Masked:
    pieces: list[str] = []
    done = 0
    for span in spans:
        pieces += text[done : span.start], span.kind.mark
        done = span.end
    return Masked(text="".join([*pieces, text[done:]]), spans=tuple(spans))
