"""What the benchmarks printed, as ``docs/benchmarks.md`` keeps it: a section each, with day and versions."""

import os
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HEAD = """\
# Benchmarks

What `make bench` printed, section by section, as `python -m bench --write docs/benchmarks.md` wrote it down. Figures of
one section come from one run on one machine: compare ratios, not figures of different sections. Peers run beside ours
in the same run; a benchmark without a section here was not run for this page yet.
`python -m bench NAME` runs one alone; settings of each stand at the top of `bench/NAME.py`. `faults` and `soak` run
only where they are named.

The three largest costs that profiles showed, and what became of them:

- The index of words, an array of keys in each kept post: 4 to 8.5 ms a kept post. Now packed, and gathered into
  segments: 0.18 ms.
- The summary of a day of 33,333 posts, counted in the morning: 14 to 21 s. Now most of it is counted at night: 3.8 s.
- A history of 100,000 messages: a thread for each command to the database, and 270 transactions. Now the driver's own
  async client, and 100 transactions: a fifth less time.
"""
PEERS = (
    "aiohttp",
    "ahocorasick-rs",
    "beautifulsoup4",
    "cryptg",
    "flashtext",
    "google-re2",
    "lxml",
    "parsel",
    "pyahocorasick",
    "pymongo",
    "secantusdb",
    "selectolax",
    "taskiq",
    "telethon",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One benchmark that was run."""

    name: str
    about: str
    """The first line of its documentation."""
    text: str
    """As it printed it."""
    took_s: float
    peak_mb: float
    """Of the largest of its processes that it waited for."""


def write_sections(path: Path, printed: list[Printed]) -> None:
    """Put sections in place of the older ones of their names; the others stay."""
    sections = _sections(path.read_text(encoding="utf-8")) if path.exists() else {}
    sections |= {one.name: _section(one) for one in printed}
    path.write_text("\n".join([HEAD, *(sections[name] for name in sorted(sections))]), encoding="utf-8")


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part.split("\n", 1)[0].removeprefix("## "): part.rstrip() + "\n" for part in parts}


def _section(one: Printed) -> str:
    cost = f"{one.took_s:,.0f} s, {one.peak_mb:,.0f} MB at most"
    made = f"{datetime.now(UTC):%Y-%m-%d}, {_machine()}: {cost}. {_versions()}."
    return f"## {one.name}\n\n{one.about}\n\n{made}\n\n```text\n{one.text.strip()}\n```\n"


def _machine() -> str:
    memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return f"{os.cpu_count()} cores, {memory_gb:.0f} GB, load {os.getloadavg()[0]:.1f} at the end"


def _versions() -> str:
    found = [f"Python {sys.version_info.major}.{sys.version_info.minor}"]
    for name in PEERS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)
