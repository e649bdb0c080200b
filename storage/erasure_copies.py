"""Where else an erased post may be: packages that were handed over, and answers that quote it."""

import json
from collections.abc import Collection
from contextlib import aclosing
from datetime import datetime, timedelta

from evidence.custody import unpack
from evidence.erasure import Gone
from evidence.errors import StorageError
from storage.custody_blocks import read_blocks
from storage.forms import read_post
from storage.mongo import Store
from storage.reads import EPOCH, newest

_EXPORT = b'"action":"export"'


async def packages_with(store: Store, items: Collection[str], until: datetime) -> tuple[str, ...]:
    """Ids of packages made of a case that holds one of these items, oldest first; read from the log.

    A package that was made before the item was put into the case is named too: better one too many.
    """
    wanted = set(items)
    cases = {
        case["_id"]
        async for case in newest(store, "cases", until=until + timedelta(days=1), only=("items",))
        if wanted & {item["id"] for item in case["items"]}
    }
    return await _exports_of(store, cases) if cases else ()


async def _exports_of(store: Store, cases: Collection[str]) -> tuple[str, ...]:
    found: list[str] = []
    async with aclosing(read_blocks(store)) as blocks:
        async for block in blocks:
            for line in unpack(block):
                if _EXPORT in line:
                    entry = json.loads(line)
                    if entry["reason_code"].split("/")[0] in cases:
                        found.append(entry["target_id"])
    return tuple(found)


async def quoted_in(store: Store, gone: Gone, until: datetime) -> tuple[str, ...]:
    """Ids of kept posts of the same room that answer it: pages show the beginning of what is answered.

    Each is a post of its own, to be erased by its own decision. Texts are opened to see what they answer.
    """
    answers: list[str] = []
    ids = set(gone.native_ids)
    async for document in newest(store, "posts", source=gone.source, since=EPOCH, until=until + timedelta(days=1)):
        try:
            kept = read_post(document, store.cipher)
        except StorageError:
            continue
        if kept.post.reply_to in ids and document["_id"] != gone.post:
            answers.append(document["_id"])
    return tuple(sorted(answers))
