"""Characters that are read as others: 머 for 대 (yaminjeongeum), 大 for 대, Cyrillic and digits for Latin letters."""

SYLLABLES: dict[str, tuple[str, ...]] = {
    "대": ("머",),
    "명": ("띵",),
    "광": ("팡",),
    "귀": ("커",),
    "유": ("윾",),
    "멍": ("댕",),
    "과": ("파",),
    "교": ("꾜",),
    "왕": ("앟",),
    "비": ("네",),
}
"""Hangul syllables, and the syllables that are written in their place."""

HANJA = {"大": "대", "高": "고", "中": "중", "初": "초", "女": "여", "校": "교", "學": "학", "学": "학", "等": "등"}
"""The characters that the ends of names are written with: 서울大."""

_LETTERS = {
    "a": "аαɑ4@",
    "b": "вƅ8",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еε3",
    "g": "ɡ9",
    "h": "һн",
    "i": "іιɩ1!|l",
    "k": "кκ",
    "n": "пη",
    "o": "оοσ0",
    "p": "рρ",
    "s": "ѕ5$",
    "t": "тτ7",
    "u": "υц",
}
"""Small Latin letters, and Cyrillic, Greek and digits that look like them."""

TO_SYLLABLE = {like: syllable for syllable, likes in SYLLABLES.items() for like in likes}
TO_LETTER = {like: letter for letter, likes in _LETTERS.items() for like in likes}


def letters_like(character: str) -> tuple[str, ...]:
    """Give what is written in place of a small Latin letter; nothing for other characters."""
    return tuple(_LETTERS.get(character, ""))
