"""The items of a package, and the key that signs it, against the log."""

import hashlib
import hmac
import json
import zlib
from pathlib import Path
from typing import Any

from evidence.verifier.log import Log, Wrong, read_pem

LARGEST_RAW_BYTES = 256_000_000


def check_package_key(root: Path, about: dict[str, Any], log: Log) -> None:
    """The key that signs the package is named in the log, and so is the export."""
    key = read_pem(root / "data/custody/keys/package.pub").hex()
    acts = {(entry["action"], entry["target_id"]) for _, entry in log.entries.values()}
    if ("package-key", key) not in acts:
        raise Wrong("data/custody/keys/package.pub: the log names no such key")
    if ("export", about["id"]) not in acts:
        raise Wrong(f"data/custody/entries.jsonl: the export of {about['id']} is not in the log")


def check_items(root: Path, about: dict[str, Any], log: Log) -> None:
    """Each sealed item is the one that the log committed to."""
    records = {path.parent.name for path in (root / "data/items").glob("*/item.json")}
    if records != {item["folder"] for item in about["items"] if item["is_sealed_record"]}:
        raise Wrong("data/package.json: does not list the items that are here")
    for item in about["items"]:
        if item["entry"] is None:
            continue
        sealed = log.entries[item["entry"]][1]
        if (sealed["action"], sealed["target_id"], sealed["commit"]) != ("seal", item["id"], item["commit"]):
            raise Wrong(f"data/package.json: entry {item['entry']} does not seal {item['id']}")
        if item["is_sealed_record"]:
            _check_item(root, f"data/items/{item['folder']}", sealed)


def _check_item(root: Path, folder: str, sealed: dict[str, Any]) -> None:
    content = (root / folder / "item.json").read_bytes()
    salt = bytes.fromhex(json.loads((root / folder / "disclosure.json").read_bytes())["salt"])
    if hmac.new(salt, content, hashlib.sha256).hexdigest() != sealed["commit"]:
        raise Wrong(f"{folder}/item.json: is not what was sealed as entry {sealed['seq']}")
    item = json.loads(content)
    if item["id"] != sealed["target_id"]:
        raise Wrong(f"{folder}/item.json: is another item than {sealed['target_id']}")
    for path in (root / folder).glob("raw.*"):
        raw = zlib.decompressobj(31).decompress(path.read_bytes(), LARGEST_RAW_BYTES)
        if raw != item["raw"].encode("utf-8", "surrogatepass"):
            raise Wrong(f"{folder}/{path.name}: is not the fragment in item.json")
    http = json.loads((root / folder / "http.json").read_bytes())
    if http != item["capture"]:
        raise Wrong(f"{folder}/http.json: is not what item.json says of the exchange")
