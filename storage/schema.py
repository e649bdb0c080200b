"""The collections: their indexes, and the fields that a document must have.

A new collection, index or field means a new version, and a migration in ``storage/mongo.py``.
"""

from typing import Any

from pymongo import ASCENDING, HASHED, IndexModel

SCHEMA_VERSION = 7

INDEXES: dict[str, list[IndexModel]] = {
    "captures": [
        IndexModel([("source", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
    ],
    "index": [],
    "posts": [
        IndexModel([("source", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("at", ASCENDING)]),
        IndexModel([("seen_at", ASCENDING)]),
    ],
    "search_tail": [],
    "search_segments": [],
    "search_leaves": [],
    "custody": [IndexModel([("requests", ASCENDING)], unique=True)],  # asked for once, written once, whoever writes
    "custody_pending": [],
    "custody_appender": [],
    "evidence": [
        IndexModel([("source", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("at", ASCENDING)]),
        IndexModel([("post", ASCENDING), ("revision", ASCENDING)]),
    ],
    "flags": [
        IndexModel([("source", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("at", ASCENDING)]),
        IndexModel([("state", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("lane", ASCENDING), ("lane_at", ASCENDING)]),
        IndexModel([("offices", ASCENDING), ("lane", ASCENDING), ("lane_at", ASCENDING)]),
        IndexModel([("source", ASCENDING), ("lane", ASCENDING), ("lane_at", ASCENDING)]),
        IndexModel([("state", ASCENDING), ("lane", ASCENDING), ("lane_at", ASCENDING)]),
        IndexModel([("severity", ASCENDING), ("lane", ASCENDING), ("lane_at", ASCENDING)]),
        IndexModel([("unread", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("unplaced", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("untold", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("urgent_due", ASCENDING)]),
    ],
    "review_events": [
        IndexModel([("flag", ASCENDING), ("number", ASCENDING)]),
        IndexModel([("at", ASCENDING)]),
    ],
    "review_batches": [IndexModel([("at", ASCENDING)])],
    "exposure": [],
    "exposure_limits": [],
    "near": [IndexModel([("leader", ASCENDING), ("at", ASCENDING)])],
    "near_bands": [],
    "counts": [IndexModel([("source", ASCENDING), ("at", ASCENDING)]), IndexModel([("at", ASCENDING)])],
    "coverage": [IndexModel([("source", ASCENDING), ("at", ASCENDING)]), IndexModel([("at", ASCENDING)])],
    "runs": [IndexModel([("source", ASCENDING), ("at", ASCENDING)]), IndexModel([("at", ASCENDING)])],
    "rooms": [IndexModel([("at", ASCENDING)])],
    "cursors": [],
    "leases": [],
    "account_leases": [],
    "host_turns": [],
    "slots": [
        IndexModel([("subject", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
    ],
    "holds": [IndexModel([("free_at", ASCENDING)])],
    "peers": [IndexModel([("at", ASCENDING)])],
    "look_ups": [
        IndexModel([("account", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("at", ASCENDING)], expireAfterSeconds=172_800),
    ],
    "accounts": [],
    "room_ids": [],
    "bases": [IndexModel([("at", ASCENDING)])],
    "imports": [IndexModel([("at", ASCENDING)])],
    "rescans": [IndexModel([("at", ASCENDING)])],
    "watchlists": [],
    "reveals": [IndexModel([("at", ASCENDING)])],
    "searches": [IndexModel([("at", ASCENDING)])],
    "search_runs": [],
    "packages": [IndexModel([("case", ASCENDING), ("at", ASCENDING)])],
    "pauses": [IndexModel([("at", ASCENDING)])],
    "watchlist_changes": [IndexModel([("at", ASCENDING)])],
    "proposals": [IndexModel([("at", ASCENDING)])],
    "cases": [IndexModel([("at", ASCENDING)])],
    "notes": [IndexModel([("case", ASCENDING), ("at", ASCENDING)])],
    "erasures": [IndexModel([("state", ASCENDING), ("at", ASCENDING)])],
    "destructions": [IndexModel([("state", ASCENDING), ("at", ASCENDING)]), IndexModel([("at", ASCENDING)])],
    "legal_holds": [IndexModel([("at", ASCENDING)])],
    "people": [IndexModel([("at", ASCENDING)])],
    "role_changes": [IndexModel([("at", ASCENDING)])],
    "sessions": [IndexModel([("person", ASCENDING)]), IndexModel([("until", ASCENDING)])],
    "links": [IndexModel([("person", ASCENDING)]), IndexModel([("until", ASCENDING)])],
    "rollups": [IndexModel([("zone", ASCENDING), ("at", ASCENDING)])],
    "releases": [IndexModel([("what", ASCENDING), ("version", ASCENDING)])],
    "recipients": [IndexModel([("at", ASCENDING)])],
    "deliveries": [
        IndexModel([("state", ASCENDING), ("next_at", ASCENDING)]),
        IndexModel([("what", ASCENDING), ("version", ASCENDING)]),
        IndexModel([("at", ASCENDING)]),
    ],
    "delivery_days": [IndexModel([("at", ASCENDING)])],
    "notices": [IndexModel([("at", ASCENDING)])],
    "notice_rooms": [],
    "referrals": [IndexModel([("at", ASCENDING)]), IndexModel([("posts", ASCENDING), ("at", ASCENDING)])],
    "referral_posts": [],
    "meta": [],
}
"""Every collection. Lists are read newest first by ``at``, of one source or of all."""

BY_RANGE: dict[str, int | str] = {"_id": ASCENDING}
BY_HASH: dict[str, int | str] = {"_id": HASHED}
SHARD_KEYS = {
    **dict.fromkeys(("captures", "index", "posts", "evidence", "flags", "review_events", "near"), BY_RANGE),
    **dict.fromkeys(("near_bands", "search_leaves", "counts", "coverage", "runs", "rooms"), BY_RANGE),
    **dict.fromkeys(("rollups", "reveals"), BY_HASH),
}
"""Of the collections that grow with rooms, days and people; ``deploy/sharding.js`` sets them.

``_id`` leads with the room, or is a hash: many rooms write to many shards, while what belongs together lies
together. Where it leads with the day all would write to one shard, so it is hashed. What is not here
stays on one shard: it is small, or, as the log, written by one process and unique by another field.
"""

_TEXT, _TIME, _BYTES, _NUMBER = (
    {"bsonType": "string"},
    {"bsonType": "date"},
    {"bsonType": "binData"},
    {"bsonType": ["int", "long"]},
)
VALIDATORS: dict[str, dict[str, Any]] = {
    "captures": {"source": _TEXT, "url": _TEXT, "at": _TIME, "received_sha256": _TEXT, "sealed": _BYTES, "key": _BYTES},
    "index": {"entries": _BYTES},
    "posts": {"source": _TEXT, "native_id": _NUMBER, "at": _TIME, "revision": _NUMBER, "sealed": _BYTES, "key": _BYTES},
    "flags": {"source": _TEXT, "at": _TIME, "severity": _TEXT, "reasons": {"bsonType": "array"}},
    "counts": {"source": _TEXT, "at": _TIME, "value": _NUMBER, "low": _NUMBER, "high": _NUMBER, "origin": _TEXT},
    "coverage": {"source": _TEXT, "at": _TIME, "passes": _NUMBER, "blind_passes": _NUMBER},
    "runs": {"source": _TEXT, "at": _TIME, "outcome": _TEXT},
    "leases": {"holder": _TEXT, "host": _TEXT, "pid": _NUMBER, "until": _TIME},
    "holds": {"free_at": _TIME, "holds": _NUMBER},
}
"""Fields that a document must have, and their types."""
