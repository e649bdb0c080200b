"""One exported message: cleaned for keeping, then read into a Post.

Both kinds of export come here in the form of ``result.json``. Cleaning works by what is allowed: a
field that is not named here is not kept, so neither a path of a media file nor a list of members or
of people who reacted can slip in. Reading the kept message gives the same Post.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeAlias

from channels.export.words import (
    any_text,
    clean_parts,
    links_of,
    page_address,
    service_words,
    shown_text,
    without_names,
)
from channels.figures import LARGEST
from evidence.records import Forward, Media, Post

Raw: TypeAlias = Mapping[str, Any]
"""A message as the export has it; any value may be of any type."""
Kept: TypeAlias = dict[str, Any]
"""A message as we keep it."""
Pseudonym: TypeAlias = Callable[[str], str]
"""From what tells a person apart, an id or a name, to what is kept instead."""

_LATEST = 253_402_300_799
"""The last second that a date can name."""
_STAMP = re.compile(r"[0-9T:.+Z -]{1,40}")
_KINDS = {
    "sticker": "sticker",
    "animation": "gif",
    "video_message": "round_video",
    "voice_message": "voice",
    "video_file": "video",
    "audio_file": "audio",
}
_NAMED = ("file", "audio")
"""Kinds whose name or title the web shows too."""
_MEASURES = ("file_size", "photo_file_size", "width", "height", "duration_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the messages of one chat are cleaned."""

    title: str | None
    peer: str | None
    """What ``from_id`` says where the room itself posted, such as ``channel123``."""
    is_channel: bool
    zone: tzinfo | None = None
    """Of times that the export gives without one; None leaves them unknown."""
    pseudonym: Pseudonym | None = None
    """None keeps names as they are."""


def message_id(raw: object) -> int | None:
    """A message's id, which may lie outside of what an id can be; None where it has none."""
    given = raw.get("id") if isinstance(raw, Mapping) else None
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def clean(raw: Raw, manner: Manner) -> Kept:
    """Leave out of a message what must not be kept: media, lists of people and, where asked, names."""
    is_service = raw.get("type") == "service"
    kept = {
        "id": raw["id"],
        "type": "service" if is_service else "message",
        **_times(raw, manner.zone),
        "from": _name(raw, "actor" if "actor" in raw else "from", manner),
        "author": _signature(raw, manner),
        **_origin(raw, manner),
        **_reply(raw),
        **_media(raw),
        "text": clean_parts(raw.get("text") or raw.get("text_entities")),
        "buttons": _buttons(raw),
        "reactions": _reactions(raw),
    }
    if is_service:
        kept |= _service(raw, shown_text(kept["text"]), manner)
    return {key: value for key, value in kept.items() if value not in (None, "", [])}


def read_message(kept: Kept) -> Post:
    """Read a cleaned message."""
    media = sorted((item["kind"], item["number"]) for item in kept.get("media", ()))
    text = kept.get("text", "")
    return Post(
        native_id=kept["id"],
        native_ids=(kept["id"],),
        address=None,
        posted_at=_read_time(kept),
        is_edited="edited" in kept,
        is_service=kept["type"] == "service",
        author=kept.get("author") or kept.get("from"),
        text=shown_text(text),
        captions=tuple(filter(None, map(shown_text, kept.get("captions", ())))),
        forwarded_from=_read_origin(kept),
        reply_to=kept.get("reply_to_message_id"),
        media=tuple(Media(kind=kind, number=number) for kind, number in media),
        links=links_of(text, kept.get("buttons", ())),
    )


# ------------------------------------------------------------------ time


def _times(raw: Raw, zone: tzinfo | None) -> Kept:
    """Times as written; ``posted_at`` only where the zone had to be told."""
    unix = _seconds(raw.get("date_unixtime"))
    local = _stamp(raw.get("date"))
    told = _local_time(local, zone) if unix is None else None
    return {
        "date": local,
        "date_unixtime": unix,
        "posted_at": told.isoformat() if told else None,
        "edited": _edited(raw),
    }


def _stamp(given: object) -> str:
    """A date as written; nothing where other words stand in its place."""
    return given if isinstance(given, str) and _STAMP.fullmatch(given) else ""


def _seconds(given: object) -> int | None:
    digits = str(given) if isinstance(given, (str, int)) else ""
    number = int(digits) if digits.isdecimal() and len(digits) <= 12 else -1
    return number if 0 < number <= _LATEST else None


