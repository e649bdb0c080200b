"""Packages from the store: logged before they are made, masked as the profile says, signed, put in place whole."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from crawler.package_asked import Asked
from crawler.package_files import check_place, write_package
from crawler.package_items import pack_item, schools_of
from crawler.package_leave import leave_code, take_leave
from evidence.approval import EXPORT, Proposal
from evidence.case import Case, Staff, export_act, package_key_act, signed_act
from evidence.checkpoint import Files, Note, read_notes
from evidence.envelope import seal_package
from evidence.errors import ConfigError, CustodyBroken, StorageError
from evidence.keys import SigningKey, load_key
from evidence.package import Contents, Order, Packed, Part, build
from evidence.package.contents import Leave, LogPart
from pipelines.package_report import render_report
from pipelines.pdf import to_pdf
from storage.approvals import propose
from storage.cases import read_case
from storage.custody import Custody
from storage.custody_lease import make_checkpoint
from storage.mongo import Store
from storage.package_log import Wants, read_log_part
from storage.packages import MadePackage, keep_package
from storage.review_reads import decision_lines
from storage.sealed import SealedItem, await_entries, read_items, read_siblings, seal_entries

PACKAGE_KEY = "package.key"
"""In the data directory; it signs packages and nothing else."""
EARLIER, EARLIER_DAYS = 50, 100
"""So many of the newest checkpoints, and the last one of so many days: whoever holds one of them can compare."""
NO_END = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A package that lies in its place."""

    id: str
    path: Path
    """Its folder, or the file that it is sealed in."""
    signature: Path | None
    """None where it is sealed in with the rest."""
    items: int
    entry: int
    """Number of the entry that tells of its signature."""
    log: str


async def export_package(store: Store, custody: Custody, files: Files, staff: Staff, asked: Asked) -> Made:
    """Make a package and put it in its place.

    Raises:
        ConfigError: there is no such case, nothing in it for this recipient, something lies at the place, or
            nobody approved that it goes out un-encrypted.
        CustodyBroken: the log or an item does not hold; nothing is handed over.
        StorageError: the log did not take an entry; nothing is handed over.
    """
    check_place(asked.out)
    case = await read_case(store, asked.case, NO_END)
    items = await _items_of(store, case, asked)
    leave = await take_leave(store, asked, items, custody.clock())
    key = load_key(files.folder / PACKAGE_KEY)
    entries = await await_entries(store, [item.id for item in items])
    order = _order(case, asked, staff, leave, custody.clock())
    await custody.record(package_key_act(key.public), export_act(staff, order.id, case.id, _terms(order)))
    decisions = await decision_lines(store, [item.post for item in items])  # before the checkpoint that holds them
    log = await _log_part(store, files, custody.clock, order, items, key)
    _check_commits(log, items, entries)
    packed = await _pack(store, items, asked, entries)
    contents = replace(_contents(order, packed, log, key, _stamps(files, log)), decisions=decisions)
    made = await asyncio.to_thread(build, contents)
    signature = key.sign(made["tagmanifest-sha512.txt"])
    (entry,) = await custody.record(signed_act(staff, order.id, hashlib.sha256(signature).hexdigest()))
    await keep_package(store, _remembered(order, asked, staff, len(packed)))
    whole = {f"{order.id}/{path}": content for path, content in made.items()} | {f"{order.id}.sig": signature}
    if asked.recipient is not None:
        whole = {f"{order.id}.sealed": await asyncio.to_thread(seal_package, whole, asked.recipient)}
    await asyncio.to_thread(write_package, asked.out, whole)
    return _made(order, asked, len(packed), entry, log)


def _remembered(order: Order, asked: Asked, staff: Staff, items: int) -> MadePackage:
    return MadePackage(
        id=order.id,
        case=asked.case,
        at=order.made_at,
        profile=order.profile.name,
        by=staff.actor,
        items=items,
        is_sealed=asked.recipient is not None,
    )


async def propose_export(
    store: Store, custody: Custody, staff: Staff, asked: Asked, reason: str, at: datetime
) -> Proposal:
    """Propose a package as it would be now: with these items, for this recipient.

    Raises:
        ConfigError: there is no such case, nothing in it for this recipient, or no reason.
        StorageError: the log did not take it.
    """
    items = await _items_of(store, await read_case(store, asked.case, NO_END), asked)
    offices = frozenset({asked.office}) if asked.office else None
    return await propose(store, custody, staff, EXPORT, leave_code(asked, items), reason, at, offices=offices)


async def _items_of(store: Store, case: Case, asked: Asked) -> list[SealedItem]:
    return _for_recipient(await read_items(store, [item.id for item in case.items]), asked)


def _terms(order: Order) -> str:
    """The profile, and by which approval it goes out."""
    return f"{order.profile.name}/{order.leave.proposal}" if order.leave else order.profile.name


def _made(order: Order, asked: Asked, items: int, entry: int, log: LogPart) -> Made:
    is_sealed = asked.recipient is not None
    return Made(
        id=order.id,
        path=asked.out / (f"{order.id}.sealed" if is_sealed else order.id),
        signature=None if is_sealed else asked.out / f"{order.id}.sig",
        items=items,
        entry=entry,
        log=log.note.log,
    )


