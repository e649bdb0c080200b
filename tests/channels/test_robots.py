"""robots.txt: asked once, obeyed, and read as unreachable where it is."""

import asyncio

import pytest

from channels.fetch import user_agent
from channels.robots import KEPT_S, RETRY_S, Robots
from evidence.errors import RateLimited, SourceError, SourceUnavailable, UnreadableCapture

PAGE = "https://a.example/s/room?before=9"
AGENT = user_agent("ops@haechi.example")


class Host:
    """A host whose robots.txt the test sets; it counts who asks."""

    def __init__(self, status: int = 200, text: str = "", problem: SourceError | None = None) -> None:
        self.status, self.text, self.problem = status, text, problem
        self.asked: list[str] = []
        self.now = 0.0

    async def ask(self, url: str) -> tuple[int, str]:
        """Status and text of robots.txt."""
        self.asked.append(url)
        await asyncio.sleep(0)
        if self.problem is not None:
            raise self.problem
        return self.status, self.text

    def robots(self) -> Robots:
        """Rules that are read from here."""
        return Robots(self.ask, AGENT, clock=lambda: self.now)


@pytest.mark.parametrize("status", [404, 403, 401, 410])
async def test_absent_allows_all(status: int) -> None:
    """RFC 9309 section 2.3.1.3: where there is no file there is no rule."""
    assert await Host(status, "User-agent: *\nDisallow: /").robots().check(PAGE) is None


@pytest.mark.parametrize("status", [500, 503, 429, 304])
async def test_broken_host_is_stayed_out_of(status: int) -> None:
    """RFC 9309 section 2.3.1.4: where the file cannot be had, everything is disallowed."""
    with pytest.raises(SourceUnavailable, match=f"^robots.txt of a.example answered {status}: we stay out until it"):
        await Host(status).robots().check(PAGE)


@pytest.mark.parametrize("problem", [SourceUnavailable("no answer"), UnreadableCapture("too large")])
async def test_unreachable_host_is_stayed_out_of(problem: SourceError) -> None:
    """An error on the way is no permission."""
    with pytest.raises(SourceUnavailable, match=f"could not be read .{problem}.: we stay out"):
        await Host(problem=problem).robots().check(PAGE)


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /s/", False),
        ("User-agent: *\nDisallow: /s/\nAllow: /s/room", True),
        ("User-agent: *\nDisallow: /*before=", False),
        ("User-agent: *\nDisallow: /joinchat/", True),
        ("User-agent: Haechi\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: Other\nDisallow: /", True),
        ("<html>not found</html>", True),
        ("\x00\ufffd\ufffd", True),
    ],
)
async def test_rules_are_obeyed(text: str, is_allowed: bool) -> None:
    """A page that the file disallows, for all or for us by name, is not asked for."""
    robots = Host(text=text).robots()
    if is_allowed:
        await robots.check(PAGE)
    else:
        with pytest.raises(SourceUnavailable, match=r"^robots.txt of a.example disallows /s/room$"):
            await robots.check(PAGE)


@pytest.mark.parametrize(("line", "delay_s"), [("Crawl-delay: 7", 7.0), ("Crawl-delay: 0.5", 0.5), ("", None)])
async def test_crawl_delay_is_told(line: str, delay_s: float | None) -> None:
    """The pause that the host asks for is passed on."""
    assert delay_s == await Host(text=f"User-agent: *\n{line}\nDisallow: /private").robots().check(PAGE)


async def test_file_is_asked_for_once_a_day() -> None:
    """RFC 9309 section 2.4: rules are kept, each origin's its own, and not longer than a day."""
    host = Host(404)
    robots = host.robots()
    for url in (PAGE, "https://a.example/other", "https://b.example/x", "https://a.example:8443/x"):
        await robots.check(url)
    assert [f"https://{name}/robots.txt" for name in ("a.example", "b.example", "a.example:8443")] == host.asked
    host.now, host.status = KEPT_S, 503
    with pytest.raises(SourceUnavailable):
        await robots.check(PAGE)


async def test_first_reads_at_once_ask_once() -> None:
    """Whoever comes while the file is being asked for waits for that answer; other origins do not."""
    host = Host(404)
    robots = host.robots()
    await asyncio.gather(*(robots.check(url) for url in [PAGE] * 8 + ["https://b.example/"]))
    assert ["https://a.example/robots.txt", "https://b.example/robots.txt"] == host.asked


async def test_broken_host_is_asked_again_soon() -> None:
    """A failure is remembered for minutes, so that a host in trouble is not asked for every page."""
    host = Host(503)
    robots = host.robots()
    for _ in range(2):
        with pytest.raises(SourceUnavailable):
            await robots.check(PAGE)
    assert len(host.asked) == 1
    host.now, host.status = RETRY_S, 404
    assert await robots.check(PAGE) is None


async def test_wait_that_a_host_asks_for_is_no_failure_of_the_file() -> None:
    """A host that is being left alone is not taken for one without rules, nor remembered as broken."""
    host = Host(404, problem=RateLimited("a.example asked us to wait: 60 s are left", 60))
    robots = host.robots()
    with pytest.raises(RateLimited, match="60 s are left"):
        await robots.check(PAGE)
    host.problem = None
    assert await robots.check(PAGE) is None
