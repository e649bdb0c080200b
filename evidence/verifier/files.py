"""The files of a package against its lists."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evidence.verifier.log import Wrong
from evidence.verifier.signatures import is_signed_by


def check_files(root: Path) -> list[str]:
    """Every file that is not as the lists say, by name."""
    wrong, present = [], set()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            wrong.append(f"{name}: is no plain file")
        elif path.is_file():
            present.add(name)
    payload = sorted(name for name in present if name.startswith("data/"))
    tags = sorted(name for name in present if not name.startswith(("data/", "tagmanifest-")))
    lists = {"tagmanifest-sha256.txt", "tagmanifest-sha512.txt"}
    wrong += [f"{name}: was added" for name in present - {*payload, *tags} - lists]
    wrong += _check_lists(root, "manifest", payload) + _check_lists(root, "tagmanifest", tags)
    return sorted(set(wrong))


def _check_lists(root: Path, kind: str, present: Sequence[str]) -> list[str]:
    """What both lists say of a file is so; where only one says it, that list was changed."""
    names = [f"{kind}-{algorithm}.txt" for algorithm in ("sha256", "sha512")]
    missing = [f"{name}: is missing" for name in names if not (root / name).is_file()]
    if missing:
        return missing
    one, two = (_check_list(root, name, algorithm, present) for name, algorithm in zip(names, ("sha256", "sha512")))  # noqa: B905
    both = [f"{path}: {what}" for path, what in one.items() if two.get(path) == what]
    lone = [name for name, mine, other in ((names[0], one, two), (names[1], two, one)) if mine.items() - other.items()]
    return both + [f"{name}: was changed" for name in lone]


def _check_list(root: Path, name: str, algorithm: str, present: Sequence[str]) -> dict[str, str]:
    """Compare one list with the files, byte by byte: it may say what it says in one way only."""
    listed, wrong, said = {}, {}, (root / name).read_bytes()
    for line in said.decode("utf-8", "replace").split("\n")[:-1]:
        digest, _, path = line.partition("  ")
        listed[path] = digest
    for path in present:
        digest = hashlib.new(algorithm, (root / path).read_bytes()).hexdigest()
        if listed.get(path) != digest:
            wrong[path] = "was changed" if path in listed else "was added"
        listed[path] = digest
    wrong.update({path: "is missing" for path in listed if path not in present})
    if not wrong and said != "".join(f"{listed[path]}  {path}\n" for path in sorted(listed)).encode():
        wrong[name] = "was changed"
    return wrong


def check_signature(root: Path, about: dict[str, Any], key: bytes) -> None:
    """The detached signature beside the package, over the list of all lists."""
    name = f"{about['id']}.sig"
    place = root.parent / name
    if not place.is_file():
        raise Wrong(f"{name}: is missing: it belongs beside the folder {root.name}")
    if not is_signed_by(key, place.read_bytes(), (root / "tagmanifest-sha512.txt").read_bytes()):
        raise Wrong(f"{name}: does not sign tagmanifest-sha512.txt: it, a file or the lists were made anew")
