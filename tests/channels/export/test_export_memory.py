"""A large export in a process of its own, whose memory is looked at."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.channels.export.making import ROOM, message

SIZE_MB, GROWTH_MB = 100, 80

READ = r"""
import re, sys
from pathlib import Path
from channels.export import open_export

def peak_mb():
    # not of getrusage: that one remembers the process by which this one was started
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024

small, large = map(Path, sys.argv[1:])
posts = sum(len(batch.posts) for batch in open_export(small).posts())
before = peak_mb()
export = open_export(large)
export.sha256()
posts = sum(len(batch.posts) for batch in export.posts(pseudonym=str))
print(posts, round(peak_mb() - before))
"""


def write_export(path: Path, size_bytes: int) -> int:
    """An export of about a size; returns how many messages it has."""
    number = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(ROOM, ensure_ascii=False)[:-1] + ', "messages": [')
        while file.tell() < size_bytes:
            number += 1
            text = [f"소풍 {number} ", {"type": "link", "text": "https://a.example/"}, " 글" * 100]
            file.write(("" if number == 1 else ",\n") + json.dumps(message(number, text), ensure_ascii=False, indent=1))
        file.write("]}")
    return number


@pytest.mark.slow
def test_memory_is_flat(tmp_path: Path) -> None:
    """100 MB are read, hashed and cleaned for keeping within 80 MB more than a small file takes."""
    write_export(tmp_path / "small.json", 10_000)
    number = write_export(tmp_path / "large.json", SIZE_MB * 1_000_000)
    ended = subprocess.run(
        [sys.executable, "-c", READ, tmp_path / "small.json", tmp_path / "large.json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    posts, growth_mb = map(int, ended.stdout.split())
    assert number == posts
    assert growth_mb < GROWTH_MB
