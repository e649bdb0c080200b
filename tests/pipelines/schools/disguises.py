"""Makes disguises of names, for tests: every transform that ``pipelines.schools.disguise`` must undo.

Seeds only from the name and a number, so that a failing example can be made again.
"""

import unicodedata
from collections.abc import Callable, Mapping

from pipelines.schools.lookalikes import HANJA, SYLLABLES

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")


def apart(character: str) -> str:
    """Write a syllable as compatibility jamo: 대 as ㄷㅐ; others stay."""
    if not "가" <= character <= "힣":
        return character
    number = ord(character) - 0xAC00
    return "".join((_LEADS[number // 588], _VOWELS[number % 588 // 28], _TAILS[number % 28]))


def last_apart(name: str) -> str:
    """Write the last syllable as jamo: 서울ㄷㅐ."""
    return name[:-1] + apart(name[-1])


def separated(mark: str) -> Callable[[str], str]:
    """Put a mark between all letters."""
    return mark.join


def wide(name: str) -> str:
    """Write ASCII letters and digits full-width, and put the rest apart by an ideographic space."""
    if name.isascii():
        return "".join(chr(ord(character) + 0xFEE0) for character in name)
    return "．".join(name)


def alike(name: str) -> str:
    """Write the first letter that has a look-alike with it; names without one stay."""
    for at, character in enumerate(name):
        if character in SYLLABLES:
            return name[:at] + SYLLABLES[character][0] + name[at + 1 :]
    return name


def in_hanja(name: str) -> str:
    """Write the last syllable as a Chinese character: 서울大."""
    back = {syllable: hanja for hanja, syllable in HANJA.items()}
    return name[:-1] + back.get(name[-1], name[-1])


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "dots": separated("."),
    "hyphens": separated("-"),
    "spaces": separated(" "),
    "middle dots": separated("·"),
    "slashes": separated("/"),
    "underscores": separated("_"),
    "tildes": separated("~"),
    "stars": separated("*"),
    "bars": separated("ㅣ"),
    "dots and spaces": separated(" . "),
    "fire": separated("🔥"),
    "hearts": separated("❤️"),
    "family": separated("👨\u200d👩\u200d👧"),
    "flags": separated("🇰🇷"),
    "zero width": separated("\u200b"),
    "joiners": separated("\u2060\u200d"),
    "fillers": separated("\u3164"),
    "struck through": lambda name: "".join(character + "\u0336" for character in name),
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "jamo": lambda name: "".join(map(apart, name)),
    "last jamo": last_apart,
    "jamo and dots": lambda name: ".".join(map(apart, name)),
    "wide": wide,
    "twice": lambda name: "".join(character * 2 for character in name),
    "last twice": lambda name: name + name[-1],
    "last thrice": lambda name: name + name[-1] * 2,
    "first thrice": lambda name: name[0] * 2 + name,
    "alike": alike,
    "hanja": in_hanja,
    "one dot": lambda name: name[:-1] + "." + name[-1],
    "one hyphen": lambda name: name[:2] + "-" + name[2:],
}
"""By name; each takes a name as it is written and gives its disguise."""
