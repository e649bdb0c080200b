"""From a grave flag to an urgent draft in one step; nothing is sent, and no word of the post is in it."""

import json

from aiohttp import ClientSession

from console.visit import Console
from evidence.roles import Role
from storage.mongo import Store
from storage.referrals import all_referrals, read_letter
from tests.conftest import NOW
from tests.console.asking import signed_in
from tests.console.reviewing import MILD, NAMING, raise_flags
from tests.console.test_queue_pages import console as console

FORM = {"to": "police", "reason": "위험이 의심됨"}


async def test_one_person_drafts_alone(console: Console, client: ClientSession, store: Store) -> None:
    """A case with this post alone, a letter without a word of it, child safety raised; then a person may send it."""
    grave, mild = await raise_flags(store, {1: NAMING, 2: MILD % 2})
    ben = await signed_in(console, client, Role.INVESTIGATOR)
    for flag, is_there in ((grave, True), (mild, False)):
        assert is_there is ('data-key="u"' in (await ben.get(f"/queue/{flag}")).text)
    page = (await ben.get(f"/queue/{grave}/urgent")).text
    assert [True, True, False] == [f'value="{to}"' in page for to in ("police", "victim-support", "regulator")]
    to = (await ben.post(f"/queue/{grave}/urgent", FORM)).to
    (draft,) = await all_referrals(store, None, NOW.replace(year=NOW.year + 1))
    assert f"/referrals/{draft.id}?done=drafted" == to
    assert ((grave,), "drafted", True) == (draft.posts, draft.stage, draft.is_urgent)
    letter = "".join((await read_letter(store, draft.id)).values())
    assert [] == [word for word in ("해솔빛고", "김민수", "딥페이크", "이름") if word in letter]
    assert "You may send it alone" in (await ben.get(to)).text
    document = await store["flags"].find_one({"_id": grave}) or {}
    assert ben.person is not None
    assert ben.person.id == document["urgent"]["by"]


async def test_not_twice_and_not_into_two_cases(console: Console, client: ClientSession, store: Store) -> None:
    """The same body has it already, and says so; another one goes into the same case."""
    (flag,) = await raise_flags(store, {1: NAMING})
    ben = await signed_in(console, client, Role.INVESTIGATOR)
    await ben.post(f"/queue/{flag}/urgent", FORM)
    again = await ben.post(f"/queue/{flag}/urgent", FORM)
    assert (422, True) == (again.status, "This could not be drafted" in again.text)
    assert 422 == (await ben.post(f"/queue/{flag}/urgent", {**FORM, "to": "regulator"})).status
    assert 303 == (await ben.post(f"/queue/{flag}/urgent", {**FORM, "to": "victim-support"})).status
    assert 1 == len({one.case for one in await all_referrals(store, None, NOW.replace(year=NOW.year + 1))})


async def test_any_reviewer_may(console: Console, client: ClientSession, store: Store) -> None:
    """A monitor drafts; who records what was sent is another person. Others are not let in."""
    (flag,) = await raise_flags(store, {1: NAMING})
    ann = await signed_in(console, client, Role.MONITOR)
    assert "An investigator or a supervisor sends it" in (await ann.get(f"/queue/{flag}/urgent")).text
    headers = {"X-CSRF-Token": ann.key}
    made = await ann.ask("POST", f"/api/queue/{flag}/urgent", json=FORM, headers=headers)
    assert "police" == json.loads(made.text)["to"]
    assert "Drafted. An investigator" in (await ann.get(f"/queue/{flag}?done=drafted")).text
    seoul = await signed_in(console, client, Role.MONITOR, name="busan", offices=frozenset({"C10"}))
    assert 404 == (await seoul.get(f"/queue/{flag}/urgent")).status
    assert 403 == (await (await signed_in(console, client, Role.VIEWER)).get(f"/queue/{flag}/urgent")).status
