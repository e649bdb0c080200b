"""What the documents on security claim is tied to tests and code that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMES = ("threat-model.md", "asvs.md")
TEXTS = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in NAMES}
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PARTS = {
    "The console (its process)",
    "The account of one of staff (laptop, browser, password)",
    "The worker (the process that collects)",
    "The broker (RabbitMQ, where there are many workers)",
    "The database (read, or written, without the master key)",
    "A backup",
    "The master key file",
    "A Telegram session file",
    "The mail server, a mailbox, the webhook",
    "What we are built from (a library, the index, our repository)",
    "A time-stamp authority",
    "The log lines and the figures",
}


@cache
def named_in(path: Path) -> frozenset[str]:
    """Names of the tests in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def rows(text: str) -> list[list[str]]:
    """Rows of all tables, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    heads = {line for line, below in zip(text.splitlines(), text.splitlines()[1:], strict=False) if "---" in below}
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line not in heads]


@pytest.mark.parametrize("name", NAMES)
def test_every_test_that_is_named_exists(name: str) -> None:
    """A claim whose test was renamed or taken away is found."""
    named = TEST.findall(TEXTS[name])
    assert len(named) > 20
    wrong = [
        f"{path}::{test}" for path, test in named if not (ROOT / path).exists() or test not in named_in(ROOT / path)
    ]
    assert [] == wrong


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_a_test(name: str) -> None:
    """What no test shows is not claimed."""
    assert [] == [row[0] for row in rows(TEXTS[name]) if not set("".join(row)) <= {"-"} and not TEST.search(row[-1])]


def test_every_part_says_what_it_gives_away() -> None:
    """First what falls, then what does not."""
    _, *sections = re.split(r"^## ", TEXTS["threat-model.md"], flags=re.MULTILINE)
    found = {title: words for title, _, words in (section.partition("\n") for section in sections)}
    assert PARTS | {"Assumed"} == set(found)
    assert [] == [part for part in PARTS if not re.search(r"^\*\*Gives? away:\*\*", found[part], re.MULTILINE)]


def test_items_of_the_standard_are_in_order_and_once() -> None:
    """Each with its level and a file that is there; none that is listed as not met."""
    items = [row for row in rows(TEXTS["asvs.md"]) if re.fullmatch(r"[\d.]+", row[0])]
    numbers = [tuple(int(part) for part in row[0].split(".")) for row in items]
    assert sorted(set(numbers)) == numbers
    assert {"1", "2", "3"} == {row[1] for row in items}
    assert [] == [row[3] for row in items if not (ROOT / row[3].strip("`")).is_file()]
    unmet = set(re.findall(r"(\d+\.\d+\.\d+) \(", TEXTS["asvs.md"].partition("| item")[0]))
    assert set() == unmet & {row[0] for row in items}
