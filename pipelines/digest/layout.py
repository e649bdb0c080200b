"""Lays a summary out: which section holds what, in which order."""

from collections.abc import Iterator, Mapping

from evidence.shown import shown
from pipelines.digest.layout_watch import gaps, rooms, sources
from pipelines.digest.lines import Agreement, Figure
from pipelines.digest.model import Checkpoint, Digest, Reader, Status
from pipelines.digest.page import Page, Section, Sheet, cross, listing, number, word
from pipelines.digest.review import AGES
from pipelines.digest.words import WORDS, Lang, told

Words = Mapping[str, str]
SEVERITY_WORDS = {"high": "severity_high"}
"""Where a level of schools has the same word."""


def page_of(digest: Digest, lang: Lang, offices: Mapping[str, str], version: int | None = None) -> Page:
    """Lay a summary out.

    Args:
        digest: of a day.
        lang: language.
        offices: names of education offices by code, in that language.
        version: of a released summary; None for one that is not.
    """
    words = WORDS[lang]
    office = offices.get(digest.scope.office or "", digest.scope.office or "")
    scope = words[f"for_{digest.scope.reader}"].format(office=office)
    broken = ", ".join(check.name for check in digest.checks if not check.holds)
    as_of = words["over" if digest.is_over else "running"].format(as_of=digest.as_of)
    figures = _figures(digest, words, offices) if digest.has_data else ()
    return Page(
        lang=lang,
        title=f"{words['title']} {digest.day} ({digest.timezone})",
        scope=f"{scope} · {words['version'].format(version=version)}" if version else scope,
        warning=words["broken"].format(names=broken) if broken else "",
        notes=(as_of, *(_notes(digest, words) if digest.has_data else (words["no_data"], words["blind_note"]))),
        sentences=digest.sentences[lang] if digest.has_data else (),
        sections=(*figures, _custody(digest.checkpoint, words)),
    )


def _notes(digest: Digest, words: Words) -> Iterator[str]:
    yield words["claim"]
    yield words["blind_note"]
    yield words["units"]
    if digest.scope.smallest > 1:
        yield words["small"].format(smallest=digest.scope.smallest, withheld=words["withheld"])
    for basis in digest.legal_bases:
        yield words["basis"].format(basis=shown(basis))


def _figures(digest: Digest, words: Words, offices: Mapping[str, str]) -> Iterator[Section]:
    yield _header(digest, words)
    yield sources(digest, words)
    yield gaps(digest, words)
    if digest.scope.office is None:
        yield rooms(digest, words)
    yield _posts(digest, words, offices)
    yield _flags(digest, words)
    yield _review(digest, words)
    yield _referrals(digest, words)
    yield _trend(digest, words)
    yield _quality(digest, words)


def _header(digest: Digest, words: Words) -> Section:
    status = "status_no_data" if digest.status is Status.NO_DATA else str(digest.status)
    rows = [
        (words["day"], f"{digest.day} ({digest.timezone})"),
        (words["period"], f"{digest.starts_at} – {digest.ends_at}"),
        (words["as_of"], digest.as_of),
        (words["status"], words[status]),
    ]
    return Section(
        key="header",
        title=words["header"],
        points=tuple(words[f"lack_{lack.why}"].format(number=f"{lack.number:,}") for lack in digest.lacks),
        sheets=(
            Sheet(
                name="header",
                title=words["header"],
                columns=(words["measure"], words["content"]),
                rows=tuple((word(left), word(right)) for left, right in rows),
            ),
        ),
    )


def _posts(digest: Digest, words: Words, offices: Mapping[str, str]) -> Section:
    heads = {**words, **offices, "none": words["no_office"]}
    categories = {key.removeprefix("category_"): value for key, value in words.items() if key.startswith("category_")}
    told_posts = {"posts": told(digest.posts, words), "named": told(digest.posts_naming_schools, words)}
    changes = {"edited": told(digest.edited, words), "removed": told(digest.removed, words)}
    notes = [words["posts_line"].format(**told_posts)]
    notes += [words["changes_line"].format(**changes)] if digest.scope.office is None else []
    office_heads = {**heads, "": words["office"]}
    return Section(
        key="posts",
        title=words["posts"],
        notes=tuple(notes),
        sheets=(
            cross("office_levels", words["office_levels"], digest.office_levels, office_heads, words),
            cross(
                "level_categories",
                words["level_categories"],
                digest.level_categories,
                {**heads, **categories, "": words["level"]},
                words,
            ),
        ),
    )


def _flags(digest: Digest, words: Words) -> Section:
    heads = {**words, **{key: words[other] for key, other in SEVERITY_WORDS.items()}, "": words["severity"]}
    notes = []
    if digest.flag_delay is not None:
        delay = digest.flag_delay
        median, longest = (_time(time_s, words) for time_s in (delay.median_s, delay.longest_s))
        notes.append(words["delay"].format(median=median, longest=longest, posts=f"{delay.posts:,}"))
    sheet = cross("flags", words["flag_states"], digest.flag_states, heads, words)
    return Section(key="flags", title=words["flags"], notes=tuple(notes), sheets=(sheet,))


def _time(time_s: int, words: Words) -> str:
    """Seconds below two minutes, then minutes."""
    is_short = time_s < 120
    return words["seconds" if is_short else "minutes"].format(number=f"{time_s if is_short else round(time_s / 60):,}")


