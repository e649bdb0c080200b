"""Reading Telegram Desktop exports: ours beside ``json.load`` and BeautifulSoup, the same facts from each."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from bench.table import measure_in_turns, print_speeds, print_table
from channels.export import open_export

MESSAGES, LARGE_BYTES = 20_000, 200_000_000
Facts = tuple[int, str, str, int]
"""Of a message: id, time in UTC, author, number of links."""

MEASURED = {
    "haechi": "from channels.export import open_export\n"
    "print(sum(len(batch.posts) for batch in open_export(path).posts()))",
    "json.load": "import json\nprint(len(json.load(path.open(encoding='utf-8'))['messages']))",
}


def main() -> None:
    """Print messages a second of each reader, and the memory of each on a large file."""
    with tempfile.TemporaryDirectory() as folder:
        result = write_result(Path(folder, "result.json"), number=MESSAGES)
        works: dict[str, Callable[[], int]] = {
            "haechi, cleaned for keeping": lambda: sum(len(batch.posts) for batch in open_export(result).posts()),
            "json.load + plain loop": lambda: len(by_json(result)),
        }
        assert ours(result) == by_json(result)
        speeds = measure_in_turns(works, rounds=3)
        print_speeds(f"Reading result.json of {MESSAGES:,} messages", "messages", speeds, "haechi, cleaned for keeping")
        page = saved_page() or write_page(Path(folder, "messages.html"))
        works = {
            "haechi, cleaned for keeping": lambda: len(ours(page)),
            "BeautifulSoup + lxml": lambda: len(by_soup(page)),
        }
        assert ours(page) == by_soup(page)
        speeds = measure_in_turns(works, rounds=3)
        print_speeds("Reading messages.html", "messages", speeds, "haechi, cleaned for keeping")
        large = write_result(Path(folder, "large.json"), size_bytes=LARGE_BYTES)
        rows = [(name, *map(str, measure_alone(code, large))) for name, code in MEASURED.items()]
        print_table(f"Reading {LARGE_BYTES // 10**6} MB", ("", "messages", "peak MB"), rows)


def measure_alone(code: str, path: Path) -> tuple[int, int]:
    """Messages and megabytes of a process that reads a file."""
    head = "import re, sys\nfrom pathlib import Path\npath = Path(sys.argv[1])\n"
    tail = "\nprint(int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024)"
    ended = subprocess.run([sys.executable, "-c", head + code + tail, path], capture_output=True, text=True, check=True)
    messages, peak_mb = map(int, ended.stdout.split())
    return messages, peak_mb


def ours(path: Path) -> list[Facts]:
    """Facts of all posts."""
    return [
        (post.native_id, post.posted_at.isoformat() if post.posted_at else "", post.author or "", len(post.links))
        for batch in open_export(path).posts()
        for post in batch.posts
        if not post.is_service
    ]


def by_json(path: Path) -> list[Facts]:
    """The same facts, the whole file in memory."""
    with path.open(encoding="utf-8") as file:
        messages = json.load(file)["messages"]
    return [
        (
            message["id"],
            datetime.fromtimestamp(int(message["date_unixtime"]), UTC).isoformat(),
            message["from"],
            sum(isinstance(part, dict) and part["type"] == "link" for part in message["text"]),
        )
        for message in messages
    ]


def by_soup(path: Path) -> list[Facts]:
    """The same facts by BeautifulSoup."""
    blocks = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").select("div.message.default")
    return list(_soup_facts(blocks))


def _soup_facts(blocks: list[Tag]) -> Iterator[Facts]:
    author = ""
    for block in blocks:
        name = block.select_one(".body > .from_name")
        if name is not None and "joined" not in block["class"]:
            author = name.get_text().strip().partition("  via @")[0]
        date = block.select_one(".date.details")
        title = str(date["title"]) if date else ""
        links = {str(link["href"]) for link in block.select(".text a[href]") if link["href"]}
        yield int(str(block["id"])[7:]), _soup_time(title), author, len(links)


def _soup_time(title: str) -> str:
    if "UTC" not in title:
        return ""
    return datetime.strptime(title, "%d.%m.%Y %H:%M:%S UTC%z").astimezone(UTC).isoformat()


# ------------------------------------------------------------------ invented exports


def write_result(path: Path, number: int = sys.maxsize, size_bytes: int = sys.maxsize) -> Path:
    """An export of so many messages, or of about a size."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"name": "햇살 알림방", "type": "public_channel", "id": 1900000777, "messages": [\n')
        for native_id in range(1, number + 1):
            file.write(",\n" if native_id > 1 else "")
            file.write(json.dumps(_message(native_id), ensure_ascii=False, indent=1))
            if file.tell() > size_bytes:
                break
        file.write("]}")
    return path


def _message(native_id: int) -> dict[str, Any]:
    link = {"type": "link", "text": f"https://a.example/{native_id}"}
    parts: list[Any] = ["내일 소풍은 ", {"type": "bold", "text": "강가"}, "로 갑니다. " * 8, link]
    return {
        "id": native_id,
        "type": "message",
        "date": "2026-09-21T23:13:20",
        "date_unixtime": "1790000000",
        "from": "햇살 알림방",
        "from_id": "channel1900000777",
        "text": parts,
        "text_entities": [part if isinstance(part, dict) else {"type": "plain", "text": part} for part in parts],
        "reactions": [{"type": "emoji", "count": 3, "emoji": "👍"}],
    }


def saved_page() -> Path | None:
    """The largest saved page where ``HAECHI_TEST_DATA`` names some."""
    folder = os.environ.get("HAECHI_TEST_DATA")
    pages = Path(folder, "pages", "export").glob("*.html") if folder else ()
    return max(pages, key=lambda page: page.stat().st_size, default=None)


def write_page(path: Path) -> Path:
    """A page of a thousand messages."""
    print("HAECHI_TEST_DATA is not set: an invented page instead of a real one")
    block = (
        '<div class="message default clearfix" id="message{0}"><div class="body"><div class="pull_right date details"'
        ' title="21.09.2026 23:13:20 UTC+09:00">23:13</div><div class="from_name">\n햇살 알림방 \n</div>'
        '<div class="text">\n소풍은 <strong>강가</strong><br><a href="https://a.example/{0}">a</a>\n</div></div></div>'
    )
    head = '<!DOCTYPE html><html><body><div class="page_wrap"><div class="page_header"><div class="text bold">\n햇살\n'
    blocks = "".join(map(block.format, range(1, 1_001)))
    path.write_text(f'{head}</div></div><div class="history">{blocks}</div></div></body></html>', encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
