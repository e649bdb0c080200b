"""Addresses of public rooms and of web pages: what is taken, and why the rest is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.address import (
    export_address,
    is_ip_literal,
    is_loopback_url,
    parse_room_address,
    parse_source_address,
    parse_web_address,
)
from evidence.errors import ConfigError

NAME = "https://t.me/practice_talk"
BAD_NAME = "is not a public username: 4 to 32 letters, digits and _, a letter first"
INVITE = "is an invite link to a private room: only public rooms are watched"
INSIDE = "is a link into a private room: only public rooms are watched"
NO_ROOM = "is not a link to a room: expected https://t.me/name"


@pytest.mark.parametrize(
    "given",
    [
        "https://t.me/practice_talk",
        "https://t.me/Practice_Talk",
        "https://t.me/s/practice_talk",
        "https://t.me/practice_talk/",
        "https://t.me/practice_talk?before=12",
        "https://T.me/practice_talk",
        "https://t.me./practice_talk",
        "https://telegram.me/practice_talk",
        "https://telegram.dog/s/practice_talk",
        "t.me/practice_talk",
        "@practice_talk",
        "  @PRACTICE_TALK \n",
        "  https://t.me/practice_talk ",
    ],
)
def test_fault_11_every_way_to_name_a_room(given: str) -> None:
    """An address, its preview page, a mirror's or a name with @, in any case and with spaces around, is one room."""
    assert NAME == parse_room_address(given)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("https://t.me/+AbCdEf123", INVITE),
        ("https://t.me/%2BAbCdEf123", INVITE),
        ("https://t.me/%20AbCdEf123", INVITE),
        ("https://t.me/joinchat/AbCdEf123", INVITE),
        ("https://t.me/JoinChat/AbCdEf123", INVITE),
        ("https://t.me/c/1234567890/12", INSIDE),
        ("https://t.me/c/1234567890", INSIDE),
        ("-1001234567890", "is a numeric id of a private chat: only public names are watched"),
        ("1234567890", "is a numeric id of a private chat: only public names are watched"),
        ("https://t.me/practice_talk/12", "is a link to a post: for its room write https://t.me/practice_talk"),
        ("https://t.me/addstickers/Cats", NO_ROOM),
        ("https://t.me/share", NO_ROOM),
        ("https://t.me/proxy?server=x", NO_ROOM),
        ("https://t.me/", BAD_NAME),
        ("https://t.me", BAD_NAME),
        ("https://t.me/s", BAD_NAME),
        ("@abc", BAD_NAME),
        ("@1practice", BAD_NAME),
        ("@practice_", BAD_NAME),
        ("@prac tice", BAD_NAME),
        ("@연습방이름", BAD_NAME),
        ("@" + "a" * 33, BAD_NAME),
        ("@", BAD_NAME),
        ("http://t.me/practice_talk", "is not https"),
        ("tg://resolve?domain=practice_talk", "is not https"),
        ("https://practice.example/practice_talk", "is not on t.me: expected https://t.me/name"),
        ("https://t.me.evil.example/practice_talk", "is not on t.me: expected https://t.me/name"),
        ("https://practice_talk.t.me", "is not on t.me: expected https://t.me/name"),
        ("practice_talk", "is not on t.me: expected https://t.me/name"),
        ("https://149.154.167.99/practice_talk", "is an IP address: expected https://t.me/name"),
        ("https://t.me:443/practice_talk", "has a port in it: expected https://host/path"),
        ("https://t.me:x/practice_talk", "is not an address"),
        ("https://[t.me/practice_talk", "is not an address"),
        ("", "is not on t.me: expected https://t.me/name"),
    ],
)
def test_refused_with_the_reason(given: str, why: str) -> None:
    """The message repeats what was given and says what is wrong with it."""
    with pytest.raises(ConfigError) as caught:
        parse_room_address(given)
    assert f'"{given}" {why}' == str(caught.value)


