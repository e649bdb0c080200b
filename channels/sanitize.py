"""What is kept of a page: its words and structure, no media reference, no script, no tracking token.

Works by what is allowed: an element or attribute that is not named here is not kept, so a new kind
of media reference cannot slip in. Reading the kept page gives the same posts as reading the
received one; a test holds that.
"""

import base64
import binascii
import json
import re
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels.left_out import HOSTS, PORT, UPLOADS, cut_part, cuts_in, left_out, left_out_of_address, may_hold_any
from channels.tree import parse_whole

_NAMES = """
    html head title meta body header main footer section article aside nav div span p a b strong i em u s del ins
    strike small mark sub sup code pre blockquote q cite br hr wbr time label button figure figcaption details summary
    address h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr th td tg-spoiler tg-emoji
"""
_ELEMENTS = frozenset(_NAMES.split())
"""Others are opened: their words stay, they go."""
_SHOW_MEDIA = frozenset(["img", "picture", "video", "audio"])
"""Leave an empty ``<i>`` with their class names, so that the post still tells what it held."""
_FORMATS = "span a b strong i em u s del ins strike small mark sub sup code cite tg-spoiler tg-emoji"
_WITHIN_LINES = frozenset(_FORMATS.split())
"""Do not end a line: words go on through them."""
_DROPPED = (
    "script, style, link, base, svg, math, canvas, iframe, frameset, object, embed, applet,"
    " template, xmp, noembed, noframes, plaintext, source, track"
)
"""Go with all that is in them."""
_ATTRIBUTES = frozenset(
    {"class", "href", "datetime", "data-post", "data-view", "data-url", "data-before", "data-after", "dir"}
    | {"name", "property", "content", "charset"}
)
_KEPT_META = frozenset({"og:title", "og:description", "og:site_name", "robots", "al:ios:url"})

_MEDIA_ADDRESS = re.compile(
    rf"^data:|^(?:https?:)?//(?:[^/?#]*[.@])?(?:{HOSTS})\.?(?:[:/?#]|$)"
    rf"|(?<![\w-])(?:(?:{HOSTS}){PORT}/|{UPLOADS})",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(r"[\x00-\x20]+")
"""Browsers ignore these inside an address."""


def sanitize(html: str) -> str:
    """Return the page without anything that shows, loads or leads to media.

    Args:
        html: a page of t.me as received.

    Returns:
        HTML that ``read_page`` reads as it reads the original, except that links to media are gone.

    Raises:
        UnreadableCapture: the page did not come whole; afterwards that could not be told any more.
    """
    tree = parse_whole(html)
    for node in tree.css(_DROPPED):
        node.decompose()
    root = tree.css("html")[0]  # without the comments before and behind it
    for node in list(root.traverse()):
        _keep_allowed(tree, node)
    if may_hold_any(root.text()):
        _leave_out_of_lines(root)
    return "<!DOCTYPE html>" + left_out(root.html or "")


def _leave_out_of_lines(root: LexborNode) -> None:
    """Line by line, since formats may stand in the middle of what is left out."""
    line: list[LexborNode] = []
    for node in [*root.traverse(include_text=True), root]:
        if node.is_text_node:
            line.append(node)
        elif node.tag not in _WITHIN_LINES:
            _leave_out_of_line(line)
            line = []


def _leave_out_of_line(nodes: list[LexborNode]) -> None:
    """A mark goes where the first character was."""
    parts = [node.text_content or "" for node in nodes]
    cuts = cuts_in("".join(parts))
    end_of_part = 0
    for node, part in zip(nodes, parts, strict=True) if cuts else ():
        begin, end_of_part = end_of_part, end_of_part + len(part)
        kept = cut_part(part, begin, cuts)
        if kept != part:
            node.replace_with(kept)


def _keep_allowed(tree: LexborHTMLParser, node: LexborNode) -> None:
    if node.is_comment_node or (node.tag == "meta" and not _is_kept_meta(node)):
        node.decompose()
    elif node.tag in _SHOW_MEDIA:
        place = tree.create_node("i")
        place.attrs["class"] = node.attributes.get("class") or ""
        node.replace_with(place)
    elif node.tag not in _ELEMENTS:
        node.unwrap(delete_empty=True)
    else:
        _keep_attributes(node)


def _is_kept_meta(node: LexborNode) -> bool:
    names = node.attributes
    return "charset" in names or (names.get("property") or names.get("name")) in _KEPT_META


def _keep_attributes(node: LexborNode) -> None:
    for name, value in node.attributes.items():
        if name not in _ATTRIBUTES or (name == "href" and leads_to_media(value or "")):
            del node.attrs[name]
        elif name == "href" and "%" in (value or ""):
            node.attrs[name] = left_out_of_address(value or "")
        elif name == "data-view":
            node.attrs[name] = _without_signature(value or "")


def leads_to_media(href: str) -> bool:
    """Whether an address is one of media, holds one, or tells Telegram which page it was followed from."""
    whole = _INVISIBLE.sub("", unquote(href))
    return "?tme=" in whole or _MEDIA_ADDRESS.search(whole) is not None


def _without_signature(token: str) -> str:
    """Channel and post id without the signed part, which the page's script would send to count a view."""
    try:
        view = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_"))
        kept = {key: view[key] for key in ("c", "p", "t") if key in view}
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return ""
    return base64.b64encode(json.dumps(kept).encode()).decode()
