"""Mail to a server of the operator's choice: by TLS with a certificate that is checked, to one address at a time."""

import asyncio
import ssl
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from evidence.address import is_loopback_host
from evidence.errors import ConfigError, DeliveryFailed

TIMEOUT_S = 60.0
PORTS = {"smtps": 465, "smtp": 587}
FINAL = range(500, 600)
"""RFC 5321, 4.2.1: asking again changes nothing."""
LOGGED_OUT = (530, 534, 535)
"""Of these an operator can change something: a wrong password is no reason to drop a summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    is_tls_first: bool
    """TLS from the first byte; else STARTTLS before anything is said."""
    may_be_plain: bool
    """Practice on this machine."""


def read_mail_url(url: str, *, allow_loopback: bool = False) -> MailServer:
    """Where ``smtps://user:password@host:465`` or ``smtp://host`` leads.

    Raises:
        ConfigError: it is no such address; the message does not repeat it, for it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise ConfigError("HAECHI_SMTP_URL: expected such as smtps://user:password@mail.your-office.example") from None
    host = parts.hostname or ""
    return MailServer(
        host=host,
        port=port,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        is_tls_first=parts.scheme == "smtps",
        may_be_plain=allow_loopback and is_loopback_host(host),
    )


async def send_mail(server: MailServer, message: EmailMessage, sender: str, to: str) -> None:
    """Hand a mail in.

    Args:
        server: of the operator.
        message: whole, with its headers.
        sender: of the envelope: where what cannot be delivered comes back to.
        to: one address.

    Raises:
        DeliveryFailed: nobody answers, TLS fails, or the server refuses.
    """
    connection = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.is_tls_first,
        start_tls=None if server.is_tls_first else not server.may_be_plain,
        username=server.user,
        password=server.password,
        timeout=TIMEOUT_S,
    )
    try:
        async with asyncio.timeout(TIMEOUT_S), connection:
            await connection.send_message(message, sender=sender, recipients=[to])
    except aiosmtplib.SMTPRecipientsRefused as problem:
        code = problem.recipients[0].code
        raise DeliveryFailed(f"the mail server refuses the address ({code})", is_final=code in FINAL) from None
    except aiosmtplib.SMTPResponseException as problem:
        is_final = problem.code in FINAL and problem.code not in LOGGED_OUT
        raise DeliveryFailed(f"the mail server refuses ({problem.code})", is_final=is_final) from None
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as problem:
        if any(isinstance(one, ssl.SSLCertVerificationError) for one in (problem, problem.__cause__)):
            why = "its certificate is not accepted: a private authority is named by SSL_CERT_FILE"
            raise DeliveryFailed(f"the mail server cannot be used ({why})") from None
        raise DeliveryFailed(f"the mail server cannot be used ({type(problem).__name__})") from None
    except (ValueError, HeaderParseError):
        raise DeliveryFailed("the mail cannot be written: a header holds what no header may", is_final=True) from None
