"""``haechi evidence``: exit codes, words in two languages, rows."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from config.settings import Settings
from crawler.assemble import evidence_store, now
from crawler.stamping import AUTHORITIES, stamp
from evidence.checkpoint import Files, last_note
from storage.custody import open_custody
from tests.channels.authority import make_authority, reply_to, served
from tests.crawler.serving import Ended, call
from tests.storage.custody import act, past_the_store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data directory."""
    place = tmp_path / "home"
    place.mkdir(mode=0o700)
    return place


@pytest.fixture
def env(home: Path, own_database: str) -> dict[str, str]:
    """Settings of an installation with a database of its own."""
    return {"HAECHI_DATA_DIR": str(home), "HAECHI_MONGODB_URI": own_database, "HAECHI_LANG": "en"}


def record(uri: str, home: Path, *numbers: int) -> None:
    """Write entries as the service would, a block each."""

    async def write() -> None:
        async with (
            evidence_store(Settings(data_dir=home), uri) as store,
            open_custody(store, now, Files(folder=home)) as custody,
        ):
            for number in numbers:
                await custody.record(act(number))

    asyncio.run(write())


def verify(env: dict[str, str], *options: object) -> Ended:
    """Run the command."""
    return call("evidence", "verify", *map(str, options), env=env)


def test_a_log_is_anchored_by_a_checkpoint_from_outside(env: dict[str, str], home: Path, own_database: str) -> None:
    """Exit code 3 without one, 0 with one; what came later is counted."""
    record(own_database, home, 1, 2)
    outside = home.parent / "outside.txt"
    assert 0 == call("evidence", "checkpoint", "--out", str(outside), env=env).code
    record(own_database, home, 3)
    bare, held = verify(env), verify(env, "--checkpoint", outside)
    assert (3, 0) == (bare.code, held.code)
    assert "not provable without a checkpoint from outside" in bare.out
    assert held.out.startswith("✓ intact: 4 entries, held up to entry 2 by a checkpoint from outside of 20")
    assert re.search(r"not anchored since 20[-\d]+T[\d:.]+Z: 1 entries", held.out)
    assert re.search(r"not anchored since 20[-\d]+T[\d:.]+Z: 4 entries", bare.out)


def test_a_changed_entry_is_named_in_both_languages(env: dict[str, str], home: Path, own_database: str) -> None:
    """Exit code 2, also as a row."""
    record(own_database, home, 1, 2)
    with past_the_store(own_database) as blocks:
        blocks.update_one({"_id": 2}, {"$set": {"root": bytes(32)}})
    ended, korean, row = verify(env), verify({**env, "HAECHI_LANG": "ko"}), verify(env, "--json").rows[0]
    assert (2, 2) == (ended.code, korean.code)
    assert "entry 2: whole, but what is stored beside it was changed (root)" in ended.out
    assert "항목 2: 내용은 온전하나 함께 저장된 값이 변경되었습니다 (root)" in korean.out
    assert ("broken", 2, "field changed", 2, "root") == tuple(
        row[name] for name in ("state", "exit_code", "damage", "first_bad", "what")
    )


def test_a_cut_tail_is_found_by_our_own_checkpoints_too(env: dict[str, str], home: Path, own_database: str) -> None:
    """Whoever cannot write to the data directory cannot cut the log unseen."""
    record(own_database, home, 1, 2)
    with past_the_store(own_database) as blocks:
        blocks.delete_one({"_id": 2})
    ended = verify(env)
    assert (2, True) == (ended.code, "the log ends before entry 2, which a checkpoint signed" in ended.out)
    (home / "custody-checkpoints.txt").unlink()
    assert 3 == verify(env).code


def test_two_histories_are_exit_code_4(env: dict[str, str], home: Path, own_database: str) -> None:
    """A log that was put back and written on contradicts what was signed before."""
    record(own_database, home, 1)
    with past_the_store(own_database) as blocks:
        backup = list(blocks.find({}))
        record(own_database, home, 2)
        shutil.move(home / "custody-checkpoints.txt", home.parent / "outside.txt")
        blocks.delete_many({})
        blocks.insert_many(backup)
    record(own_database, home, 3)
    ended = verify(env, "--checkpoint", home.parent / "outside.txt")
    assert (4, True) == (ended.code, "two different logs were signed" in ended.out)


@pytest.mark.parametrize("content", [None, "", "nonsense"])
def test_a_checkpoint_that_cannot_be_read_is_exit_code_5(env: dict[str, str], home: Path, content: str | None) -> None:
    """One line on standard error names the file; nothing goes to standard output."""
    file = home.parent / "outside.txt"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    ended = verify(env, "--checkpoint", file)
    assert (5, "", True) == (ended.code, ended.out, str(file) in ended.err)


def test_a_database_that_does_not_answer_is_exit_code_5(env: dict[str, str]) -> None:
    """Nothing is said of the log."""
    gone = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100"
    ended = verify({**env, "HAECHI_MONGODB_URI": gone})
    assert (5, "") == (ended.code, ended.out)


def test_an_empty_log_has_no_checkpoint(env: dict[str, str]) -> None:
    """And is not anchored."""
    ended = call("evidence", "checkpoint", env=env)
    assert (2, True) == (ended.code, "the log has no entries yet" in ended.err)
    assert 3 == verify(env).code


def test_a_checkpoint_is_printed_as_it_is_signed(env: dict[str, str], home: Path, own_database: str) -> None:
    """So that standard output can be kept; the row holds the same text."""
    record(own_database, home, 1)
    ended, row = call("evidence", "checkpoint", env=env), call("evidence", "checkpoint", "--json", env=env).rows[0]
    outside = home.parent / "outside.txt"
    outside.write_text(ended.out, encoding="utf-8")
    assert 0 == verify(env, "--checkpoint", outside).code
    outside.write_text(row["note"], encoding="utf-8")
    assert (0, 2) == (verify(env, "--checkpoint", outside).code, row["size"])


def test_a_time_stamp_anchors_our_own_checkpoint(
    env: dict[str, str], home: Path, own_database: str, tmp_path: Path
) -> None:
    """Where the authority's root lies in the data directory; without it the stamp proves nothing."""
    authority = make_authority(tmp_path)
    record(own_database, home, 1)
    files = Files(folder=home)
    note = last_note(files.notes)
    assert note

    async def ask() -> tuple[str, ...]:
        async with served(lambda query: reply_to(authority, query)) as url:
            return await stamp(note, files, [url, "https://127.0.0.1:1/"], None, allow_loopback=True)

    (problem,) = asyncio.run(ask())
    assert "https://127.0.0.1:1/" in problem
    assert 3 == verify(env).code
    (home / AUTHORITIES).mkdir()
    shutil.copy(authority / "root.pem", home / AUTHORITIES)
    assert 0 == verify(env).code
