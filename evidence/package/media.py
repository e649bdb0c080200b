"""The last look before a package leaves: nothing in it may hold media, or lead to some."""

import gzip
import re
from collections.abc import Iterator, Mapping

from evidence.errors import StorageError

MEDIA = re.compile(
    rb"<(?:img|video|audio|source|picture|svg|iframe|object|embed)\b"
    rb"|\bdata:[a-z]+/[a-z0-9.+-]+[;,]|(?:telesco\.pe|cdn-telegram\.org|telegram-cdn\.org)[:/]"
    rb"|(?:telegra\.ph|graph\.org|telegram\.org)/file/|/i/userpic/"
    rb"|\\?\"(?:access_hash|file_reference|stripped_thumb|thumbs?|photo_size)\\?\":"
    rb"|\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|ftyp(?:mp4|isom|qt)|RIFF....WEBP",
    re.IGNORECASE | re.DOTALL,
)


def check_media(files: Mapping[str, bytes]) -> None:
    """Refuse a package that holds media.

    Raises:
        StorageError: naming the file and what was found; never its content.
    """
    for path in sorted(files):
        for content in _layers(path, files[path]):
            if found := MEDIA.search(content):
                raise StorageError(f"{path} leads to media ({found[0][:16].decode('ascii', 'replace')}): not exported")


def _layers(path: str, content: bytes) -> Iterator[bytes]:
    if not path.endswith((".py", ".pdf", ".gz")):
        yield content
    if path.endswith(".gz"):
        yield gzip.decompress(content)
