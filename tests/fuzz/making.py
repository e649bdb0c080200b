"""What hostile people send: whole things with something cut, doubled, put in or exchanged, and things that are none."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.errors import HaechiError

T = TypeVar("T")

AT_MOST_S = 1.0
"""Of the processor, for one input of these sizes."""
FEW, MANY = 8, 1_000
HOWEVER_MANY = pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
"""A few in every run of the tests, many under ``make soak``."""

ODD = ("\0", "\ufeff", "‮", "​", "\ud800", "\x1b[2J", "\r\n\r\n", "😀", "﷽", "ß", "İ", "ㅎ", "한", "９", "٣", "½", "−1")
NUMBERS = ("0", "-0", "-1", "1e999", "NaN", "9" * 40, "0x10", "1_000", "2.5K", "99999999999999999999M", "1,2,3")
MARKUP = (
    "<",
    ">",
    '"',
    "&#0;",
    "&#xD800;",
    "&lt",
    "<!--",
    "-->",
    "<![CDATA[",
    "</html>",
    "<script>",
    "<template>",
    "<svg><a>",
    "<table><td>",
    "<br>",
    "<div>",
    "<plaintext>",
)
PLACES = (
    "https://t.me/",
    "https://t.me/+a",
    "//[::1",
    "http://[v1.a]:99999/",
    "javascript:alert(1)",
    "data:,",
    "tg://resolve?domain=",
    "%ff%00",
    "/s/room?before=-1",
    "https://t.me:x/room",
)
TIMES = ("0000-00-00T00:00:00+99:99", "9999-12-31T23:59:59-23:59", "2026-02-30", "31.02.2026 24:61:61 UTC+99:99")
PIECES = (*ODD, *NUMBERS, *MARKUP, *PLACES, *TIMES)


@st.composite
def damaged(draw: st.DrawFn, wholes: Sequence[str], pieces: Sequence[str] = PIECES) -> str:
    """One of ``wholes`` with up to five places damaged."""
    whole = draw(st.sampled_from(wholes))
    for _ in range(draw(st.integers(0, 5))):
        start, length = draw(st.integers(0, len(whole))), draw(st.sampled_from((0, 0, 1, 7, 60, 900)))
        piece = draw(st.sampled_from(pieces) | st.text(max_size=12) | st.just(whole[start : start + 200]))
        whole = whole[:start] + piece * draw(st.sampled_from((1, 1, 1, 40))) + whole[start + length :]
    return whole


def texts(wholes: Sequence[str], pieces: Sequence[str] = PIECES) -> st.SearchStrategy[str]:
    """Damaged ones, texts that are none, and pieces repeated without an end in sight."""
    endless = st.builds(lambda piece, times: piece * times, st.sampled_from(pieces), st.sampled_from((1, 500, 3_000)))
    return damaged(wholes, pieces) | damaged(wholes, pieces) | st.text(max_size=80) | endless


def values() -> st.SearchStrategy[Any]:
    """Anything that JSON can hold."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(PIECES)
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner), max_leaves=8
    )


def stands(read: Callable[[T], object], given_value: T) -> None:
    """Reading it ends in a value or in one of our own exceptions, within the time."""
    began = time.process_time()
    with suppress(HaechiError):
        read(given_value)
    assert time.process_time() - began < AT_MOST_S


def fuzz(number: int, inputs: st.SearchStrategy[T], read: Callable[[T], object]) -> None:
    """Read ``number`` inputs; the few are the same each time, the many are others each time."""
    chosen = settings(
        max_examples=number,
        derandomize=number <= FEW,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )

    @chosen
    @given(inputs)
    def each(value: T) -> None:
        stands(read, value)

    each()
