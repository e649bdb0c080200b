"""``haechi parse`` on Telegram Desktop exports."""

from pathlib import Path

from tests.channels.export.making import account, block, chat, message, page, said, service, write, write_page
from tests.crawler.serving import call
from tests.crawler.test_commands import POST_KEYS, SOURCE_KEYS


def test_parse_a_result(tmp_path: Path) -> None:
    """The source first, then its posts, with the published keys; names as the export has them."""
    export = chat(service(1, "create_channel"), message(2, "소풍", photo="p.jpg"), message(3, "글", author="반장"))
    ended = call("parse", str(write(tmp_path, export)), "--json", env={})
    source, *posts = ended.rows
    assert (0, "") == (ended.code, ended.err)
    assert (SOURCE_KEYS, {tuple(POST_KEYS)}) == (list(source), {tuple(post) for post in posts})
    assert ("channel", None, 1_900_000_777, "햇살 알림방", None) == tuple(
        source[name] for name in ("kind", "username", "native_id", "title", "count")
    )
    assert [(1, True, None), (2, False, "햇살 알림방"), (3, False, "반장")] == [
        (post["native_id"], post["service"], post["author"]) for post in posts
    ]
    assert ([{"kind": "photo", "number": 1}], "2026-09-21T14:13:20Z") == (posts[1]["media"], posts[1]["posted_at"])


def test_parse_reads_every_type(tmp_path: Path) -> None:
    """Also conversations that could not be imported."""
    source, *posts = call("parse", str(write(tmp_path, chat(message(1), type="personal_chat"))), env={}).rows
    assert ("user", 1) == (source["kind"], len(posts))


def test_parse_an_account(tmp_path: Path) -> None:
    """One chat must be named; then it alone is printed."""
    path = str(write(tmp_path, account(chat(message(1), name="이웃방", id=5), chat(message(2)))))
    ended = call("parse", path, env={})
    assert (2, "") == (ended.code, ended.out)
    assert f"{path}: an export of a whole account: name the one chat to read by its name or id\n" == ended.err
    assert [2] == [post["native_id"] for post in call("parse", path, "--chat", "1900000777", env={}).rows[1:]]


def test_parse_pages(tmp_path: Path) -> None:
    """A set is one source; times without a zone are left out and said so, or read with one."""
    path = str(write_page(tmp_path, page(block(1, said("글"), time="21.09.2026 23:13:20"), following="messages2.html")))
    write_page(tmp_path, page(block(2, said("더")), following="messages3.html"), "messages2.html")
    ended = call("parse", path, env={})
    assert [None, "2026-09-21T14:13:20Z"] == [post["posted_at"] for post in ended.rows[1:]]
    assert [
        f"{path}: messages3.html, which follows messages2.html, is not there",
        f"{path}: 1 posts have a time without a zone, left out; --zone ZONE reads them",
    ] == ended.err.splitlines()
    rows = call("parse", path, "--zone", "Asia/Seoul", env={}).rows
    assert ["2026-09-21T14:13:20Z"] * 2 == [post["posted_at"] for post in rows[1:]]


def test_parse_a_cut_export(tmp_path: Path) -> None:
    """What is whole is printed; one line says where it ends, with code 1."""
    path = write(tmp_path, chat(message(1), message(2)))
    path.write_bytes(path.read_bytes()[:-10])
    ended = call("parse", str(path), env={})
    assert (1, [1]) == (ended.code, [post["native_id"] for post in ended.rows[1:]])
    assert f"haechi: {path}: cut off after message 1: all up to it is whole\n" == ended.err


def test_a_zone_that_is_none(tmp_path: Path) -> None:
    """Named, with an example."""
    ended = call("parse", str(write(tmp_path, chat(message(1)))), "--zone", "Seoul", env={})
    assert (2, True) == (ended.code, '"Seoul" is not a time zone such as Asia/Seoul' in ended.err)
