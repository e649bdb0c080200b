"""Rooms that nobody watches yet: named in posts, listed in directories, and why a person might want to look."""

from collections.abc import Sequence

from evidence.address import is_invite_link, room_in_link
from evidence.listing import ListedRoom
from evidence.records import Post
from evidence.rooms import Found, Sight
from pipelines.flags import confident
from pipelines.normalize import normalize
from pipelines.schools import Register, find_mentions_in
from pipelines.terms import TermMatcher, find_terms

NAME, SCHOOL, GROWTH = "name", "school", "growth"
"""Reasons besides ``term:ID``, ``link`` and ``forward``."""
GREW_BY, GREW_TIMES = 100, 1.5
"""A room grows if it has so many members more and so many times as many as a week before."""


def rooms_named_in(post: Post) -> tuple[Sight, ...]:
    """Other rooms that a post links to or was forwarded from, each once; invite links without their address.

    A name that is only called, as ``@name``, is left out: most of those are people. So are bots.
    """
    if not post.links and post.forwarded_from is None:
        return ()  # nine posts in ten
    own = room_in_link(post.address) if post.address else None
    words = post.words.casefold()
    forward = post.forwarded_from.address if post.forwarded_from else None
    forwarded = room_in_link(forward) if forward else None
    sights = {forwarded: Found.FORWARD} if forwarded and not _is_bot(forwarded) else {}
    for link in post.links:
        if (room := room_in_link(link)) and not _is_bot(room) and not _is_called(room, words):
            sights.setdefault(room, Found.LINK)
    named = tuple(Sight(found=found, address=room) for room, found in sights.items() if room != own)
    invites = any(is_invite_link(link) for link in post.links)
    return (*named, Sight(found=Found.LINK, address=None)) if invites else named


def _is_called(room: str, words: str) -> bool:
    name = room.rsplit("/", 1)[-1]
    return f"@{name}" in words and f"/{name}" not in words


def _is_bot(room: str) -> bool:
    """Telegram gives bots no other names."""
    return room.endswith("bot")


def reasons_to_look(
    room: ListedRoom, register: Register, terms: TermMatcher, name_matches: Sequence[str]
) -> tuple[str, ...]:
    """Why a listed room might matter, from what its directory says of it; nothing where it does not.

    Args:
        room: as listed.
        register: compiled.
        terms: the watchlist's, compiled.
        name_matches: of the directory's entry on the watchlist.
    """
    normal = normalize("\n".join(filter(None, (room.title, room.description))))
    wanted = filter(None, (normalize(words).text for words in name_matches))
    is_named = any(words in normal.text for words in wanted)
    reasons = [NAME] if is_named else []
    if confident(find_mentions_in(normal, register)):
        reasons.append(SCHOOL)
    return (*reasons, *(f"term:{term}" for term in find_terms(normal.text, terms)))


def has_grown(members: int, before: int | None) -> bool:
    """Whether a room has grown so much within a week that somebody should look."""
    return before is not None and members - before >= GREW_BY and members >= before * GREW_TIMES
