"""The registry of bodies outside: dated, complete in both languages, mistakes named by line."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from config.channels import FIELDS, PACKAGED, channel_mails, find_channel, load_channels, parse_channels
from evidence.delivery import checked_address
from evidence.errors import ConfigError

TODAY = date(2026, 11, 22)
TEXT = PACKAGED.read_text(encoding="utf-8")


def test_packaged_bodies() -> None:
    """Each says where it is said, when, and how it is reached; both templates carry reference and items."""
    channels = load_channels()
    assert {"police", "regulator", "victim-support", "telegram", "telegram-child-safety"} == {
        one.id for one in channels
    }
    for one in channels:
        assert one.source
        for template in (one.template.ko, one.template.en):
            assert ["{reference}", "{items}"] == [field for field in ("{reference}", "{items}") if field in template]
    assert {"police", "victim-support", "telegram-child-safety"} == {one.id for one in channels if one.is_urgent}


def test_dates_decide_which_one_holds() -> None:
    """The regulator has another name since 2025-10-01; the old one is still known by name."""
    before, now = (find_channel(load_channels(), "regulator", day) for day in (date(2025, 9, 30), date(2025, 10, 1)))
    assert (date(2025, 9, 30), None) == (before.valid_to, now.valid_to)
    assert before.name.ko in now.formerly
    with pytest.raises(ConfigError, match='--to: "press" is no body; known: police, regulator'):
        find_channel(load_channels(), "press", TODAY)


def test_what_nobody_verified_is_red() -> None:
    """After 90 days; the packaged ones are, since their dates are those of their sources."""
    police = find_channel(load_channels(), "police", TODAY)
    assert not police.is_unverified(police.verified + timedelta(days=90))
    assert police.is_unverified(police.verified + timedelta(days=91))
    assert all(one.is_unverified(TODAY) for one in load_channels())


def test_own_file_stands_in_its_place(tmp_path: Path) -> None:
    """Of the data directory."""
    (tmp_path / "channels.yaml").write_text(TEXT.replace("verified: 2026-02-01", "verified: 2026-11-20"), "utf-8")
    assert not find_channel(load_channels(tmp_path), "police", TODAY).is_unverified(TODAY)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("profile: police", "profile: press", r'x:\d+: channels\[0\].profile: "press" is no profile'),
        ("verified: 2026-02-01", "verified: soon", r'x:\d+: channels\[0\].verified: "soon" is not a date'),
        ("    urgent: true", "    urgnet: true", r"x:\d+: channels\[0\].urgnet: is not a key of a channel"),
        ("{items}", "{posts}", r'x:\d+: channels\[0\].template.ko: "posts" is no field; known: contact, items'),
        ("valid_from: 2025-10-01", "valid_from: 2025-09-01", r'x:\d+: channels\[2\].id: "regulator" is valid twice'),
        ("valid_to: 2025-09-30", "valid_from: 2026-01-01\n    valid_to: 2025-09-30", "is before valid_from"),
        ("version: 1", "version: 2", "x:4: version"),
    ],
)
def test_mistakes_are_named_with_their_line(before: str, after: str, message: str) -> None:
    """One line each."""
    with pytest.raises(ConfigError, match=message):
        parse_channels(TEXT.replace(before, after, 1), "x")


def test_the_program_writes_to_none_of_them(tmp_path: Path) -> None:
    """Their addresses cannot be put on the list of recipients, whatever an operator allows."""
    for address in ("abuse@telegram.org", "stopCA@telegram.org"):
        with pytest.raises(ConfigError, match="a person writes to this one"):
            checked_address(address, frozenset({"telegram.org"}), channel_mails(tmp_path))
    assert "kim@sen.example" == checked_address("kim@SEN.example", frozenset({"sen.example"}), channel_mails(tmp_path))
    with pytest.raises(ConfigError, match="is no domain that may be written to"):
        checked_address("kim@other.example", frozenset({"sen.example"}), channel_mails(tmp_path))
    for wrong in ("kim", "kim@x", "a b@sen.example", "a\n@sen.example", "a@sen.example\nBcc: b@sen.example", "@"):
        with pytest.raises(ConfigError, match="is no mail address"):
            checked_address(wrong, frozenset({"sen.example"}), frozenset())
    assert {"reference", "items", "number", "contact"} == FIELDS
