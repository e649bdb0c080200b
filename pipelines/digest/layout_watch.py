"""The sections that tell how watching went."""

from collections.abc import Callable, Mapping

from evidence.shown import shown
from pipelines.digest.lines import Anomaly, MembersChange, SourceLine
from pipelines.digest.model import Digest
from pipelines.digest.page import Cell, Section, Sheet, number, word

Words = Mapping[str, str]
REASONS = 2
"""Shown of each Source."""


def sources(digest: Digest, words: Words) -> Section:
    """Each Source: hours, members, how they changed, why it was blind."""
    points = tuple(
        words["listed"].format(
            site=listed.site,
            listed=f"{listed.members:,}",
            room=line.address or line.code,
            members=_members(line, words).text,
        )
        for line in digest.sources
        for listed in line.listed_otherwise
    )
    sheets = (
        _sheet("members", ("room", "members", "change", "change_week", "unusual"), digest, _growth, words),
        _sheet("hours", ("room", "watched", "partly", "blind", "why"), digest, _hours, words),
    )
    return Section(key="sources", title=words["sources"], points=points, sheets=sheets)


def _sheet(
    name: str,
    columns: tuple[str, ...],
    digest: Digest,
    row: Callable[[SourceLine, Words], tuple[Cell, ...]],
    words: Words,
) -> Sheet:
    """A row each; sources under the same names in each sheet."""
    return Sheet(
        name=f"sources_{name}",
        title=words[f"sources_{name}"],
        columns=tuple(words[column] for column in columns),
        rows=tuple((word(_room(line, words)), *row(line, words)) for line in digest.sources),
    )


def _growth(line: SourceLine, words: Words) -> tuple[Cell, ...]:
    return (
        _members(line, words),
        _change(line.members_change, words),
        _change(line.members_change_week, words),
        word(_unusual(line.anomaly, words)),
    )


def _hours(line: SourceLine, words: Words) -> tuple[Cell, ...]:
    reasons = [words.get(f"cause_{reason}", shown(reason)) for reason in line.reasons[:REASONS]]
    hours = (line.hours_watched, line.hours_partly, line.hours_blind)
    return (*(number(hour, words) for hour in hours), word("; ".join(reasons) or words["unknown"]))


def _room(line: SourceLine, words: Words) -> str:
    new = f" ({words['is_new']})" if line.is_new else ""
    name = line.code if line.address is None else f"{shown(line.title or words['unknown'])} {line.address}"
    return name + new


def _members(line: SourceLine, words: Words) -> Cell:
    if line.members is None or line.members_are_exact:
        return number(line.members, words)
    about = f"{words['about']}{line.members:,}"
    return Cell(text=about, value=about, is_number=True)


def _change(change: MembersChange | None, words: Words) -> Cell:
    if change is None or change.is_exact:
        return number(change.low if change else None, words, signed=True)
    between = words["between"].format(low=f"{change.low:+,}", high=f"{change.high:+,}")
    said = between if change.is_measurable else words["not_measurable"]
    return Cell(text=said, value=said, is_number=True)


def _unusual(anomaly: Anomaly | None, words: Words) -> str:
    if anomaly is None:
        return words["unknown"]
    usual, change = f"{anomaly.usual:+,}", f"{anomaly.change:+,}"
    if anomaly.z_hundredths is None:
        return words["unusual_flat"].format(usual=usual, change=change)
    return words["unusual_line"].format(usual=usual, change=change, z=f"{anomaly.z_hundredths / 100:.1f}")


def gaps(digest: Digest, words: Words) -> Section:
    """Hours that were not watched, by cause."""
    if not digest.gaps:
        return Section(key="gaps", title=words["gaps"], notes=(words["no_gaps"],))
    rows = tuple(
        (word(words[f"cause_{line.cause}"]), number(line.hours, words), number(line.sources, words))
        for line in digest.gaps
    )
    columns = (words["cause"], words["hours"], words["rooms_number"])
    return Section(
        key="gaps",
        title=words["gaps"],
        sheets=(Sheet(name="gaps", title=words["gaps"], columns=columns, rows=rows),),
    )


def rooms(digest: Digest, words: Words) -> Section:
    """Rooms that were found."""
    if not digest.rooms:
        return Section(key="rooms", title=words["rooms"], notes=(words["none"],))
    rows = tuple(
        (
            word(words[f"found_{line.found}"]),
            *(
                number(rooms, words)
                for rooms in (line.candidate, line.watched, line.refused, line.dismissed, line.other)
            ),
        )
        for line in digest.rooms
    )
    names = ("found", "candidate", "taken_up", "refused_rooms", "dismissed", "other_rooms")
    sheet = Sheet(name="rooms", title=words["rooms"], columns=tuple(words[name] for name in names), rows=rows)
    return Section(key="rooms", title=words["rooms"], sheets=(sheet,))
