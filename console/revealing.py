"""Reveals, the same for pages and programs: what is asked for, and the words, logged before they are shown."""

from dataclasses import dataclass
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from console.body import Strict
from console.events import Event
from console.flag_text import Part, mask_words, open_span, show_strange, words_of
from console.reviewing import FLAG_OFFICES
from console.said import reader_of
from console.visit import console_of, visit_of
from evidence.approval import Proposal
from evidence.errors import ConfigError, ReviewRefused
from evidence.masked import Masked
from evidence.records import KeptPost
from evidence.reveal import MOST_OF_A_CASE, Extent, of_case, read_extent
from evidence.roles import Permission
from storage.cases import posts_of_case
from storage.flag_view import read_texts
from storage.reveal_requests import (
    Purpose,
    approve_reveal,
    ask_reveal,
    break_glass,
    broken_glass,
    recent_reveals,
    view_revealed,
)


class Why(Strict):
    """Why somebody wants to see something."""

    purpose: Annotated[Purpose, Field(strict=False)]
    words: str = Field(min_length=1, max_length=1_900)
    do: Literal["ask", "break"] = "ask"


class RevealAsked(Why):
    """One flag, or one masked span of it."""

    span: int = Field(default=0, ge=0, le=9_999)
    """Its number, from 1 on; 0 for the whole text."""
    revision: int = Field(default=0, ge=0)
    """In which the span was counted; 0 for the present one."""


class CaseRevealAsked(Why):
    """Posts of a case."""

    flags: tuple[str, ...] = Field(default=(), max_length=MOST_OF_A_CASE)


class CaseRevealBody(CaseRevealAsked):
    """The same as JSON."""

    flags: list[str] = Field(min_length=1, max_length=MOST_OF_A_CASE)  # type: ignore[assignment]


class Approval(Strict):
    """Of a reveal, or of a broken glass."""

    proposal: str = Field(pattern=r"^proposal-[0-9a-f]{16}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """A text that may be shown."""

    flag: str
    parts: tuple[Part, ...]
    words: str
    """The same in one, for programs."""


# ------------------------------------------------------------------ asking


async def ask(request: web.Request, asked: RevealAsked) -> Proposal:
    """Ask for the flag that the path names, or break the glass, and tell supervisors.

    Raises:
        ReviewRefused: only supervisors break the glass.
        ConfigError: it is of offices that are not theirs, or there is no such span.
        StorageError: the log did not take it.
    """
    flag = request.match_info["flag"]
    extent = Extent(flags=(flag,))
    if asked.span:
        post = await post_of(request, flag)
        if asked.span > len(masked_of(post).spans) or asked.revision not in (0, post.revision):
            raise ConfigError(f"{flag}: the post changed since, or has no such mask: look again")
        extent = Extent(flags=(flag,), revision=post.revision, span=asked.span)
    return await _ask(request, extent, request[FLAG_OFFICES], asked)


async def ask_for_case(request: web.Request, asked: CaseRevealAsked) -> Proposal:
    """Ask for posts of the case that the path names.

    Raises:
        ReviewRefused: only supervisors break the glass.
        ConfigError: none, too many, or such as are not in the case or not theirs.
        StorageError: the log did not take it.
    """
    case, staff, store = request.match_info["case"], visit_of(request).staff, console_of(request).store
    extent = of_case(case, asked.flags)
    there = await read_texts(store, staff, await posts_of_case(store, case))
    if strange := [flag for flag in extent.flags if flag not in there]:
        raise ConfigError(f"{strange[0]}: is no post of {case} that you may see")
    offices = (frozenset(there[flag][0].get("offices") or ()) for flag in extent.flags)
    return await _ask(request, extent, frozenset().union(*offices), asked)


async def _ask(request: web.Request, extent: Extent, offices: frozenset[str], why: Why) -> Proposal:
    console, work = console_of(request), break_glass if why.do == "break" else ask_reveal
    at, staff = console.clock(), visit_of(request).staff
    found = await work(console.store, console.custody, staff, extent, offices, why.purpose, why.words, at)
    await _tell(request)
    return found


async def approve(request: web.Request, proposal: str) -> None:
    """Approve somebody else's, and tell supervisors.

    Raises:
        ReviewRefused: it is no reveal.
        ConfigError: it is their own, expired, or outside of their scope.
        StorageError: the log did not take it.
    """
    console = console_of(request)
    await approve_reveal(console.store, console.custody, visit_of(request).staff, proposal, console.clock())
    await _tell(request)


async def _tell(request: web.Request) -> None:
    console = console_of(request)
    at = console.clock()
    waiting = [each for each in await recent_reveals(console.store, at) if each.state(at) == "waiting"]
    glass = [each for each in await broken_glass(console.store, at) if each.review.state(at) == "waiting"]
    values = {"count": len(waiting) + len(glass)}
    console.events.publish(Event(kind="reveals", permission=Permission.APPROVE_REVEAL, values=values))


# ------------------------------------------------------------------ looking


async def revealed(request: web.Request) -> tuple[Proposal, tuple[Revealed, ...]]:
    """The texts, after the view of each is in the log.

    Raises:
        ReviewRefused: it is not theirs, not approved, over, or the post changed since.
        StorageError: the log did not take it.
    """
    console, staff = console_of(request), visit_of(request).staff
    found = await view_revealed(console.store, console.custody, staff, request.match_info["proposal"], console.clock())
    extent = read_extent(found.about)
    texts = await read_texts(console.store, staff, extent.flags)
    posts = {flag: post for flag, (_document, post) in texts.items() if post is not None}
    if not posts:
        raise ReviewRefused(f"{extent.flag}: its post was erased")
    if extent.span is None:
        return found, tuple(_whole(flag, posts[flag].post.words) for flag in extent.flags if flag in posts)
    return found, (await _opened(request, extent, posts[extent.flag]),)


def _whole(flag: str, words: str) -> Revealed:
    return Revealed(flag=flag, parts=show_strange(words), words=words.encode("utf-8", "replace").decode())


async def _opened(request: web.Request, extent: Extent, post: KeptPost) -> Revealed:
    if post.revision != extent.revision:
        raise ReviewRefused(f"{extent.flag}: the post changed since it was asked for: ask anew")
    parts = open_span(post, await reader_of(request), extent.span or 0)
    return Revealed(flag=extent.flag, parts=parts, words=words_of(parts))


async def post_of(request: web.Request, flag: str) -> KeptPost:
    """The post of a flag.

    Raises:
        HTTPNotFound: it was erased.
    """
    found = await read_texts(console_of(request).store, visit_of(request).staff, [flag])
    post = found[flag][1] if flag in found else None
    if post is None:
        raise web.HTTPNotFound
    return post


def masked_of(post: KeptPost) -> Masked:
    """Its text as reviewers see it, with its spans in order."""
    return mask_words(post.post.words, post.mentions, post.source)
