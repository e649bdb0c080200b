"""The command line: exit codes, and failures in one clear line."""

import importlib
from collections.abc import Iterator

import click
import pytest

from crawler.cli import COMMANDS, haechi
from tests.crawler.conftest import WATCHLIST_FILE
from tests.crawler.serving import Ended, call, keys

# ------------------------------------------------------------------ once


def test_once_prints_a_line_a_pass(env: dict[str, str]) -> None:
    """Keys as published; two rooms are blind, so the exit code is 3; a second pass needs no file."""
    ended = call("once", "-w", str(WATCHLIST_FILE), "--json", env=env)
    assert 3 == ended.code
    assert {tuple(keys("runs"))} == {tuple(row) for row in ended.rows}
    assert {"blind": 2, "watched": 5} == {
        outcome: sum(row["outcome"] == outcome for row in ended.rows) for outcome in ("blind", "watched")
    }
    assert "HAECHI_ALLOW_LOOPBACK=1: loopback addresses are accepted" in ended.err
    again = call("once", "--source", "@practice_news", "--json", env=env)
    assert (0, [("https://t.me/practice_news", 0)]) == (again.code, [(row["source"], row["new"]) for row in again.rows])


def test_once_for_people(env: dict[str, str]) -> None:
    """A line with a sign for each pass, and the reason below a blind one."""
    ended = call("once", "-w", str(WATCHLIST_FILE), "--source", "https://t.me/practice_closed", env=env)
    assert 3 == ended.code
    assert ended.out.startswith("✗ blind")
    assert "without public preview" in ended.out.splitlines()[1]


def test_once_with_an_unknown_source(env: dict[str, str]) -> None:
    """It must be on the watchlist."""
    ended = call("once", "-w", str(WATCHLIST_FILE), "--source", "@nobody_here", env=env)
    assert (2, "") == (ended.code, ended.out)
    assert ended.err.endswith(
        '--source: "https://t.me/nobody_here" is not on the watchlist: add it there, or leave --source out\n'
    )


# ------------------------------------------------------------------ mistakes


def last_line(ended: Ended) -> str:
    """The failure; warnings come before it."""
    assert "Traceback" not in ended.err
    return ended.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["once"], "no watchlist is stored yet: give one with -w FILE (docs/watchlists.md shows its form)"),
        (["once", "-w", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["run", "-w", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["watchlist", "check", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["list", "posts", "--since", "soon"], '--since: "soon" is not a time such as 2026-11-01, '),
        (["list", "posts", "--since", "99999999d"], '--since: "99999999d" is not a time such as 2026-11-01, '),
        (["list", "posts", "--until", "0001-01-01T00:00:00+09:00"], '--until: "0001-01-01T00:00:00+09:00" is not'),
        (["list", "posts", "--office", "X99"], '--office: "X99" is not a NEIS office code; known: B10, C10, '),
        (["list", "posts", "--source", "https://t.me/+abcdefgh"], '"https://t.me/+abcdefgh" is an invite link to a'),
        (["list", "posts", "--source", "-1001234567890"], '"-1001234567890" is a numeric id of a private chat'),
        (["list", "rumours"], "Error: Invalid value for '{posts|mentions|flags|counts|runs|coverage|rooms|evidence}'"),
        (["list", "posts", "--limit", "0"], "Error: Invalid value for '--limit'"),
        (["summary", "--day", "yesterday"], '--day: "yesterday" is not a day such as 2026-11-01'),
        (["summary", "--day", "9999-12-31"], '--day: "9999-12-31" is not a day such as 2026-11-01'),
        (["summary", "--day", "0001-01-01"], '--day: "0001-01-01" is not a day such as 2026-11-01'),
        (["parse", "nowhere.html"], "Error: Invalid value for 'FILE': File 'nowhere.html' does not exist."),
        (["mentions", "--schools", "nowhere.csv"], "Error: Invalid value for '--schools': File 'nowhere.csv' does"),
        (["nonsense"], "Error: No such command 'nonsense'."),
        (["once", "--nonsense"], "Error: No such option"),
    ],
)
def test_bad_input_is_code_2(env: dict[str, str], arguments: list[str], said: str) -> None:
    """One line says what and what was expected; nothing goes to standard output."""
    ended = call(*arguments, env=env)
    assert (2, "") == (ended.code, ended.out)
    assert last_line(ended).startswith(said)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HAECHI_LANG", "fr", 'HAECHI_LANG: "fr" is refused: '),
        ("HAECHI_PACE_S", "-1", 'HAECHI_PACE_S: "-1" is refused: '),
        ("HAECHI_ALLOW_LOOPBACK", "0", 'HAECHI_WEB_BASE: "http://127.0.0.1'),
        ("HAECHI_WEB_BASE", "ftp://t.me", 'HAECHI_WEB_BASE: "ftp://t.me" '),
        ("HAECHI_MONGODB_URI", "db.example", "HAECHI_MONGODB_URI is not such as mongodb://db.example:27017/haechi"),
        ("HAECHI_DATA_DIR", "/proc/nowhere", "HAECHI_DATA_DIR: cannot make /proc/nowhere: No such file or directory"),
        ("HAECHI_SCHOOLS", "/nowhere.csv", "/nowhere.csv: cannot be read: No such file or directory"),
        ("HAECHI_KEY_FILE", "/nowhere/key", "HAECHI_KEY_FILE: cannot write /nowhere/key: No such file or directory"),
    ],
)
def test_bad_settings_are_code_2(env: dict[str, str], name: str, value: str, said: str) -> None:
    """The line names the setting."""
    ended = call("once", "-w", str(WATCHLIST_FILE), env={**env, name: value})
    assert (2, "") == (ended.code, ended.out)
    lines = [line for line in ended.err.splitlines() if line.startswith("HAECHI_") or "nowhere" in line]
    assert any(line.startswith(said) for line in lines), ended.err


def test_a_contact_is_needed_for_real_pages(env: dict[str, str]) -> None:
    """Nothing is asked of t.me without saying who asks."""
    real = {**env, "HAECHI_WEB_BASE": "https://t.me", "HAECHI_ALLOW_LOOPBACK": "0"}
    del real["HAECHI_PACE_S"]
    ended = call("once", "-w", str(WATCHLIST_FILE), env=real)
    assert (2, "") == (ended.code, ended.out)
    assert last_line(ended).startswith("HAECHI_CONTACT is not set: hosts must be able to reach you")


def test_a_place_that_cannot_be_written_is_code_1(env: dict[str, str]) -> None:
    """The machine's own refusals are one line too."""
    ended = call("summary", "--out", "/proc/nowhere", env=env)
    assert (1, "haechi: /proc/nowhere: No such file or directory") == (ended.code, last_line(ended))


# ------------------------------------------------------------------ help


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name."""
    for name, (place, _) in COMMANDS.items():
        module, _, attribute = place.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", inner) for below, inner in command.commands.items())


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_help_shows_an_example_of_every_option(name: str, command: click.Command) -> None:
    """``--help`` says what each is for and how it is written."""
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [] == [option.name for option in options if "Example" not in (option.help or "")]
    ended = call(*name.split(), "--help", env={})
    assert 0 == ended.code
    assert all(option.opts[-1] in ended.out for option in options)


def test_help_lists_every_command() -> None:
    """And says what the exit codes mean."""
    ended = call("--help", env={})
    assert all(f"  {name} " in ended.out for name in COMMANDS)
    assert "Exit codes: 0 done, 1 failed, 2 bad input or configuration" in ended.out
    assert list(COMMANDS) == haechi.list_commands(click.Context(haechi))
