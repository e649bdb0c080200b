"""Numbers of members as directories print them: beside a word for members, in several languages."""

import re

from selectolax.lexbor import LexborNode

from channels.figures import LARGEST, SEPARATORS, read_figure
from evidence.records import Figure

LONGEST_TEXT = 6_000
"""Code points of a card in which a number is looked for."""

_SUBSCRIBERS = r"subscribers?|подписчик\w*|구독자|suscriptor\w*|abonn(?:és?|enten?)|inscritos"
_MEMBERS = r"members?|participants?|участник\w*|멤버|회원|인원|miembros|membros|mitglieder"
_NUMBER = rf"\d{{1,3}}(?:[{SEPARATORS}]\d{{3}})+(?!\d)|\d+(?:[.,]\d{{1,2}}(?!\d))?"
_STEP = r"[KMBkmbкКмМ천만억](?!\w)|[천만억](?=\s?명)"
_COUNT = rf"(?P<count>(?:{_NUMBER})(?:\s?(?:{_STEP}))?)"
_WORD = rf"(?:(?P<subscribers>{_SUBSCRIBERS})|(?P<members>{_MEMBERS}))(?!\w)"
_BEFORE = re.compile(rf"(?<![\w.,]){_COUNT}\s*(?:명의?\s*)?{_WORD}", re.IGNORECASE)
_AFTER = re.compile(rf"(?<!\w){_WORD}\s*[:：]?\s*(?:수\s*[:：]?\s*)?{_COUNT}(?!(?!명)[\w.])", re.IGNORECASE)
_KOREAN = re.compile(r"(\d+)(?:\.(\d))?\s?([천만억])")
_KOREAN_STEP = {"천": 1_000, "만": 10_000, "억": 100_000_000}
_SAME_LETTER = str.maketrans("kmbкКмМ", "KMBKKMM")
_DECIMAL_COMMA = re.compile(r"(\d),(\d{1,2})(\s?[KMB천만억])$")


def lines_of(node: LexborNode) -> str:
    """The text of an element, each piece of it on a line, as much as a card can hold."""
    pieces = node.text(separator="\n", strip=True)[: 2 * LONGEST_TEXT].splitlines()
    return "\n".join(" ".join(piece.split()) for piece in pieces)[:LONGEST_TEXT]


def read_count(text: str) -> tuple[Figure, str] | None:
    """Find the first number of members in a card's text.

    Args:
        text: pieces of text one a line (``lines_of``), so that a number never runs into the words before it.

    Returns:
        The number with its precision, and ``subscribers`` or ``members``; None where none stands there.
    """
    found = _BEFORE.search(text) or _AFTER.search(text)
    figure = read_shown(found["count"]) if found else None
    if found is None or figure is None:
        return None
    return figure, "subscribers" if found["subscribers"] else "members"


def read_shown(shown: str) -> Figure | None:
    """Read a number such as ``103 116``, ``3.3k``, ``12,4K`` or ``1.2만``; None where it is none."""
    plain = _DECIMAL_COMMA.sub(r"\1.\2\3", " ".join(shown.split()).translate(_SAME_LETTER))
    korean = _KOREAN.fullmatch(plain) if len(plain) < len(str(LARGEST)) else None
    if korean is None:
        return read_figure(plain)
    whole, decimal, step = korean[1], korean[2], _KOREAN_STEP[korean[3]]
    value = int(whole) * step + int(decimal or 0) * step // 10
    half = step // (10 if decimal else 1) // 2
    return Figure(value=value, low=value - half, high=value + half)
