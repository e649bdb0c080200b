"""Reads the custody log past the store."""

import json
import zlib
from typing import Any

from tests.storage.making import everything


def logged(uri: str) -> list[dict[str, Any]]:
    """Entries of the log of a database, in order."""
    blocks = sorted(everything(uri)["custody"], key=lambda block: block["_id"])
    return [json.loads(line) for block in blocks for line in zlib.decompress(block["packed"]).split(b"\n")]
