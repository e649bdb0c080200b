"""What every request passes: host, pace, form's key, origin; and what every response says."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession

import console as package
from console.cookies import FORM_COOKIE, SESSION_COOKIE
from console.gates.headers import HEADERS
from console.pages import STATIC
from console.rates import RATES, Pace
from console.serving import serving
from console.views.live import REPORTS
from console.visit import Console
from evidence.errors import ConfigError
from evidence.roles import Role
from storage.custody import Custody
from storage.mongo import Store
from tests.conftest import Clock
from tests.console.asking import Caller, signed_in, visitor
from tests.console.conftest import make_console

PAGES = ("/", "/sign-in", "/help", "/nothing", "/static/nothing", "/people", "/api/me", "/api/nothing", "/step-up")


async def test_every_response_has_the_headers(console: Console, client: ClientSession) -> None:
    """Errors and redirects too; nothing is kept by a browser but the fixed files; no page names another host."""
    caller = await signed_in(console, client, Role.ADMIN)
    for asked in (caller, visitor(console, client)):
        for path in (*PAGES, "/static/console.css", "/events"):
            async with asked.open("GET", path) as answer:
                assert HEADERS.items() <= dict(answer.headers).items()
                assert path.startswith("/static/c") or "no-store" == answer.headers["Cache-Control"]
                text = "" if path == "/events" else await answer.text()
            assert "://" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        answer = await asked.ask("DELETE", "/")
        assert (405, HEADERS["Server"]) == (answer.status, answer.headers["Server"])
    assert "script-src 'self';" in HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


async def test_cookies_are_closed_to_scripts_and_other_sites(
    console: Console, client: ClientSession, store: Store, custody: Custody, clock: Clock
) -> None:
    """On plain loopback without ``Secure``; behind https with it and bound to the host by name."""
    plain = (await Caller(console, client).get("/sign-in")).cookies[FORM_COOKIE]
    assert (True, "Strict", "/", "") == (plain["httponly"], plain["samesite"], plain["path"], plain["secure"])
    secure = make_console(store, custody, clock, "https://haechi.example")
    async with serving(lambda host, port: secure, "127.0.0.1", 0) as served:
        assert served.is_secure
    assert SESSION_COOKIE not in (await Caller(console, client).get("/sign-in")).cookies


async def test_behind_https(client: ClientSession, store: Store, custody: Custody, clock: Clock) -> None:
    """The proxy's name is ours, and so is its word for where somebody comes from; cookies are ``__Host-``."""
    ports: list[int] = []

    def make(host: str, port: int) -> Console:
        ports.append(port)
        return make_console(store, custody, clock, "https://haechi.example")

    async with serving(make, "127.0.0.1", 0):
        address = f"http://127.0.0.1:{ports[0]}/sign-in"
        async with client.get(address, headers={"Host": "haechi.example", "X-Forwarded-Proto": "https"}) as answer:
            cookie = answer.cookies[f"__Host-{FORM_COOKIE}"]
            assert (200, True, "", "/") == (answer.status, cookie["secure"], cookie["domain"], cookie["path"])
            assert "max-age=31536000; includeSubDomains" == answer.headers["Strict-Transport-Security"]
        async with client.get(address) as answer:
            assert 421 == answer.status


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1.evil.example", "127.0.0.1:1", "a@b", ""])
async def test_a_request_for_another_host_is_refused(console: Console, client: ClientSession, host: str) -> None:
    """A page elsewhere that rebinds its name to this machine gets nothing, nor does a crooked header reach a page."""
    answer = await visitor(console, client).get("/sign-in", Host=host, **{"X-Forwarded-Host": "evil.example"})
    assert 421 == answer.status
    assert "evil" not in answer.text


async def test_changes_come_from_our_own_pages(console: Console, client: ClientSession) -> None:
    """By key and origin: each alone is not enough."""
    caller = await signed_in(console, client, Role.MONITOR)
    other = await signed_in(console, client, Role.MONITOR)
    form = {"lang": "en", "zone": "Asia/Seoul"}
    ours, path = console.origin, "/account/preferences"
    refused = [
        await caller.ask("POST", path, form=form),
        await caller.ask("POST", path, form={**form, "csrf": other.key}),
        await caller.ask("POST", path, form={**form, "csrf": ""}, headers={"X-CSRF-Token": ""}),
        await caller.post(path, form, Origin="https://evil.example"),
        await caller.post(path, form, Origin="null"),
        await caller.post(path, form, **{"Sec-Fetch-Site": "cross-site"}),
        await caller.post(path, form, **{"Sec-Fetch-Site": "same-site"}),
        await caller.post(path, form, Origin=ours, **{"Sec-Fetch-Site": "none"}),
    ]
    assert {403} == {answer.status for answer in refused}
    taken = [
        await caller.post(path, form),
        await caller.post(path, form, Origin=ours, **{"Sec-Fetch-Site": "same-origin"}),
        await caller.post(path, form, Origin="null", **{"Sec-Fetch-Site": "same-origin"}),
        await caller.ask("POST", path, form=form, headers={"X-CSRF-Token": caller.key}),
    ]
    assert {303} == {answer.status for answer in taken}
    headers = {"X-CSRF-Token": caller.key, "Content-Type": "text/plain"}
    assert 415 == (await caller.ask("PUT", "/api/me", json={}, headers=headers)).status
    assert 403 == (await visitor(console, client).ask("POST", "/sign-in", form={"name": "a", "password": "b"})).status


