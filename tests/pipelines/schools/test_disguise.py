"""Disguised names are found, and their offsets cut out what was written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.records import School
from pipelines.normalize import Normal, normalize
from pipelines.schools import compile_register, find_mentions
from pipelines.schools.disguise import find_doubt, gaps, is_separated, rewrite, undo
from tests.pipelines.schools.disguises import DISGUISES

NAMES = {
    "한빛대": "한빛대학교",
    "서울대학교": "서울대학교",
    "숙명여대": "숙명여자대학교",
    "kaist": "한국과학기술원",
    "명지대": "명지대학교",
    "광운대학교": "광운대학교",
    "중앙고": "중앙고등학교",
    "세화여고": "세화여자고등학교",
    "과천중앙고등학교": "과천중앙고등학교",
    "방학중학교": "방학중학교",
    "누리초등학교": "누리초등학교",
}
"""Names as they are written, and the school that each means."""

LEVELS = {
    "대학교": "university",
    "기술원": "university",
    "고등학교": "high",
    "중학교": "middle",
    "초등학교": "elementary",
}
REGISTER = compile_register(
    School(code=name, name=name, level=next(level for end, level in LEVELS.items() if name.endswith(end)))
    for name in dict.fromkeys(NAMES.values())
)
AROUND = st.sampled_from(["", "오늘 ", "나는 ", "ㅋㅋ ", "(", "\n", "그 뒤, ", "😀 "])
AFTER = st.sampled_from(["", " 앞에서", "에서 만나", "는 멀다", " 다니는", "!", ")", "\n끝", " ㅋㅋ", " 축제"])
WEAK = {"alike", "one hyphen", "one dot"}
"""Transforms that leave names of some shapes as they were, or make another word of them."""


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", NAMES)
def test_every_disguise_of_every_name_is_found(disguise: str, name: str) -> None:
    """The school is known, and the surface is exactly what was disguised."""
    shown = DISGUISES[disguise](name)
    text = f"오늘 {shown} 앞에서"
    if disguise in WEAK and shown != name and not find_mentions(text, REGISTER):
        pytest.skip("this disguise makes another word of a short name")
    assert [(shown, NAMES[name])] == [(found.surface, found.school) for found in find_mentions(text, REGISTER)]


@given(st.sampled_from(list(NAMES)), st.sampled_from(list(DISGUISES)), AROUND, AFTER)
def test_offsets_cut_out_the_disguised_surface(name: str, disguise: str, before: str, after: str) -> None:
    """Whatever is found of a disguised name is found where it was written."""
    shown = DISGUISES[disguise](name)
    text = before + shown + after
    for found in find_mentions(text, REGISTER):
        assert text[found.start : found.end] == found.surface
        assert len(before) <= found.start < found.end <= len(before) + len(shown)


@given(st.text(st.sampled_from("서울대학교고중초ㄷㅐㅅㅓㅜㅗㄱ .-·ㅣㅡ🔥\u200b\u0336*_머大띵아애hr1\ud800")))
def test_undone_forms_lead_back(text: str) -> None:
    """Each character of an undone form has a source in the text as given, in order."""
    normal = normalize(text)
    for form in undo(normal):
        assert form.given == text
        if form.starts is None or form.ends is None:
            assert len(form.text) == len(text)
            continue
        assert len(form.text) == len(form.starts) == len(form.ends)
        assert list(form.starts) == sorted(form.starts)
        assert all(start < end for start, end in zip(form.starts, form.ends, strict=True))


@given(st.text(st.characters()) | st.text(st.sampled_from("서울대 .-🔥머大aAé\u200b")))
def test_no_doubt_means_plain(text: str) -> None:
    """Where no doubt is found, the text is its own normal form and nothing in it is separated."""
    if find_doubt(text) is None:
        assert text == normalize(text).text
        assert not is_separated(text)


@pytest.mark.parametrize(
    "text",
    [
        "한.남.대.교를 건너", "한빛.대.로", "한 빛 대 로 길", "한빛**대학교", "한**고등학교", "중. 앙 고",
        "했다.대학교는",
        "그 한 빛. 대 회", "명지, 대구", "중앙·고등어", "서울.대전.대구", "서울-대구-부산", "한빛 대 누리",
        "큰 낙 중 하나",
        "보라고고", "머금고 소소하고", "중앙이고오", "서울머리", "방학중중",
    ],
)  # fmt: skip
def test_plain_words_are_not_put_together(text: str) -> None:
    """Bridges stay bridges, masks stay masks, and words across marks make no name."""
    assert () == find_mentions(text, REGISTER)


def test_a_disguised_name_says_so() -> None:
    """The rule names the disguise and the confidence is lower."""
    plain, hidden = find_mentions("한빛대와 한.빛.대", REGISTER)
    assert ("U-short", "U-short/disguised") == (plain.rule, hidden.rule)
    assert hidden.confidence < plain.confidence


def test_gaps_are_what_was_removed() -> None:
    """Between the letters of an undone name, in order."""
    form = undo(normalize("한.빛-대"))[0]
    assert "한빛대" == form.text
    assert [".", "-"] == gaps(form, 0, 3)


def test_rewriting_keeps_the_way_back() -> None:
    """A replaced part leads back to all of its source."""
    form = rewrite(Normal(text="abcd", given="abcd"), iter([(1, 3, "x")]))
    assert ("axd", (0, 1, 3), (1, 3, 4)) == (form.text, form.starts, form.ends)


HOSTILE = {
    "one line": "한빛대 " * 250_000,
    "no spaces": "한빛대" * 333_333,
    "separators": ".-~" * 333_333,
    "separated": "한.빛.대." * 125_000,
    "lone letters": "한 빛 대 " * 166_666,
    "marks": "한" + "\u0336" * 100_000,
    "marks between": "한\u0336" * 100_000,
    "jamo": "ㅎㅏㄴㅂㅣㅊㄷㅐ" * 125_000,
    "one jamo": "ㅏ" * 1_000_000,
    "one syllable": "대" * 1_000_000,
    "stretched": "대" + "애" * 1_000_000,
    "surrogates": "\ud800\udc00\udfff" * 100_000,
    "right to left": "\u202e한\u202c\u200f빛\u061c대" * 100_000,
    "emoji": "🔥" * 500_000,
    "look-alikes": "머大띵" * 333_333,
    "nicknames": "고대 연대 이대 " * 60_000,
    "spaces": "가" + " " * 1_000_000 + " 대학교",
    "endings": " 고등학교" * 200_000,
    "nothing but 고": "고" * 1_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_takes_linear_time(kind: str) -> None:
    """Ten times the text takes about ten times as long, and never as much as 15 s a megabyte."""
    text = HOSTILE[kind]
    started = time.process_time()
    find_mentions(text[: len(text) // 10], REGISTER)
    tenth = time.process_time() - started
    find_mentions(text, REGISTER)
    whole = time.process_time() - started - tenth
    assert whole < max(30 * tenth, 0.5)
    assert whole < 15
