"""The store held against the world: what is missing from it, what is in it twice, and what hours it claims."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from evidence.cipher import Cipher, load_cipher
from practice.restless import Restless
from practice.world import PracticeRoom
from storage.forms import read_post
from storage.index import known_posts
from storage.mongo import Document, Store, open_store
from storage.sealed import seal_entries
from tests.storage.making import everything

NEWEST = 18
"""Ids that the newest page surely shows: there an edit or a removal must have been seen."""
PARTS = ("revision", "key", "sealed")
"""Of a post, what each revision has of its own."""
Stored = Mapping[str, list[Document]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What came out; each is one line for whoever has to look into it."""

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    claimed: tuple[str, ...]
    """Hours and passes that say something else than what happened."""


async def hold(uri: str, master_key: Path, restless: Restless) -> Held:
    """Hold the store against the world; both must be at rest."""
    stored = everything(uri if "/haechi?" in uri else uri.replace("/?", "/haechi?"))
    lost: list[str] = []
    doubled = list(_doubled(stored))
    async with open_store(uri, load_cipher(master_key)) as store:
        for name in restless.rooms:
            room = restless.world.rooms[name]
            kept = {post["native_id"]: post for post in stored.get("posts", ()) if post["source"].endswith(f"/{name}")}
            lost += await _lost_of(store, kept, stored, restless, room)
            for native_id, post in kept.items():
                wrong, twice = _said(_texts(post, store.cipher), restless.said.get((name, native_id), []), post["_id"])
                lost += wrong
                doubled += twice
        lost += await _unsealed(store, stored)
    return Held(lost=tuple(lost), doubled=tuple(doubled), claimed=tuple(_claimed(stored)))


async def _lost_of(
    store: Store, kept: Mapping[int, Document], stored: Stored, restless: Restless, room: PracticeRoom
) -> list[str]:
    """Posts of a room that are not in the index, not kept, without a Flag, called removed, or of an earlier state."""
    known = await known_posts(store, str(room.peer_id), [1], spans=[(1, room.next_id)])
    flagged = {flag["_id"] for flag in stored.get("flags", ())}
    name, naming = room.username, restless.naming(room.username)
    lost = [f"{name}/{one} is not in the index" for one in room.posts if one not in known]
    lost += [f"{name}/{one} is called removed" for one in room.posts if one in known and known[one].is_removed]
    lost += [f"{name}/{one} is not kept" for one in naming if one not in kept]
    lost += [f"{name}/{one} has no Flag" for one in naming if one in kept and kept[one]["_id"] not in flagged]
    shown = [one for one in naming if one > room.next_id - NEWEST and one in kept]
    newest = {one: _texts(kept[one], store.cipher)[-1] for one in shown}
    return lost + [f"{name}/{one} says what it said before" for one in shown if newest[one] != room.posts[one].text]


def _texts(post: Document, cipher: Cipher) -> list[str]:
    """What each revision says, oldest first."""
    states = ({**post, **{part: state[part] for part in PARTS}} for state in (*post["earlier"], post))
    return [read_post(state, cipher).post.text for state in states]


def _said(texts: list[str], said: list[str], name: str) -> tuple[list[str], list[str]]:
    """Revisions that the post never was, and those that are there twice."""
    wrong = [f"{name} never said what revision {place} says" for place, text in enumerate(texts, 1) if text not in said]
    return wrong, [f"{name} has a revision twice" for one, other in pairwise(texts) if one == other]


async def _unsealed(store: Store, stored: Stored) -> list[str]:
    """Revisions of flagged posts that are no evidence, and evidence that is not in the log."""
    flagged = {flag["_id"] for flag in stored.get("flags", ())}
    revisions = {
        f"{post['_id']}:{state['revision']}"
        for post in stored.get("posts", ())
        if post["_id"] in flagged
        for state in (*post["earlier"], post)
    }
    items = {item["_id"] for item in stored.get("evidence", ())}
    in_log = await seal_entries(store, sorted(items))
    lost = [f"{name} is not sealed" for name in sorted(revisions - items)]
    return lost + [f"evidence {name} is not in the log" for name in sorted(items - set(in_log))]


def _doubled(stored: Stored) -> Iterable[str]:
    """Posts that are there twice, and acts that are in the log twice."""
    places = Counter((post["source"], post["native_id"]) for post in stored.get("posts", ()))
    yield from (f"{place} is kept {number} times" for place, number in places.items() if number > 1)
    acts = Counter(request for block in stored.get("custody", ()) for request in block["requests"])
    yield from (f"act {request.hex()} is in the log {number} times" for request, number in acts.items() if number > 1)


def _claimed(stored: Stored) -> Iterable[str]:
    """Hours called watched in which no watched pass began, and blind passes that left no reason in their hour."""
    watched, blind = Counter[tuple[str, datetime]](), Counter[tuple[str, datetime]]()
    for run in stored.get("runs", ()):
        place = run["source"], run["started_at"].replace(minute=0, second=0, microsecond=0)
        (watched if run["outcome"] == "watched" else blind)[place] += 1
    hours = {(hour["source"], hour["at"]): hour for hour in stored.get("coverage", ())}
    for place, hour in hours.items():
        if hour["is_watched"] and not watched[place]:
            yield f"{place[0]} is called watched at {place[1]:%d %H:%M}, and no watched pass began then"
        if hour["blind_passes"] != blind[place] or (blind[place] and not hour["reason"]):
            yield f"{place[0]} had {blind[place]} blind passes at {place[1]:%d %H:%M}, its hour says {hour}"
    for place in (watched + blind).keys() - hours.keys():
        yield f"{place[0]} had passes at {place[1]:%d %H:%M} that its coverage does not show"
