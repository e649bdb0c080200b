"""A report as HTML without script, style sheet or link: it looks the same in 25 years, and fetches nothing."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from evidence.custody import moment
from evidence.masked import Span
from evidence.package import Order, Packed
from evidence.package.contents import Leave, LogPart
from evidence.package.profiles import Part
from evidence.package.views import aggregate, views
from evidence.shown import shown
from pipelines.package_report.words import GLOSSARY, WORDS

Lang = Literal["ko", "en"]
SEOUL = ZoneInfo("Asia/Seoul")

_ENVIRONMENT = Environment(
    loader=PackageLoader("pipelines.package_report", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_report(order: Order, items: tuple[Packed, ...], log: LogPart, lang: Lang, *, is_stamped: bool) -> bytes:
    """Write the report of a package: only what its profile shows.

    Args:
        order: to whom it goes, and why.
        items: all of them; the profile takes fields away.
        log: under which they are proven.
        lang: of the report; texts of posts stay as they are.
        is_stamped: whether time stamps of outside authorities go with it.
    """
    has_aggregates = order.profile.has(Part.AGGREGATES)
    page = _ENVIRONMENT.get_template("report.html").render(
        lang=lang,
        words=WORDS[lang],
        glossary=GLOSSARY[lang],
        order=order,
        question=order.question if order.profile.has(Part.QUESTION) else None,
        items=views(items, order),
        numbers=aggregate(items) if has_aggregates else None,
        leave_line=_leave_line(order.leave, lang) if order.leave else "",
        note=log.note,
        is_stamped=is_stamped,
        time=_time,
        clean=shown,
        spans=_spans,
    )
    return page.encode("utf-8", "replace")


def _leave_line(leave: Leave, lang: Lang) -> str:
    words = WORDS[lang]["leave_alone" if leave.is_alone else "leave_line"]
    return words.format(
        proposal=leave.proposal,
        proposed_by=leave.proposed_by,
        approved_by=leave.approved_by,
        reason=" ".join((leave.reason or "").split()),
    )


def _time(at: datetime | None) -> str:
    """UTC, and the same moment in Seoul."""
    if at is None:
        return "–"
    return f"{moment(at)} ({at.astimezone(SEOUL):%Y-%m-%d %H:%M:%S} Asia/Seoul)"


def _spans(places: tuple[Span, ...]) -> str:
    return ", ".join(f"{span.kind.value} {span.start}–{span.end}" for span in places) or "–"
