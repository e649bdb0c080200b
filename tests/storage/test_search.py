"""Search: what a plain look at every post would find, in windows, through keyed tokens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from bson.raw_bson import RawBSONDocument
from msgspec import structs
from pymongo import MongoClient

from evidence.errors import ConfigError
from evidence.query import Growth, Query
from evidence.records import Count, KeptPost, Severity
from pipelines.normalize import searched_form
from storage.forms import count_document
from storage.mongo import Store
from storage.search import search
from storage.search_gather import gather
from storage.search_sealed import search_evidence, search_flags
from tests.conftest import NOW
from tests.mongo_rules import Rules
from tests.storage.making import NAMING, everything, keep, page, post
from tests.storage.searching import all_posts, edit, finding, first, found, many, put, put_in_segments

TEXTS = ("명단", "온 누", "비온다", "ab", "ｏｏ", "나다가나", "ㅋ", "다", "없는말", "명단 소풍 합창")


def says(text: str, kept: KeptPost) -> bool:
    """The naive filter."""
    return searched_form(text) in searched_form(kept.post.words)


async def test_search_finds_what_a_look_at_every_post_finds(store: Store) -> None:
    """Words, parts of words, across blanks, in any case and width, rare, absent and of one character."""
    await put_in_segments(store, many(50))
    posts = await all_posts(store)
    for text in TEXTS:
        assert [kept.id for kept in posts if says(text, kept)] == await found(store, Query(text=text)), text
    assert 50 == len(await found(store, Query()))


FILTERS: list[tuple[Query, Callable[[KeptPost], bool]]] = [
    (Query(schools=frozenset({"9900002"})), lambda kept: "9900002" in named(kept)),
    (Query(schools=frozenset({"9900001", "9900002"})), lambda kept: bool({"9900001", "9900002"} & named(kept))),
    (Query(offices=frozenset({"B10"})), lambda kept: bool({"9900001", "9900003"} & named(kept))),
    (Query(offices=frozenset({"B10"}), scope=frozenset({"C10"})), lambda kept: {"9900002"} < named(kept)),
    (Query(scope=frozenset({"C10"})), lambda kept: "9900002" in named(kept)),
    (Query(scope=frozenset()), lambda _: False),
    (Query(levels=frozenset({"middle", "other"})), lambda kept: "9900002" in named(kept)),
    (Query(terms=frozenset({"list"})), lambda kept: says("명단", kept)),
    (Query(terms=frozenset({"rule"})), lambda kept: kept.flag is not None),
    (Query(severities=frozenset({"high"})), lambda kept: kept.flag is not None and kept.flag.severity is Severity.HIGH),
    (Query(states=frozenset({"claimed"})), lambda kept: kept.flag is not None and kept.post.native_id % 3 == 0),
    (Query(source="https://t.me/room1"), lambda kept: kept.post.native_id % 2 == 1),
    (Query(source="https://t.me/room1", text="가온"), lambda kept: kept.post.native_id % 2 == 1 and says("가온", kept)),
    (Query(text="명단", severities=frozenset({"low", "high"})), lambda kept: says("명단", kept) and bool(kept.flag)),
    (Query(since=NOW - timedelta(hours=400)), lambda kept: kept.post.native_id <= 20),
    (
        Query(until=NOW - timedelta(hours=400), text="가온"),
        lambda kept: kept.post.native_id > 20 and says("가온", kept),
    ),
]


def named(kept: KeptPost) -> set[str]:
    """Codes of the schools that a post names."""
    return {code for mention in kept.mentions for code in mention.candidates}


async def test_filters_hold_together(store: Store) -> None:
    """Each alone and with a text; of several values any is enough."""
    await put_in_segments(store, many(60, seed=2), 7)
    posts = await all_posts(store)
    for query, holds in FILTERS:
        assert [kept.id for kept in posts if holds(kept)] == await found(store, query), query
    assert all([await found(store, query) for query, _ in FILTERS if query.scope is None])


async def test_pages_by_key_are_the_whole(store: Store) -> None:
    """Each page goes on behind the last row of the one before, also among posts of one moment."""
    same = [structs.replace(one, post=structs.replace(one.post, posted_at=NOW)) for one in many(9)]
    await put_in_segments(store, [*same, *many(30)[9:]])
    pages: list[str] = []
    query = Query(text="가")
    while rows := await first(search(store, query, searched_form, NOW), 4):
        pages += [kept.id for kept in rows]
        assert rows[-1].at is not None
        query = replace(query, after=(rows[-1].at, rows[-1].id))
    assert await found(store, Query(text="가")) == pages
    assert len(pages) > 8


async def test_what_a_post_said_before_is_found(store: Store) -> None:
    """By text and school of any revision."""
    await keep(store, page(post(1, NAMING)))
    await keep(store, page(post(1, "아무것도 아니에요"), at=NOW + timedelta(minutes=5)))
    for query in (Query(text="딥페이크"), Query(text="아무것도"), Query(schools=frozenset({"9900001"}))):
        assert ["1900000001:1"] == await found(store, query)
    assert [] == await found(store, Query(text="딥페이크 아무것도"))


async def test_two_words_of_one_token_are_told_apart(store: Store) -> None:
    """What carries all tokens and does not say the words in this order is dropped once it is opened."""
    await put(store, [finding(1, "가나 나다"), finding(2, "가나다")])
    assert ["19:1", "19:2"] == await found(store, Query(text="나다"))
    assert ["19:2"] == await found(store, Query(text="가나다"))


async def test_a_long_post_is_found_as_any_other(store: Store) -> None:
    """By whatever part of it is sought, and by its school."""
    long = "".join(chr(0xAC00 + 7 * number) for number in range(1_500))
    posts = [finding(1, "가온"), finding(2, long, ["9900002"], Severity.HIGH), finding(3, "누리")]
    await put_in_segments(store, posts)
    for query in (Query(text=long[300:303]), Query(schools=frozenset({"9900002"})), Query(text=long)):
        assert ["19:2"] == await found(store, query)
    flags = await first(search_flags(store, Query(text=long[9:12]), searched_form, NOW))
    assert ["19:2"] == [flag["_id"] for flag in flags]


async def test_a_text_of_nothing_is_refused(store: Store) -> None:
    """Everything would be found."""
    for text in ("", "  ", "\u200b"):
        with pytest.raises(ConfigError, match="no character that can be seen"):
            await found(store, Query(text=text))


async def test_the_newest_are_found_without_a_look_at_the_old(store: Store, rules: Rules) -> None:
    """A page is full after the first windows."""
    await put(store, [finding(number, "가나") for number in range(1, 40)])
    rules.commands.clear()
    assert ["19:1", "19:2"] == await found(store, Query(text="가나"), limit=2)
    assert rules.commands.count("find") < 7


async def test_a_room_that_grew(store: Store) -> None:
    """By members or by share, in the week before the post; of rounded counts only what is certain."""
    await put(store, [structs.replace(one, post=structs.replace(one.post, posted_at=NOW)) for one in many(2)])
    for days, low, high in ((9, 10, 10), (6, 100, 110), (0, 130, 130)):
        at = NOW - timedelta(days=days)
        count = Count(source="https://t.me/room1", at=at, value=low, low=low, high=high, origin="landing")
        await store["counts"].insert_one(count_document(count))
    for growth, is_met in (
        (Growth(by=20), True),
        (Growth(by=21), False),
        (Growth(by=18, is_percent=True), True),
        (Growth(by=19, is_percent=True), False),
    ):
        assert (["19:1"] if is_met else []) == await found(store, Query(growth=growth))


@pytest.mark.parametrize("text", ["가온", "명단 소풍", "없는말", "다", None])
async def test_flags_and_evidence_are_found_by_their_posts(store: Store, text: str | None) -> None:
    """By the same text and filters, in the order of their own times."""
    await put_in_segments(store, many(50, seed=3), 20)
    wanted = {kept.id for kept in await all_posts(store) if kept.flag and (text is None or says(text, kept))}
    anything = Query(text=text)
    for query in (
        anything,
        replace(anything, states=frozenset({"open"})),
        replace(anything, offices=frozenset({"B10"}), severities=frozenset({"high"})),
    ):
        posts = set(await found(store, query)) & wanted
        flags = await first(search_flags(store, query, searched_form, NOW))
        assert posts == {flag["_id"] for flag in flags}
        assert sorted(flags, key=lambda flag: (flag["at"], flag["_id"]), reverse=True) == flags
        items = await first(search_evidence(store, query, searched_form, NOW))
        assert posts == {item["post"] for item in items}


async def test_evidence_is_found_by_the_revision_that_was_sealed(store: Store) -> None:
    """An item does not say what its post said before or after."""
    await put(store, [finding(1, "가온 명단", severity=Severity.HIGH)])
    await edit(store, finding(1, "가온 소풍"))
    for text, items in (("명단", [1]), ("소풍", [2]), ("가온", [2, 1])):
        rows = await first(search_evidence(store, Query(text=text), searched_form, NOW))
        assert items == [row["revision"] for row in rows]


async def test_neither_school_nor_text_lies_in_plain(store: Store, own_database: str) -> None:
    """No code, word or pair of characters of a kept post is in the bytes of any document."""
    await keep(store, page(post(1, NAMING)))
    await keep(store, page(post(1, NAMING + " 소문"), at=NOW + timedelta(minutes=5)))
    await gather(store, NOW, 1)
    await keep(store, page(post(2, NAMING)))
    with MongoClient[RawBSONDocument](own_database, document_class=RawBSONDocument) as client:
        db = client.get_default_database()
        raw = b"".join(document.raw for name in db.list_collection_names() for document in db[name].find())
    words = NAMING.split()
    for secret in ("9900001", *words, *(word[at : at + 2] for word in words for at in range(len(word) - 1))):
        assert secret.encode() not in raw
    assert everything(own_database)["search_leaves"]
