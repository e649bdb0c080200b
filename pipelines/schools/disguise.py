"""Undoing disguises: a text with jamo put together, separators gone, repeats and look-alikes folded back.

Only a text that shows a sign of disguise is undone, and what is found in it counts only where the disguise was
regular: 서.울.대, 서울ㄷㅐ, 서 울 대, 서서울울대대, 서울머.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from pipelines.normalize import INVISIBLE, PLAIN, Normal, normalize
from pipelines.schools.context import ends_freely
from pipelines.schools.lookalikes import HANJA, TO_LETTER, TO_SYLLABLE

AFTER = 14
"""Characters after a name that tell whether it ends there."""
_SIGN = r"[^\s0-9a-z가-힣ㄱ-ㅎㅏ-ㅠㅢㅥ-ㆎ\"'“”‘’()\[\]{}<>《》「」『』【】]"
"""What separates letters: marks, symbols, emoji, and the jamo that look like strokes; quotes and brackets do not."""
_LETTER = "[가-힣a-z]"
_SEPARATED = re.compile(
    rf"{_SIGN}(?:(?<={_LETTER}.)|(?<={_LETTER} .)){_SIGN}{{0,5}}"
    rf"(?: ?{_LETTER} ?{_SIGN}{{1,6}} ?{_LETTER}|[대고중초교](?:(?![가-힣])|[가는를은이의에도와생출])"
    rf"|대학|고등|중학|초등|(?<![.,!?~…;:])(?:[대고중초]|{_LETTER}[대고중초여학]))"
)
"""A mark followed by a syllable alone, or by the end of a name."""

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = "\0ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_VOWEL_LIKE = {"h": "ㅐ", "r": "ㅏ", "t": "ㅜ", "l": "ㅣ", "i": "ㅣ", "1": "ㅣ", "|": "ㅣ"}
_PAIRS = {
    "ㅗㅏ": "ㅘ",
    "ㅗㅐ": "ㅙ",
    "ㅗㅣ": "ㅚ",
    "ㅜㅓ": "ㅝ",
    "ㅜㅔ": "ㅞ",
    "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ",
    "ㅏㅣ": "ㅐ",
    "ㅓㅣ": "ㅔ",
}
_HANGUL = 0xAC00

_ANY_JAMO = re.compile("[ㄱ-ㅣ]")
_JAMO_LIKE = re.compile(r"(?<=[ㄱ-ㅎ])[hrtli1|](?![a-z])|[0o](?=[ㅏ-ㅣ])")
_TWO_VOWELS = re.compile("|".join(_PAIRS))
_JAMO = re.compile(rf"([{_LEADS}])([{_VOWELS}])(?:([ㄱ-ㅎ])(?![ㅏ-ㅣ])(?!\3(?![ㅏ-ㅣ])))?")
_TAIL = re.compile("(?<=[가-힣])[ㄱ-ㅎ](?=[가-힣])")
_BETWEEN = re.compile(
    rf"(?<=[가-힣a-z0-9]) {{0,2}}{_SIGN}{{1,6}} {{0,2}}(?=[가-힣a-z])"
    rf"|(?:(?<=\W{_LETTER})|(?<=\A{_LETTER}))\s{{1,3}}(?={_LETTER})"
)
"""Marks between letters, and spaces after a letter that stands alone."""
_REPEATED = re.compile(r"([가-힣a-z])\1+")
_STRETCHED = re.compile("[가-힣](?=[아-잏])")
_PUT_OUT = re.compile("[*○●◯〇□■△☆★◇◆#]")
"""Letters are put out with these: 부천**중학교 is masked, 서*울*대 is not."""
_MANY = re.compile(r"([가-힣a-z])\1\1")
_UNSEEN = re.compile(f"[{INVISIBLE}]+")

_Cut = tuple[int, int, str]
"""Start and end in a form, and what stands there instead."""


_HANJA = f"(?<=[{''.join(HANJA)}])"
_SEEN = re.compile(f"{_SIGN}(?:{_HANJA}|(?:{_SEPARATED.pattern.removeprefix(_SIGN)}))")
_DOUBTFUL = re.compile(
    f"{_SIGN}(?:(?<=[A-Z{''.join(HANJA)}])|(?<=[^{PLAIN}])|(?:{_SEPARATED.pattern.removeprefix(_SIGN)}))"
)
find_doubt = _DOUBTFUL.search
"""Finds what makes a second look worth while: capitals, characters that are not plain, marks inside a name.

