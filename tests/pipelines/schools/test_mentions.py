"""Schools found in sentences of our own."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.records import School
from pipelines.normalize import normalize
from pipelines.schools import Register, compile_register, find_mentions, find_mentions_in, settle_by_room

PIECES = st.sampled_from(
    ["한빛대", "서울대학교", "중앙고", "숙명여대", "보라고", "방학중", "누리초", "kaist", "ＫＡＩＳＴ",
     "로", "교", "는", "에서", " ", "\u200b", "ㅋㅋ", "!", "학생", "병원", "\ud800", "😀", "ᄒ", "ᅡᆫ", "e\u0301", "…"]
)  # fmt: skip
TEXTS = st.lists(PIECES).map("".join) | st.text(st.characters())


def surfaces(text: str, register: Register) -> list[str]:
    """The surfaces found in a text."""
    return [mention.surface for mention in find_mentions(text, register)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("오늘 점심은 국수", []),
        ("한빛대학교 축제에 다녀왔다", ["한빛대학교"]),
        ("한빛대는 언덕이 많다", ["한빛대"]),
        ("한빛대생이 만든 앱", ["한빛대"]),
        ("한빛대에서도 열린다", ["한빛대"]),
        ("우리누나한빛대 다녀", ["한빛대"]),
        ("중앙고지인 숙명여고여학생 한빛대합성", ["중앙고", "숙명여고", "한빛대"]),
        ("엄청 잔인하대서 봤는데 인하대 다녀", ["인하대"]),
        ("ㅋㅋ한빛대 최고", ["한빛대"]),
        ("부경대와 숙명여대", ["부경대", "숙명여대"]),
        ("국립부경대학교 도서관", ["국립부경대학교"]),
        ("카이스트와 KAIST는 같다", ["카이스트", "KAIST"]),
        ("ＫＡＩＳＴ 견학", ["ＫＡＩＳＴ"]),
        ("xKAIST KAISTx", []),
        ("한빛대ㆍ서울대ㆍ중앙고", ["한빛대", "서울대", "중앙고"]),
        ("한빛대ㅋㅋ 중앙고ㅠㅠ 이동중ㅋㅋ 보라고ㅋㅋ", ["한빛대", "중앙고"]),
        ("①한빛대②중앙고 2026서울대 한빛대AI대학원", ["한빛대", "중앙고", "서울대", "한빛대"]),
        ("한\u200b빛대 도서관", ["한\u200b빛대"]),
        (unicodedata.normalize("NFD", "한빛대") + " 도서관", [unicodedata.normalize("NFD", "한빛대")]),
        ("중앙고 2학년 소풍", ["중앙고"]),
        ("광주일고 야구부", ["광주일고"]),
        ("한빛공고 전시회", ["한빛공고"]),
        ("한빛대사대부고, 한빛사대부고", ["한빛대사대부고", "한빛사대부고"]),
        ("누리초교 앞, 누리초등학교 앞, 누리초 앞", ["누리초교", "누리초등학교", "누리초"]),
        ("한남대교를 건너 강남대로로", []),
        ("한빛대학로 7, 서울대공원, 서울대비 물가, 강남대로변", []),
        ("미국 국제대학교, 이라크의 경찰대학", []),
        ("한빛대안산캠 다님", ["한빛대"]),
        ("세종대왕 동상과 고려대상", []),
        ("서울대병원 예약, 서울대학교 병원, 서울대 어린이병원", []),
        ("서울대입구역에서 만나", []),
        ("고려대학교로 가는 길", ["고려대학교"]),
        ("한빛대회 결과", []),
        ("책을 보라고 했다", []),
        ("용인 보라고 도서관", ["보라고"]),
        ("보라고 3학년 교실", ["보라고"]),
        ("방학중에는 쉰다", []),
        ("방학중 재학생 모임", ["방학중"]),
        ("방학중학교 체육대회", ["방학중학교"]),
        ("가온중에 다니는 동생", ["가온중"]),
        ("지금 가온중이다", []),
        ("대마초는 불법이다", []),
        ("밀양여중생 합창단", []),
        ("밀양여중 합창단", ["밀양여중"]),
        ("숙명여고생 합창단", ["숙명여고"]),
        ("여고에 다니는 사촌", []),
        ("the school of tomorrow, школа, 学校", []),
    ],
)
def test_names_are_told_from_words(text: str, expected: list[str], small: Register) -> None:
    """Names are found in every known way of writing; bridges, roads, kings, hospitals and verbs are not."""
    assert expected == surfaces(text, small)


@pytest.mark.parametrize(
    ("text", "office", "expected"),
    [
        ("중앙고 축제", None, None),
        ("중앙고 축제", "C10", "1000002"),
        ("중앙고 축제", "T10", None),
        ("수원 중앙고 축제", None, "1000003"),
        ("종로구 중앙고 축제", "C10", "1000001"),
        ("중앙고 축제는 부산에서", None, "1000002"),
        ("숙명여고 축제", None, "1000006"),
        ("한빛대 축제", "C10", "U:한빛대학교"),
    ],
)
def test_office_and_place_tell_schools_of_one_name_apart(
    text: str, office: str | None, expected: str | None, small: Register
) -> None:
    """A place named before wins, then the office; a school is set only when one candidate remains."""
    (mention,) = find_mentions(text, small, office)
    assert expected == mention.school
    assert office != "C10" or mention.school is not None


def test_candidates_share_a_level(small: Register) -> None:
    """Three high schools of one name are still a high school."""
    (mention,) = find_mentions("중앙고 축제", small)
    assert mention.candidates == ("1000001", "1000002", "1000003")
    assert (mention.level, mention.rule) == ("high", "H-short")


def test_candidates_of_two_levels_have_none() -> None:
    """A name that two levels share says nothing of the level."""
    rows = [School(code=level, name="가온학교", level=level) for level in ("special", "other")]
    (mention,) = find_mentions("가온학교 바자회", compile_register(rows))
    assert (mention.level, mention.school) == (None, None)


def test_two_names_of_one_code_are_one_school() -> None:
    """A renamed school is found under both names, and is one candidate."""
    rows = [School(code="1", name=name, level="high") for name in ("가온고등학교", "서울가온고등학교")]
    register = compile_register(rows)
    assert [mention.school for mention in find_mentions("가온고와 서울가온고", register)] == ["1", "1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("가온고등학교 축제", ["가온고등학교"]),
        ("새솔초등학교와 누리봄중학교", ["새솔초등학교", "누리봄중학교"]),
        ("여자고등학교 설명회", []),
        ("우리 고등학교, 공립초등학교, 초중고등학교", []),
        ("내가 다니던중학교", []),
        ("첫초등학교", []),
    ],
)
def test_unlisted_levels_are_found_by_their_full_form(text: str, expected: list[str], packaged: Register) -> None:
    """With universities only, schools are found by full names, without candidates; generic words are none."""
    mentions = find_mentions(text, packaged)
    assert expected == [mention.surface for mention in mentions]
    assert all((found.rule, found.candidates, found.school) == ("pattern", (), None) for found in mentions)


def test_an_unlisted_university_has_a_code_by_name() -> None:
    """Where the register has no university, a full name gives ``U:`` and the name."""
    schools = compile_register([School(code="1", name="가온고등학교", level="high")])
    (mention,) = find_mentions("새솔대학교 축제", schools)
    assert (mention.school, mention.candidates, mention.level) == ("U:새솔대학교", ("U:새솔대학교",), "university")


def test_an_unlisted_school_is_found_by_its_full_form(small: Register) -> None:
    """A full name that the register does not know is a cautious mention: closed, renamed or new."""
    (mention,) = find_mentions("다솜고등학교 축제", small)
    assert (mention.rule, mention.confidence, mention.candidates) == ("pattern", 0.6, ())
    assert surfaces("서울 새솔대학교 축제, 경기도 고등학교, 미국 새솔고등학교", small) == []


def test_kinds_of_university_that_are_korean_alone_are_found(small: Register) -> None:
    """An unlisted junior college or graduate university counts where foreign universities would not."""
    assert surfaces("다솜공업전문대학과 새솔대학원대학교", small) == ["다솜공업전문대학", "새솔대학원대학교"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("고려대 옆 카페, 고대로 가자", ["고려대"]),
        ("고대생이 쓴 글", ["고대"]),
        ("고대 영문과 다녀", ["고대"]),
        ("고대 유적을 보러", []),
        ("고대와 고려대", ["고대", "고려대"]),
        ("고대 졸업하고 취직했다. 고대는 좋다", ["고대", "고대"]),
        ("여고, 외고, 여대에 다니는 사촌", []),
        ("숙명 여자고등학교, 가온 중학교 앞", ["숙명 여자고등학교", "가온 중학교"]),
        ("우리 중학교, 경기도 중학교", []),
        ("누리국민학교 동창회, 누리초교 동창회", ["누리국민학교", "누리초교"]),
        ("가온여중 옆 숙명여중고", ["숙명여중고"]),
        ("중앙상고 야구부", ["중앙상고"]),
        ("수원 시내 모집공고, 채용 공고, 대법원 상고", []),
        ("종로중앙고와 부산중앙고", ["종로중앙고", "부산중앙고"]),
        ("우주중앙고", []),
    ],
)
def test_nicknames_former_and_spaced_names(text: str, expected: list[str], small: Register) -> None:
    """Nicknames count in company, endings may stand apart, places may stand before."""
    assert [one if one[:2] not in ("종로", "부산") else one[2:] for one in expected] == surfaces(text, small)


@given(TEXTS)
def test_offsets_cut_out_the_surface(text: str) -> None:
    """Mentions are ordered, never overlap, and their offsets cut their surface out of the text as given."""
    mentions = find_mentions(text, HYPOTHESIS)
    assert all(text[found.start : found.end] == found.surface for found in mentions)
    assert all(one.end <= other.start for one, other in pairwise(mentions))
    assert mentions == find_mentions_in(normalize(text), HYPOTHESIS)


def test_a_text_full_of_names_takes_linear_time(small: Register) -> None:
    """Twenty thousand mentions in one line are found at once."""
    assert len(find_mentions("한빛대 " * 5_000, small)) == 5_000


HYPOTHESIS = compile_register(
    School(code=name, name=name, level=level)
    for name, level in [
        ("한빛대학교", "university"),
        ("서울대학교", "university"),
        ("숙명여자대학교", "university"),
        ("한국과학기술원", "university"),
        ("중앙고등학교", "high"),
        ("보라고등학교", "high"),
        ("방학중학교", "middle"),
    ]
)
"""Hypothesis cannot take a fixture of the session for each example."""


def test_other_schools_of_a_post_tell_the_place() -> None:
    """A shared name in a list of one town means the school of that town."""
    rows = [
        School(code="1", name="제일고등학교", level="high", province="경기도", district="이천시"),
        School(code="2", name="제일고등학교", level="high", province="강원도", district="태백시"),
        School(code="3", name="장호원고등학교", level="high", province="경기도", district="이천시"),
    ]
    register = compile_register(rows)
    assert [one.school for one in find_mentions("장호원고, 제일고", register)] == ["3", "1"]
    assert [one.school for one in find_mentions("제일고 축제", register)] == [None]


def test_schools_that_a_room_names_come_first(small: Register) -> None:
    """What other posts of the room name tells which school is meant, where the post itself does not."""
    shared = find_mentions("중앙고 축제", small)
    assert ["1000002"] == [one.school for one in settle_by_room(shared, {"1000002", "1000004"})]
    (narrowed,) = settle_by_room(shared, {"1000002", "1000003"})
    assert (None, ("1000002", "1000003")) == (narrowed.school, narrowed.candidates)
    assert shared == settle_by_room(shared, {"1000004"})
    told = find_mentions("서울 중앙고 축제", small)
    assert told == settle_by_room(told, {"1000002"})


def test_words_of_a_level_tell_schools_apart() -> None:
    """A department follows a university, a sixth year an elementary school."""
    rows = [School(code=level, name="가온학교", level=level) for level in ("university", "elementary")]
    register = compile_register(rows)
    assert [one.school for one in find_mentions("가온학교 국문학과", register)] == ["university"]
    assert [one.school for one in find_mentions("가온학교 6학년", register)] == ["elementary"]
