"""The import loop: read, examine, keep, go on; one chat of one file, as a Source of its own.

It is the crawl loop without a network and without an end in time: the same stages, the same
transaction, the same cursor. Its posts are never mixed with those of a room that is watched, even if
it is the same room: what a complainant hands over and what we saw ourselves are two kinds of evidence.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeAlias

import structlog

from channels.export import Batch, Export
from crawler.examined import examine_page
from evidence.address import export_address
from evidence.cipher import pseudonym
from evidence.errors import ConfigError, UnreadableCapture
from evidence.item import Setting
from evidence.records import Capture, Cursor, Page, PageKind, Reading
from pipelines import Criteria
from storage.imports import Handed, Import, Totals, announce_totals, begin_import, end_import
from storage.index import known_posts
from storage.keep import Examined, Stored, keep_pages
from storage.leases import Lease, leased
from storage.mongo import Store
from storage.search_gather import gather

MOST_BATCHES = 5
"""Kept together in one transaction; as many are read ahead."""

log = structlog.get_logger()

Stamps: TypeAlias = tuple[tuple[int, int], ...]
"""Size and time of change of each file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """All that an import needs besides its file."""

    store: Store
    criteria: Criteria
    posters: bytes
    """Key of the pseudonyms."""
    clock: Callable[[], datetime]
    setting: Setting
    """Under which flagged posts are sealed."""
    by: str
    """Who imports, as the log may know them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How an import stands after a run of it."""

    whole: Import
    new: int
    """Posts that this run stored; 0 where all were there."""
    fault: str | None = None
    """Why the file could not be read to its end; what comes before that is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """An import under way."""

    importer: Importer
    export: Export
    handed: Handed
    lease: Lease


def check_allowed(export: Export, legal_basis: str | None) -> None:
    """Refuse what must not be imported, before anything of it is read.

    Raises:
        ConfigError: a conversation of persons; or not known to be public, and no legal basis given.
    """
    if export.refusal is not None:
        raise ConfigError(export.refusal)
    if export.is_private is not False and not (legal_basis or "").strip():
        why = f"{export.chat_type}: only its members could read it" if export.is_private else "it may be private"
        raise ConfigError(f"{why}; expected --legal-basis TEXT that says who allowed the import, when, which document")


async def import_export(
    export: Export, legal_basis: str | None, importer: Importer, tell: Callable[[int], None]
) -> Imported:
    """Import a chat from where it stands; one that is stored whole is left as it is.

    Args:
        export: opened; ``check_allowed`` let it pass.
        legal_basis: who allowed it, when, which document; kept with the import.
        importer: what an import needs.
        tell: told how many bytes of the file were read by now.

    Raises:
        ConfigError: it was begun in another way.
        SourceTaken: another command imports it just now.
        StorageError: the database cannot be used; the next import goes on where this one stopped.
    """
    stamps = _stamps(export)
    handed = await asyncio.to_thread(_handed, export)
    started_at = importer.clock()
    async with leased(importer.store, handed.source, started_at) as lease:
        begun = await begin_import(importer.store, handed, importer.by, legal_basis, lease, started_at)
        if begun.ended_at is not None:
            return Imported(whole=begun, new=0)
        at = begun.totals.position
        log.info("import", source=handed.source, sha256=handed.sha256, legal_basis=legal_basis, position=at)
        ended = await _import(_Work(importer=importer, export=export, handed=handed, lease=lease), begun, stamps, tell)
        log.info("import ended", source=handed.source, posts=ended.whole.totals.posts, fault=ended.fault)
        return ended


def _handed(export: Export) -> Handed:
    sha256 = export.sha256()
    zone = export.manner.zone
    return Handed(
        source=export_address(sha256, export.chat),
        sha256=sha256,
        files=tuple(file.name for file in export.files),
        size_bytes=export.size_bytes,
        chat_type=export.chat_type,
        native_id=export.place.native_id,
        zone=str(zone) if zone else None,
    )


async def _import(work: _Work, begun: Import, stamps: Stamps, tell: Callable[[int], None]) -> Imported:
    """Everything behind the position at which it was begun."""
    totals = begun.totals
    name = partial(pseudonym, work.importer.posters, work.handed.source)
    try:
        async with aclosing(_read_ahead(work.export.posts(totals.position, name, is_keyed=True))) as groups:
            async for batches in groups:
                if stamps != _stamps(work.export):
                    raise UnreadableCapture("was changed while it was read: import it again once it stays as it is")
                totals = await _keep(batches, work, totals)
                tell(batches[-1].bytes_read)
    except UnreadableCapture as problem:
        whole = replace(begun, totals=totals)
        return Imported(whole=whole, new=totals.posts - begun.totals.posts, fault=str(problem))
    ended_at = work.importer.clock()
    await end_import(work.importer.store, work.lease, totals, ended_at)
    whole = replace(begun, totals=totals, ended_at=ended_at)
    return Imported(whole=whole, new=totals.posts - begun.totals.posts)


async def _read_ahead(batches: Iterator[Batch]) -> AsyncGenerator[tuple[Batch, ...], None]:
    """Some batches together, the next ones read by a thread while the last ones are stored."""
    ahead = asyncio.ensure_future(asyncio.to_thread(_take, batches))
    try:
        while True:
            taken, fault = await ahead
            if taken and fault is None:
                ahead = asyncio.ensure_future(asyncio.to_thread(_take, batches))
            if taken:
                yield taken
            if fault is not None:
                raise fault
            if not taken:
                return
    finally:
        ahead.cancel()


def _take(batches: Iterator[Batch]) -> tuple[tuple[Batch, ...], UnreadableCapture | None]:
    """The next batches, and what is wrong with the file behind them."""
    taken: list[Batch] = []
    try:
        taken.extend(islice(batches, MOST_BATCHES))
    except UnreadableCapture as problem:
        return tuple(taken), problem
    return tuple(taken), None


async def _keep(batches: Sequence[Batch], work: _Work, totals: Totals) -> Totals:
    """Examine and keep batches together; returns the totals after them."""
    store, source, now = work.importer.store, work.handed.source, work.importer.clock()
    pages = [_page(batch, work, now) for batch in batches]
    known = await known_posts(store, source, [post.native_id for batch in batches for post in batch.posts])
    examined = [examine_page(page, known, work.importer.criteria) for page in pages]
    coming = _add(totals, batches, examined)
    await announce_totals(store, work.lease, totals, coming, now)
    stored = Stored(peer=source, known=known)
    await keep_pages(store, examined, work.lease, stored, now, work.importer.setting)
    await gather(store, now)
    return coming


def _page(batch: Batch, work: _Work, now: datetime) -> Page:
    """A batch as a page. Its cursor counts messages of the file: ids of an export are in no order to rely on."""
    source = work.handed.source
    capture = Capture(
        source=source,
        url=f"{source}#{batch.position}",
        kind=PageKind.EXPORT,
        fetched_at=now,
        status=200,
        received_sha256=work.handed.sha256,
        received_bytes=work.handed.size_bytes,
        kept=batch.kept,
        kept_sha256=hashlib.sha256(batch.kept).hexdigest(),
    )
    return Page(
        capture=capture,
        reading=Reading(kind=PageKind.EXPORT, place=work.export.place, posts=batch.posts),
        cursor=Cursor(source=source, peer=source, newest_id=batch.position),
    )


def _add(totals: Totals, batches: Sequence[Batch], examined: Sequence[Examined]) -> Totals:
    found = [finding for page in examined for finding in page.changed]
    return Totals(
        position=batches[-1].position,
        posts=totals.posts + len(found),
        mentions=totals.mentions + sum(len(finding.mentions) for finding in found),
        flags=totals.flags + sum(finding.flag is not None for finding in found),
        left_out=totals.left_out + sum(batch.left_out for batch in batches),
        undated=totals.undated + sum(batch.undated for batch in batches),
        repeated=totals.repeated + sum(batch.repeated for batch in batches),
    )


def _stamps(export: Export) -> Stamps:
    return tuple((stat.st_size, stat.st_mtime_ns) for stat in (file.stat() for file in export.files))
