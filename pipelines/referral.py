"""Writes referral drafts: what a body outside is told of posts, by its profile, and what was seen of them later.

Never a picture, never an unmasked word; the urgent way gives no word at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from evidence.package.contents import Packed
from evidence.package.profiles import Part, Profile
from evidence.package.views import View, view
from evidence.referral import DRAFTED_FOR, MARKS_H, Channel, Seen, Upstream
from evidence.review import Category, Disposition
from evidence.shown import shown
from pipelines.referral_words import CATEGORIES, JUDGED, KINDS_EN, LABELS, SEVERITIES

WORDS_OF_IT = frozenset({Part.EXCERPT, Part.PLACES, Part.TEXT, Part.RECORD, Part.MASKED, Part.QUESTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A post of a case with what a person decided."""

    packed: Packed
    native_id: int
    disposition: Disposition | None
    """None only on the urgent way."""
    category: Category | None
    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A draft as a person will send it."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a draft says besides its posts."""

    reference: str
    contact: str
    is_urgent: bool = False


def write_letter(channel: Channel, lang: str, posts: Sequence[Judged], about: About) -> Letter:
    """Write a draft.

    Args:
        channel: for whom; its profile decides what it is told.
        lang: ``ko`` or ``en``.
        posts: in order; at least one.
        about: reference, contact, and whether child safety is urgent.
    """
    profile = _profile(channel, is_urgent=about.is_urgent)
    items = "\n\n".join(_item(post, number, profile, lang, about) for number, post in enumerate(posts, start=1))
    fields = {"reference": about.reference, "number": len(posts), "items": items, "contact": about.contact or "–"}
    subject = channel.subject.of(lang).format_map({**fields, "items": ""})
    return Letter(subject=shown(subject), body=channel.template.of(lang).format_map(fields) + "\n")


def _profile(channel: Channel, *, is_urgent: bool) -> Profile:
    profile = DRAFTED_FOR[channel.profile]
    if not is_urgent:
        return profile
    return Profile(name=profile.name, parts=profile.parts - WORDS_OF_IT)


def _item(post: Judged, number: int, profile: Profile, lang: str, about: About) -> str:
    seen = view(post.packed, profile, number)
    rows = [(LABELS[lang][name], value) for name, value in _rows(seen, post, profile, lang) if value]
    lines = [f"   {label}: {value}" for label, value in rows]
    if about.is_urgent:
        lines.append(f"   {LABELS[lang]['hidden']}")
    elif profile.has(Part.RECORD):
        lines.append(f"   {LABELS[lang]['no_text']}")
    return f"{number}.\n" + "\n".join(lines)


def _rows(seen: View, post: Judged, profile: Profile, lang: str) -> Iterator[tuple[str, str]]:
    """What the profile shows, in order; what it does not is None in the view."""
    if profile.has(Part.ADDRESS):
        yield "address", shown(seen.address or "")
        yield "room", shown(seen.source or "")
        yield "message", str(post.native_id)
    for name, at in (("posted_at", seen.posted_at), ("seen_at", seen.seen_at), ("removed_at", seen.removed_at)):
        yield name, at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else ""
    if profile.has(Part.CATEGORY):
        yield "category", CATEGORIES[lang][post.category] if post.category else ""
        yield "severity", SEVERITIES[lang].get(post.severity, "")
        yield "rules", ", ".join(seen.reasons or ())
    yield "why", JUDGED[lang].get(post.disposition, "") if post.disposition else LABELS[lang]["unjudged"]
    yield "excerpt", shown(seen.excerpt or "")
    places = (f"{span.start}–{span.end}: {_kind(span.kind.value, lang)}" for span in seen.places or ())
    yield "places", "; ".join(places)
    if seen.commit:
        yield "seal", f"{seen.name}, commit {seen.commit[:16]}…, entry {seen.entry}"


def _kind(kind: str, lang: str) -> str:
    return KINDS_EN.get(kind, kind) if lang == "en" else kind


# ------------------------------------------------------------------ afterwards


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What the collector knows of a post now."""

    post: str
    removed_at: datetime | None
    """When its removal was confirmed."""
    room_gone_at: datetime | None
    """When its room was found to be gone."""
    read_at: datetime | None
    """When its room was read last."""


def upstream_of(sent_at: datetime, posts: Sequence[Sighting], now: datetime) -> tuple[Upstream, ...]:
    """What can be said of each post at each mark that has passed.

    ``up`` says that the room was read after the mark and nothing was seen to be gone before it: a room's older
    posts are looked at again more rarely, so it may have gone a little earlier than it was noticed.
    """
    marks = [(hours, sent_at + timedelta(hours=hours)) for hours in MARKS_H]
    return tuple(
        Upstream(post=post.post, hours=hours, seen=_seen(post, mark))
        for post in posts
        for hours, mark in marks
        if mark <= now
    )


def known_stays(before: Sequence[Upstream], now: Sequence[Upstream]) -> tuple[Upstream, ...]:
    """What is seen now, under what was known before: a post may leave by its time, or come back."""
    known = {(one.post, one.hours): one for one in before if one.seen is not Seen.UNKNOWN}
    return tuple(known.get((one.post, one.hours), one) for one in now)


def _seen(post: Sighting, mark: datetime) -> Seen:
    gone_at = min(filter(None, (post.removed_at, post.room_gone_at)), default=None)
    if gone_at is not None and gone_at <= mark:
        return Seen.GONE
    return Seen.UP if post.read_at is not None and post.read_at >= mark else Seen.UNKNOWN
