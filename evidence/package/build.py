"""A package from its contents: which files there are, and what the lists over them say."""

from evidence.canonical import Json
from evidence.custody import moment
from evidence.package.bag import Files, bag
from evidence.package.contents import Contents, Leave, Packed
from evidence.package.items import item_files, pretty
from evidence.package.media import check_media
from evidence.package.profiles import Part
from evidence.package.proofs import custody_files
from evidence.package.readme import readmes
from evidence.package.table import table
from evidence.package.views import View, aggregate, views
from evidence.verifier import shipped

VERSION = 1


def build(contents: Contents) -> Files:
    """Every file of a package, by its path.

    Raises:
        StorageError: something in it is, or leads to, media.
    """
    order, items = contents.order, contents.items
    seen = views(items, order)
    payload = {
        **{f"README.{lang}.txt": text for lang, text in readmes(contents).items()},
        **contents.reports,
        "package.json": pretty(_about(contents, seen)),
        **{f"custody/{path}": content for path, content in custody_files(contents).items()},
    }
    within = frozenset(item.id for item in items)
    for item, one in zip(items, seen, strict=False):
        files = item_files(item, one, order, within)
        payload |= {f"items/{one.folder}/{path}": content for path, content in files.items()}
    if order.profile.has(Part.AGGREGATES):
        payload["aggregates.json"] = pretty(_aggregates(items))
    else:
        payload["items.csv"] = table(seen)
    if order.profile.has(Part.RECORD):
        payload["decisions.jsonl"] = b"".join(line + b"\n" for line in contents.decisions)
    about = {
        "Source-Organization": "haechi",
        "External-Identifier": order.id,
        "Bagging-Date": order.made_at.date().isoformat(),
        "Bag-Software-Agent": order.made_by,
    }
    files = bag(payload, {"verify.py": shipped()}, about)
    check_media(files)
    return files


def _about(contents: Contents, seen: tuple[View, ...]) -> dict[str, Json]:
    order, log = contents.order, contents.log
    is_counted = not order.profile.has(Part.AGGREGATES)
    return {
        "v": VERSION,
        "id": order.id,
        "profile": order.profile.name,
        "is_practice": order.is_practice,
        "office": order.office,
        "case": order.case,
        "question": order.question if order.profile.has(Part.QUESTION) else None,
        "made_at": moment(order.made_at),
        "made_by": {"program": order.made_by, "actor": order.actor},
        "purpose": order.purpose,
        "legal_basis": order.legal_basis,
        "requester": order.requester,
        "approvers": list(order.approvers),
        "approval": _leave(order.leave) if order.leave else None,
        "log": {"name": log.note.log, "size": log.note.size, "root": log.note.root.hex(), "at": moment(log.note.at)},
        "time_stamps": sorted(contents.stamps),
        "counts": {"items": len(seen), "erased": sum(item.erased_at is not None for item in contents.items)}
        if is_counted
        else None,
        "items": [_item(item, one, contents) for item, one in zip(contents.items, seen, strict=False)],
    }


def _leave(leave: Leave) -> dict[str, Json]:
    return {
        "proposal": leave.proposal,
        "proposed_by": leave.proposed_by,
        "approved_by": leave.approved_by,
        "is_alone": leave.is_alone,
        "reason": leave.reason,
    }


def _item(item: Packed, seen: View, contents: Contents) -> dict[str, Json]:
    return {
        "id": seen.name,
        "folder": seen.folder,
        "entry": seen.entry,
        "commit": seen.commit,
        "is_sealed_record": contents.order.profile.has(Part.RECORD) and item.content is not None,
    }


def _aggregates(items: tuple[Packed, ...]) -> dict[str, Json]:
    numbers = aggregate(items)
    by_severity = dict(numbers.by_severity) if numbers.by_severity is not None else None
    return {"items": numbers.total, "by_severity": by_severity, "smallest_number_given": 10}
