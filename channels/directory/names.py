"""Which room a directory's link means, and why some are not to be watched.

A link into a private room is refused here and not kept: its hash is the key to the room.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from channels.figures import read_id
from evidence.address import TELEGRAM_HOSTS, parse_room_address
from evidence.errors import ConfigError
from evidence.records import PlaceKind

INVITE = "is an invite link to a private room"
NO_NAME = "is listed without a public name: a private room"
A_BOT = "is a bot, not a room"
_TELEGRAM = re.compile(rf"(?:https?:)?//(?:www\.)?(?:{'|'.join(map(re.escape, TELEGRAM_HOSTS))})(?:[/?#]|$)", re.I)
_KINDS = {"channel": PlaceKind.CHANNEL, "chat": PlaceKind.GROUP, "group": PlaceKind.GROUP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The room that a link means."""

    address: str | None = None
    native_id: int | None = None
    kind: PlaceKind | None = None
    refused: str | None = None
    mark: str = ""
    """Tells one private room on a page from another; never kept."""

    @property
    def key(self) -> str:
        """The same for two links to one room."""
        return self.address or (f"{self.native_id}" if self.native_id else f"private {self.mark}")


def name_room(link: re.Match[str]) -> Named:
    """Read a site's own link; its pattern may have the groups ``name``, ``id`` and ``kind``."""
    groups = link.groupdict()
    name = (groups.get("name") or "").removeprefix("@")
    kind = _KINDS.get(groups.get("kind") or "")
    native_id = read_id(groups.get("id") or "")
    address = address_of(name) if _is_public(groups) else None
    refused = None if address else NO_NAME
    return Named(address=address, native_id=native_id, kind=kind, refused=refused, mark=name)


def _is_public(groups: dict[str, str | None]) -> bool:
    """Where a site writes public names with ``@``, one without it is a hash."""
    return "kind" not in groups or (groups.get("name") or "").startswith("@")


def address_of(name: str) -> str | None:
    """The address of a public name; None where it can not be one."""
    try:
        return parse_room_address(f"@{name.removeprefix('@')}")
    except ConfigError:
        return None


def name_telegram_link(href: str) -> Named | None:
    """Read a link to Telegram itself; None for links that are no room at all, such as ``/share``."""
    parts = _telegram_path(href.strip())
    if not parts:
        return None
    first = parts[0]
    if first.startswith(("+", "%2B", "%20")) or first.lower() in ("joinchat", "c"):
        return Named(refused=INVITE, mark="/".join(parts[:2]))
    address = _room_address(first)
    if address is None:
        return None
    is_bot = first.lower().endswith("bot")
    return Named(address=address, kind=PlaceKind.BOT if is_bot else None, refused=A_BOT if is_bot else None)


def _room_address(name: str) -> str | None:
    try:
        return parse_room_address(f"https://{TELEGRAM_HOSTS[0]}/{name}")
    except ConfigError:
        return None


def _telegram_path(href: str) -> Sequence[str]:
    """The parts of the path of a link to Telegram, ``s`` left out; empty for any other link."""
    try:
        url = urlsplit(href)
    except ValueError:
        return ()
    if url.scheme == "tg":
        query = parse_qs(url.query)
        return ("joinchat", *query["invite"]) if "invite" in query else tuple(query.get("domain", ()))
    if not _TELEGRAM.match(href):
        return ()
    parts = [unquote(part) for part in url.path.split("/") if part]
    return parts[1:] if parts[:1] == ["s"] else parts
