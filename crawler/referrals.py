"""Referral drafts from cases, and what is seen of their posts afterwards. Nothing here reaches the outside.

A person sends what was approved, by their own means, and says so; there is no code that does it for them.
"""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config.channels import find_channel, load_channels
from config.settings import Settings
from console.referring import Drafting, Referring
from crawler.assemble import now
from crawler.package_items import pack_item, record_of
from crawler.turns import turning
from evidence.case import Staff, check_case_id
from evidence.errors import ConfigError
from evidence.package.contents import Packed
from evidence.records import Severity
from evidence.referral import DRAFTED_FOR, MARKS_H, Channel, ReferralDraft, Seen, Stage
from evidence.review import Category, Disposition
from pipelines.referral import About, Judged, Sighting, known_stays, upstream_of, write_letter
from storage.cases import read_case
from storage.custody import Custody
from storage.mongo import Document, Store
from storage.passes import first_gone
from storage.reads import by_id
from storage.referrals import all_referrals, keep_draft, note_upstream
from storage.scopes import offices_of_posts
from storage.sealed import SealedItem, await_entries, read_items

NO_END = datetime(9999, 1, 1, tzinfo=UTC)
HANDED_ON = frozenset({Disposition.CONFIRMED, Disposition.LIKELY})
FINAL = "final"
EVERY_S = 600.0
LOOKED_AT = timedelta(days=14)
"""After sending; a mark that could not be seen until then stays unknown."""
GONE = "gone"
NO_SCHOOLS = frozenset[str]()
"""Whose names a letter may show: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A draft that is asked for."""

    case: str
    to: str
    lang: str
    is_urgent: bool = False
    reason: str = "referral of a case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft, and what was left out of it."""

    referral: ReferralDraft
    channel: Channel
    left_out: int
    """Posts of the case that nobody confirmed, or that are erased."""


async def draft_referral(
    store: Store, custody: Custody, settings: Settings, staff: Staff, wanted: Wanted, at: datetime
) -> Drafted:
    """Draft a referral of a case, and propose that it is sent.

    Raises:
        ConfigError: no such case or body, nothing in it that a person confirmed, another draft is open for the
            same body, or it is out of their scope.
        StorageError: the log did not take it.
    """
    channel = find_channel(load_channels(settings.data_dir), wanted.to, at.date())
    if wanted.is_urgent and not channel.is_urgent:
        raise ConfigError(f"--urgent: {channel.id} is not on the urgent way of child safety")
    case = await read_case(store, wanted.case, NO_END)
    items = _newest_of_posts(await read_items(store, [item.id for item in case.items]))
    flags = await by_id(store, "flags", items)
    chosen = [item for item in items.values() if _is_handed_on(flags.get(item.post), wanted)]
    if not chosen:
        raise ConfigError(f"{wanted.case} holds no post that a final review confirmed or found likely")
    name = f"referral-{secrets.token_hex(6)}"
    judged = await _judged(store, chosen, flags, channel)
    letter = write_letter(
        channel, wanted.lang, judged, About(reference=name, contact=settings.contact or "", is_urgent=wanted.is_urgent)
    )
    draft = await _draft(store, staff, wanted, name, [item.post for item in chosen], flags, channel, at)
    text = {"subject": letter.subject, "body": letter.body}
    kept = await keep_draft(store, custody, staff, draft, text, wanted.reason)
    return Drafted(referral=kept, channel=channel, left_out=len(items) - len(chosen))


def _newest_of_posts(items: Sequence[SealedItem]) -> dict[str, SealedItem]:
    """The newest revision of each post that was not erased, by post."""
    there = sorted((item for item in items if item.content is not None), key=lambda item: item.revision)
    return {item.post: item for item in there}


def _is_handed_on(flag: Document | None, wanted: Wanted) -> bool:
    if flag is None:
        return False
    return wanted.is_urgent or (flag["state"] == FINAL and flag.get("disposition") in HANDED_ON)


async def _judged(
    store: Store, items: Sequence[SealedItem], flags: Mapping[str, Document], channel: Channel
) -> list[Judged]:
    entries = await await_entries(store, [item.id for item in items])
    profile = DRAFTED_FOR[channel.profile]
    return [_one(item, flags[item.post], pack_item(item, profile, NO_SCHOOLS, entries, ())) for item in items]


