"""``haechi run`` as a process manager keeps it: started again whenever it ends, until it is told to stop."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

HAECHI = str(Path(sys.executable).with_name("haechi"))
AGAIN_S, STOP_S, TICK_S = 0.3, 60.0, 0.02

Row = dict[str, Any]


class Service:
    """A command that prints its passes as lines of JSON, kept running."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        """Prepare.

        Args:
            command: with its arguments.
            env: all of its environment.
            log: file that its standard error goes to.
        """
        self.passes: list[Row] = []
        """In the order in which they were printed, over all starts."""
        self.endings: list[int] = []
        """Exit codes, negative for the signal that ended it."""
        self._command, self._env, self._log = list(command), dict(env), log
        self._process: subprocess.Popen[str] | None = None
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Keep it running from now on."""
        self._thread.start()
        await_until(lambda: self._process is not None, STOP_S, "the service starts")

    @property
    def pid(self) -> int:
        """Of the process that runs now, or ran last."""
        if self._process is None:
            raise RuntimeError("the service was never started")
        return self._process.pid

    def stop(self) -> int:
        """Tell it to end; returns its exit code."""
        self._is_stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        self._thread.join(STOP_S)
        if self._thread.is_alive() and self._process is not None:
            self._process.kill()
            self._thread.join()
        return self.endings[-1]

    def await_passes(self, rooms: Sequence[str], number: int, patience_s: float, **wanted: str) -> None:
        """Wait until every room had so many more passes that ended as wanted.

        Raises:
            TimeoutError: it took too long.
        """
        begun = len(self.passes)

        def are_there() -> bool:
            found = Counter(row["source"] for row in self.passes[begun:] if wanted.items() <= row.items())
            return all(found[room] >= number for room in rooms)

        await_until(are_there, patience_s, f"{number} passes {wanted or ''} of each of {len(rooms)} rooms")

    def _keep(self) -> None:
        while not self._is_stopping.is_set():
            with open(self._log, "ab") as log:
                self._process = subprocess.Popen(
                    self._command,
                    env=self._env,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    start_new_session=True,
                )
            with self._process as process:
                for line in process.stdout or ():
                    if line.endswith("}\n"):  # a killed process leaves half a line
                        self.passes.append(json.loads(line))
            self.endings.append(process.returncode)
            self._is_stopping.wait(AGAIN_S)


def await_until(is_so: Callable[[], bool], patience_s: float, what: str) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it was not within so many seconds.
    """
    deadline = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {patience_s:.0f} s: {what}")
        time.sleep(TICK_S)
