"""Ways in which practice directories misbehave beyond those of the practice web, switched while they run."""

from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from practice.faults import Faults


@dataclass(slots=True, kw_only=True)
class DirectoryFaults:
    """Each one works alone and leaves the others as they are."""

    server: Faults = field(default_factory=Faults)
    """Those that any server has: 429, other statuses, garbage, cut pages, robots.txt, delay."""
    wall: Literal["challenge", "captcha", "login"] | None = None
    """Stands in front of every list, with status 200."""
    new_layout: bool = False
    """The same rooms in markup that is not known."""
    redirect: str | None = None
    """Where every list redirects to; its own path makes a circle."""
    after: int = 0
    """Lists still answered truly before 429 begins, where ``server.too_many`` is set."""

    async def refuse(self, request: web.Request) -> web.StreamResponse | None:
        """The answer in place of a list, or None when it may be given."""
        if self.server.too_many and self.after > 0:
            self.after -= 1
            return None
        if self.redirect is not None:
            there = request.path_qs if self.redirect == "self" else self.redirect
            return web.Response(status=302, headers={"Location": there})
        return await self.server.refuse()
