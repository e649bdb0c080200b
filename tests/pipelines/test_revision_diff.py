"""What changed between two revisions, seen as people see it and never through the mask."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.masked import Masked
from pipelines.masking import mask
from pipelines.revision_diff import LONGEST, Kind, compare, graphemes


def nothing(text: str) -> Masked:
    """Masks nothing."""
    return Masked(text=text)


def told(earlier: str, later: str) -> str:
    """The difference on one line: [-gone-] and {+new+}."""
    marks = {Kind.SAME: "%s", Kind.GONE: "[-%s-]", Kind.NEW: "{+%s+}"}
    return "".join(marks[stretch.kind] % stretch.text for stretch in compare(earlier, later, nothing))


@pytest.mark.parametrize(
    ("earlier", "later", "shown"),
    [
        ("", "", ""),
        ("같다", "같다", "같다"),
        ("", "새로", "{+새로+}"),
        ("해솔빛고 소식", "해솔빛중 소식", "해솔빛[-고-]{+중+} 소식"),
        ("2학년 3반입니다", "2학년 5반입니다", "2학년 [-3-]{+5+}반입니다"),
        ("가나다라", "마나바라", "[-가나다-]{+마나바+}라"),
        (normalize("NFD", "한글"), "한글", "한글"),
        ("간다", "갔다", "[-간-]{+갔+}다"),
        ("👩‍👩‍👧 안녕", "👩‍👩‍👦 안녕", "[-👩‍👩‍👧-]{+👩‍👩‍👦+} 안녕"),
        ("🇰🇷 안녕", "🇰🇵 안녕", "[-🇰🇷-]{+🇰🇵+} 안녕"),
    ],
)
def test_differences(earlier: str, later: str, shown: str) -> None:
    """Whole syllables and whole emoji; a single letter between two changes belongs to them."""
    assert shown == told(earlier, later)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("한글", 2),
        (normalize("NFD", "한글"), 2),
        ("e\u0301", 1),
        ("👍🏽"[:1] + "\ufe0f", 1),
        ("ᄒᆞᆫ글", 2),
        ("ㅋㅋ", 2),
    ],
)
def test_graphemes(text: str, number: int) -> None:
    """Decomposed and old syllables are one each; compatibility jamo are letters of their own."""
    assert number == len(graphemes(text))


def test_nobody_reads_through_the_mask() -> None:
    """A changed number shows as the same mark; one that was added, as a mark that was added."""
    earlier, later = "연락 010-2345-6789 주세요", "연락 010-2345-9999 주세요"
    assert [(Kind.SAME, "연락 [전화] 주세요")] == [(one.kind, one.text) for one in compare(earlier, later, mask)]
    added = compare("연락 주세요", earlier, mask)
    assert "010" not in "".join(one.text for one in added)
    assert any(one.kind is Kind.NEW and "[전화]" in one.text for one in added)


def test_long_texts_are_compared_by_lines() -> None:
    """In little time."""
    lines = [f"{number}번째 줄입니다\n" for number in range(LONGEST // 6)]
    changed = [*lines[:5], "다른 줄\n", *lines[6:]]
    kinds = [(one.kind, len(one.text)) for one in compare("".join(lines), "".join(changed), nothing)]
    assert [Kind.SAME, Kind.GONE, Kind.NEW, Kind.SAME] == [kind for kind, _ in kinds]


@given(
    st.text(alphabet="가나다 ab\u0301\u200dㅋ\n", max_size=40),
    st.text(alphabet="가나다 ab\u0301\u200dㅋ\n", max_size=40),
)
def test_both_sides_can_be_read_off(earlier: str, later: str) -> None:
    """Nothing is lost and nothing invented."""
    found = compare(earlier, later, nothing)
    assert normalize("NFC", earlier) == "".join(one.text for one in found if one.kind is not Kind.NEW)
    assert normalize("NFC", later) == "".join(one.text for one in found if one.kind is not Kind.GONE)
    assert all(one.text for one in found)
