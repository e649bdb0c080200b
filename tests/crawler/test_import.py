"""``haechi import``: a file that somebody handed over goes through the same pipeline, as a source of its own."""

import hashlib
import re
from pathlib import Path

import pytest

from evidence.cipher import Cipher
from storage.forms import read_post
from tests.channels.export.making import account, block, chat, message, notice, page, said, service, write, write_page
from tests.crawler.import_making import BASIS, KEYS, PERSON, export_of, installation, last_line, stored, talk
from tests.crawler.serving import call
from tests.storage.making import NAMING


@pytest.fixture
def here(tmp_path: Path, own_database: str) -> dict[str, str]:
    """An installation without a watchlist, on a database of its own."""
    return installation(tmp_path, own_database)


def test_a_public_channel(here: dict[str, str], tmp_path: Path) -> None:
    """The row that is published; posts, flags and mentions can be listed by the import's address."""
    file = export_of(tmp_path, [*talk(250), {"type": "message", "text": "no id"}])
    ended = call("import", file, "--json", env=here)
    (row,) = ended.rows
    sha256 = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    assert (0, KEYS) == (ended.code, list(row))
    assert ("result.json", sha256) == (row["file"], row["sha256"])
    assert [250, 250, 25, 25, 1, 0, 0] == [row[name] for name in KEYS[3:10]]
    assert row["source"].startswith(f"export:{sha256[:16]}-")
    posts = call("list", "posts", "--source", row["source"].upper(), "--json", env=here).rows
    assert {f"{row['source']}:{turn}" for turn in range(10, 251, 10)} == {post["id"] for post in posts}
    assert {(row["source"], 1, None)} == {(post["source"], post["revision"], post["address"]) for post in posts}
    flags = call("list", "flags", "--source", row["source"], "--json", env=here).rows
    assert {(post["id"], None) for post in posts} == {(flag["id"], flag["delay_s"]) for flag in flags}


def test_the_same_file_again(here: dict[str, str], own_database: str, tmp_path: Path) -> None:
    """It says that it was done and changes nothing, under whatever name the file is given."""
    file = export_of(tmp_path, talk(30))
    (first,) = call("import", file, "--json", env=here).rows
    before = stored(own_database)
    renamed = Path(file).rename(tmp_path / "again.json")
    ended = call("import", str(renamed), "--json", env=here)
    assert [{**first, "new": 0}] == ended.rows
    assert (
        f"again.json: all of it was already imported, {first['started_at']} to {first['ended_at']}"
        == ended.err.splitlines()[-1]
    )
    assert {**before, "leases": []} == {**stored(own_database), "leases": []}


def test_a_changed_file_is_another_import(here: dict[str, str], tmp_path: Path) -> None:
    """What was handed over first stays as it was."""
    (first,) = call("import", export_of(tmp_path, talk(20)), "--json", env=here).rows
    (second,) = call("import", export_of(tmp_path, talk(30)), "--json", env=here).rows
    assert first["source"] != second["source"]
    assert (2, 3) == (first["flags"], second["flags"])
    assert 5 == len(call("list", "posts", "--json", env=here).rows)


def test_what_is_kept_with_an_import(here: dict[str, str], own_database: str, tmp_path: Path) -> None:
    """The file's hash, name and size, the kind of chat, who imported it, when and on which basis."""
    file = export_of(tmp_path, talk(10), type="private_supergroup")
    ended = call("import", file, "--legal-basis", BASIS, "--json", env=here)
    (row,) = ended.rows
    (document,) = stored(own_database)["imports"]
    assert [row["source"], row["sha256"], ["result.json"], Path(file).stat().st_size] == [
        document[name] for name in ("_id", "sha256", "files", "size_bytes")
    ]
    assert ["private_supergroup", 1_900_000_777, None] == [document[n] for n in ("chat_type", "native_id", "zone")]
    ((who, basis),) = [(act["actor"], act["legal_basis"]) for act in document["acts"]]
    assert re.fullmatch(r"staff-[0-9a-z]+", who)
    assert BASIS == basis
    assert BASIS in ended.err


