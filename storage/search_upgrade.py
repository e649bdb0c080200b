"""Brings posts and Flags of earlier versions, with schools in plain and no tokens, into the form of today.

Each document is changed only while it has the old form: it may stop anywhere and go on.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from pymongo import UpdateOne

from evidence.cipher import Cipher
from evidence.records import School
from evidence.watching import NO_OFFICE
from storage.forms import open_words, words_bytes
from storage.mongo import Document, Session, Store
from storage.reads import in_windows
from storage.search_gather import gather
from storage.search_tail import TAIL, tail_writes
from storage.search_terms import Fold
from storage.search_tokens import FOUND_BY, Marks, found_by

DONE = "posts indexed"
"""Document of ``meta`` that says that there is no old form any more."""
TOGETHER = 100
"""Posts in one transaction."""

log = structlog.get_logger()


async def seal_schools(store: Store, fold: Fold, schools: Callable[[], Mapping[str, School]], now: datetime) -> None:
    """Seal which schools posts name, and make them searchable; nothing where that was done.

    Args:
        store: open.
        fold: brings a text into the form in which it is searched.
        schools: the register by code; read only where there are old documents.
        now: the moment.
    """
    if await store["meta"].find_one({"_id": DONE}):
        return
    changed = 0
    async for documents in in_windows(store, "posts", ({},), since=None, until=now + timedelta(days=1)):
        old = [document for document in documents if "schools" in document or "tokens" not in document]
        for start in range(0, len(old), TOGETHER):
            register, some = schools(), old[start : start + TOGETHER]
            await _seal(store, [_sealed(document, fold, register, store.cipher) for document in some])
        if old:
            await gather(store, now)
        changed += len(old)
    await store["meta"].replace_one({"_id": DONE}, {"at": now}, upsert=True)
    if changed:
        log.info("posts sealed and indexed", posts=changed)


async def _seal(store: Store, sealed: Sequence[Document]) -> None:
    """Flags, then their posts with the tail: a post in the old form is the sign that its Flag may be in it too."""
    flags = [
        UpdateOne(
            {"_id": post["_id"], "schools": {"$exists": True}},
            {"$set": {name: post[name] for name in FOUND_BY}, "$unset": {"schools": ""}},
        )
        for post in sealed
    ]
    posts = [
        UpdateOne(
            {"_id": post["_id"], "revision": post["revision"], "tokens": {"$exists": False}},
            {"$set": {name: value for name, value in post.items() if name != "_id"}, "$unset": {"schools": ""}},
        )
        for post in sealed
    ]
    await store["flags"].bulk_write(flags, ordered=False)

    async def work(session: Session) -> None:
        await store["posts"].bulk_write(posts, session=session)
        await store[TAIL].bulk_write(tail_writes(sealed), session=session)

    await store.in_transaction(work)


def _sealed(document: Document, fold: Fold, register: Mapping[str, School], cipher: Cipher) -> Document:
    """The fields that change, with those that say which post it is."""
    found: Document = {name: document[name] for name in FOUND_BY if name in document}
    revisions: list[Document] = []
    for said in (*document["earlier"], document):
        words = {"mentions": said.get("mentions"), **open_words(said, document["_id"], cipher)}
        sealed = cipher.seal(words_bytes(words), f"{document['_id']} {said['revision']}")
        revisions.append({"revision": said["revision"], "key": sealed.key, "sealed": sealed.text})
        found = found_by(_marks(words, document, fold, register), found, cipher)
    earlier = [{**sealed, "until": said["until"]} for sealed, said in zip(revisions, document["earlier"], strict=False)]
    its: Document = {"_id": document["_id"], "at": document["at"], "mentions": len(words["mentions"])}
    return {**its, **revisions[-1], "earlier": earlier, **found}


def _marks(words: Mapping[str, Any], document: Mapping[str, Any], fold: Fold, register: Mapping[str, School]) -> Marks:
    codes = {code for mention in words["mentions"] for code in mention["candidates"]}
    schools = [register[code] for code in codes if code in register]
    flag = document["flag"]
    return Marks(
        source=document["source"],
        searched=fold("\n".join(filter(None, (words["text"], *words["captions"])))),
        schools=codes,
        offices={school.scope for school in schools} or {NO_OFFICE},
        levels={school.level for school in schools}.union(m["level"] for m in words["mentions"] if m["level"]),
        terms={*(flag["reasons"] if flag else ()), *document.get("terms", ())},
        severities=(flag["severity"],) if flag else (),
    )
