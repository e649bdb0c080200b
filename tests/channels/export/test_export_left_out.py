"""Exports without addresses of media and resident numbers, also where several parts of a text hold one."""

import json
from pathlib import Path

import pytest

from channels.export import open_export, read_kept
from channels.export.words import clean_parts
from channels.left_out import MEDIA_LEFT_OUT
from tests.channels.export.making import chat, message, write

NUMBER = "900101-1234567"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (f"내 {NUMBER}", "내 [주민번호]"),
        (["900101-", {"type": "bold", "text": "1234567"}, " 뒤"], ["[주민번호]", {"type": "bold", "text": ""}, " 뒤"]),
        (["telesco", {"type": "bold", "text": ".pe/file/a"}], [MEDIA_LEFT_OUT, {"type": "bold", "text": ""}]),
        (
            [{"type": "phone", "text": "9001011234568"}],
            [{"type": "phone", "text": "[주민번호]", "href": "tel:[주민번호]"}],
        ),
        ("data:image/png;base64,aGVsbG8=", MEDIA_LEFT_OUT),
    ],
)
def test_parts(given: object, expected: object) -> None:
    """The mark goes into the first part; links by it lead nowhere that tells it."""
    assert expected == clean_parts(given)
    assert expected == clean_parts(expected)


def test_nothing_of_it_is_kept(tmp_path: Path) -> None:
    """In texts, names of files, polls and buttons; the kept batch reads as the posts did."""
    button = [[{"type": "url", "text": "x", "data": f"https://a.example/?q={NUMBER}"}]]
    messages = (
        message(1, f"내 {NUMBER}", inline_bot_buttons=button),
        message(2, "", file="a", file_name=f"{NUMBER}.pdf"),
        message(3, "", poll={"question": f"{NUMBER}?", "answers": [{"text": "산"}]}),
    )
    export = open_export(write(tmp_path, chat(*messages, type="public_supergroup")))
    (batch,) = export.posts()
    assert NUMBER not in json.dumps(json.loads(batch.kept), ensure_ascii=False)
    assert batch.posts == read_kept(batch.kept)
    assert ("내 [주민번호]", ("https://a.example/?q=[주민번호]",)) == (batch.posts[0].text, batch.posts[0].links)
