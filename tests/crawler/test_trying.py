"""A watchlist tried over what was received: what it would flag and what differs; nothing is written."""

from datetime import timedelta
from pathlib import Path

from config.settings import Settings
from config.watchlist import parse_watchlist
from crawler.assemble import criteria_for, now
from crawler.crawl import Crawler
from crawler.passes import pass_over
from crawler.trying import places_to_try, try_criteria
from evidence.records import Watchlist
from storage.mongo import Store
from tests.conftest import Clock
from tests.crawler.serving import call
from tests.storage.making import everything

EVERY = """version: 1
terms:
  - id: any
    patterns: ['.']
rules:
  - {id: all, when: {terms: [any]}, severity: low}
"""
"""Flags whatever is said."""


async def test_what_runs_flags_what_it_flagged(
    crawler: Crawler, watchlist: Watchlist, store: Store, own_database: str, clock: Clock
) -> None:
    """The same words and rules over the kept pages find the same posts; the store is as it was."""
    await pass_over(watchlist.sources, crawler, lambda _: None)
    stored = everything(own_database)
    places = await places_to_try(store, watchlist, clock())
    until = now() + timedelta(days=1)  # pages are received by the real clock
    trial = await try_criteria(store, places, crawler.criteria, until - timedelta(days=8), until)
    assert len(stored["flags"]) == trial.flags_after == trial.raised == len(trial.matches)
    assert {flag["address"] for flag in stored["flags"]} == {match.address for match in trial.matches}
    assert (True, 0, 0) == (trial.is_whole, trial.unreadable, trial.cleared)
    assert stored == everything(own_database)
    same = await try_criteria(
        store, places, crawler.criteria, until - timedelta(days=8), until, before=crawler.criteria
    )
    assert (trial.flags_after, 0, ()) == (same.flags_before, same.raised + same.cleared + same.changed, same.matches)


async def test_a_change_shows_where_it_differs(
    crawler: Crawler, watchlist: Watchlist, store: Store, settings: Settings, clock: Clock
) -> None:
    """Posts that are flagged now and not before, and the other way round; masked."""
    await pass_over(watchlist.sources, crawler, lambda _: None)
    every = parse_watchlist(EVERY, "x")
    after = await criteria_for(store, every.terms, every.rules, settings)
    places, until = await places_to_try(store, watchlist, clock()), now() + timedelta(days=1)
    since = until - timedelta(days=8)
    trial = await try_criteria(store, places, after, since, until, before=crawler.criteria)
    assert trial.posts > trial.flags_before > 0
    assert (trial.flags_before, 0) == (trial.changed, trial.cleared)
    assert trial.raised == trial.flags_after - trial.flags_before
    assert (("all", trial.flags_after),) == trial.rules
    back = await try_criteria(store, places, crawler.criteria, since, until, before=after)
    assert (trial.raised, 0) == (back.cleared, back.raised)
    assert not (await try_criteria(store, places, after, since, until, most_s=0.0)).is_whole
    none = await try_criteria(store, places, after, until, until + timedelta(days=1))
    assert (0, 0) == (none.captures, none.posts)


def test_the_commands(practised: Path, tmp_path: Path) -> None:
    """``try``, ``diff`` of files and versions, ``history``."""
    env = {"HAECHI_DATA_DIR": str(practised)}
    file = tmp_path / "try.yaml"
    file.write_text(EVERY, encoding="utf-8")
    tried = call("watchlist", "try", str(file), "--json", env=env)
    assert {("low", ("all",))} == {(row["severity"], tuple(row["reasons"])) for row in tried.rows}
    words = call("watchlist", "try", str(file), "--since", "30d", env=env).out
    assert f"{len(tried.rows)} would be flagged; nothing was written" in words
    (row,) = call("watchlist", "history", "--json", env=env).rows
    assert (1, None, 64) == (row["version"], row["why"], len(row["sha256"]))
    assert row["by"].startswith("staff-")
    rows = call("watchlist", "diff", "1", str(file), "--json", env=env).rows
    assert ("terms", "any", None, "{id: any, patterns: [.]}") == tuple(
        next(row for row in rows if row["name"] == "any")[key] for key in ("section", "name", "before", "after")
    )
    assert "no difference\n" == call("watchlist", "diff", str(file), str(file), env=env).out
    assert "+   - id: any\n" in call("watchlist", "diff", "1", str(file), env=env).out
    unknown = call("watchlist", "diff", "1", "9", env=env)
    assert (2, True) == (unknown.code, "watchlist version 9 is not stored" in unknown.err)
