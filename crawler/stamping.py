"""Time stamps on our own checkpoints: asked for, by the hour too, and kept beside them.

They count as anchors where they hold.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit

import structlog

from channels.timestamps import ask_stamp, stamped_at
from config.settings import Settings
from evidence.checkpoint import Files, Note, last_note, read_notes
from evidence.errors import SourceUnavailable
from evidence.standing import Standing

AUTHORITIES = "custody-authorities"
"""Folder in the data directory with the root certificates (PEM) of the authorities that are trusted."""
EVERY_S, AGAIN_S = 3_600.0, 300.0
"""Between two stamps; after one that failed, or while there is no checkpoint yet."""

log = structlog.get_logger()


async def stamp(
    note: Note, files: Files, urls: Sequence[str], contact: str | None, *, allow_loopback: bool = False
) -> tuple[str, ...]:
    """Have a checkpoint stamped by every authority and keep what each answered.

    Returns:
        A line for each authority without a usable stamp.
    """
    problems = []
    for url in urls:
        try:
            made = await ask_stamp(url, note.text.encode(), contact, allow_loopback=allow_loopback)
        except SourceUnavailable as problem:
            problems.append(str(problem))
            continue
        try:
            files.stamps.mkdir(mode=0o700, exist_ok=True)
            (files.stamps / f"{_name(note)}-{urlsplit(url).hostname}.tsr").write_bytes(made.reply)
        except OSError as problem:
            problems.append(f"{files.stamps}: cannot be written: {problem.strerror}")
        if made.problem:
            problems.append(f"{url}: {made.problem}")
    return tuple(problems)


@asynccontextmanager
async def stamping(settings: Settings, every_s: float = EVERY_S, again_s: float = AGAIN_S) -> AsyncIterator[None]:
    """Have the newest checkpoint stamped by the hour, as long as it is needed; without authorities nothing is done."""
    if not settings.authorities:
        yield
        return
    task = asyncio.create_task(_keep_stamping(settings, every_s, again_s), name="stamping")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_stamping(settings: Settings, every_s: float, again_s: float) -> None:
    files, stamped = Files(folder=settings.data_dir), -1
    while True:
        note = await asyncio.to_thread(last_note, files.notes)
        problems: tuple[str, ...] = ()
        if note is not None and note.size > stamped:
            problems = await stamp(
                note, files, settings.authorities, settings.contact, allow_loopback=settings.allow_loopback
            )
            stamped = stamped if problems else note.size
            log.info("checkpoint stamped", size=note.size, authorities=len(settings.authorities) - len(problems))
        for problem in problems:
            log.warning("checkpoint not stamped", size=note.size if note else 0, problem=problem)
        await asyncio.sleep(again_s if problems or note is None else every_s)


def anchored(notes: Sequence[Note], files: Files) -> tuple[Note, ...]:
    """Of these checkpoints those that an authority stamped whose root certificate is in the data directory."""
    roots, replies = _trusted(files), _replies(files)
    return tuple(note for note in notes if _is_stamped(note, roots, replies))


def standing(files: Files, as_of: datetime) -> Standing | None:
    """How far the log was held at a moment; None before its first checkpoint."""
    if not files.notes.exists():
        return None
    notes = [note for note in read_notes(files.notes).notes if note.at <= as_of]
    if not notes:
        return None
    roots, replies = _trusted(files), _replies(files)
    held = (note for note in reversed(notes) if _is_stamped(note, roots, replies))
    return Standing(note=notes[-1], anchored=next(held, None), begun_at=notes[0].at)


def _trusted(files: Files) -> list[bytes]:
    folder = files.folder / AUTHORITIES
    return [path.read_bytes() for path in sorted(folder.glob("*.pem"))] if folder.exists() else []


def _replies(files: Files) -> dict[str, list[bytes]]:
    """What authorities answered, by the name of the checkpoint."""
    replies: dict[str, list[bytes]] = {}
    for path in sorted(files.stamps.glob("*.tsr")) if files.stamps.exists() else ():
        replies.setdefault("-".join(path.name.split("-", 2)[:2]), []).append(path.read_bytes())
    return replies


def _is_stamped(note: Note, roots: Sequence[bytes], replies: dict[str, list[bytes]]) -> bool:
    given = replies.get(_name(note), ()) if replies and roots else ()
    return any(stamped_at(reply, note.text.encode(), roots) for reply in given)


def _name(note: Note) -> str:
    return f"{note.size:016d}-{hashlib.sha256(note.text.encode()).hexdigest()[:16]}"
