"""The summary of a day: what is counted, what counts as blind, and that no school is named."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from evidence.day import Day, PostDay, SourceDay
from evidence.records import Count, Mention, School, Severity
from pipelines.digest import Digest, FlagDelay, make_digest
from pipelines.digest_markdown import WORDS, to_markdown

MIDNIGHT = datetime(2026, 11, 19, 15, tzinfo=UTC)
END = MIDNIGHT + timedelta(days=1)
SCHOOLS = {
    "1": School(code="1", name="가온고등학교", level="high", office="B10"),
    "2": School(code="2", name="가온중학교", level="middle", office="C10"),
    "3": School(code="3", name="다른고등학교", level="high", office="C10"),
    "U": School(code="U", name="한빛대학교", level="university"),
}


def count(value: int, low: int | None = None) -> Count:
    """Exact, or rounded where ``low`` is given."""
    low = value if low is None else low
    return Count(source="a", at=MIDNIGHT, value=value, low=low, high=2 * value - low, origin="landing")


SOURCE = SourceDay(
    address="https://t.me/a",
    title="방",
    first_seen=MIDNIGHT - timedelta(days=9),
    hours_watched=20,
    hours_partly=3,
    hours_due=24,
    reasons=("answered 500",),
    members=count(1_200),
    members_before=count(1_000),
)


def mention(*candidates: str, level: str | None = "high") -> Mention:
    """Of one of some schools."""
    return Mention(
        start=0,
        end=1,
        surface="",
        school=candidates[0] if len(candidates) == 1 else None,
        candidates=candidates,
        level=level,
        rule="official",
        confidence=0.9,
    )


def post(*mentions: Mention) -> PostDay:
    """A kept post."""
    return PostDay(id="p", mentions=mentions, severity=None)


def day(
    *sources: SourceDay,
    posts: tuple[PostDay, ...] = (),
    flags: dict[Severity, int] | None = None,
    delays_s: tuple[float, ...] = (),
    as_of: datetime = END + timedelta(hours=9),
) -> Day:
    """20 November in Seoul."""
    return Day(
        date=date(2026, 11, 20),
        timezone="Asia/Seoul",
        starts_at=MIDNIGHT,
        ends_at=END,
        as_of=as_of,
        sources=sources,
        posts=posts,
        flags=flags or {},
        flag_delays_s=delays_s,
        legal_bases=(),
        edited=7,
        removed=2,
    )


def digest(today: Day, before: Day | None = None) -> Digest:
    """Beside an empty day before."""
    return make_digest(today, before or day(), SCHOOLS)


def test_delay_from_post_to_flag() -> None:
    """Median and longest of the flagged posts that came while their source was watched; None without any."""
    assert FlagDelay(posts=3, median_s=5.0, longest_s=90.0) == digest(day(delays_s=(1.0, 5.0, 90.0))).flag_delay
    assert digest(day()).flag_delay is None


def test_an_empty_day() -> None:
    """Zeros, with every severity named, gravest first."""
    made = digest(day())
    assert ("2026-11-20", "Asia/Seoul", "2026-11-21T00:00:00Z", True) == (
        made.day,
        made.timezone,
        made.as_of,
        made.is_over,
    )
    assert ["critical", "high", "medium", "low"] == list(made.flags)
    assert (0, 0, {}, {}) == (made.posts, made.posts_naming_schools, made.posts_by_level, made.posts_by_office)


@pytest.mark.parametrize(("as_of", "is_over"), [(END, True), (END - timedelta(seconds=1), False)])
def test_a_day_is_over_at_its_end(as_of: datetime, is_over: bool) -> None:
    """Before it, figures are those of a running day."""
    assert is_over == digest(day(as_of=as_of)).is_over


def test_hours_that_were_not_watched_are_blind() -> None:
    """Whatever the reason; never more watched than due."""
    line, odd = digest(day(SOURCE, replace(SOURCE, hours_watched=25))).sources
    assert (20, 3, 4, ("answered 500",)) == (
        line.hours_watched,
        line.hours_partly,
        line.hours_blind,
        line.reasons,
    )
    assert (24, 0) == (odd.hours_watched, odd.hours_blind)


@pytest.mark.parametrize(
    ("members", "before", "shown"),
    [
        (count(1_200), count(1_000), (1_200, True, 200)),
        (count(1_200), None, (1_200, True, None)),
        (None, count(1_000), (None, False, None)),
        (count(1_200, low=1_150), count(1_300), (1_200, False, None)),
        (count(1_200), count(1_000, low=950), (1_200, True, None)),
        (count(1_200, low=1_150), count(1_000, low=950), (1_200, False, None)),
    ],
)
def test_members(members: Count | None, before: Count | None, shown: tuple[int | None, bool, int | None]) -> None:
    """The last count of the day, whether it is exact, and how it changed where both are exact."""
    (line,) = digest(day(replace(SOURCE, members=members, members_before=before))).sources
    assert shown == (line.members, line.members_are_exact, line.members_change)


@pytest.mark.parametrize(
    ("members", "listed", "differs"),
    [
        (count(1_200), count(1_200), False),
        (count(1_200), count(1_800), True),
        (count(1_200), count(1_250, low=1_150), False),
        (count(1_200), count(1_300, low=1_250), True),
        (count(1_200, low=1_150), count(1_300, low=1_250), False),
        (count(1_200, low=1_150), count(1_301, low=1_251), True),
        (count(1_200, low=1_150), count(1_149), True),
        (None, count(1_800), False),
    ],
)
@pytest.mark.parametrize("lang", WORDS)
def test_members_as_directories_list_them(members: Count | None, listed: Count, differs: bool, lang: str) -> None:
    """Shown where they differ by more than either number's precision, with the site's name; else not mentioned."""
    said = replace(listed, origin="directory:telemetrio")
    made = digest(day(replace(SOURCE, members=members, listed=(said,))))
    expected = [("telemetrio", listed.value)] if differs else []
    assert expected == [(other.site, other.members) for other in made.sources[0].listed_otherwise]
    lines = [line for line in to_markdown(made, lang, {}).splitlines() if "telemetrio" in line]
    assert len(expected) == len(lines)
    assert all(line.startswith("- ") and f"{listed.value:,}" in line and SOURCE.address in line for line in lines)


@pytest.mark.parametrize(
    ("today", "has_data"),
    [
        (day(), False),
        (day(replace(SOURCE, hours_watched=0, reasons=())), False),
        (day(replace(SOURCE, hours_watched=0)), True),
        (day(replace(SOURCE, reasons=())), True),
        (day(flags={Severity.LOW: 1}), True),
    ],
)
def test_a_day_without_any_pass_has_no_data(today: Day, has_data: bool) -> None:
    """A blind pass is something to report, silence is not."""
    assert has_data == digest(today).has_data


def test_posts_count_once_for_each_level_and_office() -> None:
    """A post with two schools of one level counts once there; candidates that disagree are unclear."""
    posts = (
        post(mention("1"), mention("3")),
        post(mention("1", "3")),
        post(mention("2", level="middle"), mention("U", level="university")),
        post(mention("1", "2", level=None)),
        post(),
    )
    made = digest(day(posts=posts))
    assert (5, 4, 7, 2) == (made.posts, made.posts_naming_schools, made.edited, made.removed)
    assert {"high": 2, "middle": 1, "university": 1, "unclear": 1} == made.posts_by_level
    assert {"C10": 2, "B10": 1, "unclear": 2, "none": 1} == made.posts_by_office


def test_schools_that_the_register_does_not_know_are_unclear() -> None:
    """A full name without a code has no candidates."""
    made = digest(day(posts=(post(mention()), post(mention("9")))))
    assert {"unclear": 2} == made.posts_by_office


def test_what_differs_from_the_day_before() -> None:
    """Posts and flags against yesterday's, sources first seen today, sources not seen once today."""
    new = replace(SOURCE, address="https://t.me/new", first_seen=MIDNIGHT)
    blind = replace(SOURCE, address="https://t.me/blind", hours_watched=0)
    today = day(SOURCE, new, blind, posts=(post(),) * 3, flags={Severity.HIGH: 2})
    yesterday = day(SOURCE, replace(blind, hours_watched=1), posts=(post(),) * 5, flags={Severity.LOW: 1})
    news = digest(today, yesterday).since_yesterday
    assert (-2, 1, ("https://t.me/new",), ("https://t.me/blind",)) == (
        news.posts,
        news.flags,
        news.new_sources,
        news.newly_blind,
    )


