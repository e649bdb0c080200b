"""Telegram's public web pages, read: channel preview, landing page and single post.

Pure: from HTML to a Reading. What is asked for and when is ``channels/telegram_web.py``; one post's
block is ``channels/post_block.py``. Markup as served from 2019 to 2026; a page of another layout
raises instead of reading as empty.
"""

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels.figures import read_figure, read_members
from channels.post_block import BREAK, EDGE, channel_id, plain_text, read_post
from channels.tree import parse_whole
from evidence.errors import UnreadableCapture
from evidence.records import PageKind, Place, PlaceKind, Post, Reading

VERIFIED_MARK = "✔"
WEB_BASE = "https://t.me"
NOT_FOUND = "Post not found"
_OFFICIAL_BOTS = {"botfather"}
"""Bots whose name does not end in ``bot``."""


def read_page(html: str, url: str | None = None) -> Reading:
    """Read a page of t.me, whichever kind it is.

    Args:
        html: as served or as kept (``sanitize``); line ends and white space do not matter.
        url: where it came from; only relative links need it. Default: what the page says of itself.

    Returns:
        Posts oldest first. Blocks without an id are left out.

    Raises:
        UnreadableCapture: not a page of t.me, or cut before its end.
    """
    tree = parse_whole(html.replace(BREAK, "").replace(EDGE, ""))
    for line_break in tree.css("br"):
        line_break.replace_with(BREAK)
    if tree.css_first("main.tgme_main, .tgme_channel_info") is not None:
        return _read_preview(tree, url)
    if tree.css_first(".tgme_page") is not None:
        return Reading(kind=PageKind.LANDING, place=_read_landing(tree))
    if tree.css_first(".tgme_widget_message") is not None:
        return _read_single(tree, url)
    raise UnreadableCapture("not a page of t.me: neither posts nor a landing page found in it")


def _read_preview(tree: LexborHTMLParser, url: str | None) -> Reading:
    main = tree.css_first("main.tgme_main")
    name = ((main.attributes.get("data-url") if main else None) or "").strip("/") or None
    base = url or f"{WEB_BASE}/s/{name or ''}"
    blocks = tree.css("div.tgme_widget_message[data-post]")
    posts = _read_posts(blocks, base, name)
    return Reading(
        kind=PageKind.PREVIEW,
        place=_read_header(tree, name, next(filter(None, map(channel_id, blocks)), None)),
        posts=posts,
        has_older=tree.css_first("a.tme_messages_more[data-before]") is not None,
    )


def _read_single(tree: LexborHTMLParser, url: str | None) -> Reading:
    blocks = tree.css("div.tgme_widget_message[data-post]")
    if blocks:
        base = url or f"{WEB_BASE}/{blocks[0].attributes['data-post']}"
        return Reading(kind=PageKind.POST, posts=_read_posts(blocks, base, None))
    if _text(tree.css_first(".tgme_widget_message_error")) == NOT_FOUND:
        return Reading(kind=PageKind.POST, is_missing=True)
    raise UnreadableCapture(f'a single-post page with neither a post nor "{NOT_FOUND}" on it')


def _read_posts(blocks: list[LexborNode], base: str, name: str | None) -> tuple[Post, ...]:
    posts = {post.native_id: post for block in blocks if (post := read_post(block, base, name))}
    return tuple(posts[native_id] for native_id in sorted(posts))


def _read_header(tree: LexborHTMLParser, name: str | None, native_id: int | None) -> Place:
    """What the head of a preview page says; its first counter is that of the subscribers."""
    shown = _text(tree.css_first(".tgme_channel_info_header_username"))
    counter = tree.css_first(".tgme_channel_info_counter")
    members = read_figure(_text(counter.css_first(".counter_value") if counter else None) or "")
    unit = _text(counter.css_first(".counter_type") if counter else None)
    title, is_verified = _read_title(tree, ".tgme_channel_info_header_title", ".tgme_channel_info_header")
    return Place(
        kind=PlaceKind.CHANNEL,
        username=shown.lstrip("@") if shown else name,
        native_id=native_id,
        title=title,
        description=_text(tree.css_first(".tgme_channel_info_description")),
        is_verified=is_verified,
        members=members if unit and unit.startswith(("subscriber", "member")) else None,
        unit=unit.rstrip("s") + "s" if unit and members else None,
    )


def _read_title(tree: LexborHTMLParser, title: str, around: str) -> tuple[str | None, bool]:
    """The shown title without its check mark, and whether there is one."""
    shown = _text(tree.css_first(f"{title} span[dir]"))
    if shown is None:
        shown = (_text(tree.css_first(title)) or "").removesuffix(VERIFIED_MARK).strip() or None
    return shown, tree.css_first(f"{around} i.verified-icon") is not None


def _read_landing(tree: LexborHTMLParser) -> Place:
    extras = [_text(node) or "" for node in tree.css(".tgme_page_extra")]
    members, unit, online = next(filter(None, map(read_members, extras)), (None, None, None))
    title, is_verified = _read_title(tree, ".tgme_page_title", ".tgme_page_title")
    username = _landing_name(tree)
    kind = _landing_kind(tree, username, title, extras, unit, online)
    is_place = kind is not PlaceKind.ABSENT
    return Place(
        kind=kind,
        username=username if kind is not PlaceKind.INVITE else None,
        title=title if is_place else None,
        description=_text(tree.css_first(".tgme_page_description")) if is_place else None,
        is_verified=is_verified,
        members=members,
        unit=unit,
        online=online,
    )


def _landing_kind(
    tree: LexborHTMLParser,
    username: str | None,
    title: str | None,
    extras: list[str],
    unit: str | None,
    online: int | None,
) -> PlaceKind:
    """The facts' table of landing pages, most certain sign first."""
    action = tree.css_first(".tgme_page_action a, .tgme_page_action button")
    href = (action.attributes.get("href") if action else None) or ""
    words = " ".join(extras).lower()
    if "join?invite=" in href:
        return PlaceKind.INVITE
    if unit == "monthly users" or (_text(action) or "").startswith(("Start Bot", "Launch")):
        return PlaceKind.BOT
    if any(extra.startswith("@") for extra in extras):
        is_bot = username is not None and (username.lower().endswith("bot") or username.lower() in _OFFICIAL_BOTS)
        return PlaceKind.BOT if is_bot else PlaceKind.USER
    if tree.css_first(".tgme_page_context_link") is not None or "subscriber" in words:
        return PlaceKind.CHANNEL
    if unit == "members" or "member" in words:
        is_of_2021 = tree.css_first(".tgme_head_dl_button") is not None
        return PlaceKind.CHANNEL if is_of_2021 and online is None else PlaceKind.GROUP
    if "View" in (_text(action) or ""):
        return PlaceKind.CHANNEL
    return PlaceKind.ABSENT if title is None and not extras else PlaceKind.USER


def _landing_name(tree: LexborHTMLParser) -> str | None:
    """The username that the page's button opens, as the page writes it."""
    for node in tree.css(".tgme_page_action a, .tgme_page_photo a, a.tgme_username_link"):
        found = re.search(r"[?&]domain=(\w+)", node.attributes.get("href") or "")
        if found:
            return found[1]
    link = tree.css_first(".tgme_page_context_link")
    try:
        path = urlsplit((link.attributes.get("href") if link else None) or "").path
    except ValueError:  # a crooked address names nobody
        return None
    return path.rsplit("/", 1)[-1] or None


def _text(node: LexborNode | None) -> str | None:
    """Shown text of a node; None where it is absent or blank."""
    return (plain_text(node) or None) if node is not None else None
