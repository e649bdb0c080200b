"""``haechi schools``: refresh, import and find, through the command line."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.cli import run_command
from practice.neis import PracticeNeis, make_row


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own, in practice."""
    for name, value in {
        "DATA_DIR": str(tmp_path),
        "ALLOW_LOOPBACK": "1",
        "PACE_S": "0",
        "NEIS_KEY": "practice-key",
    }.items():
        monkeypatch.setenv(f"HAECHI_{name}", value)
    for name in ("SCHOOLS", "NEIS_BASE"):
        monkeypatch.delenv(f"HAECHI_{name}", raising=False)
    return tmp_path


@pytest.fixture
def neis(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PracticeNeis]:
    """The stand-in in a thread of its own: commands start their own loop."""
    server = PracticeNeis([make_row("1", "가온고등학교"), make_row("2", "누리중학교", "중학교")])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    monkeypatch.setenv("HAECHI_NEIS_BASE", server.base)
    yield server
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What was printed, as JSON Lines."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_refresh_makes_a_register(neis: PracticeNeis, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is used by later commands without any setting."""
    assert 0 == run_command(["schools", "refresh", "--json"])
    assert [(2, 2, 0, 0)] == [(row["schools"], row["new"], row["gone"], row["former"]) for row in rows(capsys)]
    assert 0 == run_command(["schools", "find", "누리중", "--json"])
    assert [("2", "middle")] == [(row["code"], row["level"]) for row in rows(capsys)]


def test_a_rename_is_kept_with_its_year(neis: PracticeNeis, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The former name leads to the same code."""
    run_command(["schools", "refresh"])
    neis.rows[0] = make_row("1", "새가온고등학교")
    capsys.readouterr()
    assert 0 == run_command(["schools", "refresh", "--json"])
    assert [(2, 1, 1, 1)] == [(row["schools"], row["new"], row["gone"], row["former"]) for row in rows(capsys)]
    run_command(["schools", "find", "가온고", "--json"])
    (found,) = rows(capsys)
    assert "1" == found["code"]
    assert found["until"]


@pytest.mark.parametrize("code", ["ERROR-500", "ERROR-337", "INFO-200"])
def test_the_old_register_stays_when_refreshing_fails(neis: PracticeNeis, data_dir: Path, code: str) -> None:
    """Byte for byte."""
    run_command(["schools", "refresh"])
    before = (data_dir / "schools.csv").read_bytes()
    neis.fail_page, neis.fail_code = 1, code
    assert 1 == run_command(["schools", "refresh"])
    assert before == (data_dir / "schools.csv").read_bytes()


def test_refresh_needs_a_key(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without one NEIS gives five rows, which are no register."""
    monkeypatch.delenv("HAECHI_NEIS_KEY")
    assert 2 == run_command(["schools", "refresh"])
    assert "HAECHI_NEIS_KEY is not set" in capsys.readouterr().err


def test_import_reads_a_portal_file(data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Universities join the schools that are there."""
    path = tmp_path / "universities.csv"
    path.write_text("학교명,대학구분명,학교구분명\n한빛대학교,대학,일반대학\n", encoding="cp949")
    assert 0 == run_command(["schools", "import", str(path), "--json"])
    assert [1] == [row["new"] for row in rows(capsys)]
    assert 0 == run_command(["schools", "find", "한빛대"])
    assert "U:한빛대학교" in capsys.readouterr().out


def test_find_says_when_there_is_none(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1; by a part of the name and by code it is found."""
    assert 1 == run_command(["schools", "find", "어디에도없는학교"])
    assert "no such school" in capsys.readouterr().err
    assert 0 == run_command(["schools", "find", "U:서울대학교"])
    assert 0 == run_command(["schools", "find", "과학기술원"])
