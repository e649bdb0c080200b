"""Practice teaches: whoever decided an invented post is told what is known of it, and supervisors see how it goes."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from aiohttp import ClientSession

from console.serving import serving
from console.visit import Console
from evidence.gold import KnownAnswer
from evidence.review import Disposition
from evidence.roles import Role
from storage.custody import Custody
from storage.mongo import Store
from tests.conftest import Clock
from tests.console.asking import signed_in
from tests.console.conftest import make_console
from tests.console.reviewing import MILD, always_alone, raise_flags
from tests.console.test_queue_pages import decide
from tests.storage.making import PEER

FLAG = f"{PEER}:1"
ANSWER = KnownAnswer(flag=FLAG, right=frozenset({Disposition.NOT_RELEVANT}), ko="예방", en="It is about prevention.")
KNOWN = "Known answer of this practice post"


@pytest_asyncio.fixture
async def console(store: Store, custody: Custody, clock: Clock) -> AsyncIterator[Console]:
    """Of practice, with one known answer."""

    def make(host: str, port: int) -> Console:
        made = always_alone(make_console(store, custody, clock, f"http://{host}:{port}", is_practice=True))
        return replace(made, works=replace(made.works, gold={FLAG: ANSWER}))

    async with serving(make, "127.0.0.1", 0) as served:
        yield served


async def test_told_after_deciding_and_not_before(console: Console, client: ClientSession, store: Store) -> None:
    """On the page that follows and on the flag's; not to those who have not decided, nor once it is taken back."""
    await raise_flags(store, {1: MILD % 1, 2: MILD % 2})
    ann = await signed_in(console, client, Role.MONITOR, name="ann")
    sue = await signed_in(console, client, Role.SUPERVISOR, name="sue")
    await ann.post("/queue/next")
    assert KNOWN not in (await ann.get(f"/queue/{FLAG}")).text
    assert KNOWN not in (await ann.get(f"/queue?done=decided&last={FLAG}")).text
    to = (await decide(ann, FLAG, "likely", severity="low")).to
    assert KNOWN in (await ann.get(to)).text
    assert "It is about prevention." in (await ann.get(f"/queue/{FLAG}")).text
    assert KNOWN not in (await sue.get(f"/queue/{FLAG}")).text
    page = (await sue.get("/assignments")).text
    assert "0 of 1 as known" in page
    await ann.post(f"/queue/{FLAG}/act", {"do": "undo"})
    assert KNOWN not in (await ann.get(f"/queue/{FLAG}")).text
    await decide(ann, FLAG, "not_relevant", severity="low")
    assert "1 of 1 as known" in (await sue.get("/assignments")).text


async def test_real_posts_have_none(console: Console, store: Store, custody: Custody, clock: Clock) -> None:
    """Outside of practice no answer is known to the console at all."""
    assert {} == make_console(store, custody, clock, "http://127.0.0.1:1").works.gold
    assert 10 == len(make_console(store, custody, clock, "http://127.0.0.1:1", is_practice=True).works.gold)
