"""The whole of masking: properties that hold for any text, and what goes with it."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.masked import Kind, Masked
from pipelines.masking import carry_mentions, mask
from tests.pipelines.masking.sentences import NUMBERS, mentions_in, people

PIECES = [
    *people(24),
    *(way for ways in NUMBERS.values() for way in ways),
    *[
        "한빛고",
        "가온중학교",
        "2학년",
        "3반",
        "학생",
        "씨",
        "님",
        "양",
        "이름:",
        "실명",
        "생일",
        "학번",
        "전화",
        "계좌",
        "국민",
        "주소",
        "인스타",
        "카톡:",
        "아이디",
        "[이름]",
        "[전화]",
        "[주소]",
        "[",
        "@",
        ".",
        "-",
        ":",
        "/",
        "(",
        ")",
        ",",
        "은",
        "는",
        "이",
        "가",
        "을",
        "라고",
    ],
    *[
        "이",
        "정도",
        "지금",
        "학교에서",
        "우리",
        "하늘",
        "010",
        "1234",
        "080312",
        "20315",
        "12",
        "가",
        "a_b",
        "t.me/",
        "ㅋㅋ",
        "ㄱㅊㅅ",
        "김**",
        "박○○",
        "이ㅇㅇ",
        "Kim",
        "Minsu",
        "🌸",
        "\u200b",
        "́",
        "\ue000",
        "\ue001",
        "㈜",
        "①",
        "＠",
    ],
    "\n",
    " ",
    ", ",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda gap: gap.join(pieces))
)
ANY = TEXTS | st.text(max_size=60) | st.text("김이박철수영희반학년고중@._-0123456789 []\n이름전화*○", max_size=40)


@settings(max_examples=30)
@given(ANY)
def test_masking_again_changes_nothing(text: str) -> None:
    """A masked text holds nothing more to mask, with the mentions carried over as without any."""
    masked = mask(text)
    assert masked.text == mask(masked.text).text
    mentions = mentions_in(text)
    masked = mask(text, mentions)
    assert masked.text == mask(masked.text, carry_mentions(masked, mentions)).text


@settings(max_examples=30)
@given(ANY)
def test_what_is_outside_the_spans_stays(text: str) -> None:
    """Spans are in order, not empty, apart, and only they changed."""
    masked = mask(text, mentions_in(text))
    done, pieces = 0, list[str]()
    for span in masked.spans:
        assert done <= span.start < span.end <= len(text)
        pieces += text[done : span.start], span.kind.mark
        done = span.end
    assert "".join([*pieces, text[done:]]) == masked.text


@settings(max_examples=30)
@given(ANY)
def test_offsets_lead_to_the_same_words(text: str) -> None:
    """Every character that stays is found at the place to which it is carried."""
    masked = mask(text)
    hidden = {at for span in masked.spans for at in range(span.start, span.end)}
    for at, character in enumerate(text):
        place = masked.carry(at, at + 1)
        assert (place is None) == (at in hidden)
        assert place is None or character == masked.text[place[0] : place[1]]


@settings(max_examples=30)
@given(ANY)
def test_schools_stay(text: str) -> None:
    """No name of a person is read into the name of a school."""
    mentions = mentions_in(text)
    named = [span for span in mask(text, mentions).spans if span.kind is Kind.NAME]
    assert not any(span.start < mention.end and mention.start < span.end for span in named for mention in mentions)


@settings(max_examples=30)
@given(
    st.sampled_from(["010-{}-{}", "０１０ {} {}", "국민 110-{}-{}99", "학번 {}{}", "12가{}"]),
    st.integers(1000, 9999),
    TEXTS,
)
def test_digits_do_not_survive(form: str, number: int, text: str) -> None:
    """Whatever stands around a masked number, its digits are gone."""
    written = form.format(number, number)
    masked = mask(f"{text}\n{written}\n")
    for span in masked.spans:
        if span.start > len(text):
            assert str(number) not in masked.text[masked.text.rindex("\n", 0, -1) :]


def test_mentions_are_carried_over() -> None:
    """Schools are found at their new places; one that was masked with an address is left out."""
    text = "김철수 한빛고 2학년, 서울시 강남구 누리초길 12"
    masked = mask(text, mentions_in(text))
    assert Masked(text="[이름] 한빛고 2학년, [주소]", spans=masked.spans) == masked
    (mention,) = carry_mentions(masked, mentions_in(text))
    assert "한빛고" == masked.text[mention.start : mention.end] == mention.surface


def test_a_mention_announces_a_name_however_faint() -> None:
    """A name beside a school is masked whether the mention counts or not; the school is no name."""
    text = "김천고 왕서윤, 김천고 학생"
    (mention,) = mentions_in("한빛고")
    assert "김천고 [이름], 김천고 학생" == mask(text, [mention]).text


def test_empty_text() -> None:
    """Nothing in, nothing out."""
    assert Masked(text="") == mask("")


HOSTILE = {
    "digits": "1",
    "phone, split": "0 1 0-",
    "at": "@",
    "mails": "a@a.",
    "dots": "a.",
    "surnames": "김",
    "names": "김철수",
    "names, spaced": "김 ",
    "classes": "3반 ",
    "marks": "[이름]",
    "stars": "김*",
    "regions": "서울시 ",
    "streets": "한빛로1",
    "flats": "1동",
    "lines": "김철수\n",
    "platforms": "카톡 ",
    "links": "t.me/",
    "latin": "kim min ",
    "banks": "국민1-",
    "words for digits": "공일",
    "zero width": "0\u200b",
    "labels": "이름:",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_masked_in_little_time(piece: str) -> None:
    """A long post of nothing but what a pattern begins with takes milliseconds."""
    masked = mask(piece * (4096 // len(piece)))
    assert masked.text == mask(masked.text).text


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_time_is_linear(piece: str) -> None:
    """Twice the text takes about twice the time."""
    mask(piece)
    short, long = (min(_seconds(piece * (size // len(piece))) for _ in range(3)) for size in (40_000, 160_000))
    assert long < 9 * short + 0.05


def _seconds(text: str) -> float:
    begin = time.process_time()
    mask(text)
    return time.process_time() - begin


def test_marks_that_people_write_are_no_way_round() -> None:
    """Fillers and marks in the text as given do not hide what stands beside them."""
    assert "[이름] [이름]" == mask("[이름] 김철수").text
    assert re.search("[0-9]", mask("[전화] 010\ue0001234\ue0015678").text) is None
