"""What forms do to flags. Each ends on a page that can be loaded again."""

from collections.abc import Awaitable
from typing import Any

from aiohttp import web

from console.body import M, read_form
from console.going import go
from console.pages import render
from console.review_words import refusal_name
from console.reviewing import OWNED, decide, do, look, put_into_case, take_next, wants_pause, wish_of
from console.views.cases import cases_in_scope, masked
from console.views.queue import show_flag
from console.views.queue_models import Decision, FlagAct, Next, Putting, Reopening, Words
from console.visit import visit_of
from console.words import Message, _
from evidence.errors import ConfigError, ReviewRefused
from evidence.progress import Progress, Step
from storage.review_desk import Wish

CASES = 50
"""Newest cases that are offered."""
MISSING = {
    "duplicate_of": Message(_("Name the flag that stands for this one too.")),
    "note": Message(_("Write down which reason.")),
}


async def next_one(request: web.Request) -> web.StreamResponse:
    """Claim whatever comes first; before that a pause is offered when it is time for one."""
    form = await _read(request, Next)
    if not form.go_on and await wants_pause(request):
        return go("/queue/pause")
    try:
        flag = await take_next(request)
    except ReviewRefused as problem:
        name = refusal_name(problem)
        return go("/queue/pause") if name == "limit" else go("/queue", refused=name)
    return go(f"/queue/{flag}") if flag else go("/queue", done="empty")


async def act_form(request: web.Request) -> web.StreamResponse:
    """Claim it, give it back, skip it, put it off, take the last act back, raise child safety."""
    form, flag = await _read(request, FlagAct), request.match_info["flag"]
    if form.do == "look":
        return await _or_refused(request, look(request))
    try:
        progress = await do(request, wish_of(request, form))
    except ReviewRefused as problem:
        return _refused(flag, problem)
    return _after(request, progress, form.do)


def _after(request: web.Request, progress: Progress, done: str) -> web.Response:
    """On to the flag where it is still theirs, else back to the queue, from where it can be undone."""
    flag, actor = request.match_info["flag"], visit_of(request).staff.actor
    if (progress.owner == actor and progress.state in OWNED) or done in ("urgent", "calm", "undo"):
        return go(f"/queue/{flag}", done=done)
    return go("/queue", done=done, last=flag)


async def decide_form(request: web.Request) -> web.StreamResponse:
    """Decide; what is missing is said beside its field."""
    filled = await read_form(request, Decision)
    problems = dict(filled.problems)
    if filled.form and filled.form.lacks:
        problems = {filled.form.lacks: MISSING[filled.form.lacks]}
    if filled.form is None or problems:
        post = await request.post()
        return await show_flag(request, problems, {name: str(post[name]) for name in post})
    try:
        progress = await decide(request, filled.form)
    except ReviewRefused as problem:
        return _refused(request.match_info["flag"], problem)
    return _after(request, progress, "decided")


async def settle_form(request: web.Request) -> web.StreamResponse:
    """The same for a dispute; a supervisor says why."""
    if not str((await request.post()).get("note", "")).strip():
        post = await request.post()
        return await show_flag(request, {"note": MISSING["note"]}, {name: str(post[name]) for name in post})
    return await decide_form(request)


async def note_form(request: web.Request) -> web.StreamResponse:
    """Write something down about it."""
    form = await _read(request, Words)
    return await _or_refused(request, do(request, Wish(step=Step.NOTE, note=form.note)), "note")


async def reopen_form(request: web.Request) -> web.StreamResponse:
    """Have it reviewed anew."""
    form = await _read(request, Reopening)
    return await _or_refused(request, do(request, Wish(step=Step.REOPEN, reason=form.reason)), "reopened")


async def check_form(request: web.Request) -> web.StreamResponse:
    """A supervisor looked at what somebody raised as urgent."""
    return await _or_refused(request, do(request, Wish(step=Step.CHECK)), "checked")


async def case_page(request: web.Request) -> web.StreamResponse:
    """Into which case?"""
    return await _case(request, None)


async def _case(request: web.Request, problem: Message | None) -> web.StreamResponse:
    cases = (await cases_in_scope(request))[:CASES]
    status = 422 if problem else 200
    flag = request.match_info["flag"]
    return render(request, "flag_case.html", status=status, cases=cases, flag=flag, problem=problem, seen=masked)


async def case_form(request: web.Request) -> web.StreamResponse:
    """Put it into a case."""
    form = await _read(request, Putting)
    if form.case is None and not form.question.strip():
        return await _case(request, Message(_("Choose a case, or write the question of a new one.")))
    try:
        await put_into_case(request, form, [case.id for case in await cases_in_scope(request)])
    except ConfigError as problem:
        return await _case(request, Message("%(problem)s", problem=str(problem)))
    return go(f"/queue/{request.match_info['flag']}", done="case")


async def _read(request: web.Request, model: type[M]) -> M:
    filled = await read_form(request, model)
    if filled.form is None:
        raise web.HTTPBadRequest
    return filled.form


async def _or_refused(request: web.Request, work: Awaitable[Any], done: str = "") -> web.StreamResponse:
    """Do it and show the flag, with why where it was refused."""
    flag = request.match_info["flag"]
    try:
        await work
    except ReviewRefused as problem:
        return _refused(flag, problem)
    return go(f"/queue/{flag}", **({"done": done} if done else {}))


def _refused(flag: str, problem: ReviewRefused) -> web.Response:
    return go(f"/queue/{flag}", refused=refusal_name(problem))
