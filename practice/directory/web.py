"""Several directories on one loopback server, each under the paths of the real one.

``/en/channels`` telemetr.io, ``/education`` tgstat, ``/channel/page/N`` tgviewer, ``/api/chart/…`` combot,
``/channels/search`` TGStat's API, ``/links`` somebody's page of links.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from evidence.records import PlaceKind
from practice.directory.faults import DirectoryFaults
from practice.directory.rooms import ListedAs, ListPage, list_room, page_of
from practice.site import LoopbackSite
from practice.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
JSON = "application/json; charset=utf-8"
LISTED = (PlaceKind.CHANNEL, PlaceKind.GROUP)
API_KEY = "practice-key"

_TEMPLATES = Environment(
    loader=PackageLoader("practice.directory"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class PracticeDirectory(LoopbackSite):
    """A server of lists; world, beliefs and faults may be changed while it runs."""

    def __init__(self, world: World, per_page: int = 4) -> None:
        super().__init__()
        self.world = world
        self.per_page = per_page
        self.faults = DirectoryFaults()
        self.members: dict[str, int] = {}
        """By username in lower case, what the lists believe where it is not what is true."""
        self.private: set[str] = set()
        """Usernames in lower case that are listed without a public name."""
        self.requests: Counter[str] = Counter()
        """Requests by path, without their query; robots.txt included."""
        self.agents: set[str] = set()
        """Names under which it was asked."""

    @property
    def rooms(self) -> Sequence[ListedAs]:
        """What is listed, the largest first."""
        listed = [
            list_room(room, self.members.get(name), name in self.private)
            for name, room in self.world.rooms.items()
            if room.kind in LISTED
        ]
        return sorted(listed, key=lambda room: -room.members)

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._count])
        application.add_routes(
            [
                web.get("/robots.txt", self._robots),
                web.get("/en/channels", self._list("telemetrio.html")),
                web.get("/education", self._list("tgstat.html")),
                web.get(r"/channel/page/{number:\d+}", self._list("tgviewer.html")),
                web.get("/links", self._list("generic.html")),
                web.get("/api/chart/{language}", self._chart),
                web.get("/channels/search", self._search),
            ]
        )
        return application

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests[request.path] += 1
        self.agents.add(request.headers.get("User-Agent", ""))
        return await handler(request)

    async def _robots(self, _: web.Request) -> web.Response:
        return self.faults.server.answer_robots()

    def _list(self, template: str) -> Handler:
        """The handler of one site's list, unless a fault stands in the way."""

        async def answer(request: web.Request) -> web.StreamResponse:
            if refusal := await self.faults.refuse(request):
                return refusal
            shown = request.match_info.get("number") or request.query.get("page", "1")
            page = page_of(self.rooms, int(shown) if shown.isdecimal() else 1, self.per_page)
            return await self.faults.server.send(request, self._draw(template, page))

        return answer

    def _draw(self, template: str, page: ListPage) -> str:
        if self.faults.wall is not None:
            return _TEMPLATES.get_template("wall.html").render(wall=self.faults.wall)
        return _TEMPLATES.get_template("new_layout.html" if self.faults.new_layout else template).render(
            base=self.base,
            rooms=page.rooms,
            number=page.number,
            numbers=page.numbers,
            next_number=page.next_number,
            has_more=page.next_number is not None,
        )

    async def _chart(self, request: web.Request) -> web.StreamResponse:
        """Combot's chart; members and ids only where ``only_avatars=false`` asks for them."""
        if refusal := await self.faults.refuse(request):
            return refusal
        if self.faults.wall is not None:
            return await self.faults.server.send(request, self._draw("", page_of((), 1, 1)))
        first, step = int(request.query.get("offset", "0")), int(request.query.get("limit", "100"))
        rooms = self.rooms[first : first + step]
        is_whole = request.query.get("only_avatars") == "false"
        rows = [_row(room, first + number, is_whole, self.faults.new_layout) for number, room in enumerate(rooms)]
        return web.Response(text=json.dumps(rows, ensure_ascii=False), headers={"Content-Type": JSON})

    async def _search(self, request: web.Request) -> web.StreamResponse:
        """TGStat's API."""
        if refusal := await self.faults.refuse(request):
            return refusal
        if request.query.get("token") != API_KEY:
            return web.json_response({"status": "error", "error": "token_invalid"})
        words = request.query.get("q", "")
        items = [_item(room) for room in self.rooms if words in f"{room.title} {room.description}"]
        return web.json_response({"status": "ok", "response": {"count": len(items), "items": items}})


def _row(room: ListedAs, rank: int, is_whole: bool, is_new: bool) -> dict[str, object]:
    if is_new:
        return {"heading": room.title, "handle": room.username}
    row: dict[str, object] = {"t": room.title, "i": "data:image/png;base64,AAAA", "p": rank + 1, "pc": 0, "a": 1.5}
    if not room.is_private:
        row["u"] = room.username
    return row | {"c": room.peer_id, "s": room.members, "l": "KO"} if is_whole else row


def _item(room: ListedAs) -> dict[str, object]:
    item: dict[str, object] = {
        "id": room.peer_id % 100_000,
        "tg_id": room.peer_id,
        "peer_type": "chat" if room.is_group else "channel",
        "title": room.title,
        "about": room.description,
        "image100": f"//static.tgstat.ru/channels/_100/{room.peer_id}.jpg",
        "participants_count": room.members,
        "tgstat_restrictions": [],
    }
    return item if room.is_private else item | {"username": f"@{room.username}", "link": f"t.me/{room.username}"}
