"""Live events: what changes reaches the browsers that are looking, each only what its person may see.

Events name what changed and never hold text; a page that wants to know more asks for it. They live in this
process: what another process writes is seen when a page is loaded again.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from evidence.case import Staff
from evidence.roles import Permission, Role, in_scope, may

MOST_WAITING = 64
"""Events for a browser that does not keep up; then it is told to load the page again."""
MOST_STREAMS = 4
"""Of one session: tabs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something changed."""

    kind: str
    """Such as ``queue``; letters, digits and hyphens."""
    permission: Permission
    """Who is told."""
    offices: frozenset[str] | None = None
    """Only those in scope of these; None for all who have the permission."""
    values: Mapping[str, int | str] = field(default_factory=dict)
    """Ids and numbers."""

    def line(self) -> bytes:
        """As it is sent."""
        return f"event: {self.kind}\ndata: {json.dumps(dict(self.values))}\n\n".encode()


@dataclass(slots=True, eq=False)
class Stream:
    """A browser that is looking."""

    staff: Staff
    waiting: "asyncio.Queue[Event | None]"
    """None ends it."""
    has_missed: bool = False
    """Whether there was no room for something."""

    def wants(self, event: Event) -> bool:
        """Whether its person may be told."""
        is_allowed = may(Role(self.staff.role), event.permission)
        return is_allowed and (event.offices is None or in_scope(self.staff, event.offices))


class Events:
    """All streams of this process."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()

    def publish(self, event: Event) -> None:
        """Tell everybody who may know; never waits."""
        for stream in self._streams:
            if stream.wants(event):
                try:
                    stream.waiting.put_nowait(event)
                except asyncio.QueueFull:
                    stream.has_missed = True

    def open(self, staff: Staff) -> Stream | None:
        """A new stream; None where the session has too many."""
        of_session = [stream for stream in self._streams if stream.staff.session_id == staff.session_id]
        if len(of_session) >= MOST_STREAMS:
            return None
        stream = Stream(staff=staff, waiting=asyncio.Queue(MOST_WAITING + 1))
        self._streams.add(stream)
        return stream

    def close(self, stream: Stream) -> None:
        """It is not looked at any more."""
        self._streams.discard(stream)

    def end(self) -> None:
        """The console stops: end all streams."""
        for stream in self._streams:
            if stream.waiting.full():
                stream.waiting.get_nowait()
            stream.waiting.put_nowait(None)
