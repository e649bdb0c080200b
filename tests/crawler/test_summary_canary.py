"""A school of one office, and a room that is called after it, are in nothing that another office gets."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from crawler.crawl import Crawler
from crawler.summaries import office_names, render
from evidence.day import Day
from evidence.records import Watchlist
from pipelines.digest import Digest, Scope, counter_of, make_digest, page_of, scope_for
from pipelines.digest.charts import charts_of
from pipelines.digest.html import inline, to_html
from pipelines.digest.mail import mail_of
from pipelines.digest.markdown import to_markdown, to_text
from pipelines.digest.model import Reader
from pipelines.digest.schema import to_json
from pipelines.digest.tables_csv import to_csv
from practice.web import PracticeWeb
from practice.world import Draft
from storage.day import read_day
from storage.mongo import Store
from tests.conftest import Clock
from tests.crawler.test_summary_golden import FIRST, SCHOOLS, pass_now
from tests.pipelines.test_pdf import alts_in, needs_pdf, said

CANARY = next(school for school in SCHOOLS.values() if school.office == "B10" and school.level == "high")
ROOM = "practice_talk"
TITLE = f"{CANARY.name} 이야기"
WORDS = (CANARY.name, CANARY.code, CANARY.name.removesuffix("등학교"), TITLE, ROOM)
OTHERS = (scope_for(Reader.OFFICE, "C10"), scope_for(Reader.OFFICE, "J10"), scope_for(Reader.WIDER))


@pytest_asyncio.fixture
async def day(store: Store, watchlist: Watchlist, practice_web: PracticeWeb, crawler: Crawler, clock: Clock) -> Day:
    """A day on which the canary was named, at home enough to be counted."""
    practice_web.world.rooms[ROOM].title = TITLE
    for number in range(8):
        practice_web.world.post(ROOM, clock(), Draft(text=f"{CANARY.name} 딥페이크 합성물 {number}"))
    await pass_now(watchlist, crawler, clock)
    as_of = clock.forward(hours=12)
    return await read_day(store, FIRST, "Asia/Seoul", watchlist.sources, as_of, counter_of(SCHOOLS))


async def test_the_canary_stays_at_home(day: Day) -> None:
    """Its own office counts it, under no name; no form in any language shows it to the others."""
    home = make_digest(day, scope_for(Reader.OFFICE, "B10"))
    assert isinstance(home.posts, int)
    assert home.posts >= 8
    forms = [form for scope in OTHERS for form in _forms(make_digest(day, scope))]
    assert [] == [word for form in forms for word in WORDS if word in form]
    other = make_digest(day, OTHERS[0])
    assert [] == [key for key in other.posts_by_office if key != "C10"]


@needs_pdf
@pytest.mark.slow
@pytest.mark.parametrize("scope", OTHERS[1:], ids=lambda scope: str(scope.reader))
async def test_the_canary_is_in_no_pdf(day: Day, scope: Scope, tmp_path: Path) -> None:
    """Neither in its text nor in what its pictures say, its title or its bookmarks."""
    (pdf,) = render(make_digest(day, scope), "pdf", "ko").values()
    read = [said(pdf, tmp_path, *command) for command in (("pdftotext",), ("pdfinfo",), ("pdfinfo", "-struct-text"))]
    texts = ["".join(text.split()) for text in (*read, *alts_in(pdf))]
    assert len(alts_in(pdf)) >= 2
    assert [] == [word for text in texts for word in WORDS if "".join(word.split()) in text]
    staff = "".join(said(render(make_digest(day), "pdf", "ko").popitem()[1], tmp_path, "pdftotext").split())
    assert ROOM in staff


def _forms(digest: Digest) -> list[str]:
    """Everything that somebody could read, in both languages."""
    found = [to_json(digest)]
    langs: tuple[Any, ...] = ("ko", "en")
    for lang in langs:
        page, charts = page_of(digest, lang, office_names(lang)), charts_of(digest, lang)
        found += [to_markdown(page), to_text(page), to_html(page, charts, inline(charts)), *(c.alt for c in charts)]
        found += [content.decode("utf-8-sig") for content in to_csv(page).values()]
        message = mail_of(digest, lang, office_names(lang))
        found += [str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"]
    return found