def _one(item: SealedItem, flag: Document, packed: Packed) -> Judged:
    disposition, category = flag.get("disposition"), flag.get("category")
    is_final = flag["state"] == FINAL
    return Judged(
        packed=packed,
        native_id=int(record_of(item).get("post", {}).get("native_id", 0)),
        disposition=Disposition(disposition) if is_final and disposition else None,
        category=Category(category) if is_final and category else None,
        severity=str(Severity(flag.get("decided_severity") or flag["severity"])),
    )


async def _draft(
    store: Store,
    staff: Staff,
    wanted: Wanted,
    name: str,
    posts: Sequence[str],
    flags: Mapping[str, Document],
    channel: Channel,
    at: datetime,
) -> ReferralDraft:
    offices = await offices_of_posts(store, posts)
    return ReferralDraft(
        id=name,
        case=wanted.case,
        to=channel.id,
        profile=channel.profile,
        lang=wanted.lang,
        posts=tuple(sorted(posts)),
        offices=frozenset(office for some in offices.values() for office in some),
        levels=tuple(sorted({level for post in posts for level in flags[post].get("levels", ())})),
        is_urgent=wanted.is_urgent,
        stage=Stage.DRAFTED,
        drafted_at=at,
        drafted_by=staff.actor,
        text_commit="",
        proposal="",
    )


def referring_for(store: Store, custody: Custody, settings: Settings) -> Referring:
    """What the console may have done here."""

    async def draft(staff: Staff, asked: Drafting) -> ReferralDraft:
        wanted = Wanted(
            case=check_case_id(asked.case), to=asked.to, lang=asked.lang, is_urgent=asked.is_urgent, reason=asked.reason
        )
        return (await draft_referral(store, custody, settings, staff, wanted, custody.clock())).referral

    return Referring(channels=lambda: load_channels(settings.data_dir), draft=draft)


# ------------------------------------------------------------------ afterwards


@asynccontextmanager
async def following_up(store: Store, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Look, as long as it is needed, whether what was handed over is still there."""

    async def turn(_: int) -> None:
        await look_again(store, now())

    async with turning("referrals", turn, every_s):
        yield


async def look_again(store: Store, at: datetime) -> int:
    """Note what the collector saw of posts 24, 48 and 72 hours after they were handed over; how many were noted."""
    number = 0
    for found in await all_referrals(store, None, at + timedelta(days=1), since=at - timedelta(days=90)):
        if found.sent_at is None or at - found.sent_at > LOOKED_AT or _is_settled(found):
            continue
        upstream = known_stays(found.upstream, upstream_of(found.sent_at, await _sightings(store, found.posts, at), at))
        if upstream != found.upstream:
            await note_upstream(store, found.id, upstream)
            number += 1
    return number


def _is_settled(found: ReferralDraft) -> bool:
    """Whether every mark of every post was seen."""
    seen = {(one.post, one.hours) for one in found.upstream if one.seen is not Seen.UNKNOWN}
    return len(seen) == len(found.posts) * len(MARKS_H)


async def _sightings(store: Store, posts: Sequence[str], at: datetime) -> list[Sighting]:
    """A post that left by its time is known by its Flag alone: nothing is seen of it any more."""
    kept = await by_id(store, "posts", posts, ("source", "removed_at"))
    flags = await by_id(store, "flags", posts, ("source",))
    sources = {post: (kept.get(post) or flags.get(post) or {}).get("source", "") for post in posts}
    rooms = await by_id(store, "rooms", sources.values(), ("outcome", "watched_at"))
    gone_at = {
        address: await first_gone(store, address, room.get("watched_at"), at)
        for address, room in rooms.items()
        if room.get("outcome") == GONE
    }
    return [_sighting(post, kept.get(post), rooms.get(sources[post]), gone_at.get(sources[post])) for post in posts]


def _sighting(post: str, kept: Document | None, room: Document | None, gone_at: datetime | None) -> Sighting:
    return Sighting(
        post=post,
        removed_at=kept["removed_at"] if kept else None,
        room_gone_at=gone_at,
        read_at=room.get("watched_at") if kept and room else None,
    )
