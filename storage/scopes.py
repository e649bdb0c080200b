"""To which education offices things belong: by what their posts name."""

from collections.abc import Iterable

from storage.mongo import Store
from storage.reads import by_id


async def offices_of_posts(store: Store, posts: Iterable[str]) -> dict[str, frozenset[str]]:
    """Offices of the schools that posts may name; without posts of which nothing is known.

    A post that left by its time is told by its Flag, which stays longer.
    """
    names = sorted(set(posts))
    found = await by_id(store, "posts", names, ("offices",))
    flags = await by_id(store, "flags", [name for name in names if name not in found], ("offices",))
    return {name: frozenset(document.get("offices", ())) for name, document in {**found, **flags}.items()}


async def offices_of_items(store: Store, items: Iterable[str]) -> dict[str, frozenset[str]]:
    """The same for EvidenceItems, by their posts."""
    found = await by_id(store, "evidence", items, ("post",))
    offices = await offices_of_posts(store, [item["post"] for item in found.values()])
    return {name: offices.get(item["post"], frozenset()) for name, item in found.items()}