@pytest.mark.parametrize(
    ("first_seen", "is_new"),
    [(MIDNIGHT - timedelta(seconds=1), False), (MIDNIGHT, True), (END - timedelta(seconds=1), True), (END, False)],
)
def test_a_source_is_new_on_the_day_on_which_it_was_first_seen(first_seen: datetime, is_new: bool) -> None:
    """Not on the days before, nor after."""
    made = digest(day(replace(SOURCE, first_seen=first_seen)))
    assert (is_new, bool(made.since_yesterday.new_sources)) == (made.sources[0].is_new, is_new)


# ------------------------------------------------------------------ as Markdown

FULL = day(
    replace(SOURCE, title="이름 | 줄\n바꿈", members=count(1_200, low=1_150)),
    posts=(post(mention("1")), post(mention("U", level="university")), post(mention("1", "2", level=None))),
    flags={Severity.CRITICAL: 1},
)


@pytest.mark.parametrize("lang", WORDS)
def test_markdown_names_no_school(lang: str) -> None:
    """And says that a mention is a claim."""
    text = to_markdown(digest(FULL), lang, {"B10": "서울특별시교육청"})
    assert WORDS[lang]["claim"] in text
    assert not [school.name for school in SCHOOLS.values() if school.name in text]
    assert "서울특별시교육청" in text


