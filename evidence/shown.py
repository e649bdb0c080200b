"""Text of strangers as it may be shown to people: on one line, with nothing that steers a terminal or a page."""

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`\[\]|])")


def shown(text: str) -> str:
    """Drop control and direction characters, and bring the rest to one line.

    A post may hold escape sequences that recolour or rename a terminal, and marks that turn the
    order of what follows round.
    """
    kept = "".join(character if _is_harmless(character) else " " for character in text)
    return " ".join(kept.split())


def shown_in_markdown(text: str) -> str:
    """The same, unable to make a link, an image, a table cell, code or an HTML element."""
    escaped = _MARKDOWN.sub(r"\\\1", shown(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_harmless(character: str) -> bool:
    """Neither control (C0, C1), nor format (direction, zero width), nor half a character, nor one of no meaning."""
    return character == "\u200d" or not unicodedata.category(character).startswith("C")
