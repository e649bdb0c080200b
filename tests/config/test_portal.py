"""The lists of public data portals."""

from pathlib import Path

import pytest

from config.portal import read_portal
from evidence.errors import ConfigError

NEIS = "시도교육청코드,시도교육청명,행정표준코드,학교명,영문학교명,학교종류명,시도명,도로명주소,홈페이지주소\n"
LOCATED = "학교ID,학교명,학교급구분,본교분교구분,운영상태,소재지지번주소,소재지도로명주소,시도교육청명\n"
KCUE = "학교명,학교 영문명,본분교구분명,대학구분명,학교구분명,시도명,소재지도로명주소,홈페이지주소\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_schools_of_neis(tmp_path: Path, encoding: str) -> None:
    """In any of the encodings that the portal has used; planned ones are left out."""
    path = tmp_path / "학교기본정보.csv"
    rows = "B10,서울특별시교육청,7010001,가온고등학교,Gaon,고등학교,서울특별시,서울특별시 종로구 길 1,http://gaon\n"
    path.write_text(NEIS + rows + "B10,서울특별시교육청,7010002,(가칭)새솔중,,중학교,서울특별시,,\n", encoding=encoding)
    (school,) = read_portal(path)
    assert ("7010001", "high", "종로구", "B10", "Gaon") == (
        school.code, school.level, school.district, school.office, school.name_en,
    )  # fmt: skip


def test_schools_of_the_location_standard(tmp_path: Path) -> None:
    """Codes are those of the list; closed schools are left out; offices go by their code, new names too."""
    path = tmp_path / "list.csv"
    path.write_text(
        LOCATED
        + "B000001,가온중학교,중학교,본교,운영,,경기도 화성시 동탄구 길 1,경기도교육청\n"
        + "B000002,새솔중학교,중학교,본교,폐교,,경기도 화성시 길 1,경기도교육청\n"
        + "B000003,누리초등학교,초등학교,분교,운영,광주광역시 동구 1,,전남광주통합특별시교육청(광주)\n",
        encoding="cp949",
    )
    first, second = read_portal(path)
    assert ("B000001", "경기도", "화성시 동탄구", "J10") == (first.code, first.province, first.district, first.office)
    assert ("누리초등학교", "elementary", "동구", "F10") == (second.name, second.level, second.district, second.office)


def test_universities_of_kcue(tmp_path: Path) -> None:
    """Graduate schools are left out; campuses of one name are one."""
    path = tmp_path / "list.csv"
    path.write_text(
        KCUE
        + "한빛대학교,Hanbit,본교,대학,일반대학,서울특별시,서울특별시 관악구 길 1,http://h\n"
        + "한빛대학교,Hanbit,분교,대학,일반대학,경기도,경기도 안산시 길 1,http://h\n"
        + "한빛대학교 대학원,Hanbit,본교,대학원,일반대학원,서울특별시,,\n",
        encoding="cp949",
    )
    (school,) = read_portal(path)
    assert ("U:한빛대학교", "university", "서울특별시", "관악구") == (
        school.code, school.level, school.province, school.district,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n1,2\n", 'header: "a,b" is of no list'),
        (b"", 'header: "" is of no list'),
        (b"\xff\xff\x81\n", "is neither UTF-8 nor CP949"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """With what was expected."""
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_portal(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """By name."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read_portal(tmp_path / "none.csv")
