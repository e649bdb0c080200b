"""The form of a summary for programs: JSON, and the JSON Schema that is made from the records."""

import json
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from pipelines.digest.model import FORM, Digest

_ADAPTER = TypeAdapter(Digest)


def to_json(digest: Digest) -> str:
    """Write a summary on one line."""
    return json.dumps(asdict(digest), ensure_ascii=False) + "\n"


def read_json(text: str | bytes) -> Digest:
    """Read a summary back.

    Raises:
        ValueError: it is none of this form.
    """
    return _ADAPTER.validate_json(text)


def schema() -> dict[str, Any]:
    """The JSON Schema, with what each record says of itself."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:haechi:summary:{FORM}",
        **_ADAPTER.json_schema(mode="serialization"),
    }


def schema_text() -> str:
    """As it is published."""
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(schema_text())
