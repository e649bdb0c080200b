"""Decisions in a package: those of its items, for whoever gets the records."""

import json
from pathlib import Path

from evidence.verifier.check import INTACT, check
from storage.mongo import Store
from storage.reviews import claim
from tests.conftest import NOW, Clock
from tests.crawler.test_packages import Cabinet, held
from tests.storage.reviewing import ANN, decide, flag_document, opened_desk, put_flags


async def test_decisions_go_with_the_records(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Codes and pseudonyms, no words; of other flags nothing, and to others nobody's."""
    cabinet = await Cabinet(store, clock, tmp_path).fill()
    async with opened_desk(store, clock, tmp_path) as desk:
        for flag in await put_flags(store, flag_document(1), flag_document(9)):
            await claim(desk, ANN, flag, NOW)
            await decide(desk, ANN, flag, "likely", note="김가온 학생 담임에게 들음")
    made = await cabinet.export()
    text = (made.path / "data/decisions.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [("1900000001:1", "claim", None), ("1900000001:1", "decide", "likely")] == [
        (line["flag"], line["act"], line["disposition"]) for line in lines
    ]
    assert "담임" not in text
    assert INTACT == check(made.path, held(cabinet))[0]
    entries = (made.path / "data/custody/entries.jsonl").read_text(encoding="utf-8").splitlines()
    told = [entry for entry in map(json.loads, entries) if entry["action"] == "review-decide"]
    assert [(lines[1]["note_commit"], "1900000001:1")] == [(entry["commit"], entry["target_id"]) for entry in told]
    other = await cabinet.export("regulator", out="other")
    assert not (other.path / "data/decisions.jsonl").exists()
