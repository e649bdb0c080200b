"""Which summaries are to be delivered to whom: given out, then written down in the ledger, before anything is sent."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.settings import Settings
from config.watchlist_model import DEFAULT_TIMEZONE
from crawler.assemble import stored_watchlist
from crawler.metrics import SUMMARISED
from crawler.stamping import standing
from crawler.summaries import day_of, give_out, release_name
from evidence.checkpoint import Files
from evidence.day import Day
from evidence.delivery import NATIONAL, OPERATOR, Delivery, Recipient, new_delivery
from evidence.errors import ConfigError
from pipelines.digest import Digest, Reader, Scope, make_digest, scope_for
from pipelines.digest.schema import to_json
from storage.custody import Custody
from storage.deliveries import deliveries_of, last_day, note_day, plan
from storage.mongo import Store
from storage.recipients import on_the_list
from storage.releases import last_release

MOST_DAYS = 7
"""So many missed days are made up for; older ones are asked for by a person."""
LOOKED_BACK = 3
"""Days before, each of which is looked at again for what came late."""
WEBHOOK = "webhook"
COUNTED = (
    *("posts", "posts_naming_schools", "posts_by_level", "posts_by_office", "posts_by_category"),
    *("edited", "removed", "flags_total"),
)
"""What a day's posts come to. What people decide later is no correction: a summary says as of when it was read."""


@dataclass(slots=True)
class LastDay:
    """The Day that was read last: several operators get the health of the same one, one after the other."""

    about: tuple[date, datetime] | None = None
    """Which one, as of when."""
    day: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """What delivering needs."""

    store: Store
    custody: Custody
    settings: Settings
    clock: Callable[[], datetime]
    last: LastDay = field(default_factory=LastDay)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What was written down."""

    deliveries: tuple[Delivery, ...] = ()
    problems: tuple[str, ...] = field(default=())
    """Why a summary is not given out."""


def what_of(name: str) -> str:
    """What a delivery of a released summary is of."""
    return f"summary {name}"


def health_of(timezone: str, day: date) -> str:
    """What a delivery to operators is of."""
    return f"health {timezone} {day.isoformat()}"


async def zone_of(store: Store, settings: Settings) -> ZoneInfo:
    """Where the day begins at midnight."""
    watchlist = await stored_watchlist(store, settings)
    return ZoneInfo(watchlist.timezone if watchlist else DEFAULT_TIMEZONE)


def due_day(at: datetime, zone: ZoneInfo, summary_at: str) -> date:
    """The latest day whose summary is due: yesterday from the set time on, by the clock on the wall."""
    local = at.astimezone(zone)
    return local.date() - timedelta(days=1 if local.strftime("%H:%M") >= summary_at else 2)


async def day_as_of(courier: Courier, day: date, at: datetime) -> Day:
    """Read a day as of a moment, once for all that want it."""
    if courier.last.day is None or courier.last.about != (day, at):
        courier.last.day = await day_of(courier.store, courier.settings, day, at)
        courier.last.about = (day, at)
    return courier.last.day


async def digest_for(courier: Courier, whole: Day, scope: Scope) -> Digest:
    """The summary of a day for one reader."""
    held = await asyncio.to_thread(standing, Files(folder=courier.settings.data_dir), whole.as_of)
    return await asyncio.to_thread(make_digest, whole, scope, held)


async def plan_due(courier: Courier) -> tuple[date, ...]:
    """Plan all days that are due and were not planned, and what came late to those before; gives the days."""
    at = courier.clock()
    zone = await zone_of(courier.store, courier.settings)
    newest = due_day(at, zone, courier.settings.summary_at)
    last = await last_day(courier.store, at)
    days = [newest - timedelta(days=back) for back in reversed(range(MOST_DAYS if last else 1))]
    days = [day for day in days if last is None or day > last]
    for day in days:
        await plan_day(courier, day)
        await note_day(courier.store, day, at)
    if (known := days[-1] if days else last) is not None:
        SUMMARISED.labels(zone.key).set(datetime.combine(known + timedelta(days=1), time(), zone).timestamp())
    if days:
        for back in range(1, LOOKED_BACK + 1):
            await plan_corrections(courier, days[0] - timedelta(days=back))
    return tuple(days)


async def plan_day(courier: Courier, day: date, only: str | None = None) -> Planned:
    """Give a day's summaries out and write down who gets them.

    Args:
        courier: the parts.
        day: that is over.
        only: this scope alone; None for all.
    """
    at = courier.clock()
    recipients = [one for one in await on_the_list(courier.store, at) if only in (None, one.scope)]
    whole = await day_of(courier.store, courier.settings, day, at, recount=True)
    made: list[Delivery] = []
    problems: list[str] = []
    for scope in _scopes(recipients, courier.settings, only):
        digest = await digest_for(courier, whole, reader_of(scope))
        try:
            version = await _first_version(courier.store, digest, at)
        except ConfigError as problem:
            problems.append(str(problem))
            continue
        made += _deliveries(digest, version, [one for one in recipients if one.scope == scope], at)
        if scope == NATIONAL and courier.settings.webhook_url:
            made.append(new_delivery(what_of(release_name(digest)), version, WEBHOOK, WEBHOOK, at))
    health = health_of(whole.timezone, day)
    made += [new_delivery(health, 1, one.id, "mail", at) for one in recipients if one.scope == OPERATOR]
    await plan(courier.store, made)
    return Planned(deliveries=tuple(made), problems=tuple(problems))


async def plan_corrections(courier: Courier, day: date) -> Planned:
    """Where a day's posts come to other numbers than were given out, give out a new version to the same receivers."""
    at = courier.clock()
    whole: Day | None = None
    made: list[Delivery] = []
    problems: list[str] = []
    recipients = {one.id: one for one in await on_the_list(courier.store, at)}
    zone = await zone_of(courier.store, courier.settings)
    for scope in _scopes(list(recipients.values()), courier.settings, None):
        name = _name(str(zone), day, reader_of(scope))
        last, before = await last_release(courier.store, name), await deliveries_of(courier.store, what_of(name))
        if last is None or not before:
            continue
        whole = whole or await day_of(courier.store, courier.settings, day, at, recount=True)
        digest = await digest_for(courier, whole, reader_of(scope))
        if counted(json.loads(last.content)) == counted(json.loads(to_json(digest))):
            continue
        try:
            version = (await give_out(courier.store, digest, at)).release.version
        except ConfigError as problem:
            problems.append(str(problem))
            continue
        got = dict.fromkeys((one.to, one.form) for one in before if one.to in recipients or one.to == WEBHOOK)
        made += [new_delivery(what_of(name), version, to, form, at) for to, form in got]
    await plan(courier.store, made)
    return Planned(deliveries=tuple(made), problems=tuple(problems))


