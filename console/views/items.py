"""One post: what it says now and said before, masked; its seals and how far they are proven; its review; its room."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from console.body import Strict
from console.item_words import BASES, REQUESTERS, STATES
from console.members import members_of
from console.pages import render
from console.persons import callings
from console.proofs import Proof, proof_of
from console.review_words import CATEGORIES, CLAIMS, DISPOSITIONS, KINDS, RULES, SEVERITIES, STEPS
from console.said import Reader, reader_of
from console.views.api import answer
from console.views.cases import cases_in_scope, masked
from console.visit import console_of, visit_of
from evidence.case import open_act
from evidence.erasure import Basis, Requester
from evidence.errors import ReviewRefused
from evidence.masked import Masked
from evidence.records import Count, KeptPost
from evidence.roles import Permission, allowance
from pipelines.found_words import Piece, visible
from pipelines.revision_diff import Stretch, compare
from storage.flag_view import FlagView, read_curve, read_flag
from storage.forms import read_post
from storage.mongo import Store
from storage.scopes import offices_of_posts
from storage.sealed import SiblingItem, read_siblings, seal_entries

_POST = re.compile(r"@?[\w-]{1,64}:\d{1,19}", re.ASCII)
AROUND = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From one revision to the next."""

    revision: int
    """The earlier one."""
    until: datetime
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A sealed revision."""

    item: SiblingItem
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A post with all that belongs to it."""

    id: str
    kept: KeptPost | None
    """None where its text is gone: by its time, or because it was erased."""
    said: tuple[Piece, ...]
    named: tuple[str, ...]
    changes: tuple[Change, ...]
    seals: tuple[Seal, ...]
    flag: FlagView | None
    counts: tuple[Count, ...]

    @property
    def source(self) -> str | None:
        """Its room."""
        return self.kept.source if self.kept else self.flag.source if self.flag else None


class SealRow(Strict):
    """A sealed revision, as it leaves."""

    id: str
    revision: int
    at: datetime
    commit: str
    entry: int | None
    proof: str
    not_anchored_since: datetime | None


class ItemRow(Strict):
    """A post, as it leaves: masked."""

    id: str
    source: str | None
    address: str | None
    posted_at: datetime | None
    text: str | None
    """None where it is gone."""
    earlier: list[str]
    """Texts that it had before, oldest first."""
    mentioned_unchecked: list[str]
    revision: int | None
    is_removed: bool
    severity: str | None
    reasons: list[str]
    state: str | None
    claim: str | None
    seals: list[SealRow]


def checked_post(request: web.Request) -> str:
    """The post that a path names.

    Raises:
        HTTPNotFound: it has not the form of an id: nothing else is ever looked up.
    """
    post = request.match_info["post"]
    if not _POST.fullmatch(post):
        raise web.HTTPNotFound
    return post


async def post_offices(request: web.Request) -> frozenset[str]:
    """The offices of the post that a path names.

    Raises:
        HTTPNotFound: there is none, or it is older than their role looks back.
    """
    post, store = checked_post(request), console_of(request).store
    offices = (await offices_of_posts(store, [post])).get(post)
    if offices is None or await _is_too_old(request, post):
        raise web.HTTPNotFound
    return offices


async def _is_too_old(request: web.Request, post: str) -> bool:
    bounds = allowance(visit_of(request).who.role, Permission.SEARCH)
    if bounds is None or bounds.days is None:
        return False
    document = await console_of(request).store["posts"].find_one({"_id": post}, {"at": 1})
    return document is None or document["at"] < console_of(request).clock() - timedelta(days=bounds.days)


async def item_page(request: web.Request) -> web.StreamResponse:
    """A post; that it was opened is in the log first."""
    item = await _opened(request)
    history = item.flag.history if item.flag else ()
    cases = await cases_in_scope(request) if visit_of(request).may(Permission.CASES) else []
    return render(
        request,
        "item.html",
        item=item,
        members=members_of(item.counts, visit_of(request).zone),
        callings=await callings(request, [told.event.actor for told in history]),
        cases=cases,
        bases=tuple(Basis),
        requesters=tuple(Requester),
        basis_words=BASES,
        requester_words=REQUESTERS,
        visible=visible,
        masked=masked,
        done=request.query.get("done", ""),
        severities=SEVERITIES,
        badges=KINDS,
        states=STATES,
        claims=CLAIMS,
        rules=RULES,
        steps=STEPS,
        dispositions=DISPOSITIONS,
        categories=CATEGORIES,
    )


