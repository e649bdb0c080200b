"""Names of persons: what announces them, what hangs on them, how they are disguised."""

import pytest

from pipelines.masking import mask
from pipelines.masking.tokens import read_name
from tests.pipelines.masking.sentences import mentions_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("김철수 학생이", "[이름] 학생이"),
        ("김철수씨가", "[이름]씨가"),
        ("2학년 3반김철수", "2학년 3반[이름]"),
        ("한빛고김철수랑", "한빛고[이름]랑"),
        ("２학년 김\u200b철\u200b수", "２학년 [이름]"),
        ("한빛고 김.철.수", "한빛고 [이름]"),
        ("한빛고 김 철 수", "한빛고 [이름]"),
        ("한빛고 김🌸철🌸수", "한빛고 [이름]"),
        ("한빛고 2학년 김 철수", "한빛고 2학년 [이름]"),
        ("2학년 3반 ㄱㅊㅅ", "2학년 3반 [이름]"),
        ("ㅋㅋㅋ 2학년 ㅋㅋㅋ", "ㅋㅋㅋ 2학년 ㅋㅋㅋ"),
        ("김*수, 김ㅇㅇ, 김OO 학생", "[이름], [이름], [이름] 학생"),
        ("오ㅇㅇ 알겠어", "오ㅇㅇ 알겠어"),
        ("이름: Kim Cheolsu", "이름: [이름]"),
        ("남궁민수 학생", "[이름] 학생"),
        ("김철수, 이영희, 박민수", "[이름], [이름], [이름]"),
        ("김철수\n이영희\n박민수", "[이름]\n[이름]\n[이름]"),
        ("한빛고 이지만", "한빛고 이지만"),
        ("20000원정도", "20000원정도"),
        ("17살차이라고", "17살차이라고"),
        ("한빛고\n\n김철수 봤다", "한빛고\n\n[이름] 봤다"),
        ("song list in class", "song list in class"),
    ],
)
def test_names_in_company(text: str, expected: str) -> None:
    """The name alone gives way; particles and titles stay."""
    assert expected == mask(text, mentions_in(text)).text


@pytest.mark.parametrize(
    ("run", "is_expected", "length"),
    [
        ("김철수", False, 3),
        ("김철수는", False, 3),
        ("김철수은", False, None),
        ("김지은이랑", False, 3),
        ("왕서윤", False, None),
        ("왕서윤", True, 3),
        ("박솔", False, None),
        ("박솔", True, 2),
        ("황보하은한테", True, 4),
        ("주택을", True, None),
        ("방지하는", False, None),
        ("고등학교", True, None),
    ],
)
def test_a_run_is_read_as_a_name(run: str, is_expected: bool, length: int | None) -> None:
    """Particles must fit the last sound; rare forms need to be announced."""
    reading = read_name(run, is_expected)
    assert length == (reading.length if reading else None)
