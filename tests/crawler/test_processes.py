"""Real processes with an embedded server of their own: sharing it, being stopped, losing it."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from practice.web import PracticeWeb
from storage.embedded import _holder
from tests.crawler.conftest import SCHOOLS_FILE, WATCHLIST_FILE
from tests.crawler.serving import finish, start

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data directory whose server is gone at the end, whatever happened."""
    yield tmp_path / "home"
    holder = _holder(tmp_path / "home") if (tmp_path / "home").is_dir() else None
    if holder is not None:
        os.kill(holder[0], signal.SIGKILL)


@pytest.fixture
def own(home: Path, site: PracticeWeb) -> dict[str, str]:
    """Settings that read ``site`` into ``home``."""
    return {
        "HAECHI_DATA_DIR": str(home),
        "HAECHI_WEB_BASE": site.base,
        "HAECHI_ALLOW_LOOPBACK": "1",
        "HAECHI_PACE_S": "0",
        "HAECHI_SCHOOLS": str(SCHOOLS_FILE),
    }


def first_line(process: "subprocess.Popen[str]") -> str:
    """Wait for the first row that a service prints."""
    assert process.stdout is not None
    return process.stdout.readline()


def server_pid(home: Path) -> int:
    """Of the embedded server that is up."""
    holder = _holder(home)
    assert holder is not None
    return holder[0]


def test_a_whole_demo(home: Path) -> None:
    """``haechi demo --once --json``: passes on standard output alone, mentions and flags, within 45 seconds."""
    begin = time.monotonic()
    ended = finish(start("demo", "--once", "--json", env={"HAECHI_DATA_DIR": str(home)}))
    assert time.monotonic() - begin < 45
    assert (0, 16) == (ended.code, len(ended.rows))
    assert (True, True) == tuple(sum(row[name] for row in ended.rows) > 5 for name in ("mentions", "flags"))
    listed = finish(start("list", "flags", "--json", env={"HAECHI_DATA_DIR": str(home)}))
    assert sum(row["flags"] for row in ended.rows) == len(listed.rows)
    assert _holder(home) is None


def test_a_demo_without_a_directory_has_one_of_its_own(tmp_path: Path) -> None:
    """Beside that of real work, never in it."""
    ended = finish(start("demo", "--once", "--json", env={"HOME": str(tmp_path)}))
    assert 0 == ended.code
    share = tmp_path / ".local" / "share"
    assert ["haechi-demo"] == [folder.name for folder in share.iterdir()]


def test_the_service_ends_when_it_is_told_to(own: dict[str, str], home: Path) -> None:
    """SIGTERM: exit code 0, all that was reported is stored, and the server is gone."""
    process = start("run", "-w", str(WATCHLIST_FILE), "--no-console", "--json", env=own)
    seen = [json.loads(first_line(process)) for _ in range(6)]
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    ended = finish(process, timeout_s=30)
    assert (0, True) == (ended.code, time.monotonic() - begin < 30)
    assert "Traceback" not in ended.err
    assert (False, None) == ((home / "server.json").exists(), _holder(home))
    stored = finish(start("list", "runs", "--limit", "500", "--json", env=own)).rows
    assert all(row in stored for row in [*seen, *ended.rows])


def test_the_service_begins_anew_when_its_server_has_grown(own: dict[str, str], home: Path) -> None:
    """The same process, a new server: every pass that was reported is stored, before and after."""
    file = home.with_name("often.yaml")
    file.write_text(WATCHLIST_FILE.read_text(encoding="utf-8").replace("10s", "1s"), encoding="utf-8")
    settings = {**own, "HAECHI_EMBEDDED_GROWTH_MB": "1"}
    process = start("run", "-w", str(file), "--no-console", "--json", env=settings)
    seen = [json.loads(first_line(process))]
    first, deadline = server_pid(home), time.monotonic() + 60
    while (_holder(home) or [first])[0] == first:
        assert time.monotonic() < deadline
        seen.append(json.loads(first_line(process)))
    seen += [json.loads(first_line(process)) for _ in range(20)]
    process.send_signal(signal.SIGTERM)
    ended = finish(process, timeout_s=30)
    assert (0, None) == (ended.code, _holder(home))
    assert "the embedded database has grown: beginning anew" in ended.err
    stored = finish(start("list", "runs", "--limit", "500", "--json", env=own)).rows
    assert all(row in stored for row in [*seen, *ended.rows])


