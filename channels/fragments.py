"""The part of a Capture that is one post's own: what is sealed of it, and how it is read again.

Of a Capture only the flagged post's fragment is kept for good: the other posts are strangers'.
"""

import json
from typing import Any

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


def fragment_of(capture: Capture, post: Post) -> str:
    """Cut a post's own part out of the Capture that shows it.

    Raises:
        UnreadableCapture: the Capture does not show the post, or is of a kind that is not sealed.
    """
    text = capture.kept.decode("utf-8", "surrogatepass")
    if capture.kind in WEB:
        return _block_of(text, post)
    if capture.kind in LISTS:
        messages = [message for message in json.loads(text)["messages"] if message["id"] in post.native_ids]
        if messages:
            return json.dumps(messages, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    raise UnreadableCapture(f"a {capture.kind} page does not show post {post.native_id}")


def read_fragment(kind: PageKind, fragment: str, source: str) -> Post:
    """The Post that a fragment shows, as it was read when it was captured.

    Args:
        kind: of the Capture that it was cut from.
        fragment: from ``fragment_of``.
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


def _block_of(text: str, post: Post) -> str:
    for block in parse_whole(text).css("div.tgme_widget_message[data-post]"):
        if (block.attributes.get("data-post") or "").endswith(f"/{post.native_id}"):
            return block.html or ""
        if _is_part(block, post):
            return block.html or ""
    raise UnreadableCapture(f"the page does not show post {post.native_id}")


def _is_part(block: Any, post: Post) -> bool:
    """Whether a block of another id shows the same album."""
    number = (block.attributes.get("data-post") or "").rpartition("/")[2]
    return number.isdecimal() and int(number) in post.native_ids
