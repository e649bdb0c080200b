"""What is kept of a page: its words and structure, no media reference, no script, no tracking token.

Works by what is allowed: an element or attribute that is not named here is not kept, so a new kind
of media reference cannot slip in. Reading the kept page gives the same posts as reading the
received one; a test holds that.
"""

import base64
import binascii
import json
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels.post_block import MEDIA_HOSTS

_DROPPED = (
    "script, style, link, svg, img, video, audio, source, picture, iframe, object, embed, canvas, form, noscript, base"
)
_ATTRIBUTES = frozenset(
    {"class", "href", "datetime", "data-post", "data-view", "data-url", "data-before", "data-after", "dir"}
    | {"name", "property", "content", "charset"}
)
_KEPT_META = frozenset({"og:title", "og:description", "og:site_name", "robots", "al:ios:url"})
_MEDIA_ADDRESS = re.compile(
    r"data:|(?:https?:)?//(?:[^/?#]*[.@])?(?:"
    + "|".join(map(re.escape, MEDIA_HOSTS))
    + r")(?:[:/?#]|$)|https?://(?:telegra\.ph|graph\.org)/file/",
    re.IGNORECASE,
)
_ADDRESS_IN_TEXT = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:"
    + "|".join(map(re.escape, MEDIA_HOSTS))
    + r")/\S+|(?:https?://)?(?:telegra\.ph|graph\.org)/file/\S+|data:\w+/[\w.+-]+[;,]\S+",
    re.IGNORECASE,
)
MEDIA_LEFT_OUT = "[media address left out]"


def sanitize(html: str) -> str:
    """Return the page without anything that shows, loads or leads to media.

    Args:
        html: a page of t.me as received.

    Returns:
        HTML that ``read_page`` reads as it reads the original, except that links to media are gone.
    """
    tree = LexborHTMLParser(_ADDRESS_IN_TEXT.sub(_leave_out, html))
    for node in tree.css(_DROPPED):
        node.decompose()
    for node in tree.css("meta"):
        if _name_of(node) not in _KEPT_META:
            node.decompose()
    for node in tree.css("*"):
        _keep_attributes(node)
    return tree.html or ""


def _leave_out(found: re.Match[str]) -> str:
    """Attributes go with their quote and bracket intact: only the address itself is replaced."""
    ends = re.search(r"[\"'<>)]", found[0])
    return MEDIA_LEFT_OUT + (found[0][ends.start() :] if ends else "")


def _name_of(meta: LexborNode) -> str | None:
    return meta.attributes.get("property") or meta.attributes.get("name")


def _keep_attributes(node: LexborNode) -> None:
    for name, value in list(node.attributes.items()):
        if name not in _ATTRIBUTES or (name == "href" and _is_media_address(value or "")):
            del node.attrs[name]
        elif name == "data-view":
            node.attrs[name] = _without_signature(value or "")


def _is_media_address(href: str) -> bool:
    return MEDIA_LEFT_OUT in href or _MEDIA_ADDRESS.match(href.strip()) is not None


def _without_signature(token: str) -> str:
    """Channel and post id without the signed part, which the page's script would send to count a view."""
    try:
        view = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_"))
        kept = {key: view[key] for key in ("c", "p", "t") if key in view}
    except (binascii.Error, ValueError, TypeError):
        return ""
    return base64.b64encode(json.dumps(kept).encode()).decode()