async def test_only_the_fixed_files_are_served(console: Console, client: ClientSession) -> None:
    """Whatever is tried as a name; and every file of the folder is on the list."""
    caller = visitor(console, client)
    tries = ("../app.py", "..%2fapp.py", "%2e%2e/app.py", "..%5capp.py", "console.css%00.js", "/etc/passwd", "", ".")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(console.origin.rsplit(":", 1)[1]))
    for name in tries:
        writer.write(f"GET /static/{name} HTTP/1.1\r\nHost: {console.host}\r\n\r\n".encode())
        status = int((await reader.readline()).split()[1])
        length = 0
        while (line := await reader.readline()) != b"\r\n":
            length = int(line.split(b":")[1]) if line.lower().startswith(b"content-length") else length
        assert status in (404, 400)
        assert b"import" not in await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()
    for name, kind in STATIC.items():
        answer = await caller.get(f"/static/{name}")
        assert (200, True) == (answer.status, answer.headers["Content-Type"].startswith(kind))
    assert set(STATIC) == {path.name for path in (Path(package.__path__[0]) / "static").iterdir()}


async def test_who_asks_too_fast_waits(console: Console, client: ClientSession, clock: Clock) -> None:
    """Signing in by address; whoever is signed in is not kept out by that."""
    caller, inside = visitor(console, client), await signed_in(console, client, Role.VIEWER)
    statuses = [(await caller.get("/sign-in")).status for _ in range(RATES[Pace.SIGN_IN].burst + 1)]
    assert (200, 429) == (statuses[-2], statuses[-1])
    assert 200 == (await inside.get("/")).status
    clock.forward(seconds=1)
    assert [200, 429] == [(await caller.get("/sign-in")).status for _ in range(2)]


async def test_errors_say_one_line(console: Console, client: ClientSession) -> None:
    """In the language of whoever asks, and as JSON below ``/api/``; never what went wrong inside."""
    korean = await visitor(console, client).get("/nothing", **{"Accept-Language": "ko"})
    assert (404, "여기에는 아무것도 없거나, 볼 수 있는 것이 없습니다.") == (korean.status, korean.line())
    caller = await signed_in(console, client, Role.ADMIN)
    json = await caller.get("/api/nothing")
    assert (404, '{"error": {"status": 404,') == (json.status, json.text[:25])
    large = await caller.post("/people", {"name": "x" * 1_040_000})
    assert 413 == large.status
    await console.store["people"].update_one(
        {"_id": caller.person.id if caller.person else ""}, {"$set": {"role": "emperor"}}
    )
    broken = await caller.get("/")
    assert (500, True) == (broken.status, "Number " in broken.text or "번호" in broken.text)
    assert "emperor" not in broken.text


async def test_reports_of_browsers_are_counted(console: Console, client: ClientSession) -> None:
    """Without a key, since browsers send them; large ones are not read."""
    before = REPORTS._value.get()
    caller = Caller(console, client)
    kind = {"Content-Type": "application/csp-report"}
    assert 204 == (await caller.ask("POST", "/csp-reports", json={"csp-report": {}}, headers=kind)).status
    assert 413 == (await caller.ask("POST", "/csp-reports", json={"x": "y" * 20_000}, headers=kind)).status
    assert before + 1 == REPORTS._value.get()


async def test_a_taken_port_is_named(console: Console) -> None:
    """In one line that says what to do."""
    port = int(console.origin.rsplit(":", 1)[1])
    with pytest.raises(ConfigError, match=f"HAECHI_CONSOLE: 127.0.0.1:{port} is used by another program"):
        async with serving(lambda host, port: console, "127.0.0.1", port):
            pass
    with pytest.raises(ConfigError, match=r"HAECHI_CONSOLE: 192\.0\.2\.1:0 cannot be listened on"):
        async with serving(lambda host, port: console, "192.0.2.1", 0):
            pass
