"""``haechi import rooms.csv --into rooms.yaml``: a list of addresses becomes a watchlist."""

from pathlib import Path

import pytest

from tests.crawler.serving import call

TABLE = "address;reason\n@Example_Room;전화 신고\nhttps://t.me/other_room;\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949"])
def test_a_table_becomes_a_watchlist(tmp_path: Path, encoding: str) -> None:
    """As spreadsheets save it; what is written can be used at once."""
    table, into = tmp_path / "rooms.csv", tmp_path / "rooms.yaml"
    table.write_text(TABLE, encoding=encoding)
    ended = call("import", str(table), "--into", str(into), "--json", env={})
    assert (0, [{"file": str(table), "into": str(into), "sources": 2}]) == (ended.code, ended.rows)
    assert "전화 신고" in into.read_text(encoding="utf-8")
    assert 0 == call("watchlist", "check", str(into), env={}).code


def test_a_watchlist_that_is_there_stays(tmp_path: Path) -> None:
    """It is a person's, with comments."""
    table, into = tmp_path / "rooms.csv", tmp_path / "rooms.yaml"
    table.write_text(TABLE, encoding="utf-8")
    into.write_text("# mine", encoding="utf-8")
    ended = call("import", str(table), "--into", str(into), env={})
    assert (2, f"{into}: is there already: name a new file, then take over its sources\n") == (ended.code, ended.err)
    assert "# mine" == into.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@Example_Room\nhttps://t.me/+abc\n", ':2: address: "https://t.me/+abc" is an invite link to a private room'),
        ("", ":1: no address in it: expected one a line"),
    ],
)
def test_mistakes_have_their_line(tmp_path: Path, text: str, why: str) -> None:
    """Nothing is written."""
    table, into = tmp_path / "rooms.csv", tmp_path / "rooms.yaml"
    table.write_text(text, encoding="utf-8")
    ended = call("import", str(table), "--into", str(into), env={})
    assert (2, f"{table}{why}") == (ended.code, ended.err[: len(f"{table}{why}")])
    assert not into.exists()


def test_a_table_without_a_place_for_it(tmp_path: Path) -> None:
    """Where it goes has to be said."""
    (tmp_path / "rooms.csv").write_text(TABLE, encoding="utf-8")
    ended = call("import", str(tmp_path / "rooms.csv"), env={})
    assert (2, f"{tmp_path}/rooms.csv: is a list of addresses: --into FILE says which watchlist to write\n") == (
        ended.code,
        ended.err,
    )
