"""Mail and webhooks at the wire: TLS, refusals, addresses, headers."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

import pytest
import pytest_asyncio

from channels.mail import MailServer, read_mail_url, send_mail
from channels.webhook import post_signed, signature
from evidence.errors import ConfigError, DeliveryFailed
from tests.crawler.mailbox import KEY, Mailbox, mail_server, web_hook

AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest_asyncio.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server without TLS."""
    async with mail_server() as opened:
        yield opened


def message(**headers: str) -> EmailMessage:
    """A short mail."""
    made = EmailMessage(policy=SMTP_POLICY)
    for name, value in {"Subject": "일일 요약", "From": "h@office.example", "To": "a@b.example", **headers}.items():
        made[name] = value
    made.set_content("요약입니다")
    return made


def server(box: Mailbox, *, allow_loopback: bool = True) -> MailServer:
    """Where it listens."""
    return read_mail_url(f"smtp://127.0.0.1:{box.port}", allow_loopback=allow_loopback)


async def test_mail_is_taken(box: Mailbox) -> None:
    """To the address of the envelope, with what it says."""
    await send_mail(server(box), message(), "h@office.example", "a@b.example")
    ((to, mail),) = box.mails
    assert ("a@b.example", "일일 요약", "요약입니다") == (to, mail["Subject"], mail.get_content().strip())


async def test_without_tls_nothing_is_said(box: Mailbox) -> None:
    """A server that offers none gets neither a mail nor a password, unless it is this machine in practice."""
    with pytest.raises(DeliveryFailed, match="cannot be used"):
        await send_mail(server(box, allow_loopback=False), message(), "h@office.example", "a@b.example")
    assert [] == box.mails


@pytest.mark.parametrize(("answer", "is_final"), [("451 later", False), ("550 nobody", True), ("535 login", False)])
async def test_refusals_say_whether_to_ask_again(box: Mailbox, answer: str, is_final: bool) -> None:
    """The message holds the code and no address."""
    box.answers.append(answer)
    with pytest.raises(DeliveryFailed, match=answer[:3]) as refused:
        await send_mail(server(box), message(), "h@office.example", "a@b.example")
    assert (is_final, False) == (refused.value.is_final, "b.example" in str(refused.value))


async def test_nobody_answers() -> None:
    """It is tried again later."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DeliveryFailed, match="cannot be used") as refused:
        await send_mail(read_mail_url(f"smtp://127.0.0.1:{port}", allow_loopback=True), message(), "a@b", "c@d.example")
    assert not refused.value.is_final


@pytest.mark.parametrize("value", ["a\nBcc: x@y.example", "a\r\nBcc: x@y.example", "a\rb", "a\n\nbody"])
@pytest.mark.parametrize("name", ["Subject", "To", "From", "Message-ID"])
def test_headers_cannot_be_broken(name: str, value: str) -> None:
    """The policy of mails refuses line breaks in every header."""
    made = EmailMessage(policy=SMTP_POLICY)
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        made[name] = value


def test_passwords_stay_out_of_sight() -> None:
    """Neither the record nor an error shows one."""
    found = read_mail_url("smtps://user:se%40cret@mail.example")
    assert ("mail.example", 465, "user", "se@cret", True) == (
        found.host, found.port, found.user, found.password, found.is_tls_first
    )  # fmt: skip
    assert "se@cret" not in repr(found)
    with pytest.raises(ConfigError) as refused:
        read_mail_url("http://user:secret@mail.example")
    assert "secret" not in str(refused.value)


# ------------------------------------------------------------------ webhook


async def test_post_is_signed() -> None:
    """With the time in the signature."""
    async with web_hook() as (url, posted):
        await post_signed(url, b"{}", key=KEY.encode(), delivery="d1", at=AT, contact=None, allow_loopback=True)
    ((headers, body),) = posted
    assert (b"{}", signature(KEY.encode(), b"{}", AT), "d1") == (
        body, headers["Haechi-Signature"], headers["Haechi-Delivery"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://hooks.example/x", "is not https"),
        ("https://127.0.0.1/x", "is an IP address"),
        ("https://[::ffff:127.0.0.1]/x", "is an IP address"),
        ("https://localhost/x", "is not a public address"),
        ("https://user:pass@hooks.example/x", "user name"),
    ],
)
async def test_private_places_are_never_posted_to(url: str, message: str) -> None:
    """Neither by their address nor by a name that leads there."""
    with pytest.raises(DeliveryFailed, match=message) as refused:
        await post_signed(url, b"{}", key=b"k", delivery="d", at=AT, contact=None)
    assert refused.value.is_final


@pytest.mark.parametrize(("status", "is_final"), [(302, False), (500, False), (429, False), (410, True)])
async def test_other_answers_are_refusals(status: int, is_final: bool) -> None:
    """A redirect is not followed."""
    async with asyncio.timeout(5), web_hook(status) as (url, posted):
        with pytest.raises(DeliveryFailed, match=f"answered {status}") as refused:
            await post_signed(url, b"{}", key=b"k", delivery="d", at=AT, contact=None, allow_loopback=True)
    assert (is_final, 1) == (refused.value.is_final, len(posted))
