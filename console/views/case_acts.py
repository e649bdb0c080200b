"""What is done to a case: items and notes, holds, erasures, packages; each in the log before it counts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

from aiohttp import web
from pydantic import Field

from console.body import Strict, body_of, read_form
from console.going import go
from console.views.cases import one_case, show_case
from console.views.items import checked_post
from console.visit import console_of, visit_of
from console.words import Message, _
from console.works import Handed, Handing
from evidence.approval import ERASE, HOLD, RELEASE
from evidence.case import LONGEST_NOTE, check_case_id
from evidence.erasure import Basis, Requester, about_code
from evidence.errors import ConfigError, HaechiError, ItemHeld
from evidence.legal_hold import hold_code
from evidence.roles import in_scope
from storage.approvals import propose
from storage.cases import add_note, put_items, read_case
from storage.erasure import check_erasable
from storage.legal_holds import check_held, check_holdable
from storage.scopes import offices_of_items, offices_of_posts

CaseId = Annotated[str, Field(pattern=r"^case-[0-9a-f]{8}$")]
PostId = Annotated[str, Field(pattern=r"^@?[A-Za-z0-9_-]{1,64}:\d{1,19}(:\d{1,9})?$")]
Reason = Annotated[str, Field(min_length=3, max_length=2_000)]


class Put(Strict):
    """Items or posts for a case."""

    item: PostId


class PutInto(Strict):
    """A case for the post of the path."""

    case: CaseId


class NewNote(Strict):
    """What staff write down."""

    text: str = Field(min_length=1, max_length=LONGEST_NOTE)


class Hold(Strict):
    """A hold, until it is looked at again; or its end."""

    until: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\d)?$")
    reason: Reason


class Erase(Strict):
    """An erasure."""

    basis: Basis
    requester: Requester
    reason: Reason


class Wanted(Strict):
    """A package."""

    profile: Annotated[str, Field(pattern=r"^[a-z-]{1,30}$")]
    office: Annotated[str, Field(pattern=r"^([A-Z]\d\d)?$")] = ""
    purpose: Reason
    legal_basis: str = Field(default="", max_length=200)
    requester: str = Field(default="", max_length=200)
    recipient: str = Field(default="", max_length=2_000)
    proposal: Annotated[str, Field(pattern=r"^(proposal-[0-9a-f]{16})?$")] = ""


CHUNK_BYTES = 256 * 1024
NOT_DONE = _("This could not be done: %(problem)s")
FILL_IN = _("Fill in what is needed.")


async def put(request: web.Request) -> web.StreamResponse:
    """Put an item, or all revisions of a post, into the case of the path."""
    form = (await read_form(request, Put)).form
    if form is None:
        return await show_case(request, Message(FILL_IN), 422)
    return await _done(request, lambda: _put(request, request.match_info["case"], form.item))


async def put_into(request: web.Request) -> web.StreamResponse:
    """Put the post of the path into a case that is chosen."""
    form, post = (await read_form(request, PutInto)).form, checked_post(request)
    if form is None:
        raise web.HTTPBadRequest
    try:
        await read_case(console_of(request).store, check_case_id(form.case), console_of(request).clock())
        await _put(request, form.case, post)
    except ConfigError:
        return go(f"/items/{post}", done="nothing-sealed")
    return go(f"/cases/{form.case}")


async def _put(request: web.Request, case: str, item: str) -> None:
    """Only what is of one's own offices.

    Raises:
        ConfigError: nothing is sealed under this id that whoever asks may see.
    """
    console, staff = console_of(request), visit_of(request).staff
    offices = await offices_of_posts(console.store, [item]) | await offices_of_items(console.store, [item])
    if item not in offices or not in_scope(staff, offices[item]):
        raise ConfigError(f"{item}: nothing is sealed under this id")
    await put_items(console.store, console.custody, staff, case, [item], console.clock())


async def note(request: web.Request) -> web.StreamResponse:
    """Write a note; it is sealed at rest."""
    form = (await read_form(request, NewNote)).form
    if form is None:
        return await show_case(request, Message(FILL_IN), 422)
    return await _done(request, lambda: _note(request, form.text))


async def _note(request: web.Request, text: str) -> None:
    console = console_of(request)
    case, staff = request.match_info["case"], visit_of(request).staff
    await add_note(console.store, console.custody, staff, case, text, console.clock())


async def hold(request: web.Request) -> web.StreamResponse:
    """Propose that a case is held, or that its hold ends."""
    form, case = (await read_form(request, Hold)).form, request.match_info["case"]
    if form is None:
        return await show_case(request, Message(FILL_IN), 422)

    async def work() -> None:
        if form.until:
            await check_holdable(console_of(request).store, case)
            await _propose(request, HOLD, hold_code(case, date.fromisoformat(form.until)), form.reason)
        else:
            await check_held(console_of(request).store, case)
            await _propose(request, RELEASE, case, form.reason)

    return await _done(request, work, "proposed")


async def erase(request: web.Request) -> web.StreamResponse:
    """Propose that a post is erased."""
    form, post = (await read_form(request, Erase)).form, checked_post(request)
    if form is None:
        return go(f"/items/{post}", done="reason")
    console = console_of(request)
    try:
        gone = await check_erasable(console.store, post, console.clock())
    except (ConfigError, ItemHeld) as problem:
        return go(f"/items/{post}", done="held" if isinstance(problem, ItemHeld) else "gone")
    offices = (await offices_of_posts(console.store, [gone.post])).get(gone.post)
    await _propose(request, ERASE, about_code(gone.post, form.basis, form.requester), form.reason, offices or None)
    return go(f"/items/{post}", done="proposed")


async def _propose(
    request: web.Request, act: str, about: str, reason: str, offices: frozenset[str] | None = None
) -> None:
    console, staff = console_of(request), visit_of(request).staff
    theirs = staff.offices if offices is None else offices
    await propose(console.store, console.custody, staff, act, about, reason, console.clock(), offices=theirs)


async def export(request: web.Request) -> web.StreamResponse:
    """Make a package and hand it out; an open one is proposed first."""
    form = (await read_form(request, Wanted)).form
    if form is None:
        return await show_case(request, Message(FILL_IN), 422)
    works, staff = console_of(request).works, visit_of(request).staff
    try:
        handing = await _handing(request, form)
        if works.needs_second(handing) and handing.proposal is None:
            await works.propose_package(staff, handing, form.purpose)
            return go(f"/cases/{handing.case}", done="proposed")
        async with works.make_package(staff, handing) as handed:
            return await _send(request, handed)
    except HaechiError as problem:
        return await show_case(request, Message(NOT_DONE, problem=str(problem)), 409)


async def _handing(request: web.Request, form: Wanted) -> Handing:
    """What is asked for.

    Raises:
        ConfigError: the case holds items of offices that are not theirs.
    """
    console, staff = console_of(request), visit_of(request).staff
    case = await read_case(console.store, request.match_info["case"], console.clock())
    offices = await offices_of_items(console.store, [item.id for item in case.items])
    if not all(in_scope(staff, theirs) for theirs in offices.values()):
        raise ConfigError(f"{case.id} holds items of other offices than yours: somebody who sees them has to")
    return Handing(
        case=case.id,
        profile=form.profile,
        office=form.office or None,
        purpose=form.purpose,
        legal_basis=form.legal_basis or None,
        requester=form.requester or None,
        recipient=form.recipient.strip() or None,
        proposal=form.proposal or None,
    )


async def _send(request: web.Request, handed: Handed) -> web.StreamResponse:
    """As a file, some at a time."""
    response = web.StreamResponse(headers={"Content-Disposition": f'attachment; filename="{handed.name}"'})
    response.content_type = "application/octet-stream"
    response.content_length = handed.path.stat().st_size
    await response.prepare(request)
    with handed.path.open("rb") as content:
        while some := await asyncio.to_thread(content.read, CHUNK_BYTES):
            await response.write(some)
    await response.write_eof()
    return response


async def _done(request: web.Request, work: Callable[[], Awaitable[None]], done: str = "") -> web.StreamResponse:
    """Back to the case; where it could not be done, with why."""
    try:
        await work()
    except (ConfigError, ValueError) as problem:
        return await show_case(request, Message(NOT_DONE, problem=str(problem)), 409)
    return go(f"/cases/{request.match_info['case']}", **({"done": done} if done else {}))


async def put_by_program(request: web.Request) -> web.StreamResponse:
    """Put something into a case, as JSON."""
    return await _by_program(request, _put(request, request.match_info["case"], body_of(request, Put).item))


async def note_by_program(request: web.Request) -> web.StreamResponse:
    """Write a note, as JSON."""
    return await _by_program(request, _note(request, body_of(request, NewNote).text))


async def _by_program(request: web.Request, work: Awaitable[None]) -> web.StreamResponse:
    try:
        await work
    except ConfigError:
        raise web.HTTPBadRequest from None
    return await one_case(request)
