"""Korean and English: each sentence is written in English where it is used, and looked up when it is shown.

The catalogues are plain ``.po`` files that are read at start; there is no build step.
"""

import io
from collections.abc import Mapping
from gettext import GNUTranslations
from importlib.resources import files
from typing import get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from evidence.people import Lang

LANGS: tuple[Lang, ...] = get_args(Lang)


def _(sentence: str) -> str:
    """Mark a sentence for the catalogues; it is translated when it is shown."""
    return sentence


class Message:
    """A sentence with values, not yet in any language."""

    __slots__ = ("sentence", "values")

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = sentence
        self.values: Mapping[str, object] = values

    def in_words(self, lang: Lang) -> str:
        """The sentence in a language."""
        return CATALOGUES[lang].gettext(self.sentence) % self.values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.sentence, self.values) == (other.sentence, other.values)

    def __hash__(self) -> int:
        return hash(self.sentence)


def _catalogue(lang: Lang) -> GNUTranslations:
    with (files("console") / "locale" / lang / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale=lang)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


CATALOGUES: dict[Lang, GNUTranslations] = {lang: _catalogue(lang) for lang in LANGS}
"""A sentence without a translation is shown in English; a test allows none."""


def chosen_lang(accepts: str, cookie: str | None, default: Lang) -> Lang:
    """The language for somebody who is not signed in: chosen before, asked for by the browser, or the default."""
    if cookie in LANGS:
        return cookie
    asked = [part.split(";")[0].strip().lower()[:2] for part in accepts.split(",")]
    return next((lang for code in asked for lang in LANGS if code == lang), default)
