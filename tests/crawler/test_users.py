"""``haechi users`` and the console beside the service, as an operator meets them."""

import json
import os
import re
import select
import signal
import time
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from storage.embedded import _holder
from tests.crawler.serving import call, finish, start


def test_people_are_added_listed_and_disabled(env: dict[str, str]) -> None:
    """Each with a link of their own; mistakes are named."""
    added = call("users", "add", "김하늘", "--role", "monitor", "--office", "B10", "--json", env=env)
    assert (0, ["name", "link"]) == (added.code, list(added.rows[0]))
    assert re.fullmatch(r"http://127\.0\.0\.1:8380/sign-in\?token=[\w-]{43}", added.rows[0]["link"])
    (row,) = call("users", "list", "--json", env=env).rows
    assert ("김하늘", "monitor", ["B10"], None) == (row["name"], row["role"], row["offices"], row["disabled_at"])
    assert (2, "김하늘: somebody has this name already: expected another one\n") == (
        (again := call("users", "add", "김하늘", "--role", "viewer", env=env)).code,
        again.err.splitlines(keepends=True)[-1],
    )
    wrong = call("users", "add", "x", "--role", "viewer", "--office", "Z99", env=env)
    assert (2, True) == (wrong.code, wrong.err.startswith('--office: "Z99" is none of B10'))
    (gone,) = call("users", "disable", "김하늘", "--json", env=env).rows
    assert gone["disabled_at"] is not None
    assert 0 == call("users", "link", "김하늘", env=env).code
    assert 2 == call("users", "link", "nobody", env=env).code


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("HAECHI_CONSOLE", "8380", "is refused: expected host:port such as 127.0.0.1:8380"),
        ("HAECHI_CONSOLE", "0.0.0.0:8380", "can be reached from elsewhere: set HAECHI_CONSOLE_ORIGIN"),
        ("HAECHI_CONSOLE_ORIGIN", "http://haechi.example", "expected such as https://haechi.your-office.example"),
        ("HAECHI_CONSOLE_ORIGIN", "https://haechi.example/", "expected such as https://haechi.your-office.example"),
        ("HAECHI_CONSOLE_IDLE_MINUTES", "60", "should be less than or equal to 30"),
    ],
)
def test_unsafe_settings_are_refused(env: dict[str, str], name: str, value: str, line: str) -> None:
    """Named, with what was expected."""
    ended = call("users", "list", env={**env, name: value})
    assert (2, True, True) == (ended.code, ended.err.startswith(name), line in ended.err)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data directory whose server is gone at the end, whatever happened."""
    yield tmp_path / "home"
    holder = _holder(tmp_path / "home") if (tmp_path / "home").is_dir() else None
    if holder is not None:
        os.kill(holder[0], signal.SIGKILL)


@pytest.mark.slow
def test_the_demo_prints_a_link_that_signs_in(home: Path) -> None:
    """At once and flushed; SIGTERM ends it while a browser listens; a second one finds the port taken."""
    env = {"HAECHI_DATA_DIR": str(home), "HAECHI_CONSOLE": "127.0.0.1:18380"}
    process = start("demo", env=env)
    assert process.stdout is not None
    seen, found = "", None
    begin = time.monotonic()
    while found is None and time.monotonic() - begin < 60:
        if select.select([process.stdout], [], [], 1)[0]:
            seen += process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:18380/sign-in\?token=\S+", seen)
    assert found is not None
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    assert "demo" in opener.open(found[0]).read().decode()
    assert "supervisor" == json.load(opener.open("http://127.0.0.1:18380/api/me"))["person"]["role"]
    listening = opener.open("http://127.0.0.1:18380/events")
    taken = finish(start("console", env=env))
    assert (2, True) == (taken.code, "HAECHI_CONSOLE: 127.0.0.1:18380 is used by another program" in taken.err)
    begin = time.monotonic()
    process.terminate()
    assert 0 == finish(process).code
    assert time.monotonic() - begin < 20
    listening.close()
