"""``haechi rooms`` and ``list rooms``: what discovery found, and what a person decides about it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.watchlist_change import text_hash
from practice.directory.web import PracticeDirectory
from practice.web import PracticeWeb
from tests.crawler.serving import Beside, Ended, call, keys, start
from tests.storage.custody_reading import logged
from tests.storage.making import everything

GROUP, RUMOURS, GAMES = (f"https://t.me/practice_{name}" for name in ("group", "rumours", "games"))
WHY = ("--reason", "case 12")


@pytest.fixture
def listing(beside: Beside, site: PracticeWeb) -> Iterator[PracticeDirectory]:
    """The rooms of ``site`` as a directory lists them."""
    server = PracticeDirectory(site.world)
    beside.run(server.start())
    yield server
    beside.run(server.stop())


def written(folder: Path, listing: PracticeDirectory, more: str = "", sources: str = "") -> str:
    """A watchlist of one room and one directory."""
    file = folder / "rooms.yaml"
    file.write_text(
        "version: 1\nsources:\n  - address: '@practice_talk'   # the first\n    backfill: 1d\n"
        f"{sources}directories:\n  - site: telemetrio\n    address: {listing.base}/en/channels\n"
        f"    name_matches: [이야기]\n{more}",
        encoding="utf-8",
    )
    return str(file)


@pytest.fixture
def found(env: dict[str, str], listing: PracticeDirectory, tmp_path: Path) -> dict[str, str]:
    """Settings of an installation that has passed over its room and its directory once."""
    assert 0 == call("once", "-w", written(tmp_path, listing), "--json", env=env).code
    return env


def rooms(env: dict[str, str], *more: str) -> dict[str, str]:
    """Status of rooms by address, as ``rooms list`` prints it."""
    return {row["address"]: row["status"] for row in call("rooms", "list", "--json", *more, env=env).rows}


def failed(ended: Ended) -> tuple[int, str, str]:
    """Code, standard output, and the one line that says why."""
    return ended.code, ended.out, ended.err.splitlines()[-1]


def test_once_with_a_directory(env: dict[str, str], listing: PracticeDirectory, tmp_path: Path) -> None:
    """A pass of its own, its rooms as posts; candidates with reasons, counts by origin; again, nothing is new."""
    first = call("once", "-w", written(tmp_path, listing), "--json", env=env)
    (run,) = [row for row in first.rows if row["via"] == "directory:telemetrio"]
    assert (keys("runs"), f"{listing.base}/en/channels", 8) == (list(run), run["source"], run["posts_seen"])
    assert run["new"] in (7, 8)  # the room that is watched may have been read before
    again = {row["via"]: row["new"] for row in call("once", "--json", env=env).rows}
    assert {"telegram-web": 0, "directory:telemetrio": 0} == again
    origins = {row["origin"] for row in call("list", "counts", "--source", "@practice_talk", "--json", env=env).rows}
    assert {"directory:telemetrio", "landing"} == origins


def test_rooms_are_listed_as_published(found: dict[str, str]) -> None:
    """``list rooms`` has the published keys: candidates and what is watched, not what is merely listed."""
    rows = {row["address"]: row for row in call("list", "rooms", "--json", env=found).rows}
    assert {tuple(keys("rooms"))} == {tuple(row) for row in rows.values()}
    assert ("들리는 이야기 모음", "directory:telemetrio", 1_799, "candidate") == tuple(
        rows[RUMOURS][key] for key in ("title", "listed_by", "count", "status")
    )
    assert "watched" == rows["https://t.me/practice_talk"]["status"]
    assert GAMES not in rows
    assert not [address for address in rows if "127.0.0.1" in (address or "")]
    only = call("list", "rooms", "--source", RUMOURS, "--json", env=found).rows
    assert [rows[RUMOURS]] == only


def test_candidates_with_where_how_often_and_why(found: dict[str, str]) -> None:
    """For programs, and in words; most often seen first."""
    rows = call("rooms", "list", "--json", env=found).rows
    assert {"candidate"} == {row["status"] for row in rows}
    (row,) = [row for row in rows if row["address"] == RUMOURS]
    assert (["name"], [("directory:telemetrio", 1, 1_799)]) == (
        row["reasons"],
        [(place["where"], place["times"], place["count"]) for place in row["seen"]],
    )
    shown = call("rooms", "list", env=found).out
    assert f"candidate  {RUMOURS}  들리는 이야기 모음  1,799 members\n" in shown
    assert "name; seen: directory:telemetrio 1×" in shown
    assert "no dismissed rooms found\n" == call("rooms", "list", "--status", "dismissed", env=found).out


def test_a_watched_candidate_is_passed_over(found: dict[str, str], own_database: str) -> None:
    """A new version of the watchlist has it; the old remarks are there still; the next pass reads it."""
    ended = call("rooms", "watch", "@practice_rumours", *WHY, env=found)
    assert (0, f"✓ {RUMOURS} is on the watchlist, version 2\n") == (
        ended.code,
        "".join(ended.out.splitlines(keepends=True)[:1]),
    )
    text = everything(own_database)["watchlists"][-1]["text"]
    assert f"# the first\n    backfill: 1d\n  - address: {RUMOURS}\n    reason: case 12\ndirectories:" in text
    saves = [entry for entry in logged(own_database) if entry["action"] == "watchlist-save"]
    assert [("1", "import"), ("2", "import")] == [(entry["target_id"], entry["reason_code"]) for entry in saves]
    assert text_hash(text) == saves[1]["commit"]
    assert "watched" == rooms(found, "--status", "all")[RUMOURS]
    runs = {row["source"]: row for row in call("once", "--json", env=found).rows}
    assert ("watched", True) == (runs[RUMOURS]["outcome"], runs[RUMOURS]["new"] > 0)


def test_a_first_room_makes_a_watchlist(env: dict[str, str]) -> None:
    """Also one that nothing found, where none was stored."""
    assert 0 == call("rooms", "watch", RUMOURS, *WHY, env=env).code
    assert [(RUMOURS, "watched")] == [(row["source"], row["outcome"]) for row in call("once", "--json", env=env).rows]


def test_a_dismissed_candidate(found: dict[str, str], own_database: str) -> None:
    """It is none any more, whatever lists it, and the log knows who said so; a person may still change their mind."""
    assert 0 == call("rooms", "dismiss", RUMOURS, "--reason", "a shop", env=found).code
    assert [RUMOURS] == [entry["target_id"] for entry in logged(own_database) if entry["action"] == "room-dismiss"]
    call("once", "--json", env=found)
    assert RUMOURS not in rooms(found)
    assert {RUMOURS: "dismissed"} == rooms(found, "--status", "dismissed")
    assert 0 == call("rooms", "watch", RUMOURS, *WHY, env=found).code
    assert "watched" == rooms(found, "--status", "all")[RUMOURS]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("watch", "@practice_talk", *WHY), "https://t.me/practice_talk is on the watchlist already"),
        (("watch", "https://t.me/+PracticeInvite", *WHY), '"https://t.me/+PracticeInvite" is an invite link to a pri'),
        (("watch", RUMOURS, "--reason", " "), '--reason: "" is no reason; expected one that can be looked up later'),
        (("dismiss", "@practice_talk"), "https://t.me/practice_talk is on the watchlist: take it off there"),
        (("dismiss", "@nobody_here"), "https://t.me/nobody_here was never found: `haechi rooms list --status all` "),
        (("dismiss", "https://t.me/c/1234567/8"), '"https://t.me/c/1234567/8" is a link into a private room'),
    ],
)
def test_what_cannot_be_decided(found: dict[str, str], arguments: tuple[str, ...], said: str) -> None:
    """One line says why, and nothing changes."""
    before = rooms(found, "--status", "all")
    code, out, line = failed(call("rooms", *arguments, env=found))
    assert (2, "", said) == (code, out, line[: len(said)])
    assert before == rooms(found, "--status", "all")


def test_a_watchlist_that_cannot_be_added_to(env: dict[str, str], tmp_path: Path) -> None:
    """It stays as it is, and the line says how to write it."""
    file = tmp_path / "flow.yaml"
    file.write_text("version: 1\nsources: [{address: '@practice_news'}]\n", encoding="utf-8")
    call("once", "-w", str(file), "--json", env=env)
    code, _, line = failed(call("rooms", "watch", RUMOURS, *WHY, env=env))
    assert (2, "flow.yaml: sources is written as [...]: write each source on a line of its own first") == (code, line)
    assert ["https://t.me/practice_news"] == [row["source"] for row in call("once", "--json", env=env).rows]


def test_a_rule_takes_a_room_up(env: dict[str, str], listing: PracticeDirectory, tmp_path: Path) -> None:
    """The next ``once`` passes over it; dismissed, or without the rule, it is left alone."""
    call("once", "-w", written(tmp_path, listing, "    auto_watch: 1\n"), "--json", env=env)
    (taken,) = [address for address, status in rooms(env, "--status", "watched").items() if "talk" not in address]
    assert taken in {row["source"] for row in call("once", "--json", env=env).rows}
    without = call("once", "-w", written(tmp_path, listing), "--json", env=env)
    assert taken not in {row["source"] for row in without.rows}
    assert "candidate" == rooms(env)[taken]
    call("once", "-w", written(tmp_path, listing, "    auto_watch: 1\n"), "--json", env=env)
    assert 0 == call("rooms", "dismiss", taken, env=env).code
    assert taken not in {row["source"] for row in call("once", "--json", env=env).rows}
    assert "dismissed" == rooms(env, "--status", "all")[taken]


def test_rooms_of_the_demo(practised: Path) -> None:
    """Its directory is on this machine; later commands read its watchlist all the same."""
    there = {"HAECHI_DATA_DIR": str(practised)}
    listed = call("rooms", "list", "--status", "all", "--json", env=there)
    assert 0 == listed.code
    by_address = {row["address"]: (row["status"], row["reasons"]) for row in listed.rows}
    assert ("candidate", ["forward"]) == by_address["https://t.me/practice_counsel"]
    assert "watched" == by_address["https://t.me/practice_talk"][0]
    assert ("refused", ["link"]) == by_address[None]


@pytest.mark.slow
def test_killed_in_the_middle_of_a_directory(
    env: dict[str, str], listing: PracticeDirectory, tmp_path: Path, own_database: str
) -> None:
    """Pages are stored whole or not at all; afterwards every room is there once, and its figure once."""
    listing.per_page = 2
    listing.faults.server.delay_s = 0.1
    written(tmp_path, listing)
    process = start("once", "-w", str(tmp_path / "rooms.yaml"), "--json", env=env)
    while listing.requests["/en/channels"] < 3 and process.poll() is None:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    stored = everything(own_database)
    names = [room["_id"] for room in stored.get("rooms", ()) if "directory:telemetrio" in room.get("found", {})]
    assert len(names) == len({count["source"] for count in stored.get("counts", ()) if "dir" in count["origin"]})
    listing.faults.server.delay_s = 0
    assert 0 == call("once", "--json", env=env).code
    again = {row["via"]: row["new"] for row in call("once", "--json", env=env).rows}
    assert 0 == again["directory:telemetrio"]
    counts = [count["source"] for count in everything(own_database)["counts"] if "dir" in count["origin"]]
    assert (8, 8) == (len(counts), len(set(counts)))
