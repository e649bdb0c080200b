"""What people type, and what posts say: addresses, filters, patterns, figures; and the stages that read any text."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from channels.figures import read_figure, read_id, read_members
from config.register import load_schools
from console.filters import make_filters
from crawler.filters import Given, make_query, parse_growth
from crawler.moments import parse_moment
from evidence.address import (
    export_address,
    is_invite_link,
    parse_room_address,
    parse_source_address,
    parse_web_address,
    room_in_link,
)
from evidence.errors import HaechiError
from evidence.records import Term
from evidence.retention import read_periods
from evidence.shown import shown, shown_in_markdown
from pipelines.masking import mask
from pipelines.normalize import normalize
from pipelines.schools import Register, compile_register, find_mentions
from pipelines.terms import compile_terms, find_terms
from tests.conftest import NOW
from tests.fuzz.making import HOWEVER_MANY, PIECES, fuzz, stands, texts

ADDRESSES = ("https://t.me/practice_news", "t.me/s/room_one/12?single", "@room_one", "tg://resolve?domain=room_one")
WRITTEN = "서울고 2학년 3반 김하늘 010-1234-5678 900101-1234567 @sky_kim https://t.me/room_one 부산대 소문 " * 3
PATTERNS = (
    "(a+)+$",
    "(가|가나)*다",
    "(x?){30}x{30}",
    "[가-힣]{2,4}고",
    r"\p{Hangul}+",
    "a{1000}{1000}",
    "(?i)a(?=b)",
    "(((",
)
LONG = "a" * 20_000 + "!" + "가나" * 5_000


@pytest.fixture(scope="module")
def register() -> Register:
    """Of universities."""
    return compile_register(load_schools(None))


@HOWEVER_MANY
def test_any_address(number: int) -> None:
    """Of a room, a source, a page; and any link of a post."""

    def read(text: str) -> None:
        room_in_link(text)
        is_invite_link(text)
        for parse in (parse_room_address, parse_source_address, parse_web_address):
            stands(parse, text)

    fuzz(number, texts((*ADDRESSES, export_address("0" * 64, "x"))), read)


@HOWEVER_MANY
def test_any_filter(number: int) -> None:
    """As typed on the command line, and as an address of the console brings it."""

    def read(text: str) -> None:
        for parse in (parse_growth, read_periods, lambda typed: parse_moment(typed, NOW, "--since")):
            stands(parse, text)
        for name in Given.__slots__:
            value: Any = text if name in ("text", "source", "grown", "since", "until") else (text,)
            stands(make_query, replace(Given(), **{name: value}))
        make_filters({name: [text, text] for name in ("text", "school", "grown", "source", "since", "state", text)})

    fuzz(number, texts(("10%", "2026-11-20T09:00:00Z", "mentioned=30,dismissed=14", "24h")), read)


@HOWEVER_MANY
def test_any_figure(number: int) -> None:
    """Members and ids as pages show them."""

    def read(text: str) -> None:
        for parse in (read_figure, read_id, read_members):
            parse(text)

    fuzz(number, texts(("42.5K subscribers", "1 234 members, 56 online", "-1001900000001")), read)


@HOWEVER_MANY
def test_any_pattern_takes_little_time(number: int) -> None:
    """Of a watchlist: refused, or run over a long text without going back."""

    def read(pattern: str) -> None:
        find_terms(LONG, compile_terms([Term(id="t", any=(), patterns=(pattern,))]))

    for pattern in PATTERNS:
        stands(read, pattern)
    fuzz(number, texts(PATTERNS, (*PIECES, "(", ")", "*", "+?", "{2,900}", "|", "[^", r"\b", "(?:", ".*")), read)


@HOWEVER_MANY
def test_any_post(register: Register, number: int) -> None:
    """Normal form, schools, mask and the forms for people; the mask hides no more than there is."""

    def read(text: str) -> None:
        normalize(text)
        mentions = find_mentions(text, register)
        assert [] == [each for each in mentions if text[each.start : each.end] != each.surface]
        assert mask(text, mentions)
        assert shown(text).isprintable()
        shown_in_markdown(text)

    fuzz(number, texts((WRITTEN,)) | st.text(max_size=2_000), read)


def test_what_is_not_ours_is_not_hidden() -> None:
    """These tests see other exceptions, and time that was spent."""

    def fails(_: str) -> None:
        raise ValueError("fails")

    def refuses(_: str) -> None:
        raise HaechiError("no")

    stands(refuses, "x")
    with pytest.raises(ValueError, match="fails"):
        stands(fails, "x")
