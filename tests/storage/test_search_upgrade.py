"""Posts and Flags of earlier versions: schools that lay in plain are sealed, and everything is found."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from evidence.query import Query
from evidence.records import KeptPost, School, Severity
from pipelines.normalize import searched_form
from storage.forms import open_words, words_bytes
from storage.mongo import Document, Store
from storage.search_sealed import search_flags
from storage.search_tokens import FOUND_BY
from storage.search_upgrade import DONE, seal_schools
from storage.whole import EVERY
from tests.conftest import NOW
from tests.storage.making import everything
from tests.storage.searching import SCHOOLS, all_posts, edit, finding, first, found, put

REGISTER = {code: School(code=code, name="", level=level, office=office) for code, (office, level) in SCHOOLS.items()}


def register() -> Mapping[str, School]:
    """The schools by code."""
    return REGISTER


async def put_old(store: Store) -> list[KeptPost]:
    """Three posts in the form of earlier versions, one of them edited; returns what they say."""
    texts = ("가온 명단", "누리 소풍", "합창")
    codes = (("9900001",), ("9900002", "9900003"), ())
    await put(store, [finding(number + 1, texts[number], codes[number], Severity.HIGH) for number in range(3)])
    await edit(store, finding(1, "나다", ("9900002",)))
    posts = await all_posts(store)
    for document in [document async for document in store["posts"].find({"_id": {"$gte": "", "$lt": "~"}})]:
        await _make_old(
            store, document, {code for kept in posts if kept.id == document["_id"] for code in _codes(kept)}
        )
    return posts


def _codes(kept: KeptPost) -> list[str]:
    mentions = (*kept.mentions, *(mention for earlier in kept.earlier for mention in earlier.mentions))
    return [code for mention in mentions for code in mention.candidates]


async def _make_old(store: Store, document: Document, schools: set[str]) -> None:
    """As it was written before: mentions beside the sealed words, codes in plain, no tokens."""
    said = [_unsealed(store, document["_id"], one) for one in (*document["earlier"], document)]
    earlier = [{**old, "until": one["until"]} for old, one in zip(said, document["earlier"], strict=False)]
    old = {name: value for name, value in document.items() if name not in (*FOUND_BY, "tokens")}
    await store["posts"].replace_one(
        {"_id": document["_id"]}, {**old, **said[-1], "earlier": earlier, "schools": sorted(schools)}
    )
    await store["search_tail"].delete_many({"_id": EVERY})
    fields = {"$set": {"schools": sorted(schools)}, "$unset": dict.fromkeys(FOUND_BY, "")}
    await store["flags"].update_one({"_id": document["_id"]}, fields)


def _unsealed(store: Store, name: str, said: Mapping[str, Any]) -> Document:
    words = open_words(said, name, store.cipher)
    mentions = words.pop("mentions")
    sealed = store.cipher.seal(words_bytes(words), f"{name} {said['revision']}")
    return {"revision": said["revision"], "key": sealed.key, "sealed": sealed.text, "mentions": mentions}


async def test_old_posts_are_read_and_found_as_new_ones(store: Store, own_database: str) -> None:
    """By text and school of every revision, by office and level; no code is left in plain; twice does no harm."""
    posts = await put_old(store)
    await seal_schools(store, searched_form, register, NOW)
    assert posts == await all_posts(store)
    for query, names in (
        (Query(text="명단"), ["19:1"]),
        (Query(schools=frozenset({"9900002"})), ["19:1", "19:2"]),
        (Query(offices=frozenset({"B10"}), levels=frozenset({"elementary"})), ["19:2"]),
        (Query(terms=frozenset({"rule"}), severities=frozenset({"high"})), ["19:1", "19:2", "19:3"]),
    ):
        assert names == await found(store, query)
        assert set(names) == {flag["_id"] for flag in await first(search_flags(store, query, searched_form, NOW))}
    stored = everything(own_database)
    assert not [one for one in (*stored["posts"], *stored["flags"]) if "schools" in one]
    await store["meta"].delete_one({"_id": DONE})
    await seal_schools(store, searched_form, register, NOW)
    assert stored["posts"] == everything(own_database)["posts"]


async def test_it_goes_on_where_it_stopped(store: Store) -> None:
    """Some posts are new already; only the others are changed."""
    posts = await put_old(store)
    await seal_schools(store, searched_form, register, NOW)
    await store["meta"].delete_one({"_id": DONE})
    new = await store["posts"].find_one({"_id": "19:1"})
    other = await store["posts"].find_one({"_id": "19:2"})
    assert other is not None
    await _make_old(store, other, {"9900002", "9900003"})
    await seal_schools(store, searched_form, register, NOW)
    assert new == await store["posts"].find_one({"_id": "19:1"})
    assert posts == await all_posts(store)


async def test_posts_without_tokens_get_theirs(store: Store) -> None:
    """Also where schools were sealed already; terms that no flag tells of are kept."""
    await put(store, [finding(1, "가온 명단", ["9900001"]), finding(2, "누리")])
    posts = await all_posts(store)
    before = await store["posts"].find_one({"_id": "19:1"})
    await store["posts"].update_many({"_id": EVERY}, {"$unset": {"tokens": ""}})
    await store["search_tail"].delete_many({"_id": EVERY})
    await seal_schools(store, searched_form, register, NOW)
    after = await store["posts"].find_one({"_id": "19:1"})
    assert before is not None
    assert after is not None
    assert {name: before[name] for name in (*FOUND_BY, "tokens")} == {
        name: after[name] for name in (*FOUND_BY, "tokens")
    }
    assert posts == await all_posts(store)
    for query in (Query(text="명단"), Query(terms=frozenset({"list"})), Query(schools=frozenset({"9900001"}))):
        assert ["19:1"] == await found(store, query)


async def test_the_register_is_read_for_old_posts_only(store: Store) -> None:
    """A store of today costs one look."""

    def never() -> Mapping[str, School]:
        raise AssertionError

    await put(store, [finding(1, "가온")])
    await seal_schools(store, searched_form, never, NOW)
    await seal_schools(store, searched_form, never, NOW + timedelta(days=1))
    assert ["19:1"] == await found(store, Query(text="가온"))
