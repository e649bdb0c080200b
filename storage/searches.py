"""Saved searches. What is sought may name a person: it is sealed, and no log line holds it."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog

from evidence.cipher import Cipher, Sealed, fingerprint
from evidence.errors import ConfigError
from evidence.query import Growth, Query, SavedSearch
from storage.mongo import Document, Store
from storage.reads import newest

LONGEST_NAME = 80
SETS = ("schools", "offices", "levels", "terms", "severities", "states")

log = structlog.get_logger()


async def save_search(store: Store, saved: SavedSearch) -> None:
    """Keep a search; one of the same owner and name is replaced.

    Raises:
        ConfigError: its name is empty or too long.
    """
    if not 0 < len(saved.name.strip()) <= LONGEST_NAME:
        raise ConfigError(f"a search has a name of 1 to {LONGEST_NAME} characters; this one has {len(saved.name)}")
    document = _document(saved, store.cipher)
    await store["searches"].replace_one({"_id": document["_id"]}, document, upsert=True)
    log.info("search saved", search=document["_id"], owner=saved.owner, is_team=saved.is_team)


async def saved_searches(store: Store, who: str, now: datetime) -> list[SavedSearch]:
    """One's own searches and those of the team, newest first."""
    found = newest(store, "searches", until=now + timedelta(days=1))
    return [_read(one, store.cipher) async for one in found if one["owner"] == who or one["is_team"]]


async def telling_searches(store: Store, now: datetime) -> list[tuple[str, SavedSearch]]:
    """Searches whose owner wants to be told of what is new, each with its id."""
    found = newest(store, "searches", until=now + timedelta(days=1))
    return [(one["_id"], _read(one, store.cipher)) async for one in found if one.get("tells")]


async def saved_search(store: Store, name: str, who: str, now: datetime) -> SavedSearch:
    """A search by its name; one's own before the team's.

    Raises:
        ConfigError: there is none.
    """
    named = [saved for saved in await saved_searches(store, who, now) if saved.name == name]
    named.sort(key=lambda saved: saved.owner != who)
    if not named:
        raise ConfigError(f'no search is saved as "{name}": `haechi search list` shows those that are')
    return named[0]


async def drop_search(store: Store, name: str, who: str) -> None:
    """Forget one's own search.

    Raises:
        ConfigError: there is none of this name.
    """
    search = _id(name, who, store.cipher)
    dropped = await store["searches"].delete_one({"_id": search})
    if not dropped.deleted_count:
        raise ConfigError(f'you have saved no search as "{name}": only who saved one can drop it')
    log.info("search dropped", search=search, owner=who)


async def note_run(store: Store, saved: SavedSearch, who: str, at: datetime) -> datetime | None:
    """Remember that somebody asks a saved search now; gives when they did last, None for never."""
    run = f"{_id(saved.name, saved.owner, store.cipher)} {who}"
    before = await store["search_runs"].find_one({"_id": run})
    await store["search_runs"].replace_one({"_id": run}, {"_id": run, "at": at}, upsert=True)
    return before["at"] if before else None


def _id(name: str, owner: str, cipher: Cipher) -> str:
    return fingerprint(cipher.purpose_key("names of searches"), f"{owner}\x1f{name}").hex()


def _document(saved: SavedSearch, cipher: Cipher) -> Document:
    name = _id(saved.name, saved.owner, cipher)
    content = {"name": saved.name, "since": saved.since, "until": saved.until, **_filters(saved.query)}
    sealed = cipher.seal(json.dumps(content).encode(), _about(name))
    return {
        "_id": name,
        "at": saved.at,
        "owner": saved.owner,
        "is_team": saved.is_team,
        "tells": saved.tells,
        "key": sealed.key,
        "sealed": sealed.text,
    }


def _filters(query: Query) -> dict[str, Any]:
    """Without times, and without what the asker may see: that is asked each time."""
    growth = asdict(query.growth) if query.growth else None
    sets = {name: sorted(getattr(query, name)) for name in SETS}
    return {"text": query.text, "source": query.source, "growth": growth, **sets}


def _read(document: Document, cipher: Cipher) -> SavedSearch:
    opened = cipher.open(Sealed(key=document["key"], text=document["sealed"]), _about(document["_id"]))
    content: dict[str, Any] = json.loads(opened)
    return SavedSearch(
        name=content["name"],
        query=_read_filters(content),
        since=content["since"],
        until=content["until"],
        owner=document["owner"],
        is_team=document["is_team"],
        at=document["at"],
        tells=document.get("tells", False),
    )


def _read_filters(content: dict[str, Any]) -> Query:
    growth = Growth(**content["growth"]) if content["growth"] else None
    sets: dict[str, Any] = {name: frozenset(content[name]) for name in SETS}
    return Query(text=content["text"], source=content["source"], growth=growth, **sets)


def _about(name: str) -> str:
    return f"search {name}"