def _review(digest: Digest, words: Words) -> Section:
    review = digest.review
    down = f" {words['rounded_down']}" if review.backlog_is_rounded else ""
    rows: list[tuple[str, Figure]] = [
        (words["came_in"], review.came_in),
        (words["decided_total"], review.decided_total),
    ]
    rows += [(words["decided_as"].format(disposition=words[key]), number) for key, number in review.decided.items()]
    rows += [(words["backlog_total"] + down, review.backlog_total)]
    rows += [(words["backlog_of"].format(age=words[key]), review.backlog[key]) for key, _ in AGES]
    rows += [
        (words["overdue"] + down, review.overdue),
        (words["first_look"], review.first_look.median_min),
        (words["first_look_longest"], review.first_look.longest_min),
        (words["decision"], review.decision.median_min),
        (words["decision_longest"], review.decision.longest_min),
        (words["pairs"], review.agreement.pairs),
        (words["agreeing"], review.agreement.agreeing),
        *(beyond_chance(review.agreement, words) if digest.scope.reader is Reader.STAFF else ()),
        (words["reopened"], review.reopened),
        (words["skipped"], review.skipped),
    ]
    return Section(
        key="review",
        title=words["review"],
        notes=() if review.agreement.is_enough else (words["too_few_pairs"],),
        sheets=(listing("review", words["review"], (words["measure"], words["number"]), rows, words),),
    )


def beyond_chance(agreement: Agreement, words: Words) -> tuple[tuple[str, Figure], ...]:
    """Kappa with what it must be read beside."""
    return (words["kappa"], agreement.kappa), (words["prevalence"], agreement.prevalence)


def _referrals(digest: Digest, words: Words) -> Section:
    if not digest.referrals:
        return Section(key="referrals", title=words["referrals"], notes=(words["no_referrals"],))
    hours = tuple(digest.referrals[0].still_up)
    rows = tuple(
        (
            word(words.get(f"body_{line.body}", line.body)),
            *(number(figure, words) for figure in (line.drafted, line.sent, line.acknowledged)),
            *(number(line.still_up[hour], words) for hour in hours),
        )
        for line in digest.referrals
    )
    columns = (words["body"], words["drafted"], words["sent"], words["acknowledged"])
    still = (words["still_up"].format(hours=hour) for hour in hours)
    sheet = Sheet(name="referrals", title=words["referrals"], columns=(*columns, *still), rows=rows)
    return Section(key="referrals", title=words["referrals"], sheets=(sheet,))


def _trend(digest: Digest, words: Words) -> Section:
    compared = Sheet(
        name="trend",
        title=words["trend"],
        columns=tuple(words[name] for name in ("measure", "today", "median", "same_weekday")),
        rows=tuple(
            (
                word(words[f"trend_{line.measure}"]),
                *(number(figure, words) for figure in (line.today, line.median, line.same_weekday)),
            )
            for line in digest.trend
        ),
    )
    days = Sheet(
        name="days",
        title=words["days"],
        columns=(words["day"], *(words[f"trend_{line.measure}"] for line in digest.trend)),
        rows=tuple(
            (word(day), *(number(line.days[day], words) for line in digest.trend)) for day in digest.trend[0].days
        ),
    )
    since = digest.since_yesterday
    points = [
        words["posts_change"].format(
            posts=told(since.posts, words, signed=True), flags=told(since.flags, words, signed=True)
        )
    ]
    points += [words["new_source"].format(room=room) for room in since.new_sources]
    points += [words["newly_blind"].format(room=room) for room in since.newly_blind]
    return Section(key="trend", title=words["trend"], points=tuple(points), sheets=(compared, days))


def _quality(digest: Digest, words: Words) -> Section:
    quality = digest.quality
    rows: list[tuple[str, Figure]] = [(words["unreadable"], quality.unreadable)]
    rows += [(words["unknown_names"], quality.unknown_names)] if digest.scope.reader is Reader.STAFF else []
    rows += [(words["unclear_posts"], quality.unclear), (words["from_the_future"], quality.from_the_future)]
    sheets = [listing("quality", words["quality"], (words["measure"], words["number"]), rows, words)]
    if digest.restated:
        late = tuple(
            (word(line.day), number(line.posts_before, words), number(line.posts, words)) for line in digest.restated
        )
        columns = (words["day"], words["before_late"], words["after_late"])
        sheets.append(Sheet(name="restated", title=words["restated"], columns=columns, rows=late))
    return Section(key="quality", title=words["quality"], sheets=tuple(sheets))


def _custody(checkpoint: Checkpoint | None, words: Words) -> Section:
    if checkpoint is None:
        return Section(key="custody", title=words["custody"], notes=(words["no_checkpoint"],))
    state = words["anchored" if checkpoint.is_anchored else "not_anchored"].format(since=checkpoint.not_anchored_since)
    line = words["custody_line"].format(
        size=f"{checkpoint.size:,}", root=checkpoint.root, at=checkpoint.at, state=state
    )
    return Section(
        key="custody",
        title=words["custody"],
        notes=(line, words["witness"]),
        verbatim=checkpoint.note.rstrip("\n"),
    )
