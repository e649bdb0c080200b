"""The one function that fetches: what it refuses, what it bounds, what it obeys."""

import ipaddress
import re
import tracemalloc
from datetime import UTC

import aiohttp
import pytest
from aiohttp import web as server

from channels.fetch import LARGEST_BYTES, Fetcher
from channels.guarded import is_public
from channels.pace import Pace
from evidence.errors import SourceUnavailable, UnreadableCapture
from practice.web import PracticeWeb
from tests.channels.conftest import HTML, Serve, answering, get

# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://t.me/s/room", "is not https"),
        ("ftp://t.me/s/room", "is not https"),
        ("file:///etc/passwd", "is not https"),
        ("//t.me/s/room", "is not https"),
        ("https:///s/room", "names no host"),
        ("https://127.0.0.1/s/room", "is an IP address"),
        ("https://93.184.216.34/", "is an IP address"),
        ("https://[2606:2800:220:1::1]/", "is an IP address"),
        ("https://user:secret@t.me/", "came with a user name"),
        ("https://t.me:8443/", "has a port in it"),
        ("https://t.me@evil.example/", "came with a user name"),
        ("https://evil.example/", "leads away from t.me"),
        ("https://t.me.evil.example/", "leads away from t.me"),
        ("https://cdn4.telesco.pe/file/a.jpg", "leads away from t.me"),
        ("https://[::1", "is not an address"),
    ],
)
async def test_address_is_refused(url: str, message: str) -> None:
    """Only https to a named host of the list is asked; nothing is sent anywhere else."""
    async with Fetcher(contact="x", pace=Pace(pause_s=0)) as fetcher:
        with pytest.raises(SourceUnavailable, match=message):
            await fetcher.get(url, ("t.me",))


