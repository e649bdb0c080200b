"""Mails of a summary as a server took them, opened in a real browser: at the width of mail programs, and in grey."""

from base64 import b64encode
from email.message import EmailMessage
from pathlib import Path
from typing import Any, get_args

import pytest
from playwright.async_api import Browser, Page

from channels.mail import read_mail_url, send_mail
from pipelines.digest import Scope, make_digest, page_of
from pipelines.digest.charts import FILL, INK, QUIET, SOFT
from pipelines.digest.mail import mail_of
from pipelines.digest.words import Lang
from tests.console.browser.tabs import HEIGHTS, TOO_WIDE, Tab, Trap, problems
from tests.crawler.mailbox import mail_server
from tests.pipelines.digest.making import OFFICES
from tests.pipelines.digest.reading import expected
from tests.pipelines.digest.test_digest_forms import SCOPES, full_day

pytestmark = pytest.mark.asyncio(loop_scope="session")

CELLS = """() => Object.fromEntries([...document.querySelectorAll("table[data-sheet]")].map((table) =>
    [table.dataset.sheet, [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent))]))"""
PICTURES = """() => [...document.images].map((image) => [image.complete && image.naturalWidth, image.width])"""
BLANK = "about:blank"
OF_PAGES = ("moderate: landmark-one-main", "moderate: region")
"""Rules for pages that stand alone: a mail stands within a mail program's."""


async def taken(scope: Scope, lang: Lang) -> EmailMessage:
    """A mail as a server took it."""
    message = mail_of(make_digest(full_day(), scope), lang, OFFICES)
    message["From"], message["To"] = "haechi@office.example", "kim@sen.example"
    async with mail_server() as box:
        there = read_mail_url(f"smtp://127.0.0.1:{box.port}", allow_loopback=True)
        await send_mail(there, message, "haechi@office.example", "kim@sen.example")
    ((_, mail),) = box.mails
    return mail


def shown(mail: EmailMessage) -> str:
    """Its HTML with its own pictures, as a mail program puts them in."""
    parts = {part.get_content_type(): part for part in mail.walk()}
    html: str = parts["text/html"].get_content()
    for part in mail.walk():
        if part["Content-ID"]:
            picture = f"data:{part.get_content_type()};base64,{b64encode(part.get_content()).decode()}"
            html = html.replace(f"cid:{part['Content-ID'].strip('<>')}", picture)
    return html


async def opened(chromium: Browser, html: str, width: int, trap: Trap) -> Page:
    """In a window of a mail program's width, without scripts, as there."""
    context = await chromium.new_context(viewport={"width": width, "height": HEIGHTS.get(width, 900)})
    page = await context.new_page()
    await trap.watch(page)
    await page.set_content(html)
    return page


@pytest.mark.parametrize("lang", get_args(Lang))
@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: str(scope.reader))
async def test_a_mail_can_be_read(chromium: Browser, scope: Scope, lang: Lang, tmp_path: Path) -> None:
    """At 640 pixels and on a telephone: every cell, every picture, nothing too wide, no barrier, no request."""
    html, trap = shown(await taken(scope, lang)), Trap(BLANK)
    page = await opened(chromium, html, 640, trap)
    sheets = expected(page_of(make_digest(full_day(), scope), lang, OFFICES))
    assert sheets == await page.evaluate(CELLS)
    pictures: list[Any] = await page.evaluate(PICTURES)
    assert 3 == len(pictures)
    assert all(there and 500 < wide <= 600 for there, wide in pictures)
    found = await problems(Tab(page=page, origin=BLANK))
    assert [] == [one for one in found if not one.startswith(OF_PAGES)]
    await page.screenshot(path=tmp_path / "mail-640.png", full_page=True)
    await page.set_viewport_size({"width": 390, "height": 844})
    assert [] == await page.evaluate(TOO_WIDE)
    await page.screenshot(path=tmp_path / "mail-390.png", full_page=True)
    await page.context.close()
    assert [] == trap.caught


async def test_pictures_can_be_read_in_grey() -> None:
    """Letters and bars stand out from the paper, marked bars from the others, by lightness alone."""
    paper = "#ffffff"
    assert [] == [ink for ink in (INK, QUIET) if contrast(ink, paper) < 4.5]
    assert contrast(FILL, paper) > 3
    assert contrast(FILL, SOFT) > 3


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG 2 defines it; 1 is none."""
    light, dark = sorted((lightness(one), lightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lightness(colour: str) -> float:
    """What is left of a colour in grey, 0 to 1."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
