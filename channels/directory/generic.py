"""Any page that links to rooms: links to Telegram, and the names and numbers beside them.

The card of a room is the largest element that leads to no other room.
"""

from collections import defaultdict

from selectolax.lexbor import LexborNode

from channels.directory.cards import FARTHEST, LONGEST_DESCRIPTION, LONGEST_TITLE, first_text, rest_of, shown
from channels.directory.counts import lines_of, read_count
from channels.directory.names import Named, name_telegram_link
from channels.directory.site import MOST_ROOMS, Listed, Site
from channels.directory.tidy import find_next_page, keep_html, parse_page
from evidence.listing import ListedRoom
from evidence.records import PlaceKind

LINKS = 'a[href*="t.me/"], a[href*="telegram.me/"], a[href*="telegram.dog/"], a[href^="tg:"]'
TITLE = ("h1", "h2", "h3", "h4", "h5", "h6", "[class*=title]", "[class*=name]", "strong", "b")
DESCRIPTION = ("[class*=description]", "[class*=about]", "[class*=desc]", "p")


def read_links(text: str, url: str) -> Listed:
    """Read a page; see ``Site.read``."""
    links: dict[str, tuple[Named, list[LexborNode]]] = {}
    for node in parse_page(text).css(LINKS):
        named = name_telegram_link(node.attributes.get("href") or "")
        if named is not None:
            links.setdefault(named.key, (named, []))[1].append(node)
    inside = _rooms_inside(links)
    taken = list(links.items())[:MOST_ROOMS]
    rooms = tuple(_read_room(named, nodes, inside) for _, (named, nodes) in taken)
    return Listed(rooms=rooms, left_out=len(links) - len(taken))


def _rooms_inside(links: dict[str, tuple[Named, list[LexborNode]]]) -> dict[int, set[str]]:
    """By element, the rooms that links inside of it lead to; two at the most are noted."""
    inside: dict[int, set[str]] = defaultdict(set)
    for key, (_, nodes) in links.items():
        for node in nodes:
            above = node.parent
            for _ in range(FARTHEST):
                if above is None or above.tag in ("body", "html", "-undef"):
                    break
                if len(inside[above.mem_id]) < 2:
                    inside[above.mem_id].add(key)
                above = above.parent
    return inside


def _read_room(named: Named, nodes: list[LexborNode], inside: dict[int, set[str]]) -> ListedRoom:
    card = _card_around(nodes[0], inside)
    found = read_count(rest_of(card, TITLE, DESCRIPTION)) or read_count(lines_of(card))
    count, unit = found or (None, None)
    is_card = card.mem_id != nodes[0].mem_id
    return ListedRoom(
        address=named.address,
        listed_by="generic",
        title=(first_text(card, TITLE, LONGEST_TITLE) if is_card else None) or _link_title(nodes),
        description=first_text(card, DESCRIPTION, LONGEST_DESCRIPTION) if is_card else None,
        kind=named.kind or (PlaceKind.CHANNEL if unit == "subscribers" else None),
        count=count,
        unit=unit,
        refused=named.refused,
    )


def _card_around(link: LexborNode, inside: dict[int, set[str]]) -> LexborNode:
    card, above = link, link.parent
    while above is not None and len(inside.get(above.mem_id, ())) == 1:
        card, above = above, above.parent
    return card


def _link_title(nodes: list[LexborNode]) -> str | None:
    """What a link is called, unless it only repeats an address."""
    for node in nodes:
        text = shown(node, LONGEST_TITLE)
        if text and "://" not in text and "t.me/" not in text and "joinchat" not in text:
            return text
    return None


SITE = Site(
    name="generic",
    read=read_links,
    keep=keep_html,
    next_page=find_next_page,
    lists_single=True,
)