async def test_name_that_resolves_to_this_machine_is_refused() -> None:
    """The address that a name resolves to is checked at the moment of connecting."""
    async with Fetcher(contact="x", pace=Pace(pause_s=0)) as fetcher:
        with pytest.raises(SourceUnavailable, match="is not a public address"):
            await fetcher.get("https://localhost/", ("localhost",))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.2.1",
            "192.168.0.1",
        ),
        *("198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1", "100::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::"),
        *("fc00::1", "fe80::1", "fec0::1", "ff02::1"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    """Private, local, reserved and multicast ones, and IPv6 ones that carry such an IPv4 address."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["149.154.167.99", "8.8.8.8", "2001:67c:4e8:f004::9", "64:ff9b::8.8.8.8"])
def test_addresses_that_are_public(address: str) -> None:
    """Those of the hosts that are watched, reached through a translating network too."""
    assert is_public(ipaddress.ip_address(address))


# ------------------------------------------------------------------ redirects


async def test_redirects_are_followed_and_named(fetcher: Fetcher, web: PracticeWeb) -> None:
    """The answer says where it came from in the end."""
    response = await get(fetcher, f"{web.base}/s/practice_group")
    assert (200, f"{web.base}/practice_group") == (response.status, response.url)


@pytest.mark.parametrize(("hops", "is_followed"), [(3, True), (4, False)])
async def test_three_redirects_at_most(fetcher: Fetcher, serve: Serve, hops: int, is_followed: bool) -> None:
    """A longer chain is given up."""

    async def answer(request: server.Request) -> server.Response:
        left = int(request.path.strip("/"))
        target = {"Location": f"/{left - 1}"}
        return (
            server.Response(status=302, headers=target) if left else server.Response(text="x", content_type="text/html")
        )

    url = f"{await serve(answer)}/{hops}"
    if is_followed:
        assert (await get(fetcher, url)).body == b"x"
    else:
        with pytest.raises(SourceUnavailable, match="more than 3 redirects"):
            await get(fetcher, url)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("http://10.0.0.1/", "is not https"),
        ("https://10.0.0.1/", "is an IP address"),
        ("http://169.254.169.254/latest/meta-data/", "is not https"),
        ("https://cdn4.telesco.pe/file/a.jpg", "leads away from"),
        ("//evil.example/", "is not https"),
        ("file:///etc/passwd", "is not https"),
        ("http://localhost:1/", "leads away from"),
        ("http://127.0.0.1:1/", "leads away from"),
    ],
)
async def test_redirect_elsewhere_is_refused(fetcher: Fetcher, serve: Serve, target: str, message: str) -> None:
    """Each hop is checked as the first address was, the port included."""
    url = await serve(answering(302, Location=target))
    with pytest.raises(SourceUnavailable, match=f"address refused: .*{message}"):
        await get(fetcher, url)


# ------------------------------------------------------------------ bodies


@pytest.mark.parametrize(
    "kind",
    ["text/html; charset=utf-8", "text/plain", "application/json", "TEXT/HTML", "application/xhtml+xml"],
)
async def test_pages_are_taken(fetcher: Fetcher, serve: Serve, kind: str) -> None:
    """What says that it is text is read as received."""
    response = await get(fetcher, await serve(answering(kind=kind)))
    assert (HTML.encode(), 200) == (response.body, response.status)
    assert response.fetched_at.tzinfo is UTC


@pytest.mark.parametrize(
    "kind",
    [
        "image/jpeg",
        "video/mp4",
        "audio/ogg",
        "application/octet-stream",
        "application/zip",
        "text/css",
        "application/pdf",
    ],
)
async def test_media_is_refused_unread(fetcher: Fetcher, serve: Serve, kind: str) -> None:
    """LAW-01: what says that it is no text is not read."""
    url = await serve(answering(kind=kind))
    with pytest.raises(UnreadableCapture, match=re.escape(f"{url}: {kind} instead of a page")):
        await get(fetcher, url)


@pytest.mark.parametrize(("size_bytes", "is_taken"), [(LARGEST_BYTES, True), (LARGEST_BYTES + 1, False)])
async def test_body_is_bounded(fetcher: Fetcher, serve: Serve, size_bytes: int, is_taken: bool) -> None:
    """4 MB are read, a byte more is not."""
    url = await serve(answering(text="x" * size_bytes))
    if is_taken:
        assert len((await get(fetcher, url)).body) == LARGEST_BYTES
    else:
        with pytest.raises(UnreadableCapture, match="larger than 4,000,000 bytes"):
            await get(fetcher, url)


async def test_bomb_is_stopped_in_flat_memory(fetcher: Fetcher, web: PracticeWeb) -> None:
    """200 MB of zeros in 200 kB of gzip never stand in memory together."""
    await get(fetcher, f"{web.base}/telegram")
    web.faults.garbage = "zeros"
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableCapture, match="larger than 4,000,000 bytes"):
            await get(fetcher, f"{web.base}/telegram")
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


async def test_cut_body(fetcher: Fetcher, web: PracticeWeb) -> None:
    """A body that ends too early is no page, and no reason to think the host gone."""
    web.faults.cut = True
    with pytest.raises(UnreadableCapture, match="the answer was cut or wrongly compressed"):
        await get(fetcher, f"{web.base}/telegram")


async def test_wrongly_compressed_body(fetcher: Fetcher, serve: Serve) -> None:
    """A body that is no gzip although it says so is unreadable too."""
    url = await serve(answering(text="no gzip", Content_Encoding="gzip"))
    with pytest.raises(UnreadableCapture, match="wrongly compressed"):
        await get(fetcher, url)


async def test_slow_host_is_not_waited_for(web: PracticeWeb) -> None:
    """A host that does not answer in time is unavailable, and its turn is over."""
    limit = aiohttp.ClientTimeout(total=0.05)
    async with Fetcher(contact="x", pace=Pace(pause_s=0), allow_loopback=True, timeout=limit) as fetcher:
        web.faults.delay_s = 5
        with pytest.raises(SourceUnavailable, match=r"/telegram: no answer in time$"):
            await get(fetcher, f"{web.base}/telegram")
        web.faults.delay_s = 0
        await get(fetcher, f"{web.base}/telegram")


async def test_nobody_listens(fetcher: Fetcher, web: PracticeWeb) -> None:
    """A host that is down is unavailable; the message names address and kind of failure."""
    await get(fetcher, f"{web.base}/telegram")
    await web.stop()
    with pytest.raises(SourceUnavailable, match=f"^{web.base}/telegram: Client"):
        await get(fetcher, f"{web.base}/telegram")
