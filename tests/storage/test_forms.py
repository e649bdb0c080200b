"""Records as documents: what goes in comes out, and no text lies there in plain."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from bson import encode
from bson.raw_bson import RawBSONDocument
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pymongo import MongoClient

from evidence.cipher import Cipher, pseudonym
from evidence.errors import StorageError
from evidence.records import (
    Change,
    Count,
    CrawlRun,
    Cursor,
    Finding,
    Flag,
    Forward,
    Media,
    Mention,
    Outcome,
    Post,
    Severity,
)
from storage.forms import (
    capture_document,
    count_document,
    cursor_document,
    post_document,
    read_count,
    read_cursor,
    read_post,
    read_run,
    run_document,
)
from storage.mongo import Store
from tests.conftest import MASTER_KEY, NOW
from tests.storage.making import PEER, SOURCE, capture, keep, page, post

CIPHER = Cipher(MASTER_KEY)

texts = st.text(st.characters(codec=None), max_size=40)
numbers = st.integers(0, 2**53)
moments = st.integers(0, 2**41).map(
    lambda since_ms: datetime(2013, 8, 1, tzinfo=UTC) + timedelta(milliseconds=since_ms)
)
posts = st.builds(
    Post,
    native_id=numbers,
    native_ids=st.lists(numbers, min_size=1, max_size=10).map(tuple),
    address=st.none() | st.just(f"{SOURCE}/1"),
    posted_at=st.none() | moments,
    is_edited=st.booleans(),
    text=texts,
    captions=st.lists(texts, max_size=3).map(tuple),
    forwarded_from=st.none() | st.builds(Forward, name=st.none() | texts, address=st.none() | texts),
    reply_to=st.none() | numbers,
    media=st.lists(st.builds(Media, kind=st.sampled_from(["photo", "poll"]), number=numbers), max_size=3).map(tuple),
    links=st.lists(texts, max_size=3).map(tuple),
)


def mentions_of(words: str) -> st.SearchStrategy[Mention]:
    """Mentions somewhere in a text."""
    edges = st.tuples(st.integers(0, len(words)), st.integers(0, len(words))).map(sorted)
    codes = st.lists(st.text("0123456789", min_size=7, max_size=7), max_size=3).map(tuple)
    return st.builds(
        lambda edge, candidates, confidence: Mention(
            start=edge[0],
            end=edge[1],
            surface=words[edge[0] : edge[1]],
            school=candidates[0] if len(candidates) == 1 else None,
            candidates=candidates,
            level="high",
            rule="H-short",
            confidence=confidence,
        ),
        edges,
        codes,
        st.floats(0, 1),
    )


flags = st.none() | st.builds(
    Flag, severity=st.sampled_from(Severity), reasons=st.lists(st.text(max_size=9), max_size=3).map(tuple)
)


@settings(max_examples=40)
@given(st.data(), posts, flags, moments)
def test_a_post_comes_back(draw: st.DataObject, given_post: Post, flag: Flag | None, seen_at: datetime) -> None:
    """Everything but who wrote it, also broken surrogates; surfaces are cut out of the opened text."""
    mentions = tuple(draw.draw(st.lists(mentions_of(given_post.words), max_size=3)))
    finding = Finding(post=given_post, mentions=mentions, flag=flag, change=Change.NEW)
    document = post_document(finding, SOURCE, PEER, seen_at, None, CIPHER)
    encode(document)
    back = read_post(document, CIPHER)
    assert given_post == back.post
    assert (mentions, flag) == (back.mentions, back.flag)
    assert (f"{PEER}:{given_post.native_id}", SOURCE, 1) == (back.id, back.source, back.revision)
    assert (seen_at, None, None) == (back.seen_at, back.changed_at, back.removed_at)


def test_who_wrote_a_post_is_not_kept() -> None:
    """People are not profiled: neither signature nor views are in the document; a pseudonym is."""
    signed = replace(post(1), author="운영자 김")
    document = post_document(Finding(post=signed), SOURCE, PEER, NOW, None, CIPHER)
    assert read_post(document, CIPHER).post == post(1)
    hidden = replace(post(1), author=pseudonym(b"k", SOURCE, "운영자 김"))
    assert hidden == read_post(post_document(Finding(post=hidden), SOURCE, PEER, NOW, None, CIPHER), CIPHER).post
    assert "author" not in json.dumps(list(document))


def test_a_post_opens_under_its_own_name_and_revision_only() -> None:
    """A text that was moved to another post or revision does not open."""
    document = post_document(Finding(post=post(1, "비밀")), SOURCE, PEER, NOW, None, CIPHER)
    for moved in ({"_id": f"{PEER}:2"}, {"revision": 2}):
        with pytest.raises(StorageError, match="does not open"):
            read_post({**document, **moved}, CIPHER)


@given(
    st.builds(
        Count,
        source=st.just(SOURCE),
        at=moments,
        value=numbers,
        low=numbers,
        high=numbers,
        online=st.none() | numbers,
        origin=st.sampled_from(["landing", "preview"]),
    )
)
def test_a_count_comes_back(count: Count) -> None:
    """Value, bounds, origin and moment."""
    assert count == read_count(count_document(count))


@given(
    st.builds(
        Cursor,
        source=st.just(SOURCE),
        peer=st.just(PEER),
        newest_id=numbers,
        oldest_id=numbers,
        gap_low=numbers,
        gap_high=st.none() | numbers,
        since=st.none() | moments,
        passes=numbers,
    )
)
def test_a_cursor_comes_back(cursor: Cursor) -> None:
    """Everything that the next pass goes on from."""
    assert cursor == read_cursor(cursor_document(cursor))


@given(
    st.builds(
        CrawlRun,
        source=st.just(SOURCE),
        via=st.just("telegram-web"),
        outcome=st.sampled_from(Outcome),
        reason=st.none() | st.text(max_size=20),
        started_at=moments,
        ended_at=moments,
        captures=numbers,
        members=st.none() | numbers,
    )
)
def test_a_run_comes_back(run: CrawlRun) -> None:
    """All counts, outcome and reason."""
    assert run == read_run(run_document(run))


def test_a_capture_is_sealed_compressed_and_leaves_after_a_week() -> None:
    """Its id says where, when and what; the hashes of what was received and kept stay plain."""
    big = capture("<html>" + "비밀 " * 5000 + "</html>")
    document = capture_document(big, CIPHER)
    assert len(document["sealed"]) < len(big.kept) // 20
    assert (big.received_sha256, big.kept_sha256) == (document["received_sha256"], document["kept_sha256"])
    assert NOW + timedelta(days=7) == document["expires_at"]
    assert f"{SOURCE} {NOW.isoformat()} {big.kept_sha256[:16]}" == document["_id"]


SECRETS = (
    "해솔빛고 딥페이크 합성물 첫째",
    "해솔빛고 딥페이크 합성물 둘째",
    "설문 보기 하나",
    "https://secret.example/a",
    "전달한 사람",
)


async def test_no_text_of_a_post_lies_in_the_database(store: Store, own_database: str) -> None:
    """Neither text, caption, link nor whom it is forwarded from is in the bytes of any document, also after an edit.

    The public name of a room that a post was forwarded from is: it is a candidate then.
    """
    full = replace(
        post(1, SECRETS[0]),
        captions=(SECRETS[2],),
        links=(SECRETS[3],),
        forwarded_from=Forward(name=SECRETS[4], address="https://t.me/secret_origin"),
        author="숨은 이름",
    )
    await keep(store, page(full, post(2, "평범한 이야기입니다")))
    await keep(store, page(replace(full, text=SECRETS[1]), at=NOW + timedelta(hours=1)))
    with MongoClient[RawBSONDocument](own_database, document_class=RawBSONDocument) as client:
        db = client.get_default_database()
        raw = b"".join(document.raw for name in db.list_collection_names() for document in db[name].find())
    for secret in (*SECRETS, "평범한", "숨은 이름", "해솔빛고", "딥페이크"):
        for form in (secret.encode(), json.dumps(secret)[1:-1].encode(), secret.encode("utf-16-le")):
            assert form not in raw
    assert PEER.encode() in raw