@pytest.mark.parametrize("lang", WORDS)
def test_tables_are_whole(lang: str) -> None:
    """A bar or a line break in a title does not break its row."""
    text = to_markdown(digest(FULL), lang, {})
    rows = [line.replace("\\|", "") for line in text.splitlines() if line.startswith("|")]
    assert "이름 \\| 줄 바꿈" in text
    assert all(line.endswith("|") for line in rows)
    assert {8, 3} == {line.count("|") for line in rows}


def test_languages_say_the_same() -> None:
    """Every word exists in both, with the same figures in it."""
    korean, english = WORDS["ko"], WORDS["en"]
    assert set(korean) == set(english)
    for key, words in korean.items():
        assert sorted(_figures(words)) == sorted(_figures(english[key])), key


def _figures(words: str) -> list[str]:
    return [part.split("}")[0] for part in words.split("{")[1:]]


def test_rounded_members_are_called_so() -> None:
    """More precision is never shown than was seen."""
    assert "| 약 1,200 | – |" in to_markdown(digest(FULL), "ko", {})
    assert "| 1,200 | +200 |" in to_markdown(digest(day(SOURCE)), "ko", {})
    assert "| – | – |" in to_markdown(digest(day(replace(SOURCE, members=None))), "en", {})


@pytest.mark.parametrize("lang", WORDS)
def test_a_day_without_data_says_only_that(lang: str) -> None:
    """One line instead of tables of zeros, and that silence is not safety."""
    text = to_markdown(digest(day(replace(SOURCE, hours_watched=0, reasons=()))), lang, {})
    assert "|" not in text
    custody = ["", f"## {WORDS[lang]['custody']}", "", WORDS[lang]["no_checkpoint"]]
    assert [WORDS[lang]["no_data"], WORDS[lang]["blind_note"], *custody] == text.splitlines()[3:]


def test_hours_partly_blind_have_a_column() -> None:
    """Between those watched and those blind."""
    english = to_markdown(digest(day(SOURCE)), "en", {})
    assert "| room | hours watched | hours partly blind | hours blind |" in english
    assert "| 방 https://t.me/a | 20 | 3 | 4 |" in english
    assert "| 일부 미감시(시간) |" in to_markdown(digest(day(SOURCE)), "ko", {})


def test_a_running_day_says_so() -> None:
    """With the moment of its figures."""
    running = to_markdown(digest(day(SOURCE, as_of=END - timedelta(hours=1))), "en", {})
    assert "The day is still running. Figures as of 2026-11-20T14:00:00Z." in running
