"""Which school a name means: candidates ranked by what else the post and its room say.

In this order, each only among those that the one before left: places just before the name, words of a level
just after, places anywhere near, the district of schools that the post names for certain, the office of the
room, schools that other posts of the room name. What says nothing leaves all of them.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from evidence.records import Mention, School
from pipelines.schools.names import Name
from pipelines.schools.places import count_named
from pipelines.schools.register import Register

REACH, AROUND = 20, 80
"""Characters before a name, and around it, in which a place is looked for."""

_LEVEL_AFTER = re.compile(
    r"\s?(?:(?P<university>학과|학부|총학|\d\d학번|[가-힣]{1,6}(?:학과|학부)|교수|대학원|캠퍼스)"
    r"|(?P<elementary>[4-6]\s?학년|어린이|초등)|(?P<middle>중학생|중\d)|(?P<high>고등학생|고[1-3]|수능|야자))"
)


def choose(names: Sequence[Name], register: Register, office: str | None) -> tuple[Mention, ...]:
    """Make the Mentions of a post.

    Args:
        names: ordered, not overlapping.
        register: that they were read with.
        office: NEIS office code, or None.

    Returns:
        A Mention for each name, with the candidates that are left.
    """
    near = [_near(name, _schools(name, register)) for name in names]
    certain = Counter(_district(left[0]) for left in near if len({school.code for school in left}) == 1)
    return tuple(_mention(name, _settle(left, certain, office)) for name, left in zip(names, near, strict=True))


def settle_by_room(mentions: tuple[Mention, ...], room: Collection[str]) -> tuple[Mention, ...]:
    """Keep of each mention's candidates those that other posts of the room name.

    Args:
        mentions: of one post.
        room: codes of schools that are certain elsewhere in the room.
    """
    return tuple(_at_home(mention, room) if mention.school is None else mention for mention in mentions)


def _at_home(mention: Mention, room: Collection[str]) -> Mention:
    left = tuple(code for code in mention.candidates if code in room) or mention.candidates
    return replace(mention, candidates=left, school=left[0] if len(left) == 1 else None)


def _schools(name: Name, register: Register) -> list[School]:
    return [register.schools[index] for index in name.schools]


def _near(name: Name, schools: list[School]) -> list[School]:
    """Keep the schools that the words around a name speak for."""
    if len(schools) < 2:
        return schools
    text = name.form.text
    left = _best(schools, lambda school: count_named(school, text[max(0, name.at - REACH) : name.at]))
    told = _LEVEL_AFTER.match(text, name.until)
    left = _best(left, lambda school: bool(told and school.level == told.lastgroup))
    around = text[max(0, name.at - AROUND) : name.at] + "\n" + text[name.until : name.until + AROUND]
    return _best(left, lambda school: count_named(school, around))


def _settle(schools: list[School], certain: Counter[tuple[str, str]], office: str | None) -> list[School]:
    """Keep the schools that the rest of the post and the office of the room speak for."""
    if len(schools) < 2:
        return schools
    left = _best(schools, lambda school: certain[_district(school)])
    return _best(left, lambda school: bool(office) and school.office == office)


def _best(schools: list[School], score: Callable[[School], int]) -> list[School]:
    scores = [score(school) for school in schools]
    best = max(scores)
    return [school for school, points in zip(schools, scores, strict=True) if points == best]


def _district(school: School) -> tuple[str, str]:
    return school.province, school.district


def _mention(name: Name, schools: Iterable[School]) -> Mention:
    left = list(schools)
    codes = tuple(dict.fromkeys(school.code for school in left)) or _by_name(name)
    levels = {school.level for school in left}
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
