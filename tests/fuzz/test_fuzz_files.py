"""Files that are handed in: exports, watchlists, tables, sessions, packages, manifests, checkpoints."""

import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import strategies as st

from channels.directory import SITES
from channels.export import open_export
from channels.export.reading import read_kept
from channels.telegram.session import read_session
from config.address_csv import watchlist_from_csv
from config.register import load_schools
from config.settings import load_settings
from config.watchlist import packaged_defaults, parse_watchlist
from evidence.backup import read_manifest
from evidence.checkpoint import parse_notes
from evidence.envelope import (
    CHUNK_BYTES,
    FORM,
    _cipher,
    _nonce,
    open_package,
    read_private_key,
    read_public_key,
    seal_package,
)
from tests.channels.export.making import account, block, chat, message, said, service
from tests.fuzz.making import HOWEVER_MANY, PIECES, fuzz, texts, values

POSTS = (
    message(1, ["서울고 ", {"type": "bold", "text": "소문"}, {"type": "link", "text": "https://t.me/a"}]),
    message(2, "둘", photo="(File not included.)", width=1, height=1, reply_to_message_id=1, edited_unixtime="1"),
    message(3, "셋", forwarded_from="남", forwarded_from_id="channel5", media_type="sticker"),
    service(4, "pin_message", message_id=1),
)
JSON_EXPORTS = tuple(json.dumps(each, ensure_ascii=False) for each in (chat(*POSTS), account(chat(*POSTS))))
HTML_EXPORT = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Exported Data</title></head><body>'
    '<div class="page_wrap"><div class="page_header"><div class="text bold">\n햇살 알림방 \n</div></div>'
    '<div class="history">'
    + block(1, said('서울고 <a href="https://t.me/a">a</a><br>소문'))
    + block(2, said("둘"), name=None)
    + '<div class="message service" id="message-1"><div class="body details">21 September 2026</div></div>'
    + "</div></div></body></html>"
)
WATCHLIST = """version: 1
timezone: Asia/Seoul
sources:
  - address: https://t.me/practice_news   # words
    every: 30m
    reason: "case 12"
    until: 2027-01-01
directories:
  - {site: telemetrio, address: "https://telemetr.io/en/channels", every: 6h, name_matches: [지인]}
terms:
  - {id: own, any: [딥페이크, 지인], patterns: ['(a+)+$']}
rules:
  - {id: r, severity: high, when: {school: true, terms: [own]}}
"""
YAML = (
    *PIECES,
    "&a [*a]",
    "<<: *a",
    "!!python/object/apply:os.system [x]",
    "? ",
    "- - - -",
    "\t",
    "%TAG",
    "---\n",
    "[" * 50,
)
TABLE = "code,name,level,province,district,office,name_en,homepage\n"
TABLE += "7000001,서울고등학교,high,서울특별시,강남구,B10,Seoul,\n"
LOG, ROOT = "0" * 32, "A" * 43 + "="
NOTES = f"haechi/{LOG}\n1\n{ROOT}\n2026-11-20T09:00:00.000Z\n\n— haechi/{LOG} AAAA\n"
KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where the machine has such a place."""
    made = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    yield made
    shutil.rmtree(made)


def in_file(path: Path, read: Callable[[Path], object]) -> Callable[[str], None]:
    """Reads a text from a file."""

    def written(text: str) -> None:
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        read(path)

    return written


def read_export(path: Path) -> None:
    """All of it, and what is kept of it again."""
    for batch in open_export(path).posts(is_keyed=True):
        read_kept(batch.kept)


@HOWEVER_MANY
def test_any_export(folder: Path, number: int) -> None:
    """Of Telegram Desktop, in both its forms."""
    fuzz(number, texts(JSON_EXPORTS), in_file(folder / "result.json", read_export))
    fuzz(number, texts((HTML_EXPORT,)), in_file(folder / "messages.html", read_export))


@HOWEVER_MANY
def test_any_message_of_an_export(folder: Path, number: int) -> None:
    """Whatever stands in its fields."""
    fields = st.dictionaries(st.sampled_from(sorted({key for post in POSTS for key in post})), values(), max_size=4)
    made = st.builds(lambda post, odd: json.dumps(chat(post | odd, post)), st.sampled_from(POSTS), fields)
    fuzz(number, made, in_file(folder / "result.json", read_export))


@HOWEVER_MANY
def test_any_watchlist(number: int) -> None:
    """It is taken or refused, with the line."""
    packaged_defaults()  # read once, and no part of anybody's time
    fuzz(number, texts((WATCHLIST,), YAML), lambda text: parse_watchlist(text, "w.yaml", SITES))


@HOWEVER_MANY
def test_any_table(folder: Path, number: int) -> None:
    """Of addresses, and of schools."""
    addresses = "address,reason,until\nhttps://t.me/practice_news,case,2027-01-01\n@other_room;x\n"
    fuzz(number, texts((addresses, addresses.replace(",", "\t"))), watchlist_from_csv)
    fuzz(number, texts((TABLE,)), in_file(folder / "schools.csv", load_schools))


@HOWEVER_MANY
def test_any_settings(folder: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Of ``haechi.toml``."""
    monkeypatch.setenv("HAECHI_DATA_DIR", str(folder))
    whole = (
        'contact = "a@b.example"\nconsole = "127.0.0.1:8380"\nsmtp_url = "smtps://mail.example"\nmail_from = "a@b"\n'
    )
    fuzz(number, texts((whole,)), in_file(folder / "haechi.toml", lambda _: load_settings()))


