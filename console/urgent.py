"""The urgent way of child safety, from a flag: one person raises it and drafts. Nothing is sent by itself."""

from aiohttp import web
from pydantic import Field

from console.body import Strict
from console.referring import Drafting
from console.reviewing import do
from console.views.cases import cases_in_scope
from console.visit import console_of, visit_of
from console.words import CATALOGUES, _
from evidence.errors import ConfigError
from evidence.people import Lang
from evidence.progress import Step
from evidence.referral import Channel, ReferralDraft
from storage.cases import add_case, put_items
from storage.flag_view import FlagView, read_flag
from storage.review_desk import Wish

QUESTION = _("Child safety, urgent: %(flag)s")


class UrgentDraft(Strict):
    """A draft for a body of the urgent way; no word of the post is in it."""

    to: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    lang: Lang = "ko"
    reason: str = Field(min_length=1, max_length=2_000)


def urgent_channels(request: web.Request) -> list[Channel]:
    """Bodies that the urgent way leads to today."""
    console = console_of(request)
    today = console.clock().date()
    return [one for one in console.works.referring.channels() if one.is_urgent and one.holds(today)]


async def draft_urgent(request: web.Request, asked: UrgentDraft) -> ReferralDraft:
    """Raise child safety for the flag that the path names, and draft its referral in a case of its own.

    Raises:
        ConfigError: nothing of it is sealed yet, or this body has it already.
        ReviewRefused: it is not theirs, or its post was erased.
        StorageError: the log did not take it.
    """
    console, staff, flag = console_of(request), visit_of(request).staff, request.match_info["flag"]
    view = await read_flag(console.store, staff, flag, console.clock())
    if not view.items:
        raise ConfigError(f"{flag}: nothing of it is sealed yet: try again in a moment")
    case = await _case_of(request, view)
    drafting = Drafting(case=case, to=asked.to, lang=asked.lang, is_urgent=True, reason=asked.reason)
    drafted = await console.works.referring.draft(staff, drafting)
    if view.progress.urgent is None:
        await do(request, Wish(step=Step.URGENT))
    return drafted


async def _case_of(request: web.Request, view: FlagView) -> str:
    """A case with this post alone: a draft holds all posts of its case."""
    console, staff = console_of(request), visit_of(request).staff
    sealed = {item.id for item in view.items}
    for case in await cases_in_scope(request):
        if case.items and sealed.issuperset(item.id for item in case.items):
            return case.id
    question = CATALOGUES[visit_of(request).lang].gettext(QUESTION) % {"flag": view.id}
    case = await add_case(console.store, console.custody, staff, question, console.clock())
    await put_items(console.store, console.custody, staff, case.id, [view.id], console.clock())
    return case.id
