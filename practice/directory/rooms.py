"""The practice rooms as a directory believes them to be, and pages of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evidence.records import PlaceKind
from practice.markup import abbreviate, space_out
from practice.world import PracticeRoom


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAs:
    """One entry of a directory."""

    username: str
    peer_id: int
    title: str
    description: str
    is_group: bool
    is_private: bool
    members: int
    """As the directory believes; it may be old."""

    @property
    def spaced(self) -> str:
        """The number in full."""
        return space_out(self.members)

    @property
    def rounded(self) -> str:
        """The number as shortened by pages of links."""
        return abbreviate(self.members)

    @property
    def views(self) -> str:
        """Views of a post, which are no members."""
        return space_out(max(1, self.members // 3))

    @property
    def hash(self) -> str:
        """What a private room has in place of a name."""
        return f"Pr{self.peer_id:x}x"

    @property
    def said(self) -> Markup:
        """What tgviewer's block of JSON-LD says."""
        block = {"@type": "NewsArticle", "mainEntityOfPage": {"@type": "WebPage"}, "description": self.description}
        return Markup(json.dumps(block, ensure_ascii=False).replace("<", "\\u003c"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list."""

    rooms: Sequence[ListedAs]
    number: int
    """Counts from 1."""
    of: int

    @property
    def numbers(self) -> range:
        """All pages."""
        return range(1, self.of + 1)

    @property
    def next_number(self) -> int | None:
        """None on the last page."""
        return self.number + 1 if self.number < self.of else None


def list_room(room: PracticeRoom, members: int | None = None, is_private: bool = False) -> ListedAs:
    """Enter a room.

    Args:
        room: of the world.
        members: what the directory believes; None for what is true.
        is_private: listed without its name.
    """
    return ListedAs(
        username=room.username,
        peer_id=room.peer_id,
        title=room.title,
        description=" ".join(room.description.split()),
        is_group=room.kind is PlaceKind.GROUP,
        is_private=is_private,
        members=room.members if members is None else members,
    )


def page_of(rooms: Sequence[ListedAs], number: int, per_page: int) -> ListPage:
    """Cut one page out of a list; beyond its end it has no rooms."""
    first = (number - 1) * per_page
    return ListPage(rooms=rooms[first : first + per_page], number=number, of=max(1, -(-len(rooms) // per_page)))
