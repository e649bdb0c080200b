"""Time stamps, from an authority that openssl plays on loopback."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from channels.timestamps import REPLY, ask_stamp, stamped_at
from evidence.errors import SourceUnavailable
from tests.channels.authority import make_authority, reply_to, served

CONTENT = b"a checkpoint"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an authority."""
    return make_authority(tmp_path_factory.mktemp("authority"))


async def test_a_stamp_proves_when_a_content_was_there(authority: Path) -> None:
    """To whoever trusts the authority's root; not of another content, and not after a changed byte."""
    async with served(lambda query: reply_to(authority, query)) as url:
        stamp = await ask_stamp(url, CONTENT, None, allow_loopback=True)
    roots = [(authority / "root.pem").read_bytes()]
    at = stamped_at(stamp.reply, CONTENT, roots)
    assert stamp.problem is None
    assert at
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
    assert stamped_at(stamp.reply, CONTENT + b"!", roots) is None
    assert stamped_at(stamp.reply[:-9] + b"\x00" + stamp.reply[-8:], CONTENT, roots) is None
    assert stamped_at(stamp.reply, CONTENT, []) is None
    assert stamped_at(stamp.reply, CONTENT, [(authority / "tsa.pem").read_bytes()[:20]]) is None


async def test_an_answer_to_another_query_is_kept_and_named(authority: Path) -> None:
    """An old reply played again has another nonce."""
    async with served(lambda query: reply_to(authority, query)) as url:
        old = await ask_stamp(url, CONTENT, None, allow_loopback=True)
    async with served(lambda query: old.reply) as url:
        again = await ask_stamp(url, CONTENT, None, allow_loopback=True)
    assert (old.reply, "the reply is to another query") == (again.reply, again.problem)


async def test_an_answer_that_cannot_be_read_is_kept(authority: Path) -> None:
    """OpenSSL may still make sense of it."""
    async with served(lambda query: b"nonsense") as url:
        stamp = await ask_stamp(url, CONTENT, None, allow_loopback=True)
    assert b"nonsense" == stamp.reply
    assert (stamp.problem or "").startswith("the reply cannot be read: ")


@pytest.mark.parametrize(
    ("kind", "status", "size", "said"),
    [
        ("text/html", 200, 1, "answered 200 text/html instead of application/timestamp-reply"),
        (REPLY, 503, 1, "answered 503 application/timestamp-reply instead of"),
        (REPLY, 200, 100_001, "larger than 100,000 bytes"),
    ],
)
async def test_what_is_no_reply_is_refused(kind: str, status: int, size: int, said: str) -> None:
    """With the address and what came."""
    async with served(lambda query: b"x" * size, kind, status) as url:
        with pytest.raises(SourceUnavailable, match=said):
            await ask_stamp(url, CONTENT, None, allow_loopback=True)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "http://stamps.example/"])
async def test_only_public_authorities_are_asked(url: str) -> None:
    """Loopback and plain http are for practice."""
    with pytest.raises(SourceUnavailable, match="address refused"):
        await ask_stamp(url, CONTENT, None)
