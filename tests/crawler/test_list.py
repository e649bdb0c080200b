"""``haechi list``: rows with the published keys, filters, tables."""

import json
from pathlib import Path

import pytest

from tests.crawler.conftest import WATCHLIST_FILE
from tests.crawler.serving import KEYS, call, keys
from tests.storage.making import everything

NEWS, RUMOURS = "https://t.me/practice_news", "https://t.me/practice_rumours"


@pytest.fixture
def there(practised: Path) -> dict[str, str]:
    """Settings of a reader of the practised day."""
    return {"HAECHI_DATA_DIR": str(practised)}


@pytest.mark.parametrize("kind", KEYS)
def test_rows_have_the_published_keys(there: dict[str, str], kind: str) -> None:
    """JSON Lines alone on standard output, every row with all keys in their order."""
    ended = call("list", kind, "--json", env=there)
    assert (0, "! practice: these rooms and schools are invented\n") == (ended.code, ended.err)
    assert ended.rows
    assert {tuple(keys(kind))} == {tuple(row) for row in ended.rows}


@pytest.mark.parametrize(
    ("kind", "time"),
    [("runs", "started_at"), ("posts", "posted_at"), ("flags", "flagged_at"), ("counts", "at"), ("coverage", "hour")],
)
def test_rows_come_newest_first(there: dict[str, str], kind: str, time: str) -> None:
    """Times are ISO 8601 in UTC with Z, so that they sort as text."""
    times = [row[time] for row in call("list", kind, "--json", env=there).rows]
    assert sorted(times, reverse=True) == times
    assert all(len(at) == 20 and at.endswith("Z") for at in times)


def test_mentions_are_those_of_the_posts(there: dict[str, str]) -> None:
    """Each mention once, with the words that it stands for."""
    posts = call("list", "posts", "--json", env=there).rows
    mentions = call("list", "mentions", "--json", env=there).rows
    texts = {(post["id"], post["revision"]): post["text"] for post in posts}
    texts |= {(post["id"], earlier["revision"]): earlier["text"] for post in posts for earlier in post["earlier"]}
    assert all(row["surface"] == texts[row["post"], row["revision"]][row["start"] : row["end"]] for row in mentions)
    newest = [row for row in mentions if (row["post"], row["revision"]) in {(p["id"], p["revision"]) for p in posts}]
    assert sum(len(post["mentions"]) for post in posts) == len(newest) < len(mentions)


def test_list_of_one_source(there: dict[str, str]) -> None:
    """Written in any way that names the room."""
    for written in (RUMOURS, "@Practice_Rumours", "https://t.me/s/practice_rumours"):
        for kind in KEYS.keys() - {"rooms"}:
            rows = call("list", kind, "--source", written, "--json", env=there).rows
            assert {RUMOURS} == {row["source"] for row in rows}
    assert [RUMOURS] == [row["address"] for row in call("list", "rooms", "--source", RUMOURS, "--json", env=there).rows]


