"""Telegram's public web pages of the practice world, drawn as HTML.

Which page is asked for is decided in ``practice/web.py``; small pieces of markup are in
``practice/markup.py``.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from evidence.records import PlaceKind
from practice import markup
from practice.paging import PreviewPage
from practice.world import PracticePost, PracticeRoom


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What a page about a place shows; without a title, that nobody has the name."""

    heading: str
    """Follows ``Telegram:`` in the title tag."""
    app_url: str
    action: str
    username: str = ""
    title: str = ""
    description: str = ""
    photo: str = ""
    extras: tuple[str, ...] = ()
    preview_path: str | None = None
    verb: str = "view and join"
    is_verified: bool = False


def draw_preview(room: PracticeRoom, page: PreviewPage, base: str, at: datetime) -> str:
    """Draw ``/s/NAME``.

    Args:
        room: a readable channel.
        page: the posts to show.
        base: address of the server, where media would be.
        at: time of the request.
    """
    return _TEMPLATES.get_template("preview.html").render(
        room=room,
        page=page,
        base=base,
        at=at,
        photo=_avatar(room, base),
        counters=_list_counters(room),
    )


def draw_post(room: PracticeRoom | None, post: PracticePost | None, base: str, at: datetime) -> str:
    """Draw ``/NAME/ID?embed=1``; without a post it says "Post not found"."""
    return _TEMPLATES.get_template("post.html").render(room=room, post=post, base=base, at=at)


def draw_landing(room: PracticeRoom, base: str) -> str:
    """Draw ``/NAME`` of a channel, group, user or bot."""
    extras, heading, action, verb = _describe(room)
    return _draw(
        Landing(
            heading=f"{heading} @{room.username}",
            app_url=f"tg://resolve?domain={room.username}",
            action=action,
            username=room.username,
            title=room.title,
            description=room.description,
            photo=_avatar(room, base),
            extras=extras,
            preview_path=f"/s/{room.username}" if room.is_readable else None,
            verb=verb,
            is_verified=room.is_verified,
        )
    )


def draw_absence(username: str) -> str:
    """Draw ``/NAME`` of a name that nobody has; a rate limit shows the same page."""
    return _draw(
        Landing(
            heading=f"Contact @{username}",
            app_url=f"tg://resolve?domain={username}",
            action="Send Message",
            username=username,
        )
    )


def draw_invite(invite: str, base: str) -> str:
    """Draw the page of an invite link, which looks alike for every link."""
    return _draw(
        Landing(
            heading="Join Group Chat",
            app_url=f"tg://join?invite={invite}",
            action="Join Group",
            title="초대로만 들어오는 방",
            photo=f"{base}/media/invite.jpg",
            extras=("136 members, 6 online",),
        )
    )


def _draw(place: Landing) -> str:
    return _TEMPLATES.get_template("landing.html").render(place=place)


def _describe(room: PracticeRoom) -> tuple[tuple[str, ...], str, str, str]:
    """Extras, first word of the heading, label of the button and what one can do there."""
    number = markup.space_out(room.members)
    match room.kind:
        case PlaceKind.GROUP:
            word = markup.name_count(room.members, "member")
            online = f", {markup.space_out(room.online)} online" if room.online else ""
            return (f"{number} {word}{online}",), "View", "View in Telegram", "view and join"
        case PlaceKind.USER:
            return (f"@{room.username}",), "Contact", "Send Message", "contact"
        case PlaceKind.BOT:
            users = f"{number} monthly {markup.name_count(room.members, 'user')}"
            return (f"@{room.username}", users), "Launch", "Start Bot", "launch"
        case _:
            word = markup.name_count(room.members, "subscriber")
            return (f"{number} {word}",), "View", "View in Telegram", "view and join"


def _list_counters(room: PracticeRoom) -> list[tuple[int, str]]:
    """Counters of the header, members first; a kind with none is absent."""
    kinds = ("photo", "video", "file", "link")
    contents = [(room.contents[kind], kind) for kind in kinds if room.contents[kind]]
    return [(room.members, "subscriber"), *contents]


def _list_media(post: PracticePost) -> list[tuple[str, int]]:
    """Every item of a post with its kind and own id."""
    kinds = [item.kind for item in post.media for _ in range(item.number)]
    return list(zip(kinds, post.ids, strict=False))


def _has_kind(post: PracticePost, kind: str) -> bool:
    return any(item.kind == kind for item in post.media)


def _avatar(room: PracticeRoom, base: str) -> str:
    if room.has_photo:
        return f"{base}/media/{room.username}/avatar.jpg"
    drawing = (
        '<svg width="160" height="160" viewBox="0 0 100 100" xmlns="http://www.w3.org/2000/svg">'
        f'<rect width="100" height="100" fill="#d669ed"/><text x="50" y="66">{room.title[:1]}</text></svg>'
    )
    packed = base64.b64encode(drawing.encode()).decode()
    return f"data:image/svg+xml;base64,{quote(packed)}"


def _compile_templates() -> Environment:
    templates = Environment(loader=PackageLoader("practice"), autoescape=True, undefined=StrictUndefined)
    templates.filters |= {
        "html": markup.to_html,
        "plain_html": markup.to_plain_html,
        "abbreviate": markup.abbreviate,
        "name_count": markup.name_count,
        "first_outside_link": markup.first_outside_link,
    }
    templates.globals |= {
        "avatar": _avatar,
        "has_kind": _has_kind,
        "media_items": _list_media,
        "sign_view": markup.sign_view,
    }
    return templates


_TEMPLATES = _compile_templates()
