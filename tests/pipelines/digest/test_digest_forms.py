"""One summary in every form and both languages: the same numbers, cell by cell, and nothing that harms a reader."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import get_args

import pytest

from evidence.day import BlindHours, Day, FoundRooms, Referral, Restated
from evidence.records import Severity
from evidence.rooms import Found, Standing
from pipelines.digest import Digest, make_digest, page_of, scope_for
from pipelines.digest.charts import charts_of
from pipelines.digest.html import LARGEST_BYTES, inline, to_html
from pipelines.digest.mail import mail_of
from pipelines.digest.markdown import to_markdown, to_text
from pipelines.digest.model import Reader
from pipelines.digest.page import Cell, Page
from pipelines.digest.schema import read_json, schema_text, to_json
from pipelines.digest.tables_csv import to_csv, to_zip
from pipelines.digest.words import WORDS, Lang
from tests.pipelines.digest.making import (
    DAY,
    MIDNIGHT,
    OFFICES,
    SCHOOLS,
    STAFF,
    WIDER,
    before,
    count,
    day,
    flag,
    mention,
    post,
    rollup,
    source,
)
from tests.pipelines.digest.reading import Tables, expected, in_markdown

LANGS: tuple[Lang, ...] = get_args(Lang)
SCOPES = (STAFF, WIDER, scope_for(Reader.OFFICE, "B10"))
HOSTILE = "이름 | 줄\n바꿈 <img src=x onerror=alert(1)> [x](http://y) =1+1"


def full_day() -> Day:
    """With something in every table."""
    posts = [
        *[post(mention("1"), terms=("threat",))] * 12,
        *[post(mention("2", level="middle"))] * 14,
        *[post(mention("U", level="university"), terms=("trade",))] * 3,
        *[post(mention("1", "2", level=None))] * 2,
    ]
    blind = (BlindHours(reason="answered 503 =1+1", hours=4, unwatched=3),)
    one = source(rollup(*posts, blind=blind, members=count(12_345)), count(12_000), title=HOSTILE)
    other = source(
        rollup(
            *posts[:3],
            source="https://t.me/b",
            members=count(62_300, low=62_250),
            listed=(count(99_000, origin="directory:telemetrio"),),
        ),
        count(62_250, low=62_200),
        first_seen=MIDNIGHT,
    )
    return day(
        one,
        other,
        flags=tuple(flag(severity, offices=("B10",)) for severity in Severity for _ in range(7)),
        waiting=(flag(offices=("B10",)),) * 12,
        earlier=before(9, 31, 12, 17, 22, 8, 41, 30),
        rooms=(FoundRooms(found=Found.LINK, standing=Standing.CANDIDATE, rooms=3),),
        referrals=(Referral(body="police", offices=("B10",), levels=("high",), drafted_at=MIDNIGHT),) * 11,
        restated=(Restated(day=DAY, posts_before=3, posts=4),),
        legal_bases=("기관장 2026-11-01",),
    )


@pytest.fixture(params=[(scope, lang) for scope in SCOPES for lang in LANGS], ids=lambda it: f"{it[0].reader}-{it[1]}")
def made(request: pytest.FixtureRequest) -> tuple[Digest, Lang]:
    """A summary for each reader in each language."""
    scope, lang = request.param
    return make_digest(full_day(), scope), lang


# ------------------------------------------------------------------ equal numbers


def test_html_shows_every_cell(made: tuple[Digest, Lang]) -> None:
    """Each table of the page, each cell, in order; charts say their numbers in words."""
    digest, lang = made
    page, charts = page_of(digest, lang, OFFICES), charts_of(digest, lang)
    read = Tables()
    read.feed(to_html(page, charts, inline(charts)))
    assert expected(page) == read.sheets
    assert sorted(chart.alt for chart in charts) == sorted(read.alts)
    trend = next(line for line in digest.trend if line.measure == "posts_naming_schools")
    shown = [WORDS[lang]["withheld"] if n == "withheld" else f"{n:,}" for n in (*trend.days.values(), trend.today)]
    assert shown == re.findall(r"\d\d-\d\d ([^,]+)", charts[0].alt)


def test_markdown_shows_every_cell(made: tuple[Digest, Lang]) -> None:
    """A bar or a line break in a title breaks no row."""
    digest, lang = made
    page = page_of(digest, lang, OFFICES)
    assert list(expected(page).values()) == in_markdown(to_markdown(page))


def test_text_shows_every_cell(made: tuple[Digest, Lang]) -> None:
    """In the order of the page; blanks between columns aside."""
    digest, lang = made
    page = page_of(digest, lang, OFFICES)
    bare = "".join(to_text(page).split())
    at = 0
    for rows in expected(page).values():
        for row in rows:
            at = bare.index("".join("".join(row).split()), at)


def test_csv_shows_every_cell(made: tuple[Digest, Lang]) -> None:
    """A file a table; numbers without commas, everything quoted, the mark for Excel, no formula."""
    digest, lang = made
    page = page_of(digest, lang, OFFICES)
    files = to_csv(page)
    cells = {sheet.name: sheet.rows for section in page.sections for sheet in section.sheets}
    assert {"about.csv", *(f"{name}.csv" for name in cells)} == set(files)
    for name, rows in cells.items():
        assert files[f"{name}.csv"].startswith(b'\xef\xbb\xbf"')
        _, *read = csv.reader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig")))
        assert [[_plain(cell) for cell in row] for row in rows] == [[cell.lstrip("'") for cell in row] for row in read]
        words = [cell for row in read for cell in row if not re.fullmatch(r"-?\d+", cell)]
        assert [] == [cell for cell in words if cell.startswith(("=", "+", "-", "@"))]
    with zipfile.ZipFile(io.BytesIO(to_zip(files))) as packed:
        assert files == {name: packed.read(name) for name in packed.namelist()}
    assert to_zip(files) == to_zip(dict(files))


def _plain(cell: Cell) -> str:
    return str(cell.value) if isinstance(cell.value, int) else cell.text


def test_json_holds_the_same_numbers(made: tuple[Digest, Lang]) -> None:
    """Read back it is the summary itself, and lays out to the same page."""
    digest, lang = made
    read = read_json(to_json(digest))
    assert digest == read
    assert page_of(digest, lang, OFFICES) == page_of(read, lang, OFFICES)


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: str(scope.reader))
def test_languages_say_the_same(scope: object) -> None:
    """The same sheets with the same numbers, in as many sentences."""
    digest = make_digest(full_day(), scope)  # type: ignore[arg-type]
    korean, english = (page_of(digest, lang, OFFICES) for lang in LANGS)
    assert list(_values(korean)) == list(_values(english))
    assert len(korean.sentences) == len(english.sentences) == 5
    digits = [[re.findall(r"\d+", said.replace(",", "")) for said in page.sentences] for page in (korean, english)]
    assert [sorted(numbers) for numbers in digits[0]] == [sorted(numbers) for numbers in digits[1]]


def _values(page: Page) -> Iterator[tuple[str, int | str | None]]:
    for section in page.sections:
        for sheet in section.sheets:
            for row in sheet.rows:
                yield from ((sheet.name, cell.value) for cell in row if not isinstance(cell.value, str))


def test_words_are_the_same_in_both_languages() -> None:
    """Every word exists in both, with the same figures in it."""
    korean, english = WORDS["ko"], WORDS["en"]
    assert set(korean) == set(english)
    for key, words in korean.items():
        assert sorted(re.findall(r"{(\w+)", words)) == sorted(re.findall(r"{(\w+)", english[key])), key


# ------------------------------------------------------------------ each form


@pytest.mark.parametrize("lang", LANGS)
def test_no_form_names_a_school(lang: Lang) -> None:
    """And each says that a mention is a claim."""
    digest = make_digest(full_day(), STAFF)
    page = page_of(digest, lang, OFFICES)
    for text in (to_markdown(page), to_text(page), to_html(page, (), {}), to_json(digest)):
        assert not [school.name for school in SCHOOLS.values() if school.name in text]
    assert WORDS[lang]["claim"] in to_text(page)
    assert "부산광역시교육청" in to_markdown(page)


def test_a_mail_is_whole() -> None:
    """Text beside HTML, pictures by Content-ID, inline styles, small enough; nothing comes from elsewhere."""
    digest = make_digest(full_day(), WIDER)
    message = mail_of(digest, "ko", OFFICES, version=2)
    message["From"], message["To"] = "haechi@example.org", "reader@example.org"
    read = message_from_bytes(message.as_bytes(), policy=policy.SMTP)
    assert isinstance(read, EmailMessage)
    assert "multipart/alternative" == read.get_content_type()
    text, related = read.iter_parts()
    assert isinstance(related, EmailMessage)
    html, *pictures = related.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    page = page_of(digest, "ko", OFFICES, version=2)
    assert to_text(page).splitlines() == text.get_content().splitlines()
    shown = html.get_content()
    assert len(shown.encode()) < LARGEST_BYTES
    assert set(re.findall(r'src="cid:([^"]+)"', shown)) == {picture["Content-ID"].strip("<>") for picture in pictures}
    assert [] == re.findall(r"<(?:link|script|style|a) |https?://(?!t\.me)|url\(|data:image", shown)
    assert {"image/png"} == {picture.get_content_type() for picture in pictures}
    assert "2판" in read["Subject"]


def test_words_of_strangers_do_no_harm() -> None:
    """A room's title cannot make an element, a link, a cell or a formula."""
    page = page_of(make_digest(full_day(), STAFF), "ko", OFFICES)
    assert "<img src=x" not in to_html(page, (), {})
    assert "이름 \\| 줄 바꿈 &lt;img" in to_markdown(page)
    assert "](" not in to_markdown(page).replace("\\](", "")
    row = next(line for line in to_csv(page)["sources_hours.csv"].decode().splitlines() if "이름" in line)
    assert row.startswith('"이름 | 줄 바꿈')


