"""One page of a directory, read. Pure: from its text and address to rooms, or to the reason why there are none."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from channels.directory import SITES
from channels.directory.site import NOTHING, Listed, Site
from channels.directory.tidy import parse_page
from channels.directory.walls import Wall, find_wall
from evidence.errors import UnreadableCapture
from evidence.listing import ListedRoom

_BEFORE_TEXT = "\ufeff \r\n\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """What a page turned out to be: its list, what is kept of it, and what comes next; or a wall."""

    kept: str = ""
    listed: Listed = NOTHING
    next_url: str | None = None
    has_more: bool = False
    """More is listed than links lead to."""
    wall: Wall | None = None


def read_directory_page(text: str, url: str | None = None) -> tuple[ListedRoom, ...]:
    """Read a saved page of any directory.

    Args:
        text: HTML or JSON, as served or as kept.
        url: where it came from; without it the site is told by its markup.

    Returns:
        Rooms in the order of the page, each once; what can not be watched says why.

    Raises:
        UnreadableCapture: no list of rooms: a wall, a new layout, or another page altogether.
    """
    where = url or _own_address(text)
    site = SITES[site_of(text, where) or "generic"]
    page = read_page(site, text, where)
    if page.wall is not None:
        raise UnreadableCapture(f"{page.wall} instead of a list of rooms")
    return page.listed.rooms


def site_of(text: str, url: str | None = None) -> str | None:
    """Name the site that a page is of: by its address, else by its markup.

    Returns:
        A key of ``SITES``; None where nothing tells, which says nothing against reading it as ``generic``.
    """
    host = (urlsplit(url).hostname or "") if url else ""
    named = next((site.name for site in SITES.values() if site.is_at(host)), None)
    if named is not None:
        return named
    if text.lstrip(_BEFORE_TEXT).startswith("["):
        return "combot"
    tree = parse_page(text)
    return next((site.name for site in SITES.values() if site.sign and tree.css_first(site.sign) is not None), None)


def _own_address(text: str) -> str:
    """The address that a page gives itself; empty where it gives none."""
    if text.lstrip(_BEFORE_TEXT).startswith(("[", "{")):
        return ""
    canonical = parse_page(text).css_first("link[rel=canonical]")
    address = (canonical.attributes.get("href") if canonical is not None else None) or ""
    try:
        urlsplit(address)
    except ValueError:  # a crooked address tells no more than none
        return ""
    return address


def read_page(site: Site, text: str, url: str) -> ReadPage:
    """Clean and read a page as one of a site; what is read is what is kept.

    Raises:
        UnreadableCapture: ``layout changed``: neither rooms nor a wall, nor the site's word that there are none.
    """
    try:
        kept = site.keep(text)
    except UnreadableCapture:
        wall = find_wall(site, NOTHING, text, url)  # HTML where JSON is promised, most often
        if wall is None:
            raise
        return ReadPage(wall=wall)
    listed = site.read(kept, url)
    wall = find_wall(site, listed, text, url)
    if wall is not None:
        return ReadPage(wall=wall)
    if not listed.rooms and not (site.says_empty and site.says_empty in text):
        raise UnreadableCapture(f"layout changed: nothing on the page reads as a room of {site.name}")
    return ReadPage(
        kept=kept,
        listed=listed,
        next_url=site.next_page(text, url) if url else None,
        has_more=bool(site.more_beyond) and parse_page(text).css_first(site.more_beyond) is not None,
    )
