"""Setting up the second factor: while signing in for the first time, and later for another telephone."""

import secrets

from aiohttp import web

from console.body import read_form
from console.codes import matching_step, new_recovery_codes, new_seed, picture
from console.cookies import FORM_COOKIE, SESSION_COOKIE, drop_cookie, set_cookie
from console.going import go
from console.pages import render
from console.views.sign_in import WRONG_CODE, Code, begin
from console.visit import console_of, visit_of
from console.words import Message
from evidence.people import person_act
from storage.people import read_secret, set_secret, set_up_code, spend_code
from storage.sessions import Stage


async def set_up_page(request: web.Request) -> web.StreamResponse:
    """Show what to scan."""
    visit = visit_of(request)
    if visit.seat.stage is Stage.CODE:
        return go("/sign-in/code")
    return await _page(request, None)


async def _page(request: web.Request, problem: Message | None) -> web.StreamResponse:
    console, who = console_of(request), visit_of(request).who
    seed = await read_secret(console.store, who.id, "next_code")
    if seed is None:
        seed = new_seed()
        await set_secret(console.store, who.id, "next_code", seed)
    parts = " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
    status = 422 if problem else 200
    return render(request, "set_up.html", status=status, problem=problem, picture=picture(seed, who.name), seed=parts)


async def set_up(request: web.Request) -> web.StreamResponse:
    """Check a first code; from then on it is asked for. The recovery codes are shown this once."""
    console, visit = console_of(request), visit_of(request)
    if visit.seat.stage is Stage.CODE:
        return go("/sign-in/code")
    filled = await read_form(request, Code)
    seed = await read_secret(console.store, visit.who.id, "next_code")
    step = matching_step(seed, filled.form.code, console.clock()) if seed and filled.form else None
    if seed is None or step is None or not await spend_code(console.store, visit.who.id, step):
        return await _page(request, WRONG_CODE)
    codes = new_recovery_codes()
    act = person_act(visit.staff, f"code-set:{secrets.token_hex(8)}", "code-set", visit.who.id)
    await console.custody.record(act)
    await set_up_code(console.store, visit.who.id, seed, codes)
    response = render(request, "recovery.html", codes=codes)
    if not visit.is_signed_in:
        set_cookie(response, console, SESSION_COOKIE, await begin(request, visit.who))
        drop_cookie(response, console, FORM_COOKIE)
    return response
