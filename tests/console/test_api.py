"""The JSON API and its published description."""

import json
from typing import Any

from aiohttp import ClientSession

from console.openapi import describe
from console.routes import ROUTES
from console.visit import Console
from evidence.roles import Role
from tests.console.asking import signed_in


def references(value: Any) -> set[str]:
    """Every ``$ref`` in a description."""
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(references(inner) for inner in value.values()))
    return set().union(*(references(inner) for inner in value)) if isinstance(value, list) else set()


def test_the_description_is_the_table() -> None:
    """Every route below ``/api/`` and no other; what it refers to is there."""
    described = describe(ROUTES)
    operations = {(method.upper(), path) for path, item in described["paths"].items() for method in item}
    assert operations == {(route.method, route.path) for route in ROUTES if route.path.startswith("/api/")}
    schemas = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert references(described) <= schemas
    names = [operation["operationId"] for item in described["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))


async def test_one_asks_who_one_is(console: Console, client: ClientSession) -> None:
    """With the key that changes take; changes are kept, also the language of errors and pages."""
    caller = await signed_in(console, client, Role.VIEWER, offices=frozenset({"B10"}))
    me = json.loads((await caller.get("/api/me")).text)
    assert (caller.key, "viewer", ["B10"]) == (me["csrf"], me["person"]["role"], me["person"]["offices"])
    assert ["summary", "health"] == me["permissions"]
    headers = {"X-CSRF-Token": me["csrf"]}
    kept = await caller.ask("PUT", "/api/me", json={"lang": "ko", "zone": "UTC"}, headers=headers)
    assert (200, "UTC") == (kept.status, json.loads(kept.text)["person"]["zone"])
    assert '<html lang="ko">' in (await caller.get("/")).text
    assert "3.1.0" == json.loads((await caller.get("/api/openapi.json")).text)["openapi"]


REFUSED: tuple[Any, ...] = (
    {"lang": {"$ne": None}, "zone": "UTC"},
    {"lang": "ko", "zone": ["UTC"]},
    {"lang": "ko", "zone": "UTC", "role": "admin"},
    {"lang": "ko", "zone": "../../etc/passwd"},
    {"lang": "ko"},
    [],
    "ko",
    7,
)


async def test_only_what_is_declared_is_taken(console: Console, client: ClientSession) -> None:
    """No operator, no list, no field that nobody named."""
    caller = await signed_in(console, client, Role.VIEWER)
    for body in REFUSED:
        answer = await caller.ask("PUT", "/api/me", json=body, headers={"X-CSRF-Token": caller.key})
        assert (body, 400, 400) == (body, answer.status, json.loads(answer.text)["error"]["status"])


async def test_an_admin_lists_people_without_secrets(console: Console, client: ClientSession) -> None:
    """Names and roles; no hash, no seed."""
    caller = await signed_in(console, client, Role.ADMIN)
    (row,) = json.loads((await caller.get("/api/people")).text)["people"]
    assert ["id", "name", "role", "offices", "lang", "zone", "added_at", "signed_in_at", "disabled_at"] == list(row)
