"""Reads a day, summarises it for a reader, writes it in any form, and remembers what was given out."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from config.register import OFFICES
from config.settings import Settings
from config.watchlist_model import DEFAULT_TIMEZONE
from crawler.assemble import now, schools_by_code, stored_watchlist
from crawler.stamping import standing
from evidence.canonical import canonical
from evidence.checkpoint import Files
from evidence.day import Day
from evidence.errors import ConfigError
from pipelines.digest import Digest, Scope, counter_of, make_digest, page_of
from pipelines.digest.charts import Chart, charts_of
from pipelines.digest.differences import Difference, differences
from pipelines.digest.html import inline, to_html
from pipelines.digest.layout_week import week_page
from pipelines.digest.markdown import to_markdown
from pipelines.digest.model import Reader
from pipelines.digest.page import Page
from pipelines.digest.schema import to_json
from pipelines.digest.scope import scope_for
from pipelines.digest.tables_csv import to_csv
from pipelines.digest.week import WeekDigest, make_week
from pipelines.digest.words import Lang
from pipelines.pdf import to_pdf
from storage.day import has_data, read_day, read_week
from storage.mongo import Store
from storage.releases import Release, last_release, release, releases

FORMATS = ("md", "html", "json", "csv", "pdf")
NO_PDF = (
    "--format pdf: {lacking} is not installed here (`make install`,"
    " `apt-get install libpangoft2-1.0-0 libharfbuzz-subset0`): or print the file of --format html"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A summary that was given out, and what it corrects."""

    release: Release
    corrections: tuple[Difference, ...]
    """Against the version before; empty for the first one."""


async def day_of(
    store: Store, settings: Settings, asked: date | None, at: datetime | None = None, *, recount: bool = False
) -> Day:
    """Read a day; without one asked for, yesterday, or today when yesterday holds nothing.

    Args:
        store: open.
        settings: of this installation.
        asked: None for the usual one.
        at: the moment as of which it is read; None for now.
        recount: look for what came late, however long ago the day was.

    Raises:
        ConfigError: the day is still to come.
    """
    watchlist = await stored_watchlist(store, settings)
    timezone = watchlist.timezone if watchlist else DEFAULT_TIMEZONE
    sources = watchlist.sources if watchlist else ()
    as_of = at or now()
    today = as_of.astimezone(ZoneInfo(timezone)).date()
    if asked is not None and asked > today:
        raise ConfigError(f'--day: "{asked}" is still to come; expected a day up to {today}')
    day = asked or today - timedelta(days=1)
    if asked is None and not await has_data(store, day, timezone, as_of):
        day = today
    schools = await asyncio.to_thread(schools_by_code, settings)
    return await read_day(store, day, timezone, sources, as_of, counter_of(schools), recount=recount)


async def digest_of(
    store: Store,
    settings: Settings,
    asked: date | None,
    scope: Scope | None = None,
    at: datetime | None = None,
    *,
    recount: bool = False,
) -> Digest:
    """The Digest of a day for a reader; for staff where none is named."""
    day = await day_of(store, settings, asked, at, recount=recount)
    held = await asyncio.to_thread(standing, Files(folder=settings.data_dir), day.as_of)
    return make_digest(day, scope or scope_for(Reader.STAFF), held)


async def week_of(store: Store, settings: Settings, asked: date | None, scope: Scope) -> WeekDigest:
    """The week up to a day, yesterday where none is named.

    Raises:
        ConfigError: the day is still to come.
    """
    watchlist, as_of = await stored_watchlist(store, settings), now()
    timezone = watchlist.timezone if watchlist else DEFAULT_TIMEZONE
    last = asked or as_of.astimezone(ZoneInfo(timezone)).date() - timedelta(days=1)
    if last > as_of.astimezone(ZoneInfo(timezone)).date():
        raise ConfigError(f'--day: "{last}" is still to come')
    return make_week(await read_week(store, last, timezone, as_of), scope)


