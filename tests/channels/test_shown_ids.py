"""Which posts a kept Capture holds words of."""

import json

import pytest

from channels.sanitize import sanitize
from channels.shown_ids import ids_in
from evidence.records import PageKind
from tests.channels.markup import block, preview, single, text

ANSWER = '<a class="tgme_widget_message_reply" href="https://t.me/room/7">beginning</a>'


def test_a_page_holds_what_it_shows_and_quotes() -> None:
    """Its posts, and what one of them answers."""
    page = sanitize(preview(block(text("a"), post="room/12"), block(ANSWER + text("b"), post="room/15")))
    assert frozenset({12, 15, 7}) == ids_in(PageKind.PREVIEW, page.encode())
    assert frozenset({15}) == ids_in(PageKind.POST, sanitize(single(block(text("a"), post="room/15"))).encode())


@pytest.mark.parametrize("kind", [PageKind.HISTORY, PageKind.MESSAGES, PageKind.DIFFERENCE, PageKind.EXPORT])
def test_a_list_of_messages_too(kind: PageKind) -> None:
    """By the names that each form gives to what is answered."""
    messages = [{"id": 3}, {"id": 5, "reply_to": 2}, {"id": 6, "reply_to_message_id": 1}]
    assert frozenset({1, 2, 3, 5, 6}) == ids_in(kind, json.dumps({"messages": messages}).encode())


@pytest.mark.parametrize("kind", [PageKind.PREVIEW, PageKind.HISTORY])
def test_what_cannot_be_read_may_hold_anything(kind: PageKind) -> None:
    """Then it is said that it cannot be told."""
    assert None is ids_in(kind, b"nothing of ours")


def test_other_pages_hold_no_post() -> None:
    """A landing page, a directory."""
    assert frozenset() == ids_in(PageKind.LANDING, b"anything")
