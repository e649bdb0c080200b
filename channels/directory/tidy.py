"""A directory's HTML made ready: scripts gone but for what they say of a room, media references gone."""

import json
import re
from urllib.parse import parse_qs, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels.sanitize import sanitize
from channels.tree import parse_whole

DESCRIPTION = "ld-description"
"""Class of the paragraph that a description in JSON-LD becomes."""

_MEDIA_LINK = re.compile(
    r'\shref="[^"]*\.(?:jpe?g|png|gif|webp|avif|svg|bmp|mp4|webm|mov|mp3|ogg)(?:[?#][^"]*)?"', re.IGNORECASE
)
_NEXT = "link[rel=next], a[rel=next], a#elementNextPageFooter, .pagination .next a, .pagination a.next"


def parse_page(html: str) -> LexborHTMLParser:
    """Parse a page of a directory; whether it came whole, http told already. A line break reads as a space.

    Raises:
        UnreadableCapture: it is nested too deeply.
    """
    tree = _without_scripts(html)
    for line_break in tree.css("br"):
        line_break.replace_with(" ")
    return tree


def keep_html(html: str) -> str:
    """The page without scripts and media references; links to pictures and films go too."""
    return _MEDIA_LINK.sub("", sanitize(_without_scripts(html).html or "</html>"))


def find_next_page(html: str, url: str) -> str | None:
    """The page that follows: as the page says itself, else its link with the next number."""
    tree = parse_received(html)
    for node in tree.css(_NEXT):
        href = (node.attributes.get("href") or "").strip()
        if href and not href.startswith("#"):
            return _http(_join(url, href), url)
    return _numbered(tree, url)


def _numbered(tree: LexborHTMLParser, url: str) -> str | None:
    wanted, path = _page_number(url) + 1, urlsplit(url).path or "/"
    for node in tree.css("a[href*='page=']"):
        there = _join(url, (node.attributes.get("href") or "").strip())
        if (urlsplit(there).path or "/") == path and _page_number(there) == wanted:
            return _http(there, url)
    return None


def _join(here: str, href: str) -> str:
    """The address that a link leads to; empty for one that is none."""
    try:
        there = urljoin(here, href)
        urlsplit(there)
    except ValueError:
        return ""
    return there


def _page_number(url: str) -> int:
    number = parse_qs(urlsplit(url).query).get("page", ["1"])[0]
    return int(number) if number.isdecimal() and len(number) < 10 else 1


def _http(there: str, here: str) -> str | None:
    there = there.partition("#")[0]
    return there if there.startswith(("https://", "http://")) and there != here else None


def parse_received(html: str) -> LexborHTMLParser:
    """Parse a page as it is, scripts and all."""
    return parse_whole(html if "</html>" in html[-400:] else f"{html}\n</html>")


def _without_scripts(html: str) -> LexborHTMLParser:
    """The page with JSON-LD about a room turned into a paragraph: all that some lists say of it. Other scripts go."""
    tree = parse_received(html)
    for node in tree.css("script, style"):
        said = _description(node) if "ld+json" in (node.attributes.get("type") or "") else None
        if said is None:
            node.decompose()
            continue
        paragraph = tree.create_node("p")
        paragraph.attrs["class"] = DESCRIPTION
        paragraph.insert_child(said)
        node.replace_with(paragraph)
    return tree


def _description(node: LexborNode) -> str | None:
    try:
        said = json.loads(node.text(), strict=False)
    except (ValueError, RecursionError):
        return None
    description = said.get("description") if isinstance(said, dict) and "mainEntityOfPage" in said else None
    return description if isinstance(description, str) and description else None
