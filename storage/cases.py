"""Cases in the store. Questions and notes are sealed, each under a key and a salt of its own.

Each writing function is given the log, and writes only after the log has its entry.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from pymongo import UpdateOne

from evidence.canonical import commitment, new_salt
from evidence.case import (
    LONGEST_NOTE,
    LONGEST_QUESTION,
    Case,
    CaseItem,
    Note,
    Staff,
    add_act,
    checked_words,
    note_act,
    put_act,
)
from evidence.cipher import Cipher, Sealed
from evidence.errors import ConfigError, CustodyBroken
from storage.custody import Custody
from storage.mongo import Document, Store
from storage.reads import by_id, newest

LAST_REVISION = 2**31


async def add_case(store: Store, custody: Custody, staff: Staff, question: str, at: datetime) -> Case:
    """Open a Case.

    Raises:
        ConfigError: the question is empty or too long.
        StorageError: the log did not take it; there is no such Case.
    """
    question = checked_words(question, LONGEST_QUESTION, "the question of a case")
    name = f"case-{secrets.token_hex(4)}"
    sealed = _seal(store.cipher, question, name)
    await custody.record(add_act(staff, name, sealed["commit"]))
    document = {"_id": name, "at": at, "opened_by": staff.actor, "items": [], **sealed}
    await store["cases"].insert_one(document)
    return Case(id=name, question=question, opened_at=at, opened_by=staff.actor)


async def put_items(
    store: Store, custody: Custody, staff: Staff, case: str, names: Sequence[str], at: datetime
) -> tuple[str, ...]:
    """Put items into a Case.

    Args:
        store: open.
        custody: the log.
        staff: who does.
        case: its id.
        names: ids of items, or of posts: then all sealed revisions of each.
        at: the moment.

    Returns:
        Ids of the items that were not in it before.

    Raises:
        ConfigError: there is no such Case, or nothing is sealed under a name.
        StorageError: the log did not take it; nothing was put.
    """
    document = await _find(store, case)
    there = {item["id"] for item in document["items"]}
    found = dict.fromkeys([item for name in names for item in await _items_of(store, name)])
    fresh = [item for item in found if item not in there]
    await custody.record(*(put_act(staff, case, item) for item in fresh))
    rows = [{"id": item, "at": at, "by": staff.actor} for item in fresh]
    writes = [UpdateOne({"_id": case}, {"$addToSet": {"items": {"$each": rows}}})] if rows else []
    if writes:
        await store["cases"].bulk_write(writes)
    return tuple(fresh)


async def add_note(store: Store, custody: Custody, staff: Staff, case: str, text: str, at: datetime) -> Note:
    """Add a note to a Case.

    Raises:
        ConfigError: there is no such Case, or the text is empty or too long.
        StorageError: the log did not take it; nothing was kept.
    """
    text = checked_words(text, LONGEST_NOTE, "the note")
    await _find(store, case)
    name = f"note-{secrets.token_hex(8)}"
    sealed = _seal(store.cipher, text, name)
    await custody.record(note_act(staff, case, name, sealed["commit"]))
    await store["notes"].insert_one({"_id": name, "case": case, "at": at, "author": staff.actor, **sealed})
    return Note(id=name, case=case, at=at, author=staff.actor, text=text)


async def read_case(store: Store, name: str, until: datetime) -> Case:
    """A Case with its items and the notes made before ``until``.

    Raises:
        ConfigError: there is none of this id.
        CustodyBroken: a text is not the one that was committed to.
    """
    document = await _find(store, name)
    found = store["notes"].find({"case": name, "at": {"$gte": document["at"], "$lt": until}})
    notes = sorted([_read_note(store.cipher, note) async for note in found], key=lambda note: (note.at, note.id))
    return _read_case(store.cipher, document, notes)


async def all_cases(store: Store, until: datetime) -> list[Case]:
    """Every Case, newest first, without notes."""
    return [_read_case(store.cipher, document) async for document in newest(store, "cases", until=until)]


async def posts_of_case(store: Store, case: str) -> tuple[str, ...]:
    """The posts whose items are in a Case, in the order in which they were put.

    Raises:
        ConfigError: there is no such Case.
    """
    names = [item["id"] for item in (await _find(store, case))["items"]]
    items = await by_id(store, "evidence", names, ("post",))
    return tuple(dict.fromkeys(items[name]["post"] for name in names if name in items))


async def _find(store: Store, case: str) -> Document:
    document = await store["cases"].find_one({"_id": case})
    if document is None:
        raise ConfigError(f"{case}: there is no such case: `haechi case list` shows those that are")
    return document


async def _items_of(store: Store, name: str) -> list[str]:
    """The item of this id, or all items of the post of this id.

    Raises:
        ConfigError: there is none.
    """
    if await store["evidence"].find_one({"_id": name}, {"_id": 1}):
        return [name]
    found = store["evidence"].find({"post": name, "revision": {"$gte": 0, "$lt": LAST_REVISION}}, {"revision": 1})
    rows = sorted([(document["revision"], document["_id"]) async for document in found])
    if not rows:
        raise ConfigError(f"{name}: nothing is sealed under this id: `haechi list evidence` shows what is")
    return [item for _, item in rows]


def _seal(cipher: Cipher, words: str, about: str) -> Document:
    """Words under a key and a salt of their own."""
    content, salt = words.encode("utf-8", "surrogatepass"), new_salt()
    sealed = cipher.seal(content, about)
    return {"key": sealed.key, "sealed": sealed.text, "salt": salt, "commit": commitment(salt, content)}


def _open(cipher: Cipher, document: Document) -> str:
    content = cipher.open(Sealed(key=document["key"], text=document["sealed"]), document["_id"])
    if commitment(document["salt"], content) != document["commit"]:
        raise CustodyBroken(-1, f"the text of {document['_id']} is not what was sealed")
    return content.decode("utf-8", "surrogatepass")


def _read_note(cipher: Cipher, document: Document) -> Note:
    return Note(
        id=document["_id"],
        case=document["case"],
        at=document["at"],
        author=document["author"],
        text=_open(cipher, document),
    )


def _read_case(cipher: Cipher, document: Document, notes: Sequence[Note] = ()) -> Case:
    rows = {item["id"]: item for item in reversed(document["items"])}  # two may have put the same one at once
    items = tuple(CaseItem(id=name, put_at=row["at"], put_by=row["by"]) for name, row in reversed(rows.items()))
    return Case(
        id=document["_id"],
        question=_open(cipher, document),
        opened_at=document["at"],
        opened_by=document["opened_by"],
        items=items,
        notes=tuple(notes),
    )
