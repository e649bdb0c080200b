"""Lays the weekly page out."""

from collections.abc import Mapping

from pipelines.digest.layout import beyond_chance
from pipelines.digest.lines import Agreement
from pipelines.digest.page import Cell, Page, Section, Sheet, listing, number, word
from pipelines.digest.week import WeekDigest, WeekLine
from pipelines.digest.words import WORDS, Lang


def week_page(week: WeekDigest, lang: Lang, offices: Mapping[str, str], version: int | None = None) -> Page:
    """Lay a week out.

    Args:
        week: of one scope.
        lang: language.
        offices: names of education offices by code, in that language.
        version: of a released page; None for one that is not.
    """
    words = WORDS[lang]
    office = offices.get(week.scope.office or "", week.scope.office or "")
    scope = words[f"for_{week.scope.reader}"].format(office=office)
    notes = [words["over" if week.is_over else "running"].format(as_of=week.as_of), words["week_note"], words["units"]]
    if week.scope.smallest > 1:
        notes.append(words["small"].format(smallest=week.scope.smallest, withheld=words["withheld"]))
    names = ("level", "week_reports", "week_change", "week_referred", "week_removal", "week_role")
    rows = [_row(line, words[line.level], words) for line in week.lines]
    sheet = Sheet(
        name="week",
        title=words["week_title"],
        columns=tuple(words[name] for name in names),
        rows=(*rows, _row(week.total, words["total"], words)),
        has_totals=True,
    )
    days = words["week"].format(first=week.first, last=week.last)
    return Page(
        lang=lang,
        title=f"{words['week_title']} {days} ({week.timezone})",
        scope=f"{scope} · {words['version'].format(version=version)}" if version else scope,
        warning="",
        notes=tuple(notes),
        sentences=(),
        sections=(Section(key="week", title=words["week_reports"], sheets=(sheet,)), *_twice(week.agreement, words)),
    )


def _twice(agreement: Agreement | None, words: Mapping[str, str]) -> tuple[Section, ...]:
    if agreement is None:
        return ()
    rows = ((words["pairs"], agreement.pairs), (words["agreeing"], agreement.agreeing))
    columns = (words["measure"], words["number"])
    sheet = listing("twice", words["twice"], columns, (*rows, *beyond_chance(agreement, words)), words)
    notes = () if agreement.is_enough else (words["too_few_pairs"],)
    return (Section(key="twice", title=words["twice"], notes=notes, sheets=(sheet,)),)


def _row(line: WeekLine, level: str, words: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        word(level),
        number(line.confirmed, words),
        number(line.change, words, signed=True),
        number(line.referred, words),
        number(line.removal, words),
        word(words["week_role_unknown"]),
    )
