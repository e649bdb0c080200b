"""The JSON beside the pages. Its description is made from the table of routes (``console/openapi.py``)."""

from datetime import datetime

from aiohttp import web
from pydantic import BaseModel

from console.body import Strict, body_of
from console.views.account import Preferences
from console.visit import console_of, visit_of
from evidence.people import Lang, Person
from evidence.roles import Permission, Role, may
from storage.people import all_people, read_person, set_preferences


class PersonRow(Strict):
    """Somebody who may sign in."""

    id: str
    name: str
    role: Role
    offices: list[str] | None
    """None for all."""
    lang: Lang
    zone: str
    added_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None


class Me(Strict):
    """Whoever asks."""

    person: PersonRow
    permissions: list[Permission]
    csrf: str
    """To be sent as ``X-CSRF-Token`` with whatever changes something."""


class People(Strict):
    """Everybody, newest first."""

    people: list[PersonRow]


async def me(request: web.Request) -> web.StreamResponse:
    """Who asks, and what they may."""
    return _me(request, visit_of(request).who)


async def prefer(request: web.Request) -> web.StreamResponse:
    """Keep language and time zone."""
    console, visit, body = console_of(request), visit_of(request), body_of(request, Preferences)
    await set_preferences(console.store, visit.who.id, body.lang, body.zone)
    person = await read_person(console.store, visit.who.id)
    return _me(request, person or visit.who)


async def people(request: web.Request) -> web.StreamResponse:
    """Everybody who may sign in, or might once."""
    found = await all_people(console_of(request).store, console_of(request).clock())
    return answer(People(people=[_row(person) for person in found]))


def answer(body: BaseModel) -> web.Response:
    """A model as JSON."""
    return web.Response(text=body.model_dump_json(), content_type="application/json")


def _me(request: web.Request, person: Person) -> web.Response:
    rights = [permission for permission in Permission if may(person.role, permission)]
    return answer(Me(person=_row(person), permissions=rights, csrf=visit_of(request).form_key))


def _row(person: Person) -> PersonRow:
    return PersonRow(
        id=person.id,
        name=person.name,
        role=person.role,
        offices=None if person.offices is None else sorted(person.offices),
        lang=person.lang,
        zone=person.zone,
        added_at=person.added_at,
        signed_in_at=person.signed_in_at,
        disabled_at=person.disabled_at,
    )
