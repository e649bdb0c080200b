"""Words and numbers of a summary as people read them, in Korean or English."""

from collections.abc import Mapping
from typing import Literal

from pipelines.digest.lines import WITHHELD, Figure
from pipelines.digest.words_en import EN
from pipelines.digest.words_ko import KO

Lang = Literal["ko", "en"]
WORDS: Mapping[Lang, Mapping[str, str]] = {"ko": KO, "en": EN}


def told(figure: Figure, words: Mapping[str, str], *, signed: bool = False) -> str:
    """A number; in words where it is withheld or not known."""
    if figure is None:
        return words["unknown"]
    if figure == WITHHELD:
        return words["withheld"]
    return f"{figure:+,}" if signed else f"{figure:,}"
