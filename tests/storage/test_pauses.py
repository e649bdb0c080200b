"""Pauses and mutes: who stopped what, until when, and never without the log."""

from datetime import timedelta
from pathlib import Path

import pytest

from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.errors import ConfigError, SourcePaused, StorageError
from evidence.pause import EVERYTHING, Quiet, parse_about
from storage.custody import open_custody
from storage.mongo import Store
from storage.pauses import check_pause, pause, paused_addresses, resume, standing_pauses
from tests.conftest import Clock
from tests.storage.custody_reading import logged

ROOM, LIST = "https://t.me/example_room", "https://example.org/list?kind=a&page=1"
STAFF = Staff(actor="staff-000000000001", role="monitor", session_id="s")


async def why(store: Store, address: str, clock: Clock) -> str:
    """Why a place is not read; empty where it is."""
    try:
        await check_pause(store, address, clock())
    except SourcePaused as problem:
        return str(problem)
    return ""


async def test_a_paused_place_is_not_read_until_it_ends(
    store: Store, clock: Clock, tmp_path: Path, own_database: str
) -> None:
    """By itself at its moment, or by a person; each act is in the log, its words are not."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        made = await pause(
            store, custody, STAFF, Quiet.PAUSE, ROOM, "김하늘 asked", clock(), clock() + timedelta(hours=2)
        )
        await pause(store, custody, STAFF, Quiet.PAUSE, LIST, "too much", clock())
        assert "paused by a person until 2026-11-20T11:00:00Z: not watched" == await why(store, ROOM, clock)
        assert "paused by a person until somebody resumes it: not watched" == await why(store, LIST, clock)
        assert {ROOM, LIST} == await paused_addresses(store, clock())
        assert made in await standing_pauses(store, clock())
        clock.forward(hours=2)
        assert ("", frozenset({LIST})) == (await why(store, ROOM, clock), await paused_addresses(store, clock()))
        await resume(store, custody, STAFF, Quiet.PAUSE, LIST, clock())
        assert "" == await why(store, LIST, clock)
        with pytest.raises(ConfigError, match="there is no pause to end"):
            await resume(store, custody, STAFF, Quiet.PAUSE, LIST, clock())
    acts = [(entry["action"], entry["target_id"]) for entry in logged(own_database)][1:]
    assert [("pause", ROOM), ("pause", LIST), ("resume", LIST)] == [(a, LIST if "sha" in t else t) for a, t in acts]
    assert "하늘" not in str(logged(own_database))


async def test_everything_can_be_paused_and_alerts_alone(store: Store, clock: Clock, tmp_path: Path) -> None:
    """All crawling comes before what is said of one place; a mute stops no reading."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        await pause(store, custody, STAFF, Quiet.MUTE, ROOM, "loud", clock())
        assert "" == await why(store, ROOM, clock)
        await pause(store, custody, STAFF, Quiet.PAUSE, EVERYTHING, "stop", clock.forward(seconds=1))
        assert "all crawling is paused by a person until somebody resumes it: not watched" == await why(
            store, ROOM, clock
        )
        assert [Quiet.PAUSE, Quiet.MUTE] == [one.quiet for one in await standing_pauses(store, clock())]
        for reason, about, quiet, until, problem in (
            ("", ROOM, Quiet.PAUSE, None, "reason of the pause"),
            ("x", ROOM, Quiet.PAUSE, clock(), "is past"),
            ("x", EVERYTHING, Quiet.MUTE, None, "mute is for one place"),
        ):
            with pytest.raises(ConfigError, match=problem):
                await pause(store, custody, STAFF, quiet, about, reason, clock(), until)


async def test_without_the_log_nothing_is_paused_or_resumed(store: Store, clock: Clock) -> None:
    """It fails closed."""
    async with open_custody(store, clock, None, wait_s=0.1) as unheard:
        with pytest.raises(StorageError):
            await pause(store, unheard, STAFF, Quiet.PAUSE, ROOM, "x", clock())
    assert () == await standing_pauses(store, clock())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" @Example_Room ", ROOM),
        ("t.me/s/example_room", ROOM),
        ("all", EVERYTHING),
        (LIST, LIST),
        ("https://t.me/+abcdef", None),
        ("nonsense", None),
        ("http://example.org/list", None),
        ("", None),
    ],
)
def test_what_is_paused_is_what_is_read(typed: str, meant: str | None) -> None:
    """In the form that the crawl loop knows; a pause that would stop nothing is refused."""
    if meant is None:
        with pytest.raises(ConfigError):
            parse_about(typed)
    else:
        assert meant == parse_about(typed)
