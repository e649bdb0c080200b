"""Live events, and the reports of browsers about what the content policy stopped."""

import asyncio

import structlog
from aiohttp import web
from prometheus_client import Counter

from console.cookies import SESSION_COOKIE, read_cookie
from console.events import Stream
from console.gates.sessions import find_visitor
from console.visit import console_of, visit_of
from storage.sessions import Stage

log = structlog.get_logger()

HEARTBEAT_S = 15.0
LARGEST_REPORT_BYTES = 16_384
REPORTS = Counter("haechi_console_csp_reports", "Reports of browsers that something was stopped.", registry=None)


async def events(request: web.Request) -> web.StreamResponse:
    """Send what changes until the browser goes, the session ends or the console stops."""
    console, visit = console_of(request), visit_of(request)
    if request.method == "HEAD":
        return web.Response(content_type="text/event-stream")
    stream = console.events.open(visit.staff)
    if stream is None:
        raise web.HTTPTooManyRequests
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    try:
        await response.prepare(request)
        await response.write(b"retry: 5000\n\n: here\n\n")
        while await _send_next(request, response, stream):
            pass
    except ConnectionResetError:
        log.debug("a stream ended")
    finally:
        console.events.close(stream)
    return response


async def _send_next(request: web.Request, response: web.StreamResponse, stream: Stream) -> bool:
    """Send one event or a sign of life; False at the end."""
    try:
        async with asyncio.timeout(HEARTBEAT_S):
            event = await stream.waiting.get()
    except TimeoutError:
        await response.write(b": here\n\n")
        return await _is_still_here(request, stream)
    if event is None:
        return False
    if stream.has_missed:
        stream.has_missed = False
        await response.write(b"event: again\ndata: {}\n\n")
    if not await _is_still_here(request, stream):
        return False
    await response.write(event.line())
    return True


async def _is_still_here(request: web.Request, stream: Stream) -> bool:
    """Whether the session is still that of the same person with the same role and scope."""
    console = console_of(request)
    session, person = await find_visitor(console, read_cookie(request, SESSION_COOKIE))
    return (
        session is not None
        and session.stage is Stage.FULL
        and person is not None
        and (person.id, str(person.role), person.offices)
        == (stream.staff.actor, stream.staff.role, stream.staff.offices)
    )


async def take_report(request: web.Request) -> web.StreamResponse:
    """Count a report; what it says came from a stranger's text and is not kept."""
    if (request.content_length or 0) > LARGEST_REPORT_BYTES:
        raise web.HTTPRequestEntityTooLarge(LARGEST_REPORT_BYTES, request.content_length or 0)
    REPORTS.inc()
    log.warning("a browser stopped something that our pages do not do")
    return web.Response(status=204)
