"""Deciding several mild flags at once: chosen, previewed one by one, decided, and taken back as a whole."""

from collections.abc import Sequence

from aiohttp import web
from pydantic import Field

import console.review_words as words
from console.body import read_form
from console.desk import desk_of, tell_of_flag
from console.flag_text import excerpt
from console.going import go
from console.pages import render
from console.review_words import refusal_name, refusal_words
from console.said import reader_of
from console.views.queue import asked_of, refusal_of
from console.views.queue_models import Decision
from console.visit import console_of, visit_of
from console.words import Message
from evidence.errors import ReviewRefused
from evidence.progress import State
from evidence.records import Severity
from evidence.roles import Permission, allowance
from storage.batch_view import BatchView, read_batch
from storage.exposure import spend
from storage.flag_view import read_flag, read_texts
from storage.review_batches import Batch, apply_batch, preview, undo_batch
from storage.review_intake import take_in_new
from storage.review_list import Listed, list_flags

GRAVE = frozenset({Severity.HIGH, Severity.CRITICAL})


class Several(Decision):
    """One decision for many."""

    flags: tuple[str, ...] = Field(default=(), max_length=500)


def most_of(request: web.Request) -> int:
    """How many whoever asks may decide at once."""
    bounds = allowance(visit_of(request).who.role, Permission.BULK)
    return (bounds.most or 0) if bounds else 0


async def bulk_page(request: web.Request) -> web.StreamResponse:
    """Choose which, and how; what is too grave for it is left out."""
    return await _choose(request, None)


async def _choose(request: web.Request, problem: Message | None) -> web.StreamResponse:
    like = request.query.get("like", "")
    flags = await _alike(request, like) if like else await _listed(request)
    try:
        texts = await _excerpts(request, flags)
    except ReviewRefused:
        return go("/queue/pause")
    return render(
        request,
        "bulk.html",
        status=422 if problem else 200,
        words=words,
        rows=[(flag, texts[flag]) for flag in flags if flag in texts],
        most=most_of(request),
        like=like,
        problem=problem,
    )


async def _alike(request: web.Request, like: str) -> list[str]:
    """A flag and what is nearly the same, as far as it waits and is mild."""
    console, staff = console_of(request), visit_of(request).staff
    await take_in_new(desk_of(request), console.clock())
    try:
        view = await read_flag(console.store, staff, like, console.clock())
    except ReviewRefused:
        raise web.HTTPNotFound from None
    own = [like] if view.progress.state is State.QUEUED and view.severity not in GRAVE else []
    waiting = (State.QUEUED, State.REOPENED)
    return (own + [row.flag for row in view.alike if row.state in waiting and row.severity not in GRAVE])[
        : most_of(request)
    ]


async def _listed(request: web.Request) -> list[str]:
    """The mild ones of a list."""
    staff, asked, desk = visit_of(request).staff, asked_of(request), desk_of(request)
    at = console_of(request).clock()
    await take_in_new(desk, at)
    listing = await list_flags(desk.queue, staff, asked.filters(staff.actor), at, asked.key, 2 * most_of(request))
    return [row.flag for row in listing.rows if _is_mild(row)][: most_of(request)]


def _is_mild(row: Listed) -> bool:
    return row.severity not in GRAVE and row.state in (State.QUEUED, State.REOPENED)


async def _excerpts(request: web.Request, flags: Sequence[str]) -> dict[str, str]:
    """The beginning of each, masked; a page of them counts as one thing that was looked at.

    Raises:
        ReviewRefused: the limit of today is reached.
    """
    console, staff = console_of(request), visit_of(request).staff
    if flags:
        await spend(console.store, staff.actor, Severity.LOW, console.clock())
    return await _texts(request, flags)


async def _texts(request: web.Request, flags: Sequence[str]) -> dict[str, str]:
    console, visit = console_of(request), visit_of(request)
    reader = await reader_of(request)
    found = await read_texts(console.store, visit.staff, flags)
    return {name: excerpt(post, reader) if post else "" for name, (_document, post) in found.items()}


async def preview_form(request: web.Request) -> web.StreamResponse:
    """See what the decision would do to each; nothing is decided yet."""
    filled = await read_form(request, Several)
    form = filled.form
    if form is None or form.lacks or not form.flags:
        return await _choose(request, Message(words.CHOOSE))
    try:
        batch = await preview_several(request, form)
    except ReviewRefused as problem:
        return await _choose(request, Message(refusal_words(refusal_name(problem))))
    texts = await _texts(request, batch.flags)
    return render(
        request,
        "bulk_preview.html",
        words=words,
        batch=batch,
        texts=texts,
        review=form,
        refused=[(flag, why_not(why)) for flag, why in batch.refused.items()],
    )


async def preview_several(request: web.Request, form: Several) -> Batch:
    """The same for programs.

    Raises:
        ReviewRefused: these are more at once than the role may decide.
    """
    staff, at = visit_of(request).staff, console_of(request).clock()
    return await preview(desk_of(request), staff, form.flags, form.review("", staff.actor, at), at)


def why_not(why: str) -> Message:
    """Why one is left out, in words."""
    state = why.removeprefix("it is ")
    if state in set(State):
        return Message(words.STATES[State(state)])
    return Message(refusal_words(refusal_name(ReviewRefused(why))))


async def apply_form(request: web.Request) -> web.StreamResponse:
    """Decide all of them."""
    return await _carry_out(request, "apply")


async def undo_form(request: web.Request) -> web.StreamResponse:
    """Take all of them back."""
    return await _carry_out(request, "undo")


async def _carry_out(request: web.Request, what: str) -> web.StreamResponse:
    batch = request.match_info["batch"]
    try:
        await carry_out(request, what)
    except ReviewRefused as problem:
        return go(f"/bulk/{batch}", refused=refusal_name(problem))
    return go(f"/bulk/{batch}", done=what)


async def carry_out(request: web.Request, what: str) -> None:
    """Decide a batch (``apply``), or take it back (``undo``), and tell all who look.

    Raises:
        ReviewRefused: it is not theirs, or too old.
        HTTPNotFound: there is no such batch for them.
    """
    console, staff, batch = console_of(request), visit_of(request).staff, request.match_info["batch"]
    if await read_batch(console.store, staff, batch) is None:
        raise web.HTTPNotFound
    work = apply_batch if what == "apply" else undo_batch
    outcome = await work(desk_of(request), staff, batch, console.clock())
    for flag, (document, _post) in (await read_texts(console.store, staff, outcome.done)).items():
        offices = frozenset(document.get("offices") or ())
        tell_of_flag(console, flag, offices, "over" if what == "apply" else "free", staff.actor)


async def batch_page(request: web.Request) -> web.StreamResponse:
    """What became of a batch."""
    view = await batch_of(request)
    return render(
        request,
        "bulk_result.html",
        words=words,
        view=view,
        refused=refusal_of(request),
        done=request.query.get("done", ""),
        can_undo=bool(view.decided),
    )


async def batch_of(request: web.Request) -> BatchView:
    """The batch that a path names.

    Raises:
        HTTPNotFound: there is none for whoever asks.
    """
    found = await read_batch(console_of(request).store, visit_of(request).staff, request.match_info["batch"])
    if found is None:
        raise web.HTTPNotFound
    return found
