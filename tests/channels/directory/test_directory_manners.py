"""What Scrapy must not do by itself: each setting, held over real sockets."""

import asyncio
import datetime
import ipaddress
import os
import ssl
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web as server
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels.directory import SITES
from channels.directory.collect import _crawl, _hosts, read_directory
from channels.directory.site import Listed
from channels.directory.spider import SETTINGS
from channels.fetch import Fetcher, user_agent
from channels.pace import Pace
from evidence.errors import RateLimited, SourceUnavailable, UnreadableCapture
from practice.directory.web import PracticeDirectory
from practice.faults import RETRY_AFTER_S
from tests.channels.conftest import Serve
from tests.channels.directory.conftest import listed_at, read_all, read_until_blind

LIST = "/en/channels"


async def test_limit_is_not_retried(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """429 is asked for once, and its wait is obeyed by the next crawl."""
    directory.faults.server.too_many = True
    with pytest.raises(RateLimited, match=f"left alone for {RETRY_AFTER_S} s"):
        await read_all(fetcher, "telemetrio", directory.base + LIST)
    assert 1 == directory.requests[LIST]


@pytest.mark.parametrize("fault", ["status", "cut"])
async def test_errors_are_not_retried(fetcher: Fetcher, directory: PracticeDirectory, fault: str) -> None:
    """Neither an error of the host nor a cut answer is asked for again."""
    setattr(directory.faults.server, fault, 503 if fault == "status" else True)
    with pytest.raises((SourceUnavailable, UnreadableCapture)):
        await read_all(fetcher, "telemetrio", directory.base + LIST)
    assert 1 == directory.requests[LIST]


@pytest.mark.parametrize("robots", [500, 503, "User-agent: *\nDisallow: /en"])
async def test_robots_keep_us_out(fetcher: Fetcher, directory: PracticeDirectory, robots: int | str) -> None:
    """A broken robots.txt keeps us out as one that says so does; the list is never asked for."""
    directory.faults.server.robots = robots
    with pytest.raises(SourceUnavailable, match=r"robots.txt of .* (answered 50|disallows)"):
        await read_all(fetcher, "telemetrio", directory.base + LIST)
    assert {"/robots.txt": 1} == directory.requests


@pytest.mark.parametrize(
    ("there", "message"),
    [
        ("self", "more than 3 redirects"),
        ("http://10.0.0.1/", "address refused"),
        ("http://[::ffff:10.0.0.1]/", "address refused"),
        ("http://127.0.0.1:1/", "address refused: .* leads away"),
        ("https://other.example/", "address refused: .* leads away"),
        ("file:///etc/passwd", "address refused"),
    ],
)
async def test_redirect_is_refused(fetcher: Fetcher, directory: PracticeDirectory, there: str, message: str) -> None:
    """In a circle, to a private address, to another host: refused and explained."""
    directory.faults.redirect = there
    with pytest.raises(SourceUnavailable, match=message):
        await read_all(fetcher, "telemetrio", directory.base + LIST)


@pytest.mark.parametrize("there", ["http://127.0.0.1:1/", "http://10.0.0.1/", "https://other.example/list?page=2"])
async def test_next_page_elsewhere_is_refused(fetcher: Fetcher, serve: Serve, there: str) -> None:
    """A list that leads to another host or a private address ends blind, its first page read."""

    async def answer(_: server.Request) -> server.Response:
        text = f'<html><a href="https://t.me/a_room">A</a><a rel="next" href="{there}">next</a></html>'
        return server.Response(text=text, content_type="text/html")

    pages, problem = await read_until_blind(fetcher, "generic", await serve(answer))
    assert 1 == len(pages)
    assert isinstance(problem, SourceUnavailable)
    assert "address refused" in str(problem)


async def test_this_machine_is_refused_outside_practice() -> None:
    """Without the permission of practice no request is made to loopback."""
    async with Fetcher(contact="x", pace=Pace(pause_s=0)) as fetcher:
        with pytest.raises(SourceUnavailable, match="address refused"):
            await read_all(fetcher, "generic", "http://127.0.0.1:1/list")


async def test_zip_bomb_is_refused(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """A page that inflates without end is cut off."""
    directory.faults.server.garbage = "zeros"
    with pytest.raises(UnreadableCapture, match="larger than"):
        await read_all(fetcher, "telemetrio", directory.base + LIST)


async def test_certificate_is_checked(tmp_path: Path) -> None:
    """A certificate that nobody vouches for ends the crawl."""
    runner = server.AppRunner(server.Application(), access_log=None)
    await runner.setup()
    await server.TCPSite(runner, "127.0.0.1", 0, ssl_context=_self_signed(tmp_path)).start()
    async with Fetcher(contact="x", pace=Pace(pause_s=0), allow_loopback=True) as fetcher:
        with pytest.raises(SourceUnavailable, match="ClientConnectorCertificateError"):
            await read_all(fetcher, "generic", f"https://127.0.0.1:{runner.addresses[0][1]}/")
    await runner.cleanup()


async def test_honest_name_and_nothing_remembered(fetcher: Fetcher, serve: Serve) -> None:
    """One name, no cookie sent back, no hidden second name, no referrer."""
    seen: list[server.Request] = []

    async def answer(request: server.Request) -> server.Response:
        seen.append(request)
        text = '<html><a href="https://t.me/a_room">A</a><a rel="next" href="/?page=2">next</a></html>'
        response = server.Response(text=text, content_type="text/html")
        response.set_cookie("seen", "1")
        return response

    await read_all(fetcher, "generic", await serve(answer))
    assert 2 == len(seen)
    assert {user_agent("ops@haechi.example")} == {request.headers["User-Agent"] for request in seen}
    assert [] == [name for request in seen for name in ("Cookie", "Referer") if name in request.headers]


async def test_nothing_listens_during_a_crawl(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """No console and no remote control: the sockets that listen are those of before."""
    before = _listening()
    during = set()
    async for _ in read_directory(listed_at("telemetrio", directory.base + LIST), fetcher):
        during |= _listening()
    assert before == during
    assert "twisted.internet.reactor" not in sys.modules


async def test_one_request_at_a_time(fetcher: Fetcher, serve: Serve) -> None:
    """A site is never asked for two pages at once."""
    at_once: list[int] = [0]

    async def answer(_: server.Request) -> server.Response:
        at_once.append(at_once[-1] + 1)
        await asyncio.sleep(0.005)
        at_once.append(at_once[-1] - 1)
        links = "".join(f'<a href="/?page={number}"></a>' for number in range(2, 5))
        return server.Response(
            text=f'<html><a href="https://t.me/a_room">A</a>{links}</html>', content_type="text/html"
        )

    assert 4 == len(await read_all(fetcher, "generic", await serve(answer)))
    assert 1 == max(at_once)


async def test_sites_beside_each_other(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """Several crawls run in one loop without getting in each other's way."""
    works = [
        read_all(fetcher, site, directory.base + path) for site, path in (("telemetrio", LIST), ("generic", "/links"))
    ]
    assert [2, 2] == [len(pages) for pages in await asyncio.gather(*works)]


async def test_mistake_of_ours_is_not_swallowed(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """Scrapy only logs what goes wrong in a spider; whoever reads the directory learns of it."""

    def read(text: str, url: str) -> Listed:
        raise ZeroDivisionError

    place = listed_at("generic", f"{directory.base}/links")
    with pytest.raises(ZeroDivisionError):
        [page async for page in _crawl(place, replace(SITES["generic"], read=read), fetcher)]


@pytest.mark.parametrize(
    ("site", "address", "expected"),
    [
        (
            "tgstat",
            "https://in.tgstat.com/education",
            {"in.tgstat.com", "www.in.tgstat.com", "tgstat.com", "tgstat.ru"},
        ),
        ("telemetrio", "https://www.telemetr.io/en", {"www.telemetr.io", "telemetr.io"}),
        ("telemetrio", "https://mirror.example/en", {"mirror.example"}),
        ("generic", "http://127.0.0.1:8/x", {"127.0.0.1:8"}),
    ],
)
def test_hosts_that_may_answer(site: str, address: str, expected: set[str]) -> None:
    """A site may lead to its own other names, nothing leads elsewhere."""
    assert expected == _hosts(listed_at(site, address), SITES[site])


def test_settings() -> None:
    """What does something by itself in Scrapy is not there at all."""
    assert [{}] * 4 == [
        SETTINGS[name]
        for name in (
            "DOWNLOAD_HANDLERS_BASE",
            "DOWNLOADER_MIDDLEWARES_BASE",
            "SPIDER_MIDDLEWARES_BASE",
            "EXTENSIONS_BASE",
        )
    ]
    assert {"http", "https"} == set(SETTINGS["DOWNLOAD_HANDLERS"])


# ------------------------------------------------------------------ ending early


async def test_cancelled_crawl_ends_at_once(fetcher: Fetcher, serve: Serve) -> None:
    """A slow host is not waited for, and nothing of the crawl is left."""
    asked = asyncio.Event()

    async def answer(_: server.Request) -> server.Response:
        asked.set()
        await asyncio.sleep(30)
        return server.Response()

    before, address = _own_tasks(), await serve(answer)
    reading = asyncio.create_task(read_all(fetcher, "generic", address))
    await asked.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert before == _own_tasks()


async def test_reader_that_leaves_stops_the_crawl(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """Nothing more is asked for once nobody reads."""
    directory.per_page = 1
    pages = read_directory(listed_at("telemetrio", directory.base + LIST), fetcher)
    async for _ in pages:
        break
    await pages.aclose()
    asked = directory.requests[LIST]
    await asyncio.sleep(0.02)
    assert asked == directory.requests[LIST] < 8


async def test_crawl_that_is_cancelled_before_it_began(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """No request is made."""
    reading = asyncio.create_task(read_all(fetcher, "telemetrio", directory.base + LIST))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not directory.requests[LIST]


def _own_tasks() -> set[asyncio.Task[object]]:
    """Tasks of this side; those of the practice server are not meant."""
    return {task for task in asyncio.all_tasks() if "RequestHandler" not in repr(task)}


def _listening() -> set[str]:
    """Inodes of the sockets of this process that listen."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    listening = {row[9] for row in rows if row[3] == "0A"}
    own = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            own.add(str(os.readlink(link)).removeprefix("socket:[").removesuffix("]"))  # noqa: PTH115 - no path
        except OSError:
            continue
    return listening & own


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "self-signed.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