def office_names(lang: Lang) -> dict[str, str]:
    """Names of the education offices by code."""
    if lang == "ko":
        return {code: name for name, code in reversed(OFFICES.items())}
    from console.offices import OFFICES as ENGLISH_OFFICES  # commands that print Korean do without the console

    return {code: name for code, name in ENGLISH_OFFICES.items() if code != "none"}


def render(digest: Digest, form: str, lang: Lang) -> dict[str, bytes]:
    """A Digest in one of ``FORMATS``, as files by name.

    Raises:
        ConfigError: PDF is asked for and what makes it is not there.
    """
    if form == "json":
        return {f"{file_name(digest)}.json": to_json(digest).encode()}
    page = page_of(digest, lang, office_names(lang))
    charts = charts_of(digest, lang) if form in ("html", "pdf") else ()
    return _render(page, charts, form, file_name(digest))


def render_week(week: WeekDigest, form: str, lang: Lang) -> dict[str, bytes]:
    """A week in one of ``FORMATS``, as files by name.

    Raises:
        ConfigError: PDF is asked for and what makes it is not there.
    """
    name = f"haechi-week-{week.last}{f'-{week.scope.office}' if week.scope.office else ''}"
    if form == "json":
        return {f"{name}.json": (json.dumps(asdict(week), ensure_ascii=False) + "\n").encode()}
    return _render(week_page(week, lang, office_names(lang)), (), form, name)


def _render(page: Page, charts: Sequence[Chart], form: str, name: str) -> dict[str, bytes]:
    if form == "csv":
        return {f"{name}/{sheet}": content for sheet, content in to_csv(page).items()}
    if form == "md":
        return {f"{name}.md": to_markdown(page).encode()}
    html = to_html(page, charts, inline(charts))
    return {f"{name}.html": html.encode()} if form == "html" else {f"{name}.pdf": _pdf(html)}


def file_name(digest: Digest) -> str:
    """For the files of a summary: its day, and its reader unless that is staff."""
    reader = digest.scope.office or (None if digest.scope.reader is Reader.STAFF else str(digest.scope.reader))
    return "-".join(filter(None, ("haechi", digest.day, reader)))


def _pdf(html: str) -> bytes:
    try:
        return to_pdf(html)
    except ImportError:
        raise ConfigError(NO_PDF.format(lacking="WeasyPrint")) from None
    except OSError:
        raise ConfigError(NO_PDF.format(lacking="Pango")) from None


def write(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write files below a folder; gives their paths."""
    paths = []
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        paths.append(path)
    return paths


# ------------------------------------------------------------------ given out


def checked_for_release(digest: Digest) -> Digest:
    """Give back a Digest that may be given out.

    Raises:
        ConfigError: it is staff's own, does not add up, or its day is not over.
    """
    if digest.scope.reader is Reader.STAFF:
        raise ConfigError("not given out: this summary is for staff alone: name the reader with --office or --reader")
    broken = ", ".join(check.name for check in digest.checks if not check.holds)
    if broken:
        raise ConfigError(f"not given out: the figures of {digest.day} do not agree ({broken})")
    if not digest.is_over:
        raise ConfigError(f"not given out: {digest.day} is not over in {digest.timezone}")
    return digest


def release_name(digest: Digest) -> str:
    """What all versions of a summary share."""
    return f"{digest.timezone} {digest.day} {digest.scope.office or digest.scope.reader}"


async def give_out(store: Store, digest: Digest, at: datetime) -> Released:
    """Remember a summary as given out; where nothing but the moment differs from the last version, that one stands.

    Raises:
        ConfigError: it may not be given out.
    """
    what, shown = release_name(checked_for_release(digest)), json.loads(to_json(digest))
    last = await last_release(store, what)
    if last is not None and not differences(json.loads(last.content), shown):
        return await _released(store, last)
    return await _released(store, await release(store, what, canonical(shown), at))


async def _released(store: Store, made: Release) -> Released:
    before = [one for one in await releases(store, made.what) if one.version == made.version - 1]
    corrections = differences(json.loads(before[0].content), json.loads(made.content)) if before else ()
    return Released(release=made, corrections=corrections)
