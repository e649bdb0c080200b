"""The summary of a day: what is counted, what counts as blind, what is compared, and that it adds up."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from evidence.day import Acted, BlindHours, Day, FoundRooms, Restated
from evidence.errors import ConfigError
from evidence.progress import State, Step
from evidence.records import Severity
from evidence.review import Disposition
from evidence.rooms import Found, Standing
from pipelines.digest import make_digest, scope_for
from pipelines.digest.causes import Cause, cause_of
from pipelines.digest.lines import FlagDelay
from pipelines.digest.model import Reader, Status
from tests.pipelines.digest.making import (
    DAY,
    END,
    MIDNIGHT,
    STAFF,
    WIDER,
    before,
    day,
    digest,
    flag,
    mention,
    post,
    rollup,
    source,
)


def test_an_empty_day() -> None:
    """Zeros, with every severity named, gravest first; no data is not nought."""
    made = digest(day())
    assert ("2026-11-20", "Asia/Seoul", "2026-11-21T00:00:00Z", True) == (
        made.day,
        made.timezone,
        made.as_of,
        made.is_over,
    )
    assert ["critical", "high", "medium", "low"] == list(made.flags)
    assert (0, 0, {}, {}) == (made.posts, made.posts_naming_schools, made.posts_by_level, made.posts_by_office)
    assert (False, Status.NO_DATA, None) == (made.has_data, made.status, made.trend[0].today)
    assert Status.PARTIAL is digest(day(source(rollup()))).status


@pytest.mark.parametrize(
    ("today", "has_data"),
    [
        (day(), False),
        (day(source(rollup(passes=0, hours_watched=0, blind=()))), False),
        (day(source(rollup(passes=0, hours_watched=0))), True),
        (day(source(rollup(blind=()))), True),
        (day(flags=(flag(),)), True),
    ],
)
def test_a_day_without_any_pass_has_no_data(today: Day, has_data: bool) -> None:
    """A blind pass is something to report, silence is not."""
    assert has_data == digest(today).has_data


@pytest.mark.parametrize(("as_of", "is_over"), [(END, True), (END - timedelta(seconds=1), False)])
def test_a_day_is_over_at_its_end(as_of: datetime, is_over: bool) -> None:
    """Before it, figures are those of a running day, and it says so."""
    made = digest(day(source(rollup()), as_of=as_of))
    assert (is_over, not is_over) == (made.is_over, "day_is_running" in {lack.why for lack in made.lacks})


def test_what_is_lacking_is_named() -> None:
    """A pass under way, a clock set back, hours not watched: the day is partial."""
    whole = source(rollup(hours_watched=24, blind=()))
    assert Status.COMPLETE is digest(day(whole)).status
    made = digest(day(source(rollup()), under_way=2, from_the_future=1))
    assert {"passes_under_way": 2, "clock_set_back": 1, "hours_blind": 4} == {
        lack.why: lack.number for lack in made.lacks
    }


def test_hours_that_were_not_watched_are_blind() -> None:
    """Whatever the cause; causes add up to the blind hours."""
    blind = (
        BlindHours(reason="answered 500", hours=5, unwatched=2),
        BlindHours(reason="answered 429: wait", hours=1, unwatched=1),
    )
    made = digest(day(source(rollup(blind=blind)), source(rollup(source="https://t.me/b"), hours_due=20)))
    line, other = made.sources
    assert (20, 3, 4, ("answered 500", "answered 429: wait")) == (
        line.hours_watched,
        line.hours_partly,
        line.hours_blind,
        line.reasons,
    )
    assert (20, 0) == (other.hours_watched, other.hours_blind)
    assert [("no_answer", 2, 1), ("no_pass", 1, 1), ("wait", 1, 1)] == [
        (gap.cause, gap.hours, gap.sources) for gap in made.gaps
    ]
    assert 4 == made.watch.hours_blind == sum(gap.hours for gap in made.gaps)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("", Cause.NOT_LOOKED),
        ("t.me asked us to wait 30 s, which are not over", Cause.WAIT),
        ("robots.txt of t.me disallows /s/a", Cause.REFUSED),
        ("HAECHI_LEGAL_BASIS is not set", Cause.NOT_SET_UP),
        ("a channel without public preview", Cause.NOT_SHOWN),
        ("not a page of t.me", Cause.NOT_READABLE),
        ("https://t.me/s/a: answered 503", Cause.NO_ANSWER),
        ("something new", Cause.OTHER),
    ],
)
def test_causes(reason: str, cause: Cause) -> None:
    """A few words without the room's name."""
    assert cause is cause_of(reason)


