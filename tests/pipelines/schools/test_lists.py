"""Lists of schools."""

import pytest

from evidence.records import Mention
from pipelines.schools.lists import count_schools, is_list


def mentions_of(text: str, names: str, level: str = "high") -> list[Mention]:
    """Mentions of these names, wherever they stand in the text."""
    found = []
    for name in names.split():
        start = text.index(name)
        found.append(
            Mention(
                start=start, end=start + len(name), surface=name, school=name, candidates=(name,), level=level,
                rule="official", confidence=0.9,
            )
        )  # fmt: skip
    return sorted(found, key=lambda mention: mention.start)


@pytest.mark.parametrize(
    ("text", "names", "level", "expected"),
    [
        ("가고, 나고, 다고, 라고, 마고", "가고 나고 다고 라고 마고", "high", True),
        ("1. 가고\n2. 나고\n3. 다고\n4. 라고\n5. 마고\n", "가고 나고 다고 라고 마고", "high", True),
        ("가고 나고 다고 라고", "가고 나고 다고 라고", "high", False),
        ("가고에서 만나 나고까지 걸어 다고를 지나 라고에 들러 마고로", "가고 나고 다고 라고 마고", "high", False),
        ("가대 나대 다대 라대 마대", "가대 나대 다대 라대 마대", "university", False),
        ("가고 (서울) 나고 (부산) 다고 (대구) 라고 (인천) 마고", "가고 나고 다고 라고 마고", "high", True),
        ("", "", "high", False),
    ],
)
def test_lists_are_told_from_talk(text: str, names: str, level: str, *, expected: bool) -> None:
    """Five schools set apart by marks are a list; five in a story are not, nor a handful of universities."""
    assert expected == is_list(mentions_of(text, names, level), text)


def test_a_school_counts_once() -> None:
    """However often it is named."""
    once = mentions_of("가고", "가고")
    assert 1 == count_schools(once * 7)
