"""The weekly page: only what review confirmed, by level, and nothing that tells what a day withheld."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from evidence.day import FlagDay, Referral, Week
from evidence.progress import State
from evidence.review import Disposition
from pipelines.digest import scope_for
from pipelines.digest.layout_week import week_page
from pipelines.digest.markdown import to_markdown
from pipelines.digest.model import Reader, Scope
from pipelines.digest.shield import LEVELS
from pipelines.digest.week import WeekDigest, confirmed, make_week
from pipelines.digest.words import WORDS
from tests.pipelines.digest.making import DAY, END, MIDNIGHT, OFFICES, STAFF, WIDER, flag

OFFICE = scope_for(Reader.OFFICE, "B10")


def decided(
    number: int, level: str = "high", disposition: str = "confirmed", office: str = "B10"
) -> tuple[FlagDay, ...]:
    """Some decisions of a day."""
    said = Disposition(disposition)
    return (flag(state=State.FINAL, disposition=said, offices=(office,), levels=(level,)),) * number


def week(*days: tuple[FlagDay, ...], referrals: tuple[Referral, ...] = ()) -> Week:
    """The last days; those before them are empty."""
    return Week(
        first=DAY - timedelta(days=6),
        last=DAY,
        timezone="Asia/Seoul",
        starts_at=END - timedelta(days=7),
        ends_at=END,
        as_of=END + timedelta(hours=9),
        decided=(*[()] * (14 - len(days)), *days),
        referrals=referrals,
    )


def made(*days: tuple[FlagDay, ...], scope: Scope = STAFF) -> WeekDigest:
    """Its page."""
    return make_week(week(*days), scope)


def test_only_what_was_confirmed_counts() -> None:
    """By level, beside the week before; everything else that was decided does not."""
    page = made(decided(2), *[()] * 6, decided(3) + decided(4, "middle"), decided(9, disposition="likely"))
    lines = {line.level: (line.confirmed, line.change) for line in page.lines}
    assert ((3, 1), (4, 4), (0, 0)) == (lines["high"], lines["middle"], lines["elementary"])
    assert ("2026-11-14", "2026-11-20", 7, 5) == (page.first, page.last, page.total.confirmed, page.total.change)
    several = made((flag(state=State.FINAL, disposition=Disposition.CONFIRMED, levels=("high", "middle")),))
    assert 1 == next(line.confirmed for line in several.lines if line.level == "several")


def test_an_office_sees_its_own() -> None:
    """And no small number."""
    page = made(decided(6) + decided(50, office="C10"), scope=OFFICE)
    assert (6, 6) == (page.total.confirmed, next(line.confirmed for line in page.lines if line.level == "high"))
    assert "withheld" == made(decided(4), scope=OFFICE).total.confirmed
    assert 0 == made(decided(50, office="C10"), scope=OFFICE).total.confirmed


def test_a_week_tells_no_day() -> None:
    """Six days were shown and one was not: their sum would tell it, so it is withheld too."""
    days = [decided(8)] * 6 + [decided(2)]
    assert "withheld" == confirmed(days, 5)[""]
    assert 56 == confirmed([decided(8)] * 7, 5)[""]


@pytest.mark.parametrize("small", [1, 2, 4])
def test_levels_beside_a_total_that_stands(small: int) -> None:
    """A small level is withheld with others, or all are, noughts too, where nothing else helps."""
    shown = confirmed([decided(20) + decided(small, "middle") + decided(30, "elementary")] * 1 + [()] * 6, 5)
    assert 50 + small == shown[""]
    assert "withheld" == shown["middle"]
    assert 2 <= sum(figure == "withheld" for figure in shown.values())
    none = confirmed([decided(3) + decided(small, "middle")] + [()] * 6, 5)
    assert {"withheld"} == {none[level] for level in ("high", "middle")}


def test_referrals_are_those_that_were_sent() -> None:
    """To the police, and to those who have things removed."""
    sent = Referral(body="police", offices=("B10",), levels=("high",), drafted_at=MIDNIGHT, sent_at=MIDNIGHT)
    removal = Referral(body="victim-support", offices=("B10",), levels=("high",), drafted_at=MIDNIGHT, sent_at=MIDNIGHT)
    drafted = Referral(body="police", offices=("B10",), levels=("high",), drafted_at=MIDNIGHT)
    page = make_week(week(referrals=(sent, replace(sent, sent_at=END), removal, removal, drafted)), STAFF)
    assert (1, 2) == (page.total.referred, page.total.removal)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("scope", [STAFF, WIDER, OFFICE], ids=lambda scope: str(scope.reader))
def test_the_page(scope: Scope, lang: str) -> None:
    """Every level and the total; roles are said not to be recorded."""
    digest = made(decided(12), scope=scope)
    page = week_page(digest, lang, OFFICES)  # type: ignore[arg-type]
    (sheet,) = page.sections[0].sheets
    assert (scope is STAFF) == ("twice" in [section.key for section in page.sections])
    assert len(LEVELS) + 1 == len(sheet.rows)
    assert "12" == sheet.rows[-1][1].text
    assert WORDS[lang]["week_role_unknown"] in to_markdown(page)  # type: ignore[index]
    assert asdict(digest)["total"]["confirmed"] == 12
