"""The summary of a day as Markdown, in Korean or English."""

from collections.abc import Iterator, Mapping

from evidence.shown import shown_in_markdown
from pipelines.digest import Checkpoint, Digest, SourceLine

WORDS: dict[str, dict[str, str]] = {
    "ko": {
        "title": "일일 요약",
        "running": "진행 중인 날입니다. 아래 수치는 {as_of} 기준입니다.",
        "over": "{as_of} 기준입니다.",
        "no_data": "이 날에는 아무것도 감시하지 않았습니다. 보고할 수치가 없습니다.",
        "claim": "언급은 글쓴이의 주장이며 확인된 사실이 아닙니다. 학교 이름은 싣지 않습니다.",
        "blind_note": "감시하지 못한 시간의 침묵은 안전을 뜻하지 않습니다.",
        "sources": "감시 대상",
        "source": "방",
        "watched": "감시(시간)",
        "partly": "일부 미감시(시간)",
        "blind": "미감시(시간)",
        "members": "구성원",
        "change": "전날 대비",
        "why": "미감시 사유",
        "posts": "학교를 언급한 게시물",
        "posts_line": "새로 보관한 게시물 {posts}건, 그중 학교 언급 {named}건."
        " 읽은 게시물 전체에서 수정 {edited}건, 삭제 {removed}건.",
        "level": "학교급",
        "office": "교육청",
        "number": "게시물",
        "flags": "검토 요청",
        "delay": "게시부터 검토 요청까지 중앙값 {median}, 최장 {longest} (감시 중에 올라온 {posts}건).",
        "listed": "{site}에는 {listed}명으로 올라 있음: {address} ({members})",
        "basis": "텔레그램 프로토콜로 읽은 법적 근거: {basis}",
        "seconds": "{:,.0f}초",
        "minutes": "{:,.0f}분",
        "severity": "심각도",
        "news": "어제와 달라진 점",
        "posts_change": "보관 게시물 {posts:+d}건, 검토 요청 {flags:+d}건",
        "new_source": "새 감시 대상: {address}",
        "newly_blind": "어제는 보였으나 오늘은 한 번도 보지 못함: {address}",
        "custody": "증거 보관 이력(로그)",
        "custody_line": "기록 {size}건, 루트 {root}, {at} 서명. {state}.",
        "anchored": "외부 기관의 시각 확인 있음",
        "not_anchored": "{since}부터 고정되지 않음: 외부 기관의 시각 확인 없음",
        "witness": "이 요약을 보관하십시오. 아래 체크포인트가 있으면 나중에 기록이 바뀌거나 잘렸는지 확인할 수 있습니다"
        " (haechi evidence verify --checkpoint 파일).",
        "no_checkpoint": "아직 서명된 체크포인트가 없습니다.",
        "none": "없음",
        "about": "약 ",
        "is_new": "신규",
        "elementary": "초등학교",
        "middle": "중학교",
        "high": "고등학교",
        "special": "특수학교",
        "other": "기타 학교",
        "university": "대학교",
        "unclear": "불명확",
        "no_office": "해당 없음(대학)",
        "severity_critical": "매우 높음",
        "severity_high": "높음",
        "severity_medium": "보통",
        "severity_low": "낮음",
    },
    "en": {
        "title": "Daily summary",
        "running": "The day is still running. Figures as of {as_of}.",
        "over": "Figures as of {as_of}.",
        "no_data": "Nothing was watched on this day: there are no figures to report.",
        "claim": "A mention is a claim by the author of a post, not a fact. No school is named here.",
        "blind_note": "Silence in hours that were not watched does not mean safety.",
        "sources": "Sources",
        "source": "room",
        "watched": "hours watched",
        "partly": "hours partly blind",
        "blind": "hours blind",
        "members": "members",
        "change": "since the day before",
        "why": "why blind",
        "posts": "Posts that name schools",
        "posts_line": "{posts} posts newly kept, {named} of them name a school."
        " Of all posts read, {edited} were edited and {removed} removed.",
        "level": "level",
        "office": "education office",
        "number": "posts",
        "flags": "Flags for review",
        "delay": "From post to flag: median {median}, longest {longest} ({posts} posts that came while watched).",
        "listed": "{site} lists {listed} members: {address} ({members})",
        "basis": "Legal basis of reading through Telegram's protocol: {basis}",
        "seconds": "{:,.0f} s",
        "minutes": "{:,.0f} min",
        "severity": "severity",
        "news": "New since yesterday",
        "posts_change": "posts kept {posts:+d}, flags {flags:+d}",
        "new_source": "new source: {address}",
        "newly_blind": "seen yesterday, not once today: {address}",
        "custody": "Chain of custody (log)",
        "custody_line": "{size} entries, root {root}, signed {at}. {state}.",
        "anchored": "With a time stamp of an outside authority",
        "not_anchored": "Not anchored since {since}: no time stamp of an outside authority",
        "witness": "Keep this summary: with the checkpoint below it can be told later whether the log was changed or"
        " cut (haechi evidence verify --checkpoint FILE).",
        "no_checkpoint": "There is no signed checkpoint yet.",
        "none": "none",
        "about": "about ",
        "is_new": "new",
        "elementary": "elementary school",
        "middle": "middle school",
        "high": "high school",
        "special": "special school",
        "other": "other school",
        "university": "university",
        "unclear": "unclear",
        "no_office": "none (universities)",
        "severity_critical": "critical",
        "severity_high": "high",
        "severity_medium": "medium",
        "severity_low": "low",
    },
}


