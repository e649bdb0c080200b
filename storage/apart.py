"""Wrapped keys and salts: where they lie in a document, and how they are taken apart from the rest.

Wherever a text is sealed, its key lies beside it in a field ``key``, at the top of the document or
anywhere within. That is all that is known of collections here, so a new one cannot be forgotten.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from evidence.cipher import ID_BYTES, WRAPPED_BYTES
from storage.mongo import KEY, Document

LENGTHS = (WRAPPED_BYTES, ID_BYTES + WRAPPED_BYTES)
"""Of a wrapped key; public keys are shorter."""
ROOTS = "roots"
"""The field of the document in ``meta`` that holds the store's root, wrapped."""
FIELDS = "fields"


def wrapped_keys(document: Mapping[str, Any] | list[Any], path: str = "") -> Iterator[tuple[str, bytes]]:
    """Every wrapped data key of a document with its dotted path."""
    for name, value in _items(document):
        if name == "key" and _is_wrapped(value):
            yield path + name, value
        elif isinstance(value, Mapping | list):
            yield from wrapped_keys(value, f"{path}{name}.")


def take_apart(document: Document) -> tuple[Document, Document | None]:
    """A document without its wrapped keys and salts; and these, by their path; None where it has none."""
    taken: dict[str, Any] = {}
    if ROOTS in document and document.get("_id") == KEY:
        taken[ROOTS] = document[ROOTS]
        return {name: value for name, value in document.items() if name != ROOTS}, _keys_of(document, taken)
    rest = _without(document, "", taken)
    return rest, _keys_of(document, taken) if taken else None


def put_together(rest: Document, keys: Mapping[str, Any]) -> Document:
    """The document as it was before it was taken apart; fields may stand in another order."""
    for path, value in keys[FIELDS].items():
        *way, last = path.split(".")
        place: Any = rest
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[last] = value
    return rest


def _keys_of(document: Document, taken: dict[str, Any]) -> Document:
    return {"_id": document["_id"], FIELDS: taken}


def _without(value: Any, path: str, taken: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_without(inner, f"{path}{place}.", taken) for place, inner in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    apart = {"key", "salt"} if _is_wrapped(value.get("key")) else set[str]()
    taken |= {path + name: value[name] for name in apart & value.keys()}
    return {name: _without(inner, f"{path}{name}.", taken) for name, inner in value.items() if name not in apart}


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    return iter(value.items()) if isinstance(value, Mapping) else ((str(place), one) for place, one in enumerate(value))


def _is_wrapped(value: object) -> bool:
    return isinstance(value, bytes) and len(value) in LENGTHS
