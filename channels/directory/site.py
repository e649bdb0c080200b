"""What a directory site is to us: where it is, how its pages are told and read."""

from collections.abc import Callable
from dataclasses import dataclass

from evidence.listing import ListedRoom

MOST_ROOMS = 1_000
"""On one page; the longest list that a site is known to serve has some hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The rooms on a page, each once, and how many there were beyond ``MOST_ROOMS``."""

    rooms: tuple[ListedRoom, ...] = ()
    left_out: int = 0


NOTHING = Listed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One directory. Pure: a page's text and address in, values out."""

    name: str
    read: Callable[[str, str], Listed]
    """From the text as kept and the page's address."""
    keep: Callable[[str], str]
    """The text without media references."""
    next_page: Callable[[str, str], str | None]
    """The next page's address, from the text as received and the page's own address."""
    hosts: tuple[str, ...] = ()
    """Names it answers under; their subdomains too."""
    sign: str = ""
    """CSS that only its pages match, for saved pages without an address."""
    first_page: Callable[[str], str] = str
    """The address to begin with, from the one that staff wrote."""
    says_empty: str = ""
    """Words of a page that truly lists nothing; elsewhere nothing found means a new layout."""
    more_beyond: str = ""
    """CSS of a control that shows more than links lead to."""
    lists_single: bool = False
    """Whether a page with a room or two may still be a wall in front of the list."""

    def is_at(self, host: str) -> bool:
        """Whether a host name is one of the site's."""
        return any(host == known or host.endswith(f".{known}") for known in self.hosts)
