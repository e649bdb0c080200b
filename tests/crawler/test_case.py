"""``haechi case`` and ``haechi evidence show|export``, as a person types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawler.conftest import WATCHLIST_FILE
from tests.crawler.serving import call

CASE_KEYS = ["id", "question", "opened_at", "opened_by", "items"]


def ok(*arguments: str, env: dict[str, str], given: str = "") -> list[dict[str, object]]:
    """Rows of a command that ends well."""
    ended = call(*arguments, "--json", env=env, given=given)
    assert (0, "") == (ended.code, "\n".join(line for line in ended.err.splitlines() if not line.startswith("!")))
    return ended.rows


@pytest.mark.slow
def test_from_a_pass_to_a_package(env: dict[str, str], tmp_path: Path) -> None:
    """Watch, open a case, put all that was sealed into it, note, look, hand over, check as a stranger."""
    assert call("once", "-w", str(WATCHLIST_FILE), "--source", "https://t.me/practice_rumours", env=env).code in (0, 3)
    items = [str(row["id"]) for row in ok("list", "evidence", env=env)]
    assert items
    (case,) = ok("case", "add", "who passes it on? 010-2345-6789", env=env)
    name = str(case["id"])
    assert (CASE_KEYS, "who passes it on? [전화]") == (list(case), case["question"])
    assert [{"id": name, "put": items}] == ok("case", "put", name, *items, env=env)
    ok("case", "note", name, env=env, given="ask 010-2345-6789")
    (shown,) = ok("case", "show", name, env=env)
    (revealed,) = ok("case", "show", name, "--reveal", "case review", env=env)
    notes = [[note["text"] for note in row["note_rows"]] for row in (shown, revealed)]  # type: ignore[attr-defined]
    assert [["ask [전화]"], ["ask 010-2345-6789"]] == notes
    assert [name] == [row["id"] for row in ok("case", "list", env=env)]

    (row,) = ok("evidence", "show", items[0], env=env)
    assert "checkpointed" == row["proof"]
    assert all(row["sealed_in_log"] is not None for row in ok("list", "evidence", env=env))
    assert "in the log and under a signed checkpoint" in call("evidence", "show", items[0], env=env).out

    out = tmp_path / "out"
    (made,) = ok("evidence", "export", "--case", name, "--profile", "police", "--out", str(out), env=env)
    folder = Path(str(made["path"]))
    assert (out, len(items)) == (folder.parent, made["items"])
    checked = subprocess.run([sys.executable, "-I", "-S", "verify.py"], cwd=folder, capture_output=True, check=False)
    assert (0, b"") == (checked.returncode, checked.stderr)
    assert json.loads((folder / "data/package.json").read_text())["is_practice"] is False
    again = call("evidence", "export", "--case", name, "--profile", "police", "--out", str(out), env=env)
    assert (2, True) == (again.code, "exists already" in again.err)
    assert 3 == call("evidence", "verify", env=env).code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["case", "show", "12"], '"12" is no case: expected an id such as case-1f2e3d4c'),
        (["case", "show", "case-00000000"], "case-00000000: there is no such case"),
        (["case", "show", "case-00000000", "--reveal", " "], '--reveal: "" is no reason'),
        (["evidence", "show", "1:2:3"], "1:2:3: nothing is sealed under this id"),
        (["evidence", "export", "--case", "case-00000000", "--profile", "x", "--out", "o"], '"x" is no profile'),
        (
            ["evidence", "export", "--case", "case-00000000", "--profile", "education-office", "--out", "o"],
            "--office: not given",
        ),
    ],
)
def test_mistakes_are_named(env: dict[str, str], arguments: list[str], message: str) -> None:
    """In one line, with exit code 2."""
    ended = call(*arguments, env=env)
    assert (2, True) == (ended.code, message in ended.err)
