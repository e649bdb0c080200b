"""Imports run one way, and each library has the one place where it may be imported."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ALLOWED = {
    "evidence": set(),
    "config": {"evidence"},
    "channels": {"evidence"},
    "pipelines": {"evidence"},
    "storage": {"evidence"},
    "practice": {"evidence"},
    "console": {"evidence", "config", "pipelines", "storage"},
    "crawler": {"evidence", "config", "channels", "pipelines", "storage", "practice", "console"},
}
"""Of our own folders, what each may import besides itself."""

ONLY_IN = {
    "telethon": {"channels", "practice"},
    "scrapy": {"channels"},
    "pymongo": {"storage"},
    "apscheduler": {"crawler"},
    "taskiq": {"crawler"},
    "babel": {"console"},
    "argon2": {"console"},
    "pyotp": {"console"},
    "segno": {"console"},
}
"""Libraries that only some folders may import."""

NEVER = {"secantus", "secantusdb"}
"""Programs whose licence forbids it, or that are no library."""

EVIDENCE_LIBRARIES = {"cryptography", "rfc8785", "msgspec"}

FOLDERS = [folder for folder in ALLOWED if (ROOT / folder).is_dir()]


def imports_of(folder: str) -> Iterator[tuple[Path, str]]:
    """Every module that a folder's files import, by its first name."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: relative import"
                yield path, (node.module or "").split(".")[0]


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_of_ours_point_one_way(folder: str) -> None:
    """A folder imports only what stands below it."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, name in imports_of(folder)
        if name in ALLOWED and name not in ALLOWED[folder] | {folder}
    ]
    assert [] == wrong


@pytest.mark.parametrize("folder", FOLDERS)
def test_libraries_stay_where_they_belong(folder: str) -> None:
    """Telethon, Scrapy, PyMongo and the like are imported only by the folder that answers for them."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, name in imports_of(folder)
        if name in NEVER or folder not in ONLY_IN.get(name, {folder})
    ]
    assert [] == wrong


def test_evidence_needs_little_beyond_python() -> None:
    """Records and proofs can be read by a stranger with the standard library and three others."""
    import sys

    known = set(sys.stdlib_module_names) | EVIDENCE_LIBRARIES | {"evidence"}
    assert [] == [f"{path.name}: {name}" for path, name in imports_of("evidence") if name not in known]


def test_only_one_file_opens_connections() -> None:
    """How the database is met is decided in one place; sessions and collections have their names from there."""
    named = {path.name for path in (ROOT / "storage").rglob("*.py") if "AsyncMongoClient" in path.read_text("utf-8")}
    assert {"mongo.py"} == named
