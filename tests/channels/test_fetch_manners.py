"""How a host is treated: asked in its turn, by its rules, by our name, and left alone when it says so."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from pathlib import Path

import pytest
from aiohttp import web as server

from channels.fetch import PRODUCT, Fetcher, user_agent
from channels.pace import Pace
from evidence.errors import RateLimited, SourceUnavailable
from practice.faults import RETRY_AFTER_S
from practice.web import PracticeWeb
from tests.channels.conftest import HTML, Serve, answering, get

ROOT = Path(__file__).parents[2]
PRODUCT_FOLDERS = ("channels", "config", "console", "crawler", "evidence", "pipelines", "practice", "storage")

# ------------------------------------------------------------------ waits


@pytest.mark.parametrize("status", [500, 502, 404, 401, 204, 304])
async def test_other_status_is_unavailable(fetcher: Fetcher, serve: Serve, status: int) -> None:
    """Only 200 is a page."""
    with pytest.raises(SourceUnavailable, match=f"answered {status}$"):
        await get(fetcher, await serve(answering(status, text="")))


async def test_too_many_requests(fetcher: Fetcher, web: PracticeWeb) -> None:
    """429 holds the host as long as it says."""
    web.faults.too_many = True
    with pytest.raises(RateLimited, match=f"answered 429; left alone for {RETRY_AFTER_S} s") as caught:
        await get(fetcher, f"{web.base}/telegram")
    assert RETRY_AFTER_S == caught.value.retry_after_s


async def test_unavailable_for_a_time_that_is_told(fetcher: Fetcher, serve: Serve) -> None:
    """503 with a time to wait holds the host like 429; without one it is an error of the host."""
    with pytest.raises(RateLimited, match="answered 503; left alone for 120 s"):
        await get(fetcher, await serve(answering(503, text="", Retry_After="120")))
    with pytest.raises(SourceUnavailable, match=r"answered 503$"):
        await get(fetcher, await serve(answering(503, text="")))


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("header", "least_s", "most_s"),
    [
        ("120", 120, 120),
        (format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True), 3_000, 3_600),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 1, 1),
        ("soon", 60, 60),
        ("", 60, 60),
        ("-5", 60, 60),
        (f"Fri, 31 Dec {'9' * 30} 23:59:59 GMT", 60, 60),
        ("9" * 400, 86_400, 86_400),
        (None, 60, 60),
    ],
)
async def test_retry_after(serve: Serve, status: int, header: str | None, least_s: float, most_s: float) -> None:
    """Seconds and dates are obeyed; without either a hold of our own begins, and the next request is not even sent."""
    asked = []

    async def answer(request: server.Request) -> server.Response:
        asked.append(request.path)
        return server.Response(status=status, headers={} if header is None else {"Retry-After": header})

    url = await serve(answer)
    async with Fetcher(contact="x", pace=Pace(pause_s=0, clock=lambda: 0.0), allow_loopback=True) as fetcher:
        with pytest.raises(RateLimited, match=f"answered {status}; left alone for") as caught:
            await get(fetcher, url)
        assert least_s <= caught.value.retry_after_s <= most_s
        if least_s > 1:
            with pytest.raises(RateLimited, match="asked us to wait"):
                await get(fetcher, url)
            assert len(asked) == 1


async def test_look_of_a_limit_is_backed_off_from(fetcher: Fetcher, web: PracticeWeb) -> None:
    """A page may show that its host limits us without saying so."""
    assert fetcher.leave_alone(web.base) == 60
    with pytest.raises(RateLimited, match="asked us to wait"):
        await get(fetcher, f"{web.base}/telegram")


# ------------------------------------------------------------------ manners


async def test_no_cookies_no_proxy_no_disguise(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cookie that is set does not come back, no proxy of the environment is used, and the agent says who asks."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    seen = []

    async def answer(request: server.Request) -> server.Response:
        seen.append(dict(request.headers))
        return server.Response(text=HTML, content_type="text/html", headers={"Set-Cookie": "id=1; Path=/"})

    url = await serve(answer)
    async with Fetcher(contact="ops@haechi.example", pace=Pace(pause_s=0), allow_loopback=True) as fetcher:
        await get(fetcher, url)
        await get(fetcher, url)
    assert [{"Host", "User-Agent", "Accept-Language", "Accept", "Accept-Encoding"}] * 2 == [set(each) for each in seen]
    assert seen[1]["User-Agent"] == user_agent("ops@haechi.example")


def test_user_agent_carries_the_contact() -> None:
    """Whoever runs a watched host can write to the operator."""
    assert user_agent("ops@a.example").startswith(PRODUCT)
    assert "contact: ops@a.example" in user_agent("ops@a.example")


@pytest.mark.parametrize(
    ("robots", "message"), [("User-agent: *\nDisallow: /s/", "disallows /s/"), (503, "answered 503")]
)
async def test_robots_are_asked_first(fetcher: Fetcher, web: PracticeWeb, robots: int | str, message: str) -> None:
    """A page that robots.txt does not allow is not asked for."""
    web.faults.robots = robots
    with pytest.raises(SourceUnavailable, match=message):
        await get(fetcher, f"{web.base}/s/telegram")
    assert {"/robots.txt": 1} == web.requests


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/5", None),
        ("/6", "more than 5 redirects"),
        ("/away", "leads away from"),
        ("/private", "is not https"),
        ("/nowhere", "more than 5 redirects"),
    ],
)
async def test_redirects_of_robots(fetcher: Fetcher, serve: Serve, path: str, message: str | None) -> None:
    """RFC 9309 section 2.3.1.2: five are followed, on the same host; beyond, the file could not be read."""
    targets = {"away": "http://127.0.0.1:1/robots.txt", "private": "http://10.0.0.1/", "nowhere": ""}

    async def answer(request: server.Request) -> server.Response:
        step = request.path.strip("/")
        if step == "0":
            return server.Response(text="User-agent: *")
        target = targets[step] if step in targets else f"/{int(step) - 1}"
        return server.Response(status=301, headers={"Location": target})

    url = f"{await serve(answer)}{path}"
    if message is None:
        assert (200, "User-agent: *") == await fetcher._ask_robots(url)
    else:
        with pytest.raises(SourceUnavailable, match=message):
            await fetcher._ask_robots(url)


async def test_redirect_asks_robots_again(fetcher: Fetcher, web: PracticeWeb) -> None:
    """Also the page that a redirect leads to must be allowed."""
    web.faults.robots = "User-agent: *\nDisallow: /practice_group"
    with pytest.raises(SourceUnavailable, match="disallows /practice_group"):
        await get(fetcher, f"{web.base}/s/practice_group")


async def test_every_page_waits_for_its_turn(web: PracticeWeb) -> None:
    """Without a pause of practice, a page comes seconds after robots.txt."""
    async with Fetcher(contact="x", pace=Pace(), allow_loopback=True) as fetcher:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await get(fetcher, f"{web.base}/telegram")
    assert {"/robots.txt": 1} == web.requests


async def test_crawl_delay_is_kept(web: PracticeWeb) -> None:
    """The pause that robots.txt asks for lies between two pages, where ours would be over."""
    web.faults.robots = "User-agent: *\nCrawl-delay: 29"
    clock = count(step=4.0)
    async with Fetcher(contact="x", pace=Pace(clock=lambda: next(clock)), allow_loopback=True) as fetcher:
        await get(fetcher, f"{web.base}/telegram")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await get(fetcher, f"{web.base}/telegram")


def test_sessions_are_opened_in_one_place() -> None:
    """SEC-05: no other file of the product opens a session that could ask for anything unguarded."""
    opened = re.compile(r"ClientSession\(|aiohttp\.request\(|urlopen\(|http\.client|requests\.(?:get|post)\(|httpx\.")
    files = [path for folder in PRODUCT_FOLDERS for path in (ROOT / folder).rglob("*.py")]
    found = {str(path.relative_to(ROOT)) for path in files if opened.search(path.read_text(encoding="utf-8"))}
    assert {"channels/guarded.py"} == found


async def test_fetcher_is_opened_first() -> None:
    """Using it outside of its block is a mistake of ours."""
    with pytest.raises(RuntimeError, match="inside `async with`"):
        await Fetcher(contact="x", pace=Pace(pause_s=0)).get("https://t.me/x", ("t.me",))
