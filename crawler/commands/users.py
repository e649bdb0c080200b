"""``haechi users``: who may use the review console. Whoever may run this on the machine decides alone; it is logged."""

import click

from config.register import OFFICES
from config.settings import load_settings
from crawler.assemble import now
from crawler.commands.console import LINK_LASTS, link_address
from crawler.commands.options import json_option
from crawler.commands.running import run_logged, run_reading
from crawler.output import print_json, stdout
from crawler.rows import Row, time
from evidence.case import Staff
from evidence.custody import Act
from evidence.errors import ConfigError
from evidence.people import Person, person_act
from evidence.roles import Role
from evidence.shown import shown
from storage.custody import Custody
from storage.mongo import Store
from storage.people import add_person, all_people, disable, person_id, read_person
from storage.practice import is_practice
from storage.sessions import end_sessions, make_link

CODES = (*sorted(set(OFFICES.values())), "none")


@click.group()
def users() -> None:
    """Keep the people who use the review console. Every change is in the custody log before it takes effect."""


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice([*map(str, Role)]), required=True, help="Example: --role investigator")
@click.option(
    "--office", "offices", multiple=True, help="NEIS code; several times, or not for all. Example: --office B10"
)
@click.option(
    "--lang", type=click.Choice(["ko", "en"]), help="Of their pages; HAECHI_LANG otherwise. Example: --lang en"
)
@json_option
def add(name: str, role: str, offices: tuple[str, ...], lang: str | None, as_json: bool) -> None:
    """Add somebody, and print the link by which they sign in first: it works once, for 15 minutes.

    Example: haechi users add "김하늘" --role monitor --office B10
    """
    unknown = [office for office in offices if office not in CODES]
    if unknown:
        raise ConfigError(f'--office: "{unknown[0]}" is none of {", ".join(CODES)}')
    scope = frozenset(offices) or None

    async def work(store: Store, custody: Custody, staff: Staff) -> str:
        person = person_id(store.cipher, name)
        await custody.record(_act(staff, "person-add", person, role))
        spoken = load_settings().lang if lang is None else lang
        await add_person(store, name, Role(role), scope, "en" if spoken == "en" else "ko", now())
        return await _link(store, person)

    _tell(name, run_logged(work), as_json)


@users.command()
@click.argument("name")
@json_option
def link(name: str, as_json: bool) -> None:
    """Print a new link for somebody who lost password or telephone; with it both are set anew.

    Example: haechi users link "김하늘"
    """

    async def work(store: Store, custody: Custody, staff: Staff) -> str:
        person = await _find(store, name)
        await custody.record(_act(staff, "link", person.id, str(person.role)))
        await disable(store, person.id, None)
        return await _link(store, person.id)

    _tell(name, run_logged(work), as_json)


@users.command("disable")
@click.argument("name")
@json_option
def disable_user(name: str, as_json: bool) -> None:
    """Let somebody not sign in any more; all their sessions end at once.

    Example: haechi users disable "김하늘"
    """

    async def work(store: Store, custody: Custody, staff: Staff) -> Row:
        person = await _find(store, name)
        await custody.record(_act(staff, "disable", person.id))
        await disable(store, person.id, now())
        await end_sessions(store, person.id)
        found = await read_person(store, person.id)
        return user_row(found or person)

    row = run_logged(work)
    print_json(row) if as_json else stdout.print(f"✓ {shown(name)} is disabled", markup=False)


@users.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List everybody, newest first.

    Example: haechi users list
    """
    people = run_reading(lambda store, staff: all_people(store, now()))
    for person in people:
        row = user_row(person)
        state = "disabled" if person.disabled_at else "active" if person.has_password else "not signed in yet"
        words = f"{row['id']}  {row['role']:<12}  {','.join(row['offices'] or ['all'])}  {state}  {shown(row['name'])}"
        print_json(row) if as_json else stdout.print(words, markup=False)
    if not people and not as_json:
        stdout.print("nobody yet: `haechi users add NAME --role ROLE`", markup=False)


def user_row(person: Person) -> Row:
    """Somebody, without secrets."""
    return {
        "id": person.id,
        "name": person.name,
        "role": str(person.role),
        "offices": None if person.offices is None else sorted(person.offices),
        "lang": person.lang,
        "added_at": time(person.added_at),
        "signed_in_at": time(person.signed_in_at),
        "disabled_at": time(person.disabled_at),
    }


async def _find(store: Store, name: str) -> Person:
    person = await read_person(store, person_id(store.cipher, name))
    if person is None:
        raise ConfigError(f"{name}: nobody has this name: `haechi users list` shows who is there")
    return person


async def _link(store: Store, person: str) -> str:
    """In practice it stays until it is used."""
    lasts = None if await is_practice(store) else LINK_LASTS
    settings = load_settings()
    return link_address(
        settings.console_origin or f"http://{settings.console}", await make_link(store, person, now(), lasts)
    )


def _act(staff: Staff, action: str, person: str, reason_code: str = "") -> Act:
    return person_act(staff, f"{action}:{person}:{now().isoformat()}", action, person, reason_code)


def _tell(name: str, address: str, as_json: bool) -> None:
    if as_json:
        print_json({"name": name, "link": address})
    else:
        stdout.print(address, markup=False)
