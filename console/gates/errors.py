"""The gate of errors: whatever goes wrong, a person reads one line, and the log gets an id and nothing else."""

import secrets

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from console.pages import render
from console.words import Message, _
from evidence.errors import ConfigError, HaechiError
from storage.readiness import is_away

log = structlog.get_logger()

LINES = {
    400: _("This request could not be read. Go back and try again."),
    401: _("Sign in first."),
    403: _("You may not do this."),
    404: _("There is nothing here, or nothing that you may see."),
    405: _("This cannot be done here."),
    409: _("Somebody else changed this meanwhile. Load the page again."),
    413: _("That was too much at once."),
    415: _("This kind of content is not taken here."),
    421: _("This address is not ours. Open the console by the address you were given."),
    429: _("That was too fast. Wait a moment."),
    500: _("Something went wrong here. It was noted; try again."),
    503: _("The store does not answer just now. Nothing was changed; try again in a moment."),
}


@web.middleware
async def error_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what the others raise. The only ``except Exception`` of the console."""
    try:
        return await handler(request)
    except web.HTTPException as answered:
        if answered.status < 400:
            raise
        kept = {name: answered.headers[name] for name in ("Retry-After", "Allow") if name in answered.headers}
        return _say(request, answered.status, headers=kept)
    except ConfigError as problem:
        return _say(request, 400, Message("%(problem)s", problem=str(problem)))
    except HaechiError as problem:
        return _failed(request, 503, problem)
    except Exception as problem:  # else a mistake of ours: where it was made goes to the log, without values
        return _failed(request, 503 if is_away(problem) else 500, problem)


def _failed(request: web.Request, status: int, problem: Exception) -> web.Response:
    number = secrets.token_hex(4)
    place = problem.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{place.tb_lineno}" if place else "-"
    log.error("request failed", id=number, kind=type(problem).__name__, where=where)
    return _say(request, status, number=number)


def _say(
    request: web.Request,
    status: int,
    line: Message | None = None,
    number: str = "",
    headers: dict[str, str] | None = None,
) -> web.Response:
    """One line, as a page or, below ``/api/``, as JSON."""
    line = line or Message(LINES.get(status, LINES[500]))
    if request.path.startswith("/api/"):
        said = {"message": line.in_words("en"), "message_ko": line.in_words("ko")}
        return web.json_response({"error": {"status": status, **said, "id": number}}, status=status, headers=headers)
    response = render(request, "error.html", status=status, line=line, number=number)
    response.headers.update(headers or {})
    return response