def counted(summary: dict[str, object]) -> dict[str, object]:
    """The part of a summary by which a correction is known."""
    return {name: summary.get(name) for name in COUNTED}


def reader_of(scope: str) -> Scope:
    """Who reads a summary of this scope, with the threshold that goes with it."""
    if scope in (NATIONAL, OPERATOR):
        return scope_for(Reader.WIDER)
    return scope_for(Reader.OFFICE, scope.partition(":")[2])


def _scopes(recipients: Sequence[Recipient], settings: Settings, only: str | None) -> list[str]:
    posted = {NATIONAL} if settings.webhook_url and only in (None, NATIONAL) else set()
    return sorted(({one.scope for one in recipients} | posted) - {OPERATOR})


async def _first_version(store: Store, digest: Digest, at: datetime) -> int:
    """What was given out already stands; corrections have a way of their own."""
    last = await last_release(store, release_name(digest))
    return last.version if last is not None else (await give_out(store, digest, at)).release.version


def _deliveries(digest: Digest, version: int, recipients: Sequence[Recipient], at: datetime) -> list[Delivery]:
    what = what_of(release_name(digest))
    return [new_delivery(what, version, one.id, "mail", at) for one in recipients]


def _name(timezone: str, day: date, scope: Scope) -> str:
    return f"{timezone} {day.isoformat()} {scope.office or scope.reader}"
