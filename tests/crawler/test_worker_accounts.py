"""A Telegram account lives in one worker; when that one dies, in the next, and what it reads goes on."""

from pathlib import Path

import pytest

from tests.crawler.fleet import Fleet, fleet
from tests.crawler.test_telegram_kill import ROOMS, Practice, practice
from tests.rabbitmq import RabbitMq

__all__ = ["practice"]

PATIENCE_S = 90.0


def done_by(ours: Fleet) -> list[str]:
    """Workers of the passes that are done, in the order in which they were begun."""
    done = [slot for slot in ours.passes() if slot["done_at"] and slot["outcome"] == "watched"]
    return [slot["worker"] for slot in sorted(done, key=lambda slot: slot["begun_at"])]


def lives_in(ours: Fleet, fence: int) -> bool:
    """Whether the account was taken so many times."""
    return [fence] == [lease["fence"] for lease in ours.documents("account_leases")]


@pytest.mark.slow
def test_an_account_lives_in_one_worker(
    practice: Practice,
    tmp_path: Path,
    own_database: str,
    rabbit: RabbitMq,
) -> None:
    """Three workers are given the same session: one reads, and after its death another one."""
    rooms = "\n".join(f"  - {{address: '@{name}', backfill: all, via: telegram, every: 10s}}" for name in ROOMS)
    (tmp_path / "rooms.yaml").write_text(f"version: 1\nsources:\n{rooms}\n", encoding="utf-8")
    telegram = {
        "HAECHI_TELEGRAM_SESSION": str(tmp_path / "loop.session"),
        "HAECHI_TELEGRAM_API_ID": "1",
        "HAECHI_TELEGRAM_API_HASH": "hash",
        "HAECHI_LEGAL_BASIS": "practice",
    }
    with fleet(tmp_path, own_database, rabbit.url, "http://127.0.0.1:9", **telegram) as ours:
        ours.start("first", "worker", "--account", "loop")
        ours.wait_until(lambda: lives_in(ours, 1), PATIENCE_S)
        ours.start("second", "worker")
        ours.start("third", "worker", "--account", str(tmp_path / "loop.session"))
        ours.scheduler("schedule", tmp_path / "rooms.yaml")
        ours.wait_until(lambda: len(done_by(ours)) >= 3, PATIENCE_S)
        assert 1 == len(set(done_by(ours)))
        ours.wait_until(lambda: all("lives in another" in ours.said(name) for name in ("second", "third")), PATIENCE_S)
        ours.kill("first")
        ours.wait_until(lambda: lives_in(ours, 2), PATIENCE_S)
        before = len(done_by(ours))
        practice.change(1)
        ours.wait_until(lambda: len(done_by(ours)) >= before + 6, PATIENCE_S)
        codes, workers = ours.end(), done_by(ours)
        kept = {document["source"] for document in ours.documents("posts")}
        report = practice.do("report")
    assert {0} == set(codes.values())
    assert 2 == len(set(workers))
    assert workers == sorted(workers, key=workers.index)  # never back and forth
    assert {f"https://t.me/{name}" for name in ROOMS} == kept
    assert (0, 0, 0, []) == tuple(report[name] for name in ("joins", "writes", "media", "flood_wait_violations"))
    assert {1} == set(report["most_in_flight"].values())
