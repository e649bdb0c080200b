"""Patterns that the automaton of a register looks for beside the aliases.

Endings call for a look at what stands before them. Signs say that a text may hold a disguised name; they cost
nothing where they do not occur, and few texts have one. Signs of separators are in ``disguise``.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from pipelines.schools.lookalikes import SYLLABLES, letters_like

FULL_FORMS = {
    "초등학교": "elementary",
    "중학교": "middle",
    "고등학교": "high",
    "대학교": "university",
    "전문대학": "university",
}
"""Ending of a full name, and the level that it tells."""

FORMER_FORMS = ("상고", "공고", "농고", "여상", "종고", "실고")
"""Endings that vocational schools bore before they were renamed: 덕수상고."""

SPACED = tuple(
    f" {ending}"
    for ending in [
        "대학교",
        "여자대학교",
        "외국어대학교",
        "교육대학교",
        "고등학교",
        "여자고등학교",
        "중학교",
        "여자중학교",
        "초등학교",
        "국민학교",
        "여대",
        "외대",
        "교대",
        "공대",
        "과기대",
        "과기원",
        "여고",
        "여중",
        "외고",
        "과고",
        "예고",
        "체고",
        "공고",
        "상고",
        "농고",
        "여상",
        "부고",
        "사대부고",
        "국제고",
        "초교",
    ]
)
"""Endings that people write apart from the name."""

OTHER_FORMS = {"초교": ("초등학교", "E-gyo"), "국민학교": ("초등학교", "E-gukmin"), "국교": ("초등학교", "E-gukmin")}
"""Endings that stand for another one, and the rule that they make: 국민학교 until 1996."""

ENDINGS: tuple[str, ...] = (*OTHER_FORMS, *FULL_FORMS, *FORMER_FORMS, *SPACED)

_CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_VOWEL_LIKE = "hrtli1|"


def signs_of(aliases: Iterable[str]) -> set[str]:
    """Give the signs of disguise for the names of a register.

    Returns:
        Jamo written apart, first syllables set apart by spaces, repeated letters, look-alikes.
    """
    texts = [text for text in aliases if len(text) > 2 and text.isalpha()]
    heads, tails = {text[:3] for text in texts}, {text[-3:] for text in texts}
    signs = {lead + vowel for lead, vowel in product(_CONSONANTS, _VOWELS + _VOWEL_LIKE)}
    signs.update(map(" ".join, heads))
    for head in heads:
        signs.update((head[0] + head, head[:2] + head[1:], head[0] * 2 + head[1] * 2))
    signs.update(tail + tail[2] for tail in tails)
    triples = {text[at : at + 3] for text in texts for at in range(len(text) - 2)}
    swaps = {character: likes for character in set("".join(triples)) if (likes := _likes(character))}
    for triple in triples:
        if not swaps.keys().isdisjoint(triple):
            signs.update(_likenesses(triple, swaps))
    return signs - triples


def _likes(character: str) -> tuple[str, ...]:
    return (*SYLLABLES.get(character, ()), *letters_like(character))


def _likenesses(text: str, swaps: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Give every way of writing a text with look-alikes in it, and the text itself."""
    return map("".join, product(*((character, *swaps.get(character, ())) for character in text)))