@pytest.mark.parametrize("lang", LANGS)
def test_charts_lack_no_letter(lang: Lang) -> None:
    """A missing glyph is a warning, and a warning is an error here; equal summaries give equal pictures."""
    digest = make_digest(full_day(), STAFF)
    charts = charts_of(digest, lang)
    assert ["trend", "gaps", "levels"] == [chart.name for chart in charts]
    assert charts == charts_of(digest, lang)
    assert () == charts_of(make_digest(day(), STAFF), lang)


@pytest.mark.parametrize("lang", LANGS)
def test_a_day_without_data_says_only_that(lang: Lang) -> None:
    """One line instead of tables of zeros, and that silence is not safety."""
    text = to_markdown(page_of(make_digest(day(), STAFF), lang, {}))
    assert "|" not in text
    assert all(WORDS[lang][key] in text for key in ("no_data", "blind_note", "no_checkpoint"))
    assert [f"## {WORDS[lang]['custody']}"] == re.findall("## .*", text)


def test_a_day_of_noughts_shows_them() -> None:
    """It was watched and nothing was found: that is a figure."""
    digest = make_digest(day(source(rollup())), STAFF)
    text = to_text(page_of(digest, "en", {}))
    assert "0 posts name a school" in digest.sentences["en"][2]
    assert WORDS["en"]["no_data"] not in text


def test_a_running_day_says_so() -> None:
    """With the moment of its figures."""
    running = page_of(make_digest(day(source(rollup()), as_of=MIDNIGHT + timedelta(hours=9)), STAFF), "en", {})
    assert "The day is still running. Figures as of 2026-11-20T00:00:00Z." == running.notes[0]


def test_figures_that_do_not_agree_are_said_first() -> None:
    """In every form."""
    wrong = make_digest(day(source(replace(rollup(), posts=1))), WIDER)
    page = page_of(wrong, "en", {})
    assert "posts_sorted" in page.warning
    for text in (to_markdown(page), to_text(page), to_html(page, (), {}), to_csv(page)["about.csv"].decode()):
        assert page.warning in text


def test_the_published_schema_is_that_of_the_records() -> None:
    """``python -m pipelines.digest.schema > docs/summary.schema.json`` writes it anew."""
    published = Path(__file__).parents[3] / "docs" / "summary.schema.json"
    assert schema_text() == published.read_text(encoding="utf-8")
    parts = json.loads(schema_text())
    assert set(asdict(make_digest(day(), STAFF))) == set(parts["properties"])
