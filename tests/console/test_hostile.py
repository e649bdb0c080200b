"""Hostile texts through every field and view over HTTP: nothing is believed, nothing falls over.

The four kinds of hole that AIL closed in 2026, the closest relative of this program, each have a test here.
"""

import csv
import io
import json
import re
import unicodedata
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

from channels.fetch import Fetcher
from channels.pace import Pace
from console.visit import Console
from evidence.errors import SourceUnavailable
from evidence.roles import Role
from storage.mongo import Store
from tests.console.asking import Answer, signed_in, visitor
from tests.console.finding import put_posts, said
from tests.console.payloads import payloads
from tests.console.planting import FLAGGED, plant
from tests.console.test_console_sign_in import give_password, known
from tests.storage.making import PEER

ALIVE = re.compile(
    r"<(?:script(?! src=\"/static/)|img(?! src=\"/static/)|iframe|object|embed|base|style|form action=https|video"
    r"|body on|svg on|svg><s|meta http|math|marquee|link rel=stylesheet)"
    r"|<[a-z]+[^<>\"']*\son\w+=|<a [^<>]*href=[\"']?(?:javascript|data):",
    re.IGNORECASE,
)
"""Markup that only a payload would have brought."""

FIELDS = ("text", "school", "source", "since", "term", "after", "saved")


def wrong_with(answer: Answer) -> list[str]:
    """What must not be in a response: live markup, a header that was slipped in, an error of ours."""
    found = (
        [match[0] for match in ALIVE.finditer(answer.text)] if "html" in answer.headers.get("Content-Type", "") else []
    )
    slipped = [name for name in answer.headers if name.lower() == "set-cookie" and "a=" in answer.headers[name][:3]]
    return found + slipped + (["500"] if answer.status >= 500 else [])


@pytest.mark.slow
async def test_every_page_with_hostile_texts(console: Console, client: ClientSession, store: Store) -> None:
    """Posts, revisions, questions, notes, reasons and names of searches are text wherever they are shown."""
    case = await plant(console, store)
    wrong: list[tuple[str, list[str]]] = []
    caller = await signed_in(console, client, Role.INVESTIGATOR)
    items = [f"/items/{PEER}:{number}" for number in range(1, 201)]
    for path in ("/search?text=해솔빛고", "/search", "/cases", f"/cases/{case}", "/access-log", "/queue", *items):
        wrong.append((path, wrong_with(await caller.get(path))))
    supervisor = await signed_in(console, client, Role.SUPERVISOR)
    for path in ("/approvals", "/access-log/all", "/overview"):
        wrong.append((path, wrong_with(await supervisor.get(path))))
    assert [] == [found for found in wrong if found[1]]


@pytest.mark.slow
async def test_every_field_takes_hostile_texts_as_text(console: Console, client: ClientSession, store: Store) -> None:
    """Sent through each form and address, they are kept or refused, never believed and never an error of ours."""
    await put_posts(store, said(1, FLAGGED.format(payload="")))
    caller = await signed_in(console, client, Role.INVESTIGATOR)
    case = (await caller.post("/cases", {"question": "x"})).to
    wrong: list[tuple[str, list[str]]] = []
    for text in payloads()[::3]:
        console.rates._buckets.clear()
        given = quote(text[:300] + text[-200:], safe="")
        paths = [
            f"/search?{field}={given}" for field in ("text", "school", "source", "since", "term", "after", "saved")
        ]
        answers = [await caller.get(path) for path in paths]
        answers.append(await caller.get(f"/search?{given}=1"))
        answers.append(await caller.get(f"/items/{given}"))
        answers.append(await caller.get(f"/cases/{given}"))
        for path, form in (
            ("/cases", {"question": text}),
            (f"{case}/notes", {"text": text}),
            (f"{case}/items", {"item": text}),
            (f"{case}/hold", {"until": "", "reason": text}),
            (f"{case}/export", {"profile": text, "office": text, "purpose": text}),
            (f"/items/{PEER}:1/erase", {"basis": text, "requester": "victim", "reason": text}),
            ("/search/save?text=x", {"name": text}),
            ("/search/drop", {"name": text}),
        ):
            answers.append(await caller.post(path, form))
        wrong += [(text[:60], found) for answer in answers if (found := wrong_with(answer))]
    assert [] == wrong