def test_each_post_counts_once() -> None:
    """Under one office and one level: several where it names more, unclear where candidates disagree."""
    posts = (
        post(mention("1"), mention("3"), terms=("threat", "synthetic-media")),
        post(mention("1", "3")),
        post(mention("2", level="middle"), mention("U", level="university"), terms=("awareness", "threat")),
        post(mention("1", "2", level=None)),
        post(mention("1"), terms=("a-rule-of-ours",)),
        post(mention()),
        post(),
    )
    made = digest(day(source(rollup(*posts))))
    assert (7, 6) == (made.posts, made.posts_naming_schools)
    assert {"high": 4, "several": 1, "unclear": 1} == made.posts_by_level
    assert {"B10": 1, "several": 2, "unclear": 3} == made.posts_by_office
    assert {"threat": 1, "awareness": 1, "no_term": 4} == made.posts_by_category
    assert 6 == sum(row.total for row in made.office_levels.rows if isinstance(row.total, int))
    seoul = make_digest(day(source(rollup(*posts))), replace(scope_for(Reader.OFFICE, "B10"), smallest=1))
    assert (4, {"high": 3, "unclear": 1}) == (seoul.posts, seoul.posts_by_level)


def test_flags_by_severity_and_state() -> None:
    """What was decided after the moment is not decided yet; all add up."""
    flags = (
        flag(Severity.CRITICAL),
        flag(state=State.CLAIMED),
        flag(state=State.FINAL, disposition=Disposition.CONFIRMED),
    )
    made = digest(day(flags=flags))
    assert {"critical": 1, "high": 2, "medium": 0, "low": 0} == made.flags
    assert (1, 1, 1, 3) == (
        made.flag_states.totals["waiting"],
        made.flag_states.totals["in_review"],
        made.flag_states.totals["confirmed"],
        made.flags_total,
    )


def test_delay_from_post_to_flag() -> None:
    """Median and longest of the flagged posts that came while their source was watched; None without any."""
    made = digest(day(source(rollup(flag_delays_s=(1.0, 5.0, 90.0)))))
    assert FlagDelay(posts=3, median_s=5, longest_s=90) == made.flag_delay
    assert digest(day()).flag_delay is None


def test_review() -> None:
    """In, out, backlog by age, too late, times, agreement."""
    at, as_of = MIDNIGHT, END + timedelta(hours=9)
    ages = (timedelta(hours=5), timedelta(days=2), timedelta(days=5), timedelta(days=30))
    decided = flag(state=State.FINAL, disposition=Disposition.LIKELY, decided_at=at + timedelta(hours=2))
    acted = (
        Acted(step=Step.SECOND, offices=(), agrees=True),
        Acted(step=Step.SECOND, offices=(), agrees=False),
        Acted(step=Step.REOPEN, offices=()),
    )
    review = digest(
        day(
            flags=(flag(first_look_at=at + timedelta(minutes=10)), flag(first_look_at=at + timedelta(minutes=30))),
            waiting=tuple(flag(at=as_of - age, due_at=as_of - timedelta(days=1)) for age in ages),
            decided=(decided,),
            acted=acted,
        )
    ).review
    assert (2, 1, 1, 4, 4) == (
        review.came_in, review.decided_total, review.decided["likely"], review.backlog_total, review.overdue
    )  # fmt: skip
    assert [1, 1, 1, 1] == list(review.backlog.values())
    assert (2, 20, 30) == (review.first_look.flags, review.first_look.median_min, review.first_look.longest_min)
    assert (1, 120, 120) == (review.decision.flags, review.decision.median_min, review.decision.longest_min)
    assert (2, 1, False, 1) == (
        review.agreement.pairs, review.agreement.agreeing, review.agreement.is_enough, review.reopened
    )  # fmt: skip


@pytest.mark.parametrize(
    ("both", "first", "neither", "told"),
    [(20, 5, 25, (50, 45, 80, 45)), (20, 4, 25, (49, 45, None, None)), (0, 0, 60, (60, 60, None, 0))],
)
def test_agreement_beyond_chance(both: int, first: int, neither: int, told: tuple[int | None, ...]) -> None:
    """Kappa with the number of pairs and how much was confirmed, from fifty pairs on, for staff; 0.8 by hand."""
    yes, no = Disposition.CONFIRMED, Disposition.NOT_RELEVANT
    found = [(yes, yes)] * both + [(yes, no)] * first + [(no, no)] * neither
    acted = tuple(Acted(step=Step.SECOND, offices=(), agrees=one == other, found=(one, other)) for one, other in found)
    review = digest(day(source(rollup()), acted=acted)).review.agreement
    assert told == (review.pairs, review.agreeing, review.kappa, review.prevalence)
    wider = digest(day(source(rollup()), acted=acted), WIDER).review.agreement
    assert (None, None) == (wider.kappa, wider.prevalence)


