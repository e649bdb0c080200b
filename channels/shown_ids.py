"""Which posts a kept Capture holds words of: those that it shows, and those that an answer on it quotes."""

import json
from typing import Any

from channels.fragments import LISTS, WEB
from channels.pages import read_page
from evidence.errors import UnreadableCapture
from evidence.records import PageKind

ANSWERED = ("reply_to", "reply_to_message_id")


def ids_in(kind: PageKind, kept: bytes) -> frozenset[int] | None:
    """Ids of posts of the page's own room; None where the Capture cannot be read.

    Args:
        kind: of the Capture.
        kept: its bytes as they were kept.
    """
    try:
        text = kept.decode("utf-8", "surrogatepass")
        if kind in WEB:
            posts = read_page(text).posts
            ids = {native_id for post in posts for native_id in (*post.native_ids, post.reply_to)}
            return frozenset(native_id for native_id in ids if native_id is not None)
        if kind in LISTS:
            return frozenset(native_id for message in json.loads(text)["messages"] for native_id in _ids(message))
    except (UnreadableCapture, ValueError, LookupError, TypeError):
        return None
    return frozenset()


def _ids(message: dict[str, Any]) -> set[int]:
    found = (message.get(name) for name in ("id", *ANSWERED))
    return {native_id for native_id in found if isinstance(native_id, int)}
