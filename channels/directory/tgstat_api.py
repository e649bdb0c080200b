"""TGStat's API, used instead of its pages where the operator has a key: 100 rooms a question, no further pages.

The key is part of every address and never part of a message, a Capture or anything that Scrapy sees.
"""

import json
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from channels.directory.capture import capture_of
from channels.directory.cards import LONGEST_DESCRIPTION, LONGEST_TITLE
from channels.directory.names import NO_NAME, address_of
from channels.fetch import Fetcher, Response
from channels.figures import read_figure, read_id
from channels.left_out import left_out
from evidence.errors import RateLimited, SourceError, SourceUnavailable, UnreadableCapture
from evidence.listing import DirectoryPage, ListedRoom
from evidence.records import Directory, PlaceKind

BASE, PATH = "https://api.tgstat.ru", "/channels/search"
MOST_ITEMS = 100
KEPT = ("id", "tg_id", "peer_type", "username", "title", "about", "category", "country", "language")
PASSED_ON = ("category", "country", "language")
"""Parts of the directory's address that the API knows too."""
_NO_CATEGORY = ("ratings", "channels", "channel", "chat", "search", "tags", "tag")
_KINDS = {"channel": PlaceKind.CHANNEL, "chat": PlaceKind.GROUP}


async def read_tgstat(
    directory: Directory, fetcher: Fetcher, key: str, base: str = BASE
) -> AsyncGenerator[DirectoryPage, None]:
    """Ask for each of the names looked for, or for the directory's category where there are none.

    Args:
        directory: ``https://tgstat.ru/CATEGORY``, ``?country=kr&language=korean`` behind it if wanted.
        fetcher: open.
        key: of the API.
        base: of the API, without a slash at the end.

    Raises:
        RateLimited: as the host says.
        SourceUnavailable: the API refuses, or says why it can not answer.
        UnreadableCapture: not an answer of this API.
    """
    for name in directory.name_matches or ("",):
        asked = _question(directory, name)
        shown = f"{base}{PATH}?{urlencode(asked)}"
        answer = await _get(fetcher, f"{base}{PATH}?{urlencode(asked | {'token': key})}", key)
        items = [_keep(item) for item in read_items(answer.body.decode("utf-8", "replace"), shown)]
        kept = json.dumps(items, ensure_ascii=False)
        yield DirectoryPage(
            site="tgstat",
            capture=capture_of(directory, shown, answer, kept),
            rooms=tuple(room for item in items if (room := read_item(item))),
            note=f"the API names {MOST_ITEMS} rooms a question at the most" if len(items) >= MOST_ITEMS else None,
        )


def read_items(text: str, url: str) -> list[dict[str, Any]]:
    """The rows of an answer, or the reason why there are none."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or "status" not in answer:
        raise UnreadableCapture(f"{url}: layout changed: not an answer of TGStat's API")
    if answer["status"] != "ok":
        raise SourceUnavailable(f"{url}: TGStat's API refused: {str(answer.get('error'))[:100]}")
    response = answer.get("response")
    items = response.get("items") if isinstance(response, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise UnreadableCapture(f"{url}: layout changed: no list of items in the answer of TGStat's API")
    return items


def read_item(item: dict[str, Any]) -> ListedRoom | None:
    """One room; None where the row has neither name, id nor title."""
    address, native_id = address_of(str(item.get("username") or "")), read_id(str(item.get("tg_id") or ""))
    title = _words(item.get("title"), LONGEST_TITLE)
    if not (address or native_id or title):
        return None
    kind = _KINDS.get(str(item.get("peer_type")), PlaceKind.CHANNEL)
    count = read_figure(str(item.get("participants_count")))
    return ListedRoom(
        address=address,
        listed_by="tgstat",
        native_id=native_id,
        title=title,
        description=_words(item.get("about"), LONGEST_DESCRIPTION),
        kind=kind,
        count=count,
        unit=("subscribers" if kind is PlaceKind.CHANNEL else "members") if count else None,
        refused=None if address else NO_NAME,
    )


def _question(directory: Directory, name: str) -> dict[str, str]:
    parts = urlsplit(directory.address)
    first = parts.path.strip("/").split("/")[0]
    asked = {} if first in _NO_CATEGORY or not first else {"category": first}
    asked |= {key: value for key, value in parse_qsl(parts.query) if key in PASSED_ON}
    if name:
        asked |= {"q": name, "search_by_description": "1"}
    return asked | {"limit": str(MOST_ITEMS)}


async def _get(fetcher: Fetcher, url: str, key: str) -> Response:
    """An answer; messages are freed of the key."""
    try:
        return await fetcher.get(url, (urlsplit(url).netloc,))
    except RateLimited as problem:
        raise RateLimited(_without(key, problem), problem.retry_after_s) from None
    except SourceError as problem:
        raise type(problem)(_without(key, problem)) from None


def _without(key: str, problem: SourceError) -> str:
    return str(problem).replace(urlencode({"token": key}), "token=…").replace(key, "…")


def _keep(item: dict[str, Any]) -> dict[str, Any]:
    kept = {name: item[name] for name in KEPT if isinstance(item.get(name), str | int)}
    words = {name: left_out(kept[name]) for name in ("title", "about") if isinstance(kept.get(name), str)}
    return kept | words | {"participants_count": item.get("participants_count")}


def _words(value: object, longest: int) -> str | None:
    return " ".join(value.split())[:longest] or None if isinstance(value, str) else None
