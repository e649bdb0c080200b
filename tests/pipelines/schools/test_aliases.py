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
        ("광주과학기술원", "university", {"광주과학기술원", "광주과기원", "지스트", "gist"}),
        ("한빛여자고등학교", "high", {"한빛여자고등학교", "한빛여자고", "한빛여고", "한빛여중고", "한빛여자중고"}),
        ("광주제일고등학교", "high", {"광주제일고등학교", "광주제일고", "광주일고"}),
        ("가온여자중학교", "middle", {"가온여자중학교", "가온여자중", "가온여중", "가온여중고", "가온여자중고"}),
        ("서울누리초등학교", "elementary",
         {"서울누리초등학교", "서울누리초", "누리초등학교", "누리초"}),
        ("가온교육대학교부설초등학교", "elementary",
         {"가온교육대학교부설초등학교", "가온교육대학교부설초", "가온교육대부초", "가온교육부초",
          "가온교육사대부초", "가온교육대사대부초", "가온교대부초"}),
        ("한길학교", "special", {"한길학교"}),
    ],
)  # fmt: skip
def test_names_are_written_in_every_known_way(name: str, level: str, expected: set[str]) -> None:
    """Each level has its own short forms."""
    assert expected == {alias for alias, _ in aliases_of(name, level)}


@pytest.mark.parametrize("name", ["서울대학교", "한빛대학교", "대전과학고등학교", "서울중앙고등학교"])
def test_names_are_not_cut_to_what_many_share(name: str) -> None:
    """Neither a first syllable nor a name without its city stands for a university or a high school by itself."""
    level = "university" if name.endswith("대학교") else "high"
    made = {alias for alias, _ in aliases_of(name, level)}
    assert not made & {"한대", "과학고", "중앙고", "과학고등학교"}


def test_nicknames_of_two_letters_need_company() -> None:
    """Whatever is shorter than three letters counts only beside a university word, but for 육사 and 숙대."""
    short = {
        alias: RULES[index].needs
        for name in ("고려대학교", "한국외국어대학교", "숙명여자대학교", "육군사관학교", "포항공과대학교")
        for alias, index in aliases_of(name, "university")
        if len(alias) < SHORTEST
    }
    assert {"고대": "campus", "외대": "campus", "숙대": "", "육사": "", "포공": "campus"} == short


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
