"""Several real commands at once over the same rooms: each post is read once."""

import pytest

from practice.web import PracticeWeb
from tests.crawler.conftest import WATCHLIST_FILE
from tests.crawler.serving import finish, start
from tests.storage.making import everything

REASON = "another command is reading this source just now"


@pytest.mark.slow
def test_three_commands_at_once_read_each_room_once(env: dict[str, str], site: PracticeWeb, own_database: str) -> None:
    """Every post is new to one of them only, has one revision, and no hour is blind for the others' sake."""
    site.faults.delay_s = 0.2
    processes = [start("once", "-w", str(WATCHLIST_FILE), "--json", env=env) for _ in range(3)]
    rows = [row for process in processes for row in finish(process).rows]
    assert 21 == len(rows)
    assert any(row["reason"] == REASON for row in rows)
    for name, room in site.world.rooms.items():
        new = [row["new"] for row in rows if row["source"] == f"https://t.me/{name}"]
        assert not new or sum(new) in (0, len(room.posts))
    stored = everything(own_database)
    assert {1} == {post["revision"] for post in stored["posts"]}
    assert [] == [hour for hour in stored["coverage"] if hour["reason"] == REASON]
    assert [] == stored["leases"]
