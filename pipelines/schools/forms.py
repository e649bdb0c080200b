"""Full names that the register does not know: two syllables or more before 초등학교, 중학교, 고등학교, 대학교."""

import re

CONFIDENCE = 0.6
"""Cautious: 38 of 38 were true on the dev sets, but nothing vouches for such a name."""

LONGEST = 16
"""Syllables of a name; a longer run is text without spaces."""

_STEM = re.compile("[가-힣]{2,}$")
_GENERIC = re.compile(
    ".*(?:던|는|른|같은|모든|많은|좋은|작은|인근|소재|해당|근처|지역|관내|시내|출신|모교인|저희|우리|있는|다닌|나온|현재|시절)"
    "|.*(?<!대)학교.*"
    "|(?:전국|국립|공립|사립|시립|도립|여자|남자|공업|상업|농업|산업|실업|특성화|특목|일반|인문|인문계|실업계|예술|과학|체육"
    "|외국어|국제|마이스터|자율형|자사|대안|명문|신설|병설|부설|부속|남녀공학|그냥|이런|저런|그런|어떤|무슨|각급|각종|어느"
    "|다음|이번|한국|외국|미국|중국|일본|북한|유명|지방|시골|동네|집앞|근무|신입|졸업|당시|부터|까지|에서|그리고|또는|및"
    "|초|중|초등|어제|오늘|내일|작년|올해|매일|이제|지금|나중에|사실|진짜|정말|제가|내가|우리집|친구|아들|딸|동생|아이)+"
)
"""What is not a name: it ends like a clause, holds another 학교, or is made of general words only."""


def stem_start(text: str, ending: int) -> int | None:
    """Find where a full name begins.

    Args:
        text: in normal form.
        ending: where its ending (초등학교 …) begins.

    Returns:
        Start of the name, or None where what stands there is no name.
    """
    stem = _STEM.search(text, max(0, ending - LONGEST - 1), ending)
    if stem is None or len(stem[0]) > LONGEST or _GENERIC.fullmatch(stem[0]):
        return None
    if stem.start() and text[stem.start() - 1].isalnum():
        return None
    return stem.start()
