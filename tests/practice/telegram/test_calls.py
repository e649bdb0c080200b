"""Tests of the book of calls."""

import pytest

from practice.telegram.calls import Call, CallBook
from tests.practice.telegram.serving import Stopwatch


def test_most_polled_counts_rooms_within_a_minute(stopwatch: Stopwatch) -> None:
    """Rooms polled within 60 seconds of each other count together, each once; older ones do not."""
    book = CallBook(stopwatch)
    for room in (1, 2, 3, 1):
        book.note_poll(room)
        stopwatch.forward(20)
    assert 3 == book.most_polled
    stopwatch.forward(30)
    for room in (4, 5):
        book.note_poll(room)
    assert 3 == book.most_polled


def test_most_in_flight_is_by_key(stopwatch: Stopwatch) -> None:
    """Calls of one method count together when one key makes them."""
    book = CallBook(stopwatch)
    with book.in_flight(1, "a.b"), book.in_flight(2, "a.b"):
        pass
    assert 1 == book.most_in_flight["a.b"]
    with book.in_flight(1, "a.b"), book.in_flight(1, "a.b"), book.in_flight(1, "a.c"):
        pass
    assert {"a.b": 2, "a.c": 1} == dict(book.most_in_flight)


@pytest.mark.parametrize(
    ("method", "joins", "writes", "media"),
    [
        ("channels.joinChannel", 1, 1, 0),
        ("messages.importChatInvite", 1, 1, 0),
        ("messages.sendReaction", 0, 1, 0),
        ("messages.readHistory", 0, 1, 0),
        ("account.updateStatus", 0, 1, 0),
        ("upload.getFile", 0, 0, 1),
        ("upload.getWebFile", 0, 0, 1),
        ("upload.getCdnFile", 0, 0, 1),
        ("upload.saveFilePart", 0, 1, 0),
        ("messages.getHistory", 0, 0, 0),
        ("messages.checkChatInvite", 0, 0, 0),
        ("channels.getFullChannel", 0, 0, 0),
        ("updates.getChannelDifference", 0, 0, 0),
    ],
)
def test_which_methods_change_something(stopwatch: Stopwatch, method: str, joins: int, writes: int, media: int) -> None:
    """Joins, writes and files are told apart from reading by their methods alone."""
    book = CallBook(stopwatch)
    book.calls.append(Call(t=1.0, method=method))
    report = book.report()
    assert (joins, writes, media) == (report["joins"], report["writes"], report["media"])
