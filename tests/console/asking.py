"""Asks the console over real sockets, as a browser would or as nobody should."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import ClientSession, DummyCookieJar

from console.cookies import FORM_COOKIE, SESSION_COOKIE, form_key
from console.visit import Console
from evidence.people import Lang, Person
from evidence.roles import Role
from storage.people import add_person, person_id, read_person
from storage.sessions import Stage, begin_session

Query = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response that was read."""

    status: int
    headers: Mapping[str, str]
    cookies: Mapping[str, Any]
    """As given by this response: ``http.cookies.Morsel`` by name."""
    text: str

    @property
    def to(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("Location", "")

    def line(self) -> str:
        """The heading of a page."""
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)
        return found[1].strip() if found else ""


@dataclass(slots=True)
class Caller:
    """A browser with its cookies, which fills in the key of forms."""

    console: Console
    client: ClientSession
    cookies: dict[str, str] = field(default_factory=dict)
    person: Person | None = None

    async def get(self, path: str, **headers: str) -> Answer:
        """Open a page."""
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, form: Query | None = None, **headers: str) -> Answer:
        """Send a form with its key."""
        return await self.ask("POST", path, form={"csrf": self.key, **(form or {})}, headers=headers)

    async def ask(
        self, method: str, path: str, form: Query | None = None, json: Any = None, headers: Query | None = None
    ) -> Answer:
        """Ask for anything."""
        async with self.open(method, path, form, json, headers) as response:
            answer = Answer(
                status=response.status,
                headers=response.headers,
                cookies=response.cookies,
                text=await response.text(),
            )
        for name, cookie in answer.cookies.items():
            self.cookies[name] = cookie.value
        return answer

    def open(
        self, method: str, path: str, form: Query | str | None = None, json: Any = None, headers: Query | None = None
    ) -> Any:
        """The same, as a context with the response not yet read."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)}
        return self.client.request(
            method,
            self.console.origin + path,
            data=form,
            json=json,
            headers={**sent, **(headers or {})},
            allow_redirects=False,
        )

    @property
    def key(self) -> str:
        """What forms carry."""
        secret = self.cookies.get(SESSION_COOKIE) or self.cookies.get(FORM_COOKIE, "")
        return form_key(self.console, secret)


def visitor(console: Console, client: ClientSession) -> Caller:
    """Somebody who is not signed in, after a first page gave them the secret of forms."""
    return Caller(console, client, {FORM_COOKIE: "a" * 43})


async def person_of(
    console: Console, role: Role, name: str = "", offices: frozenset[str] | None = None, lang: Lang = "en"
) -> Person:
    """Somebody of a role; made where there is none yet."""
    name = name or f"some {role}"
    found = await read_person(console.store, person_id(console.store.cipher, name))
    return found or await add_person(console.store, name, role, offices, lang, console.clock())


async def signed_in(
    console: Console,
    client: ClientSession,
    role: Role,
    *,
    name: str = "",
    offices: frozenset[str] | None = None,
    lang: Lang = "en",
    stage: Stage = Stage.FULL,
) -> Caller:
    """Somebody of a role with a fresh session."""
    person = await person_of(console, role, name, offices, lang)
    return await seated(console, client, person, stage, console.clock())


async def seated(console: Console, client: ClientSession, person: Person, stage: Stage, at: datetime) -> Caller:
    """A fresh session of this person."""
    secret, _ = await begin_session(console.store, person.id, stage, at)
    return Caller(console, client, {SESSION_COOKIE: secret}, person)


def new_client() -> ClientSession:
    """A client that keeps no cookies of its own."""
    return ClientSession(cookie_jar=DummyCookieJar())
