"""Packages out of the store: what each recipient gets, and what stops one."""

import gzip
import hashlib
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from crawler.package_asked import Asked
from crawler.package_files import check_place, write_package
from crawler.packages import Made, export_package, propose_export
from evidence.case import Staff
from evidence.checkpoint import Files, read_notes
from evidence.custody import unpack
from evidence.envelope import open_package
from evidence.errors import ConfigError, CustodyBroken, StorageError
from evidence.package import PROFILES
from evidence.package.media import check_media
from evidence.verifier.check import INTACT, check
from evidence.verifier.log import Note
from evidence.verifier.log import read_notes as read_held
from storage.approvals import approve
from storage.cases import add_case, add_note, put_items
from storage.custody import open_custody
from storage.custody_blocks import read_blocks
from storage.mongo import Store
from tests.conftest import NOW, Clock
from tests.storage.sealing import flagged, lines_of, named, seal

STAFF, SECOND = (Staff(actor=f"staff-{number}", role="operator", session_id="session-1") for number in (1, 2))
OWN, OTHER = "해솔빛고", "달무리중"
PERSONAL = (
    "010-2345-6789",
    "김가온",
    "gaon@example.com",
    "@gaon_practice",
    "030405-3234567",
    "12가 3456",
    "가람시 나루로 12 가람아파트 101동 202호",
)
POST = (
    f"{OWN} 2학년 3반 {PERSONAL[1]} 전화 {PERSONAL[0]} 메일 {PERSONAL[2]} 인스타 {PERSONAL[3]}"
    f" 주민번호 {PERSONAL[4]} 차량 {PERSONAL[5]} 주소 {PERSONAL[6]} 그리고 {OTHER} 소식"
)


class Cabinet:
    """A store with a case of two items, and what hands it over."""

    def __init__(self, store: Store, clock: Clock, folder: Path) -> None:
        self.store, self.clock, self.folder = store, clock, folder
        self.files, self.case = Files(folder=folder), ""

    async def fill(self) -> "Cabinet":
        """Two items: one names a school of our office, the other one of another."""
        mentions = (named(POST, OWN, "S1"), named(POST, OTHER, "S2"))
        other = f"{OTHER} 소식입니다"
        names = await seal(self.store, flagged(1, POST, mentions), flagged(2, other, (named(other, OTHER, "S2"),)))
        async with open_custody(self.store, self.clock, self.files) as custody:
            self.case = (await add_case(self.store, custody, STAFF, f"{PERSONAL[1]} 사건", NOW)).id
            await put_items(self.store, custody, STAFF, self.case, names, NOW)
            await add_note(self.store, custody, STAFF, self.case, f"{PERSONAL[1]}에게 전화", NOW)
        return self

    async def export(self, profile: str = "police", out: str = "out", recipient: X25519PublicKey | None = None) -> Made:
        """Hand it over."""
        self.clock.forward(seconds=1)
        limited = PROFILES[profile].needs_office
        asked = Asked(
            case=self.case,
            profile=PROFILES[profile],
            out=self.folder / out,
            office="B10" if limited else None,
            own=frozenset({"S1"}) if limited else None,
            recipient=recipient,
        )
        check_place(asked.out)
        async with open_custody(self.store, self.clock, self.files) as custody:
            if recipient is None:
                proposal = await propose_export(self.store, custody, STAFF, asked, "unit 2 has no key", NOW)
                await approve(self.store, custody, SECOND, proposal.id, NOW)
                asked = replace(asked, proposal=proposal.id)
            return await export_package(self.store, custody, self.files, STAFF, asked)


@pytest_asyncio.fixture
async def cabinet(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Cabinet]:
    """A filled one."""
    yield await Cabinet(store, clock, tmp_path).fill()


def texts(root: Path) -> dict[str, str]:
    """Every file of a package and its signature's name, packed ones opened, PDFs as far as they can be read here."""
    found = [path for path in root.rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): _opened(path).decode("utf-8") for path in found}


def _opened(path: Path) -> bytes:
    if path.suffix == ".pdf":
        reads = shutil.which("pdftotext")
        return subprocess.run([reads, str(path), "-"], check=True, capture_output=True).stdout if reads else b""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def about(made: Made) -> dict[str, Any]:
    """What the package says of itself."""
    whole: dict[str, Any] = json.loads((made.path / "data/package.json").read_bytes())
    return whole