def _for_recipient(items: Sequence[SealedItem], asked: Asked) -> list[SealedItem]:
    own = asked.own
    chosen = [item for item in items if own is None or not own.isdisjoint(schools_of(item))]
    if not chosen and not asked.profile.has(Part.AGGREGATES):
        why = f"no item that names a school of office {asked.office}" if asked.office else "no items"
        raise ConfigError(f"{asked.case} holds {why}: nothing to hand over")
    return chosen


def _order(case: Case, asked: Asked, staff: Staff, leave: Leave | None, at: datetime) -> Order:
    stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%S}{at.microsecond // 1000:03d}Z"
    return Order(
        id=f"haechi-{case.id}-{asked.profile.name}-{stamp}",
        profile=asked.profile,
        office=asked.office,
        case=case.id,
        question=case.question,
        made_at=at,
        made_by=f"haechi {version('haechi')}",
        actor=staff.actor,
        purpose=asked.purpose,
        legal_basis=asked.legal_basis,
        requester=asked.requester,
        approvers=asked.approvers,
        leave=leave,
        is_practice=asked.is_practice,
    )


async def _log_part(
    store: Store,
    files: Files,
    clock: Callable[[], datetime],
    order: Order,
    items: Sequence[SealedItem],
    key: SigningKey,
) -> LogPart:
    note = await make_checkpoint(store, files, clock())
    if note is None:
        raise StorageError("the custody log is empty: nothing is handed over")
    notes = await asyncio.to_thread(read_notes, files.notes)
    earlier = [one for one in notes.notes if one.size <= note.size]
    return await read_log_part(store, note, _to_compare(earlier), _wants(order, items, key))


def _to_compare(notes: Sequence[Note]) -> list[Note]:
    """The checkpoints that a package shall be consistent with."""
    last = {note.at.date(): note for note in notes}
    return [*(last[day] for day in sorted(last)[-EARLIER_DAYS:]), *notes[-EARLIER:]]


def _wants(order: Order, items: Sequence[SealedItem], key: SigningKey) -> Wants:
    """Entries that a package of this profile may hold, and the seals of its items."""
    sealed = {item.id for item in items}
    things = {*sealed, *(item.post for item in items), order.case} if order.profile.has(Part.CASE_LOG) else set()
    leave = order.leave.proposal if things and order.leave else None

    def wants(action: str, about: str, reason: str) -> bool:
        if action == "seal":
            return about in sealed
        if action == "package-key":
            return about == key.public.hex()
        if action in ("propose", "approve", "approve-alone"):
            return reason == leave
        return about == order.id or about in things or (order.case in things and reason.split("/")[0] == order.case)

    return wants


def _check_commits(log: LogPart, items: Sequence[SealedItem], entries: Mapping[str, int]) -> None:
    """Each item is the one that was committed to, not another one put in its place with a salt of its own."""
    lines = {entry.seq: entry.line for entry in log.entries}
    for item in items:
        if f'"commit":"{item.commit}"'.encode() not in lines.get(entries[item.id], b""):
            raise CustodyBroken(entries[item.id], f"item {item.id} is not what the log committed to")


async def _pack(
    store: Store, items: Sequence[SealedItem], asked: Asked, entries: Mapping[str, int]
) -> tuple[Packed, ...]:
    siblings = await read_siblings(store, [item.post for item in items]) if asked.profile.has(Part.RECORD) else {}
    others = [sibling.id for group in siblings.values() for sibling in group if sibling.id not in entries]
    known = {**entries, **await seal_entries(store, others)}
    return tuple(pack_item(item, asked.profile, asked.own, known, siblings.get(item.post, ())) for item in items)


def _stamps(files: Files, log: LogPart) -> dict[str, bytes]:
    """Time stamps on the checkpoints that go with the package, each beside the text that was stamped."""
    stamps: dict[str, bytes] = {}
    for note in (log.note, *(earlier.note for earlier in log.earlier)):
        name = f"{note.size:016d}-{hashlib.sha256(note.text.encode()).hexdigest()[:16]}"
        for path in sorted(files.stamps.glob(f"{name}-*.tsr")):
            stamps |= {path.name: path.read_bytes(), f"{path.stem}.txt": note.text.encode()}
    roots = sorted((files.folder / "custody-authorities").glob("*.pem")) if stamps else []
    return {**stamps, **{path.name: path.read_bytes() for path in roots}}


def _contents(
    order: Order, packed: tuple[Packed, ...], log: LogPart, key: SigningKey, stamps: Mapping[str, bytes]
) -> Contents:
    has_stamps = bool(stamps)
    korean = render_report(order, packed, log, "ko", is_stamped=has_stamps)
    english = render_report(order, packed, log, "en", is_stamped=has_stamps)
    reports = {"report.html": korean, "report.en.html": english}
    pdf = as_pdf(korean)
    return Contents(
        order=order,
        items=packed,
        log=log,
        package_key=key.public,
        reports={**reports, "report.pdf": pdf} if pdf else reports,
        stamps=stamps,
    )


def as_pdf(page: bytes) -> bytes | None:
    """The report as PDF; None where WeasyPrint or its Pango is not installed."""
    try:
        return to_pdf(page.decode())
    except (ImportError, OSError):
        return None
