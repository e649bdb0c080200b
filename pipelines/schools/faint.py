"""Names that cannot be read with any certainty: masked (OO고), first consonants (ㅅㅇㄷ), initials (S여고).

They are shown on request and are never a reason for a Flag. Consonants and initials count only near a place or
a word about schools: alone, ㄷㄷ and ㅇㅈ are slang four times in a thousand texts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from evidence.records import Mention
from pipelines.normalize import Normal, normalize
from pipelines.schools.context import ends_freely
from pipelines.schools.mentions import find_mentions_in
from pipelines.schools.places import count_named
from pipelines.schools.register import Register

MASKED, FIRST_CONSONANTS, INITIALS = 0.3, 0.2, 0.2
"""Confidence, below what counts: that a school is meant is likely, which one is not known."""
NEAR = 12
"""Characters on each side in which a place or a word about schools must stand."""
MOST = 50
"""Candidates that a reviewer can use; more than these are none."""

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_LONG = (
    "대학교|대학|여자대학교|고등학교|여자고등학교|중학교|여자중학교|초등학교|여대|여고|여중|초교|외고|과고|공고|상고"
)
_LEVEL_OF = {"대": "university", "고": "high", "중": "middle", "초": "elementary"}
_MASK = "[ox0○●◯〇ㅇㅁ×*＊△▲□■◇☆★_#?]"
_MASKED = re.compile(
    rf"(?<![a-z0-9ㄱ-ㅣ*○]){_MASK}{{1,6}}[가-힣]?{_MASK}{{0,4}}\s?(?:{_LONG})"
    rf"|(?<![a-z0-9ㄱ-ㅣ*○]){_MASK}{{2,6}}(?:대|고|중|초)"
    rf"|(?<![가-힣])[가-힣]{{1,4}}{_MASK}{{1,6}}\s?(?:{_LONG})"
    rf"|(?<![가-힣])[가-힣][○●◯〇ㅇ×*＊△□]{{1,3}}(?:대|고|중|초)"
)
_JAMO = re.compile("(?<![ㄱ-ㅣ])[ㄱ-ㅎ]{2,5}(?:대|고|중|초|여고|여대|여중|외고)?(?![ㄱ-ㅣ])")
_SLANG = ("ㅎㄷㄷ", "ㅂㄷㅂㄷ", "ㄷㄷㄷ", "ㄷㄷㄷㄷ", "ㅇㄱㄹㅇ", "ㅅㅌㅊ", "ㅆㅅㅌㅊ", "ㅎㅌㅊ", "ㅇㅈㄱ", "ㅁㅊㄱ")
_LATIN = re.compile(f"(?<![a-z0-9.@/_-])[a-z]{{1,2}}\\s?(?:{_LONG}|대|고|중|초)")
_SCHOOL_WORD = re.compile(
    r"학교|학년|\d반|재학|졸업|학생|교복|동문|입학|전학|급식|선생|교사|교수|학과|캠퍼스|총학|에타|학번|에 다니|출신"
    r"|고등|중학|초등|대학|수능|학원|여고|남고|애들|선배|후배|신입생|동아리"
)


def find_all_mentions(text: str, register: Register, office: str | None = None) -> tuple[Mention, ...]:
    """Find every School named in a text, and what may name one; as ``find_mentions``.

    Returns:
        Mentions ordered by ``start``; faint ones stand only where nothing better was found.
    """
    normal = normalize(text)
    sure = find_mentions_in(normal, register, office)
    taken = [(mention.start, mention.end) for mention in sure]
    faint = (mention for mention in find_faint(normal, register) if _is_free(mention, taken))
    return tuple(sorted([*sure, *faint], key=lambda mention: mention.start))


def _is_free(mention: Mention, taken: list[tuple[int, int]]) -> bool:
    """Tell whether a mention overlaps none before it; it is taken then."""
    if any(mention.start < end and start < mention.end for start, end in taken):
        return False
    taken.append((mention.start, mention.end))
    return True


def find_faint(normal: Normal, register: Register) -> Iterator[Mention]:
    """Find masked names, first consonants and initials, in this order."""
    text = normal.text
    for found in _MASKED.finditer(text):
        if ends_freely(text[found.end() : found.end() + NEAR]):
            yield _faint(normal, found, "masked", MASKED, ())
    for found in _JAMO.finditer(text):
        is_likely = found[0] not in _SLANG and _is_near_school(text, found, register)
        if is_likely and ends_freely(text[found.end() : found.end() + NEAR]):
            codes = _with_consonants(text, found, register)
            if codes:
                yield _faint(normal, found, "first-consonants", FIRST_CONSONANTS, codes)
    for found in _LATIN.finditer(text):
        if _is_near_school(text, found, register) and ends_freely(text[found.end() : found.end() + NEAR]):
            yield _faint(normal, found, "initials", INITIALS, ())


def _faint(normal: Normal, found: re.Match[str], rule: str, confidence: float, codes: tuple[str, ...]) -> Mention:
    start, end = normal.span(found.start(), found.end())
    ending = re.search(
        "[대고중초](?!.*[대고중초])", found[0].removesuffix("학교").removesuffix("등").removesuffix("학")
    )
    return Mention(
        start=start,
        end=end,
        surface=normal.given[start:end],
        school=None,
        candidates=codes,
        level=_LEVEL_OF[ending[0]] if ending else None,
        rule=rule,
        confidence=confidence,
    )


def _is_near_school(text: str, found: re.Match[str], register: Register) -> bool:
    """Tell whether a place or a word about schools stands near."""
    before, after = text[max(0, found.start() - NEAR) : found.start()], text[found.end() : found.end() + NEAR]
    words = re.findall("[가-힣]+", before)
    return bool(
        _SCHOOL_WORD.search(before) or _SCHOOL_WORD.search(after) or (words and not register.places.isdisjoint(words))
    )


def _with_consonants(text: str, found: re.Match[str], register: Register) -> tuple[str, ...]:
    """Give the schools whose short name has these first consonants, those of a place named before first."""
    index = _by_consonants(register)
    schools = [register.schools[at] for at in index.get(consonants_of(found[0]), ())]
    before = text[max(0, found.start() - NEAR) : found.start()]
    named = [school for school in schools if count_named(school, before)]
    codes = dict.fromkeys(school.code for school in named or schools)
    return tuple(codes) if len(codes) <= MOST else ()


def consonants_of(name: str) -> str:
    """Write every syllable as its first consonant: 서울대 gives ㅅㅇㄷ."""
    return "".join(_LEADS[(ord(one) - 0xAC00) // 588] if "가" <= one <= "힣" else one for one in name)


def _by_consonants(register: Register) -> Mapping[str, tuple[int, ...]]:
    """Index the short names of a register by their first consonants, once."""
    if not register.by_consonants:
        made: dict[str, set[int]] = {}
        for alias in register.aliases:
            if 2 < len(alias.text) <= 5 and not alias.needs:
                made.setdefault(consonants_of(alias.text), set()).update(alias.schools)
        register.by_consonants.update((key, _ordered(schools)) for key, schools in made.items())
    return register.by_consonants


def _ordered(schools: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(schools))
