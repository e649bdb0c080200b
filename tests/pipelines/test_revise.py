"""Posts against what was stored of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evidence.records import Change, Figure, Forward, Media, Page, PageKind, Post, Reading, Seen
from pipelines.revise import compare, find_suspects, fingerprint_post

KEY = b"k" * 32
POST = Post(
    native_id=7,
    native_ids=(7,),
    address="https://t.me/room/7",
    posted_at=datetime(2026, 11, 20, tzinfo=UTC),
    text="글",
    captions=("보기",),
    media=(Media(kind="photo", number=2),),
    links=("https://a.example",),
    forwarded_from=Forward(name="어디", address="https://t.me/other/1"),
)
MARK = fingerprint_post(POST, KEY)


def page(*ids: int, span: tuple[int, int] | None = (1, 100)) -> Page:
    """A page that lists these posts."""
    posts = tuple(replace(POST, native_id=native_id, native_ids=(native_id,)) for native_id in ids)
    return Page(capture=None, reading=Reading(kind=PageKind.PREVIEW, posts=posts), span=span)


def seen(*ids: int, is_removed: bool = False) -> dict[int, Seen]:
    """What is known."""
    return {native_id: Seen(native_id=native_id, fingerprint=MARK, is_removed=is_removed) for native_id in ids}


@pytest.mark.parametrize(
    "change",
    [
        {"text": "다른 글"},
        {"captions": ("다른 보기",)},
        {"captions": ()},
        {"links": ("https://b.example",)},
        {"media": (Media(kind="photo", number=3),)},
        {"media": (Media(kind="video", number=2),)},
    ],
    ids=str,
)
def test_what_a_post_says_is_in_its_fingerprint(change: dict[str, object]) -> None:
    """Words, links and media."""
    assert MARK != fingerprint_post(replace(POST, **change), KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"views": Figure(value=9, low=9, high=9)},
        {"is_edited": True},
        {"author": "누구"},
        {"address": None},
        {"forwarded_from": Forward(name="새 이름", address="https://t.me/other/1")},
        {"forwarded_from": Forward(name="어디", address="https://t.me/renamed/1")},
        {"forwarded_from": None},
    ],
    ids=str,
)
def test_what_changes_by_itself_is_not(change: dict[str, object]) -> None:
    """Views grow, the first reaction sets the page's mark of an edit, and other rooms take new names or close."""
    assert MARK == fingerprint_post(replace(POST, **change), KEY)


def test_a_fingerprint_says_nothing_without_its_key() -> None:
    """Eight bytes, others under another key."""
    assert (8, False) == (len(MARK), MARK == fingerprint_post(POST, b"x" * 32))


@given(st.text(st.characters(codec=None), max_size=20), st.text(st.characters(codec=None), max_size=20))
def test_different_texts_have_different_fingerprints(one: str, other: str) -> None:
    """Also with broken surrogates."""
    marks = [fingerprint_post(replace(POST, text=text), KEY) for text in (one, other)]
    assert (one == other) == (marks[0] == marks[1])


@pytest.mark.parametrize(
    ("known", "mark", "change"),
    [
        ({}, MARK, Change.NEW),
        (seen(8), MARK, Change.NEW),
        (seen(7), MARK, Change.UNCHANGED),
        (seen(7), b"another!", Change.EDITED),
        (seen(7, is_removed=True), MARK, Change.EDITED),
        ({7: replace(seen(7)[7], is_closed=True)}, b"another!", Change.UNCHANGED),
    ],
)
def test_a_post_is_new_edited_or_unchanged(known: dict[int, Seen], mark: bytes, change: Change) -> None:
    """One that came back after its removal counts as edited, whatever it says; one that was erased never does."""
    assert change is compare(POST, mark, known)


def test_missing_posts_are_suspects_newest_first() -> None:
    """Known, within the page's span, not listed and not known to be removed."""
    known = seen(5, 10, 11, 12, 100, 101) | seen(13, is_removed=True)
    assert (100, 12, 11) == find_suspects(page(10, 20, span=(10, 100)), known)


def test_an_album_is_listed_under_all_its_ids() -> None:
    """Its second id is no suspect where it once stood alone."""
    album = replace(POST, native_id=10, native_ids=(10, 11, 12))
    listed = Page(capture=None, reading=Reading(kind=PageKind.PREVIEW, posts=(album,)), span=(1, 100))
    assert () == find_suspects(listed, seen(10, 11, 12))


def test_absence_from_a_page_without_span_says_nothing() -> None:
    """A single post, a landing page."""
    assert () == find_suspects(page(span=None), seen(1, 2))
    assert (2, 1) == find_suspects(page(), seen(1, 2))
