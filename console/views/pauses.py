"""The brakes: one place or all crawling is stopped within seconds, and let go on. Shows addresses and no content."""

from datetime import timedelta

from aiohttp import web
from pydantic import Field

from console.body import Strict, read_form
from console.going import go, local_path
from console.pages import render
from console.persons import callings
from console.visit import Console, Visit, console_of, visit_of
from console.watchlist_words import QUIETS
from console.words import Message, _
from evidence.errors import ConfigError
from evidence.pause import EVERYTHING, Quiet, parse_about
from storage.pauses import pause, resume, standing_pauses

SPANS = {
    "1h": (_("for an hour"), timedelta(hours=1)),
    "1d": (_("for a day"), timedelta(days=1)),
    "7d": (_("for a week"), timedelta(days=7)),
    "": (_("until somebody resumes it"), None),
}
NO_REASON = _("Say why: it is kept with the pause.")


class Wish(Strict):
    """What somebody wants to stop, or to go on."""

    about: str = Field(min_length=1, max_length=2_000)
    quiet: Quiet = Field(default=Quiet.PAUSE, strict=False)
    do: str = Field(pattern=r"^(pause|resume)$")
    span: str = Field(default="", pattern=r"^(1h|1d|7d|)$")
    reason: str = Field(default="", max_length=500)
    next: str = Field(default="/pauses", max_length=2_000)


async def pauses_page(request: web.Request) -> web.StreamResponse:
    """What is stopped, by whom, why and until when."""
    return await _page(request, None)


async def _page(request: web.Request, problem: Message | None, status: int = 200) -> web.StreamResponse:
    console = console_of(request)
    standing = await standing_pauses(console.store, console.clock())
    return render(
        request,
        "watchlist_pauses.html",
        status=status,
        pauses=standing,
        all_paused=any(one.about == EVERYTHING for one in standing),
        everything=EVERYTHING,
        callings=await callings(request, [one.by for one in standing]),
        quiets=QUIETS,
        spans=SPANS,
        problem=problem,
        done=request.query.get("done", ""),
    )


async def decide_pause(request: web.Request) -> web.StreamResponse:
    """Stop something, or let it go on."""
    filled = await read_form(request, Wish)
    if filled.form is None:
        raise web.HTTPBadRequest
    form = filled.form
    if form.do == "pause" and not form.reason.strip():
        return await _page(request, Message(NO_REASON), 422)
    try:
        await carry_out(console_of(request), visit_of(request), form)
    except ConfigError as problem:
        return await _page(request, Message("%(problem)s", problem=str(problem)), 422)
    return go(local_path(form.next), done="paused" if form.do == "pause" else "resumed")


async def carry_out(console: Console, visit: Visit, wish: Wish) -> None:
    """The same for pages and programs.

    Raises:
        ConfigError: no such place, no reason, or there is nothing to end.
        StorageError: the log did not take it; nothing changes.
    """
    at, about = console.clock(), parse_about(wish.about, console.allows_loopback or console.is_practice)
    if wish.do == "resume":
        await resume(console.store, console.custody, visit.staff, wish.quiet, about, at)
        return
    length = SPANS[wish.span][1]
    until = at + length if length else None
    await pause(console.store, console.custody, visit.staff, wish.quiet, about, wish.reason, at, until)
