"""Korean names in Latin letters, beside schools: Kim Cheolsu, Min-ji Park."""

import re
from collections.abc import Iterator
from itertools import pairwise

from evidence.masked import Kind
from pipelines.masking.form import Found

_SURNAMES_LINE = (
    "kim gim lee rhee yi park bak pak choi choe jung jeong chung kang gang cho jo yoon yun jang chang lim im rim han"
    " oh seo suh shin sin kwon gwon"
    " hwang ahn an song ryu yoo yu you jeon jun chun hong ko go koh moon mun yang son sohn bae pae baek paik heo hur"
    " huh nam shim sim noh roh ha"
    " kwak gwak sung seong cha joo ju woo koo gu ku min jin ji uhm eom um chae won cheon bang kong gong hyun ham byun"
    " byeon yeom yeo choo chu do so"
    " seok sun seol ma gil wi pyo myung ki gi ban wang ok yook in maeng"
)
_SURNAMES = frozenset(_SURNAMES_LINE.split())
_WORDS_LINE = "an in so do go you ban gang ha han ma sin sun son won song chang min ok um im jo chu"
_WORDS = frozenset(_WORDS_LINE.split())
"""Surnames that are English words too: they count before a given name of one piece only."""
_SYLLABLE = (
    "(?:kk|tt|pp|ss|jj|ch|sh|[bcdghjkmnprstw])?[yw]?(?:yeo|eo|eu|ae|oe|ui|oo|ee|ou|uh|ah|[aeiou])(?:ng(?![aeiou])"
    "|[nmlkptbgr](?![aeiou])|h(?![aeiouy]))?"
)
_GIVEN = re.compile(f"{_SYLLABLE}[- ]?{_SYLLABLE}")
_WORD = re.compile("[a-z]{1,12}")
_GAP = re.compile("[ -]|, ?")
_COMMON_LINE = (
    "high school class grade student girl hair name from name she her his him the here there photo video korea korean"
    " seoul busan line insta some one"
    " same more have home life like love mine time year game team made make type live more none done gone come sure"
    " are one use two men women pose"
    " none note noon soon moon room book look good take page bad date data mama papa baby hello hi any many very only"
    " area menu open user id"
)
_COMMON = frozenset(_COMMON_LINE.split())


def find_romanised(text: str, start: int, end: int) -> Iterator[Found]:
    """Find names of surname and two syllables, in either order, in a line that speaks of school."""
    words = list(_WORD.finditer(text, start, end))
    done = -1
    for at, word in enumerate(words):
        if at <= done or word[0] not in _SURNAMES:
            continue
        for first, last in ((at, at + 2), (at, at + 1), (at - 1, at), (at - 2, at)):
            if first > done and last < len(words) and first >= 0 and _is_name(text, words[first : last + 1], word):
                yield words[first].start(), words[last].end(), Kind.NAME
                done = last
                break


def _is_name(text: str, words: list[re.Match[str]], surname: re.Match[str]) -> bool:
    given = [word[0] for word in words if word is not surname]
    gaps = [text[one.end() : other.start()] for one, other in pairwise(words)]
    if not all(_GAP.fullmatch(gap) for gap in gaps) or not _COMMON.isdisjoint(given):
        return False
    is_apart = len(given) == 2
    if is_apart and (any(len(part) < 2 for part in given) or surname[0] in _WORDS):
        return False
    return _GIVEN.fullmatch(" ".join(given)) is not None
