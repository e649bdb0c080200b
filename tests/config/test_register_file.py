"""The register file is replaced whole or not at all."""

from pathlib import Path

import pytest

from config.register import load_all_schools, load_schools
from config.register_file import merge, write_register
from evidence.errors import ConfigError
from evidence.records import School

GAON = School(code="1", name="가온고등학교", level="high", province="경기도", district="수원시", office="J10")
NURI = School(code="2", name="누리중학교", level="middle", office="B10", name_en="Nuri", homepage="http://nuri")
HANBIT = School(code="U:한빛대학교", name="한빛대학교", level="university")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Every field comes back, former names with their year; nothing else is left in the folder."""
    old = School(code="1", name="옛가온고등학교", level="high", until="2019")
    path = tmp_path / "data" / "schools.csv"
    write_register(path, (GAON, NURI, HANBIT), (old,))
    assert (GAON, NURI, HANBIT, old) == load_schools(path)
    assert {"schools.csv", "schools_former.csv"} == {file.name for file in path.parent.iterdir()}


def test_a_register_that_cannot_be_read_again_is_not_put_in_place(tmp_path: Path) -> None:
    """The old one stays, byte for byte, and no scrap of the new one."""
    path = tmp_path / "schools.csv"
    write_register(path, (GAON,), ())
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="level"):
        write_register(path, (School(code="3", name="새솔고등학교", level="academy"),), ())
    assert before == path.read_bytes()
    assert ["schools.csv"] == [file.name for file in tmp_path.iterdir()]


def test_a_new_list_replaces_its_own_kind() -> None:
    """Universities stay where schools are refreshed, and the other way round."""
    new = School(code="1", name="가온고등학교", level="high", district="수원시 장안구")
    current, former = merge((GAON, HANBIT), (new,), 2026)
    assert ((new, HANBIT), ()) == (current, former)


def test_names_that_are_gone_become_former_names() -> None:
    """A changed name keeps its code and the year; a former one that comes back is former no longer."""
    renamed = School(code="1", name="새가온고등학교", level="high")
    current, former = merge((GAON,), (renamed,), 2026)
    assert [("1", "새가온고등학교")] == [(school.code, school.name) for school in current]
    assert [("1", "가온고등학교", "2026")] == [(school.code, school.name, school.until) for school in former]
    assert ((GAON,), "새가온고등학교") == (
        (result := merge((*current, *former), (GAON,), 2027))[0],
        result[1][0].name,
    )


def test_a_list_that_lost_many_is_refused() -> None:
    """It is more likely broken than true."""
    old = [School(code=str(number), name=f"가온{number}고등학교", level="high") for number in range(100)]
    with pytest.raises(ConfigError, match="has 50 schools where the register has 100: kept as it was"):
        merge(old, old[:50], 2026)


def test_packaged_names_join_a_register(tmp_path: Path) -> None:
    """Universities that it lacks, and former names under their successor's code; its own rows come first."""
    path = tmp_path / "schools.csv"
    write_register(path, (GAON, School(code="U:가천대학교", name="가천대학교", level="university")), ())
    schools = load_all_schools(path)
    by_name = {school.name: school for school in schools}
    assert GAON == schools[0]
    assert "U:서울대학교" == by_name["서울대학교"].code
    assert ("U:가천대학교", "2012") == (by_name["경원대학교"].code, by_name["경원대학교"].until)
    assert len(by_name) == len(schools)


def test_former_high_schools_need_their_successor(tmp_path: Path) -> None:
    """A code is never made up for a school."""
    path = tmp_path / "schools.csv"
    write_register(path, (School(code="9", name="개성고등학교", level="high"),), ())
    high = [(school.code, school.name) for school in load_all_schools(path) if school.level == "high"]
    assert [("9", "개성고등학교"), ("9", "부산상업고등학교")] == high
