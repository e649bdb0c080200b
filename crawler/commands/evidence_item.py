"""``haechi evidence show``: one item in words, where it comes from, and how far it is proven."""

from typing import Any

import click

from config.settings import load_settings
from crawler.assemble import now
from crawler.commands.options import checked_reason, json_option, reveal_option
from crawler.commands.running import run_logged, run_reading
from crawler.output import print_json, stdout
from crawler.package_items import mentions_of, record_of, words_of
from crawler.rows import Row, time
from evidence.case import Staff
from evidence.checkpoint import Files, last_note
from evidence.shown import shown
from pipelines.masking import mask
from storage.custody import Custody
from storage.mongo import Store
from storage.reveals import record_reveal
from storage.sealed import SealedItem, read_items, read_siblings, seal_entries

PROOF = {
    "waiting": "on its way into the log",
    "logged": "in the log, under no checkpoint yet",
    "checkpointed": "in the log and under a signed checkpoint",
}


@click.command("show")
@click.argument("name", metavar="ID")
@reveal_option
@json_option
def show(name: str, reveal: str | None, as_json: bool) -> None:
    """Show an item: what it says, masked, where it comes from, its revisions, and its entry in the log.

    Example: haechi evidence show 1900000505:15:1
    """
    reason = checked_reason(reveal)

    async def look(store: Store, custody: Custody | None, staff: Staff) -> Row:
        (item,) = await read_items(store, [name])
        if custody and reason:
            await record_reveal(store, custody, staff, "evidence", name, reason, now())
        return await _row(store, item, is_revealed=reason is not None)

    row = run_logged(look) if reason else run_reading(lambda store, staff: look(store, None, staff))
    if as_json:
        print_json(row)
    else:
        for line in _lines(row):
            stdout.print(line, markup=False)


async def _row(store: Store, item: SealedItem, *, is_revealed: bool) -> Row:
    record = record_of(item)
    siblings = (await read_siblings(store, [item.post]))[item.post]
    entries = await seal_entries(store, [sibling.id for sibling in siblings])
    words, mentions = words_of(record), mentions_of(record)
    post: dict[str, Any] = record.get("post", {})
    return {
        "id": item.id,
        "source": item.source,
        "post": item.post,
        "revision": item.revision,
        "at": time(item.at),
        "severity": item.severity,
        "reasons": (record.get("flag") or {}).get("reasons", []),
        "address": post.get("address"),
        "posted_at": post.get("posted_at"),
        "removed_at": time(item.removed_at),
        "erased": item.erased_at is not None,
        "text": words if is_revealed else mask(words, mentions, public=(item.source,)).text,
        "media": post.get("media", []),
        "capture": record.get("capture"),
        "made_by": record.get("made_by"),
        "revisions": [
            {
                "id": sibling.id,
                "revision": sibling.revision,
                "at": time(sibling.at),
                "sealed_in_log": entries.get(sibling.id),
            }
            for sibling in siblings
        ],
        "commit": item.commit,
        "sealed_in_log": entries.get(item.id),
        "proof": _proof(entries.get(item.id)),
    }


def _proof(seq: int | None) -> str:
    if seq is None:
        return "waiting"
    note = last_note(Files(folder=load_settings().data_dir).notes)
    return "checkpointed" if note and seq < note.size else "logged"


def _lines(row: Row) -> list[str]:
    capture = row["capture"] or {}
    exchange = capture.get("exchange") or {}
    seq = "–" if row["sealed_in_log"] is None else f"{row['sealed_in_log']:,}"
    lines = [
        f"{row['id']}  {row['severity']}  {', '.join(row['reasons']) or '–'}",
        f"  {row['address'] or row['source']}  posted {row['posted_at'] or '–'}, seen {row['at']}",
        "  erased as the law demands; its entry remains" if row["erased"] else f"  {shown(row['text'])}",
    ]
    if capture:
        lines += [
            f"  captured from {exchange.get('asked') or capture['url']}, status {capture['status']},"
            f" answered by {exchange.get('resolved') or '–'}, certificate {exchange.get('certificate_sha256') or '–'}",
            f"  sha256 received {capture['received_sha256']}",
            f"  sha256 kept     {capture['kept_sha256']}",
        ]
    if row["removed_at"]:
        lines.append(f"  first seen to be gone {row['removed_at']}")
    lines += [f"  revision {one['revision']}  {one['at']}  {one['id']}" for one in row["revisions"]]
    return [*lines, f"  entry {seq}: {PROOF[row['proof']]}", f"  commit {row['commit']}"]
