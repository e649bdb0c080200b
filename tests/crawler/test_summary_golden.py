"""Days on the practice world, every number of their summaries worked out anew from the raw documents.

Nothing of the product counts here but the cipher that opens posts: what a post names, whose it is and what adds up to
what is written down a second time, in another way.
"""

import csv
import io
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median_low
from typing import Any

import pytest
import time_machine

from config.register import load_schools
from crawler.crawl import Crawler
from crawler.summaries import office_names
from evidence.records import Severity, Watchlist
from evidence.review import Category
from pipelines.digest import Digest, counter_of, make_digest, page_of, scope_for
from pipelines.digest.html import to_html
from pipelines.digest.markdown import to_markdown
from pipelines.digest.model import Reader
from pipelines.digest.tables_csv import to_csv
from practice.story import SPECIAL
from practice.web import PracticeWeb
from practice.world import Draft
from storage.day import read_day
from storage.forms import read_post
from storage.mongo import Document, Store
from tests.conftest import Clock
from tests.crawler.conftest import SCHOOLS_FILE
from tests.crawler.serving import passes
from tests.pipelines.digest.reading import Tables, in_markdown
from tests.storage.making import everything

SEOUL = timedelta(hours=9)
SCHOOLS = {school.code: school for school in load_schools(SCHOOLS_FILE)}
TALK = [draft for drafts in SPECIAL.values() for draft in drafts.values() if not draft.is_service]
ROOMS = ("practice_talk", "practice_rumours", "practice_news", "practice_games")
FIRST = date(2026, 11, 20)


async def pass_now(watchlist: Watchlist, crawler: Crawler, clock: Clock) -> None:
    """A pass over everything at the clock's moment, which is also when answers come."""
    with time_machine.travel(clock(), tick=True):
        await passes(watchlist, crawler)


async def live(days: int, watchlist: Watchlist, crawler: Crawler, web: PracticeWeb, clock: Clock) -> None:
    """Let days go by: a few posts, edits, removals and members each, and a pass in the evening and at night."""
    chance = random.Random(20)
    posted = []
    for _ in range(days):
        for room in ROOMS[: chance.randint(1, 4)]:
            for _ in range(chance.randint(0, 3)):
                text = chance.choice(TALK).text + f" {clock():%m%d}"
                posted.append((room, web.world.post(room, clock.forward(minutes=7), Draft(text=text)).id))
            web.world.set_members(room, chance.randint(500, 5_000))
        await pass_now(watchlist, crawler, clock)
        clock.forward(hours=3)
        if posted and chance.random() < 0.5:
            room, native_id = posted[-1]
            web.world.edit(room, native_id, clock(), "가온누리중 이야기로 고쳤습니다")
        if posted and chance.random() < 0.3:
            web.world.remove(*posted.pop(0))
        await pass_now(watchlist, crawler, clock)
        clock.now = (clock() + timedelta(days=1)).replace(hour=9, minute=0)


class Raw:
    """The documents of a database, and what a day of them comes to."""

    def __init__(self, uri: str, store: Store) -> None:
        self.documents = everything(uri)
        self.posts = [(document, read_post(document, store.cipher)) for document in self.documents["posts"]]

    def on(self, name: str, day: date, field: str = "at") -> list[Document]:
        """Documents of a day in Seoul."""
        return [document for document in self.documents[name] if (document[field] + SEOUL).date() == day]

    def posts_of(self, day: date) -> list[tuple[str, str, str]]:
        """Office, level and category of each post that was first seen on a day; empty where it names no school."""
        found = []
        for document, post in self.posts:
            if (document["seen_at"] + SEOUL).date() == day:
                mentions = [*post.mentions, *(one for earlier in post.earlier for one in earlier.mentions)]
                offices = {self._office(mention.candidates) for mention in mentions}
                levels = {mention.level or "unclear" for mention in mentions}
                found.append((_only(offices), _only(levels), _category(document["terms"])))
        return found

    @staticmethod
    def _office(candidates: tuple[str, ...]) -> str:
        offices = {SCHOOLS[code].office or "none" for code in candidates if code in SCHOOLS}
        return offices.pop() if len(offices) == 1 else "unclear"

    def concerning(self, office: str, day: date) -> int:
        """Posts of a day that may name a school of an office."""
        return sum(
            any(
                SCHOOLS[code].office == office
                for mention in (*post.mentions, *(one for earlier in post.earlier for one in earlier.mentions))
                for code in mention.candidates
                if code in SCHOOLS
            )
            for document, post in self.posts
            if (document["seen_at"] + SEOUL).date() == day
        )


def _only(values: set[str]) -> str:
    return "" if not values else values.pop() if len(values) == 1 else "several"


def _category(terms: list[str]) -> str:
    order = ["awareness", "threat", "personal-data", "name-list", "solicitation", "trade", "synthetic-media"]
    assert set(order) == {str(category) for category in Category} - {"other"}
    return next((term for term in order if term in terms), "no_term")


