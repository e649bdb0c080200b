"""The part of a Capture that is one post's own: what is sealed of it, and how it is read again.

Of a Capture only the flagged post's fragment is kept for good: the other posts are strangers'.
"""

import json
from collections.abc import Sequence
from typing import TypeVar

from selectolax.lexbor import LexborNode

from channels.export.message import read_message
from channels.pages import read_page
from channels.telegram.reading import read_posts
from channels.tree import parse_whole
from evidence.errors import UnreadableCapture
from evidence.records import Capture, PageKind, Post

WEB = (PageKind.PREVIEW, PageKind.POST)
PROTOCOL = (PageKind.HISTORY, PageKind.MESSAGES, PageKind.DIFFERENCE)
LISTS = (*PROTOCOL, PageKind.EXPORT)
"""Kept as JSON with ``messages``."""

Part = TypeVar("Part")


def fragments_of(capture: Capture, posts: Sequence[Post]) -> dict[int, str]:
    """Cut each post's own part out of the Capture that shows it; by id.

    Raises:
        UnreadableCapture: the Capture does not show a post, or is of a kind that is not sealed.
    """
    if not posts:
        return {}
    text = capture.kept.decode("utf-8", "surrogatepass")
    if capture.kind in WEB:
        blocks = _blocks_of(text)
        return {post.native_id: _shown(blocks, post)[0].html or "" for post in posts}
    if capture.kind in LISTS:
        messages = [(message["id"], message) for message in json.loads(text)["messages"]]
        return {post.native_id: _spelled(_shown(messages, post)) for post in posts}
    raise UnreadableCapture(f"a {capture.kind} page shows no post")


def read_fragment(kind: PageKind, fragment: str, source: str) -> Post:
    """The Post that a fragment shows, as it was read when it was captured.

    Args:
        kind: of the Capture that it was cut from.
        fragment: from ``fragments_of``.
        source: canonical address of its room.
    """
    name = source.rsplit("/", 1)[-1]
    if kind in PROTOCOL:
        (post,) = read_posts(json.loads(fragment), name)
        return post
    if kind is PageKind.EXPORT:
        return read_message(json.loads(fragment)[0])
    prefix = "/s" if kind is PageKind.PREVIEW else ""
    (post,) = read_page(f"<html><body>{fragment}</body></html>", f"https://t.me{prefix}/{name}").posts
    return post


def _shown(parts: Sequence[tuple[int, Part]], post: Post) -> list[Part]:
    """What of a page is a post's own, in the order of the page: of an album one block, or all its messages."""
    found = [part for native_id, part in parts if native_id in post.native_ids]
    if not found:
        raise UnreadableCapture(f"the page does not show post {post.native_id}")
    return found


def _blocks_of(text: str) -> list[tuple[int, LexborNode]]:
    """The posts' blocks of a page, each with the id that it carries."""
    numbers = (
        ((block.attributes.get("data-post") or "").rpartition("/")[2], block)
        for block in parse_whole(text).css("div.tgme_widget_message[data-post]")
    )
    return [(int(number), block) for number, block in numbers if number.isdecimal()]


def _spelled(messages: Sequence[object]) -> str:
    return json.dumps(messages, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
