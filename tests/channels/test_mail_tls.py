"""Mail by TLS: a certificate that is right is accepted, every other one is not, and then nothing is said."""

from pathlib import Path

import pytest

from channels.mail import MailServer, read_mail_url, send_mail
from evidence.errors import DeliveryFailed
from practice.certificates import Authority, Shown
from tests.channels.test_mail import message
from tests.crawler.mailbox import Mailbox, mail_server

WAYS = pytest.mark.parametrize("is_tls_first", [True, False], ids=["smtps", "starttls"])


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The private authority of an office, trusted as the documents say."""
    made = Authority(tmp_path / "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.root))
    return made


def there(box: Mailbox, *, is_tls_first: bool) -> MailServer:
    """Where it listens; it may not be plain."""
    scheme = "smtps" if is_tls_first else "smtp"
    return read_mail_url(f"{scheme}://user:secret@localhost:{box.port}")


@WAYS
async def test_a_right_certificate_is_accepted(authority: Authority, is_tls_first: bool) -> None:
    """From the first byte or by STARTTLS; the name and the password are said within."""
    async with mail_server(authority.shown("right"), is_tls_first=is_tls_first) as box:
        await send_mail(there(box, is_tls_first=is_tls_first), message(), "h@office.example", "a@b.example")
    assert [(b"user", b"secret")] == box.logins
    assert ["a@b.example"] == [to for to, _ in box.mails]


@WAYS
@pytest.mark.parametrize("shown", ["expired", "of another name", "of an unknown authority"])
async def test_other_certificates_are_refused(authority: Authority, shown: Shown, is_tls_first: bool) -> None:
    """Before anything is said; it is tried again, for an operator can put it right."""
    async with mail_server(authority.shown(shown), is_tls_first=is_tls_first) as box:
        with pytest.raises(DeliveryFailed, match="its certificate is not accepted") as refused:
            await send_mail(there(box, is_tls_first=is_tls_first), message(), "h@office.example", "a@b.example")
    assert (False, [], []) == (refused.value.is_final, box.logins, box.mails)


async def test_an_authority_that_nobody_trusts(tmp_path: Path) -> None:
    """Without being told of it the system's own authorities decide."""
    async with mail_server(Authority(tmp_path / "authority").shown("right"), is_tls_first=True) as box:
        with pytest.raises(DeliveryFailed, match="its certificate is not accepted"):
            await send_mail(there(box, is_tls_first=True), message(), "h@office.example", "a@b.example")
    assert [] == box.mails
