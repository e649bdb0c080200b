"""A Capture that was kept, read again: the posts that it shows, as they were read when it came."""

import json
from urllib.parse import urlsplit

from channels.export.message import read_message
from channels.fragments import LISTS, PROTOCOL, WEB
from channels.pages import read_page
from channels.telegram.reading import read_posts
from evidence.errors import UnreadableCapture
from evidence.reading import PageKind, Reading


def reread(kind: PageKind, kept: bytes, url: str, source: str) -> Reading:
    """Read a kept Capture again.

    Args:
        kind: of the Capture.
        kept: its bytes.
        url: where it came from.
        source: canonical address of its room.

    Returns:
        Its posts, oldest first, without the pseudonyms of who posted; none where pages of this kind show none.

    Raises:
        UnreadableCapture: it is not what its kind says.
    """
    text = kept.decode("utf-8", "surrogatepass")
    try:
        if kind in WEB:
            return read_page(text, f"https://t.me{urlsplit(url).path}")
        if kind in LISTS:
            messages = json.loads(text)["messages"]
            posts = read_posts(messages, source.rsplit("/", 1)[-1]) if kind in PROTOCOL else map(read_message, messages)
            return Reading(kind=kind, posts=tuple(posts))
    except (ValueError, KeyError, TypeError) as problem:
        raise UnreadableCapture(f"a kept {kind} page of {source}: {type(problem).__name__}") from None
    return Reading(kind=kind)
