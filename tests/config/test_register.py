"""The register of schools read from CSV."""

from collections import Counter
from pathlib import Path

import pytest

from config.register import OFFICES, load_schools
from evidence.errors import ConfigError
from evidence.records import School

HEADER = "code,name,level,province,district,office,name_en,homepage\n"


def write(folder: Path, *lines: str, name: str = "schools.csv", encoding: str = "utf-8") -> Path:
    """Write a register file."""
    path = folder / name
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_rows_become_schools(tmp_path: Path, encoding: str) -> None:
    """Office names become codes; a byte order mark is no part of the header."""
    path = write(tmp_path, "1,가온고등학교,high,경기도,수원시 장안구,경기도교육청,Gaon,", encoding=encoding)
    expected = School(
        code="1",
        name="가온고등학교",
        level="high",
        province="경기도",
        district="수원시 장안구",
        office="J10",
        name_en="Gaon",
    )
    assert (expected,) == load_schools(path)


@pytest.mark.parametrize(
    ("office", "code"),
    [
        ("서울특별시교육청", "B10"),
        ("전남광주통합특별시교육청(광주)", "F10"),
        ("전남광주통합특별시교육청(전남)", "Q10"),
        ("T10", "T10"),
        ("", ""),
    ],
)
def test_offices_have_codes(tmp_path: Path, office: str, code: str) -> None:
    """Old and new names, and codes themselves, are understood; blank is unknown."""
    path = write(tmp_path, f"1,가온초등학교,elementary,,,{office},,")
    assert [code] == [school.office for school in load_schools(path)]


def test_there_are_seventeen_offices() -> None:
    """The table names all offices of education."""
    assert len(set(OFFICES.values())) == 17


def test_a_university_without_code_gets_one_from_its_name(tmp_path: Path) -> None:
    """Rows of one university merge into one."""
    path = write(tmp_path, ",한빛대학교,university,서울특별시,,,,", ",한빛대학교,university,경기도,,,,")
    assert [(school.code, school.province) for school in load_schools(path)] == [("U:한빛대학교", "서울특별시")]


def test_former_schools_are_read_too(tmp_path: Path) -> None:
    """A file ``X_former.csv`` beside ``X.csv`` adds its schools after the others; planned schools are left out."""
    path = write(tmp_path, "1,가온고등학교,high,,,,,")
    write(tmp_path, "1,옛가온고등학교,high,,,,,", ",(가칭)새솔초등학교,elementary,,,,,", name="schools_former.csv")
    assert [school.name for school in load_schools(path)] == ["가온고등학교", "옛가온고등학교"]


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    """Line, column, value and expectation of all mistakes come at once."""
    path = write(
        tmp_path,
        "1,가온고등학교,hihg,,,,,",
        "",
        ",,middle,,,달나라교육청,,",
        "2,새솔고등학교,high",
    )
    with pytest.raises(ConfigError) as caught:
        load_schools(path)
    assert (
        f'{path}:2: level: "hihg" is not elementary, middle, high, special, other or university',
        f'{path}:4: name: "" is not the name of a school',
        f'{path}:4: code: "" is not a code; only a university may be without',
        f'{path}:4: office: "달나라교육청" is not an office such as 서울특별시교육청, nor its code such as B10',
        f'{path}:5: line: "2,새솔고등학교,high" is not a line of 8 columns',
    ) == caught.value.problems


def test_mistakes_of_a_wrong_file_do_not_flood(tmp_path: Path) -> None:
    """Twenty mistakes are enough to see what is wrong."""
    path = write(tmp_path, *(f"{number},가온고등학교,none,,,,," for number in range(50)))
    with pytest.raises(ConfigError) as caught:
        load_schools(path)
    assert len(caught.value.problems) == 20


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"code,name\n", '{path}:1: header: "code,name" is not complete without level'),
        (b"", '{path}:1: header: "" is not complete without code'),
        ("학교".encode("cp949"), "{path}: byte 0 is not UTF-8: save the file as UTF-8"),
        (HEADER.encode() + b'1,"a', "{path}:2: the line is not CSV: unexpected end of data"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    """A file of another form is refused with what is wrong with it."""
    path = tmp_path / "schools.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_schools(path)
    assert expected.format(path=path) == str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is a mistake of the configuration."""
    path = tmp_path / "none.csv"
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_schools(path)


def test_the_packaged_register_holds_universities() -> None:
    """Every province has one, every name is there once, and codes are made from names."""
    schools = load_schools(None)
    assert {"university"} == {school.level for school in schools}
    assert len({school.province for school in schools}) == 17
    assert max(Counter(school.name for school in schools).values()) == 1
    assert all(school.code == f"U:{school.name}" for school in schools)
    assert len(schools) > 200
