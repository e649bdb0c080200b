"""A mail server on loopback that keeps what it takes, and a webhook that does."""

import asyncio
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from config.settings import Settings
from crawler.delivery_plan import Courier
from evidence.case import Staff
from evidence.delivery import RECIPIENT, Recipient, recipient_code
from storage.approvals import approve, propose
from storage.custody import Custody
from storage.mongo import Store
from storage.recipients import put_on, write_down
from tests.conftest import Clock

ONE, TWO = (Staff(actor=f"staff-{name}", role="supervisor", session_id="session-1") for name in ("one", "two"))
KEY = "k" * 32
MORNING = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
"""08:00 of the 21st in Seoul: the 20th is over."""


@dataclass(slots=True)
class Mailbox:
    """Mails by the address they came for."""

    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """Said to the next ones instead of taking them."""
    refused: dict[str, str] = field(default_factory=dict)
    """Answers to addresses that it does not take."""
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Names and passwords that were said."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address, or not."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def log_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: Any) -> AuthResult:
        """Take any name and password down."""
        self.logins.append((said.login, said.password))
        return AuthResult(success=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Take a mail."""
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            message = message_from_bytes(content, policy=email.policy.default)
            self.mails.append((envelope.rcpt_tos[0], message))
        return answer


@asynccontextmanager
async def mail_server(shown: ssl.SSLContext | None = None, *, is_tls_first: bool = False) -> AsyncIterator[Mailbox]:
    """A real SMTP server.

    Args:
        shown: its certificate; None for a server without TLS.
        is_tls_first: TLS from the first byte, else STARTTLS, without which it takes nothing.
    """
    box, loop = Mailbox(), asyncio.get_running_loop()
    later = None if is_tls_first else shown

    def session() -> SMTP:
        return SMTP(
            box,
            enable_SMTPUTF8=True,
            hostname="mail.example",
            tls_context=later,
            require_starttls=later is not None,
            authenticator=box.log_in,
            auth_require_tls=later is not None,
        )

    server = await loop.create_server(session, "127.0.0.1", 0, ssl=shown if is_tls_first else None)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def web_hook(status: int = 204) -> AsyncIterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Its address, and what was posted: headers and body."""
    posted: list[tuple[dict[str, str], bytes]] = []

    async def take(request: web.Request) -> web.Response:
        posted.append((dict(request.headers), await request.read()))
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", posted
    finally:
        await runner.cleanup()


def settings_for(folder: Path, box: Mailbox | None = None, **more: object) -> Settings:
    """Of an installation that mails to this server."""
    mail = {"smtp_url": f"smtp://127.0.0.1:{box.port}"} if box else {}
    given = {
        "mail_from": "haechi@office.example",
        "mail_domains": "sen.example",
        "allow_loopback": True,
        **mail,
        **more,
    }
    return Settings(data_dir=folder, **given)  # type: ignore[arg-type]


def courier_for(store: Store, custody: Custody, settings: Settings, clock: Clock) -> Courier:
    """Over this store and clock."""
    return Courier(store=store, custody=custody, settings=settings, clock=clock)


async def on_list(
    store: Store, custody: Custody, address: str, scope: str, at: datetime, *, lang: str = "en", notices: bool = False
) -> Recipient:
    """Somebody whom two persons put on the list."""
    written = await write_down(store, address, scope, lang, at, gets_notices=notices)
    about = recipient_code(written.id, scope, lang, gets_notices=notices)
    made = await propose(store, custody, ONE, RECIPIENT, about, "a reader", at)
    await approve(store, custody, TWO, made.id, at)
    return await put_on(store, custody, TWO, made.id, at)
