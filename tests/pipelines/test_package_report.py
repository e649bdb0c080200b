"""The human report: only what the profile shows, in two languages, harmless whatever a post says."""

import re
from dataclasses import replace
from typing import Literal

import pytest

from evidence.package import PROFILES, Contents
from pipelines.package_report import render_report
from tests.evidence.packing import WORDS, contents, item

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1) {{ 7 * 7 }} \u202eevil\x1b[31m\"'>"


def report(made: Contents, lang: Literal["ko", "en"] = "en") -> str:
    """The page."""
    return render_report(made.order, made.items, made.log, lang, is_stamped=bool(made.stamps)).decode()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_it_says_what_it_is(lang: Literal["ko", "en"]) -> None:
    """A derived view, with a word on every clock, both hashes, and whether outside authorities stamped it."""
    made = contents()
    page = report(made, lang)
    words = {
        "ko": ("파생물입니다", "텔레그램이 게시물에 표시한 시각", "고정되지 않음"),
        "en": ("A derived view", "The time that Telegram shows", "not anchored"),
    }[lang]
    assert [] == [word for word in (*words, made.log.note.log, "ab" * 32, "cd" * 32) if word not in page]
    assert ("연습용" in page or "Practice:" in page) is False
    practice = report(replace(made, order=replace(made.order, is_practice=True)), lang)
    assert "연습용" in practice or "Practice:" in practice


@pytest.mark.parametrize("name", PROFILES)
def test_it_shows_what_the_profile_shows(name: str) -> None:
    """The words, the question and the address of posts."""
    page = report(contents(name))
    assert (name == "police") == (WORDS in page) == ("who passes it on?" in page)
    assert (name in ("police", "regulator", "victim-support")) == ("https://t.me/room/1" in page)
    assert (name == "ministry") == ("&lt;10" in page)


def test_hostile_words_stay_words() -> None:
    """No element, no attribute, no link, no control character comes from a post or from staff."""
    made = contents(items=(item(1, entry=3, words=HOSTILE), item(2, entry=4)))
    made = replace(made, order=replace(made.order, question=HOSTILE, purpose=HOSTILE, approvers=(HOSTILE,)))
    page = report(made)
    elements = set(re.findall(r"<(\w+)", page))
    plain = "html head meta title body h1 h2 h3 p strong table tr th td code br dl dt dd"
    assert elements <= set(plain.split())
    assert [] == re.findall(r"\s(?:href|src|style|on\w+)=[^&]", re.sub(r">[^<]*<", "><", page))
    assert [] == [sign for sign in ("\u202e", "\x1b") if sign in page]
    assert "{{ 7 * 7 }}" in page


def test_it_is_the_same_each_time() -> None:
    """Nothing in it is of the moment."""
    assert report(contents()) == report(contents())
