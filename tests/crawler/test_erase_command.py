"""``haechi evidence erase|find|holds``, ``case hold|release`` and ``retention run``, as a person types them."""

import subprocess
import sys
from pathlib import Path

import bson
import pytest

from storage.embedded import embedded_server
from tests.crawler.conftest import WATCHLIST_FILE
from tests.crawler.serving import call
from tests.crawler.test_case import ok
from tests.crawler.test_erasing import holding_of
from tests.storage.making import everything

ROOM = "https://t.me/practice_rumours"
ERASE = ("evidence", "erase")
GROUND = ("--basis", "pipa-36", "--requested-by", "victim", "--reason", "letter 12")
SECRET = ("key", "sealed", "salt", "words", "school_tokens")


@pytest.mark.slow
def test_nothing_of_it_is_found_anywhere(env: dict[str, str], tmp_path: Path) -> None:
    """Watched, sealed, handed over, erased: no word is in a file, a live document, a later package, or any output."""
    del env["HAECHI_MONGODB_URI"]
    home = Path(env["HAECHI_DATA_DIR"])
    with embedded_server(home) as uri:
        uri = uri.replace("/?", "/haechi?")
        watch = ("once", "-w", str(WATCHLIST_FILE), "--source", ROOM)
        assert call(*watch, env=env).code in (0, 3)
        items = [str(row["id"]) for row in ok("list", "evidence", env=env)]
        (case,) = ok("case", "add", "who passes it on?", env=env)
        name = str(case["id"])
        ok("case", "put", name, *items, env=env)
        texts = {item: str(ok("evidence", "show", item, "--reveal", "review", env=env)[0]["text"]) for item in items}
        item = next(one for one in items if sum(texts[one] in other for other in texts.values()) == 1)
        post, words = item.rpartition(":")[0], texts[item]
        export = ("evidence", "export", "--case", name, "--profile", "police", "--purpose", "complaint")
        (first,) = ok(*export, "--alone", "nobody else", "--out", str(tmp_path / "first"), env=env)
        before = everything(uri)
        secrets = secrets_of(before, post)
        assert holding_of(Path(str(first["path"])), words)

        (found,) = ok("evidence", "find", "--address", f"{ROOM}/{post.rpartition(':')[2]}", env=env)
        assert (post, [item]) == (found["post"], found["items"])
        (proposed,) = ok(*ERASE, item, *GROUND, "--propose", env=env)
        own = call(*ERASE, "--approve", str(proposed["proposal"]), env=env)
        assert (2, True) == (own.code, "another person has to" in own.err)
        (paper,) = ok(*ERASE, post, *GROUND, "--alone", "nobody on duty", env=env)
        assert (post, True, [first["package"]]) == (paper["post"], paper["alone"], paper["packages_outside"])

        out = call("evidence", "show", item, env=env)
        assert "erased as the law demands" in out.out
        listed = [row["id"] for row in ok("list", "posts", "--source", ROOM, env=env)]
        assert call(*watch, env=env).code in (0, 3)
        assert (False, listed) == (
            post in listed,
            [row["id"] for row in ok("list", "posts", "--source", ROOM, env=env)],
        )
        (second,) = ok(*export, "--alone", "nobody else", "--out", str(tmp_path / "second"), env=env)
        assert [] == holding_of(Path(str(second["path"])), words)
        for made in (first, second):
            verify = [sys.executable, "-I", "-S", "verify.py"]
            assert 0 == subprocess.run(verify, cwd=str(made["path"]), capture_output=True, check=False).returncode
        assert 3 == call("evidence", "verify", env=env).code
        live = b"".join(bson.encode(document) for documents in everything(uri).values() for document in documents)
        assert [] == [name for name, secret in secrets if secret in live]
    assert [] == [path for path in home.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]
    ours = [path for path in home.iterdir() if path.is_file()]
    assert [] == [path for path in ours for _, secret in secrets if secret in path.read_bytes()]


def secrets_of(stored: dict[str, list[dict[str, object]]], post: str) -> list[tuple[str, bytes]]:
    """Keys, salts and sealed texts of a post and its items. Tokens of words are shared with other posts."""
    documents = [one for name in ("posts", "evidence") for one in stored[name] if post in (one["_id"], one.get("post"))]
    return [(name, value) for one in documents for name in SECRET if isinstance(value := one.get(name), bytes)]


@pytest.mark.slow
def test_a_held_case_is_kept(env: dict[str, str]) -> None:
    """Neither erased nor retired; the list shows it; released, its time runs again."""
    assert call("once", "-w", str(WATCHLIST_FILE), "--source", ROOM, env=env).code in (0, 3)
    item = str(ok("list", "evidence", env=env)[0]["id"])
    (case,) = ok("case", "add", "who?", env=env)
    name = str(case["id"])
    ok("case", "put", name, item, env=env)
    alone = ("--reason", "trial", "--alone", "nobody on duty")
    (held,) = ok("case", "hold", name, "--until", "2027-05-01", *alone, env=env)
    assert ("2027-05-01", True) == (held["until"], held["alone"])
    ended = call(*ERASE, item, *GROUND, "--alone", "nobody", env=env)
    assert (1, True) == (ended.code, f"is held for {name}" in ended.err)
    assert [name] == [row["case"] for row in ok("evidence", "holds", env=env)]
    assert [0] * 7 == [row["destroyed"] for row in ok("retention", "run", env=env)]
    assert "mentioned  90 days    ran out 0" in call("retention", "run", "--dry-run", env=env).out
    ok("case", "release", name, *alone, env=env)
    assert [] == ok("evidence", "holds", env=env)
    ok(*ERASE, item, *GROUND, "--alone", "nobody", env=env)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([*ERASE, "1:2", *GROUND], "given: none of them"),
        ([*ERASE, "1:2", *GROUND, "--propose", "--alone", "x"], "given: --propose, --alone"),
        ([*ERASE, *GROUND, "--propose"], "An id is missing"),
        ([*ERASE, "1:2", "--propose"], "--basis, --requested-by and --reason are needed"),
        ([*ERASE, "1:2", *GROUND, "--propose"], "1:2: neither a kept post nor a sealed item"),
        ([*ERASE, "--approve", "x"], '"x" is no proposal'),
        (["evidence", "find", "--address", "https://t.me/+abc"], "invite"),
        (["case", "hold", "case-00000000", "--propose"], "--until and --reason are needed"),
        (["case", "release", "case-00000000", "--reason", "x", "--propose"], "case-00000000 is not held"),
    ],
)
def test_mistakes_are_named(env: dict[str, str], arguments: list[str], message: str) -> None:
    """In one line, with exit code 2."""
    ended = call(*arguments, env=env)
    assert (2, True) == (ended.code, message in ended.err), ended.err


def test_times_that_are_longer_are_refused(env: dict[str, str]) -> None:
    """Before anything is opened."""
    ended = call("retention", "run", env={**env, "HAECHI_RETENTION": "mentioned=365"})
    assert (2, True) == (ended.code, "expected 1 to 90 days for mentioned" in ended.err)