@given(st.from_regex(re.compile(r"[A-Za-z][A-Za-z0-9_]{2,30}[A-Za-z0-9]", re.ASCII), fullmatch=True))
def test_every_username_has_one_address(name: str) -> None:
    """Whatever the form, the canonical address is the same, and is its own canonical form."""
    address = parse_room_address(f"@{name}")
    assert f"https://t.me/{name.lower()}" == address == parse_room_address(address)
    assert address == parse_room_address(f"https://telegram.me/s/{name}/")


@given(st.text())
def test_any_text_is_a_room_or_refused(given: str) -> None:
    """Nothing but a ConfigError comes out, and no other form than the canonical one."""
    try:
        address = parse_room_address(given)
    except ConfigError:
        return
    assert re.fullmatch(r"https://t\.me/[a-z][a-z0-9_]{2,30}[a-z0-9]", address)


@pytest.mark.parametrize("given", ["https://a.example", "https://a.example/x?y=1#z", "https://한글.example/x"])
def test_web_addresses(given: str) -> None:
    """An https address stays as it is, trimmed."""
    assert given == parse_web_address(f" {given}\n")


@pytest.mark.parametrize(
    "given", ["http://127.0.0.1:8080/x", "http://localhost:1/", "https://127.0.0.1/", "http://[::1]:1/"]
)
def test_own_machine_only_where_allowed(given: str) -> None:
    """Practice and tests are served by this machine; without their switch it is refused."""
    assert given == parse_web_address(given, allow_loopback=True)
    assert is_loopback_url(given)
    with pytest.raises(ConfigError):
        parse_web_address(given)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("http://a.example/", "is not https"),
        ("ftp://a.example/", "is not https"),
        ("a.example", "is not https"),
        ("https:///x", "names no host"),
        ("https://93.184.216.34/", "is an IP address: expected a host name"),
        ("https://[2606:2800:220:1::1]/", "is an IP address: expected a host name"),
        ("http://10.0.0.1/", "is not https"),
        ("https://10.0.0.1/", "is an IP address: expected a host name"),
        ("https://a.example:8443/", "has a port in it: expected https://host/path"),
    ],
)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_web_addresses_are_refused(given: str, why: str, allow_loopback: bool) -> None:
    """Also where this machine is allowed, nothing else is."""
    with pytest.raises(ConfigError) as caught:
        parse_web_address(given, allow_loopback)
    assert f'"{given}" {why}' == str(caught.value)


@pytest.mark.parametrize(
    "given", ["https://user:secret@t.me/practice_talk", "http://user:secret@t.me:1/", "ftp://secret@t.me/"]
)
def test_password_in_an_address_is_not_repeated(given: str) -> None:
    """Messages reach logs: only the host is named."""
    for parse in (parse_room_address, parse_web_address):
        with pytest.raises(ConfigError, match=r'^"t.me" came with a user name in front of it'):
            parse(given)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("[::1]", True), ("::1", True), ("t.me", False), ("1.2.3", False), ("", False)],
)
def test_ip_literals(host: str, expected: bool) -> None:
    """An address in numbers is told from a name."""
    assert expected == is_ip_literal(host)


def test_address_of_an_import() -> None:
    """It begins with the file's hash, tells chats of one file apart, and is read back in any case."""
    address = export_address("0123456789abcdef" * 4, "public_channel\0007\0글\ud800")
    assert re.fullmatch(r"export:0123456789abcdef-[0-9a-f]{8}", address)
    assert address != export_address("0123456789abcdef" * 4, "public_channel\0008\0글\ud800")
    assert address == parse_source_address(f" {address.upper()} ")


def test_a_source_is_a_room_or_an_import() -> None:
    """A room is read as ever; an import is no room, and half an address is nothing."""
    assert NAME == parse_source_address("@Practice_Talk")
    with pytest.raises(ConfigError, match="is not an address"):
        parse_room_address("export:0123456789abcdef-01234567")
    with pytest.raises(ConfigError, match=r'"Export:01" is not the address of an import, such as export:0123'):
        parse_source_address("Export:01")
