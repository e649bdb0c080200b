"""Media of the Telegram world as messages carry them, with thumbnails, file references and access hashes.

Their bytes are recognisable: a reader that keeps any of them can be caught.
"""

import zlib
from collections.abc import Callable

from telethon.tl import types

from practice.telegram.channel import Message, Spec, hash64, utc

THUMBNAIL = b"PRACTICE-THUMBNAIL-"
"""Begins every inline thumbnail; the message's id follows."""
FILE_REFERENCE = b"PRACTICE-FILE-REFERENCE-"
"""Begins every file reference; the message's id follows."""
HASH_MARK = 0x5AFEC0DE
"""Upper half of the access hash of every photo and document, which so begins with 655689016 in decimal."""

_SECONDS, _WIDE, _HIGH = 7, 640, 360
DOCUMENTS: dict[str, tuple[str, str, Callable[[], list[types.DocumentAttributeVideo]]]] = {
    # Kind: type, file name, and what else says which kind it is.
    "video": ("video/mp4", "practice.mp4", lambda: [types.DocumentAttributeVideo(_SECONDS, _WIDE, _HIGH)]),
    "gif": (
        "video/mp4",
        "practice.gif.mp4",
        lambda: [types.DocumentAttributeVideo(_SECONDS, _WIDE, _HIGH), types.DocumentAttributeAnimated()],
    ),
    "round_video": (
        "video/mp4",
        "",
        lambda: [types.DocumentAttributeVideo(_SECONDS, _HIGH, _HIGH, round_message=True)],
    ),
    "voice": ("audio/ogg", "", lambda: [types.DocumentAttributeAudio(_SECONDS, voice=True, waveform=b"\x1f" * 63)]),
    "audio": (
        "audio/mpeg",
        "",
        lambda: [types.DocumentAttributeAudio(_SECONDS, title="연습곡", performer="동아리")],
    ),
    "sticker": (
        "image/webp",
        "sticker.webp",
        lambda: [types.DocumentAttributeSticker("🙂", types.InputStickerSetEmpty())],
    ),
    "file": ("application/pdf", "정리.pdf", list),
}


def draw_media(owner: int, message: Message) -> types.MessageMediaPhoto | None:
    """The media of a message, or None when it has none.

    Args:
        owner: id of the channel.
        message: at most one of its kinds of media is looked at.
    """
    native_id = message["id"]
    if poll := message.get("poll"):
        return _draw_poll(hash64("poll", owner, native_id), poll)
    photo = message.get("photo", False)
    if photo is not False and photo is not None:
        return types.MessageMediaPhoto(photo=draw_photo(owner, message, {} if photo is True else photo))
    if document := message.get("document"):
        kind = document.get("kind", "file")
        return types.MessageMediaDocument(
            document=_draw_document(owner, message, document),
            video=kind in ("video", "gif", "round_video") or None,
            round=kind == "round_video" or None,
            voice=kind == "voice" or None,
        )
    if page := message.get("webpage"):
        return types.MessageMediaWebPage(_draw_page(owner, message, page))
    if spot := message.get("geo"):
        return types.MessageMediaGeo(types.GeoPoint(spot["lon"], spot["lat"], access_hash(owner, native_id)))
    if contact := message.get("contact"):
        return types.MessageMediaContact(contact["phone"], contact["name"], "", "", 0)
    return types.MessageMediaUnsupported() if message.get("unsupported") else None


def access_hash(owner: int, native_id: int) -> int:
    """The access hash of the photo or document of a message."""
    return HASH_MARK << 32 | zlib.crc32(f"{owner}/{native_id}".encode())


def draw_photo(owner: int, message: Message, photo: Spec) -> types.Photo:
    """A photo with an inline thumbnail."""
    native_id = message["id"]
    return types.Photo(
        id=hash64("photo", owner, native_id),
        access_hash=access_hash(owner, native_id),
        file_reference=FILE_REFERENCE + b"%d" % native_id,
        date=utc(message["date"]),
        dc_id=2,
        sizes=[
            types.PhotoStrippedSize("i", THUMBNAIL + b"%d" % native_id),
            types.PhotoSize("m", 320, 240, 4000),
            types.PhotoSize("x", photo.get("w", 800), photo.get("h", 600), photo.get("size", 20_000)),
        ],
    )


def _draw_document(owner: int, message: Message, document: Spec) -> types.Document:
    native_id = message["id"]
    mime, name, attributes = DOCUMENTS[document.get("kind", "file")]
    name = document.get("name", name)
    named = [types.DocumentAttributeFilename(name)] if name else []
    return types.Document(
        id=hash64("document", owner, native_id),
        access_hash=access_hash(owner, native_id),
        file_reference=FILE_REFERENCE + b"%d" % native_id,
        date=utc(message["date"]),
        mime_type=document.get("mime", mime),
        size=document.get("size", 1000),
        dc_id=2,
        thumbs=[types.PhotoStrippedSize("i", THUMBNAIL + b"%d" % native_id), types.PhotoSize("m", 320, 180, 3000)],
        attributes=[*attributes(), *named],
    )


def _draw_page(owner: int, message: Message, page: Spec) -> types.WebPage:
    return types.WebPage(
        id=hash64("page", page["url"]),
        url=page["url"],
        display_url=page["url"].split("//")[-1],
        hash=0,
        type="article",
        site_name=page.get("site"),
        title=page.get("title"),
        description=page.get("description"),
        photo=draw_photo(owner, message, page),
    )


def _draw_poll(poll_id: int, poll: Spec) -> types.MessageMediaPoll:
    options = [bytes([48 + order]) for order, _ in enumerate(poll["answers"])]
    answers = [
        types.PollAnswer(types.TextWithEntities(text, []), option)
        for option, (text, _) in zip(options, poll["answers"], strict=True)
    ]
    voters = [
        types.PollAnswerVoters(option, voters=votes, recent_voters=[])
        for option, (_, votes) in zip(options, poll["answers"], strict=True)
    ]
    total = sum(votes for _, votes in poll["answers"])
    question = types.TextWithEntities(poll["question"], [])
    return types.MessageMediaPoll(
        types.Poll(id=poll_id, hash=0, question=question, answers=answers, closed=poll.get("closed") or None),
        types.PollResults(results=voters, total_voters=poll.get("total", total)),
    )
