"""Canonical bytes and commitments."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.canonical import LARGEST, canonical, canonical_ascii, commitment, is_opened_by, new_salt
from evidence.errors import StorageError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc가나😀\uffff"), inner),
    max_leaves=12,
)


def test_the_example_of_the_rfc() -> None:
    """Section 3.2.3: keys are sorted by UTF-16 units, not by code points."""
    given_keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    sorted_keys = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert sorted_keys == list(json.loads(canonical(given_keys)))


@settings(max_examples=12)
@given(JSON)
def test_reading_and_writing_again_gives_the_same_bytes(value: Any) -> None:
    """So a stranger who parses them can check them."""
    written = canonical(value)
    assert written == canonical(json.loads(written))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": [1.5]}, "a value to be hashed holds a float: expected whole numbers and text"),
        ({"a": 2**53}, "a value cannot be written in canonical form (IntegerDomainError)"),
        ({"a": "\ud800"}, "a value cannot be written in canonical form (CanonicalizationError)"),
    ],
)
def test_what_other_languages_read_differently_is_refused(value: Any, said: str) -> None:
    """Floats, large numbers, halves of characters."""
    with pytest.raises(StorageError) as caught:
        canonical(value)
    assert said == str(caught.value)


ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126))


@settings(max_examples=12)
@given(st.dictionaries(ASCII, ASCII | st.none() | st.integers(-LARGEST, LARGEST)))
def test_the_fast_form_is_the_canonical_one(record: dict[str, Any]) -> None:
    """Of flat records of ASCII text and numbers, which entries of the log are."""
    assert rfc8785.dumps(record) == canonical_ascii(record)


def test_a_commitment_opens_with_its_salt_only() -> None:
    """Equal texts have nothing in common in the log, and a guess cannot be tried."""
    salt, content = new_salt(), "김 선생님".encode()
    commit = commitment(salt, content)
    assert is_opened_by(commit, salt, content)
    assert not is_opened_by(commit, new_salt(), content)
    assert not is_opened_by(commit, salt, content + b" ")
    assert commit != commitment(new_salt(), content)
    with pytest.raises(StorageError, match="a salt of 3 bytes; expected 32"):
        commitment(b"abc", content)
