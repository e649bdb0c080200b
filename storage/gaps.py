"""Hours in which nothing was seen: what a search could not find."""

from dataclasses import dataclass
from datetime import datetime

from storage.mongo import Document, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Between two moments, over one room or all."""

    hours: int
    """Hours of a room each that were due and begun."""
    blind: int
    """Of those, hours that were not watched."""
    rooms: int
    """Rooms with a blind hour."""


async def read_gap(store: Store, since: datetime, until: datetime, source: str | None = None) -> Gap:
    """What was not watched between two moments."""
    lead: Document = {} if source is None else {"source": source}
    asked = {**lead, "at": {"$gte": since, "$lt": until}}
    hours = [hour async for hour in store["coverage"].find(asked, ("source", "is_watched"))]
    blind = [hour for hour in hours if not hour["is_watched"]]
    return Gap(hours=len(hours), blind=len(blind), rooms=len({hour["source"] for hour in blind}))
