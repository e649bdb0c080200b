"""The last look before a package leaves: nothing in it may hold media, or lead to some."""

import gzip
import re
from collections.abc import Iterator, Mapping

from evidence.errors import StorageError

ADDRESSES = re.compile(
    rb"\bdata:[a-z]+/[a-z0-9.+-]+[;,]|(?:telesco\.pe|cdn-telegram\.org|telegram-cdn\.org)[:/]"
    rb"|(?<![a-z0-9-])(?:(?:telegra\.ph|graph\.org|telegram\.org)/file|(?:t|telegram)\.(?:me|dog)/i/userpic)/",
    re.IGNORECASE,
)
"""In any file. What is captured has none of them, however they were written (``channels/left_out.py``)."""
TAGS = re.compile(rb"<(?:img|video|audio|source|picture|svg|iframe|object|embed)\b|[\"'(=]/i/userpic/", re.IGNORECASE)
"""In pages; elsewhere they are words that somebody wrote."""
KEYS = re.compile(rb"(?<!\\)\"(?:access_hash|file_reference|stripped_thumb|thumbs?|photo_size)\":")
"""In JSON; with a backslash before it the same is words that somebody wrote."""
BYTES = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|\x1a\x45\xdf\xa3|\A(?:GIF8[79]a|.{4}ftyp|RIFF.{4}WEBP|OggS|ID3)",
    re.IGNORECASE | re.DOTALL,
)
"""How media begin; letters count at the very beginning alone."""
EVERYWHERE = (ADDRESSES, BYTES)


def check_media(files: Mapping[str, bytes]) -> None:
    """Refuse a package that holds media.

    Raises:
        StorageError: naming the file and what was found; never its content.
    """
    for path in sorted(files):
        for content in _layers(path, files[path]):
            for pattern in _patterns(path):
                if found := pattern.search(content):
                    shown = found[0][:16].decode("ascii", "replace")
                    raise StorageError(f"{path} leads to media ({shown}): not exported")


def _patterns(path: str) -> tuple[re.Pattern[bytes], ...]:
    kind = path.removesuffix(".gz").rpartition(".")[2]
    tags = () if kind in ("json", "jsonl", "csv", "txt") else (TAGS,)
    keys = () if kind in ("html", "csv", "txt") else (KEYS,)
    return (*EVERYWHERE, *tags, *keys)


def _layers(path: str, content: bytes) -> Iterator[bytes]:
    if not path.endswith((".py", ".pdf", ".gz")):
        yield content
    if path.endswith(".gz"):
        yield gzip.decompress(content)