def test_no_names_no_media_no_plain_text(here: dict[str, str], own_database: str, tmp_path: Path) -> None:
    """Text is sealed; of people a pseudonym is in the sealed page, of media only that it was there."""
    messages = [*talk(10), message(11, NAMING, photo="photos/photo_1.jpg", **PERSON)]
    call("import", export_of(tmp_path, messages), "--json", env=here)
    documents = stored(own_database)
    for words in (b"\xea\xb9\x80\xec\x95\x84\xeb\xac\xb4\xea\xb0\x9c", NAMING.encode(), b"photos/"):
        assert words not in str(documents).encode()
    (post,) = [post for post in documents["posts"] if post["native_id"] == 11]
    cipher = Cipher((tmp_path / "home" / "master.key").read_bytes())
    assert ([{"kind": "photo", "number": 1}], NAMING) == (post["media"], read_post(post, cipher).post.text)


def test_ids_that_are_no_safe_key(here: dict[str, str], tmp_path: Path) -> None:
    """Posts of one id do not overwrite each other: they are numbered by their place; negative ids stay."""
    messages = [message(native_id, f"{NAMING} {place}") for place, native_id in enumerate((-7, 5, 5, -7, 10**12), 1)]
    (row,) = call("import", export_of(tmp_path, messages), "--json", env=here).rows
    assert (5, 5, 3) == (row["posts"], row["flags"], row["repeated"])
    posts = call("list", "posts", "--source", row["source"], "--json", env=here).rows
    places = {post["native_id"]: post["text"][-1] for post in posts}
    assert {-7: "1", 5: "2", 10**12 + 3: "3", 10**12 + 4: "4", 10**12 + 5: "5"} == places


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("personal_chat", "personal_chat: conversations of persons are not imported, only channels and groups"),
        ("saved_messages", "saved_messages: conversations of persons are not imported, only channels and groups"),
        ("bot_chat", "bot_chat: conversations of persons are not imported, only channels and groups"),
        ("private_group", "private_group: only its members could read it; expected --legal-basis TEXT that says"),
        ("private_channel", "private_channel: only its members could read it; expected --legal-basis TEXT that says"),
    ],
)
def test_what_is_refused(tmp_path: Path, kind: str, why: str) -> None:
    """One line on stderr, exit 2, and no store was opened."""
    file = export_of(tmp_path, talk(1), type=kind)
    ended = call("import", file, "--json", *(["--legal-basis", " "] if "private" in kind else []), env={})
    assert (2, "", 1) == (ended.code, ended.out, len(ended.err.splitlines()))
    assert ended.err.startswith(f"{file}: {why}")


def test_pages_do_not_say_whether_they_are_public(here: dict[str, str], tmp_path: Path) -> None:
    """A legal basis is asked for; a page of the set that is missing and times that are unknown are said."""
    blocks = [notice(-1, "21 September 2026"), notice(1, "Channel «햇살» created"), block(2, said(NAMING))]
    file = str(write_page(tmp_path, page(*blocks, following="messages2.html")))
    refused = call("import", file, env=here)
    expected = "expected --legal-basis TEXT that says who allowed the import, when, which document"
    why = f"{file}: it may be private; {expected}"
    assert (2, f"{why}\n") == (refused.code, refused.err)
    ended = call("import", file, "--legal-basis", BASIS, "--json", env=here)
    assert (0, [2, 1, 1]) == (ended.code, [ended.rows[0][name] for name in ("posts", "flags", "undated")])
    assert [
        "messages.html: messages2.html, which follows messages.html, is not there: what it held is not imported",
        "messages.html: posts of unknown time, they count on the day of the import: 1",
    ] == ended.err.splitlines()[-2:]


