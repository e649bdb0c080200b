"""The overview: load, agreement, coverage, standing; by role and offices. Every chart has its table."""

from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from console.body import Strict
from console.item_words import LEVELS
from console.offices import OFFICES
from console.overview import SMALLEST, Overview, Room, overview_for
from console.pages import render
from console.views.api import answer
from console.visit import console_of, visit_of
from console.words import _
from evidence.cipher import fingerprint
from evidence.roles import Permission
from evidence.standing import Standing
from pipelines.charts_svg import bar, heat
from pipelines.curves import member_curve
from pipelines.digest.lines import WITHHELD, Figure

AGES = {
    "1h": _("under an hour"),
    "8h": _("1 to 8 hours"),
    "24h": _("8 to 24 hours"),
    "72h": _("1 to 3 days"),
    "older": _("over 3 days"),
}
ACCOUNTS = {
    "ready": ("good", _("Ready")),
    "in use": ("good", _("In use")),
    "out of use": ("bad", _("Out of use")),
    "missing": ("warn", _("Missing")),
}


class OfficeRow(Strict):
    """Flags of a week that name schools of one office. ``withheld``: fewer than five, or told by others."""

    office: str
    levels: dict[str, int | str]
    total: int | str


class RoomRow(Strict):
    """A room."""

    room: str
    """Its address; for those who may not search, a code."""
    members: int
    at: datetime
    change_low: int
    change_high: int
    surge_at: datetime | None


class LogRow(Strict):
    """How far the custody log is held."""

    entries: int
    checkpoint_at: datetime
    not_anchored_since: datetime | None


class Numbers(Strict):
    """The overview."""

    as_of: datetime
    flags_by_office: list[OfficeRow]
    waiting: int
    overdue: int
    waiting_by_age: dict[str, int]
    reviewed_twice: int
    agreement_percent: float | None
    """None where they are too few."""
    agreement_kappa: float | None
    agreement_alpha: float | None
    prevalence: float | None
    coverage: dict[str, list[float | None]]
    rooms: list[RoomRow]
    log: LogRow | None


async def overview_page(request: web.Request) -> web.StreamResponse:
    """Figures for those who may see them, whether the machine works for all."""
    console, visit = console_of(request), visit_of(request)
    found = await overview_for(request)
    return render(
        request,
        "overview.html",
        found=found,
        shows_content=visit.may(Permission.SUMMARY),
        accounts=await console.works.accounts(),
        standing=console.works.log_standing(),
        ages=AGES,
        account_words=ACCOUNTS,
        office_words={**OFFICES, "several": LEVELS["several"], "unclear": LEVELS["unclear"]},
        level_words=LEVELS,
        smallest=SMALLEST,
        room_name=lambda room: room_name(request, room),
        age_bar=lambda number: Markup(bar(number / max(1, *found.backlog.by_age.values()))),  # noqa: S704  numbers
        heat=Markup(heat([hours for _day, hours in found.days])),  # noqa: S704  numbers alone
        curve=lambda room: Markup(member_curve(room.counts, 260, 56, surge=room.surge)),  # noqa: S704  numbers alone
        figure=figure,
    )


def figure(number: Figure) -> str:
    """A number, or that it is withheld."""
    return f"<{SMALLEST}" if number == WITHHELD else f"{number:,}" if isinstance(number, int) else "–"


def room_name(request: web.Request, room: Room) -> str:
    """Its address; a code where its reader may not search: addresses lead to what nobody should spread."""
    if visit_of(request).may(Permission.SEARCH):
        return room.address
    key = console_of(request).store.cipher.purpose_key("codes of sources in summaries")
    return f"R-{fingerprint(key, room.address).hex()[:8]}"


async def numbers(request: web.Request) -> web.StreamResponse:
    """The same as JSON, for those who read figures."""
    return answer(_numbers(request, await overview_for(request), console_of(request).works.log_standing()))


def _numbers(request: web.Request, found: Overview, standing: Standing | None) -> Numbers:
    agreed = found.agreement
    known = None if agreed.is_too_few else agreed
    return Numbers(
        as_of=found.as_of,
        flags_by_office=[
            OfficeRow(
                office=row.key,
                levels={level: _told(number) for level, number in row.numbers.items()},
                total=_told(row.total),
            )
            for row in found.flags.rows
        ],
        waiting=found.backlog.total,
        overdue=found.backlog.overdue,
        waiting_by_age=found.backlog.by_age,
        reviewed_twice=agreed.pairs,
        agreement_percent=known.percent if known else None,
        agreement_kappa=known.kappa if known else None,
        agreement_alpha=known.alpha if known else None,
        prevalence=known.prevalence if known else None,
        coverage={day: list(hours) for day, hours in found.days},
        rooms=[_room_row(request, room) for room in found.rooms],
        log=_log_row(standing),
    )


def _told(number: Figure) -> int | str:
    return 0 if number is None else number


def _room_row(request: web.Request, room: Room) -> RoomRow:
    last, (low, high) = room.counts[-1], room.change
    return RoomRow(
        room=room_name(request, room),
        members=last.value,
        at=last.at,
        change_low=low,
        change_high=high,
        surge_at=room.counts[room.surge].at if room.surge is not None else None,
    )


def _log_row(standing: Standing | None) -> LogRow | None:
    if standing is None:
        return None
    return LogRow(
        entries=standing.note.size,
        checkpoint_at=standing.note.at,
        not_anchored_since=None if standing.is_anchored else standing.since,
    )
