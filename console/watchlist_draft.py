"""A change of the watchlist while somebody makes it: edits, the version they are made on, and what comes out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydantic import BaseModel, TypeAdapter, ValidationError

from config.watchlist import packaged_defaults, parse_watchlist
from config.watchlist_diff import EntryDiff, LineDiff, diff_entries, diff_lines
from config.watchlist_edit import EMPTY, Entry, apply_edit, has_section, put, read_entry
from config.watchlist_model import DirectoryModel, RuleModel, SourceModel, TermModel
from console.visit import Console
from console.watchlist_words import FIELDS
from console.words import Message
from evidence.errors import ConfigError
from evidence.records import Rule, Watchlist
from evidence.watchlist_change import MOST_EDITS, Edit, text_hash
from storage.watchlists import Version, newest_version

MODELS: dict[str, type[BaseModel]] = {
    "sources": SourceModel,
    "directories": DirectoryModel,
    "terms": TermModel,
    "rules": RuleModel,
}
EDITS: TypeAdapter[tuple[Edit, ...]] = TypeAdapter(tuple[Edit, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Edits put into a version."""

    base: int
    before: str
    after: str
    edits: tuple[Edit, ...]
    entries: tuple[EntryDiff, ...]
    lines: tuple[LineDiff, ...]
    offices: frozenset[str] | None
    """Whose places it touches; None for all."""

    @property
    def sha256(self) -> str:
        """Of the text that would be saved."""
        return text_hash(self.after)

    @property
    def changes_words(self) -> bool:
        """Whether other posts may be flagged after it."""
        return any(one.section in ("terms", "rules") for one in self.entries)

    @property
    def packed(self) -> str:
        """The edits as forms carry them."""
        return EDITS.dump_json(self.edits).decode()


def unpacked(packed: str) -> tuple[Edit, ...]:
    """Edits that a form brought back.

    Raises:
        ConfigError: they are none.
    """
    try:
        edits = EDITS.validate_json(packed)
    except ValidationError:
        raise ConfigError("the edits of this form cannot be read: begin again") from None
    if not 0 < len(edits) <= MOST_EDITS:
        raise ConfigError(f"{len(edits)} edits: expected 1 to {MOST_EDITS}")
    return edits


async def newest_text(console: Console) -> tuple[int, str]:
    """Number and text of the newest version; 0 and an empty list before the first."""
    version: Version | None = await newest_version(console.store)
    return (version.number, version.text) if version else (0, EMPTY)


def checked(console: Console, text: str) -> Watchlist:
    """The watchlist that a text is.

    Raises:
        ConfigError: a line for every mistake.
    """
    return _parsed(text, console.works.watching.sites, console.allows_loopback or console.is_practice)


@lru_cache(maxsize=8)
def _parsed(text: str, sites: frozenset[str], allow_loopback: bool) -> Watchlist:
    """Reading a thousand rooms takes a second: the newest version is asked for by every page."""
    return parse_watchlist(text, "watchlist", sites, allow_loopback)


async def make_draft(console: Console, base: int, before: str, edits: Sequence[Edit]) -> Draft:
    """Put edits into a version; in a thread, since long lists take their time.

    Raises:
        ConfigError: one does not fit, or the outcome is no valid watchlist; a line for every mistake.
    """
    return await asyncio.to_thread(_make, console, base, before, edits)


def _make(console: Console, base: int, before: str, edits: Sequence[Edit]) -> Draft:
    after = before
    for edit in edits:
        after = apply_edit(after, "watchlist", edit)
    checked(console, after)
    entries = diff_entries(before, after)
    return Draft(
        base=base,
        before=before,
        after=after,
        edits=tuple(edits),
        entries=entries,
        lines=diff_lines(before, after),
        offices=_offices(before, after, entries),
    )


def entry_problems(console: Console, section: str, entry: Entry) -> dict[str, Message]:
    """What is wrong with an entry of a form, by field; before it is put anywhere."""
    context = {
        "sites": console.works.watching.sites,
        "allow_loopback": console.allows_loopback or console.is_practice,
    }
    try:
        MODELS[section].model_validate(dict(entry), context=context)
    except ValidationError as error:
        found = {str(each["loc"][0]) if each["loc"] else "any" for each in error.errors()}
        return {name: Message(FIELDS.get(name, FIELDS["id"])) for name in found}
    return {}


def changed_entry(text: str, section: str, name: str, given: Mapping[str, object]) -> Entry:
    """An entry with what a form says of it; what the form left blank goes, what it does not know stays."""
    old = read_entry(text, section, name) if name else None
    merged = {**(old or {}), **given}
    return {key: value for key, value in merged.items() if value not in (None, "", [])}


def rules_taken_over(text: str) -> tuple[Edit, ...]:
    """Edits that write out the packaged rules where a watchlist has none of its own: own ones replace all of them."""
    if has_section(text, "rules"):
        return ()
    return tuple(put("rules", "", rule_entry(rule)) for rule in packaged_defaults()[1])


def rule_entry(rule: Rule) -> Entry:
    """A rule as it is written."""
    when: dict[str, object] = {"mentions": rule.mentions, "terms": list(rule.terms), "without": list(rule.without)}
    return {"id": rule.id, "when": {key: value for key, value in when.items() if value}, "severity": str(rule.severity)}


def _offices(before: str, after: str, entries: Sequence[EntryDiff]) -> frozenset[str] | None:
    """Offices of the rooms that differ, as they were and as they are; None where anything else differs too."""
    offices: set[str] = set()
    for one in entries:
        if one.section != "sources":
            return None
        for text in (before, after):
            entry = read_entry(text, "sources", one.name)
            if entry is not None and not entry.get("office"):
                return None
            offices.update([entry["office"]] if entry else [])
    return frozenset(offices) if entries else None
