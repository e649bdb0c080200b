"""combot.org: a chart of groups and channels as JSON, ``/api/chart/LANGUAGE`` or ``/api/chart/channels/all``.

Told by people who read it (2026): ``t`` title, ``u`` username, ``c`` Telegram's id, ``s`` members, ``l`` language; the
numbers ``a``, ``p`` and ``pc`` are ranks and activity, and no members.
"""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from channels.directory.cards import LONGEST_TITLE
from channels.directory.names import NO_NAME, address_of
from channels.directory.site import MOST_ROOMS, Listed, Site
from channels.figures import read_figure, read_id
from channels.left_out import left_out
from evidence.errors import UnreadableCapture
from evidence.listing import ListedRoom
from evidence.records import PlaceKind

STEP = 100
KEPT = ("t", "u", "c", "s", "l", "a", "p", "pc")
"""``i`` and ``b`` are pictures."""
_MARKED = "-100"
"""In front of a bare id where bots see it."""


def read_rows(text: str, url: str) -> Listed:
    """Read a page of the chart; see ``Site.read``."""
    rooms: dict[str, ListedRoom] = {}
    for row in parse_rows(text):
        room = _read_row(row, "/channels" in urlsplit(url).path)
        if room is not None:
            rooms.setdefault(room.address or str(room.native_id or room.title), room)
    taken = tuple(rooms.values())[:MOST_ROOMS]
    return Listed(rooms=taken, left_out=len(rooms) - len(taken))


def keep_rows(text: str) -> str:
    """The same rows without pictures and whatever else is not known."""
    rows = [{key: row[key] for key in KEPT if isinstance(row.get(key), str | int | float)} for row in parse_rows(text)]
    named = [row | {"t": left_out(row["t"])} if isinstance(row.get("t"), str) else row for row in rows]
    return json.dumps(named, ensure_ascii=False)


def parse_rows(text: str) -> list[dict[str, Any]]:
    """The rows of an answer.

    Raises:
        UnreadableCapture: it is not a JSON list of rows.
    """
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableCapture("layout changed: not the JSON that combot's chart is") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnreadableCapture("layout changed: not a list of rows as combot's chart is")
    if rows and not any("u" in row or "t" in row for row in rows):
        raise UnreadableCapture("layout changed: no row of combot's chart has a name (u) or title (t)")
    return rows


def next_rows(text: str, url: str) -> str | None:
    """The next step of the chart; None behind a step that is not full."""
    query = dict(parse_qsl(urlsplit(url).query))
    step, offset = _number(query.get("limit"), STEP), _number(query.get("offset"), 0)
    if len(parse_rows(text)) < step:
        return None
    return _with(url, limit=step, offset=offset + step)


def first_rows(address: str) -> str:
    """The chart's beginning, with members, which are left out unless asked for."""
    query = dict(parse_qsl(urlsplit(address).query))
    return _with(address, limit=_number(query.get("limit"), STEP), offset=_number(query.get("offset"), 0))


def _read_row(row: dict[str, Any], is_channel: bool) -> ListedRoom | None:
    name, title = str(row.get("u") or ""), " ".join(str(row.get("t") or "").split())[:LONGEST_TITLE] or None
    native_id = read_id(str(row.get("c") or "").removeprefix(_MARKED))
    address = address_of(name)
    if not (address or native_id or title):
        return None
    count = read_figure(str(row["s"])) if isinstance(row.get("s"), str | int) and row["s"] is not True else None
    return ListedRoom(
        address=address,
        listed_by="combot",
        native_id=native_id,
        title=title,
        kind=PlaceKind.CHANNEL if is_channel else PlaceKind.GROUP,
        count=count,
        unit=("subscribers" if is_channel else "members") if count else None,
        refused=None if address else NO_NAME,
    )


def _with(url: str, *, limit: int, offset: int) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | {"limit": str(limit), "offset": str(offset), "only_avatars": "false"}
    return parts._replace(query=urlencode(query)).geturl()


def _number(shown: str | None, otherwise: int) -> int:
    return int(shown) if shown and shown.isdecimal() and len(shown) < 10 else otherwise


SITE = Site(
    name="combot",
    hosts=("combot.org",),
    read=read_rows,
    keep=keep_rows,
    next_page=next_rows,
    first_page=first_rows,
    says_empty="[]",
)