def test_beside_the_week() -> None:
    """The median of seven days and the same weekday; days without figures are none, fewer than five are too few."""
    made = digest(day(source(rollup(*[post(mention("1"))] * 4)), earlier=before(9, 1, 3, 5, 7, 2, 8, 99)))
    line = next(line for line in made.trend if line.measure == "posts_naming_schools")
    assert (4, 5, 8) == (line.today, line.median, line.same_weekday)
    assert {"2026-11-13": 8, "2026-11-19": 9} == {key: line.days[key] for key in ("2026-11-13", "2026-11-19")}
    assert (-5, 0) == (made.since_yesterday.posts, made.since_yesterday.flags)
    few = tuple(one if place < 4 else replace(one, rollups=()) for place, one in enumerate(before(*range(1, 8))))
    line = digest(day(source(rollup()), earlier=few)).trend[0]
    assert (None, None, None) == (line.median, line.same_weekday, line.days["2026-11-13"])


def test_what_differs_from_the_day_before() -> None:
    """Sources first seen today, sources not seen once today."""
    new = source(rollup(source="https://t.me/new"), first_seen=MIDNIGHT)
    blind = source(rollup(hours_watched=0))
    made = digest(day(new, blind, earlier=before(1)))
    assert (("https://t.me/new",), ("https://t.me/a",)) == (
        made.since_yesterday.new_sources,
        made.since_yesterday.newly_blind,
    )


@pytest.mark.parametrize(
    ("first_seen", "is_new"),
    [(MIDNIGHT - timedelta(seconds=1), False), (MIDNIGHT, True), (END - timedelta(seconds=1), True), (END, False)],
)
def test_a_source_is_new_on_the_day_on_which_it_was_first_seen(first_seen: datetime, is_new: bool) -> None:
    """Not on the days before, nor after."""
    assert is_new == digest(day(source(rollup(), first_seen=first_seen))).sources[0].is_new


def test_rooms_found_and_days_restated() -> None:
    """By where they were found and what became of them; a day to which something came late has both numbers."""
    rooms = (
        FoundRooms(found=Found.LINK, standing=Standing.CANDIDATE, rooms=3),
        FoundRooms(found=Found.LINK, standing=None, rooms=1),
    )
    made = digest(day(source(rollup()), rooms=rooms, restated=(Restated(day=DAY, posts_before=4, posts=6),)))
    assert [("link", 3, 0, 1)] == [(line.found, line.candidate, line.refused, line.other) for line in made.rooms]
    assert [("2026-11-20", 4, 6)] == [(line.day, line.posts_before, line.posts) for line in made.restated]


def test_a_summary_that_does_not_add_up_says_so() -> None:
    """Numbers from different places are held against each other."""
    assert digest(day(source(rollup(post(mention("1")))), flags=(flag(),))).adds_up
    wrong = digest(day(source(replace(rollup(post(mention("1"))), posts=2))))
    assert ["posts_sorted"] == [check.name for check in wrong.checks if not check.holds]
    assert "not given out" in wrong.sentences["en"][0]
    lost = replace(day(flags=(flag(),)), flags=())
    assert ["flags_raised"] == [check.name for check in digest(lost).checks if not check.holds]


def test_equal_days_give_equal_summaries() -> None:
    """Byte for byte."""
    assert digest(day(source(rollup()))) == digest(day(source(rollup())), STAFF)


def test_a_threshold_may_only_be_raised() -> None:
    """Five for offices, ten for wider readers; and only an office has a code."""
    assert (1, 5, 10, 12) == (
        scope_for(Reader.STAFF).smallest,
        scope_for(Reader.OFFICE, "B10").smallest,
        scope_for(Reader.WIDER).smallest,
        scope_for(Reader.WIDER, None, 12).smallest,
    )
    with pytest.raises(ConfigError, match="expected 5 or more for office"):
        scope_for(Reader.OFFICE, "B10", 4)
    with pytest.raises(ConfigError, match="an office, and no other, has a code"):
        scope_for(Reader.WIDER, "B10")
