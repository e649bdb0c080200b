"""Terms and rules in forms: tried on sentences and on what came in, before anything is proposed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from config.settings import Settings
from config.watchlist import packaged_defaults, parse_watchlist
from console.serving import serving
from console.visit import Console
from crawler.assemble import crawler_for
from crawler.console_watching import watching_for
from crawler.passes import pass_over
from evidence.roles import Role
from practice.web import PracticeWeb
from storage.custody import Custody
from storage.mongo import Store
from storage.watchlists import import_version, newest_version
from tests.conftest import Clock
from tests.console.asking import Caller, signed_in
from tests.console.conftest import make_console
from tests.console.keeping import TEXT, carried, keep_watchlist, proposed, saved
from tests.storage.importing import OPERATOR

TALK = "version: 1\nsources:\n  - address: '@practice_talk'\n    backfill: 30d\n"
SCHOOLS = Path(str(files("practice") / "schools.csv"))


@pytest.fixture
def settings(practice_web: PracticeWeb, tmp_path: Path) -> Settings:
    """Of an installation that reads the practice web without pauses."""
    return Settings(web_base=practice_web.base, allow_loopback=True, pace_s=0.0, schools=SCHOOLS, data_dir=tmp_path)


@pytest_asyncio.fixture
async def reading(store: Store, custody: Custody, clock: Clock, settings: Settings) -> AsyncIterator[Console]:
    """A console that looks at the practice web, after one pass over a room of it."""
    await import_version(store, custody, OPERATOR, TALK, "talk.yaml", clock())
    watchlist = parse_watchlist(TALK, "talk")
    async with crawler_for(store, watchlist, settings) as crawler:
        await pass_over(watchlist.sources, crawler, lambda _: None)

    def make(host: str, port: int) -> Console:
        made = make_console(store, custody, clock, f"http://{host}:{port}", is_practice=True)
        return replace(made, works=replace(made.works, watching=watching_for(store, settings, is_practice=True)))

    async with serving(make, "127.0.0.1", 0) as served:
        yield served


@pytest_asyncio.fixture
async def monitor(console: Console, client: ClientSession) -> Caller:
    """Somebody who keeps a watchlist that is there."""
    await keep_watchlist(console)
    return await signed_in(console, client, Role.MONITOR)


@pytest_asyncio.fixture
async def supervisor(console: Console, client: ClientSession) -> Caller:
    """A second person."""
    return await signed_in(console, client, Role.SUPERVISOR)


async def test_a_link_is_looked_at(reading: Console, client: ClientSession) -> None:
    """By one request: kind, title and members; a person's account and an unknown name are told apart."""
    caller = await signed_in(reading, client, Role.MONITOR)
    seen = {name: (await caller.post("/watchlist/link", {"link": f"@{name}"})).text for name in NAMES}
    assert all(words in seen["practice_talk"] for words in ("Channel", "can be read on public pages", "<dt>Members"))
    assert "Group" in seen["practice_group"]
    assert "not on public pages" in seen["practice_group"]
    assert "Nothing is shown under this name" in seen["practice_nowhere"]
    assert 'action="/watchlist/rooms"' in seen["practice_nowhere"]


NAMES = ("practice_talk", "practice_group", "practice_nowhere")


@pytest.mark.slow
async def test_what_a_change_would_flag(reading: Console, client: ClientSession) -> None:
    """Shown before it is proposed, masked, only within one's offices; nothing is written."""
    caller = await signed_in(reading, client, Role.MONITOR)
    form = {"base": "1", "id": "anything", "patterns": "."}
    assert "flagged so far" in (await caller.post("/watchlist/term", form)).text
    rule = {"base": "1", "id": "all", "severity": "critical", "terms": ["synthetic-media"]}
    draft = await caller.post("/watchlist/rule", rule)
    again = await caller.post("/watchlist/draft", {**carried(draft, "/watchlist/draft"), "span": "7d"})
    assert "≠ otherwise" in again.text
    assert "practice_talk" in again.text
    elsewhere = await signed_in(reading, client, Role.MONITOR, name="elsewhere", offices=frozenset({"T10"}))
    hidden = await elsewhere.post("/watchlist/draft", {**carried(draft, "/watchlist/draft"), "span": "7d"})
    assert "All of them belong to other offices." in hidden.text
    version = await newest_version(reading.store)
    assert version is not None
    assert TALK == version.text


async def test_sentences_are_tried(monitor: Caller) -> None:
    """As the changed list would read them, school names included; nothing is proposed by it."""
    form = {"base": "1", "name": "trade", "id": "trade", "any": "팝니다", "do": "try"}
    sentences = "합성물 팝니다\n해솔빛고 딥페이크 팝니다\n날씨가 좋다"
    page = (await monitor.post("/watchlist/term", {**form, "sentences": sentences})).text
    assert "mentions 0, terms: trade" in page
    assert "no flag" in page
    assert "school-with-synthetic-media" in page
    bad = await monitor.post("/watchlist/term", {**form, "patterns": "(?<=x)"})
    assert (422, True) == (bad.status, "One of these is no RE2 pattern." in bad.text)
    for wrong in ({"id": "trade"}, {"id": "new", "any": ""}, {"id": "", "any": "x"}):
        assert 422 == (await monitor.post("/watchlist/term", {"base": "1", **wrong})).status
    assert 404 == (await monitor.get("/watchlist/term?id=none")).status


async def test_a_packaged_term_is_replaced_by_ones_own(
    console: Console,
    monitor: Caller,
    supervisor: Caller,
) -> None:
    """Under its name; all others stay packaged, remarks stay."""
    assert "This is a packaged term." in (await monitor.get("/watchlist/term?id=threat")).text
    form = {"base": "1", "name": "threat", "id": "threat", "any": "협박\n유포하겠다"}
    await saved(supervisor, await proposed(monitor, await monitor.post("/watchlist/term", form)))
    version = await newest_version(console.store)
    assert version is not None
    assert version.text == TEXT + "  - id: threat\n    any: [협박, 유포하겠다]\n"
    page = (await monitor.get("/watchlist/terms")).text
    assert page.count(">own<") == 2 or page.count("own</span>") == 2


@pytest.mark.slow
async def test_the_first_own_rule_takes_the_packaged_ones_over(
    console: Console,
    monitor: Caller,
    supervisor: Caller,
) -> None:
    """Own rules replace all of them: so all are written out, and nothing is lost."""
    form = {"base": "1", "name": "many-schools", "id": "many-schools", "severity": "critical", "mentions": "9"}
    draft = await monitor.post("/watchlist/rule", form)
    await saved(supervisor, await proposed(monitor, draft))
    version = await newest_version(console.store)
    assert version is not None
    rules = {rule.id: rule for rule in parse_watchlist(version.text, "x", ("generic",)).rules}
    packaged = {rule.id: rule for rule in packaged_defaults()[1]}
    assert packaged.keys() == rules.keys()
    assert {"many-schools"} == {name for name in rules if rules[name] != packaged[name]}
    assert (9, "critical") == (rules["many-schools"].mentions, rules["many-schools"].severity)
    nothing = await monitor.post("/watchlist/rule", {"base": "2", "id": "r", "severity": "low", "mentions": "0"})
    assert (422, True) == (nothing.status, "Expected mentions, terms or both." in nothing.text)
    assert 400 == (await monitor.post("/watchlist/rule", {"base": "2", "id": "r", "mentions": "x"})).status
