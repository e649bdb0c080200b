"""Strangers' text as people may see it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.shown import shown, shown_in_markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("가나다 라", "가나다 라"),
        ("첫 줄\n둘째 줄\t끝", "첫 줄 둘째 줄 끝"),
        ("\x1b[31m빨강\x1b]0;제목\x07", "[31m빨강 ]0;제목"),
        ("앞\u202e뒤\u2066x", "앞 뒤 x"),
        ("\ud800조각", "조각"),
        ("👨\u200d👩", "👨\u200d👩"),
    ],
)
def test_nothing_steers_a_terminal(text: str, expected: str) -> None:
    """Escape sequences lose their escape, direction marks and half characters go, all is one line."""
    assert expected == shown(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("[x](http://evil.example)", "\\[x\\](http://evil.example)"),
        ("a|b & c", "a\\|b &amp; c"),
    ],
)
def test_nothing_is_markup(text: str, expected: str) -> None:
    """A title can neither link nor break a table."""
    assert expected == shown_in_markdown(text)


@given(st.text())
def test_any_text_becomes_one_printable_line(text: str) -> None:
    """Whatever a post holds."""
    line = shown(text)
    assert line == shown(line)
    assert all(character.isprintable() or character == "\u200d" for character in line)
    line.encode("utf-8")
