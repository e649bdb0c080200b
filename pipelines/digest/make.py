"""Makes the summary of a day from what was read of it. No clock, no store: equal days give equal summaries."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median

from evidence.custody import moment
from evidence.day import Day, Rollup, SourceDay
from evidence.standing import Standing
from pipelines.digest.causes import Cause, cause_of
from pipelines.digest.counting import NATION, UNCLEAR
from pipelines.digest.lines import (
    Check,
    Checkpoint,
    Figure,
    FlagDelay,
    FoundLine,
    GapLine,
    Quality,
    RestatedLine,
    SinceYesterday,
    SourceLine,
)
from pipelines.digest.members import anomaly, change_between, listed_otherwise, week_change
from pipelines.digest.model import FORM, Digest, Lack, Reader, Scope, Status
from pipelines.digest.review import STATES, referral_lines, review_line, state_of
from pipelines.digest.scope import namings_of, raised_in, scope_for, within
from pipelines.digest.sentences import sentences_of
from pipelines.digest.shield import FlagTables, PostTables, difference, flag_tables, post_tables
from pipelines.digest.trend import figures_of, trend_lines

STAFF = scope_for(Reader.STAFF)


def make_digest(day: Day, scope: Scope = STAFF, standing: Standing | None = None) -> Digest:
    """Summarise a day.

    Args:
        day: as read.
        scope: who reads it.
        standing: of the custody log at the day's ``as_of``.
    """
    checks = tuple(_checks(day, scope))
    own = within(day, scope)
    posts = post_tables(namings_of(own.rollups, scope), scope.smallest)
    states = {(str(severity), state): 0 for severity in raised_in(own.rollups, scope) for state in STATES}
    states |= Counter((str(flag.severity), state_of(flag)) for flag in own.flags)
    flags = flag_tables(_by_severity(own), states, scope.smallest)
    digest = _digest(own, scope, posts, flags)
    digest = replace(digest, checkpoint=_checkpoint(standing) if standing else None, checks=checks)
    return replace(digest, sentences=sentences_of(digest))


def _digest(day: Day, scope: Scope, posts: PostTables, flags: FlagTables) -> Digest:
    is_staff, is_whole = scope.reader is Reader.STAFF, scope.office is None
    lacks = tuple(_lacks(day))
    assert flags.states is not None  # noqa: S101 - asked for
    return Digest(
        form=FORM,
        scope=scope,
        day=day.date.isoformat(),
        timezone=day.timezone,
        starts_at=_time(day.starts_at),
        ends_at=_time(day.ends_at),
        as_of=_time(day.as_of),
        is_over=day.as_of >= day.ends_at,
        has_data=day.has_data,
        status=Status.NO_DATA if not day.has_data else Status.PARTIAL if lacks else Status.COMPLETE,
        lacks=lacks,
        checkpoint=None,
        legal_bases=day.legal_bases,
        sources=tuple(_source_line(source, day, is_staff=is_staff) for source in day.sources),
        rooms=tuple(_found_lines(day)),
        posts=posts.posts,
        posts_naming_schools=posts.named,
        posts_by_level=posts.by_level,
        posts_by_office=posts.by_office,
        posts_by_category=posts.by_category,
        office_levels=posts.office_levels,
        level_categories=posts.level_categories,
        edited=sum(rollup.edited for rollup in day.rollups) if is_whole else None,
        removed=sum(rollup.removed for rollup in day.rollups) if is_whole else None,
        flags=flags.by_severity,
        flags_total=flags.total,
        flag_states=flags.states,
        flag_delay=_delay(day.rollups) if is_staff else None,
        review=review_line(day, flags.total, scope.smallest),
        referrals=referral_lines(day.referrals, scope.smallest),
        gaps=tuple(_gaps(day)),
        quality=_quality(day, posts, scope),
        restated=tuple(
            RestatedLine(day=one.day.isoformat(), posts_before=one.posts_before, posts=one.posts)
            for one in (day.restated if is_staff else ())
        ),
        trend=trend_lines(day, scope),
        since_yesterday=_since_yesterday(day, scope, posts, flags),
        checks=(),
        sentences={},
    )


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _checkpoint(standing: Standing) -> Checkpoint:
    note = standing.note
    return Checkpoint(
        log=note.log,
        size=note.size,
        root=b64encode(note.root).decode(),
        at=moment(note.at),
        is_anchored=standing.is_anchored,
        not_anchored_since=None if standing.is_anchored else moment(standing.since),
        note=note.text,
    )