def test_an_account_of_which_one_chat_is_named(here: dict[str, str], tmp_path: Path) -> None:
    """Without a name it is refused; two chats of one file are two sources."""
    file = str(write(tmp_path, account(chat(*talk(10)), chat(*talk(20), name="이웃방", id=7))))
    refused = call("import", file, env=here)
    why = f"{file}: an export of a whole account: name the one chat to read by its name or id"
    assert (2, f"{why}\n") == (refused.code, refused.err)
    rows = [call("import", file, "--chat", name, "--json", env=here).rows[0] for name in ("이웃방", "1900000777")]
    assert [20, 10] == [row["posts"] for row in rows]
    assert rows[0]["sha256"] == rows[1]["sha256"]
    assert rows[0]["source"] != rows[1]["source"]


def test_times_without_a_zone(here: dict[str, str], tmp_path: Path) -> None:
    """They are read in the zone that is told; another zone for the same file is refused."""
    old = [{key: value for key, value in message(1, NAMING).items() if key != "date_unixtime"}]
    file = export_of(tmp_path, old)
    (row,) = call("import", file, "--zone", "Asia/Seoul", "--json", env=here).rows
    assert 0 == row["undated"]
    assert "2026-09-21T14:13:20Z" == call("list", "posts", "--json", env=here).rows[0]["posted_at"]
    ended = call("import", file, env=here)
    assert (2, '--zone: "": the import of this file was begun with --zone Asia/Seoul') == (
        ended.code,
        last_line(ended.err),
    )


def test_a_file_that_is_cut(here: dict[str, str], tmp_path: Path) -> None:
    """What is whole is stored, the row says what, and the end says why no more; again gives the same."""
    file = Path(export_of(tmp_path, talk(730)))
    file.write_bytes(file.read_bytes()[:-400])
    for new in (728, 0):
        ended = call("import", str(file), "--json", env=here)
        (row,) = ended.rows
        assert (1, 728, new, 72, None) == (ended.code, row["posts"], row["new"], row["flags"], row["ended_at"])
        why = f"haechi: {file}: cut off after message 728: all up to it is whole; what comes before is stored"
        assert why == last_line(ended.err)


def test_the_watchlist_decides(here: dict[str, str], tmp_path: Path) -> None:
    """Terms and rules are those of the newest stored watchlist."""
    (tmp_path / "rooms.yaml").write_text(
        "version: 1\nterms: [{id: rain, any: [비 온다더니]}]\n"
        "rules: [{id: it-rains, when: {terms: [rain]}, severity: low}]\n",
        encoding="utf-8",
    )
    call("once", "-w", str(tmp_path / "rooms.yaml"), env=here)
    (row,) = call("import", export_of(tmp_path, talk(20)), "--json", env=here).rows
    assert (2, 18) == (row["mentions"], row["flags"])
    flags = call("list", "flags", "--json", env=here).rows
    assert {("low", "it-rains")} == {(flag["severity"], *flag["reasons"]) for flag in flags}


def test_for_people(here: dict[str, str], tmp_path: Path) -> None:
    """Two lines; ids that are no key are said."""
    messages = [service(3, "create_channel", title="[bold]"), message(3, NAMING)]
    ended = call("import", export_of(tmp_path, messages), env=here)
    first, second = ended.out.splitlines()
    assert first.startswith("✓ export:")
    assert first.endswith("2 posts: 2 new  1 mentions  1 flags")
    assert second.startswith("  result.json  SHA-256 ")
    assert "result.json: ids that are no safe key, numbered by their place in the file: 1" == last_line(ended.err)


@pytest.mark.parametrize("written", ["export:12", "export:0123456789abcdef", "export:../../x"])
def test_an_address_that_is_none(here: dict[str, str], written: str) -> None:
    """It is refused instead of finding nothing."""
    ended = call("list", "posts", "--source", written, env=here)
    assert (2, f'"{written}" is not the address of an import, such as export:0123456789abcdef-01234567\n') == (
        ended.code,
        ended.err,
    )
