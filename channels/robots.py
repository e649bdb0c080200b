"""robots.txt, obeyed as RFC 9309 says: absent means allowed, unreachable means stay out."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from protego import Protego

from evidence.errors import RateLimited, SourceError, SourceUnavailable

KEPT_S = 86_400.0
"""RFC 9309 section 2.4: not used for longer than a day."""
RETRY_S = 300.0

Ask = Callable[[str], Awaitable[tuple[int, str]]]
"""Fetches an address, redirects on the same host followed, and returns status and text, 4xx and 5xx included."""


class Robots:
    """What each host allows us."""

    def __init__(self, ask: Ask, user_agent: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._user_agent = user_agent
        self._clock = clock
        self._rules: dict[str, tuple[float, Protego | str]] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def check(self, url: str) -> float | None:
        """Make sure that the page may be fetched.

        Returns:
            The pause in seconds that the host asks for, or None.

        Raises:
            SourceUnavailable: disallowed, or robots.txt could not be read.
            RateLimited: the host wants to be left alone, robots.txt included.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._locks[origin]:  # who comes first asks, the others read its answer
            rules = await self._rules_of(origin)
        if isinstance(rules, str):
            raise SourceUnavailable(f"robots.txt of {parts.netloc} {rules}: we stay out until it answers")
        if not rules.can_fetch(url, self._user_agent):
            raise SourceUnavailable(f"robots.txt of {parts.netloc} disallows {parts.path}")
        delay = rules.crawl_delay(self._user_agent)
        return float(delay) if delay else None

    async def _rules_of(self, origin: str) -> Protego | str:
        known = self._rules.get(origin)
        if known is not None and self._clock() < known[0]:
            return known[1]
        rules = await self._read(f"{origin}/robots.txt")
        lasts_s = RETRY_S if isinstance(rules, str) else KEPT_S
        self._rules[origin] = (self._clock() + lasts_s, rules)
        return rules

    async def _read(self, url: str) -> Protego | str:
        try:
            status, text = await self._ask(url)
        except RateLimited:
            raise  # says nothing of the rules: not remembered
        except SourceError as problem:
            return f"could not be read ({problem})"
        if status >= 500 or status == 429 or 300 <= status < 400:
            return f"answered {status}"
        return Protego.parse(text if status == 200 else "")
