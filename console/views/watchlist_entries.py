"""Forms for rooms, directories, terms and rules: each becomes an edit, and is looked at before it is proposed."""

from collections.abc import Mapping

from aiohttp import web
from pydantic import Field

from config.watchlist_edit import put, remove
from console.body import Strict, read_form
from console.offices import OFFICES
from console.pages import render
from console.views.watchlist import find_place, place_page
from console.views.watchlist_drafts import show_conflict, show_draft
from console.visit import console_of
from console.watchlist_draft import changed_entry, entry_problems, newest_text
from console.watchlist_rows import directory_name
from console.watchlist_words import KINDS, refusal
from console.words import Message
from evidence.address import parse_room_address
from evidence.errors import ConfigError
from evidence.trial import LinkChecked
from evidence.watchlist_change import Edit

LONG = 2_000


class EntryForm(Strict):
    """What every form of an entry carries."""

    base: int = Field(ge=0)
    name: str = Field(default="", max_length=LONG)
    """Of the entry as it was; empty for a new one."""


class RoomForm(EntryForm):
    """A room."""

    address: str = Field(max_length=LONG)
    every: str = Field(default="", max_length=20)
    backfill: str = Field(default="", max_length=20)
    office: str = Field(default="", max_length=10)
    until: str = Field(default="", max_length=20)
    reason: str = Field(default="", max_length=500)
    via: str = Field(default="", max_length=20)

    def given(self) -> Mapping[str, object]:
        """As an entry says it."""
        fields = self.model_dump(exclude={"base", "name", "via"})
        backfill: object = 0 if self.backfill == "0" else self.backfill
        return {key: value.strip() for key, value in fields.items()} | {"via": self.via, "backfill": backfill}


class DirectoryForm(EntryForm):
    """A directory."""

    address: str = Field(max_length=LONG)
    site: str = Field(max_length=40)
    every: str = Field(default="", max_length=20)
    name_matches: str = Field(default="", max_length=LONG)
    auto_watch: str = Field(default="", max_length=3)

    def given(self) -> Mapping[str, object]:
        """As an entry says it."""
        number: object = int(self.auto_watch) if self.auto_watch.isdecimal() else self.auto_watch
        return {
            "site": self.site,
            "address": self.address.strip(),
            "every": self.every.strip(),
            "name_matches": lines_of(self.name_matches),
            "auto_watch": number or None,
        }


class Gone(EntryForm):
    """An entry to be taken out."""

    section: str = Field(pattern=r"^(sources|directories|terms|rules)$")


class Link(Strict):
    """A link that was pasted."""

    link: str = Field(max_length=LONG)


def lines_of(text: str) -> list[str]:
    """What stands on lines of their own, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


async def add_page(request: web.Request) -> web.StreamResponse:
    """Where a link is pasted, and a directory described."""
    return await _add(request, "", None, {}, {})


async def check_link(request: web.Request) -> web.StreamResponse:
    """Look where a pasted link leads, and offer the form."""
    filled = await read_form(request, Link)
    link = filled.form.link.strip() if filled.form else ""
    checked = await console_of(request).works.watching.check_link(link)
    problems = {"link": refusal(checked.refused)} if checked.address is None and checked.refused else {}
    values = {"address": checked.address or "", "every": "10m", "backfill": "1d"}
    return await _add(request, link, checked, values, problems, 422 if problems else 200)


async def _add(
    request: web.Request,
    link: str,
    checked: LinkChecked | None,
    values: Mapping[str, object],
    problems: Mapping[str, Message],
    status: int = 200,
) -> web.StreamResponse:
    number, _text = await newest_text(console_of(request))
    return render(
        request,
        "watchlist_add.html",
        status=status,
        number=number,
        link=link,
        checked=checked,
        values=values,
        problems=problems,
        offices=OFFICES,
        kinds=KINDS,
        sites=sorted(console_of(request).works.watching.sites),
    )


async def put_room(request: web.Request) -> web.StreamResponse:
    """A room is added, or read in another way."""
    filled = await read_form(request, RoomForm)
    if filled.form is None:
        raise web.HTTPBadRequest
    form = filled.form
    try:
        given = {**form.given(), "address": parse_room_address(form.address)}
    except ConfigError as problem:
        return await _add(request, form.address, None, {}, {"link": refusal(str(problem))}, 422)
    if form.name and given["address"] == parse_room_address(form.name):
        del given["address"]  # as it was written
    return await _put_place(request, "sources", form, given)


async def put_directory(request: web.Request) -> web.StreamResponse:
    """A directory is added, or read in another way."""
    filled = await read_form(request, DirectoryForm)
    if filled.form is None:
        raise web.HTTPBadRequest
    return await _put_place(request, "directories", filled.form, filled.form.given())


async def _put_place(
    request: web.Request, section: str, form: RoomForm | DirectoryForm, given: Mapping[str, object]
) -> web.StreamResponse:
    """The change that the form makes, or the form again with what is wrong."""
    console = console_of(request)
    _number, text = await newest_text(console)
    entry = changed_entry(text, section, form.name, given)
    problems = entry_problems(console, section, entry)
    if not problems:
        return await show_edit(request, form.base, put(section, form.name, entry))
    values = {key: "\n".join(value) if isinstance(value, list) else str(value) for key, value in entry.items()}
    if not form.name:
        checked = LinkChecked(address=str(entry.get("address"))) if section == "sources" else None
        return await _add(request, "", checked, values, problems, 422)
    name = form.name.rsplit("/", 1)[-1].lower() if section == "sources" else directory_name(form.name)
    place = await find_place(request, name)
    return await place_page(request, *place, status=422, values=values, problems=problems)


async def remove_entry(request: web.Request) -> web.StreamResponse:
    """An entry is taken out."""
    filled = await read_form(request, Gone)
    if filled.form is None or not filled.form.name:
        raise web.HTTPBadRequest
    return await show_edit(request, filled.form.base, remove(filled.form.section, filled.form.name))


async def show_edit(request: web.Request, base: int, *edits: Edit) -> web.StreamResponse:
    """The change that edits make; where somebody else was faster, what they saved."""
    number, _text = await newest_text(console_of(request))
    if number != base:
        return await show_conflict(request, base, edits)
    return await show_draft(request, base, edits)
