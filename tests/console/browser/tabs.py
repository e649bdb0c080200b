"""A page in the browser, what must hold on every page, and the trap."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Dialog, Page, Request

from evidence.people import Lang

HEIGHTS = {1280: 800, 390: 844}
WATCH = """addEventListener("securitypolicyviolation", (event) =>
    console.error("policy: " + event.violatedDirective + " " + event.blockedURI));"""
TOO_WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    const inside = (element) => element.closest(".scroll, .places, .skip, .unseen") !== null;
    const out = [...document.body.querySelectorAll("*")].filter((element) => !inside(element)
        && element.checkVisibility() && element.getBoundingClientRect().right > wide + 1);
    const page = document.documentElement.scrollWidth > wide ? ["the page"] : [];
    return page.concat(out.slice(0, 5).map((e) => e.outerHTML.slice(0, 120)));
}"""
SMALL = """() => [...document.querySelectorAll("button, .button, nav a, input:not([type=hidden])")]
    .filter((e) => e.checkVisibility() && !["checkbox", "radio"].includes(e.type))
    .filter((e) => e.getBoundingClientRect().height < 36)
    .map((e) => e.outerHTML.slice(0, 120))"""


class Trap:
    """Notes what must never happen in a page."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.caught: list[str] = []

    async def watch(self, page: Page) -> None:
        """Look at a page from before its first script on."""
        page.on("dialog", self._dialog)
        page.on("console", self._console)
        page.on("pageerror", lambda problem: self.caught.append(f"error: {problem}"))
        page.on("request", self._request)
        await page.add_init_script(WATCH)

    async def _dialog(self, dialog: Dialog) -> None:
        self.caught.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.caught.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._origin, "data:")):
            self.caught.append(f"request: {request.url}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A page that is open."""

    page: Page
    origin: str

    async def go(self, path: str) -> None:
        """Open a page of the console."""
        await self.page.goto(self.origin + path)

    async def picture(self, path: Path) -> None:
        """Keep what it looks like."""
        await self.page.screenshot(path=path, full_page=True)


async def open_tab(browser: Browser, trap: Trap, cookies: Mapping[str, str], lang: Lang, width: int) -> Tab:
    """A window of its own, with these cookies."""
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]}, locale="ko-KR" if lang == "ko" else "en-GB"
    )
    await context.add_cookies([{"name": name, "value": value, "url": trap._origin} for name, value in cookies.items()])
    page = await context.new_page()
    page.set_default_timeout(10_000)
    await trap.watch(page)
    return Tab(page=page, origin=trap._origin)


async def problems(tab: Tab) -> list[str]:
    """What should hold on every page and does not: axe's rules, nothing wider than the page or too small to touch."""
    await tab.page.evaluate(_axe())
    found: Any = await tab.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    barriers = [
        f"{each['impact']}: {each['id']}: {node['html'][:160]}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]
    wide = [f"too wide: {html}" for html in await tab.page.evaluate(TOO_WIDE)]
    return barriers + wide + [f"too small: {html}" for html in await tab.page.evaluate(SMALL)]


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