def test_a_list_shares_the_server_of_the_service(own: dict[str, str], home: Path) -> None:
    """While it runs other commands read what it has stored, and leave the server up."""
    process = start("run", "-w", str(WATCHLIST_FILE), "--json", env=own)
    for _ in range(6):
        first_line(process)
    pid = server_pid(home)
    listed = finish(start("list", "posts", "--json", env=own))
    assert 0 == listed.code
    assert len(listed.rows) > 10
    assert pid == server_pid(home)
    process.send_signal(signal.SIGINT)
    assert 0 == finish(process, timeout_s=30).code
    assert _holder(home) is None


def test_the_service_ends_when_its_database_is_gone(own: dict[str, str], home: Path) -> None:
    """Exit code 1, and the last line says why; the next start goes on with what was stored."""
    every_second = WATCHLIST_FILE.read_text(encoding="utf-8").replace("10s", "1s")
    file = home.with_name("often.yaml")
    file.write_text(every_second, encoding="utf-8")
    process = start("run", "-w", str(file), "--json", env=own)
    first_line(process)
    os.kill(server_pid(home), signal.SIGKILL)
    ended = finish(process, timeout_s=90)
    assert 1 == ended.code
    assert re.fullmatch(r"haechi: the database does not answer \(\w+\): is it up, .*", ended.err.splitlines()[-1])
    assert "Traceback" not in ended.err
    again = finish(start("once", "--json", env=own))
    assert 3 == again.code
    assert {"watched", "blind"} == {row["outcome"] for row in again.rows}


def test_a_pass_ends_when_its_database_is_gone(own: dict[str, str], home: Path, site: PracticeWeb) -> None:
    """``once`` says it in one line too, and not once for every source."""
    site.faults.delay_s = 0.4
    process = start("once", "-w", str(WATCHLIST_FILE), "--json", env=own)
    while not sum(site.requests.values()):
        time.sleep(0.05)
    os.kill(server_pid(home), signal.SIGKILL)
    ended = finish(process, timeout_s=90)
    assert 1 == ended.code
    (line,) = [line for line in ended.err.splitlines() if not line.startswith("!")]
    assert line.startswith("haechi: the database does not answer (")


@pytest.mark.parametrize("after_s", [0.3, 0.8, 1.1, 1.4, 2.0])
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_stopped_while_starting(own: dict[str, str], home: Path, sign: signal.Signals, after_s: float) -> None:
    """At whatever moment it comes, the server goes with the command."""
    process = start("run", "-w", str(WATCHLIST_FILE), env=own)
    time.sleep(after_s)
    process.send_signal(sign)
    ended = finish(process, timeout_s=30)
    assert ended.code in (0, 130, -sign)
    assert "Traceback" not in ended.err or after_s < 0.5  # Python itself is starting
    assert not home.is_dir() or _holder(home) is None


def test_a_reader_that_goes_away_is_no_failure(own: dict[str, str]) -> None:
    """``haechi once --json | head -1`` stores all of its passes."""
    process = start("once", "-w", str(WATCHLIST_FILE), "--json", env=own)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    error = process.stderr.read()
    process.stderr.close()
    assert 3 == process.wait(30)
    assert "Traceback" not in error
    assert 7 == len(finish(start("list", "runs", "--json", env=own)).rows)


def test_a_bad_command_is_code_2() -> None:
    """From a real shell too."""
    ended = finish(start("nonsense", env={}))
    assert (2, "", "Error: No such command 'nonsense'.") == (ended.code, ended.out, ended.err.splitlines()[-1])
