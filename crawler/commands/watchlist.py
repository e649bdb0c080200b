"""``haechi watchlist``: check a file, see the stored versions and what differs, try one over what is stored."""

import asyncio
from pathlib import Path

import click

from channels.directory import SITES
from config.settings import Settings, load_settings
from config.watchlist import parse_watchlist
from config.watchlist_diff import diff_entries, diff_lines
from crawler.assemble import criteria_for, evidence_store, now, read_watchlist_file, stored_watchlist
from crawler.commands.options import json_option
from crawler.database import database
from crawler.moments import parse_moment
from crawler.output import print_json, progress, set_up_logging, stdout, warn_of_practice
from crawler.rows import Row, time
from crawler.trying import places_to_try, try_criteria
from evidence.errors import ConfigError
from evidence.shown import shown
from evidence.trial import Trial, TrialMatch
from storage.mongo import Store
from storage.practice import is_practice
from storage.watchlists import all_versions, read_version


@click.group()
def watchlist() -> None:
    """Check watchlists, see their versions and what differs, and try one over what is stored."""


@watchlist.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check a watchlist; every mistake is named with its line.

    Example: haechi watchlist check rooms.yaml
    """
    found = read_watchlist_file(file, load_settings())
    row: Row = {
        "file": str(file),
        "sources": len(found.sources),
        "directories": len(found.directories),
        "terms": len(found.terms),
        "rules": len(found.rules),
    }
    if as_json:
        print_json(row)
    else:
        numbers = ", ".join(f"{number} {name}" for name, number in row.items() if name != "file")
        stdout.print(f"✓ {file}: {numbers}", markup=False)


@watchlist.command()
@json_option
def history(as_json: bool) -> None:
    """List the stored versions, newest first.

    Example: haechi watchlist history
    """
    set_up_logging()
    settings = load_settings()

    async def read(uri: str) -> list[Row]:
        async with evidence_store(settings, uri) as store:
            return [
                {
                    "version": version.number,
                    "name": version.name,
                    "imported_at": time(version.imported_at),
                    "by": version.by,
                    "why": version.why,
                    "sha256": version.sha256,
                }
                for version in await all_versions(store)
            ]

    with database(settings) as uri:
        rows = asyncio.run(read(uri))
    for row in rows:
        why = shown("  ".join(filter(None, (row["name"], row["by"], row["why"]))))
        line = f"{row['version']:>4}  {row['imported_at']}  {why}"
        print_json(row) if as_json else stdout.print(line, markup=False)


@watchlist.command()
@click.argument("old")
@click.argument("new")
@json_option
def diff(old: str, new: str, as_json: bool) -> None:
    """Show what differs between two watchlists; each is a file, or the number of a stored version.

    Example: haechi watchlist diff 3 rooms.yaml
    """
    set_up_logging()
    settings = load_settings()
    before, after = _texts(settings, old, new)
    if as_json:
        for one in diff_entries(before, after):
            print_json({"section": one.section, "name": one.name, "before": one.before, "after": one.after})
        return
    lines = diff_lines(before, after)
    for line in lines:
        stdout.print(f"{line.sign} {shown_line(line.text)}".rstrip(), markup=False)
    if not lines:
        stdout.print("no difference")


def shown_line(text: str) -> str:
    """A line as it may be shown, with its indent."""
    return text[: len(text) - len(text.lstrip(" "))] + shown(text)


def _texts(settings: Settings, *names: str) -> list[str]:
    """The texts of files and of stored versions, each checked."""

    async def read(uri: str) -> list[str]:
        async with evidence_store(settings, uri) as store:
            return [await _text(settings, name, store) for name in names]

    if not any(name.isdecimal() for name in names):
        return [asyncio.run(_text(settings, name, None)) for name in names]
    with database(settings) as uri:
        return asyncio.run(read(uri))


async def _text(settings: Settings, name: str, store: Store | None) -> str:
    if store is None or not name.isdecimal():
        read_watchlist_file(Path(name), settings)
        return await asyncio.to_thread(Path(name).read_text, encoding="utf-8")
    version = await read_version(store, int(name))
    if version is None:
        raise ConfigError(f"watchlist version {name} is not stored: `haechi watchlist history` lists those that are")
    parse_watchlist(version.text, f"version {name}", SITES, settings.allow_loopback or await is_practice(store))
    return version.text


@watchlist.command("try")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--since", default="7d", show_default=True, help="Over what was received from then on. Example: --since 24h"
)
@json_option
def try_file(file: Path, since: str, as_json: bool) -> None:
    """Say what a watchlist would have flagged over what was received in the last days; nothing is written.

    Example: haechi watchlist try rooms.yaml --since 24h
    """
    set_up_logging()
    settings = load_settings()
    begin = parse_moment(since, now(), "--since")
    found = read_watchlist_file(file, settings)

    async def work(uri: str) -> Trial:
        async with evidence_store(settings, uri) as store:
            warn_of_practice(settings, await is_practice(store))
            criteria = await criteria_for(store, found.terms, found.rules, settings)
            places = await places_to_try(store, await stored_watchlist(store, settings), now())
            with progress() as bar:
                task = bar.add_task("places", total=len(places))
                return await try_criteria(
                    store, places, criteria, begin, now(), tell=lambda done, _: bar.update(task, completed=done)
                )

    with database(settings) as uri:
        trial = asyncio.run(work(uri))
    _print_trial(trial, as_json)


def _print_trial(trial: Trial, as_json: bool) -> None:
    for match in trial.matches:
        print_json(_match_row(match)) if as_json else _print_match(match)
    if as_json:
        return
    unreadable = f", {trial.unreadable:,} of them not readable" if trial.unreadable else ""
    stdout.print(
        f"{trial.posts:,} posts of {trial.places:,} places in {trial.captures:,} pages{unreadable}:"
        f" {trial.flags_after:,} would be flagged; nothing was written"
    )
    for rule, number in trial.rules:
        stdout.print(f"  {number:>7,}  {rule}", markup=False)
    if trial.flags_after > len(trial.matches):
        stdout.print(f"only the newest {len(trial.matches)} are shown")


def _print_match(match: TrialMatch) -> None:
    flag = match.after
    where = match.address or f"{match.source} {match.native_id}"
    reasons = f"{flag.severity}: {', '.join(flag.reasons)}" if flag else ""
    stdout.print(f"{time(match.posted_at) or '–'}  {where}  {reasons}\n    {shown(match.text)}", markup=False)


def _match_row(match: TrialMatch) -> Row:
    return {
        "source": match.source,
        "native_id": match.native_id,
        "address": match.address,
        "posted_at": time(match.posted_at),
        "severity": str(match.after.severity) if match.after else None,
        "reasons": list(match.after.reasons) if match.after else [],
        "terms": list(match.terms),
        "text": match.text,
    }
