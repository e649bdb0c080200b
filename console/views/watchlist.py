"""The watchlist: which rooms and directories are watched, how they stand, and one of them with its hours."""

from collections.abc import Sequence

from aiohttp import web
from pydantic import Field

from config.watchlist_edit import read_entry
from console.body import Strict
from console.offices import OFFICES
from console.pages import render
from console.persons import callings
from console.visit import console_of, visit_of
from console.watchlist_draft import checked, newest_text
from console.watchlist_rows import Row, days_of, directory_name, rows_of
from console.watchlist_words import KINDS, OUTCOMES, QUIETS
from evidence.records import Directory, Source
from storage.coverage import last_runs
from storage.watchlist_changes import waiting_changes

PAGE = 25
"""Places on one page: each has a strip of 168 hours."""
PASSES = 10


class Asked(Strict):
    """Which part of the list."""

    q: str = Field(default="", max_length=200)
    page: int = Field(default=1, ge=1, le=10_000, strict=False)
    done: str = Field(default="", max_length=40)


def asked_for(request: web.Request) -> Asked:
    """What the address asks for; nothing where it cannot be read."""
    try:
        return Asked.model_validate(dict(request.query))
    except ValueError:
        return Asked()


async def watchlist_page(request: web.Request) -> web.StreamResponse:
    """Everything that is watched."""
    console, asked = console_of(request), asked_for(request)
    number, text = await newest_text(console)
    watchlist = checked(console, text)
    every: Sequence[Source | Directory] = [*watchlist.sources, *watchlist.directories]
    found = [entry for entry in every if is_meant(entry, asked.q)]
    rows = await rows_of(console, found[(asked.page - 1) * PAGE : asked.page * PAGE])
    return render(
        request,
        "watchlist.html",
        number=number,
        rows=rows,
        total=len(every),
        found=len(found),
        asked=asked,
        pages=max(1, -(-len(found) // PAGE)),
        waiting=len(await waiting_changes(console.store, console.clock())),
        outcomes=OUTCOMES,
        quiets=QUIETS,
    )


def is_meant(entry: Source | Directory, q: str) -> bool:
    """Whether an entry has these words: in its address, reason or site."""
    said = [entry.address, entry.reason or ""] if isinstance(entry, Source) else [entry.address, entry.site]
    return q.lower() in " ".join(said).lower()


async def room_page(request: web.Request) -> web.StreamResponse:
    """A room of the list."""
    return await place_page(request, *await _place(request))


async def place_page(
    request: web.Request, row: Row, number: int, text: str, status: int = 200, **values: object
) -> web.StreamResponse:
    """A room or directory with its form; ``values`` stand in for what is stored where a form came back."""
    console, zone = console_of(request), visit_of(request).zone
    section = "sources" if row.is_source else "directories"
    raw = dict(read_entry(text, section, row.entry.address) or {})
    actors = [pause.by for pause in (row.pause, row.mute) if pause]
    fresh = {
        "row": row,
        "number": number,
        "days": days_of(row, zone),
        "runs": await last_runs(console.store, row.entry.address, console.clock(), PASSES),
        "callings": await callings(request, actors),
        "values": {key: _as_field(value) for key, value in raw.items()},
        "problems": {},
        "outcomes": OUTCOMES,
        "kinds": KINDS,
        "quiets": QUIETS,
        "offices": OFFICES,
        "done": request.query.get("done", ""),
    }
    return render(request, "watchlist_place.html", status=status, **{**fresh, **values})


def _as_field(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


async def _place(request: web.Request) -> tuple[Row, int, str]:
    return await find_place(request, request.match_info["room"])


async def directory_page(request: web.Request) -> web.StreamResponse:
    """A directory of the list."""
    return await place_page(request, *await find_place(request, request.match_info["directory"]))


async def find_place(request: web.Request, name: str) -> tuple[Row, int, str]:
    """The place that a path names, with the newest version.

    Raises:
        HTTPNotFound: it is not on the list.
    """
    console = console_of(request)
    number, text = await newest_text(console)
    watchlist = checked(console, text)
    rooms: dict[str, Source | Directory] = {source.name: source for source in watchlist.sources}
    lists: dict[str, Source | Directory] = {directory_name(entry.address): entry for entry in watchlist.directories}
    entry = (rooms | lists).get(name)
    if entry is None:
        raise web.HTTPNotFound
    (row,) = await rows_of(console, [entry])
    return row, number, text
