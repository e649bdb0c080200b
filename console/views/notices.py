"""Notices: what staff should know, newest first, each for those whom it concerns. One person acknowledges for all."""

from datetime import datetime, timedelta

from aiohttp import web
from pydantic import Field

from console.body import Strict, body_of, read_form
from console.going import go
from console.notice_words import KINDS, NUMBERS
from console.pages import render
from console.persons import callings
from console.views.api import answer
from console.visit import console_of, visit_of
from evidence.errors import ConfigError
from evidence.notice import Kind, Notice
from evidence.roles import Permission
from storage.notices import acknowledge, notices_for

OF_ROOMS = frozenset({Kind.SURGE, Kind.RENAMED, Kind.MOVED, Kind.GONE, Kind.UNSEEN})
"""Whose place is the address of a room."""
SHOWN = timedelta(days=14)
MOST = 200


class Seen(Strict):
    """Which notice somebody saw to."""

    notice: str = Field(pattern=r"^notice-[0-9a-f]{16}$")


class NoticeRow(Strict):
    """A notice."""

    id: str
    kind: Kind
    code: str
    """Stands for the room, as in summaries."""
    place: str | None
    """None for those who read no content."""
    at: datetime
    is_grave: bool
    numbers: dict[str, int]
    together: int
    """How many came together in it."""
    acknowledged_at: datetime | None


class Notices(Strict):
    """Newest first."""

    notices: list[NoticeRow]


async def notices_page(request: web.Request) -> web.StreamResponse:
    """All of two weeks, what waits first."""
    found = await _found(request)
    return render(
        request,
        "notices.html",
        waiting=[notice for notice in found if notice.acknowledged_at is None],
        done_with=[notice for notice in found if notice.acknowledged_at is not None],
        kinds=KINDS,
        numbers=NUMBERS,
        callings=await callings(request, [notice.acknowledged_by or "" for notice in found]),
        rooms={notice.id for notice in found if notice.kind in OF_ROOMS},
        reads_content=visit_of(request).may(Permission.DECIDE),
    )


async def see_to(request: web.Request) -> web.StreamResponse:
    """Somebody says that they saw one."""
    filled = await read_form(request, Seen)
    if filled.form is None:
        raise web.HTTPBadRequest
    await _acknowledge(request, filled.form.notice)
    return go("/notices")


async def list_notices(request: web.Request) -> web.StreamResponse:
    """The same for programs."""
    return answer(Notices(notices=[_row(request, notice) for notice in await _found(request)]))


async def see_to_by_program(request: web.Request) -> web.StreamResponse:
    """Acknowledge one; gives all."""
    await _acknowledge(request, body_of(request, Seen).notice)
    return await list_notices(request)


async def _found(request: web.Request) -> tuple[Notice, ...]:
    console = console_of(request)
    at = console.clock()
    return (await notices_for(console.store, visit_of(request).staff, at - SHOWN, at))[:MOST]


async def _acknowledge(request: web.Request, name: str) -> None:
    console = console_of(request)
    try:
        await acknowledge(console.store, console.custody, visit_of(request).staff, name, console.clock())
    except ConfigError:
        raise web.HTTPNotFound from None


def _row(request: web.Request, notice: Notice) -> NoticeRow:
    return NoticeRow(
        id=notice.id,
        kind=notice.kind,
        code=notice.code,
        place=notice.place if visit_of(request).may(Permission.DECIDE) else None,
        at=notice.at,
        is_grave=notice.is_grave,
        numbers=dict(notice.numbers),
        together=len(notice.about),
        acknowledged_at=notice.acknowledged_at,
    )