# ------------------------------------------------------------------ what each recipient gets


async def test_the_police_gets_all(cabinet: Cabinet) -> None:
    """Words, records, fragments, the question, and what the log says of the case; notes stay here."""
    made = await cabinet.export()
    files = texts(made.path)
    assert INTACT == check(made.path, held(cabinet))[0]
    assert PERSONAL[0] in files["data/items/1900000001-1-1/item.json"]
    assert f"<div>{POST}</div>" == files["data/items/1900000001-1-1/raw.html.gz"]
    assert [] == [name for name, text in files.items() if "에게 전화" in text]
    actions = [entry["action"] for entry in lines_of(files["data/custody/entries.jsonl"].encode())]
    assert actions.count("seal") == 2 == actions.count("case-put")
    assert {"begin", "seal", "case-add", "case-put", "case-note", "package-key", "export", "propose", "approve"} == set(
        actions
    )


def held(cabinet: Cabinet) -> list[Note]:
    """Our own checkpoints, as somebody outside would hold them."""
    return read_held("\n".join(note.text for note in read_notes(cabinet.files.notes).notes))


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "police"])
async def test_nothing_personal_reaches_the_others(cabinet: Cabinet, profile: str) -> None:
    """Not in any file; the package holds all the same."""
    made = await cabinet.export(profile)
    assert INTACT == check(made.path, [])[0]
    for name, text in texts(made.path).items():
        assert (name, []) == (name, [word for word in PERSONAL if word in text])


async def test_an_office_gets_its_own_items_alone(cabinet: Cabinet) -> None:
    """Schools of other offices are put out of their texts too."""
    made = await cabinet.export("education-office")
    row = json.loads(texts(made.path)["data/items/item-0001/derived.json"])
    assert (1, "B10", ["item-0001"]) == (made.items, about(made)["office"], [one["id"] for one in about(made)["items"]])
    assert (True, True) == (OWN in row["text"], "그리고 [학교] 소식" in row["text"])
    assert [] == [name for name, text in texts(made.path).items() if OTHER in text or '"S2"' in text]


@pytest.mark.parametrize("profile", PROFILES)
async def test_no_media_is_in_any_package(cabinet: Cabinet, profile: str) -> None:
    """A look at all files, packed ones opened; ``verify.py`` aside, which is code."""
    made = await cabinet.export(profile)
    check_media({str(path): path.read_bytes() for path in made.path.rglob("*") if path.is_file()})


# ------------------------------------------------------------------ the log


async def test_an_export_is_in_the_log_before_and_after(cabinet: Cabinet) -> None:
    """That it was about to be made, and the hash of its signature before it is put in place."""
    made = await cabinet.export("ministry")
    async with aclosing(read_blocks(cabinet.store)) as blocks:
        entries = [json.loads(line) async for block in blocks for line in unpack(block)]
    acts = [
        (entry["action"], entry["reason_code"], entry["commit"]) for entry in entries if entry["target_id"] == made.id
    ]
    hashed = hashlib.sha256((made.path.parent / f"{made.id}.sig").read_bytes()).hexdigest()
    proposal = about(made)["approval"]["proposal"]
    assert [("export", f"{cabinet.case}/ministry/{proposal}", ""), ("sign-package", "", hashed)] == acts
    assert hashed == entries[made.entry]["commit"]


async def test_a_log_that_changed_its_key_is_proven_from_its_first(cabinet: Cabinet) -> None:
    """Also against a checkpoint from before the change."""
    before = held(cabinet)
    async with open_custody(cabinet.store, cabinet.clock, cabinet.files) as custody:
        await custody.rotate()
    made = await cabinet.export()
    assert ["log-0.pub", "log-1.pub", "package.pub"] == sorted(
        path.name for path in (made.path / "data/custody/keys").iterdir()
    )
    assert INTACT == check(made.path, [])[0]
    assert before
    assert INTACT == check(made.path, before[-1:])[0]


