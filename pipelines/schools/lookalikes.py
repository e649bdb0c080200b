"""Characters that are read as others: 머 for 대 (yaminjeongeum), 大 for 대, Cyrillic and digits for Latin letters."""

SYLLABLES: dict[str, tuple[str, ...]] = {
    "대": ("머", "大", "댸"),
    "명": ("띵",),
    "광": ("팡",),
    "귀": ("커",),
    "유": ("윾",),
    "멍": ("댕",),
    "과": ("파",),
    "교": ("꾜", "校"),
    "고": ("高",),
    "중": ("中",),
    "초": ("初",),
    "여": ("女",),
    "학": ("學", "学"),
    "등": ("等",),
    "국": ("國",),
    "관": ("판",),
    "왕": ("앟",),
    "비": ("네",),
    "서": ("셔",),
    "세": ("셰",),
    "려": ("럐",),
}
"""Hangul syllables, and what is written in their place."""

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

TO_SYLLABLE = {ord(like): syllable for syllable, likes in SYLLABLES.items() for like in likes}
TO_LETTER = {ord(like): letter for letter, likes in _LETTERS.items() for like in likes}


def letters_like(character: str) -> tuple[str, ...]:
    """Give what is written in place of a small Latin letter; nothing for other characters."""
    return tuple(_LETTERS.get(character, ""))
