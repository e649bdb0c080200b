"""Un-encrypted packages need a second person, for exactly what goes out; one alone leaves that in log and package."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from crawler.assemble import now
from crawler.package_asked import Asked
from crawler.packages import export_package, propose_export
from crawler.staff import staff_here
from evidence.checkpoint import Files
from evidence.cipher import Cipher
from evidence.errors import ConfigError
from evidence.package import PROFILES
from evidence.roles import Role
from storage.approvals import approve, approve_alone
from storage.cases import add_case, put_items
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.people import add_person
from tests.conftest import MASTER_KEY, NOW, Clock
from tests.crawler.serving import call
from tests.crawler.test_packages import SECOND, STAFF
from tests.storage.sealing import flagged, seal


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """For the police; its case is filled in by ``open_case``."""
    return Asked(case="", profile=PROFILES["police"], out=tmp_path / "out")


async def open_case(store: Store, custody: Custody, *texts: str) -> str:
    """A case with an item of each text."""
    names = await seal(store, *(flagged(number, text) for number, text in enumerate(texts, start=1)))
    case = await add_case(store, custody, STAFF, "who?", NOW)
    await put_items(store, custody, STAFF, case.id, names, NOW)
    return case.id


async def test_it_takes_two(store: Store, clock: Clock, tmp_path: Path, asked: Asked) -> None:
    """Without an approval nothing is written; with one the package says by whom; it is used up by it."""
    files = Files(folder=tmp_path)
    async with open_custody(store, clock, files) as custody:
        asked = replace(asked, case=await open_case(store, custody, "a"))
        with pytest.raises(ConfigError, match="needs a second person's approval"):
            await export_package(store, custody, files, STAFF, asked)
        proposal = await propose_export(store, custody, STAFF, asked, "unit 2 has no key", NOW)
        asked = replace(asked, proposal=proposal.id)
        with pytest.raises(ConfigError, match="is not approved"):
            await export_package(store, custody, files, STAFF, asked)
        await approve(store, custody, SECOND, proposal.id, NOW)
        made = await export_package(store, custody, files, STAFF, asked)
        with pytest.raises(ConfigError, match="is used"):
            await export_package(store, custody, files, STAFF, replace(asked, out=tmp_path / "again"))
    said = json.loads((made.path / "data/package.json").read_bytes())["approval"]
    assert ("staff-1", "staff-2", False, None) == tuple(
        said[name] for name in ("proposed_by", "approved_by", "is_alone", "reason")
    )
    report = (made.path / "data/report.en.html").read_text(encoding="utf-8")
    assert f"{proposal.id}: proposed by staff-1, approved by staff-2" in report
    assert not (tmp_path / "again").exists()


async def test_approval_is_for_these_items_alone(store: Store, clock: Clock, tmp_path: Path, asked: Asked) -> None:
    """What is put into the case afterwards is not covered, nor another profile."""
    files = Files(folder=tmp_path)
    async with open_custody(store, clock, files) as custody:
        asked = replace(asked, case=await open_case(store, custody, "a"))
        proposal = await propose_export(store, custody, STAFF, asked, "unit 2 has no key", NOW)
        await approve(store, custody, SECOND, proposal.id, NOW)
        asked = replace(asked, proposal=proposal.id)
        with pytest.raises(ConfigError, match="propose it anew"):
            await export_package(store, custody, files, STAFF, replace(asked, profile=PROFILES["regulator"]))
        (late,) = await seal(store, flagged(9, "b"))
        await put_items(store, custody, STAFF, asked.case, [late], NOW)
        with pytest.raises(ConfigError, match="propose it anew"):
            await export_package(store, custody, files, STAFF, asked)
    assert not asked.out.exists()


async def test_sealed_needs_nobody_and_alone_is_told(store: Store, clock: Clock, tmp_path: Path, asked: Asked) -> None:
    """Under the recipient's key it goes at once; who goes alone stands in the report."""
    files = Files(folder=tmp_path)
    async with open_custody(store, clock, files) as custody:
        asked = replace(asked, case=await open_case(store, custody, "a"))
        key = X25519PrivateKey.generate().public_key()
        sealed = await export_package(store, custody, files, STAFF, replace(asked, recipient=key))
        assert ".sealed" == sealed.path.suffix
        proposal = await propose_export(store, custody, STAFF, asked, "night shift", NOW)
        await approve_alone(store, custody, STAFF, proposal.id, NOW)
        alone = replace(asked, proposal=proposal.id, out=tmp_path / "alone")
        made = await export_package(store, custody, files, STAFF, alone)
    report = (made.path / "data/report.en.html").read_text(encoding="utf-8")
    assert "staff-1 alone, without a second person: night shift" in report


def test_who_runs_a_command_is_not_for_the_environment_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody becomes a second person by another name in a variable."""
    before = staff_here(Cipher(MASTER_KEY)).actor
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody")
    assert before == staff_here(Cipher(MASTER_KEY)).actor


def prepare(env: dict[str, str]) -> Path:
    """A data directory with the master key of the tests."""
    home = Path(env["HAECHI_DATA_DIR"])
    home.mkdir()
    key = home.with_name("master.key")
    key.write_bytes(MASTER_KEY)
    key.chmod(0o600)
    env |= {"HAECHI_KEY_FILE": str(key)}
    return home


@pytest.mark.slow
async def test_the_command(store: Store, env: dict[str, str], own_database: str, tmp_path: Path) -> None:
    """Alone where nobody else is registered; with two people by proposal and approval, never by oneself."""
    home = prepare(env)

    def export(out: str, *more: str) -> Any:
        return call(*f"evidence export --case {case} --profile police --out {tmp_path / out}".split(), *more, env=env)

    async with open_custody(store, now, Files(folder=home)) as custody:
        case = await open_case(store, custody, "a")

    ended = await asyncio.to_thread(export, "one", "--json")
    assert (0, True) == (ended.code, "no second person approved it" in ended.err)
    said = json.loads((Path(ended.rows[0]["path"]) / "data/package.json").read_bytes())["approval"]
    assert (True, "nobody else is registered in this installation") == (said["is_alone"], said["reason"])
    for name in ("가", "나"):
        await add_person(store, name, Role.SUPERVISOR, None, "ko", now())
    for more, message in (
        ([], "2 people are registered here"),
        (["--alone", "x"], "2 people are registered here"),
        (["--propose"], "--propose: say why"),
        (["--propose", "--alone", "x"], "--propose and --alone: expected one of them"),
    ):
        ended = await asyncio.to_thread(export, "two", *more)
        assert (2, True) == (ended.code, message in ended.err)
    (row,) = (await asyncio.to_thread(export, "two", "--propose", "--reason", "no key", "--json")).rows
    ended = await asyncio.to_thread(export, "two", "--approve", row["proposal"])
    assert (2, True) == (ended.code, "whoever proposed it cannot approve it" in ended.err)
    async with open_custody(store, now, Files(folder=home)) as custody:
        await approve(store, custody, SECOND, row["proposal"], now())
    ended = await asyncio.to_thread(export, "two", "--approve", row["proposal"], "--json")
    assert (0, 1) == (ended.code, ended.rows[0]["items"])
