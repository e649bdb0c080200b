"""Stamps by the hour while the service runs, and where it shows that the log is anchored, or since when it is not."""

import asyncio
import json
import shutil
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from crawler.assemble import now
from crawler.commands.doctor import _anchoring
from crawler.stamping import AUTHORITIES, anchored, stamping, standing
from crawler.summaries import digest_of
from evidence.checkpoint import Files, last_note, parse_notes, read_notes
from evidence.custody import moment
from evidence.errors import HaechiError
from pipelines.digest import page_of
from pipelines.digest.markdown import to_markdown
from pipelines.digest.words import Lang
from storage.custody import open_custody
from storage.mongo import Store
from tests.channels.authority import make_authority, reply_to, served
from tests.conftest import NOW, Clock
from tests.storage.custody import act, write_log
from tests.tasks import own_tasks


def settings_for(folder: Path, *urls: str) -> Settings:
    """Of an installation with these authorities."""
    return Settings(data_dir=folder, allow_loopback=True, tsa_urls=" ".join(urls) or None)


def trust(authority: Path, folder: Path) -> None:
    """Put the authority's root where those lie that are trusted."""
    (folder / AUTHORITIES).mkdir()
    shutil.copy(authority / "root.pem", folder / AUTHORITIES)


async def until_anchored(files: Files, clock: Clock) -> None:
    """Wait for the stamp on the newest checkpoint."""
    for _ in range(500):
        held = standing(files, clock())
        if held is not None and held.is_anchored:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("no stamp within 5 s")


@pytest.mark.slow
async def test_the_newest_checkpoint_is_stamped_again_and_again(store: Store, clock: Clock, tmp_path: Path) -> None:
    """What is new since the last stamp gets one; what is not gets none; an authority that is down is asked again."""
    files, authority = Files(folder=tmp_path), make_authority(tmp_path)
    trust(authority, tmp_path)
    await write_log(store, clock, tmp_path)
    asked = list[int]()

    def answer(query: bytes) -> bytes:
        asked.append(len(query))
        return b"nonsense" if len(asked) == 1 else reply_to(authority, query)

    async with served(answer) as url, stamping(settings_for(tmp_path, url), every_s=0.05, again_s=0.05):
        await until_anchored(files, clock)
        number = len(asked)
        await asyncio.sleep(0.2)
        assert (2, number) == (number, len(asked))
        await write_log(store, clock, tmp_path, start=100)
        await until_anchored(files, clock)
    assert [note.size for note in anchored(read_notes(files.notes).notes, files)] == [9, 17]


async def test_without_authorities_nothing_is_asked(tmp_path: Path) -> None:
    """There is no task."""
    before = own_tasks()
    async with stamping(settings_for(tmp_path)):
        assert before == own_tasks()


async def test_how_far_the_log_is_held(store: Store, clock: Clock, tmp_path: Path) -> None:
    """By the newest checkpoint of a moment, whatever came later; not anchored since the first one."""
    files = Files(folder=tmp_path)
    assert standing(files, clock()) is None
    first = await write_log(store, clock, tmp_path)
    at = clock.forward(minutes=1)
    clock.forward(hours=1)
    await write_log(store, clock, tmp_path, start=100)
    held, later = standing(files, at), standing(files, clock())
    assert held
    assert later
    assert ((first.size, False), first.size * 2 - 1) == ((held.note.size, held.is_anchored), later.note.size)
    assert read_notes(files.notes).notes[0].at == held.since == later.since
    assert standing(files, NOW - timedelta(days=1)) is None


async def test_the_doctor_says_it(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Since when, and what to do."""
    clock.now = now() - timedelta(hours=3)
    assert "no checkpoint of the log yet" == _anchoring(settings_for(tmp_path))
    await write_log(store, clock, tmp_path)
    since = f"not anchored since {moment(read_notes(Files(folder=tmp_path).notes).notes[0].at)}"
    assert f"{since} (9 entries" in _anchoring(settings_for(tmp_path))
    with pytest.raises(HaechiError, match=f"{since}.*root certificates"):
        _anchoring(settings_for(tmp_path, "http://127.0.0.1:1/"))
    (tmp_path / AUTHORITIES).mkdir()
    (tmp_path / AUTHORITIES / "a.pem").write_text("", encoding="ascii")
    with pytest.raises(HaechiError, match=f"{since}.*do the authorities of HAECHI_TSA_URLS answer"):
        _anchoring(settings_for(tmp_path, "http://127.0.0.1:1/"))


async def test_each_summary_carries_the_checkpoint(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Size, root, time, and the whole note, so that whoever keeps the summary can check the log against it."""
    clock.now = at = now() - timedelta(hours=3)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        await custody.record(act(1))
    note = last_note(Files(folder=tmp_path).notes)
    assert note
    made = await digest_of(store, settings_for(tmp_path), None)
    row = json.loads(json.dumps(asdict(made)))["checkpoint"]
    assert (2, moment(at), False, moment(at)) == (
        row["size"], row["at"], row["is_anchored"], row["not_anchored_since"]
    )  # fmt: skip
    assert (note,) == parse_notes(row["note"]).notes
    said: tuple[tuple[Lang, str], ...] = (("en", f"Not anchored since {moment(at)}"), ("ko", "부터 고정되지 않음"))
    for lang, words in said:
        text = to_markdown(page_of(made, lang, {}))
        assert words in text
        assert (note,) == parse_notes(text.partition("```\n")[2].partition("```")[0]).notes
