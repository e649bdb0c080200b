"""Facts that a person read in saved exports, against what is read of them.

The exports themselves are other people's and stay in the folder that HAECHI_TEST_DATA names.
"""

from collections import Counter
from pathlib import Path

import pytest

from channels.export import open_export, read_kept
from evidence.records import Post
from tests.channels.export.making import read_posts

PLACES = """
bot_chat-messages-2026.html                 | bot     |            | 75   | refused
personal_chat-dm.json                       | user    | 700000000  | 8    | refused
personal_chat.json                          | user    | 123456789  | 5    | refused
public_channel-2026-06-13.json              | channel | 2447843635 | 5    |
public_channel-2026-06-14.json              | channel | 2447843635 | 4    |
public_channel-messages-page1-2022.html     | channel |            | 1000 |
"""
"""File, kind, id, number of messages, whether it must not be imported."""

POSTS = """
bot_chat-messages-2026.html | 779 | 2026-03-16T00:26:58 | furbo_signals_bot | | 1 | 🟢 BACK CS 2-0/0-2
bot_chat-messages-2026.html | 781 | 2026-03-16T00:33:33 | furbo_signals_bot | | 1 | 🟢 BACK Draw 1-1
bot_chat-messages-2026.html | 882 | 2026-03-17T12:06:55 | furbo_signals_bot | | 1 | 🟢 BACK CS One-Goal
personal_chat-dm.json | 2675 service | | Bob | | 0 | joined_telegram
personal_chat-dm.json | 3644 | | Bob | | 1 | https://google.com 👀
personal_chat-dm.json | 3662 | 2022-05-09T22:23:53 | Bob | | 0 | world?
personal_chat-dm.json | 3672 | 2022-06-10T22:06:38 | Alice | photo 1 | 0 |
personal_chat.json | 3 | 2024-01-15T10:52:00 | Alice | | 0 | Check this important message
personal_chat.json | 4 reply 3 | 2024-01-16T09:00:00 | Bob | | 0 | Got it!
public_channel-2026-06-13.json | 3842 edited | 2026-06-13T12:48:01 | ГУЗЕЛЬСКИЕ ПЕРЕЗАЛИВЫ | photo 1 | 3 | Зима
public_channel-2026-06-13.json | 3846 edited | 2026-06-13T12:48:01 | ГУЗЕЛЬСКИЕ ПЕРЕЗАЛИВЫ | video 1 | 0 |
public_channel-2026-06-14.json | 3847 edited | 2026-06-14T12:07:01 | ГУЗЕЛЬСКИЕ ПЕРЕЗАЛИВЫ | photo 1 | 3 | Сверхъ
public_channel-messages-page1-2022.html | 1 service | | | | 0 | Channel «Android Security & Malware» created
public_channel-messages-page1-2022.html | 7 | | Android Security & Malware | | 1 | This blog post is about
public_channel-messages-page1-2022.html | 15 | | Android Security & Malware | photo 1 | 0 | Not cool. At least it
public_channel-messages-page1-2022.html | 43 | | Android Security & Malware | file 1 | 0 |
public_channel-messages-page1-2022.html | 44 | | Android Security & Malware | file 1 | 0 |
public_channel-messages-page1-2022.html | 48 forward The Bug Bounty Hunter | | Android Security & Malware | | 1 | Pen
public_channel-messages-page1-2022.html | 67 reply 66 | | Android Security & Malware | | 0 | This means that Huawei
public_channel-messages-page1-2022.html | 624 | | Android Security & Malware | | 0 | What mobile OS you are
public_channel-messages-page1-2022.html | 1007 | | Android Security & Malware | | 1 | Alien - the story of
"""
"""File, id and marks, time, author, media, number of links, first words."""


@pytest.fixture(scope="session")
def exports(real_pages: Path) -> Path:
    """The folder of saved exports."""
    return real_pages / "export"


def rows(table: str) -> list[list[str]]:
    """The cells of a table."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.mark.parametrize("row", rows(PLACES), ids=lambda row: row[0])
def test_places(exports: Path, row: list[str]) -> None:
    """Kind, id, how many messages, and whether it is a conversation of persons."""
    export = open_export(exports / row[0])
    number = sum(len(batch.posts) for batch in export.posts())
    refused = "refused" if export.refusal else ""
    assert row[1:] == [str(export.place.kind), str(export.place.native_id or ""), str(number), refused]


@pytest.mark.parametrize("row", rows(POSTS), ids=lambda row: f"{row[0]}-{row[1]}")
def test_posts(exports: Path, row: list[str]) -> None:
    """What a person saw in the file."""
    file, marks, *facts, words = row
    post = next(post for post in read_posts(exports / file) if post.native_id == int(marks.split()[0]))
    assert [marks, *facts] == post_row(post)
    assert post.text.startswith(words)


def post_row(post: Post) -> list[str]:
    """A post as a row of the table, without its words."""
    forward = f"forward {post.forwarded_from.name}" if post.forwarded_from else ""
    reply = f"reply {post.reply_to}" if post.reply_to else ""
    marks = [str(post.native_id), "edited" if post.is_edited else "", "service" if post.is_service else ""]
    return [
        " ".join(filter(None, [*marks, forward, reply])),
        post.posted_at.isoformat().removesuffix("+00:00") if post.posted_at else "",
        post.author or "",
        " ".join(f"{item.kind} {item.number}" for item in post.media),
        str(len(post.links)),
    ]


def test_a_whole_page(exports: Path) -> None:
    """Counted in the file without our reader; what is kept of it reads the same and names no file."""
    path = exports / "public_channel-messages-page1-2022.html"
    html = path.read_text(encoding="utf-8")
    batches = list(open_export(path).posts())
    posts = [post for batch in batches for post in batch.posts]
    kinds = Counter(item.kind for post in posts for item in post.media)
    assert {"photo": html.count('class="photo_wrap'), "file": html.count("media_file"), "gif": 1} == dict(kinds)
    assert html.count("forwarded body") == sum(post.forwarded_from is not None for post in posts)
    assert html.count('class="reply_to') == sum(post.reply_to is not None for post in posts)
    assert posts == [post for batch in batches for post in read_kept(batch.kept)]
    assert all(b"photos/photo_" not in batch.kept for batch in batches)
