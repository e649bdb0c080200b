"""The house stays tidy: files and functions that fit in the head, locks without addresses."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("bench", "channels", "config", "console", "crawler", "evidence", "pipelines", "practice", "storage", "tests")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
PRODUCT = [path for path in FILES if path.relative_to(ROOT).parts[0] not in ("tests", "bench")]
LONGEST_FILE, LONGEST_FUNCTION = 300, 40


def test_files_fit_in_the_head() -> None:
    """No file is longer than 300 lines."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {} == {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_functions_fit_in_the_head() -> None:
    """No function of the product has more than 40 lines of code below its docstring."""
    long = {}
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                if length > LONGEST_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = length
    assert {} == long


def test_only_one_place_catches_everything() -> None:
    """``except Exception`` stands around one Source and around one request of the console, nowhere else."""
    places = {
        str(path.relative_to(ROOT))
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name) and node.type.id == "Exception"
    }
    assert {"console/gates/errors.py", "crawler/crawl.py"} == places


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_by_hash_and_name_no_address(name: str) -> None:
    """A lock works with whatever package index a machine has."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [] == [line for line in lines if "://" in line or "index-url" in line or "find-links" in line]
    pins = [line for line in lines if "==" in line and not line.startswith(" ")]
    assert pins
    assert all(line.rstrip().endswith("\\") for line in pins)
