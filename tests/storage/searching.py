"""Kept posts of many kinds at once, and what a plain look at every one of them finds."""

import random
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import TypeVar

from evidence.query import Query
from evidence.records import Finding, Flag, KeptPost, Mention, Post, Severity
from pipelines.normalize import searched_form
from storage.evidence import Sealing, evidence_writes
from storage.forms import post_document, read_post
from storage.leases import over_what_is_there
from storage.mongo import Document, Store
from storage.search import search
from storage.search_gather import gather
from storage.search_tail import TAIL, tail_writes
from storage.search_tokens import FOUND_BY
from tests.conftest import NOW
from tests.storage.making import SETTING, capture

TOGETHER = 5
"""Small segments that become a large one in tests."""
Row = TypeVar("Row")

WORDS = ("명단", "소풍", "가온", "누리", "합창", "비 온다", "OO", "ＡＢ", "ab", "가나", "나다", "ㅋㅋ")
SCHOOLS = {"9900001": ("B10", "high"), "9900002": ("C10", "middle"), "9900003": ("B10", "elementary")}
SEVERITIES = (None, None, Severity.LOW, Severity.HIGH)


def finding(native_id: int, text: str, codes: Iterable[str] = (), severity: Severity | None = None) -> Finding:
    """A post that names schools in its first character, with all that it is found by."""
    posted_at = NOW - timedelta(hours=native_id * native_id)
    return Finding(
        post=Post(native_id=native_id, native_ids=(native_id,), address=None, posted_at=posted_at, text=text),
        mentions=tuple(_mention(code, text) for code in codes),
        terms=("list",) if "명단" in text else (),
        flag=Flag(severity=severity, reasons=("rule",)) if severity else None,
        searched=searched_form(text),
        offices=tuple(sorted({SCHOOLS[code][0] for code in codes})),
        levels=tuple(sorted({SCHOOLS[code][1] for code in codes})),
    )


def _mention(code: str, text: str) -> Mention:
    return Mention(
        start=0,
        end=1,
        surface=text[:1],
        school=code,
        candidates=(code,),
        level=SCHOOLS[code][1],
        rule="H-short",
        confidence=0.9,
    )


def many(number: int, seed: int = 1) -> list[Finding]:
    """Different posts, newest first, further and further apart."""
    chance = random.Random(seed)
    return [
        finding(
            native_id,
            " ".join(chance.choices(WORDS, k=chance.randint(1, 6))),
            chance.sample(sorted(SCHOOLS), chance.randint(0, 2)),
            chance.choice(SEVERITIES),
        )
        for native_id in range(1, number + 1)
    ]


async def put(store: Store, findings: Iterable[Finding], rooms: int = 2) -> None:
    """Posts of rooms in turn, with their Flags and EvidenceItems, as a pass would leave them."""
    posts = [_document(store, one, f"https://t.me/room{one.post.native_id % rooms}", None) for one in findings]
    await store["posts"].insert_many([post for post, _ in posts])
    await store[TAIL].bulk_write([write for post, _ in posts for write in tail_writes([post])])
    flagged = [(post, one) for post, one in posts if one.flag]
    if flagged:
        await store["flags"].insert_many([_flag(post) for post, _ in flagged])
        await _seal(store, flagged)


async def edit(store: Store, one: Finding) -> None:
    """Another text of a flagged post."""
    before = await store["posts"].find_one({"_id": f"19:{one.post.native_id}"})
    assert before is not None
    post, _ = _document(store, one, before["source"], before)
    await store["posts"].replace_one({"_id": post["_id"]}, post)
    await store[TAIL].bulk_write(tail_writes([post]))
    await _seal(store, [(post, one)])


async def put_in_segments(store: Store, findings: Sequence[Finding], least: int = 3) -> None:
    """The same, gathered again and again, so that they are spread over segments of both sizes and the tail."""
    for start in range(0, len(findings), least):
        await put(store, findings[start : start + least])
        await gather(store, NOW, least, TOGETHER)


def _document(store: Store, one: Finding, room: str, before: Document | None) -> tuple[Document, Finding]:
    return post_document(one, room, "19", NOW, before, store.cipher), one


async def _seal(store: Store, flagged: Iterable[tuple[Document, Finding]]) -> None:
    sealings = [Sealing(document=post, finding=one, capture=capture(), fragment="") for post, one in flagged]
    items, _ = evidence_writes(store, sealings, (), SETTING)
    await store["evidence"].bulk_write(over_what_is_there(items))


def _flag(post: Document) -> Document:
    """Every third one is looked at already."""
    state = "claimed" if post["native_id"] % 3 == 0 else "open"
    kept = {name: post[name] for name in ("_id", "source", "address", "posted_at", "revision", *FOUND_BY)}
    return {**kept, "at": post["at"] + timedelta(minutes=post["native_id"] % 7), "state": state, **post["flag"]}


async def found(store: Store, query: Query, limit: int = 1000, now: datetime = NOW) -> list[str]:
    """Ids of the posts that are found, in their order."""
    return [kept.id for kept in await first(search(store, query, searched_form, now), limit)]


async def first(rows: AsyncGenerator[Row, None], limit: int = 1000) -> list[Row]:
    """The first so many."""
    taken: list[Row] = []
    async with aclosing(rows) as going:
        async for row in going:
            taken.append(row)
            if len(taken) == limit:
                break
    return taken


async def all_posts(store: Store) -> list[KeptPost]:
    """Every kept post, opened, newest first, past all indexes."""
    documents = [document async for document in store["posts"].find({"_id": {"$gte": "", "$lt": "~"}})]
    documents.sort(key=lambda document: (document["at"], document["_id"]), reverse=True)
    return [read_post(document, store.cipher) for document in documents]
