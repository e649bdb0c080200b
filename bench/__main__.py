"""``python -m bench [--write FILE] [name …]``: run all benchmarks, or those named, each in a process of its own."""

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.report import Printed, write_sections

BENCHES = (
    "parse",
    "crawl",
    "mentions",
    "startup",
    "telegram",
    "rooms",
    "directory",
    "export",
    "custody",
    "masking",
    "search",
    "console",
    "summary",
    "rescan",
    "workers",
    "sizes",
)
LONG = {"faults": "faults.__main__", "soak": "faults.soak"}
"""Run only where they are named, and where they are: what is tried there is what survives, not what is fast."""
WIDE = "150"
"""Columns that tables may take."""


def main() -> None:
    """Run them one after the other; each prints its table. Exits with 1 where one failed."""
    arguments = sys.argv[1:]
    path = Path(arguments[1]) if arguments[:1] == ["--write"] else None
    names = (arguments[2:] if path else arguments) or list(BENCHES)
    known = (*BENCHES, *LONG)
    for name in names:
        if name not in known:
            sys.exit(f"bench: {name} is not one of {', '.join(known)}")
    failed = [name for name in names if not run(name, path)]
    if failed:
        sys.exit(f"bench: failed: {', '.join(failed)}")


def run(name: str, path: Path | None) -> bool:
    """Run one, show what it prints as it comes, and write it down; whether it ended well."""
    module = LONG.get(name, name)
    source = Path(__file__).parent.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    about = (ast.get_docstring(ast.parse(source)) or name).split("\n\n", 1)[0].replace("\n", " ")
    print(f"\n== {name}: {about}", flush=True)
    began, lines = time.perf_counter(), []
    command = [sys.executable, "-c", f"import sys; from bench.{module} import main; sys.exit(main())"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": WIDE})
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line.rstrip())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode == 0 and path is not None:
        peak_mb, took_s = usage.ru_maxrss * 1024 / 1e6, time.perf_counter() - began
        write_sections(path, [Printed(name=name, about=about, text="\n".join(lines), took_s=took_s, peak_mb=peak_mb)])
    return process.returncode == 0


if __name__ == "__main__":
    main()
