"""How places stand: the room as it was last seen, and which hours were watched."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from evidence.records import CrawlRun
from storage.forms import read_run
from storage.mongo import Store
from storage.reads import newest

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPlace:
    """A Source or directory as passes left it."""

    title: str | None = None
    kind: str | None = None
    members: int | None = None
    outcome: str | None = None
    """Of its last pass; None before the first."""
    passed_at: datetime | None = None
    watched_at: datetime | None = None
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedHour:
    """An hour in which a place was passed over, or that a watched pass joins up with."""

    at: datetime
    is_watched: bool
    reason: str | None
    """Why a pass saw nothing, also where another pass of the hour did."""
    passes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Hours in a row that are alike."""

    first: int
    """Counted from the first hour of the strip."""
    length: int
    is_watched: bool | None
    """None: no pass, nothing is known."""


async def seen_places(store: Store, addresses: Collection[str]) -> dict[str, SeenPlace]:
    """Places by address; those that were never passed over are left out."""
    found = store["rooms"].find({"_id": {"$in": sorted(addresses)}})
    return {
        document["_id"]: SeenPlace(
            title=document.get("title"),
            kind=document.get("kind"),
            members=document.get("members"),
            outcome=document.get("outcome"),
            passed_at=document.get("passed_at"),
            watched_at=document.get("watched_at"),
            begun_at=document.get("begun_at"),
        )
        async for document in found
    }


async def watched_hours(
    store: Store, addresses: Collection[str], since: datetime, until: datetime
) -> dict[str, tuple[WatchedHour, ...]]:
    """Hours of places, oldest first; a place without any is left out."""
    hours: dict[str, list[WatchedHour]] = {}
    asked = {"source": {"$in": sorted(addresses)}, "at": {"$gte": since, "$lt": until}}
    async for document in store["coverage"].find(asked):
        hours.setdefault(document["source"], []).append(
            WatchedHour(
                at=document["at"],
                is_watched=document["is_watched"],
                reason=document["reason"],
                passes=document["passes"],
            )
        )
    return {address: tuple(sorted(found, key=lambda hour: hour.at)) for address, found in hours.items()}


def in_stretches(hours: Sequence[WatchedHour], since: datetime, number: int) -> tuple[Stretch, ...]:
    """A strip of ``number`` hours from ``since`` on, alike ones together."""
    by_hour: Mapping[int, bool] = {int((hour.at - since) / HOUR): hour.is_watched for hour in hours}
    states = [(place, by_hour.get(place)) for place in range(number)]
    stretches = []
    for is_watched, run in groupby(states, key=lambda state: state[1]):
        places = [place for place, _ in run]
        stretches.append(Stretch(first=places[0], length=len(places), is_watched=is_watched))
    return tuple(stretches)


async def last_runs(store: Store, address: str, until: datetime, number: int) -> tuple[CrawlRun, ...]:
    """The newest passes over a place."""
    runs: list[CrawlRun] = []
    async for document in newest(store, "runs", source=address, until=until):
        runs.append(read_run(document))
        if len(runs) == number:
            break
    return tuple(runs)
