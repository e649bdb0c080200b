"""The compiled register in its file: the same as a fresh one, made again whenever it could be another."""

from importlib.resources import files
from pathlib import Path

import pytest

from config.register import load_all_schools
from crawler.compiled import KEPT, compiled_register
from pipelines.schools import Register, compile_register

SCHOOLS = Path(str(files("practice") / "schools.csv"))
HEAD = "code,name,level,province,district,office,name_en,homepage"


def parts(register: Register) -> tuple[object, ...]:
    """All of a register but its automaton."""
    return (register.schools, register.aliases, register.by_text, register.levels, register.places, register.stems)


def forms(data_dir: Path) -> list[Path]:
    """The files of compiled forms."""
    return sorted(data_dir.glob("register-*.json"))


def test_the_kept_form_gives_the_same_register(tmp_path: Path) -> None:
    """First derived, then read, each time equal to one that was compiled without a file."""
    fresh = compile_register(load_all_schools(SCHOOLS))
    first = compiled_register(SCHOOLS, tmp_path)
    again = compiled_register(SCHOOLS, tmp_path)
    assert parts(fresh) == parts(first) == parts(again)
    text = "해솔빛고 다니는 친구와 가온누리중 이야기"
    assert fresh.find_patterns(text, overlapping=True) == again.find_patterns(text, overlapping=True)
    assert 1 == len(forms(tmp_path))


def test_a_changed_register_is_compiled_anew(tmp_path: Path) -> None:
    """The file of the register or the one of former names: any change counts; old forms do not pile up."""
    register = tmp_path / "own.csv"
    for number in range(KEPT + 2):
        register.write_text(
            f"{HEAD}\n990000{number},새로운{'가나다라마'[number]}고등학교,high,,,,,\n", encoding="utf-8"
        )
        names = {school.name for school in compiled_register(register, tmp_path).schools}
        assert f"새로운{'가나다라마'[number]}고등학교" in names
    assert KEPT == len(forms(tmp_path))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schools": [[1]], "aliases": [], "stems": [], "signs": []}'])
def test_a_damaged_form_is_made_again(tmp_path: Path, damage: str) -> None:
    """It is never an error."""
    whole = parts(compiled_register(SCHOOLS, tmp_path))
    (file,) = forms(tmp_path)
    file.write_text(damage)
    assert whole == parts(compiled_register(SCHOOLS, tmp_path))
    assert len(file.read_text()) > 1_000


def test_without_a_place_to_keep_it_nothing_is_kept(tmp_path: Path) -> None:
    """Offline commands work where there is no data directory."""
    assert compiled_register(SCHOOLS, tmp_path / "absent").schools
    assert not (tmp_path / "absent").exists()
