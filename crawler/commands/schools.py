"""``haechi schools``: keep the register of schools, and look into it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from channels.fetch import Fetcher
from channels.neis import fetch_schools
from channels.pace import Pace
from config.portal import read_portal
from config.register import load_all_schools, load_schools
from config.register_file import merge, write_register
from config.settings import Settings, load_settings
from crawler.assemble import now
from crawler.commands.options import json_option
from crawler.output import print_json, progress, set_up_logging, stdout, warn_of_practice
from evidence.address import is_loopback_url
from evidence.errors import ConfigError
from evidence.records import School
from pipelines.normalize import normalize
from pipelines.schools import compile_register

MOST_SHOWN = 50


@click.group()
def schools() -> None:
    """Keep the register of schools, and look into it."""


@schools.command()
@json_option
def refresh(as_json: bool) -> None:
    """Read all schools from NEIS' open API; the old register stays when anything fails.

    Needs HAECHI_NEIS_KEY. Universities are not in NEIS: see `haechi schools import`.
    """
    set_up_logging()
    settings = load_settings()
    warn_of_practice(settings)
    if not settings.neis_key:
        raise ConfigError("HAECHI_NEIS_KEY is not set: without a key NEIS gives five rows; get one at open.neis.go.kr")
    if not settings.contact and not is_loopback_url(settings.neis_base):
        raise ConfigError(
            "HAECHI_CONTACT is not set: hosts must be able to reach you; expected an e-mail or web address"
        )
    _replace(settings, asyncio.run(_fetch(settings, settings.neis_key)), as_json)


async def _fetch(settings: Settings, key: str) -> tuple[School, ...]:
    fetcher = Fetcher(contact=settings.contact, pace=Pace(settings.pace_s), allow_loopback=settings.allow_loopback)
    with progress() as bar:
        task = bar.add_task("NEIS", total=None)
        async with fetcher:
            return await fetch_schools(
                fetcher,
                settings.neis_base.rstrip("/"),
                key,
                lambda read, total: bar.update(task, completed=read, total=total),
            )


@schools.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def import_file(file: Path, as_json: bool) -> None:
    """Read a list of a public data portal: schools of NEIS or of the location standard, or universities of KCUE.

    Example: haechi schools import 전국대학및전문대학정보표준데이터.csv
    """
    set_up_logging()
    _replace(load_settings(), read_portal(file), as_json)


def _replace(settings: Settings, new: Sequence[School], as_json: bool) -> None:
    """Put the new list into the register file, and say what changed."""
    path = settings.schools or settings.own_register
    old = load_schools(path) if path.exists() else ()
    current, former = merge(old, new, now().year)
    write_register(path, current, former)
    before = {(school.code, school.name) for school in old if not school.until}
    after = {(school.code, school.name) for school in current}
    row = {
        "file": str(path),
        "schools": len(current),
        "new": len(after - before),
        "gone": len(before - after),
        "former": len(former),
    }
    if as_json:
        print_json(row)
    else:
        stdout.print(
            "✓ {file}: {schools:,} schools, {new:,} new, {gone:,} gone, {former:,} former".format(**row), markup=False
        )


@schools.command()
@click.argument("text")
@json_option
def find(text: str, as_json: bool) -> int:
    """Look a school up by any way of writing its name, by a part of it, or by its code; 1 where there is none.

    Example: haechi schools find 중앙고
    """
    found = look_up(text, load_all_schools(load_settings().register))
    for school in found[:MOST_SHOWN]:
        if as_json:
            print_json({name: getattr(school, name) for name in ("code", *SHOWN)})
        else:
            place = " ".join(filter(None, (school.province, school.district)))
            until = f" (until {school.until})" if school.until else ""
            stdout.print(f"{school.code:<12} {school.name}{until}  {school.level}  {place}", markup=False)
    if len(found) > MOST_SHOWN:
        click.echo(f"{len(found) - MOST_SHOWN} more: write more of the name", err=True)
    elif not found:
        click.echo(f'"{text}": no such school in the register', err=True)
    return 0 if found else 1


SHOWN = ("name", "level", "province", "district", "office", "name_en", "homepage", "until")


def look_up(text: str, register: Sequence[School]) -> list[School]:
    """Find schools by code or alias; else by a part of their names."""
    wanted = normalize(text.strip()).text
    by_code = [school for school in register if wanted and wanted == school.code.casefold()]
    if by_code or not wanted:
        return by_code
    compiled = compile_register(register)
    index = compiled.by_text.get(wanted)
    if index is not None:
        return [compiled.schools[number] for number in compiled.aliases[index].schools]
    return [
        school for school in register if wanted in normalize(school.name).text or wanted in school.name_en.casefold()
    ]
