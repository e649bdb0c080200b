"""The Capture of a directory's page."""

import hashlib
from dataclasses import replace

from channels.fetch import Response
from evidence.records import Capture, Directory, PageKind


def capture_of(directory: Directory, url: str, fetched: Response, kept: str) -> Capture:
    """Put together what was received and what is kept of it.

    Args:
        directory: what it belongs to.
        url: where it came from, without any key.
        fetched: as received.
        kept: the text without media references.
    """
    as_kept = kept.encode()
    return Capture(
        source=directory.address,
        url=url,
        kind=PageKind.DIRECTORY,
        fetched_at=fetched.fetched_at,
        status=fetched.status,
        received_sha256=fetched.sha256,
        received_bytes=len(fetched.body),
        kept=as_kept,
        kept_sha256=hashlib.sha256(as_kept).hexdigest(),
        exchange=replace(fetched.exchange, asked=url),  # what was asked may hold a key
    )