def test_list_of_a_stretch_of_time(there: dict[str, str]) -> None:
    """From ``--since`` on and before ``--until``; nothing outside, everything inside."""
    everything_ = call("list", "posts", "--json", env=there).rows
    middle = everything_[len(everything_) // 2]["posted_at"]
    newer = call("list", "posts", "--since", middle, "--json", env=there).rows
    older = call("list", "posts", "--until", middle, "--json", env=there).rows
    assert everything_ == newer + older
    assert middle == newer[-1]["posted_at"]
    assert [] == call("list", "posts", "--since", "0m", "--json", env=there).rows
    assert everything_ == call("list", "posts", "--since", "9d", "--json", env=there).rows


def test_list_of_one_school(there: dict[str, str]) -> None:
    """Posts, mentions and flags that name it, also as one of several candidates."""
    posts = call("list", "posts", "--school", "9900001", "--json", env=there).rows
    assert len(posts) > 2
    assert all(any("9900001" in mention["candidates"] for mention in post["mentions"]) for post in posts)
    flags = {row["id"] for row in call("list", "flags", "--school", "9900001", "--json", env=there).rows}
    assert flags
    assert flags <= {post["id"] for post in posts}
    mentions = call("list", "mentions", "--school", "9900001", "--json", env=there).rows
    assert {post["id"] for post in posts} == {row["post"] for row in mentions}


def test_list_of_one_office(there: dict[str, str]) -> None:
    """Schools of the register decide what belongs to an office."""
    env = {**there, "HAECHI_SCHOOLS": str(WATCHLIST_FILE.with_name("schools.csv"))}
    seoul = {row["id"] for row in call("list", "posts", "--office", "B10", "--json", env=env).rows}
    assert {row["id"] for row in call("list", "posts", "--school", "9900001", "--json", env=env).rows} <= seoul
    assert seoul < {row["id"] for row in call("list", "posts", "--json", env=env).rows}
    both = call("list", "posts", "--office", "B10", "--school", "9900004", "--json", env=env).rows
    assert {row["id"] for row in both} <= seoul
    assert [] == call("list", "mentions", "--office", "B10", "--school", "9900004", "--json", env=env).rows


def test_list_of_a_text(there: dict[str, str]) -> None:
    """Whatever its case; mentions are those of the posts that hold it."""
    posts = call("list", "posts", "--text", "딥페이크", "--json", env=there).rows
    assert posts
    assert all("딥페이크" in post["text"] for post in posts)
    assert [] == call("list", "posts", "--text", "nowhere", "--json", env=there).rows
    assert call("list", "posts", "--text", "NEWS.EXAMPLE", "--json", env=there).rows == (
        call("list", "posts", "--text", "news.example", "--json", env=there).rows
    )


def test_a_limit(there: dict[str, str]) -> None:
    """The newest so many."""
    rows = call("list", "posts", "--json", env=there).rows
    assert rows[:3] == call("list", "posts", "--limit", "3", "--json", env=there).rows


@pytest.mark.parametrize(
    "arguments",
    [
        ("counts", "--school", "9900001"),
        ("rooms", "--text", "x"),
        ("counts", "--saved", "x"),
        ("runs", "--office", "B10"),
        ("posts", "--reveal", " "),
    ],
)
def test_a_filter_that_a_kind_does_not_have_is_refused(there: dict[str, str], arguments: tuple[str, ...]) -> None:
    """Ignored it would look as if everything had been found."""
    ended = call("list", *arguments, env=there)
    assert (2, "") == (ended.code, ended.out)
    assert ended.err.startswith(arguments[1])


def test_what_is_cut_off_is_said(there: dict[str, str]) -> None:
    """A full page is not taken for all there is."""
    assert "only the newest 2 are shown" in call("list", "posts", "--limit", "2", "--json", env=there).err
    assert "only the newest" not in call("list", "posts", "--limit", "500", "--json", env=there).err


def test_a_table_for_people(there: dict[str, str]) -> None:
    """Without ``--json`` there are columns; an empty list says so."""
    assert "practice_pictures" in call("list", "rooms", env=there).out
    assert "no posts found\n" == call("list", "posts", "--text", "nowhere", env=there).out


@pytest.mark.parametrize("kind", KEYS)
def test_every_kind_has_a_table(there: dict[str, str], kind: str) -> None:
    """A line a row, or more where a cell is long, below the names of the columns."""
    ended = call("list", kind, env=there)
    assert 0 == ended.code
    assert len(call("list", kind, "--json", env=there).rows) < len(ended.out.splitlines())


def test_a_reveal_is_logged(env: dict[str, str]) -> None:
    """With its reason, before anything is printed."""
    call("list", "posts", env=env)
    assert 0 == call("list", "posts", "--reveal", "case-12", "--json", env=env).code
    (entry,) = everything(env["HAECHI_MONGODB_URI"])["reveals"]
    assert ("list posts", "case-12") == (entry["what"], entry["reason"])


def test_directories_are_no_rooms(env: dict[str, str], tmp_path: Path) -> None:
    """A directory that was passed over shows in runs and coverage, not among rooms."""
    file = tmp_path / "w.yaml"
    file.write_text("version: 1\ndirectories: [{site: generic, address: 'https://example.org/list'}]", "utf-8")
    ended = call("once", "-w", str(file), "--json", env=env)
    assert (3, ["directory:generic"]) == (ended.code, [row["via"] for row in ended.rows])
    assert 1 == len(call("list", "coverage", "--json", env=env).rows)
    assert [] == call("list", "rooms", "--json", env=env).rows


def test_every_row_is_json(there: dict[str, str]) -> None:
    """Korean is printed as it is, one object a line."""
    out = call("list", "posts", "--json", env=there).out
    assert "딥페이크" in out
    assert all(isinstance(json.loads(line), dict) for line in out.splitlines())
