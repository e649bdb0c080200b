"""What is installed is what was pinned, under licences that we may use, and can be listed."""

import json
import re
from pathlib import Path

import pytest

from deploy.sbom import SEPARATE, describe, installed, main, read_lock

ROOT = Path(__file__).parents[1]
LOCKS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")}

ALLOWED = {
    "0BSD",
    "Apache 2.0",
    "Apache Software License",
    "Apache-2.0",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD-3-Clause and Public-Domain",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication",
    "CC0-1.0",
    "ISC",
    "ISC License (ISCL)",
    "MIT",
    "MIT License",
    "MIT-0",
    "MIT-CMU",
    "MPL-1.1",
    "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)",
    "PSF-2.0",
    "Python Software Foundation License",
    "SIL Open Font License 1.1 (OFL-1.1)",
    "ZPL-2.1",
    "Zlib",
}
"""Licences of what may be imported. The MPL binds changes to its own files, and we change none."""

SAID_ELSEWHERE = {"axe-playwright-python": "MIT", "pyphen": "MPL-1.1", "taskiq-dependencies": "MIT"}
"""Where a package's own fields do not say it, or leave the choice: read in its repository, or chosen."""


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    """And nothing is in a lock that is no pin of a version."""
    pins = read_lock(LOCKS[name])
    assert [] == [pin for pin, hashes in pins.items() if not hashes]
    left = [line for line in LOCKS[name].splitlines() if line and not re.match(r"^(\S+==|    --hash=sha256:)", line)]
    assert [] == left
    assert len(pins) == len(re.findall(r"^\S+==", LOCKS[name], re.MULTILINE))


def test_what_is_tested_is_what_is_pinned() -> None:
    """The installed version of each package is one of the lock's."""
    pinned: dict[str, set[str]] = {}
    for name, version in [*read_lock(LOCKS["requirements.lock"]), *read_lock(LOCKS["requirements-dev.lock"])]:
        pinned.setdefault(name, set()).add(version)
    wrong = {
        name: found.version
        for name, versions in pinned.items()
        if (found := installed(name)) is not None and found.version not in versions
    }
    assert {} == wrong


def test_licences_are_allowed() -> None:
    """Of everything that is imported; the one program under the GPL is only ever started."""
    named = {name for text in LOCKS.values() for name, _ in read_lock(text)} - SEPARATE.keys()
    said = {name: SAID_ELSEWHERE.get(name) or found.licence for name in named if (found := installed(name))}
    parts = {name: {*words.split(" AND ")} for name, words in said.items()}
    assert {} == {name: each - ALLOWED for name, each in parts.items() if not all(map(_is_allowed, each))}
    assert all(name in {pin for pin, _ in read_lock(LOCKS["requirements.lock"])} for name in SEPARATE)


def test_the_bill_of_materials_has_every_pin(tmp_path: Path) -> None:
    """With its licence and what it needs; the same lock gives the same bytes."""
    lock = LOCKS["requirements.lock"]
    bill = describe(lock)
    names = {(each["name"], each["version"]) for each in bill["components"]}
    assert names == set(read_lock(lock))
    refs = {each["bom-ref"] for each in bill["components"]}
    (root, *others) = bill["dependencies"]
    assert {"pkg:pypi/telethon@1.45.0", "pkg:pypi/scrapy@2.19.0"} <= set(root["dependsOn"])
    assert refs >= {ref for each in (root, *others) for ref in each["dependsOn"]}
    (separate,) = [each for each in bill["components"] if each["name"] in SEPARATE]
    assert ("application", "optional") == (separate["type"], separate["scope"])
    main(tmp_path / "build" / "sbom.json")
    main(tmp_path / "again.json")
    written = (tmp_path / "again.json").read_bytes()
    assert (tmp_path / "build" / "sbom.json").read_bytes() == written
    assert bill == json.loads(written)


def _is_allowed(licence: str) -> bool:
    """One of a choice is enough."""
    return licence in ALLOWED or any(each in ALLOWED for each in licence.split(" OR "))
