"""``python deploy/sbom.py FILE``: what Haechi is built from, as CycloneDX 1.6, from the lock and what is installed.

Asks no other host. The same lock gives the same bytes.
"""

import hashlib
import json
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
OURS = "haechi"
SEPARATE = {"secantusdb": "a separate program that Haechi starts as a child process and never imports"}
"""What is shipped beside us and is no part of us, and why."""

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: *; *(?P<marker>[^\\]+?))? *\\?$", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def read_lock(text: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The pins of a lock.

    Returns:
        By name and version: SHA-256 of the files that may be installed, in hexadecimal.
    """
    starts = [*PIN.finditer(text)]
    ends = [*(pin.start() for pin in starts[1:]), len(text)]
    return {
        (canonicalize_name(pin["name"]), pin["version"]): tuple(HASH.findall(text, pin.end(), end))
        for pin, end in zip(starts, ends, strict=True)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What a package says of itself."""

    version: str
    licence: str
    """An expression where it gives one, else its classifiers, else the first line of the field."""
    needs: frozenset[str]
    """Names that it needs on this system."""


@cache
def installed(name: str) -> Installed | None:
    """What is installed of this name; None for what only other systems need."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    said = found.metadata
    requirements = [Requirement(line) for line in said.get_all("Requires-Dist") or ()]
    met = [each for each in requirements if each.marker is None or each.marker.evaluate({"extra": ""})]
    return Installed(
        version=said["Version"],
        licence=_licence(
            said.get_all("License-Expression") or [], said.get_all("Classifier") or [], said.get_all("License") or [""]
        ),
        needs=frozenset(canonicalize_name(each.name) for each in met),
    )


def _licence(expressions: list[str], classifiers: list[str], fields: list[str]) -> str:
    if expressions:
        return expressions[0]
    names = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")]
    return " AND ".join(name for name in names if name != "OSI Approved") or fields[0].partition("\n")[0]


def describe(lock: str) -> dict[str, Any]:
    """The bill of materials of a lock."""
    pins = read_lock(lock)
    refs = {name: f"pkg:pypi/{name}@{version}" for name, version in pins}
    digest = hashlib.sha256(lock.encode()).hexdigest()
    ours = installed(OURS)
    root = {"type": "application", "name": OURS, "bom-ref": OURS, "version": ours.version if ours else "0"}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {
            "component": root | {"licenses": [{"expression": "Apache-2.0"}]},
            "properties": [{"name": "haechi:requirements.lock:sha256", "value": digest}],
        },
        "components": [_component(name, version) for name, version in pins],
        "dependencies": [_depends(OURS, OURS, refs), *(_depends(ref, name, refs) for name, ref in refs.items())],
    }


def _component(name: str, version: str) -> dict[str, Any]:
    ref = f"pkg:pypi/{name}@{version}"
    component: dict[str, Any] = {"type": "library", "bom-ref": ref, "name": name, "version": version, "purl": ref}
    found = installed(name)
    if found is not None and found.version == version:
        component["licenses"] = [{"license": {"name": found.licence}}]
    if name in SEPARATE:
        component |= {"type": "application", "scope": "optional", "description": SEPARATE[name]}
    return component


def _depends(ref: str, name: str, refs: dict[str, str]) -> dict[str, Any]:
    found = installed(name)
    needed = found.needs if found else frozenset()
    return {"ref": ref, "dependsOn": sorted(refs[each] for each in needed if each in refs)}


def main(path: Path) -> None:
    """Write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = describe(LOCK.read_text(encoding="utf-8"))
    path.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
