"""A BagIt bag (RFC 8493), version 1.0, with SHA-256 and SHA-512: always the same bytes for the same files."""

import hashlib
import re
from collections.abc import Mapping

from evidence.errors import StorageError

Files = dict[str, bytes]
"""By path below the package's folder, with ``/``."""
KINDS = ("sha256", "sha512")
_PATH = re.compile(r"[A-Za-z0-9@_.-]+(?:/[A-Za-z0-9@_.-]+)*")


def bag(payload: Mapping[str, bytes], tags: Mapping[str, bytes], about: Mapping[str, str]) -> Files:
    """Put files in a bag.

    Args:
        payload: by path below ``data/``.
        tags: by path beside it.
        about: what ``bag-info.txt`` says besides the payload's size.

    Raises:
        StorageError: a path that not every system can keep.
    """
    files = {f"data/{path}": content for path, content in payload.items()}
    octets = sum(len(content) for content in files.values())
    lines = {**about, "Payload-Oxum": f"{octets}.{len(files)}"}
    beside = {
        **tags,
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{name}: {value}\n" for name, value in sorted(lines.items())).encode(),
    }
    for path in (*files, *beside):
        if not _PATH.fullmatch(path) or ".." in path or len(path) > 200:
            raise StorageError(f"{ascii(path)[:80]} cannot be the name of a file in a package")
    beside |= {f"manifest-{kind}.txt": manifest(files, kind) for kind in KINDS}
    lists = {f"tagmanifest-{kind}.txt": manifest(beside, kind) for kind in KINDS}
    return dict(sorted({**files, **beside, **lists}.items()))


def manifest(files: Mapping[str, bytes], kind: str) -> bytes:
    """The list of files with their hashes, sorted by path."""
    return "".join(f"{hashlib.new(kind, files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()
