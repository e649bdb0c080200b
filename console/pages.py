"""Pages from templates: escaped by themselves, in the language and the time zone of whoever reads."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from console.navigation import NAVIGATION
from console.role_words import CHANGES, PERMISSIONS, ROLES
from console.routing import TABLE
from console.visit import SEOUL, VISIT, Visit, console_of
from console.watchlist_words import why_blind
from console.words import CATALOGUES, LANGS, Message, chosen_lang
from evidence.people import Lang
from evidence.shown import shown

STATIC = {
    "console.css": "text/css",
    "console.js": "text/javascript",
    "queue.js": "text/javascript",
    "watchlist.js": "text/javascript",
    "notices.js": "text/javascript",
    "haechi.svg": "image/svg+xml",
}
"""Every file that is served as it lies there, with its kind."""

FILES = {name: (files("console") / "static" / name).read_bytes() for name in STATIC}
VERSION = hashlib.sha256(b"".join(FILES.values())).hexdigest()[:12]
"""Part of their addresses: a browser keeps them until they change."""


def _environment(lang: Lang) -> Environment:
    environment = Environment(
        loader=PackageLoader("console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(CATALOGUES[lang], newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(when=_when, say=lambda message: message.in_words(lang), plain=shown)
    environment.filters.update(blind=partial(_blind, lang))
    environment.globals.update(lang=lang, version=VERSION, role_words=ROLES, permission_words=PERMISSIONS)
    environment.globals.update(change_words=CHANGES, navigation=NAVIGATION, Message=Message)
    return environment


@pass_context
def _when(context: Context, at: datetime | None) -> str | Markup:
    """A moment in the reader's zone; machines read it in UTC."""
    if at is None:
        return "–"
    zone = context["zone"]
    utc = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        utc, zone.key, at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    )


def _blind(lang: Lang, reason: str) -> str | Markup:
    """Why a place was not seen; what the collector said is its title."""
    words = why_blind(reason)
    if words is None:
        return Markup('<span lang="en">{}</span>').format(shown(reason))
    return Markup('<span title="{}">{}</span>').format(shown(reason), words.in_words(lang))


ENVIRONMENTS = {lang: _environment(lang) for lang in LANGS}


def render(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
    """A page.

    Args:
        request: it answers; also one that did not get as far as its session.
        template: name of a file in ``templates/``.
        status: of the response.
        values: for the template; every name that it uses must be there.
    """
    visit = request.get(VISIT)
    page = ENVIRONMENTS[_lang(request, visit)].get_template(template).render({**_frame(request, visit), **values})
    return web.Response(text=page, status=status, content_type="text/html", charset="utf-8")


def _frame(request: web.Request, visit: Visit | None) -> Mapping[str, Any]:
    """What every page has."""
    console = console_of(request)
    zone: ZoneInfo = visit.zone if visit else SEOUL
    resource = request.match_info.route.resource
    is_page = resource is not None and ("GET", resource.canonical) in request.config_dict[TABLE]
    here = request.path_qs if request.method == "GET" else request.path
    return {
        "visit": visit,
        "console": console,
        "zone": zone,
        "path": request.path,
        "here": here if is_page else "/",
        "now": console.clock(),
    }


def _lang(request: web.Request, visit: Visit | None) -> Lang:
    accepts = request.headers.get("Accept-Language", "")
    return visit.lang if visit else chosen_lang(accepts, None, console_of(request).lang)
