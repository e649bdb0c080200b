"""Keeping a page: what each kind of change leaves behind, whole or not at all."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from evidence.records import KeptPost, Page, PageKind, Reading, Severity
from storage.forms import read_post
from storage.index import known_posts
from storage.keep import load_cursor, load_members
from storage.mongo import Document, Store
from storage.search_tokens import tokens_of
from tests.conftest import NOW
from tests.mongo_rules import Rules
from tests.storage.making import (
    NAMING,
    ORDINARY,
    PEER,
    SOURCE,
    everything,
    keep,
    member_count,
    missing_page,
    page,
    post,
)

LATER = NOW + timedelta(hours=1)
LATEST = NOW + timedelta(hours=2)


async def kept(store: Store, native_id: int) -> KeptPost | None:
    """The kept post, opened."""
    document = await store["posts"].find_one({"_id": f"{PEER}:{native_id}"})
    return read_post(document, store.cipher) if document else None


async def flag(store: Store, native_id: int) -> Document:
    """The Flag of a post."""
    found = await store["flags"].find_one({"_id": f"{PEER}:{native_id}"})
    assert found is not None
    return found


async def test_a_new_page_is_kept_whole(store: Store, own_database: str) -> None:
    """One capture, every post in the index, only the naming one as a post with its Flag, the cursor at the end."""
    is_news, _ = await keep(store, page(post(1), post(2, NAMING), count=member_count(40)))
    stored = everything(own_database)
    sizes = {name: len(documents) for name, documents in stored.items() if documents and name != "meta"}
    assert is_news
    assert {"captures", "index", "posts", "search_tail", "flags", "counts", "cursors"} == set(sizes)
    assert {1} == set(sizes.values())
    known = await known_posts(store, PEER, [1])
    assert {1: False, 2: True} == {native_id: seen.is_kept for native_id, seen in known.items()}
    cursor = await load_cursor(store, SOURCE)
    assert cursor is not None
    assert 2 == cursor.newest_id
    first = await kept(store, 2)
    assert first is not None
    assert (NAMING, 1, NOW, None, None) == (
        first.post.text,
        first.revision,
        first.seen_at,
        first.changed_at,
        first.removed_at,
    )
    assert ["해솔빛고"] == [mention.surface for mention in first.mentions]


async def test_an_unchanged_page_writes_its_cursor_only(store: Store, own_database: str, rules: Rules) -> None:
    """The second look at the same page stores no capture, post, index, count or flag again."""
    await keep(store, page(post(1), post(2, NAMING)))
    before = everything(own_database)
    rules.commands.clear()
    is_news, _ = await keep(store, page(post(1), post(2, NAMING), at=LATER))
    assert not is_news
    assert before == everything(own_database)
    lease, release = ["update"], ["delete"]
    kept = ["find", "update", "update", "commitTransaction"]
    assert [*lease, *kept, *release] == [name for name in rules.commands if name != "endSessions"]


async def test_an_edit_is_a_second_revision(store: Store) -> None:
    """The new text is shown, the earlier one stays sealed beside it with its mentions."""
    await keep(store, page(post(1, NAMING)))
    await keep(store, page(post(1, "새벽별터고 딥페이크 합성물이라고 정정합니다"), at=LATER))
    now = await kept(store, 1)
    assert now is not None
    assert (2, NOW, LATER) == (now.revision, now.seen_at, now.changed_at)
    assert ["새벽별터고"] == [mention.surface for mention in now.mentions]
    document = await store["posts"].find_one({"_id": f"{PEER}:1"})
    assert document is not None
    (earlier,) = document["earlier"]
    assert (1, LATER) == (earlier["revision"], earlier["until"])
    (first,) = read_post(document, store.cipher).earlier
    assert (NAMING, ["해솔빛고"]) == (first.words, [mention.surface for mention in first.mentions])
    raised = await flag(store, 1)
    assert (NOW, 2) == (raised["at"], raised["revision"])


async def test_an_edit_back_is_a_third_revision(store: Store) -> None:
    """Each changed text that was seen counts, also one that was there before."""
    for at, text in ((NOW, NAMING), (LATER, ORDINARY), (LATEST, NAMING)):
        await keep(store, page(post(1, text), at=at))
    now = await kept(store, 1)
    document = await store["posts"].find_one({"_id": f"{PEER}:1"})
    assert now is not None
    assert document is not None
    assert (NAMING, 3, LATEST) == (now.post.text, now.revision, now.changed_at)
    assert [(1, LATER), (2, LATEST)] == [(earlier["revision"], earlier["until"]) for earlier in document["earlier"]]


async def test_an_ordinary_post_that_names_a_school_later_is_kept_from_then_on(store: Store) -> None:
    """Its ordinary past was not kept, so the first text that is counts as revision 1."""
    await keep(store, page(post(1)))
    await keep(store, page(post(1, NAMING), at=LATER))
    now = await kept(store, 1)
    assert now is not None
    assert (NAMING, 1, LATER, None) == (now.post.text, now.revision, now.seen_at, now.changed_at)


async def test_a_kept_post_that_names_no_school_any_more_stays_kept(store: Store) -> None:
    """What it said once is the reason: its schools still find it, and its Flag is a person's to close."""
    await keep(store, page(post(1, NAMING)))
    await keep(store, page(post(1), at=LATER))
    now = await kept(store, 1)
    assert now is not None
    assert (ORDINARY, 2, ()) == (now.post.text, now.revision, now.mentions)
    assert now.flag is not None
    assert Severity.HIGH is now.flag.severity
    assert NAMING == now.earlier[0].words
    document = await store["posts"].find_one({"_id": f"{PEER}:1"})
    assert document is not None
    assert [tokens_of(store.cipher).school("9900001")] == document["school_tokens"]
    assert (["B10"], ["high"]) == (document["offices"], document["levels"])
    assert "open" == (await flag(store, 1))["state"]


