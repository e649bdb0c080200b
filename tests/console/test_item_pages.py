"""Posts, cases and what two persons do about them, over real sockets and a real store."""

import io
import json
import re
import tarfile
from typing import get_args

import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console import item_words
from console.filters import STATES
from console.proofs import proof_of
from console.views.exports import Download
from console.visit import Console
from evidence.checkpoint import Note
from evidence.envelope import open_package
from evidence.erasure import Basis, Requester
from evidence.package.profiles import PROFILES
from evidence.roles import Role
from evidence.standing import Standing
from storage.mongo import Store
from tests.conftest import NOW
from tests.console.asking import Caller, signed_in
from tests.console.finding import SEOUL, put_posts, said
from tests.storage.making import PEER

POST = f"{PEER}:1"


async def staff(console: Console, client: ClientSession) -> tuple[Caller, Caller]:
    """An investigator and a supervisor."""
    return await signed_in(console, client, Role.INVESTIGATOR), await signed_in(console, client, Role.SUPERVISOR)


async def case_with(caller: Caller, *posts: str) -> str:
    """A case that holds posts."""
    made = (await caller.post("/cases", {"question": "누가 명단을 퍼뜨리나?"})).to
    for post in posts:
        answer = await caller.post(f"{made}/items", {"item": post})
        assert "" == "".join(re.findall(r"This could not be done[^<]*", answer.text))
        assert 303 == answer.status
    return made


async def test_a_post_with_its_revisions_seals_and_room(console: Console, client: ClientSession, store: Store) -> None:
    """Masked now and then; sealed in the log; that it was opened is there too."""
    await put_posts(store, said(1, SEOUL))
    await put_posts(store, said(1, SEOUL.replace("돈다는", "돌았다는")))
    caller, _ = await staff(console, client)
    page = await caller.get(f"/items/{POST}")
    assert 200 == page.status
    assert ("<del>" in page.text, "<ins>" in page.text, "9999" in page.text, "김하늘" in page.text) == (
        True,
        True,
        False,
        False,
    )
    row = json.loads((await caller.get(f"/api/items/{POST}")).text)
    assert [1, 2] == [seal["revision"] for seal in row["seals"]]
    assert all("[전화]" in text for text in (row["text"], *row["earlier"]))
    assert "claimed" == row["claim"]
    assert not re.search(r'href="https?://', page.text)


async def test_a_case_from_its_question_to_its_package(console: Console, client: ClientSession, store: Store) -> None:
    """Opened, filled, noted; an open package by two persons, a sealed one by one; the time-line tells all."""
    await put_posts(store, said(1, SEOUL))
    caller, supervisor = await staff(console, client)
    case = await case_with(caller, POST)
    assert 303 == (await caller.post(f"{case}/notes", {"text": "010-9999-0000 에 물어봄"})).status
    page = await caller.get(case)
    assert ("누가 명단을 퍼뜨리나?" in page.text, "9999" in page.text, "Posted" in page.text) == (True, False, True)
    wanted = {"profile": "regulator", "purpose": "to the regulator"}
    assert f"{case}?done=proposed" == (await caller.post(f"{case}/export", wanted)).to
    waiting = await supervisor.get("/approvals")
    proposal = re.findall(r"proposal-[0-9a-f]{16}", waiting.text)[0]
    assert 409 == (await caller.post(f"{case}/export", {**wanted, "proposal": proposal})).status
    assert 403 == (await caller.post("/approvals", {"proposal": proposal, "do": "approve"})).status
    assert (
        "/approvals?done=approved" == (await supervisor.post("/approvals", {"proposal": proposal, "do": "approve"})).to
    )
    async with caller.open("POST", f"{case}/export", {"csrf": caller.key, **wanted, "proposal": proposal}) as response:
        content = await response.read()
        name = response.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="haechi-case-[0-9a-f]{8}-regulator-\w+\.tar"', name)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        names = archive.getnames()
    assert any(one.endswith("/data/package.json") for one in names)
    assert "Package for regulator: 1 items" in (await caller.get(case)).text
    leaving = console.custody.files
    assert leaving is not None
    assert [] == list((leaving.folder / "leaving").iterdir())


