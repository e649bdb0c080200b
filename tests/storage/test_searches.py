"""Saved searches: they come back as they were, belong to somebody, and hide what is sought."""

from datetime import timedelta

import pytest
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from evidence.errors import ConfigError
from evidence.query import Growth, Query, SavedSearch
from storage.mongo import Store
from storage.searches import drop_search, save_search, saved_search, saved_searches
from tests.conftest import NOW

FULL = Query(
    text="가온 명단",
    schools=frozenset({"9900001", "9900002"}),
    offices=frozenset({"B10"}),
    levels=frozenset({"high"}),
    terms=frozenset({"list"}),
    severities=frozenset({"critical"}),
    states=frozenset({"open"}),
    source="https://t.me/room",
    growth=Growth(by=10, is_percent=True),
)


def saved(
    name: str = "명단 찾기", owner: str = "staff-a", *, is_team: bool = False, query: Query = FULL
) -> SavedSearch:
    """A search of the last week."""
    return SavedSearch(name=name, query=query, since="7d", until=None, owner=owner, is_team=is_team, at=NOW)


async def names(store: Store, who: str) -> list[str]:
    """What somebody sees."""
    return sorted(one.name for one in await saved_searches(store, who, NOW))


async def test_a_search_comes_back(store: Store) -> None:
    """Every filter, and times as they were given; saved again it is replaced."""
    for query in (Query(text="x"), FULL):
        await save_search(store, saved(query=query))
    assert [saved()] == await saved_searches(store, "staff-a", NOW)
    assert saved() == await saved_search(store, "명단 찾기", "staff-a", NOW)


async def test_a_search_is_ones_own_or_the_teams(store: Store) -> None:
    """Others see and drop only what is theirs; one's own name comes before the team's."""
    await save_search(store, saved("mine"))
    await save_search(store, saved("ours", is_team=True))
    await save_search(store, saved("ours", "staff-b", query=Query(text="b")))
    assert ["mine", "ours"] == await names(store, "staff-a")
    assert ["ours", "ours"] == await names(store, "staff-b")
    assert Query(text="b") == (await saved_search(store, "ours", "staff-b", NOW)).query
    with pytest.raises(ConfigError, match='no search is saved as "mine"'):
        await saved_search(store, "mine", "staff-b", NOW)
    with pytest.raises(ConfigError, match='you have saved no search as "mine"'):
        await drop_search(store, "mine", "staff-b")
    await drop_search(store, "mine", "staff-a")
    assert ["ours"] == await names(store, "staff-a")


async def test_a_name_is_short_and_not_empty(store: Store) -> None:
    """Up to 80 characters."""
    for name in ("", " ", "가" * 81):
        with pytest.raises(ConfigError, match="1 to 80 characters"):
            await save_search(store, saved(name))


async def test_what_is_sought_lies_in_no_plain(
    store: Store, own_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in the database nor in the log."""
    await save_search(store, saved())
    await drop_search(store, "명단 찾기", "staff-a")
    await save_search(store, saved())
    with MongoClient[RawBSONDocument](own_database, document_class=RawBSONDocument) as client:
        raw = b"".join(document.raw for document in client.get_default_database()["searches"].find())
    said = "".join(capsys.readouterr())
    for secret in ("명단", "가온", "9900001", "B10", "room"):
        assert secret.encode() not in raw
        assert secret not in said
    assert NOW + timedelta(days=1) > (await saved_searches(store, "staff-a", NOW))[0].at
