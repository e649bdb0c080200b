"""Going from page to page: only ever to our own."""

import re
from urllib.parse import urlencode

from aiohttp import web

_LOCAL = re.compile(r"/(?![/\\])[\w\-./?=&%:+~@,]*", re.ASCII)


def go(path: str, **query: str) -> web.Response:
    """Send the browser to a page of ours, to be read there."""
    return web.Response(status=303, headers={"Location": path + ("?" + urlencode(query) if query else "")})


def local_path(path: str) -> str:
    """A path that came from outside, if it leads to a page of ours; else that of the first page."""
    return path if _LOCAL.fullmatch(path) else "/"