async def test_a_package_under_the_key_of_its_recipient(console: Console, client: ClientSession, store: Store) -> None:
    """Goes at once; nobody else can open it."""
    await put_posts(store, said(1, SEOUL))
    caller, _ = await staff(console, client)
    case, key = await case_with(caller, POST), X25519PrivateKey.generate()
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    form = {"csrf": caller.key, "profile": "police", "purpose": "complaint", "recipient": pem}
    async with caller.open("POST", f"{case}/export", form) as response:
        files = open_package(await response.read(), key)
    assert any(path.endswith("verify.py") for path in files)
    assert 409 == (await caller.post(f"{case}/export", {**form, "recipient": "no key"})).status


async def test_an_erasure_by_two_persons(console: Console, client: ClientSession, store: Store) -> None:
    """Proposed on the post, approved by another person, who gets the certificate; a hold beats it."""
    await put_posts(store, said(1, SEOUL), said(2, SEOUL))
    caller, supervisor = await staff(console, client)
    case = await case_with(caller, POST)
    assert "done=proposed" in (await caller.post(f"{case}/hold", {"until": "2027-05-01", "reason": "a trial"})).to
    hold = re.findall(r"proposal-[0-9a-f]{16}", (await supervisor.get("/approvals")).text)[0]
    assert 303 == (await supervisor.post("/approvals", {"proposal": hold, "do": "approve"})).status
    assert "Held until 2027-05-01" in (await caller.get(case)).text
    wanted = {"basis": "pipa-36", "requester": "victim", "reason": "letter 12"}
    assert "done=held" in (await caller.post(f"/items/{POST}/erase", wanted)).to
    other = f"{PEER}:2"
    assert "done=proposed" in (await caller.post(f"/items/{other}/erase", wanted)).to
    erase = re.findall(r"proposal-[0-9a-f]{16}", (await supervisor.get("/approvals")).text)[0]
    answer = await supervisor.post("/approvals", {"proposal": erase, "do": "approve"})
    assert (200, True) == (answer.status, "Erased: the certificate" in answer.text)
    assert (await caller.get(f"/items/{other}")).status in (200, 404)
    assert "딥페이크" not in (await caller.get(f"/items/{other}")).text


async def test_things_of_other_offices_are_not_there(console: Console, client: ClientSession, store: Store) -> None:
    """Neither posts, nor cases, nor acts on them."""
    await put_posts(store, said(1, SEOUL))
    caller, _ = await staff(console, client)
    case = await case_with(caller, POST)
    stranger = await signed_in(console, client, Role.INVESTIGATOR, name="busan", offices=frozenset({"C10"}))
    for path in (f"/items/{POST}", f"/api/items/{POST}", case, f"/api{case}"):
        assert 404 == (await stranger.get(path)).status
        assert 200 == (await caller.get(path)).status
    assert 404 == (await stranger.post(f"{case}/notes", {"text": "x"})).status
    own = await case_with(stranger)
    assert 409 == (await stranger.post(f"{own}/items", {"item": POST})).status


@pytest.mark.parametrize(
    ("entry", "checkpoint", "anchored", "state"),
    [
        (None, 10, None, "waiting"),
        (10, 10, None, "logged"),
        (9, None, None, "logged"),
        (9, 10, None, "checkpointed"),
        (9, 10, 5, "checkpointed"),
        (4, 10, 5, "anchored"),
    ],
)
def test_how_far_an_entry_is_proven(
    entry: int | None, checkpoint: int | None, anchored: int | None, state: str
) -> None:
    """As far as a checkpoint covers it, and as others hold that; never more."""
    notes = {size: make_note(size) for size in (checkpoint, anchored) if size is not None}
    standing = Standing(note=notes[checkpoint], anchored=notes.get(anchored), begun_at=NOW) if checkpoint else None  # type: ignore[arg-type]
    proof = proof_of(entry, standing)
    assert (state, state == "checkpointed") == (proof.state, proof.not_anchored_since is not None)
    assert proof.words.in_words("ko") != proof.words.in_words("en")


def make_note(size: int) -> Note:
    """A checkpoint."""
    return Note(log="0" * 32, size=size, root=b"", at=NOW, key_id=b"", signature=b"")


def test_every_code_has_words() -> None:
    """Grounds, requesters, profiles, states, and what files are taken for."""
    assert set(Basis) == set(item_words.BASES)
    assert set(Requester) == set(item_words.REQUESTERS)
    assert set(PROFILES) == set(item_words.PROFILE_WORDS)
    assert set(STATES) == set(item_words.STATES)
    assert set(get_args(Download.model_fields["why"].annotation)) == set(item_words.WHY)
