"""The table of review states that people read is that of the program."""

from pathlib import Path

from evidence.progress import State, Step
from evidence.roles import TABLE
from evidence.workflow import TRANSITIONS, Transition

PAGE = Path(__file__).parents[2] / "docs" / "investigators.md"


def table() -> str:
    """The table as Markdown: one row for each way, in the order of the program."""
    head = "| from | act | to | who | taken back by |\n| --- | --- | --- | --- | --- |\n"
    rows: dict[tuple[str, str, str], list[Transition]] = {}
    for row in TRANSITIONS:
        rows.setdefault((row.state or "any", row.step, row.to or "as it was"), []).append(row)
    return head + "".join(_line(key, ways) for key, ways in rows.items())


def _line(key: tuple[str, str, str], ways: list[Transition]) -> str:
    who = ", ".join(dict.fromkeys(_who(way) for way in ways))
    inverse = next((f"`{way.inverse}`" for way in ways if way.inverse), "")
    state, step, to = key
    return f"| {state} | `{step}` | {to} | {who} | {inverse} |\n"


def _who(way: Transition) -> str:
    return "the timer" if way.who is None else ", ".join(TABLE[way.who])


def test_the_page_has_the_table_of_the_program() -> None:
    """To print it anew: ``python -c "from tests.evidence.test_workflow_docs import table; print(table())"``."""
    assert table() in PAGE.read_text(encoding="utf-8")


def test_every_state_can_be_reached_and_left() -> None:
    """And every step is in the table."""
    reached = {row.to for row in TRANSITIONS}
    left = {row.state for row in TRANSITIONS}
    assert set(State) <= reached
    assert set(State) <= left
    assert set(Step) == {row.step for row in TRANSITIONS}
