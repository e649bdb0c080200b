"""What each profile is given, the table for spreadsheets, and that no media leaves."""

import csv
import gzip
import io
import json
from dataclasses import replace

import pytest

from evidence.errors import ConfigError, StorageError
from evidence.package import PROFILES, build
from evidence.package.bag import bag
from evidence.package.media import check_media
from evidence.package.profiles import find_profile
from evidence.package.table import MARKING, harmless
from evidence.package.views import aggregate
from tests.evidence.packing import WORDS, contents, item

DERIVED = "data/items/{}/derived.json"


def names(profile: str) -> set[str]:
    """Files of a package below its items, by their name within."""
    files = build(contents(profile))
    return {path.split("/", 3)[3] for path in files if path.startswith("data/items/")}


def test_each_profile_has_its_files() -> None:
    """The sealed record goes to the police alone."""
    record = {"item.json", "raw.html.gz", "http.json", "disclosure.json"}
    assert record == names("police")
    assert [{"derived.json"}] * 3 == [names(name) for name in ("regulator", "victim-support", "education-office")]
    assert set() == names("ministry")


def test_fields_of_each_profile() -> None:
    """As in the table of profiles, no more."""
    common = {"status", "id", "posted_at", "seen_at"}
    address, seal, category = {"address", "source"}, {"entry", "commit"}, {"severity", "reasons"}
    for profile, folder, expected in (
        ("regulator", "1900000001-1-1", common | address | seal | category | {"excerpt"}),
        ("victim-support", "1900000001-1-1", common | address | seal | {"personal_spans"}),
        ("education-office", "item-0001", common | category | {"text"}),
    ):
        row = json.loads(build(contents(profile))[DERIVED.format(folder)])
        assert expected == row.keys()


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "police"])
def test_words_reach_the_police_alone(profile: str) -> None:
    """Nothing personal stands in any file of another profile, packed ones included; nor the salt."""
    assert any(WORDS.encode() in content for content in build(contents("police")).values())
    salts = [bytes([number]).hex() * 32 for number in (1, 2)]
    for path, content in build(contents(profile)).items():
        text = (gzip.decompress(content) if path.endswith(".gz") else content).decode()
        assert [] == [word for word in ("010-0000", "가나다", "who passes", *salts) if word in text]


@pytest.mark.parametrize("profile", ["education-office", "ministry"])
def test_the_post_cannot_be_told_where_its_address_is_not_given(profile: str) -> None:
    """Neither its id nor its entry goes along."""
    for content in build(contents(profile)).values():
        assert b"1900000001" not in content
        assert b"t.me/room" not in content


def test_small_numbers_are_not_given() -> None:
    """Nor can they be told from the others and the total."""
    high = [item(number, entry=number) for number in range(1, 13)]
    low = [replace(one, severity="low") for one in high[:3]]
    assert ("12", (("high", "12"),)) == ((numbers := aggregate(high)).total, numbers.by_severity)
    assert ("15", None) == ((numbers := aggregate([*high, *low])).total, numbers.by_severity)
    assert ("<10", None) == ((numbers := aggregate(low)).total, numbers.by_severity)


def test_an_erased_item_leaves_its_entry() -> None:
    """Its text and salt are gone, its commitment is still listed."""
    made = contents()
    erased = replace(made.items[0], content=None, salt=None, words="", masked="", erased_at=made.order.made_at)
    files = build(replace(made, items=(erased, made.items[1])))
    assert "data/items/1900000001-1-1/item.json" not in files
    assert erased.commit == json.loads(files["data/items/1900000001-1-1/erased.json"])["commit"]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", " =1", "＝1", "　＋1", "－1", "＠a", "\0=1", "\u200b=1"],
)
def test_no_cell_is_a_formula(cell: str) -> None:
    """Full-width signs, and blanks and control characters before a sign, included."""
    made = harmless(cell)
    assert "'" == made[0]


def test_the_table_says_that_it_proves_nothing() -> None:
    """In its first line; formulas in texts are put out; one line an item."""
    made = contents(items=(item(1, entry=3, words='=HYPERLINK("x")\n둘째 줄'), item(2, entry=4)))
    text = build(made)["data/items.csv"].decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [MARKING] == rows[0]
    assert 4 == len(rows)
    assert '\'=HYPERLINK("x") 둘째 줄' in rows[2]


@pytest.mark.parametrize(
    "raw",
    [
        '<img src="x">',
        "data:image/png;base64,aGVsbG8=",
        "https://cdn4.telesco.pe/file/abc.jpg",
        "https://telegra.ph/file/abc.jpg",
        '{"access_hash":5}',
        '[{"file_reference":"AA=="}]',
    ],
)
def test_media_stops_a_package(raw: str) -> None:
    """Wherever it stands: in a record or in a packed fragment. What was found is not repeated."""
    with pytest.raises(StorageError, match=r"(?:item\.json|raw\.html\.gz|raw\.json\.gz) leads to media"):
        build(contents(items=(item(1, entry=3, raw=raw),)))
    with pytest.raises(StorageError, match=r"raw\.gz leads to media"):
        check_media({"raw.gz": gzip.compress(raw.encode())})


def test_words_about_media_stop_nothing() -> None:
    """What somebody typed into a message is no media: tags, names of fields, names of formats."""
    typed = [{"id": 1, "text": '<img src="x"> "access_hash":5 "thumb": GIF89a, 12ftypmp4'}]
    files = build(contents(items=(item(1, entry=3, raw=json.dumps(typed)),)))
    assert any(path.endswith("raw.json.gz") for path in files)


def test_profiles_and_offices_go_together() -> None:
    """Only an office of education is limited to an office."""
    assert "police" == find_profile("police", None).name
    for name, office, message in (
        ("press", None, '"press" is no profile; expected one of police, regulator'),
        ("education-office", None, "--office: not given"),
        ("police", "B10", "police is not limited to an office"),
    ):
        with pytest.raises(ConfigError, match=message):
            find_profile(name, office)


@pytest.mark.parametrize("path", ["../x", "a//b", "한글.txt", "a b", "/etc/x", "a" * 201])
def test_names_of_files_are_plain(path: str) -> None:
    """So that every system can keep them, and none is led astray."""
    with pytest.raises(StorageError, match="cannot be the name of a file"):
        bag({path: b""}, {}, {})
