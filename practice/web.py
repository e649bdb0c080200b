"""Telegram's public web, served on loopback from a practice World: t.me as of 2026."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from practice import pages
from practice.faults import HTML, Faults
from practice.paging import read_page
from practice.site import LoopbackSite
from practice.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Draw = Callable[[web.Request], str | None]
"""Draws the page that is asked for; None sends the reader on to ``/NAME``."""


class PracticeWeb(LoopbackSite):
    """A server of the World's public pages; World and faults may be changed while it runs."""

    def __init__(self, world: World, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.world = world
        self.faults = Faults()
        self.requests: Counter[str] = Counter()
        """Requests of any kind by path, without their query."""
        self.media_requests = 0
        """Requests for any picture, video or voice that pages show; a reader makes none."""
        self._clock = clock

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._count])
        application.add_routes(
            [
                web.get("/robots.txt", self._robots),
                web.get("/media/{name:.+}", self._media),
                web.get("/s/{name}", self._page(self._draw_preview)),
                web.get("/joinchat/{name}", self._page(self._draw_invite)),
                web.get("/+{name}", self._page(self._draw_invite)),
                web.get("/{name}", self._page(self._draw_landing)),
                web.get(r"/{name}/{id:\d+}", self._page(self._draw_post)),
            ]
        )
        return application

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests[request.path] += 1
        return await handler(request)

    async def _robots(self, _: web.Request) -> web.Response:
        return self.faults.answer_robots()

    async def _media(self, _: web.Request) -> web.Response:
        self.media_requests += 1
        return web.Response(status=404)

    def _page(self, draw: Draw) -> Handler:
        """The handler of one kind of page: draw it, unless a fault stands in the way."""

        async def answer(request: web.Request) -> web.StreamResponse:
            is_hidden = self.faults.count_request()
            if refusal := await self.faults.refuse():
                return refusal
            drawn = self._draw_absence(request) if is_hidden else draw(request)
            if drawn is None:
                headers = {"Content-Type": HTML, "Location": f"/{_name(request)}"}
                return web.Response(status=302, headers=headers)
            return await self.faults.send(request, drawn)

        return answer

    def _draw_absence(self, request: web.Request) -> str | None:
        is_preview = request.path.startswith("/s/")
        return None if is_preview else pages.draw_absence(_name(request))

    def _draw_preview(self, request: web.Request) -> str | None:
        room = self.world.find(_name(request))
        if room is None or not room.is_readable:
            return None
        page = read_page(room, _read_id(request, "before"), _read_id(request, "after"))
        return pages.draw_preview(room, page, self.base, self._clock())

    def _draw_landing(self, request: web.Request) -> str:
        room = self.world.find(_name(request))
        return pages.draw_landing(room, self.base) if room else pages.draw_absence(_name(request))

    def _draw_post(self, request: web.Request) -> str:
        if "embed" not in request.query:
            return self._draw_landing(request)
        room = self.world.find(_name(request))
        post = room.find_post(int(request.match_info["id"])) if room and room.is_readable else None
        return pages.draw_post(room, post, self.base, self._clock())

    def _draw_invite(self, request: web.Request) -> str:
        return pages.draw_invite(_name(request), self.base)


def _name(request: web.Request) -> str:
    return request.match_info["name"]


def _read_id(request: web.Request, key: str) -> int | None:
    value = request.query.get(key, "")
    return int(value) if value.isdecimal() else None
