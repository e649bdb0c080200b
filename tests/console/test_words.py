"""Korean and English say the same things: every sentence in both, none left over, with the same values."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import console as package
from config.register import OFFICES as CODES
from console.offices import OFFICES
from console.role_words import CHANGES, PERMISSIONS, ROLES
from console.words import LANGS, Message, chosen_lang
from evidence.people import Change, Lang
from evidence.roles import Permission, Role

FOLDER = Path(package.__path__[0])
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
TRIM = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


@cache
def used() -> dict[str, str]:
    """Every sentence that is used, with the file it stands in first."""
    found: dict[str, str] = {}
    for name, _, sentence, *_ in extract_from_dir(FOLDER, METHODS, TRIM, keywords={"_": None}):
        found.setdefault(str(sentence), name)
    return found


def catalogue(lang: Lang) -> Catalog:
    """The catalogue as it was written."""
    with (files("console") / "locale" / lang / "messages.po").open("rb") as source:
        return read_po(source, locale=lang, abort_invalid=True)


@pytest.mark.parametrize("lang", LANGS)
def test_every_sentence_is_there_and_none_is_left_over(lang: Lang) -> None:
    """In the catalogue of each language; a Korean one is never empty and never English."""
    sentences = {str(message.id): str(message.string) for message in catalogue(lang) if message.id}
    assert {} == {sentence: place for sentence, place in used().items() if sentence not in sentences}
    assert [] == [sentence for sentence in sentences if sentence not in used()]
    if lang == "ko":
        assert [] == [sentence for sentence, words in sentences.items() if not re.search("[가-힣]", words)]


@pytest.mark.parametrize("lang", LANGS)
def test_translations_have_the_values_of_their_sentence(lang: Lang) -> None:
    """``%(name)s`` and the like; nothing that would fail when it is filled in."""
    for message in catalogue(lang):
        if message.id and message.string:
            values = [sorted(re.findall(r"%\(\w+\)\w|%(?!\()", str(words))) for words in (message.id, message.string)]
            assert values[0] == values[1]


def test_everything_that_is_shown_by_name_has_words() -> None:
    """Roles, permissions, changes and offices."""
    assert set(Role) == set(ROLES)
    assert set(Permission) == set(PERMISSIONS)
    assert set(Change) == set(CHANGES)
    assert {*CODES.values(), "none"} == set(OFFICES)


@pytest.mark.parametrize(
    ("accepts", "cookie", "lang"),
    [
        ("", None, "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", None, "en"),
        ("fr,de;q=0.8,en;q=0.3", None, "en"),
        ("fr", None, "ko"),
        ("en", "ko", "ko"),
        ("ko", "en", "en"),
        ("en", "../../etc", "en"),
    ],
)
def test_the_language_of_strangers(accepts: str, cookie: str | None, lang: str) -> None:
    """Chosen before, asked for by the browser, or that of the installation."""
    assert lang == chosen_lang(accepts, cookie, "ko")


def test_a_message_is_put_into_words_when_it_is_shown() -> None:
    """With its values."""
    message = Message("Hello, %(name)s", name="Kim")
    assert ("Hello, Kim", "Kim 님, 안녕하세요") == (message.in_words("en"), message.in_words("ko"))


def templates() -> Iterator[Path]:
    """All of them."""
    yield from sorted((FOLDER / "templates").glob("*.html"))


def test_templates_hold_no_code_and_no_way_round_escaping() -> None:
    """No ``safe``, no inline script or style, no handler attribute, no address of another host."""
    wrong = re.compile(
        r"\|\s*safe|<script(?! src=\"/static/)|<style|\sstyle=|\son\w+=|javascript:|https?://|autoescape", re.I
    )
    assert [] == [(path.name, found[0]) for path in templates() for found in wrong.finditer(path.read_text("utf-8"))]
    script = (FOLDER / "static" / "console.js").read_text("utf-8")
    assert [] == re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|https?://", script
    )
