"""Makes the summary of a day from what was read of it. No clock, no store: equal days give equal summaries."""

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median
from typing import Any

from evidence.custody import moment
from evidence.day import Day, Rollup
from evidence.records import Severity
from evidence.standing import Standing
from pipelines.digest.checks import checks_of
from pipelines.digest.counting import UNCLEAR
from pipelines.digest.lines import FlagDelay, Quality, RestatedLine, SinceYesterday
from pipelines.digest.model import FORM, Checkpoint, Digest, Reader, Scope, Status
from pipelines.digest.review import STATES, referral_lines, review_line, state_of
from pipelines.digest.scope import namings_of, scope_for, within
from pipelines.digest.sentences import sentences_of
from pipelines.digest.shield import FlagTables, PostTables, difference, flag_tables, post_tables
from pipelines.digest.trend import figures_of, trend_lines
from pipelines.digest.watch import found_lines, gap_lines, is_new, lacks_of, source_line, watch_line

STAFF = scope_for(Reader.STAFF)


def make_digest(day: Day, scope: Scope = STAFF, standing: Standing | None = None) -> Digest:
    """Summarise a day.

    Args:
        day: as read.
        scope: who reads it.
        standing: of the custody log at the day's ``as_of``.
    """
    checks = checks_of(day)
    own = within(day, scope)
    raised = {str(severity): 0 for severity in reversed(Severity)}
    raised |= Counter(str(flag.severity) for flag in own.flags)
    states = {(severity, state): 0 for state in STATES for severity in raised}
    states |= Counter((str(flag.severity), state_of(flag)) for flag in own.flags)
    posts = post_tables(namings_of(own.rollups, scope), scope.smallest)
    digest = _digest(own, scope, posts, flag_tables(raised, states, scope.smallest))
    digest = replace(digest, checkpoint=_checkpoint(standing) if standing else None, checks=checks)
    return replace(digest, sentences=sentences_of(digest))


def _digest(day: Day, scope: Scope, posts: PostTables, flags: FlagTables) -> Digest:
    is_staff, is_whole = scope.reader is Reader.STAFF, scope.office is None
    lacks = lacks_of(day)
    theirs = {rollup.source for rollup in day.rollups if rollup.namings}
    listed = [source for source in day.sources if is_whole or source.address in theirs]
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
        watch=watch_line(day),
        sources=tuple(source_line(source, day, is_staff=is_staff) for source in listed),
        rooms=found_lines(day),
        **_of_posts(posts),
        edited=sum(rollup.edited for rollup in day.rollups) if is_whole else None,
        removed=sum(rollup.removed for rollup in day.rollups) if is_whole else None,
        flags=flags.by_severity,
        flags_total=flags.total,
        flag_states=flags.states,
        flag_delay=_delay(day.rollups) if is_staff else None,
        review=review_line(day, flags.total, scope.smallest),
        referrals=referral_lines(day, scope.smallest),
        gaps=gap_lines(day),
        quality=_quality(day, posts, scope),
        restated=_restated(day) if is_staff else (),
        trend=trend_lines(day, scope, flags.total),
        since_yesterday=_since_yesterday(day, scope, posts, flags),
        checks=(),
        sentences={},
    )


def _of_posts(posts: PostTables) -> dict[str, Any]:
    return {
        "posts": posts.posts,
        "posts_naming_schools": posts.named,
        "posts_by_level": posts.by_level,
        "posts_by_office": posts.by_office,
        "posts_by_category": posts.by_category,
        "office_levels": posts.office_levels,
        "level_categories": posts.level_categories,
    }


def _restated(day: Day) -> tuple[RestatedLine, ...]:
    return tuple(
        RestatedLine(day=one.day.isoformat(), posts_before=one.posts_before, posts=one.posts) for one in day.restated
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


def _delay(rollups: Sequence[Rollup]) -> FlagDelay | None:
    delays_s = sorted(delay_s for rollup in rollups for delay_s in rollup.flag_delays_s)
    if not delays_s:
        return None
    return FlagDelay(posts=len(delays_s), median_s=round(median(delays_s)), longest_s=round(delays_s[-1]))


def _quality(day: Day, posts: PostTables, scope: Scope) -> Quality:
    unclear = posts.by_office if scope.office is None else posts.by_level
    is_staff = scope.reader is Reader.STAFF
    return Quality(
        unreadable=sum(rollup.unreadable for rollup in day.rollups),
        unknown_names=sum(rollup.unknown_names for rollup in day.rollups) if is_staff else None,
        unclear=unclear.get(UNCLEAR, 0),
        from_the_future=day.from_the_future,
    )


def _since_yesterday(day: Day, scope: Scope, posts: PostTables, flags: FlagTables) -> SinceYesterday:
    """Rooms under their names for staff, under their codes for others."""
    is_staff = scope.reader is Reader.STAFF
    before = day.earlier[0] if day.earlier else None
    watched = {rollup.source for rollup in before.rollups if rollup.hours_watched} if before else set()
    then = figures_of(before.rollups, scope) if before and before.has_data else {}
    blind = (source for source in day.sources if source.address in watched and not source.rollup.hours_watched)
    return SinceYesterday(
        posts=difference(posts.posts, then.get("posts")),
        flags=difference(flags.total, then.get("flags")),
        new_sources=tuple(source.address if is_staff else source.code for source in day.sources if is_new(source, day)),
        newly_blind=tuple(source.address if is_staff else source.code for source in blind),
    )
