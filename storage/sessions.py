"""Who is signed in, and one-time links. Of a session's or a link's secret only the hash is stored."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from storage.mongo import Document, Store

SESSIONS, LINKS = "sessions", "links"
LONGEST = timedelta(hours=8)
"""Of a session, whatever happens in it."""
HALF_WAY = timedelta(minutes=10)
"""Between password and second factor."""
STEPPED_UP = timedelta(minutes=5)
"""How long a fresh proof counts for reveal, export and change of roles."""
TOUCHED = timedelta(seconds=30)
"""Use of a session is written down at most this often."""
NEVER = timedelta(days=36_500)


class Stage(StrEnum):
    """How far somebody has come in signing in."""

    CODE = "code"
    """The password was right; the second factor is asked for."""
    SET_UP = "set-up"
    """The second factor is still to be set up."""
    FULL = "full"
    """Signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody at a browser."""

    id: str
    """SHA-256 of the secret that the browser holds, hexadecimal."""
    person: str
    stage: Stage
    began_at: datetime
    seen_at: datetime
    until: datetime
    proven_at: datetime
    """When password or second factor was given last."""
    tries: int = 0
    """Wrong codes in it."""


def secret_hash(secret: str) -> str:
    """By what a secret is found."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


async def begin_session(store: Store, person: str, stage: Stage, now: datetime) -> tuple[str, Session]:
    """Begin a session.

    Returns:
        The secret for the cookie, 256 random bits, and the session. Sessions that are over are cleared away.
    """
    secret = secrets.token_urlsafe(32)
    until = now + (LONGEST if stage is Stage.FULL else HALF_WAY)
    session = Session(
        id=secret_hash(secret), person=person, stage=stage, began_at=now, seen_at=now, until=until, proven_at=now
    )
    await store[SESSIONS].delete_many({"until": {"$lt": now}})
    await store[SESSIONS].insert_one(_document(session))
    return secret, session


async def renew_session(store: Store, old: Session, now: datetime) -> tuple[str, Session]:
    """Give a session that was proven anew another secret; its end stays. The old secret is worth nothing any more."""
    secret = secrets.token_urlsafe(32)
    session = replace(old, id=secret_hash(secret), seen_at=now, proven_at=now, tries=0)
    await store[SESSIONS].insert_one(_document(session))
    await end_session(store, old.id)
    return secret, session


async def find_session(store: Store, secret: str, now: datetime, idle: timedelta) -> Session | None:
    """The session of a secret, if it is not over: not idle for too long, not past its end."""
    document = await store[SESSIONS].find_one({"_id": secret_hash(secret)})
    if document is None:
        return None
    session = _read(document)
    if now >= session.until or now - session.seen_at >= idle:
        await end_session(store, session.id)
        return None
    return session


async def touch_session(store: Store, session: Session, now: datetime) -> None:
    """Note that it is used; only what a person asks for counts as use."""
    if now - session.seen_at >= TOUCHED:
        await store[SESSIONS].update_one({"_id": session.id}, {"$set": {"seen_at": now}})


async def count_try(store: Store, session: Session) -> None:
    """Note a wrong code."""
    await store[SESSIONS].update_one({"_id": session.id}, {"$inc": {"tries": 1}})


async def end_session(store: Store, session: str) -> None:
    """End one session."""
    await store[SESSIONS].delete_one({"_id": session})


async def end_sessions(store: Store, person: str) -> None:
    """End all sessions of somebody, at once, on whatever machine."""
    await store[SESSIONS].delete_many({"person": person})


async def make_link(store: Store, person: str, now: datetime, lasts: timedelta | None) -> str:
    """Make a one-time link, in place of earlier ones.

    Args:
        store: open.
        person: who will be signed in by it.
        now: the moment.
        lasts: how long; None until it is used.

    Returns:
        Its secret.
    """
    token = secrets.token_urlsafe(32)
    await store[LINKS].delete_many({"person": person})
    until = now + (NEVER if lasts is None else lasts)
    await store[LINKS].insert_one({"_id": secret_hash(token), "person": person, "until": until})
    return token


async def link_person(store: Store, token: str, now: datetime) -> str | None:
    """Whom a link signs in, without using it up; None where it is over, used or no link."""
    document = await store[LINKS].find_one({"_id": secret_hash(token)})
    return str(document["person"]) if document and now < document["until"] else None


async def use_link(store: Store, token: str, now: datetime) -> str | None:
    """Use a link up; None where it is over, or somebody else was faster."""
    person = await link_person(store, token, now)
    deleted = await store[LINKS].delete_one({"_id": secret_hash(token)})
    return person if deleted.deleted_count else None


def _document(session: Session) -> Document:
    return {
        "_id": session.id,
        "person": session.person,
        "stage": str(session.stage),
        "began_at": session.began_at,
        "seen_at": session.seen_at,
        "until": session.until,
        "proven_at": session.proven_at,
        "tries": session.tries,
    }


def _read(document: Document) -> Session:
    fields = {name: document[name] for name in ("person", "began_at", "seen_at", "until", "proven_at", "tries")}
    return Session(id=document["_id"], stage=Stage(document["stage"]), **fields)
