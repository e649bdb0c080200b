"""Hostile texts on the pages of review: a flag's text, folded or not, and unmasked whole, in part and by the case."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from console.visit import Console
from evidence.checkpoint import Files
from evidence.roles import Role
from storage.custody import Custody, open_custody
from storage.mongo import Store
from tests.conftest import Clock
from tests.console.asking import Caller, signed_in
from tests.console.payloads import payloads
from tests.console.planting import plant
from tests.console.test_hostile import wrong_with
from tests.storage.making import PEER

WHY = {"purpose": "check", "do": "break"}


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of the store; it may take its time for so much."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as opened:
        yield opened


async def opened(caller: Caller, path: str, **form: object) -> list[str]:
    """Break the glass; what is wrong with the page that shows it."""
    answer = await caller.post(path, {**WHY, "words": payloads()[3][:900], **form})
    assert answer.to.startswith("/reveals/proposal-"), answer.text[-1_500:]
    return wrong_with(await caller.get(answer.to))


@pytest.mark.slow
async def test_texts_of_flags_and_reveals(console: Console, client: ClientSession, store: Store, clock: Clock) -> None:
    """Nothing of it is alive, whichever way it is shown."""
    case = await plant(console, store)
    sue = await signed_in(console, client, Role.SUPERVISOR)
    wrong: list[tuple[str, list[str]]] = []
    for number in range(1, 161):
        await sue.post(f"/queue/{PEER}:{number}/act", {"do": "look"})
        page = await sue.get(f"/queue/{PEER}:{number}")
        clock.forward(seconds=1)  # nobody is that fast
        assert 'class="words"' in page.text
        wrong.append((str(number), wrong_with(page)))
    flags = [f"{PEER}:{number}" for number in range(1, 16)]
    wrong.append(("case", await opened(sue, f"/cases/{case}/reveal", flags=flags)))
    for number in range(1, 12):
        clock.forward(seconds=5)
        wrong.append((f"reveal {number}", await opened(sue, f"/queue/{PEER}:{number}/reveal")))
    for path in ("/reveals", "/assignments", "/queue?shelf=waiting", f"/cases/{case}/reveal"):
        wrong.append((path, wrong_with(await sue.get(path))))
    assert [] == [found for found in wrong if found[1]]


async def test_extents_that_are_none(console: Console, client: ClientSession, store: Store) -> None:
    """Spans, flags and bodies that do not exist are refused, whatever they are made of; never an error of ours."""
    sue = await signed_in(console, client, Role.SUPERVISOR)
    case = (await sue.post("/cases", {"question": "x"})).to
    for text in ("-1", "9999", "1'", "{$ne: 1}", "../..", "\u202e1", "１", "1e9", ""):
        for path, form in (
            (f"{case}/reveal", {"flags": text}),
            (f"/queue/{PEER}:1/reveal", {"span": text}),
            ("/assignments", {"person": text, "flags": text}),
            ("/assignments/limits", {"person": "staff-000000000000", "most": text}),
            (f"/queue/{PEER}:1/urgent", {"to": text, "reason": "x"}),
        ):
            status = (await sue.post(path, {**WHY, "words": "x", **form})).status
            assert status in (400, 404, 422), (path, text, status)
        assert (await sue.get(f"/queue/{PEER}:1/reveal?span={text.replace('{', '').replace('}', '')}")).status == 404
