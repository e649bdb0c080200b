"""Versions of the watchlist: who saved what when and why, what differs, and back to an earlier one."""

from aiohttp import web
from pydantic import Field

from config.watchlist_diff import diff_entries, diff_lines
from console.body import read_form
from console.pages import render
from console.persons import callings
from console.views.watchlist_drafts import show_draft
from console.views.watchlist_entries import EntryForm, show_edit
from console.visit import console_of
from console.watchlist_draft import checked, newest_text
from console.watchlist_words import SECTIONS
from console.words import Message
from evidence.errors import ConfigError
from evidence.watchlist_change import Edit, EditKind
from storage.watchlist_changes import find_change
from storage.watchlists import Version, all_versions, read_version

LARGEST_TEXT = 800_000


class Whole(EntryForm):
    """A text that was pasted, or read from a file by the page's script."""

    text: str = Field(max_length=LARGEST_TEXT)


class Back(EntryForm):
    """An earlier version that should run again."""


async def versions_page(request: web.Request) -> web.StreamResponse:
    """All versions, newest first."""
    versions = await all_versions(console_of(request).store)
    return render(
        request,
        "watchlist_versions.html",
        versions=versions,
        callings=await callings(request, [version.by for version in versions if version.by]),
    )


async def version_page(request: web.Request) -> web.StreamResponse:
    """One version beside the one before it, or beside another one."""
    console, version = console_of(request), await _version(request)
    number, _text = await newest_text(console)
    against = request.query.get("against", "")
    other = int(against) if against.isdecimal() and len(against) < 9 else version.number - 1
    before = await read_version(console.store, other) if other else None
    old = before.text if before else ""
    change = await find_change(console.store, version.change) if version.change else None
    actors = [actor for actor in (version.by, change.by if change else None) if actor]
    return render(
        request,
        "watchlist_version.html",
        version=version,
        other=before.number if before else 0,
        newest=number,
        lines=diff_lines(old, version.text),
        entries=diff_entries(old, version.text),
        change=change,
        callings=await callings(request, actors),
        sections=SECTIONS,
        done=request.query.get("done", ""),
    )


async def export_version(request: web.Request) -> web.StreamResponse:
    """The YAML as it is stored."""
    version = await _version(request)
    headers = {"Content-Disposition": f'attachment; filename="watchlist-{version.number}.yaml"'}
    return web.Response(text=version.text, content_type="application/yaml", charset="utf-8", headers=headers)


async def roll_back(request: web.Request) -> web.StreamResponse:
    """An earlier text as the next version: looked at like every change."""
    version, filled = await _version(request), await read_form(request, Back)
    if filled.form is None:
        raise web.HTTPBadRequest
    return await show_edit(request, filled.form.base, Edit(kind=EditKind.WHOLE, entry=version.text))


async def import_page(request: web.Request) -> web.StreamResponse:
    """The whole text, to be edited or replaced."""
    number, text = await newest_text(console_of(request))
    return render(request, "watchlist_import.html", number=number, text=text, problems={})


async def import_text(request: web.Request) -> web.StreamResponse:
    """Another text: looked at like every change; mistakes are named with their line."""
    filled = await read_form(request, Whole)
    if filled.form is None:
        raise web.HTTPBadRequest
    form, console = filled.form, console_of(request)
    text = form.text.replace("\r\n", "\n")
    number, _text = await newest_text(console)
    try:
        checked(console, text)
        if number == form.base:
            return await show_draft(request, form.base, (Edit(kind=EditKind.WHOLE, entry=text),))
    except ConfigError as problem:
        problems = {"text": [Message("%(problem)s", problem=line) for line in problem.problems]}
        return render(request, "watchlist_import.html", status=422, number=form.base, text=text, problems=problems)
    return await show_edit(request, form.base, Edit(kind=EditKind.WHOLE, entry=text))


async def _version(request: web.Request) -> Version:
    number = request.match_info["number"]
    version = (
        await read_version(console_of(request).store, int(number)) if number.isdecimal() and len(number) < 9 else None
    )
    if version is None:
        raise web.HTTPNotFound
    return version