async def item(request: web.Request) -> web.StreamResponse:
    """The same as JSON."""
    found, reader = await _opened(request), await reader_of(request)
    return answer(_row(found, reader))


async def _opened(request: web.Request) -> Item:
    console, visit, post = console_of(request), visit_of(request), checked_post(request)
    await console.custody.record(open_act(visit.staff, post, console.clock()))
    reader, kept = await reader_of(request), await _kept(console.store, post)
    flag = await _flag(request, post)
    source = kept.source if kept else flag.source if flag else None
    counts = await read_curve(console.store, source, _around(kept, console.clock())) if source else ()
    return Item(
        id=post,
        kept=kept,
        said=reader.post(kept) if kept else (),
        named=reader.named(kept.mentions) if kept else (),
        changes=_changes(kept, reader) if kept else (),
        seals=await _seals(request, post),
        flag=flag,
        counts=counts,
    )


async def _kept(store: Store, post: str) -> KeptPost | None:
    document = await store["posts"].find_one({"_id": post})
    return read_post(document, store.cipher) if document and document.get("key") else None


async def _flag(request: web.Request, post: str) -> FlagView | None:
    console = console_of(request)
    try:
        return await read_flag(console.store, visit_of(request).staff, post, console.clock())
    except ReviewRefused:
        return None


def _around(kept: KeptPost | None, now: datetime) -> datetime:
    """End of the two weeks of counts that are shown."""
    return min(now, kept.at + AROUND) if kept and kept.at else now


def _changes(kept: KeptPost, reader: Reader) -> tuple[Change, ...]:
    """Oldest first; both sides as the reader may see them."""
    said = [*(one.words for one in kept.earlier), kept.post.words]
    texts: Mapping[str, str] = {
        **{one.words: reader.revision(one) for one in kept.earlier},
        kept.post.words: reader.sees(kept.post.words, kept.mentions),
    }
    return tuple(
        Change(
            revision=one.revision,
            until=one.until,
            stretches=compare(one.words, later, lambda words: Masked(text=texts[words])),
        )
        for one, later in zip(kept.earlier, said[1:], strict=True)
    )


async def _seals(request: web.Request, post: str) -> tuple[Seal, ...]:
    console = console_of(request)
    items = (await read_siblings(console.store, [post])).get(post, ())
    entries = await seal_entries(console.store, [one.id for one in items]) if items else {}
    standing = console.works.log_standing() if items else None
    return tuple(Seal(item=one, proof=proof_of(entries.get(one.id), standing)) for one in items)


def _row(item: Item, reader: Reader) -> ItemRow:
    kept, flag = item.kept, item.flag
    return ItemRow(
        id=item.id,
        source=item.source,
        address=kept.post.address if kept else None,
        posted_at=kept.post.posted_at if kept else None,
        text=reader.sees(kept.post.words, kept.mentions) if kept else None,
        earlier=[reader.revision(one) for one in kept.earlier] if kept else [],
        mentioned_unchecked=list(item.named),
        revision=kept.revision if kept else None,
        is_removed=kept is not None and kept.removed_at is not None,
        severity=str(flag.severity) if flag else None,
        reasons=list(flag.reasons) if flag else [],
        state=str(flag.progress.state) if flag else None,
        claim=str(flag.claim) if flag else None,
        seals=[_seal_row(seal) for seal in item.seals],
    )


def _seal_row(seal: Seal) -> SealRow:
    return SealRow(
        id=seal.item.id,
        revision=seal.item.revision,
        at=seal.item.at,
        commit=seal.item.commit,
        entry=seal.proof.entry,
        proof=seal.proof.state,
        not_anchored_since=seal.proof.not_anchored_since,
    )
