"""Posts that list schools: one finding with all its schools, never a hundred.

Lists of "affected schools" of unknown truth were themselves used to threaten people. A post that is one counts as
if it said so: it meets the Term ``name-list``, whose packaged rule flags it as an unverified list.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from evidence.records import Mention

NAME_LIST = "name-list"
"""Id of the Term that a list meets."""
FEWEST, FEWEST_UNIVERSITIES = 5, 15
"""Different schools of a list; universities are listed in every talk of entrance exams."""
SHARE = 0.7
"""Of the neighbours in a list, how many only marks, spaces, numbers and a word or two set apart."""

_BETWEEN = re.compile(
    r"(?:[^가-힣a-zA-Z]|\d학년|\d반|[가-힣]{1,4}(?:도|시|군|구)(?=\s)|(?<=\()[가-힣 ]{2,8}(?=\))|[및와과]){1,20}"
)


def count_schools(mentions: Sequence[Mention]) -> int:
    """Count the different schools of mentions; a name that many share is one."""
    return len({mention.school or mention.candidates or mention.surface for mention in mentions})


def is_list(mentions: Sequence[Mention], text: str) -> bool:
    """Tell whether a text lists schools, one after another.

    Args:
        mentions: confident ones, ordered by ``start``.
        text: in which they were found.
    """
    if len(mentions) < FEWEST:
        return False
    enough = FEWEST_UNIVERSITIES if all(mention.level == "university" for mention in mentions) else FEWEST
    if count_schools(mentions) < enough:
        return False
    joined = sum(_is_joined(text[one.end : other.start]) for one, other in pairwise(mentions))
    return joined >= SHARE * (len(mentions) - 1)


def _is_joined(between: str) -> bool:
    return len(between) <= 20 and _BETWEEN.fullmatch(between) is not None
