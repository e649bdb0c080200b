"""The two cookies: the session's secret, and a secret that forms of visitors who are not signed in are bound to."""

import hashlib
import hmac

from aiohttp import web

from console.visit import Console, console_of

SESSION_COOKIE, FORM_COOKIE, LANG_COOKIE = "haechi", "haechi-form", "haechi-lang"
LONGEST = 200


def read_cookie(request: web.Request, name: str) -> str:
    """What the browser sent; empty for nothing."""
    return request.cookies.get(_full_name(console_of(request), name), "")[:LONGEST]


def set_cookie(response: web.StreamResponse, console: Console, name: str, value: str) -> None:
    """Give the browser a secret that scripts and other sites never see, until it is closed."""
    response.set_cookie(
        _full_name(console, name), value, httponly=True, samesite="Strict", secure=console.is_secure, path="/"
    )


def drop_cookie(response: web.StreamResponse, console: Console, name: str) -> None:
    """Take it back."""
    response.del_cookie(_full_name(console, name), httponly=True, samesite="Strict", secure=console.is_secure, path="/")


def sets_cookie(response: web.StreamResponse, console: Console, name: str) -> bool:
    """Whether a response gives or takes this cookie already."""
    return _full_name(console, name) in response.cookies


def form_key(console: Console, secret: str) -> str:
    """What forms carry back to show that they are ours."""
    key = console.store.cipher.purpose_key("forms of the console")
    return hmac.digest(key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()


def _full_name(console: Console, name: str) -> str:
    """With ``__Host-`` browsers refuse it from any other host and without https; plain loopback has no https."""
    return f"__Host-{name}" if console.is_secure else name
