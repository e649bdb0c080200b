"""Addresses of public places: what may be watched, in one canonical form, and why the rest is refused.

Only what Telegram shows to anyone is public: a username. Invite links, ids of private chats and
phone numbers open private rooms and are refused here, before any other code sees them.
"""

import hashlib
import ipaddress
import re
from urllib.parse import urlsplit

from evidence.errors import ConfigError

TELEGRAM_HOSTS = ("t.me", "telegram.me", "telegram.dog")
"""Hosts that serve the same public pages; the first one is canonical."""

_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,30}[A-Za-z0-9]")
"""Telegram's rule: 4 to 32 letters, digits and underscores, a letter first, no underscore last."""

_EXPORT = re.compile(r"export:[0-9a-f]{16}-[0-9a-f]{8}")

_OTHER_LINKS = frozenset(
    [
        "addemoji",
        "addlist",
        "addstickers",
        "addtheme",
        "bg",
        "boost",
        "confirmphone",
        "contact",
        "giftcode",
        "invoice",
        "iv",
        "joinchat",
        "login",
        "nft",
        "proxy",
        "setlanguage",
        "share",
        "socks",
    ]
)


def parse_room_address(text: str) -> str:
    """Return the canonical address ``https://t.me/name`` of a public room.

    Args:
        text: ``https://t.me/name``, its preview page ``https://t.me/s/name``, or ``@name``.

    Raises:
        ConfigError: with the reason, where the address is not that of a public room.
    """
    given = text.strip()
    name = given[1:] if given.startswith("@") else _name_in_url(given)
    if not _USERNAME.fullmatch(name):
        raise _refused(given, "is not a public username: 4 to 32 letters, digits and _, a letter first")
    return f"https://{TELEGRAM_HOSTS[0]}/{name.lower()}"


def export_address(sha256: str, chat: str) -> str:
    """The address of a chat that was handed over in a file; it cannot be taken for that of a public room.

    Args:
        sha256: of the file, hexadecimal; the address begins with its first 16 digits.
        chat: what tells the chat from others in the same file.
    """
    return f"export:{sha256[:16]}-{hashlib.sha256(chat.encode('utf-8', 'replace')).hexdigest()[:8]}"


def parse_source_address(text: str) -> str:
    """Return the canonical address of anything that posts are kept of: a public room, or an import.

    Raises:
        ConfigError: with the reason, where it is neither.
    """
    given = text.strip()
    if given.lower().startswith("export:") and not _EXPORT.fullmatch(given.lower()):
        raise _refused(given, "is not the address of an import, such as export:0123456789abcdef-01234567")
    return given.lower() if _EXPORT.fullmatch(given.lower()) else parse_room_address(given)


def room_in_link(link: str) -> str | None:
    """The canonical address of the room that a link leads to: to itself or to one of its posts; None for others."""
    try:
        parts = [part for part in urlsplit(link).path.split("/") if part]
        host = _https_host(link.replace("http://", "https://", 1))
    except (ConfigError, ValueError):
        return None
    if parts[:1] == ["s"]:
        parts = parts[1:]
    if host not in TELEGRAM_HOSTS or not parts or not _USERNAME.fullmatch(parts[0]) or parts[0].lower() in _OTHER_LINKS:
        return None
    return f"https://{TELEGRAM_HOSTS[0]}/{parts[0].lower()}"


def is_invite_link(link: str) -> bool:
    """Whether a link opens a private room."""
    try:
        url = urlsplit(link)
    except ValueError:
        return False
    path = url.path.strip("/").lower()
    is_invite = path.startswith(("+", "%2b", "joinchat/"))
    return (url.hostname or "") in TELEGRAM_HOSTS and is_invite and not path.lstrip("+").isdecimal()


def parse_web_address(text: str, allow_loopback: bool = False) -> str:
    """Return an https address with a host name, as given but trimmed.

    Args:
        text: absolute URL.
        allow_loopback: accept http and 127.0.0.1; for practice and tests.

    Raises:
        ConfigError: with the reason, for any other scheme, for an IP literal or for credentials in it.
    """
    given = text.strip()
    host = _https_host(given, allow_loopback)
    if not host:
        raise _refused(given, "names no host")
    if is_ip_literal(host) and not (allow_loopback and is_loopback_host(host)):
        raise _refused(given, "is an IP address: expected a host name")
    return given


def is_ip_literal(host: str) -> bool:
    """Whether a URL's host is an IPv4 or IPv6 address instead of a name."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback_host(host: str) -> bool:
    """Whether a URL's host is this machine."""
    return host == "localhost" or (is_ip_literal(host) and ipaddress.ip_address(host.strip("[]")).is_loopback)


def is_loopback_url(url: str) -> bool:
    """Whether a URL is served by this machine: practice or tests."""
    return is_loopback_host(urlsplit(url).hostname or "")


def _name_in_url(given: str) -> str:
    """The username in a room's URL."""
    if re.fullmatch(r"-?\d+", given):
        raise _refused(given, "is a numeric id of a private chat: only public names are watched")
    host = _https_host(given if "://" in given else f"https://{given}")
    if is_ip_literal(host):
        raise _refused(given, "is an IP address: expected https://t.me/name")
    if host not in TELEGRAM_HOSTS:
        raise _refused(given, f"is not on {TELEGRAM_HOSTS[0]}: expected https://t.me/name")
    parts = [part for part in urlsplit(given if "://" in given else f"https://{given}").path.split("/") if part]
    return _name_in_path(given, parts)


def _name_in_path(given: str, parts: list[str]) -> str:
    if parts[:1] == ["s"]:
        parts = parts[1:]
    first = parts[0] if parts else ""
    if first.startswith(("+", "%2B", "%20")) or first.lower() == "joinchat":
        raise _refused(given, "is an invite link to a private room: only public rooms are watched")
    if first.lower() == "c":
        raise _refused(given, "is a link into a private room: only public rooms are watched")
    if first.lower() in _OTHER_LINKS:
        raise _refused(given, "is not a link to a room: expected https://t.me/name")
    if len(parts) > 1:
        raise _refused(given, f"is a link to a post: for its room write https://t.me/{first}")
    return first


def _https_host(given: str, allow_loopback: bool = False) -> str:
    try:
        url = urlsplit(given)
        host = (url.hostname or "").rstrip(".")
        has_port = url.port is not None
    except ValueError:
        raise _refused(given, "is not an address") from None
    if url.username is not None:  # what follows may be a password: not repeated
        raise _refused(host, "came with a user name in front of it: expected https://host/path")
    is_loopback = is_loopback_host(host)
    if allow_loopback and url.scheme == "http" and is_loopback:
        return host
    if url.scheme != "https":
        raise _refused(given, "is not https")
    if has_port and not (allow_loopback and is_loopback):
        raise _refused(given, "has a port in it: expected https://host/path")
    return host


def _refused(given: str, why: str) -> ConfigError:
    return ConfigError(f'"{given}" {why}')
