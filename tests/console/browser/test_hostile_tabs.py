"""Two hundred hostile texts in a real browser, many on a page: no dialog, no policy broken, no other host asked."""

import io
import re
import tarfile
from base64 import b64encode

import pytest
from aiohttp import ClientSession

from console.visit import Console
from evidence.roles import Role
from storage.mongo import Store
from tests.console.asking import signed_in
from tests.console.browser.conftest import Browse
from tests.console.planting import plant
from tests.storage.making import PEER

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


async def test_nothing_runs(console: Console, store: Store, browse: Browse, client: ClientSession) -> None:
    """Lists, items, diffs, cases, reasons, names of searches, the report of a package; `browse` holds the trap."""
    case = await plant(console, store)
    tab = await browse(Role.INVESTIGATOR, "/search?text=해솔빛고", lang="ko")
    pages = 1
    while await tab.page.locator("a[rel=next]").count():
        await tab.go(await tab.page.locator("a[rel=next]").get_attribute("href") or "")
        pages += 1
    assert 10 == pages
    for number in (*range(1, 21), 55, 101, 140, 170, 200):
        await tab.go(f"/items/{PEER}:{number}")
        assert f"{PEER}:{number}" in (await tab.page.locator("h1").text_content() or "")
    for path in ("/cases", f"/cases/{case}", "/search", "/access-log", "/queue"):
        await tab.go(path)
    supervisor = await browse(Role.SUPERVISOR, "/approvals", lang="en", width=390)
    for path in ("/access-log/all", "/overview", f"/items/{PEER}:3"):
        await supervisor.go(path)
    caller = await signed_in(console, client, Role.INVESTIGATOR)
    form = {"csrf": caller.key, "profile": "police", "purpose": "x<script>alert(9)</script>"}
    async with caller.open("POST", f"/cases/{case}/export", form) as response:
        content = await response.read()
        problems = re.findall(r'class="notice bad".*?</p>', content[:200_000].decode(errors="replace"), re.DOTALL)
        assert (200, "") == (response.status, " ".join(problems)[-400:])
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        reports = [name for name in archive.getnames() if name.endswith(".html")]
        texts = [opened.read().decode() for name in reports if (opened := archive.extractfile(name))]
    assert 2 == len(texts)
    for text in texts:
        await tab.page.goto("data:text/html;charset=utf-8;base64," + b64encode(text.encode()).decode())
        assert await tab.page.locator("h1").count()
