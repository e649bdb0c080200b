"""The form of log lines: ids, addresses and numbers, never what somebody wrote.

Our own messages are made without personal text. Those of libraries are not, and an exception may quote
whatever it stumbled over: of both only the kind and the place are kept.
"""

import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog

Event = MutableMapping[str, Any]

DEEPEST = 8
"""Of the places that an exception went through, the last ones."""
LONGEST = 200
"""Characters of a library's line."""


def without_words(_logger: Any, _method: str, event: Event) -> Event:
    """Put kind and places of an exception instead of its words."""
    problem = _exception(event.pop("exc_info", None))
    if problem is not None:
        event.update(kind=type(problem).__name__, where=places(problem.__traceback__))
    return event


def places(trace: TracebackType | None) -> str:
    """Where an exception came through: file, line and function, the innermost last."""
    frames = traceback.extract_tb(trace)[-DEEPEST:]
    return " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames)


def _exception(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    found = given if isinstance(given, tuple) else sys.exc_info() if given else None
    return found[1] if found else None


class OthersLines(logging.Formatter):
    """Lines of libraries as ours: what they say before values are put in, since those may be anything."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        first, *_ = str(record.msg).splitlines() or [""]
        event: Event = {
            "event": first[:LONGEST],
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "exc_info": record.exc_info,
        }
        return json.dumps(without_words(None, "", event))


def processors(is_terminal: bool) -> list[Any]:
    """What a line of ours goes through, in order: for people on a terminal, else JSON."""
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_words,
        structlog.dev.ConsoleRenderer() if is_terminal else structlog.processors.JSONRenderer(),
    ]