async def test_time_stamps_go_along(cabinet: Cabinet) -> None:
    """Each beside the very text that was stamped; the package says so."""
    note = read_notes(cabinet.files.notes).notes[-1]
    name = f"{note.size:016d}-{hashlib.sha256(note.text.encode()).hexdigest()[:16]}-tsa.example"
    cabinet.files.stamps.mkdir()
    (cabinet.files.stamps / f"{name}.tsr").write_bytes(b"a stamp")
    cabinet.clock.forward(days=1)
    made = await cabinet.export("ministry")
    assert note.text == (made.path / f"data/custody/tsa/{name}.txt").read_text()
    assert [f"{name}.tsr", f"{name}.txt"] == about(made)["time_stamps"]
    assert (INTACT, True) == ((found := check(made.path, []))[0], any("tsa" in line for line in found[1]))


async def test_an_item_that_was_slipped_in_stops_it(cabinet: Cabinet) -> None:
    """It was never handed to the log."""
    (name,) = await seal(cabinet.store, flagged(7, "a"), logs=False)
    async with open_custody(cabinet.store, cabinet.clock, cabinet.files) as custody:
        await put_items(cabinet.store, custody, STAFF, cabinet.case, [name], NOW)
    with pytest.raises(CustodyBroken, match="item 1900000001:7:1 was never handed to the log: it was slipped in"):
        await cabinet.export()
    assert not (cabinet.folder / "out").exists()


async def test_an_item_that_was_exchanged_stops_it(cabinet: Cabinet) -> None:
    """With a text, a key and a salt that fit each other, but not the log."""
    await cabinet.export()
    await seal(cabinet.store, flagged(1, "something else"), logs=False)
    with pytest.raises(CustodyBroken, match="item 1900000001:1:1 is not what the log committed to"):
        await cabinet.export(out="again")
    assert not (cabinet.folder / "again").exists()


async def test_a_broken_log_stops_it(cabinet: Cabinet) -> None:
    """Nothing of it is handed over."""
    await cabinet.export()
    first = await cabinet.store["custody"].find_one({"_id": 0})
    assert first is not None
    await cabinet.store["custody"].update_one({"_id": 0}, {"$set": {"epoch": first["epoch"] + 1}})
    with pytest.raises(CustodyBroken, match="nothing of it is handed over; run haechi evidence verify"):
        await cabinet.export(out="again")
    assert not (cabinet.folder / "again").exists()


async def test_media_stops_it(cabinet: Cabinet) -> None:
    """Whatever let it in: nothing is written."""
    (name,) = await seal(cabinet.store, flagged(8, "a"), fragment='<div><img src="x"></div>')
    async with open_custody(cabinet.store, cabinet.clock, cabinet.files) as custody:
        await put_items(cabinet.store, custody, STAFF, cabinet.case, [name], NOW)
    with pytest.raises(StorageError, match="leads to media"):
        await cabinet.export()
    assert [] == [path for path in cabinet.folder.iterdir() if "out" in path.name]


# ------------------------------------------------------------------ on disk


async def test_nothing_is_overwritten(cabinet: Cabinet) -> None:
    """A folder that exists is refused before anything is logged, and so is a place that is none."""
    (cabinet.folder / "out").mkdir()
    before = len(read_notes(cabinet.files.notes).notes)
    with pytest.raises(ConfigError, match="exists already"):
        await cabinet.export()
    with pytest.raises(ConfigError, match="is no folder; make it first"):
        await cabinet.export(out="missing/out")
    assert before == len(read_notes(cabinet.files.notes).notes)


def test_nothing_is_left_half_written(tmp_path: Path) -> None:
    """A write that fails leaves no folder behind, under no name."""
    with pytest.raises(ConfigError, match="cannot write"):
        write_package(tmp_path / "out", {"a": b"1", "a/b": b"2"})
    assert [] == list(tmp_path.iterdir())


async def test_a_sealed_package_opens_with_the_recipients_key(cabinet: Cabinet) -> None:
    """Nothing lies in the clear; opened, it is the package with its signature."""
    key = X25519PrivateKey.generate()
    made = await cabinet.export(recipient=key.public_key())
    assert [made.path] == list((cabinet.folder / "out").iterdir())
    assert PERSONAL[0].encode() not in made.path.read_bytes()
    write_package(cabinet.folder / "opened", open_package(made.path.read_bytes(), key))
    assert INTACT == check(cabinet.folder / "opened" / made.id, [])[0]
