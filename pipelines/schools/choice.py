"""Which school a name means: candidates ranked by what else the post and its room say."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from evidence.records import Mention, School
from pipelines.schools.names import Name
from pipelines.schools.places import REACH, narrow
from pipelines.schools.register import Register


def choose(
    names: Sequence[Name], register: Register, office: str | None, room: Collection[str] = ()
) -> tuple[Mention, ...]:
    """Make the Mentions of a post.

    Args:
        names: ordered, not overlapping.
        register: that they were read with.
        office: NEIS office code, or None.
        room: codes of schools that other posts of the room name.

    Returns:
        A Mention for each name, candidates most likely first.
    """
    return tuple(_mention(name, register, office) for name in names)


def _mention(name: Name, register: Register, office: str | None) -> Mention:
    before = name.form.text[max(0, name.at - REACH) : name.at]
    schools = narrow([register.schools[index] for index in name.schools], before, office) if name.schools else []
    codes = tuple(dict.fromkeys(school.code for school in schools)) or _by_name(name)
    levels = {school.level for school in schools}
    return Mention(
        start=name.start,
        end=name.end,
        surface=name.form.given[name.start : name.end],
        school=codes[0] if len(codes) == 1 else None,
        candidates=codes,
        level=name.level or (levels.pop() if len(levels) == 1 else None),
        rule=name.rule,
        confidence=name.confidence,
    )


def _by_name(name: Name) -> tuple[str, ...]:
    """A university that the register does not know has its name for a code."""
    return (f"U:{name.text}",) if name.level == "university" else ()
