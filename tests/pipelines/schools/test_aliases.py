"""How names are written, and which schools share them."""

import time
from pathlib import Path

import pytest

from config.register import load_schools
from evidence.records import School
from pipelines.schools import Register, compile_register
from pipelines.schools.aliases import RULES, SHORTEST, aliases_of


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("한빛대학교", "university", {"한빛대학교", "한빛대", "한빛대학"}),
        ("국립한빛대학교", "university", {"국립한빛대학교", "한빛대학교", "국립한빛대", "한빛대", "한빛대학"}),
        ("한빛외국어대학교", "university", {"한빛외국어대학교", "한빛외국어대", "한빛외국어대학", "한빛외대"}),
        ("광주과학기술원", "university", {"광주과학기술원", "광주과기원"}),
        ("한빛여자고등학교", "high", {"한빛여자고등학교", "한빛여자고", "한빛여고"}),
        ("광주제일고등학교", "high", {"광주제일고등학교", "광주제일고", "광주일고"}),
        ("가온여자중학교", "middle", {"가온여자중학교", "가온여자중", "가온여중"}),
        ("서울누리초등학교", "elementary",
         {"서울누리초등학교", "서울누리초교", "서울누리초", "누리초등학교", "누리초교", "누리초"}),
        ("가온교육대학교부설초등학교", "elementary",
         {"가온교육대학교부설초등학교", "가온교육대학교부설초교", "가온교육대학교부설초", "가온교육대부초",
          "가온교육사대부초", "가온교육대사대부초", "가온교대부초"}),
        ("한길학교", "special", {"한길학교"}),
    ],
)  # fmt: skip
def test_names_are_written_in_every_known_way(name: str, level: str, expected: set[str]) -> None:
    """Each level has its own short forms."""
    assert expected == {alias for alias, _ in aliases_of(name, level)}


@pytest.mark.parametrize("name", ["서울대학교", "한국교통대학교", "이화여자대학교", "대전과학고등학교"])
def test_risky_short_forms_are_not_made(name: str) -> None:
    """Two-letter nicknames, a dropped 한국 and a city dropped from a generic name are left out."""
    level = "university" if name.endswith("대학교") else "high"
    made = {alias for alias, _ in aliases_of(name, level)}
    assert not made & {"설대", "이대", "교통대", "과학고"}
    assert all(len(alias) >= SHORTEST for alias in made)


def test_rule_ids_are_unique() -> None:
    """A rule id names one rule."""
    assert len(RULES) == len({rule.id for rule in RULES})


def test_a_shared_name_keeps_every_school(small: Register) -> None:
    """Three schools of one name are three candidates, under the surest rule that makes the name."""
    alias = next(alias for alias in small.aliases if alias.text == "중앙고등학교")
    assert [small.schools[index].code for index in alias.schools] == ["1000001", "1000002", "1000003"]
    assert alias.rule.id == "official"


def test_a_campus_does_not_claim_the_name_of_its_university(small: Register) -> None:
    """고려대 is the university, not its campus in Sejong."""
    alias = next(alias for alias in small.aliases if alias.text == "고려대")
    assert [small.schools[index].code for index in alias.schools] == ["U:고려대학교"]


def test_campuses_without_a_main_row_share_the_name() -> None:
    """Where only campuses are listed, each of them is a candidate."""
    rows = [School(code=name, name=name, level="university") for name in ("가온대학교(동해)", "가온대학교(서해)")]
    alias = next(alias for alias in compile_register(rows).aliases if alias.text == "가온대")
    assert alias.schools == (0, 1)


def test_an_empty_register_compiles() -> None:
    """No school is a register too."""
    assert compile_register(()).aliases == ()


@pytest.mark.slow
def test_the_whole_country_compiles_in_a_second(real_data: Path) -> None:
    """13,150 rows compile in less than a second of processor time; measured 0.3."""
    schools = load_schools(real_data / "schools.csv")
    started = time.process_time()
    compile_register(schools)
    assert time.process_time() - started < 1
