"""``haechi pause`` and ``haechi resume``: the brakes by hand."""

import pytest

from crawler.assemble import now
from crawler.commands.pause import _end
from tests.crawler.serving import call

ROOM = "https://t.me/practice_talk"


@pytest.mark.slow
def test_pausing_and_resuming(env: dict[str, str]) -> None:
    """One room, then everything; what stands is listed; a mistake is one line."""
    made = call("pause", "@practice_talk", "--reason", "case 12", "--until", "90m", "--json", env=env)
    (row,) = made.rows
    assert ("pause", ROOM, "case 12") == (row["what"], row["about"], row["reason"])
    assert f"{ROOM} is paused until {row['until']}: case 12\n" == call("pause", env=env).out
    assert 0 == call("pause", "--all", "--reason", "stop", env=env).code
    assert [None, row["until"]] == [one["until"] for one in call("pause", "--json", env=env).rows]
    assert "✓ all goes on\n" == call("resume", "--all", env=env).out
    for arguments, why in (
        (("resume", "--all"), "all: there is no pause to end"),
        (("resume",), "expected the address of a room or directory, or --all, and not both"),
        (("pause", ROOM), "--reason is missing"),
        (("pause", "https://t.me/+abcdef", "--reason", "x"), "is an invite link to a private room"),
        (("pause", ROOM, "--reason", "x", "--until", "2020-01-01"), "is past"),
    ):
        ended = call(*arguments, env=env)
        assert (2, True) == (ended.code, why in ended.err), ended.err


def test_an_end_lies_ahead() -> None:
    """Unlike in other options, ``90m`` counts from now on."""
    end = _end("90m")
    assert end is not None
    assert 5_300 < (end - now()).total_seconds() <= 5_400
    assert _end(None) is None