def to_markdown(digest: Digest, lang: str, offices: Mapping[str, str]) -> str:
    """Write the summary.

    Args:
        digest: of the day.
        lang: ``ko`` or ``en``.
        offices: names of education offices by code.
    """
    words = WORDS[lang]
    return "\n".join(
        [
            f"# {words['title']} {digest.day} ({digest.timezone})",
            "",
            words["over" if digest.is_over else "running"].format(as_of=digest.as_of),
            *(_figures(digest, words, offices) if digest.has_data else [words["no_data"], words["blind_note"]]),
            *_custody(digest.checkpoint, words),
            "",
        ]
    )


def _figures(digest: Digest, words: Mapping[str, str], offices: Mapping[str, str]) -> Iterator[str]:
    yield words["claim"]
    yield words["blind_note"]
    for basis in digest.legal_bases:
        yield words["basis"].format(basis=shown_in_markdown(basis))
    yield from _sources(digest, words)
    yield from _posts(digest, words, offices)
    yield from _flags(digest, words)
    yield from _news(digest, words)


def _sources(digest: Digest, words: Mapping[str, str]) -> Iterator[str]:
    yield from _heading(words["sources"])
    yield from _head(*(words[name] for name in ("source", "watched", "partly", "blind", "members", "change", "why")))
    for line in digest.sources:
        change = f"{line.members_change:+,}" if line.members_change is not None else "–"
        reasons = shown_in_markdown("; ".join(line.reasons[:2])) or "–"
        hours = (line.hours_watched, line.hours_partly, line.hours_blind)
        yield _row(_room(line, words), *hours, _members(line, words), change, reasons)
    differing = [(line, listed) for line in digest.sources for listed in line.listed_otherwise]
    if differing:
        yield ""
    for line, listed in differing:
        yield "- " + words["listed"].format(
            site=listed.site, listed=f"{listed.members:,}", address=line.address, members=_members(line, words)
        )


def _room(line: SourceLine, words: Mapping[str, str]) -> str:
    new = f" ({words['is_new']})" if line.is_new else ""
    return f"{shown_in_markdown(line.title or '–')} {line.address}{new}"


def _members(line: SourceLine, words: Mapping[str, str]) -> str:
    if line.members is None:
        return "–"
    return ("" if line.members_are_exact else words["about"]) + f"{line.members:,}"


def _posts(digest: Digest, words: Mapping[str, str], offices: Mapping[str, str]) -> Iterator[str]:
    yield from _heading(words["posts"])
    yield words["posts_line"].format(
        posts=digest.posts, named=digest.posts_naming_schools, edited=digest.edited, removed=digest.removed
    )
    yield ""
    yield from _table(words["level"], words["number"], {words[key]: n for key, n in digest.posts_by_level.items()})
    yield ""
    named = {"unclear": words["unclear"], "none": words["no_office"], **offices}
    yield from _table(
        words["office"], words["number"], {named.get(key, key): n for key, n in digest.posts_by_office.items()}
    )


def _flags(digest: Digest, words: Mapping[str, str]) -> Iterator[str]:
    yield from _heading(words["flags"])
    yield from _table(
        words["severity"], words["number"], {words[f"severity_{key}"]: n for key, n in digest.flags.items()}
    )
    if digest.flag_delay is not None:
        delay = digest.flag_delay
        yield ""
        yield words["delay"].format(
            median=_time(delay.median_s, words), longest=_time(delay.longest_s, words), posts=delay.posts
        )


def _time(time_s: float, words: Mapping[str, str]) -> str:
    """Seconds below two minutes, then minutes."""
    return words["seconds"].format(time_s) if time_s < 120 else words["minutes"].format(time_s / 60)


def _news(digest: Digest, words: Mapping[str, str]) -> Iterator[str]:
    news = digest.since_yesterday
    yield from _heading(words["news"])
    yield "- " + words["posts_change"].format(posts=news.posts, flags=news.flags)
    for address in news.new_sources:
        yield "- " + words["new_source"].format(address=address)
    for address in news.newly_blind:
        yield "- " + words["newly_blind"].format(address=address)


def _custody(checkpoint: Checkpoint | None, words: Mapping[str, str]) -> Iterator[str]:
    yield from _heading(words["custody"])
    if checkpoint is None:
        yield words["no_checkpoint"]
        return
    state = words["anchored" if checkpoint.is_anchored else "not_anchored"].format(since=checkpoint.not_anchored_since)
    yield words["custody_line"].format(
        size=f"{checkpoint.size:,}", root=f"`{checkpoint.root}`", at=checkpoint.at, state=state
    )
    yield words["witness"]
    yield from ("", "```", checkpoint.note.rstrip("\n"), "```")


def _heading(text: str) -> Iterator[str]:
    yield from ("", f"## {text}", "")


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield _row(*("---" for _ in names))


def _table(left: str, right: str, numbers: Mapping[str, int]) -> Iterator[str]:
    yield from _head(left, right)
    for name, number in numbers.items():
        yield _row(name, number)


def _row(*cells: object) -> str:
    """Words of strangers among the cells are made harmless before."""
    return "| " + " | ".join(map(str, cells)) + " |"
