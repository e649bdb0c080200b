"""Deciding several flags at once, for programs."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from console.body import Strict, body_of
from console.views.api import answer
from console.views.bulk import Several, batch_of, carry_out, preview_several
from console.views.queue_api import refused
from evidence.errors import ReviewRefused


class SeveralAsked(Several):
    """One decision for many; nothing is decided before the batch is applied."""

    flags: list[str] = Field(min_length=1, max_length=500)  # type: ignore[assignment]


class BatchPreview(Strict):
    """What would be decided together."""

    batch: str
    flags: list[str]
    refused: dict[str, str]
    """The others, each with the reason why not."""


class BatchAnswer(Strict):
    """What became of a batch."""

    batch: str
    began_at: datetime | None
    decided: list[str]
    taken_back: list[str]
    others: dict[str, str]
    """Not decided by it: their states."""


async def preview(request: web.Request) -> web.StreamResponse:
    """See what a decision would do to many flags."""
    try:
        batch = await preview_several(request, body_of(request, SeveralAsked))
    except ReviewRefused as problem:
        return refused(problem)
    return answer(BatchPreview(batch=batch.id, flags=list(batch.flags), refused=dict(batch.refused)))


async def batch(request: web.Request) -> web.StreamResponse:
    """What became of it."""
    view = await batch_of(request)
    return answer(
        BatchAnswer(
            batch=view.id,
            began_at=view.began_at,
            decided=list(view.decided),
            taken_back=list(view.taken_back),
            others=dict(view.others),
        )
    )


async def apply(request: web.Request) -> web.StreamResponse:
    """Decide all of them."""
    return await _carry_out(request, "apply")


async def undo(request: web.Request) -> web.StreamResponse:
    """Take all of them back."""
    return await _carry_out(request, "undo")


async def _carry_out(request: web.Request, what: str) -> web.StreamResponse:
    try:
        await carry_out(request, what)
    except ReviewRefused as problem:
        return refused(problem)
    return await batch(request)
