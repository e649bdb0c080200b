"""Rooms out of a page of cards, rows or tiles: the site says where to look, this says how.

Selectors are tried in order. What a card does not say stays None: nothing is guessed from its neighbours.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels.directory.counts import lines_of, read_count, read_shown
from channels.directory.names import Named, name_room
from channels.directory.site import MOST_ROOMS, Listed
from channels.directory.tidy import parse_page
from evidence.listing import ListedRoom
from evidence.records import Figure, PlaceKind

LONGEST_TITLE, LONGEST_DESCRIPTION = 300, 2_000
MOST_NEAR = 20
"""Headings of a page beside which a number is looked for."""
FARTHEST = 12
"""Elements between a link and the card around it."""
_UNIT_KIND = {"subscribers": PlaceKind.CHANNEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Where one kind of card keeps what it says; all but ``around`` are CSS selectors."""

    link: str
    """The links that name a room."""
    around: tuple[str, ...]
    """Tag or class names of the element that is the card: the nearest one around the link. One that holds
    links to several rooms says nothing of any of them."""
    title: tuple[str, ...] = ()
    """None of them found: the link's own text."""
    description: tuple[str, ...] = ()
    count: tuple[str, ...] = ()
    """Where a number stands without a word for members."""
    near: tuple[str, ...] = ()
    """Elements beside which it stands with its word, where the card is too large to be searched."""
    columns: tuple[str, ...] = ()
    """Beginnings of a table's heading, in lower case, under which the number stands."""


class _Link:
    """A link that names a room, and the card that it stands in."""

    __slots__ = ("card", "named", "node", "shape")

    def __init__(self, named: Named, node: LexborNode, shape: Shape) -> None:
        self.named, self.node, self.shape = named, node, shape
        self.card = nearest(node, shape.around) or node


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """The markup of one site."""

    site: str
    room: re.Pattern[str]
    """Finds a room in a link: groups ``name``, ``id`` and ``kind``."""
    shapes: tuple[Shape, ...]
    own_page: Shape | None = None
    """The page of one room, where the address of the page itself is such a link."""
    kind: PlaceKind | None = None
    """Of rooms whose link does not tell."""

    def read(self, text: str, url: str) -> Listed:
        """Read a page; see ``Site.read``."""
        tree = parse_page(text)
        links: dict[str, list[_Link]] = defaultdict(list)
        owners: dict[int, set[str]] = defaultdict(set)
        for link in self._links(tree, url):
            links[link.named.key].append(link)
            owners[link.card.mem_id].add(link.named.key)
        taken = list(links.values())[:MOST_ROOMS]
        rooms = tuple(self._read_room(of_room, owners) for of_room in taken)
        return Listed(rooms=rooms, left_out=len(links) - len(taken))

    def _links(self, tree: LexborHTMLParser, url: str) -> Iterator[_Link]:
        own = self.room.search(url)
        if own and self.own_page is not None:
            heading = tree.css_first(self.own_page.link)
            if heading is not None:
                yield _Link(name_room(own), heading, self.own_page)
        for shape in self.shapes:
            for node in tree.css(shape.link):
                found = self.room.search((node.attributes.get("href") or "").strip())
                if found:
                    yield _Link(name_room(found), node, shape)

    def _read_room(self, links: list[_Link], owners: dict[int, set[str]]) -> ListedRoom:
        """One room from all its links, until nothing more is missing."""
        room = self._read_card(links[0], owners)
        for link in links[1:]:
            if room.title is not None and room.count is not None:
                break
            room = fill(room, self._read_card(link, owners))
        return room

    def _read_card(self, link: _Link, owners: dict[int, set[str]]) -> ListedRoom:
        named, shape = link.named, link.shape
        card = link.card if len(owners[link.card.mem_id]) == 1 else link.node
        count, unit = _count_in(card, shape)
        return ListedRoom(
            address=named.address,
            listed_by=self.site,
            native_id=named.native_id,
            title=first_text(card, shape.title, LONGEST_TITLE) or shown(link.node, LONGEST_TITLE),
            description=first_text(card, shape.description, LONGEST_DESCRIPTION),
            kind=named.kind or _UNIT_KIND.get(unit or "", self.kind),
            count=count,
            unit=unit,
            refused=named.refused,
        )


def fill(room: ListedRoom, other: ListedRoom) -> ListedRoom:
    """Take from a second card of the same room what the first did not say."""
    return replace(
        room,
        title=room.title or other.title,
        description=room.description or other.description,
        kind=room.kind or other.kind,
        count=room.count or other.count,
        unit=room.unit or other.unit,
    )


def nearest(node: LexborNode, around: tuple[str, ...]) -> LexborNode | None:
    """The closest element around a node that has one of these tag or class names."""
    above: LexborNode | None = node
    for _ in range(FARTHEST):
        above = above.parent if above is not None else None
        if above is None:
            return None
        if above.tag in around or not set(around).isdisjoint((above.attributes.get("class") or "").split()):
            return above
    return None


def first_text(card: LexborNode, selectors: tuple[str, ...], longest: int) -> str | None:
    """The text of the first selector that finds some."""
    for selector in selectors:
        node = card.css_first(selector)
        text = shown(node, longest) if node is not None else None
        if text is not None:
            return text
    return None


def shown(node: LexborNode, longest: int) -> str | None:
    """Text as a browser shows it, on one line; None where it is blank."""
    return " ".join(node.text().split())[:longest].strip() or None


def rest_of(card: LexborNode, *selectors: tuple[str, ...]) -> str:
    """The text of a card without title and description: people write numbers of members there too."""
    text = lines_of(card)
    for node in (found for wanted in selectors if (found := _first(card, wanted)) is not None):
        text = text.replace(lines_of(node), "", 1)
    return text


def _first(card: LexborNode, selectors: tuple[str, ...]) -> LexborNode | None:
    return next((node for selector in selectors if (node := card.css_first(selector)) is not None), None)


def _count_in(card: LexborNode, shape: Shape) -> tuple[Figure | None, str | None]:
    for selector in shape.count:
        node = card.css_first(selector)
        figure = read_shown(node.text()) if node is not None else None
        if figure is not None:
            return figure, "subscribers"
    if shape.columns:
        figure = _count_in_column(card, shape.columns)
        return figure, "subscribers" if figure else None
    if shape.near:
        around = (node.parent for selector in shape.near for node in card.css(selector)[:MOST_NEAR])
        counts = (read_count(lines_of(node)) for node in around if node is not None)
        return next(filter(None, counts), None) or (None, None)
    return read_count(rest_of(card, shape.title, shape.description)) or (None, None)


def _count_in_column(row: LexborNode, columns: tuple[str, ...]) -> Figure | None:
    table = nearest(row, ("table",))
    heading = table.css_first("tr") if table is not None else None
    if heading is None:
        return None
    names = [" ".join(cell.text().split()).lower() for cell in heading.css("th, td")]
    index = next((index for index, name in enumerate(names) if name.startswith(columns)), None)
    cells = row.css("td, th")
    if index is None or index >= len(cells):
        return None
    lines = lines_of(cells[index]).splitlines()
    return read_shown(lines[0]) if lines else None