Where it finds nothing, a text is in normal form and no mark separates its letters; one pass instead of three."""


def is_separated(text: str) -> bool:
    """Tell whether a text in normal form has marks between syllables as in 서.울.대, or hanja as in 서울大."""
    return _SEEN.search(text) is not None


def undo(normal: Normal) -> tuple[Normal, ...]:
    """Undo every disguise.

    Args:
        normal: a text in normal form.

    Returns:
        The undone forms, each different from the others; the least undone first.
    """
    form = _without_jamo(_read_as(normal, HANJA))
    form = rewrite(form, _cuts(_BETWEEN, form.text, lambda _: ""))
    forms = [form, _fold_repeats(form)]
    alike = _read_as(_read_as(form, TO_SYLLABLE), TO_LETTER)
    if alike is not form:
        forms += [alike, _fold_repeats(alike)]
    return tuple({one.text: one for one in reversed(forms)}.values())[::-1]


def _read_as(normal: Normal, table: Mapping[str, str]) -> Normal:
    """Read characters as the others that they look like."""
    met = table.keys() & set(normal.text)
    if not met:
        return normal
    text = normal.text
    for character in met:
        text = text.replace(character, table[character])
    return Normal(text=text, given=normal.given, starts=normal.starts, ends=normal.ends)


def _without_jamo(normal: Normal) -> Normal:
    """Put jamo that were written apart together."""
    if not _ANY_JAMO.search(normal.text):
        return normal
    form = rewrite(normal, _cuts(_JAMO_LIKE, normal.text, lambda found: _VOWEL_LIKE.get(found[0], "ㅇ")))
    form = rewrite(form, _cuts(_TWO_VOWELS, form.text, lambda found: _PAIRS[found[0]]))
    form = rewrite(form, _cuts(_JAMO, form.text, lambda found: _compose(*found.groups())))
    return rewrite(form, _tails(form.text))


def rewrite(normal: Normal, cuts: Iterator[_Cut]) -> Normal:
    """Replace parts of a form; each character that comes in leads back to all that it replaces.

    Args:
        normal: any form.
        cuts: in order, not overlapping.
    """
    changes = list(cuts)
    if not changes:
        return normal
    text, begin, finish = normal.text, normal.starts, normal.ends
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, instead in [*changes, (len(text), len(text), "")]:
        pieces += text[done:start], instead
        starts.extend(range(done, start) if begin is None else begin[done:start])
        ends.extend(range(done + 1, start + 1) if finish is None else finish[done:start])
        if instead:
            first, last = normal.span(start, end)
            starts.extend([first] * len(instead))
            ends.extend([last] * len(instead))
        done = end
    return Normal(text="".join(pieces), given=normal.given, starts=tuple(starts), ends=tuple(ends))


def gaps(normal: Normal, start: int, end: int) -> list[str]:
    """Give what was removed between the characters of ``text[start:end]``, a string for each place."""
    if normal.starts is None or normal.ends is None:
        return []
    spans = zip(normal.starts[start:end], normal.ends[start:end], strict=True)
    between = [normal.given[one[1] : other[0]] for one, other in pairwise(spans) if one[1] < other[0]]
    return [seen for gap in between if (seen := _UNSEEN.sub("", gap))]


def is_regular(normal: Normal, start: int, end: int) -> bool:
    """Tell whether a name was taken apart as a disguise does it: with spaces, only between all its letters."""
    removed = gaps(normal, start, end)
    if any(_PUT_OUT.search(gap) for gap in removed) or any(gap != gap.strip() or not gap.strip() for gap in removed):
        return len(removed) == end - start - 1
    return True


def is_deliberate(shown: str, name: str) -> bool:
    """Tell whether what was shown for a name holds more than other syllables: marks, jamo, or a long repeat."""
    return any(not ("가" <= character <= "힣") for character in shown if character not in name) or bool(
        _MANY.search(shown) or shown.endswith(name[-1] * 2) or len(shown) >= 2 * len(name)
    )


def edges(normal: Normal, start: int, end: int) -> tuple[bool, bool]:
    """Tell whether something other than what separates its letters sets ``text[start:end]`` off, left and right."""
    inside = set(gaps(normal, start, end))
    left = gaps(normal, start - 1, start + 1) if start else []
    right = gaps(normal, end - 1, end + 1)
    is_right = bool(right) and (right[0] not in inside or not _is_alone(normal, end))
    return bool(left), is_right or ends_freely(_shown_after(normal, end))


def _shown_after(normal: Normal, end: int) -> str:
    """Give what follows in the text as given, in normal form."""
    last = normal.span(end - 1, end)[1]
    return normalize(normal.given[last : last + AFTER]).text


def _is_alone(normal: Normal, at: int) -> bool:
    """Tell whether a character is set off on both sides."""
    return at + 1 >= len(normal.text) or bool(gaps(normal, at, at + 2)) or not normal.text[at + 1].isalnum()


def _cuts(pattern: re.Pattern[str], text: str, instead: Callable[[re.Match[str]], str]) -> Iterator[_Cut]:
    return ((found.start(), found.end(), instead(found)) for found in pattern.finditer(text))


def _compose(lead: str, vowel: str, tail: str | None) -> str:
    if tail and tail not in _TAILS:
        return _compose(lead, vowel, None) + tail
    number = (_LEADS.index(lead) * 21 + _VOWELS.index(vowel)) * 28 + (_TAILS.index(tail) if tail else 0)
    return chr(_HANGUL + number)


def _tails(text: str) -> Iterator[_Cut]:
    """Put a final consonant that stands alone below the open syllable before it: 서우ㄹ대."""
    for found in _TAIL.finditer(text):
        before = text[found.start() - 1]
        if (ord(before) - _HANGUL) % 28 == 0 and found[0] in _TAILS:
            yield found.start() - 1, found.end(), chr(ord(before) + _TAILS.index(found[0]))


def _fold_repeats(normal: Normal) -> Normal:
    """Write repeated and stretched syllables once: 서서울울대대, 서우울대애."""
    form = rewrite(
        normal, (cut for cut in _cuts(_REPEATED, normal.text, lambda found: found[1]) if _is_solid(normal, cut))
    )
    return rewrite(form, (cut for cut in _stretches(form.text) if _is_solid(form, cut)))


def _is_solid(normal: Normal, cut: _Cut) -> bool:
    """Tell whether no space was taken out of a part: 국제사이버대 ▲대구사이버대 repeats nothing."""
    return not any(" " in gap for gap in gaps(normal, *cut[:2]))


def _stretches(text: str) -> Iterator[_Cut]:
    done = 0
    for found in _STRETCHED.finditer(text):
        start = found.start()
        vowel = (ord(text[start]) - _HANGUL) % 588
        if start < done or vowel % 28:
            continue
        end = start + 1
        while end < len(text) and "아" <= text[end] <= "잏" and (ord(text[end]) - _HANGUL) % 588 == vowel:
            end += 1
        tail = _tail_of_stretch(text, end, vowel)
        if tail or end > start + 1:
            done = end + bool(tail)
            yield start, done, chr(ord(text[start]) + tail)


def _tail_of_stretch(text: str, at: int, vowel: int) -> int:
    """Give the final consonant of a syllable that ends a stretch: 울 after 우; 0 where none does."""
    if at < len(text) and "아" <= text[at] <= "잏":
        tail = (ord(text[at]) - _HANGUL) % 588 - vowel
        return tail if 0 < tail < 28 else 0
    return 0
