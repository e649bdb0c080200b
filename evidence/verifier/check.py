"""All checks, one after the other, and what is said of them."""

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evidence.verifier.files import check_files, check_signature
from evidence.verifier.items import check_items, check_package_key
from evidence.verifier.log import Log, Note, Wrong, check_earlier, check_log, is_signed_note, read_pem
from evidence.verifier.signatures import IS_BUILT_IN

INTACT, BROKEN, NOT_ANCHORED, TWO_HISTORIES, UNREADABLE = 0, 2, 3, 4, 5
UNREADABLE_VALUES = (ValueError, LookupError, TypeError, AttributeError, RecursionError, zlib.error)


def check(root: Path, outside: Sequence[Note]) -> tuple[int, list[str]]:
    """Check a package.

    Args:
        root: its folder.
        outside: checkpoints of the log from elsewhere.

    Returns:
        The exit code, and what to say.
    """
    wrong = check_files(root)
    log, roots = (None, None) if wrong else _check_meaning(root, wrong)
    if log and not wrong:
        others = {note.log for note in outside} - {log.note.log}
        wrong += [f"data/custody/checkpoint.txt: is of another log than the one given, {name}" for name in others]
    if wrong or log is None or roots is None:
        return BROKEN, ["✗ broken / 훼손됨", *(f"  {line}" for line in wrong)]
    code, said = _compare(log, outside, roots)
    return code, said if code in (UNREADABLE, TWO_HISTORIES) else [*_intact(root, log), *said]


def _check_meaning(root: Path, wrong: list[str]) -> "tuple[Log | None, dict[int, bytes] | None]":
    """What hashes of files cannot show, since whoever changes a file can make the lists anew; adds to ``wrong``."""

    def step(name: str, work: Any, *parts: Any) -> Any:
        try:
            return work(*parts)
        except Wrong as problem:
            wrong.append(str(problem))
        except FileNotFoundError as problem:
            wrong.append(f"{Path(str(problem.filename)).relative_to(root).as_posix()}: is missing")
        except UNREADABLE_VALUES:
            wrong.append(f"{name}: does not say what it should")
        return None

    about = step("data/package.json", _about, root)
    key = step("data/custody/keys/package.pub", read_pem, root / "data/custody/keys/package.pub")
    log = step("data/custody", check_log, root)
    if about and key:
        step(f"{root.name}.sig", check_signature, root, about, key)
    if about and log:
        step("data/custody/entries.jsonl", check_package_key, root, about, log)
        step("data/package.json", check_items, root, about, log)
    return log, step("data/custody/consistency.json", check_earlier, root, log) if log else None


def _about(root: Path) -> Any:
    return json.loads((root / "data/package.json").read_bytes())


def _compare(log: Log, outside: Sequence[Note], roots: dict[int, bytes]) -> tuple[int, list[str]]:
    """Hold checkpoints from elsewhere against the log, and say what came of it."""
    for note in outside:
        if not any(is_signed_note(note, key) for key in log.keys):
            return UNREADABLE, [
                f"unreadable / 읽을 수 없음: the checkpoint given of {note.size} is not signed by the log"
            ]
        if note.size in roots and note.root != roots[note.size]:
            return TWO_HISTORIES, [f"✗ two histories / 두 개의 이력: at {note.size} entries another one was signed too"]
    if any(note.size in roots for note in outside):
        return INTACT, ["✓ the checkpoint given is of the same history / 주어진 체크포인트와 같은 이력입니다"]
    if outside:
        return NOT_ANCHORED, ["○ not anchored / 고정되지 않음: for the checkpoint given no proof is in the package"]
    return INTACT, [
        "○ no checkpoint from outside was given: compare the name of the log with what you were told (README)",
        "○ 외부 체크포인트가 주어지지 않았습니다: 로그 이름을 다른 경로로 확인하세요 (README)",
    ]


def _intact(root: Path, log: Log) -> list[str]:
    lines = [
        "✓ intact / 온전함: every file, signature and proof holds",
        f"  log {log.note.log}: {log.note.size:,} entries at {log.note.body.splitlines()[3]}",
    ]
    if any((root / "data/custody").glob("tsa/*.tsr")):
        lines.append("○ time stamps are in data/custody/tsa: check them with openssl (README)")
    if IS_BUILT_IN:
        lines.append("○ the library cryptography is not installed: signatures were checked by the code in this file")
    return lines
