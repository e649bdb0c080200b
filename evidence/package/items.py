"""The files of one item: the sealed record for the police, a derived view for everybody else."""

import gzip
import json
from collections.abc import Mapping
from datetime import datetime

from evidence.canonical import Json, canonical
from evidence.custody import moment
from evidence.package.contents import Order, Packed, Sibling
from evidence.package.profiles import Part
from evidence.package.views import View

DERIVED = "derived view: not the sealed record"


def item_files(item: Packed, seen: View, order: Order, within: frozenset[str]) -> dict[str, bytes]:
    """By path below ``items/FOLDER/``.

    Args:
        item: all of it.
        seen: what the profile shows of it.
        order: to whom the package goes.
        within: ids of the items in this package.
    """
    if not order.profile.has(Part.RECORD):
        return {"derived.json": pretty(view_json(seen))}
    files = {f"revisions/{sibling.revision}.json": pretty(_sibling(sibling, within)) for sibling in item.revisions}
    if item.removed_at:
        files["revisions/removed.json"] = pretty({"first_seen_gone_at": moment(item.removed_at)})
    if item.content is None or item.salt is None:
        erased: dict[str, Json] = {"id": item.id, "erased_at": _time(item.erased_at), "commit": item.commit}
        return {**files, "erased.json": pretty(erased)}
    record = json.loads(item.content)
    ending = "html" if record["raw"].lstrip().startswith("<") else "json"
    raw = gzip.compress(record["raw"].encode("utf-8", "surrogatepass"), 9, mtime=0)
    disclosure: dict[str, Json] = {"commit": item.commit, "entry": item.entry, "salt": item.salt.hex()}
    return {
        **files,
        "item.json": item.content,
        f"raw.{ending}.gz": raw,
        "http.json": pretty(record["capture"]),
        "disclosure.json": pretty({**disclosure, "rule": "commit = HMAC-SHA-256(key = salt, bytes of item.json)"}),
    }


def _sibling(sibling: Sibling, within: frozenset[str]) -> dict[str, Json]:
    return {
        "id": sibling.id,
        "revision": sibling.revision,
        "seen_at": moment(sibling.seen_at),
        "commit": sibling.commit,
        "entry": sibling.entry,
        "is_in_this_package": sibling.id in within,
    }


def view_json(seen: View) -> dict[str, Json]:
    """A view as JSON, without what it does not tell."""
    every: dict[str, Json] = {
        "status": DERIVED,
        "id": seen.name,
        "address": seen.address,
        "source": seen.source,
        "posted_at": _time(seen.posted_at),
        "seen_at": _time(seen.seen_at),
        "removed_at": _time(seen.removed_at),
        "erased_at": _time(seen.erased_at),
        "severity": seen.severity,
        "reasons": list(seen.reasons) if seen.reasons is not None else None,
        "text": seen.text,
        "excerpt": seen.excerpt,
        "personal_spans": [{"start": span.start, "end": span.end, "kind": span.kind.value} for span in seen.places]
        if seen.places is not None
        else None,
        "entry": seen.entry,
        "commit": seen.commit,
    }
    return {name: value for name, value in every.items() if value is not None}


def pretty(value: Mapping[str, Json]) -> bytes:
    """Canonical JSON and a line's end."""
    return canonical(value) + b"\n"


def _time(at: datetime | None) -> str | None:
    return moment(at) if at else None
