"""Exports in small, invented here in the form of real ones."""

import json
from datetime import tzinfo
from pathlib import Path
from typing import Any

from channels.export import open_export
from evidence.errors import UnreadableCapture
from evidence.records import Post

ROOM = {"name": "햇살 알림방", "type": "public_channel", "id": 1_900_000_777}
UNIX, LOCAL = "1790000000", "2026-09-21T23:13:20"
"""One moment: 2026-09-21T14:13:20Z, as written in Seoul."""
NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"


def message(native_id: Any = 1, text: Any = "", **fields: Any) -> dict[str, Any]:
    """A message of the room itself."""
    own = {"from": ROOM["name"], "from_id": f"channel{ROOM['id']}"}
    return {"id": native_id, "type": "message", "date": LOCAL, "date_unixtime": UNIX} | own | {"text": text} | fields


def service(native_id: int, action: str, **fields: Any) -> dict[str, Any]:
    """A service message."""
    return {"id": native_id, "type": "service", "date": LOCAL, "date_unixtime": UNIX, "action": action} | fields


def chat(*messages: Any, **head: Any) -> dict[str, Any]:
    """An export of one chat."""
    return ROOM | head | {"messages": list(messages)}


def account(*chats: dict[str, Any], left: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """An export of a whole account."""
    return {
        "about": "Here is what you asked for.",
        "personal_information": {"user_id": 1, "first_name": "아무개", "bio": ""},
        "contacts": {"about": "", "list": [{"first_name": "이웃", "date": LOCAL}]},
        "chats": {"about": "", "list": list(chats)},
        "left_chats": {"about": "", "list": list(left)},
    }


def write(folder: Path, export: Any) -> Path:
    """``result.json`` with Telegram Desktop's indentation."""
    path = folder / "result.json"
    path.write_text(json.dumps(export, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def read_posts(path: Path, wanted: str | None = None, zone: tzinfo | None = None) -> list[Post]:
    """All posts of a file."""
    return [post for batch in open_export(path, wanted, zone).posts() for post in batch.posts]


def read_one(folder: Path, raw: dict[str, Any], zone: tzinfo | None = None, **head: Any) -> Post:
    """The post that a single message is read as."""
    (post,) = read_posts(write(folder, chat(raw, **head)), zone=zone)
    return post


# ------------------------------------------------------------------ HTML

TIME = "21.09.2026 23:13:20 UTC+09:00"


def block(native_id: int, body: str, name: str | None = "햇살 알림방", time: str = TIME) -> str:
    """A message; without a name it is joined to the one above."""
    joined = "" if name is not None else " joined"
    sender = f'\n<div class="from_name">\n{name} \n</div>' if name is not None else ""
    return (
        f'<div class="message default clearfix{joined}" id="message{native_id}"><div class="body">\n'
        f'<div class="pull_right date details" title="{time}">\n23:13\n</div>{sender}{body}</div></div>\n'
    )


def said(html: str) -> str:
    """The text of a message, with the white space that Telegram Desktop puts around it."""
    return f'\n       <div class="text">\n{html}\n       </div>\n'


def wrap(html: str) -> str:
    """Media of a message."""
    return f'<div class="media_wrap clearfix">{html}</div>'


def generic(kind: str, title: str, description: str = "") -> str:
    """Media whose file was not included."""
    return wrap(
        f'<div class="media clearfix pull_left {kind}"><div class="fill pull_left"></div><div class="body">'
        f'<div class="title bold">{title}</div><div class="description">{description}</div>'
        '<div class="status details">1.2 MB</div></div></div>'
    )


def notice(native_id: int, words: str) -> str:
    """A service message, or the line that names a day."""
    return f'<div class="message service" id="message{native_id}"><div class="body details">\n{words}\n</div></div>\n'


def page(*blocks: str, following: str = "", before: str = "", title: str = "햇살 알림방") -> str:
    """A page of a set."""
    back = f'<a class="pagination block_link" href="{before}">\nPrevious messages\n</a>' if before else ""
    on = f'<a class="pagination block_link" href="{following}">\nNext messages\n</a>' if following else ""
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"/><title>Exported Data</title></head><body>'
        f'<div class="page_wrap"><div class="page_header"><div class="content"><div class="text bold">\n{title} \n'
        f'</div></div></div><div class="page_body chat_page"><div class="history">{back}{"".join(blocks)}{on}</div>'
        "</div></div></body></html>"
    )


def write_page(folder: Path, html: str, name: str = "messages.html") -> Path:
    """A page as a file."""
    path = folder / name
    path.write_text(html, encoding="utf-8")
    return path


def read_block(folder: Path, html: str) -> Post:
    """The post that a single block is read as."""
    (post,) = read_posts(write_page(folder, page(html)))
    return post


def read_until_fault(path: Path, wanted: str | None = None) -> tuple[list[int], str]:
    """Ids of what could be read of a broken file, and why no more."""
    found: list[int] = []
    try:
        for batch in open_export(path, wanted).posts():
            found += [post.native_id for post in batch.posts]
    except UnreadableCapture as fault:
        return found, str(fault)
    return found, "nothing is wrong with it"