def golden(raw: Raw, day: date) -> dict[str, Any]:
    """All numbers of a day, from its documents."""
    posts = raw.posts_of(day)
    named = [post for post in posts if post[0]]
    runs, hours, flags = raw.on("runs", day), raw.on("coverage", day), raw.on("flags", day)
    counts: dict[str, list[Document]] = {}
    for document in sorted(raw.on("counts", day), key=lambda one: one["at"]):
        counts.setdefault(document["source"], []).append(document)
    return {
        "posts": len(posts),
        "posts_naming_schools": len(named),
        "flags": len(flags),
        "hours_watched": sum(hour["is_watched"] for hour in hours),
        "removed": sum(run["removed"] for run in runs),
        "edited": sum(run["edited"] for run in runs),
        "unreadable": sum(run["failed"] for run in runs),
        "office_levels": Counter((office, level) for office, level, _ in named),
        "level_categories": Counter((level, category) for _, level, category in named),
        "severities": Counter(flag["severity"] for flag in flags),
        "members": {source: found[-1]["value"] for source, found in counts.items()},
        "watched": Counter(hour["source"] for hour in hours if hour["is_watched"]),
    }


def held_against(digest: Digest, own: dict[str, Any], earlier: list[dict[str, Any]]) -> None:
    """Every number of the model against the golden one."""
    assert digest.adds_up
    assert (own["posts"], own["posts_naming_schools"], own["flags"]) == (
        digest.posts, digest.posts_naming_schools, digest.flags_total
    )  # fmt: skip
    assert (own["edited"], own["removed"], own["unreadable"]) == (
        digest.edited, digest.removed, digest.quality.unreadable
    )  # fmt: skip
    for table, cells in (
        (digest.office_levels, own["office_levels"]),
        (digest.level_categories, own["level_categories"]),
    ):
        shown = {(row.key, column): n for row in table.rows for column, n in row.numbers.items() if n}
        assert dict(cells) == shown
        assert {row.key: row.total for row in table.rows} == _sums(cells, 0)
        assert table.totals == _sums(cells, 1)
        assert table.total == cells.total()
    assert own["severities"] == Counter({key: n for key, n in digest.flags.items() if n})
    assert own["flags"] == digest.flag_states.totals["waiting"] == digest.review.came_in
    assert own["members"] == {line.address: line.members for line in digest.sources if line.members is not None}
    assert own["watched"] == Counter(
        {line.address: line.hours_watched for line in digest.sources if line.hours_watched}
    )
    days = [one for one in earlier if one["watched"]]
    for line in digest.trend:
        numbers = [one[line.measure] for one in days[:7]]
        assert own[line.measure] == line.today
        assert [n for n in reversed(list(line.days.values())) if n is not None] == numbers
        assert line.median == (median_low(numbers) if len(numbers) >= 5 else None)


def _sums(cells: Counter[tuple[str, str]], side: int) -> dict[str, int]:
    sums = Counter[str]()
    for pair, number in cells.items():
        sums[pair[side]] += number
    return dict(sums)


def in_every_form(digest: Digest, own: dict[str, Any]) -> None:
    """The golden numbers again, read out of HTML, Markdown and CSV."""
    page = page_of(digest, "en", office_names("en"))
    html = Tables()
    html.feed(to_html(page, (), {}))
    names = [sheet.name for section in page.sections for sheet in section.sheets]
    markdown = dict(zip(names, in_markdown(to_markdown(page)), strict=True))
    files = {name: list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) for name, content in to_csv(page).items()}
    for read in (html.sheets, markdown, {name: files[f"{name}.csv"] for name in names}):
        assert (
            own["posts_naming_schools"] == _int(read["office_levels"][-1][-1]) == _int(read["level_categories"][-1][-1])
        )
        totals = sorted(_int(row[-1]) for row in read["office_levels"][1:-1])
        assert sorted(_sums(own["office_levels"], 0).values()) == totals
        assert [own["severities"][str(severity)] for severity in reversed(Severity)] == [
            _int(row[-1]) for row in read["flags"][1:-1]
        ]
        measures = ("posts", "posts_naming_schools", "flags", "hours_watched", "removed")
        assert [own[measure] for measure in measures] == [_int(row[1]) for row in read["trend"][1:]]
        assert sum(own["watched"].values()) == sum(_int(row[1]) for row in read["sources_hours"][1:])


def _int(cell: str) -> int:
    return int(cell.replace(",", ""))


@pytest.mark.parametrize("days", [5, pytest.param(30, marks=pytest.mark.slow)])
async def test_golden_days(
    days: int,
    store: Store,
    own_database: str,
    watchlist: Watchlist,
    crawler: Crawler,
    practice_web: PracticeWeb,
    clock: Clock,
) -> None:
    """Every number in every form; and for each office what concerns it, or that it is withheld."""
    await live(days, watchlist, crawler, practice_web, clock)
    raw, count_posts = Raw(own_database, store), counter_of(SCHOOLS)
    dates = [FIRST + timedelta(days=place) for place in range(days)]
    numbers = {day: golden(raw, day) for day in dates}
    assert sum(one["posts_naming_schools"] for one in numbers.values()) > days * 2
    for place, day in enumerate(dates):
        as_of = datetime(day.year, day.month, day.day, 23, tzinfo=UTC) + timedelta(hours=1)
        read = await read_day(store, day, "Asia/Seoul", watchlist.sources, as_of, count_posts)
        digest = make_digest(read)
        held_against(digest, numbers[day], [numbers[before] for before in reversed(dates[:place])])
        in_every_form(digest, numbers[day])
        for office in {school.office for school in SCHOOLS.values() if school.office}:
            own = make_digest(read, scope_for(Reader.OFFICE, office)).posts_naming_schools
            concerning = raw.concerning(office, day)
            assert own == "withheld" if 0 < concerning < 5 else own in (concerning, "withheld")