async def test_a_removal_marks_post_and_index(store: Store) -> None:
    """The text stays, with the moment at which it was seen to be gone."""
    await keep(store, page(post(1, NAMING), post(2)))
    is_news, _ = await keep(store, missing_page(1, LATER))
    await keep(store, missing_page(2, LATER))
    now = await kept(store, 1)
    assert is_news
    assert now is not None
    assert (NAMING, 1, LATER) == (now.post.text, now.revision, now.removed_at)
    assert {1: True, 2: True} == {key: seen.is_removed for key, seen in (await known_posts(store, PEER, [1])).items()}
    assert await kept(store, 2) is None


async def test_a_post_that_came_back_unchanged_is_no_new_revision(store: Store) -> None:
    """Only the mark of its removal goes: nobody changed its text."""
    await keep(store, page(post(1, NAMING)))
    await keep(store, missing_page(1, LATER))
    await keep(store, page(post(1, NAMING), at=LATEST))
    now = await kept(store, 1)
    assert now is not None
    assert (1, None, None) == (now.revision, now.changed_at, now.removed_at)
    assert not (await known_posts(store, PEER, [1]))[1].is_removed


async def test_a_post_that_came_back_changed_is_a_new_revision(store: Store) -> None:
    """Another text after the removal is an edit."""
    await keep(store, page(post(1, NAMING)))
    await keep(store, missing_page(1, LATER))
    await keep(store, page(post(1, NAMING + "!"), at=LATEST))
    now = await kept(store, 1)
    assert now is not None
    assert (2, LATEST, None) == (now.revision, now.changed_at, now.removed_at)


async def test_a_baseline_page_is_remembered_and_not_kept(store: Store, own_database: str) -> None:
    """Posts from before the watch are in the index only; an edit that names a school is kept later."""
    await keep(store, page(post(1, NAMING), is_baseline=True))
    assert [] == everything(own_database)["posts"]
    assert {1} == set(await known_posts(store, PEER, [1]))
    await keep(store, page(post(1, NAMING), at=LATER))
    assert await kept(store, 1) is None
    await keep(store, page(post(1, NAMING + "!"), at=LATEST))
    now = await kept(store, 1)
    assert now is not None
    assert 1 == now.revision


@pytest.mark.parametrize(("members", "is_news"), [(40, False), (41, True), (None, True)])
async def test_a_count_is_kept_always_and_is_news_when_it_changed(
    store: Store, own_database: str, members: int | None, is_news: bool
) -> None:
    """The series of counts has no holes; its page is stored again only for another number."""
    landing = replace(page(count=member_count(40)), reading=Reading(kind=PageKind.LANDING), cursor=None)
    assert is_news == (await keep(store, landing, members))[0]
    stored = everything(own_database)
    assert (1, int(is_news)) == (len(stored["counts"]), len(stored["captures"]))


async def test_the_same_page_twice_gives_the_same_documents(store: Store, own_database: str) -> None:
    """After a crash between two pages the work is repeated: ids are made from what they name."""
    await keep(store, page(post(1), post(2, NAMING), count=member_count(40)))
    before = {name: [document["_id"] for document in found] for name, found in everything(own_database).items()}
    await store["index"].delete_one({"_id": f"{PEER}:0"})
    await keep(store, page(post(1), post(2, NAMING), count=member_count(40)))
    assert before == {name: [document["_id"] for document in found] for name, found in everything(own_database).items()}


def _broken_count(good: Page) -> Page:
    bad: Any = "forty"
    return replace(good, count=replace(member_count(40), value=bad))


async def test_a_write_that_fails_leaves_nothing_of_its_page(store: Store, own_database: str) -> None:
    """The validator refuses the last but one write; capture, index, post and flag before it are gone too."""
    await keep(store, page(post(1, NAMING)))
    before = everything(own_database)
    with pytest.raises(BulkWriteError):
        await keep(store, _broken_count(page(post(1, NAMING + "!"), post(2, NAMING), at=LATER)))
    after = everything(own_database)
    assert before == after | {"leases": []}


async def test_nothing_is_known_of_an_unknown_source(store: Store) -> None:
    """No cursor and no members before the first pass."""
    assert await load_cursor(store, SOURCE) is None
    assert await load_members(store, SOURCE) is None
