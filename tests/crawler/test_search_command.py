"""``haechi search`` and the filters of ``haechi list`` over a practised day."""

from pathlib import Path

import pytest

from tests.crawler.serving import call


@pytest.fixture
def there(practised: Path) -> dict[str, str]:
    """Settings of a reader of the practised day."""
    return {"HAECHI_DATA_DIR": str(practised)}


def ids(there: dict[str, str], *arguments: str) -> list[str]:
    """Ids of the rows of ``haechi list``."""
    ended = call("list", *arguments, "--json", env=there)
    assert 0 == ended.code, ended.err
    return [row["id"] for row in ended.rows]


def test_flags_and_evidence_are_chosen_as_posts_are(there: dict[str, str]) -> None:
    """The same text and filters lead to the same posts, whatever is listed of them."""
    for filters in (["--text", "딥페이크"], ["--office", "B10"], ["--severity", "high"], ["--level", "high"]):
        posts = set(ids(there, "posts", *filters))
        flags = ids(there, "flags", *filters)
        assert flags
        assert set(flags) <= posts
        sealed = {row["post"] for row in call("list", "evidence", *filters, "--json", env=there).rows}
        assert sealed <= posts


def test_more_filters_find_less(there: dict[str, str]) -> None:
    """All have to hold."""
    every = ids(there, "flags")
    assert every == ids(there, "flags", "--state", "open", "--state", "queued")
    assert [] == ids(there, "flags", "--state", "final")
    some = ids(there, "flags", "--severity", "high", "--severity", "critical")
    assert set(ids(there, "flags", "--severity", "high", "--text", "딥페이크")) < set(some) <= set(every)
    (rule, *_) = call("list", "flags", "--json", env=there).rows[0]["reasons"]
    assert every[0] in ids(there, "posts", "--term", rule)
    assert [] == ids(there, "posts", "--grown", "1000000")


def test_blanks_and_case_do_not_count(there: dict[str, str]) -> None:
    """Words are torn apart to hide them."""
    assert ids(there, "posts", "--text", "딥페이크") == ids(there, "posts", "--text", "딥 페 이 크")


def test_one_character_is_looked_for_everywhere(there: dict[str, str]) -> None:
    """And it is said that no index leads there."""
    ended = call("list", "posts", "--text", "딥", "--json", env=there)
    assert ended.rows
    assert "one character is looked for in every post" in ended.err


def test_a_search_is_saved_listed_asked_and_dropped(env: dict[str, str]) -> None:
    """Under its name, with its filters; what is not there is refused."""
    for given in (["save", "lists", "--text", "명단", "--since", "7d", "--team"], ["save", "all", "--state", "open"]):
        assert 0 == call("search", *given, env=env).code
    rows = call("search", "list", "--json", env=env).rows
    assert [("all", {"state": ["open"]}, False), ("lists", {"text": "명단", "since": "7d"}, True)] == [
        (row["name"], row["filters"], row["team"]) for row in rows
    ]
    assert "--text 명단" in call("search", "list", env=env).out
    assert [] == ids(env, "posts", "--saved", "lists")
    assert 0 == call("search", "drop", "lists", env=env).code
    gone = call("list", "posts", "--saved", "lists", env=env)
    assert 2 == gone.code
    assert gone.err.endswith('no search is saved as "lists": `haechi search list` shows those that are\n')


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["save", "x"], "a search without any filter finds everything"),
        (["save", "x", "--since", "never"], '--since: "never" is not a time'),
        (["save", "x", "--level", "none"], '--level: "none" is not a level'),
        (["drop", "x"], 'you have saved no search as "x"'),
    ],
)
def test_mistakes_are_named(env: dict[str, str], arguments: list[str], said: str) -> None:
    """Nothing is saved then."""
    ended = call("search", *arguments, env=env)
    assert 2 == ended.code
    assert said in ended.err
