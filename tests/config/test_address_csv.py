"""Spreadsheets of addresses turned into watchlists."""

import pytest

from config.address_csv import watchlist_from_csv
from config.watchlist import parse_watchlist
from evidence.errors import ConfigError

MISTAKES = (
    'rooms.csv:3: address: "https://t.me/+AbCdEf" is an invite link',
    'rooms.csv:4: address: "-1001234567890" is a numeric id of a private chat',
    'rooms.csv:5: every: "10 min" is not a duration',
    "rooms.csv:6: address: is missing",
)


@pytest.mark.parametrize(
    "text",
    [
        "https://t.me/Room_One\n@room_two\n",
        "\ufeffaddress\r\nt.me/s/room_one\r\n@Room_Two\r\n",
        "# by telephone\n\n@room_one,first\n  @room_two , second, third\n@ROOM_ONE\n",
        "no;Address\n1;@room_one\n2;@room_two\n",
        '"@room_one"\n"@room_two"',
    ],
)
def test_addresses_become_sources(text: str) -> None:
    """Whatever the form of the table: canonical addresses in order, each once."""
    watchlist = parse_watchlist(watchlist_from_csv(text), "made")
    assert ["https://t.me/room_one", "https://t.me/room_two"] == [source.address for source in watchlist.sources]


def test_other_columns_are_kept() -> None:
    """Reason, end and pace are those of the watchlist; columns of other names are left."""
    text = "address\treason\tuntil\tevery\tphone\n@room_one\t신고: 전화\t2027-02-01\t30m\t02-000\n@room_two\n"
    first, second = parse_watchlist(watchlist_from_csv(text), "made").sources
    assert ("신고: 전화", "2027-02-01", 1_800) == (first.reason, str(first.until), first.every_s)
    assert (None, None, 600) == (second.reason, second.until, second.every_s)


def test_every_bad_line_is_named() -> None:
    """Each with its number, the value and why it is refused."""
    text = "address,every\n@room_one,10m\nhttps://t.me/+AbCdEf,\n-1001234567890,\n@room_two,10 min\n,1h\n"
    with pytest.raises(ConfigError) as caught:
        watchlist_from_csv(text, "rooms.csv")
    shown = [problem[: len(start)] for problem, start in zip(caught.value.problems, MISTAKES, strict=True)]
    assert list(MISTAKES) == shown


@pytest.mark.parametrize("text", ["", "\n\n", "address\n", "# nothing yet"])
def test_a_table_without_addresses(text: str) -> None:
    """An empty watchlist would watch nothing, so it is not made."""
    with pytest.raises(ConfigError, match=r"^rooms\.csv:1: no address in it: expected one a line"):
        watchlist_from_csv(text, "rooms.csv")


def test_a_cell_without_end() -> None:
    """A cell beyond what the reader takes is named with its line."""
    with pytest.raises(ConfigError, match=r"^rooms\.csv:2: not CSV: "):
        watchlist_from_csv("address\n" + "a" * 200_000, "rooms.csv")
