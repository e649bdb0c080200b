"""Who signed a post, as a pseudonym that holds within its room only."""

from collections.abc import Callable
from dataclasses import replace

from msgspec import structs

from evidence.records import Reading


def as_pseudonyms(reading: Reading, address: str, pseudonym: Callable[[str, str], str] | None) -> Reading:
    """Put pseudonyms in place of signatures; a post that is signed with the room's own title is not signed.

    Args:
        reading: of a web page.
        address: of its room.
        pseudonym: of a poster, from address and signature; None leaves posters out.
    """
    title = reading.place.title if reading.place else None
    named = {post.author for post in reading.posts} - {None, title}
    shown = {name: pseudonym(address, name) for name in named if name} if pseudonym else {}
    posts = tuple(structs.replace(post, author=shown.get(post.author or "")) for post in reading.posts)
    return replace(reading, posts=posts)
