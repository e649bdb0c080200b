"""Log lines hold ids and numbers; what somebody wrote stays out of them, whoever logs."""

import ast
import io
import json
import logging
import sys
from functools import cache
from pathlib import Path

import pytest
import structlog

from crawler.log_lines import OthersLines, processors

ROOT = Path(__file__).parents[2]
FOLDERS = ("channels", "config", "console", "crawler", "evidence", "pipelines", "practice", "storage")
WORDS = "김하늘 010-1234-5678 in a sentence"

IDS = {
    "code",
    "delivery",
    "id",
    "kind",
    "notice",
    "owner",
    "peer",
    "permission",
    "post",
    "search",
    "sha256",
    "source",
    "task",
    "to",
    "where",
    "who",
}
NUMBERS = {"accounts", "attempts", "authorities", "destroyed", "directories", "flags", "late_s", "megabytes", "new"}
NUMBERS |= {"number", "position", "posts", "size", "sources", "version"}
STATES = {"day", "is_left", "is_out_of_scope", "is_team", "outcome"}
OUR_SENTENCES = {"fault", "legal_basis", "problem", "reason"}
"""Messages of our own exceptions, which hold none (tests/evidence/test_errors.py), and a setting of the operator."""
PUT_OUT = {"exc_info"}
"""Becomes kind and place."""


def lines_of(is_terminal: bool, **values: object) -> str:
    """What a line of ours looks like."""
    out = io.StringIO()
    log = structlog.wrap_logger(structlog.PrintLogger(out), processors=processors(is_terminal))
    try:
        raise ValueError(WORDS)
    except ValueError as problem:
        log.error("pass failed", exc_info=problem, **values)
        log.error("again", exc_info=True)
    return out.getvalue()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_an_exception_leaves_kind_and_place(is_terminal: bool) -> None:
    """Not what it says: that may quote a post."""
    said = lines_of(is_terminal, source="https://t.me/example")
    assert WORDS not in said
    assert said.count("ValueError") == 2
    assert "test_log_lines.py:" in said


def test_lines_are_json_without_raw_control_characters() -> None:
    """One object a line, however odd its values."""
    lines = lines_of(False, source="a\nb\x1b[31m‮c").splitlines()
    first = json.loads(lines[0])
    assert (2, "pass failed", "error", "a\nb\x1b[31m‮c") == (
        len(lines),
        first["event"],
        first["level"],
        first["source"],
    )
    assert lines[0].isascii()


def test_lines_of_libraries_lose_their_values() -> None:
    """What they say before values are put in, one line of it; and their exceptions as ours."""
    try:
        raise KeyError(WORDS)
    except KeyError:
        record = logging.LogRecord("aiohttp", logging.ERROR, "x", 1, "Error for %s\nmore", (WORDS,), sys.exc_info())
    line = json.loads(OthersLines().format(record))
    assert ("Error for %s", "aiohttp", "error", "KeyError") == (
        line["event"],
        line["logger"],
        line["level"],
        line["kind"],
    )
    assert WORDS not in json.dumps(line, ensure_ascii=False)


def test_every_value_that_is_logged_is_known_to_be_no_text() -> None:
    """A new name in a log line is a decision: put it where it belongs above."""
    known = IDS | NUMBERS | STATES | OUR_SENTENCES | PUT_OUT
    assert set() == {(where, word.arg) for where, call in calls() for word in call.keywords if word.arg not in known}


def test_what_is_logged_is_a_fixed_sentence() -> None:
    """Values have names; none is put into the sentence."""
    assert [] == [where for where, call in calls() if [ast.Constant] != [type(each) for each in call.args]]


@cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    """Everything that is logged, and where."""
    texts = {path: path.read_text(encoding="utf-8") for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    return tuple(
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for path, text in texts.items()
        if "get_logger" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and _is_log(node)
    )


def _is_log(call: ast.Call) -> bool:
    """``log.info("…")``, or ``tell("…")`` where the level is chosen before."""
    if isinstance(call.func, ast.Attribute):
        return isinstance(call.func.value, ast.Name) and call.func.value.id == "log"
    is_tell = isinstance(call.func, ast.Name) and call.func.id == "tell"
    return is_tell and bool(call.args) and isinstance(call.args[0], ast.Constant)
