"""What is kept of a room or of one of its posts: ids alone, no text is opened."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from evidence.address import parse_source_address, room_in_link
from storage.mongo import Store
from storage.reads import newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A post, by what it is named."""

    post: str
    source: str
    at: datetime
    is_kept: bool = False
    """Whether a kept post is there."""
    items: tuple[str, ...] = ()
    """Sealed revisions that were not erased."""
    erased: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    """Cases that hold it."""


def parse_post_address(address: str) -> tuple[str, int | None]:
    """The room of an address, and the id of the post that it leads to; None where it leads to the room.

    Raises:
        ConfigError: it leads to neither.
    """
    source = room_in_link(address.strip())
    if source is None:
        return parse_source_address(address), None
    last = address.split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2]
    return source, int(last) if last.isdecimal() else None


async def find_posts(store: Store, source: str, native_id: int | None, now: datetime) -> tuple[Found, ...]:
    """Posts of a room, or those with one id, newest first."""
    until, found = now + timedelta(days=1), dict[str, Found]()
    async for post in newest(store, "posts", source=source, until=until, only=("native_ids",)):
        if native_id is None or native_id in post["native_ids"]:
            found[post["_id"]] = Found(post=post["_id"], source=source, at=post["at"], is_kept=True)
    wanted = ("post", "native_id", "revision", "erased_at", "hold")
    items = [item async for item in newest(store, "evidence", source=source, until=until, only=wanted)]
    for item in sorted(items, key=lambda item: (item["at"], item["revision"])):
        name = item["post"]
        if name in found or native_id in (None, item["native_id"]):
            one = found.get(name) or Found(post=name, source=source, at=item["at"])
            if item.get("erased_at") is not None:
                one = replace(one, erased=(*one.erased, item["_id"]))
            else:
                one = replace(one, items=(*one.items, item["_id"]), hold=tuple(item.get("hold") or one.hold))
            found[name] = one
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.post), reverse=True))