@HOWEVER_MANY
def test_any_session(folder: Path, number: int) -> None:
    """That is no session."""
    fuzz(number, texts(("SQLite format 3\0" + "\0" * 200,)), in_file(folder / "a.session", read_session))


@HOWEVER_MANY
def test_any_sealed_package(number: int) -> None:
    """Damaged on the way, or made by somebody who knows our public key."""
    whole = seal_package({"p/a.txt": b"a" * 100}, KEY.public_key())

    def opened(damage: tuple[int, bytes]) -> None:
        at = damage[0] % len(whole)
        open_package(whole[:at] + damage[1] + whole[at + len(damage[1]) :], KEY)

    fuzz(number, st.tuples(st.integers(0, CHUNK_BYTES), st.binary(min_size=1, max_size=40)), opened)
    fuzz(number, archives(), lambda content: open_package(_sealed(content), KEY))


def archives() -> st.SearchStrategy[bytes]:
    """Archives with members that have no business in a package, some of them cut."""
    names = st.sampled_from(("../x", "/etc/passwd", "p/../../x", "p/a", "p", "p/a\0b", "", "p/" + "a" * 300, "p\\x"))
    kinds = st.sampled_from((tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE))
    made = st.builds(_archive, st.lists(st.tuples(names, kinds, st.binary(max_size=30)), max_size=4))
    return (
        st.builds(lambda whole, end: whole[: len(whole) - end], made, st.sampled_from((0, 1, 512, 1_500))) | st.binary()
    )


def _archive(members: list[tuple[str, bytes, bytes]]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), "/etc/passwd"
            archive.addfile(member, io.BytesIO(content))
    return whole.getvalue()


def _sealed(content: bytes) -> bytes:
    """As ``seal_package`` does it, around anything."""
    ephemeral = X25519PrivateKey.generate()
    cipher = _cipher(ephemeral.exchange(KEY.public_key()), ephemeral.public_key(), KEY.public_key())
    sealed = [FORM, ephemeral.public_key().public_bytes_raw()]
    for number, start in enumerate(range(0, len(content) + 1, CHUNK_BYTES)):
        chunk = content[start : start + CHUNK_BYTES]
        is_last = len(chunk) < CHUNK_BYTES
        sealed.append(cipher.encrypt(_nonce(number, is_last=is_last), chunk, FORM))
    return b"".join(sealed)


@HOWEVER_MANY
def test_any_manifest_checkpoint_or_key(number: int) -> None:
    """Of a backup, a log, a recipient."""
    manifest = json.dumps({"form": "haechi backup 1", "files": [{"name": "a", "sha256": "0", "documents": 1}]})
    pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEA\n-----END PUBLIC KEY-----\n"
    fuzz(number, texts((manifest,)), lambda text: read_manifest(text.encode("utf-8", "replace"), bytes(64)))
    fuzz(number, texts((NOTES,)), parse_notes)
    fuzz(number, texts((pem,)), lambda text: read_public_key(text.encode("utf-8", "replace"), "x"))
    fuzz(number, texts((pem,)), lambda text: read_private_key(text.encode("utf-8", "replace"), "x"))
