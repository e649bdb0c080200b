"""Notices as the service runs: values are read, rules make Notices, new ones are shown at once and told by mail.

What was made is kept before what was seen is remembered: after a crash a notice may be made again, and is one.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from config.settings import Settings
from console.events import Event
from crawler.delivery_plan import WEBHOOK, Courier, zone_of
from crawler.notice_mail import what_of_notices
from crawler.notice_values import (
    Lookout,
    Publish,
    of_accounts,
    of_deliveries,
    of_flags,
    of_queue,
    of_rooms,
    of_searches,
)
from crawler.turns import turning
from evidence.delivery import NATIONAL, Delivery, Recipient, new_delivery
from evidence.notice import Notice
from evidence.pause import Quiet
from pipelines.notices import gets, is_quiet, to_tell
from storage.custody import Custody
from storage.deliveries import all_deliveries, plan
from storage.mongo import Store
from storage.notice_values import note_told, remember_rooms
from storage.notices import keep_notices, read_notices
from storage.pauses import standing_pauses
from storage.recipients import on_the_list

EVERY_S = 20.0
RARELY = 15
"""Turns from one look at the queue, accounts and searches to the next."""
A_DAY = timedelta(days=1)

log = structlog.get_logger()


@asynccontextmanager
async def noticing(
    store: Store,
    custody: Custody,
    settings: Settings,
    clock: Callable[[], datetime],
    publish: Publish | None = None,
    every_s: float = EVERY_S,
) -> AsyncIterator[None]:
    """Make notices as long as it is needed.

    Args:
        store: open.
        custody: the log.
        settings: of this installation.
        clock: the moment.
        publish: tells the browsers of this process; None where it has no console.
        every_s: between two turns.
    """
    lookout = Lookout(Courier(store=store, custody=custody, settings=settings, clock=clock), publish)

    async def turn(number: int) -> None:
        await look(lookout, is_rare=number % RARELY == 0)

    async with turning("notices", turn, every_s):
        yield


async def look(lookout: Lookout, *, is_rare: bool = True) -> tuple[Notice, ...]:
    """Make notices of what there is now, and plan that those concerned are told; gives the new ones."""
    store, at = lookout.courier.store, lookout.courier.clock()
    muted, paused = await _quiet_places(store, at)
    of_room, memory = await of_rooms(lookout, paused, at)
    of_flag, raised = await of_flags(store, muted, at)
    made = [*of_flag, *of_room]
    if is_rare:
        made += [*await of_accounts(store, at), *await of_queue(store, at)]
        made += [*await of_searches(store, at), *await of_deliveries(store, at)]
    fresh = await keep_notices(store, [one for one in made if one.place not in muted])
    await remember_rooms(store, memory)
    await note_told(store, raised)
    lookout.looked_at = at
    for notice in fresh:
        log.info("notice", notice=notice.id, kind=str(notice.kind), code=notice.code)
        _tell_browsers(lookout.publish, notice)
    await plan_telling(lookout.courier)
    return fresh


def _tell_browsers(publish: Publish | None, notice: Notice) -> None:
    """Those that are looking; what is for one person alone waits on their page."""
    if publish is not None and notice.owner is None:
        values: dict[str, int | str] = {"notice": notice.id, "kind": str(notice.kind)}
        publish(Event(kind="notices", permission=notice.permission, offices=notice.offices, values=values))


async def _quiet_places(store: Store, at: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """Places about which nobody wants to be called, and those that are paused."""
    found = await standing_pauses(store, at)
    muted, paused = (frozenset(one.about for one in found if one.quiet is quiet) for quiet in (Quiet.MUTE, Quiet.PAUSE))
    return muted, paused


# ------------------------------------------------------------------ telling


async def plan_telling(courier: Courier) -> tuple[Delivery, ...]:
    """Write down what each receiver is told now; several together are one mail."""
    at, settings = courier.clock(), courier.settings
    recipients = [one for one in await on_the_list(courier.store, at) if one.gets_notices]
    recipients += [_webhook()] if settings.webhook_url else []
    if not recipients:
        return ()
    notices = await read_notices(courier.store, at - A_DAY, at + A_DAY)
    known = [one for one in await all_deliveries(courier.store, at - A_DAY, at) if one.about]
    quiet = is_quiet(at, settings.quiet_hours, await zone_of(courier.store, settings))
    made = []
    for recipient in recipients:
        theirs = [notice for notice in notices if gets(recipient, notice)]
        now = to_tell(theirs, [one for one in known if one.to == recipient.id], at, quiet=quiet)
        if now:
            form, about = WEBHOOK if recipient.id == WEBHOOK else "mail", tuple(notice.id for notice in now)
            made.append(new_delivery(what_of_notices(now, at), 1, recipient.id, form, at, about))
    await plan(courier.store, made)
    return tuple(made)


def _webhook() -> Recipient:
    """The webhook as a receiver of everything that has no owner."""
    always = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    return Recipient(
        id=WEBHOOK,
        address="",
        scope=NATIONAL,
        lang="en",
        gets_notices=True,
        added_at=always,
        proposal="",
        is_active=True,
    )
