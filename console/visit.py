"""What a request is answered with: the console's parts, and who asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from console.events import Events
from console.passwords import Passwords
from console.rates import Rates
from console.works import Works
from evidence.case import Staff
from evidence.people import Lang, Person
from evidence.roles import Permission, may
from storage.custody import Custody
from storage.mongo import Store
from storage.review_desk import SHARE
from storage.sessions import Session, Stage

SEOUL = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """All that the console is made of. The crawler fills it: its own functions come in as fields here."""

    store: Store
    custody: Custody
    clock: Callable[[], datetime]
    """The moment, aware UTC."""
    origin: str
    """How browsers reach it, such as ``http://127.0.0.1:8380``: scheme, host and port, nothing behind."""
    lang: Lang
    """For those who have chosen none and whose browser names neither."""
    idle: timedelta
    """After so long without use a session is over."""
    is_practice: bool
    """Whether the store holds invented rooms; every page says so."""
    allows_loopback: bool
    """Whether loopback addresses are accepted; every page says so."""
    passwords: Passwords
    events: Events
    rates: Rates
    review_share: float = SHARE
    """Of all Flags, reviewed twice by chance."""
    works: Works

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it by https."""
        return self.origin.startswith("https://")

    @property
    def host(self) -> str:
        """Host and port, as browsers name them."""
        return urlsplit(self.origin).netloc


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who asks, and how they are answered."""

    ip: str
    lang: Lang
    form_key: str
    """What each form carries back (``csrf``)."""
    person: Person | None = None
    """Also of those who are still signing in."""
    session: Session | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether signing in is over and done."""
        return self.session is not None and self.session.stage is Stage.FULL

    @property
    def zone(self) -> ZoneInfo:
        """Of the times that are shown."""
        return ZoneInfo(self.person.zone) if self.person else SEOUL

    @property
    def who(self) -> Person:
        """Whoever is signed in, or still signing in; only behind routes that say so."""
        assert self.person is not None, "the route lets anyone in"  # noqa: S101
        return self.person

    @property
    def seat(self) -> Session:
        """Their session; only behind routes that say so."""
        assert self.session is not None, "the route lets anyone in"  # noqa: S101
        return self.session

    @property
    def staff(self) -> Staff:
        """The same, as storage and the log know them."""
        return staff_from(self.who, self.seat.id[:16], self.ip)

    def may(self, permission: Permission) -> bool:
        """Whether their role allows it."""
        return self.is_signed_in and may(self.who.role, permission)


def staff_from(person: Person, session: str, ip: str) -> Staff:
    """Somebody as storage and the log know them; behind the ``@`` of their session stands from where they ask."""
    return Staff(actor=person.id, role=str(person.role), session_id=f"{session}@{ip}", offices=person.offices)


CONSOLE: "web.AppKey[Console]" = web.AppKey("console", Console)
VISIT: "web.RequestKey[Visit]" = web.RequestKey("visit", Visit)


def console_of(request: web.Request) -> Console:
    """The console that answers."""
    return request.config_dict[CONSOLE]


def visit_of(request: web.Request) -> Visit:
    """Who asks; known behind the gate of sessions."""
    return request[VISIT]
