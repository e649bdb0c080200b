"""Time stamps on our own checkpoints: asked for, kept beside them, and counted as anchors where they hold."""

import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit

from channels.timestamps import ask_stamp, stamped_at
from evidence.checkpoint import Files, Note
from evidence.errors import SourceUnavailable

AUTHORITIES = "custody-authorities"
"""Folder in the data directory with the root certificates (PEM) of the authorities that are trusted."""


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
        files.stamps.mkdir(mode=0o700, exist_ok=True)
        (files.stamps / f"{_name(note)}-{urlsplit(url).hostname}.tsr").write_bytes(made.reply)
        if made.problem:
            problems.append(f"{url}: {made.problem}")
    return tuple(problems)


def anchored(notes: Sequence[Note], files: Files) -> tuple[Note, ...]:
    """Of these checkpoints those that an authority stamped whose root certificate is in the data directory."""
    folder = files.folder / AUTHORITIES
    roots = [path.read_bytes() for path in sorted(folder.glob("*.pem"))] if folder.exists() else []
    if not roots or not files.stamps.exists():
        return ()
    return tuple(
        note
        for note in notes
        if any(
            stamped_at(path.read_bytes(), note.text.encode(), roots)
            for path in files.stamps.glob(f"{_name(note)}-*.tsr")
        )
    )


def _name(note: Note) -> str:
    return f"{note.size:016d}-{hashlib.sha256(note.text.encode()).hexdigest()[:16]}"
