"""Pages of t.me in small, written here in the class names of the real ones."""

import base64
import json

from channels.pages import read_page
from evidence.records import Post

HEAD = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Room – Telegram</title></head><body>'
TAIL = "</body></html>\n<!-- page generated in 9ms -->"
TIME = "2026-11-20T09:00:00+00:00"
LABEL = '<div class="message_media_not_supported_label">Please open Telegram to view this post</div>'


def token(peer: int = -1_000_123_456, native_id: int | str = 1) -> str:
    """What ``data-view`` carries."""
    view = {"c": peer, "p": native_id, "t": 1_777_999_520, "h": "0123456789abcdef"}
    return base64.b64encode(json.dumps(view).encode()).decode().rstrip("=")


def text(html: str) -> str:
    """The body of a post."""
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{html}</div>'


def photo(href: str, is_grouped: bool = False) -> str:
    """A photo; in an album its link ends in ``?single``."""
    grouped = " grouped_media_wrap" if is_grouped else ""
    style = "background-image:url('https://cdn4.telesco.pe/file/abc.jpg')"
    return f'<a class="tgme_widget_message_photo_wrap{grouped}" href="{href}" style="{style}"></a>'


def video(inner: str = '<div class="message_video_play"></div>', more: str = "") -> str:
    """A video; without a play button it is a GIF."""
    return (
        f'<a class="tgme_widget_message_video_player{more}" href="https://t.me/room/1">'
        f'<video src="https://cdn4.telesco.pe/file/abc.mp4" class="tgme_widget_message_video"></video>{inner}</a>'
    )


def document(title: str, href: str = "https://t.me/room/1", icon: str = "") -> str:
    """A file, or music with ``icon`` set to ``audio``."""
    return (
        f'<a class="tgme_widget_message_document_wrap" href="{href}">'
        f'<div class="tgme_widget_message_document_icon {icon}"></div>'
        f'<div class="tgme_widget_message_document_title">{title}</div>'
        '<div class="tgme_widget_message_document_extra">1.2 MB</div></a>'
    )


def footer(views: str = "879", meta: str = "", time: str = TIME) -> str:
    """Views, then signature and edited mark as ``meta``, then the date."""
    return (
        f'<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">{views}</span>'
        f'<span class="copyonly"> views</span><span class="tgme_widget_message_meta">{meta}'
        f'<a class="tgme_widget_message_date" href="https://t.me/room/1"><time datetime="{time}">09:00</time></a>'
        "</span></div>"
    )


def block(body: str = "", post: str = "room/1", foot: str | None = None, author: str = "", more: str = "") -> str:
    """One post's element."""
    name = '<a class="tgme_widget_message_owner_name" href="https://t.me/room"><span dir="auto">Room</span></a>'
    return (
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message {more} js-widget_message"'
        f' data-post="{post}" data-view="{token()}"><div class="tgme_widget_message_bubble">'
        f'<div class="tgme_widget_message_author">{author or name}</div>{body}'
        f"{footer() if foot is None else foot}</div></div></div>"
    )


def counter(value: str, unit: str) -> str:
    """One number of the head of a channel."""
    return (
        f'<div class="tgme_channel_info_counter"><span class="counter_value">{value}</span> '
        f'<span class="counter_type">{unit}</span></div>'
    )


def preview(*blocks: str, counters: str = "", title: str = "", more: str = "", description: str = "") -> str:
    """A page of ``/s/room``; ``more`` stands around the posts, as links to other pages do."""
    shown = title or '<div class="tgme_channel_info_header_title"><span dir="auto">Room</span></div>'
    return (
        f'{HEAD}<div class="tgme_channel_info"><div class="tgme_channel_info_header">{shown}'
        '<div class="tgme_channel_info_header_username"><a href="https://t.me/room">@room</a></div></div>'
        f'<div class="tgme_channel_info_counters">{counters}</div>{description}</div>'
        f'<main class="tgme_main" data-url="/room"><section>{more}{"".join(blocks)}</section></main>{TAIL}'
    )


def older(before: int) -> str:
    """The link to older posts."""
    return f'<a href="/s/room?before={before}" class="tme_messages_more" data-before="{before}"></a>'


def single(body: str) -> str:
    """A page of ``/room/ID?embed=1``."""
    return f"{HEAD}{body}{TAIL}"


def landing(*extras: str, title: str | None = "Room", button: str = "View in Telegram", more: str = "") -> str:
    """A page of ``/room``; without a title nobody has the name."""
    shown = "" if title is None else f'<div class="tgme_page_title" dir="auto"><span dir="auto">{title}</span></div>'
    lines = "".join(f'<div class="tgme_page_extra">{extra}</div>' for extra in extras)
    action = f'<a class="tgme_action_button_new" href="tg://resolve?domain=room">{button}</a>'
    return f'{HEAD}<div class="tgme_page">{shown}{lines}<div class="tgme_page_action">{action}</div>{more}</div>{TAIL}'


def read_post(body: str = "", **parts: str) -> Post:
    """The only post of a page that shows this body."""
    (post,) = read_page(preview(block(body, **parts))).posts
    return post
