"""``haechi summary``: the report of a day."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from config.register import OFFICES
from config.settings import Settings, load_settings
from config.watchlist_model import DEFAULT_TIMEZONE
from crawler.assemble import database, evidence_store, load_register, now, stored_watchlist
from crawler.moments import parse_day
from crawler.output import set_up_logging, warn_of_practice
from crawler.stamping import standing
from evidence.checkpoint import Files
from evidence.day import Day
from evidence.errors import ConfigError
from evidence.records import Source
from pipelines.digest import Digest, make_digest
from pipelines.digest_markdown import to_markdown
from storage.day import read_day
from storage.mongo import Store
from storage.practice import is_practice

FORMATS = ("md", "json")


@click.command()
@click.option("--day", help="Default: yesterday, or today when yesterday holds nothing. Example: --day 2026-11-01")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="md",
    show_default=True,
    help="Form of the report. Example: --format json",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json. Example: haechi summary --json")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write it there. Example: --out reports")
def summary(day: str | None, form: str, as_json: bool, out: Path | None) -> None:
    """Report a day: what was watched, what was blind, members, posts that name schools, flags."""
    set_up_logging()
    settings = load_settings()
    asked = parse_day(day, "--day") if day else None
    with database(settings) as uri:
        digest = asyncio.run(_digest(settings, uri, asked))
    form = "json" if as_json else form
    text = render(digest, form, settings)
    if out is None:
        click.echo(text, nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"haechi-{digest.day}.{form}"
    file.write_text(text, encoding="utf-8")
    click.echo(str(file), err=True)


def render(digest: Digest, form: str, settings: Settings) -> str:
    """A Digest in one of ``FORMATS``, in the language of this installation."""
    if form == "json":
        return json.dumps(asdict(digest), ensure_ascii=False) + "\n"
    return to_markdown(digest, settings.lang, {code: name for name, code in reversed(OFFICES.items())})


async def _digest(settings: Settings, uri: str, asked: date | None) -> Digest:
    async with evidence_store(settings, uri) as store:
        warn_of_practice(settings, await is_practice(store))
        return await digest_of(store, settings, asked)


async def digest_of(store: Store, settings: Settings, asked: date | None) -> Digest:
    """The Digest of a day; without one asked for, of yesterday, or of today when yesterday holds nothing."""
    watchlist = await stored_watchlist(store, settings)
    timezone = watchlist.timezone if watchlist else DEFAULT_TIMEZONE
    sources = watchlist.sources if watchlist else ()
    today = now().astimezone(ZoneInfo(timezone)).date()
    if asked is not None and asked > today:
        raise ConfigError(f'--day: "{asked}" is still to come; expected a day up to {today}')
    day = asked or today - timedelta(days=1)
    read = await _read(store, day, timezone, sources)
    if asked is None and not read.has_data:
        day = today
        read = await _read(store, day, timezone, sources)
    before = await _read(store, day - timedelta(days=1), timezone, sources)
    schools = {school.code: school for school in load_register(settings)}
    held = await asyncio.to_thread(standing, Files(folder=settings.data_dir), read.as_of)
    return make_digest(read, before, schools, held)


async def _read(store: Store, day: date, timezone: str, sources: Sequence[Source]) -> Day:
    return await read_day(store, day, timezone, sources, now())
