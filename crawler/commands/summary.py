"""``haechi summary``: the report of a day."""

import asyncio
from datetime import date
from pathlib import Path

import click

from config.settings import Settings, load_settings
from crawler.assemble import evidence_store, now
from crawler.commands.summary_send import send_summaries
from crawler.database import database
from crawler.moments import parse_day
from crawler.output import set_up_logging, stderr, warn_of_practice
from crawler.summaries import FORMATS, digest_of, give_out, office_names, render, render_week, week_of, write
from evidence.errors import ConfigError
from pipelines.digest import Digest, Reader, Scope, scope_for
from pipelines.digest.week import WeekDigest
from storage.practice import is_practice

READERS = (Reader.STAFF.value, Reader.WIDER.value)


@click.command()
@click.option("--day", help="Default: yesterday, or today when yesterday holds nothing. Example: --day 2026-11-01")
@click.option("--office", help="Only what concerns its schools, as that office may read it. Example: --office B10")
@click.option(
    "--reader",
    type=click.Choice(READERS),
    default=Reader.STAFF.value,
    show_default=True,
    help="Staff sees every number; wider readers none that is small. Example: --reader wider",
)
@click.option("--smallest", type=int, help="Raise the smallest number that is shown. Example: --smallest 20")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="md",
    show_default=True,
    help="Form of the report. Example: --format html",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json. Example: haechi summary --json")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write it there. Example: --out reports")
@click.option("--week", is_flag=True, help="Seven days up to the day: what was confirmed. Example: --week --office B10")
@click.option("--recount", is_flag=True, help="Look for what came late. Example: --day 2026-11-01 --recount")
@click.option("--send", "sends", is_flag=True, help="Send it to those on the list who did not get it. Example: --send")
@click.option("--release", is_flag=True, help="Keep it for good as given out. Example: --office B10 --release")
def summary(
    day: str | None,
    office: str | None,
    reader: str,
    smallest: int | None,
    form: str,
    as_json: bool,
    out: Path | None,
    week: bool,
    recount: bool,
    release: bool,
    sends: bool,
) -> None:
    """Report a day: what was watched and what not, members, posts that name schools, flags, review."""
    set_up_logging()
    settings = load_settings()
    asked = parse_day(day, "--day") if day else None
    if sends:
        send_summaries(settings, asked, office, out, as_json=as_json)
        return
    scope = scope_of(office, reader, smallest)
    form = "json" if as_json else form
    if form == "csv" and out is None:
        raise ConfigError("--format csv: a file for each table: say where with --out DIR")
    with database(settings) as uri:
        if week:
            files = render_week(asyncio.run(_week(settings, uri, asked, scope)), form, settings.lang)
        else:
            digest = asyncio.run(_digest(settings, uri, asked, scope, recount=recount, release=release))
            files = render(digest, form, settings.lang)
    if out is None:
        for content in files.values():
            click.echo(content, nl=False)
        return
    for path in write(files, out):
        click.echo(str(path), err=True)


def scope_of(office: str | None, reader: str, smallest: int | None) -> Scope:
    """Who reads it.

    Raises:
        ConfigError: no such office, or a threshold below the reader's own.
    """
    if office is None:
        return scope_for(Reader(reader), None, smallest)
    if office not in office_names("ko"):
        raise ConfigError(f'--office: "{office}" is no NEIS code of an office such as B10')
    return scope_for(Reader.OFFICE, office, smallest)


async def _week(settings: Settings, uri: str, asked: date | None, scope: Scope) -> WeekDigest:
    async with evidence_store(settings, uri) as store:
        warn_of_practice(settings, await is_practice(store))
        return await week_of(store, settings, asked, scope)


async def _digest(
    settings: Settings, uri: str, asked: date | None, scope: Scope, *, recount: bool, release: bool
) -> Digest:
    async with evidence_store(settings, uri) as store:
        warn_of_practice(settings, await is_practice(store))
        digest = await digest_of(store, settings, asked, scope, recount=recount)
        if release:
            given = await give_out(store, digest, now())
            stderr.print(f"released as version {given.release.version}, sha256 {given.release.sha256}")
            for one in given.corrections:
                stderr.print(f"  corrected {one.where}: {one.before} -> {one.after}", markup=False)
        return digest
