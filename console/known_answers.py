"""Known answers of practice: told to whoever has decided, and to supervisors how far reviews meet them."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from console.visit import console_of, visit_of
from evidence.gold import KnownAnswer, Met, answers_met
from evidence.progress import Step
from storage.review_reads import read_events


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How far reviews meet the known answers of a practice world."""

    total: int
    persons: dict[str, Met]
    flags: tuple[tuple[KnownAnswer, Met], ...]
    """Least met first; those that nobody has decided are left out."""


async def answer_for(request: web.Request, flag: str) -> KnownAnswer | None:
    """The known answer of a flag, once whoever asks has decided it; None before, and where none is known."""
    console, actor = console_of(request), visit_of(request).staff.actor
    answer = console.works.gold.get(flag)
    if answer is None:
        return None
    events = await read_events(console.store, flag)
    has_decided = any(event.actor == actor and event.review is not None for event in events)
    is_withdrawn = bool(events) and events[-1].step is Step.WITHDRAW and events[-1].actor == actor
    return answer if has_decided and not is_withdrawn else None


async def read_answers(request: web.Request) -> Answers | None:
    """What supervisors see of it; None outside of practice."""
    console = console_of(request)
    gold = console.works.gold
    if not gold:
        return None
    read = await asyncio.gather(*(read_events(console.store, flag) for flag in gold))
    persons, flags = answers_met(gold.values(), dict(zip(gold, read, strict=True)))
    rows = sorted(flags.items(), key=lambda row: (row[1].met / row[1].decided, row[0]))
    return Answers(total=len(gold), persons=persons, flags=tuple((gold[flag], met) for flag, met in rows))
