"""docs/scaling.md tells the truth: its weights are those of a measured store, its model adds up."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient

from bench.sizes import Weighed, weigh_posts
from storage.mongo import Document
from storage.schema import SHARD_KEYS

TEXT = (Path(__file__).parents[1] / "docs" / "scaling.md").read_text(encoding="utf-8")
POSTS, LEAST = 600, 100
NEAR = 0.3
"""By how much a small store may differ from the measured one."""
REAL_PAGE, DAY_OF_A_ROOM, KEPT_DAYS, PLACES = 8_300, 1_100, 90, 0.06


def table(head: str) -> list[list[str]]:
    """Cells of the table that begins so."""
    rows = TEXT.split(head)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def number(cell: str) -> float:
    """As people write it."""
    return float(cell.replace(",", ""))


WEIGHTS = {what: number(size) for what, size, _ in table("| for | bytes | in |")}


@pytest.fixture(scope="module")
def weighed(database_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weighed]:
    """A small store, weighed."""
    uri = urlsplit(database_uri)._replace(path="/test_sizes").geturl()
    yield asyncio.run(weigh_posts(uri, tmp_path_factory.mktemp("sizes"), POSTS, LEAST))
    with MongoClient[Document](uri) as client:
        client.drop_database("test_sizes")


@pytest.mark.slow
def test_the_weights_are_measured(weighed: Weighed) -> None:
    """Whoever makes documents larger changes the page too."""
    measured = {what: size for what, _, size in weighed.groups()}
    assert set(WEIGHTS) == set(measured)
    assert {} == {what: size for what, size in measured.items() if abs(size / WEIGHTS[what] - 1) > NEAR}


def test_the_model_adds_up() -> None:
    """The table of deployments is what the formulas give."""
    read, page, kept, flagged, one_pass, hour = WEIGHTS.values()
    assert page < REAL_PAGE
    for cells in table("| rooms | passes a day |"):
        rooms, passes, *given = map(number, cells)
        posts = 50 * rooms
        made = [
            rooms * min(50, passes) * 7 * REAL_PAGE,
            posts * 0.05 * KEPT_DAYS * kept,
            posts * 0.005 * 365 * (kept + flagged),
            rooms * 365 * (passes * one_pass + 24 * hour + 50 * read + DAY_OF_A_ROOM),
        ]
        assert [pytest.approx(size / 1e9, rel=PLACES, abs=0.01) for size in (*made, sum(made))] == given


def test_what_is_sharded_is_said() -> None:
    """Each collection with its key, as the store has it."""
    said = {
        name: key.strip("`").replace('"', "")
        for names, key, _ in table("| collections | key | why |")
        for name in re.findall(r"`(\w+)`", names)
    }
    assert said == {name: f"{{_id: {key['_id']}}}" for name, key in SHARD_KEYS.items()}