async def test_files_hold_no_formula(console: Console, client: ClientSession, store: Store) -> None:
    """Whatever is taken out opens in a spreadsheet as text; JSON is JSON."""
    texts = payloads()
    await put_posts(
        store, *(said(number, f"{text} 해솔빛고", number) for number, text in enumerate(texts[:100], start=1))
    )
    caller = await signed_in(console, client, Role.INVESTIGATOR)
    form = {"form": "csv", "why": "check", "reason": texts[2]}
    answer = await caller.post("/search/download?text=해솔빛고", form)
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert 100 == len(rows) - 2
    cells = [cell for row in rows[1:] for cell in row]
    assert [] == [cell for cell in cells if unicodedata.normalize("NFKC", cell).lstrip()[:1] in tuple("=+-@\t\r\x00")]
    assert re.fullmatch(r'attachment; filename="haechi-[0-9a-f]{16}-\w+\.csv"', answer.headers["Content-Disposition"])
    as_json = await caller.post("/search/download?text=해솔빛고", {**form, "form": "json"})
    assert ("application/json; charset=utf-8", 100) == (
        as_json.headers["Content-Type"],
        len(json.loads(as_json.text)["posts"]),
    )


# ------------------------------------------------------------------ what AIL had to close in 2026


async def test_ail_stored_scripts_in_items_of_over_800_characters(
    console: Console, client: ClientSession, store: Store
) -> None:
    """A long post is shown whole, and escaped to its end: on its own page, in lists, in what changed."""
    tail = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    long = FLAGGED.format(payload="가나다 " * 300 + tail)
    await put_posts(store, said(1, long))
    await put_posts(store, said(1, long.replace("딥페이크", "딥 페이크")))
    caller = await signed_in(console, client, Role.INVESTIGATOR)
    for path in (f"/items/{PEER}:1", "/search?text=alert", "/search?text=해솔빛고"):
        page = await caller.get(path)
        assert (200, []) == (page.status, wrong_with(page))
    page = await caller.get(f"/items/{PEER}:1")
    assert 2 <= page.text.count("&lt;script&gt;alert(1)&lt;/script&gt;")


@pytest.mark.parametrize(
    "trick",
    [
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e%2fmaster.key",
        "..%5c..%5cmaster.key",
        "....%2f%2f....%2f%2fmaster.key",
        "%2fetc%2fpasswd",
        "master.key%00",
        "1900000001:1%2f..%2f..%2fmaster.key",
        "case-01234567%2f..%2f..%2fmaster.key",
        "custody.key",
    ],
)
async def test_ail_paths_out_of_diff_download_and_packed_files(
    console: Console, client: ClientSession, trick: str
) -> None:
    """No name in an address reaches the file system: things have ids of one form, and files names of our own."""
    caller = await signed_in(console, client, Role.INVESTIGATOR)
    case = (await caller.post("/cases", {"question": "x"})).to
    secret = (console.custody.files.folder / "custody.key").read_bytes() if console.custody.files else b""
    for path in ("/items/{}", "/api/items/{}", "/cases/{}", "/api/cases/{}", "/static/{}", "/help/{}"):
        answer = await caller.get(path.format(trick))
        assert answer.status in (400, 404), path
        assert "root:" not in answer.text
        assert secret.hex()[:16] not in answer.text
    for path in ("/cases/{}/export", "/cases/{}/notes", "/items/{}/erase", "/items/{}/case"):
        assert (await caller.post(path.format(trick), {"profile": "police", "purpose": "xxx"})).status in (400, 404)
    form = {"profile": f"../{trick}", "office": trick, "purpose": "xxx"}
    assert 422 == (await caller.post(f"{case}/export", form)).status


async def test_ail_guessing_the_second_factor(console: Console, client: ClientSession) -> None:
    """After five wrong codes the attempt is over, and a new one waits: a million codes take years."""
    await known(console)
    caller = visitor(console, client)
    await give_password(caller)
    answers = [await caller.post("/sign-in/code", {"code": f"{number:06}"}) for number in range(5)]
    assert ([422] * 4, "/sign-in") == ([answer.status for answer in answers[:4]], answers[4].to)
    await give_password(caller)
    slowed = await caller.post("/sign-in/code", {"code": "999999"})
    assert (429, True) == (slowed.status, int(slowed.headers["Retry-After"]) > 0)


@pytest.mark.parametrize(
    "url", ["https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://0x7f.1/", "https://2130706433/"]
)
async def test_ail_the_crawler_does_not_reach_this_machine(url: str) -> None:
    """Whatever a watchlist or a redirect names; addresses are checked as they are connected to."""
    async with Fetcher(contact="x", pace=Pace(pause_s=0)) as fetcher:
        with pytest.raises(SourceUnavailable):
            await fetcher.get(url, (url.split("/")[2].strip("[]"),))