def _local_time(shown: str, zone: tzinfo | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(shown)
        aware = time if time.tzinfo else time.replace(tzinfo=zone) if zone else None
        return aware.astimezone(UTC) if aware else None
    except (ValueError, OverflowError):
        return None


def _edited(raw: Raw) -> str | None:
    """When it was edited, as written; old exports say 1970 for never."""
    shown = _stamp(raw.get("edited"))
    is_never = shown.startswith(("1970", "1969")) or str(raw.get("edited_unixtime", "")) == "0"
    return None if is_never else shown or None


def _read_time(kept: Kept) -> datetime | None:
    if "date_unixtime" in kept:
        return datetime.fromtimestamp(kept["date_unixtime"], UTC)
    return datetime.fromisoformat(kept["posted_at"]) if "posted_at" in kept else None


# ------------------------------------------------------------------ people and other messages


def _name(raw: Raw, key: str, manner: Manner) -> str | None:
    """Who posted; the room's own name is nobody's, so it stays."""
    name, peer = any_text(raw.get(key)).strip(), raw.get(f"{key}_id")
    is_room = peer == manner.peer if isinstance(peer, str) else name == manner.title
    if manner.pseudonym is None or (is_room and name):
        return name or None
    told_apart_by = str(peer) if isinstance(peer, (str, int)) and peer else name
    return manner.pseudonym(told_apart_by) if told_apart_by else None


def _signature(raw: Raw, manner: Manner) -> str | None:
    name = any_text(raw.get("author")).strip()
    return manner.pseudonym(name) if name and manner.pseudonym else name or None


def _origin(raw: Raw, manner: Manner) -> Kept:
    """Where it was forwarded from: the name of a channel stays, any other may be a person's."""
    if "forwarded_from" not in raw:
        return {}
    peer = raw.get("forwarded_from_id")
    is_channel = isinstance(peer, str) and peer.startswith("channel")
    name = any_text(raw.get("forwarded_from")).strip()
    if manner.pseudonym and not is_channel and name != manner.title:
        name = manner.pseudonym(str(peer) if isinstance(peer, (str, int)) and peer else name) if name or peer else ""
    return {"is_forwarded": True, "forwarded_from": name, "forwarded_from_id": peer if is_channel else None}


def _read_origin(kept: Kept) -> Forward | None:
    return Forward(name=kept.get("forwarded_from"), address=None) if "is_forwarded" in kept else None


def _reply(raw: Raw) -> Kept:
    """The message it answers, unless that is in another chat."""
    answered = raw.get("reply_to_message_id")
    is_id = isinstance(answered, int) and not isinstance(answered, bool) and 0 < abs(answered) <= LARGEST
    return {"reply_to_message_id": answered if is_id and "reply_to_peer_id" not in raw else None}


def _service(raw: Raw, said: str, manner: Manner) -> Kept:
    action = any_text(raw.get("action"))
    title = any_text(raw.get("title") or raw.get("new_title"))
    words = said or any_text(raw.get("information_text"))
    words = without_names(words) if manner.pseudonym else words
    return {"action": action, "title": title, "text": words or service_words(action, title, manner.is_channel)}


# ------------------------------------------------------------------ media and what stands beside them


def _media(raw: Raw) -> Kept:
    kinds = [kind for kind in map(str, _media_kinds(raw)) if kind]
    captions = [*_poll(raw), *_titles(raw, kinds), any_text(raw.get("place_name")), any_text(raw.get("address"))]
    measures = {key: raw[key] for key in _MEASURES if isinstance(raw.get(key), int)} if kinds else {}
    media = [{"kind": kind, "number": 1} for kind in dict.fromkeys(kinds)]
    return {"media": media, "captions": [words for words in captions if words], **measures}


def _media_kinds(raw: Raw) -> list[str]:
    """That a note says "(File not included …)" instead of a path makes no difference: it was there."""
    media_type = raw.get("media_type")
    is_known = isinstance(media_type, str) and media_type in _KINDS
    return [
        "unsupported" if raw.get("type") == "unsupported" else "",
        "photo" if "photo" in raw and raw.get("type") != "service" else "",
        _KINDS[str(media_type)] if is_known else "file" if "file" in raw else "",
        "poll" if "poll" in raw else "",
        "contact" if "contact_information" in raw else "",
        "place" if "location_information" in raw or "place_name" in raw else "",
    ]


def _titles(raw: Raw, kinds: list[str]) -> list[str]:
    """A file's name or a track's title: what the web shows beside the media."""
    if not any(kind in _NAMED for kind in kinds):
        return []
    track = any_text(raw.get("title")) if "audio" in kinds else ""
    return [track or any_text(raw.get("file_name"))]


def _poll(raw: Raw) -> list[str]:
    poll = raw.get("poll")
    if not isinstance(poll, Mapping):
        return []
    options = [answer.get("text") for answer in _list(poll.get("answers")) if isinstance(answer, Mapping)]
    return [shown_text(clean_parts(words)) for words in (poll.get("question"), *options)]


def _buttons(raw: Raw) -> list[str]:
    """Addresses that the buttons of a bot open."""
    buttons = [button for row in _list(raw.get("inline_bot_buttons")) for button in _list(row)]
    urls = [
        str(button.get("data")) for button in buttons if isinstance(button, Mapping) and button.get("type") == "url"
    ]
    return [url for url in map(page_address, urls) if url]


def _reactions(raw: Raw) -> list[Kept]:
    """How often what was chosen; ``recent`` names people and is left out."""
    reactions = [reaction for reaction in _list(raw.get("reactions")) if isinstance(reaction, Mapping)]
    return [
        {"emoji": any_text(reaction.get("emoji"))[:40] or "custom", "count": reaction["count"]}
        for reaction in reactions
        if isinstance(reaction.get("count"), int)
    ]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
