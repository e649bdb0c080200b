#!/usr/bin/env python3
"""Check a package of evidence, offline: `python3 verify.py` inside it. Needs Python 3.9 or later and nothing else.

Checks that no file was changed, removed or added, that the package is signed, that each sealed item is the one
that the log of custody committed to, and that the log's entries stand in the signed checkpoint. Signatures are
checked by the library `cryptography` where it is installed, else by short code in this file.

What it cannot tell by itself: whether the log is the one of whom you think. Compare the name of the log with what
you were told by other means, or give a checkpoint that you hold, such as that of a daily summary, in a file:

    python3 verify.py --checkpoint FILE

Exit codes: 0 intact, 2 broken (the file is named), 3 intact, but the checkpoint given cannot be compared,
4 two histories (the log signed something else at the size of that checkpoint), 5 unreadable.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from evidence.verifier.check import UNREADABLE, check
from evidence.verifier.log import Note, read_notes

# ------------------------------------------------------------------ the end


def main(arguments: Sequence[str]) -> int:
    """Check the package that this file lies in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", action="append", default=[], help="a file of checkpoints that you hold")
    parser.add_argument("--package", default=Path(__file__).parent, type=Path, help="another folder than this one")
    asked = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        outside = [note for name in asked.checkpoint for note in _given(Path(name))]
        root = asked.package.resolve()
        if not any((root / name).is_file() for name in ("bagit.txt", "manifest-sha512.txt", "tagmanifest-sha512.txt")):
            raise ValueError(f"{root} is no package")
        code, lines = check(root, outside)
    except (OSError, ValueError) as problem:
        code, lines = UNREADABLE, [f"unreadable / 읽을 수 없음: {problem}"]
    sys.stdout.write("\n".join([*lines, ""]))
    return code


def _given(path: Path) -> list[Note]:
    notes = read_notes(path.read_text(encoding="utf-8"))
    if not notes:
        raise ValueError(f"{path} holds no checkpoint")
    return notes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
