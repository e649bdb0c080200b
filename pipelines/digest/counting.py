"""Sorts posts: in each scope every post counts once, under one office, one level and one category.

So the rows of a table add up to its total. What is counted for an office is what posts say of its schools,
nothing else: it is filtered before it is added up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from evidence.day import CountPosts, Naming, PostDay
from evidence.records import Mention, School
from evidence.review import Category

NATION = ""
"""The scope of the whole country."""
UNCLEAR = "unclear"
"""Office or level of a name that several schools bear."""
SEVERAL = "several"
"""Of a post that names schools of more than one."""
NO_SCHOOL = "no_school"
"""Of a post that was kept and names none."""
NO_TERM = "no_term"
"""Category of a post in which none of the terms was found."""

ORDER = (
    Category.AWARENESS,
    Category.THREAT,
    Category.PERSONAL_DATA,
    Category.NAME_LIST,
    Category.SOLICITATION,
    Category.TRADE,
    Category.SYNTHETIC_MEDIA,
)
"""A post with terms of several categories counts under the first; beside words of prevention or news it is that."""


def counter_of(schools: Mapping[str, School]) -> CountPosts:
    """What sorts posts with a register at hand.

    Args:
        schools: by code.
    """
    return partial(count_posts, schools={code: school.scope for code, school in schools.items()})


def count_posts(posts: Sequence[PostDay], schools: Mapping[str, str]) -> tuple[Naming, ...]:
    """Sort posts into Namings of the country and of every office that they may concern.

    Args:
        posts: kept ones.
        schools: office by the code of a school.
    """
    tally: Counter[tuple[str, str, str, str]] = Counter()
    for post in posts:
        category = category_of(post.terms)
        named = [(mention, _offices(mention, schools)) for mention in post.mentions]
        tally[NATION, _one(_office(offices) for _, offices in named), _level(named), category] += 1
        for office in {office for _, offices in named for office in offices}:
            theirs = [(mention, offices) for mention, offices in named if office in offices]
            tally[office, office, _level(theirs), category] += 1
    return tuple(
        Naming(scope=scope, office=office, level=level, category=category, posts=number)
        for (scope, office, level, category), number in sorted(tally.items())
    )


def category_of(terms: Iterable[str]) -> str:
    """The one category of a post with these terms."""
    found = set(terms)
    return next((str(category) for category in ORDER if category in found), NO_TERM)


def _offices(mention: Mention, schools: Mapping[str, str]) -> frozenset[str]:
    return frozenset(schools[code] for code in mention.candidates if code in schools)


def _office(offices: frozenset[str]) -> str:
    return next(iter(offices)) if len(offices) == 1 else UNCLEAR


def _level(named: Iterable[tuple[Mention, frozenset[str]]]) -> str:
    return _one(mention.level or UNCLEAR for mention, _ in named)


def _one(values: Iterable[str]) -> str:
    found = set(values)
    if not found:
        return NO_SCHOOL
    return found.pop() if len(found) == 1 else SEVERAL
