"""README and docs tell the truth: what they name exists, and what exists is named."""

import re
from pathlib import Path

import pytest

from channels.directory import SITES
from config.settings import PREFIX, Settings
from config.watchlist import packaged_defaults, parse_watchlist
from crawler.cli import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KOREAN = (ROOT / "README.ko.md").read_text(encoding="utf-8")
DOCS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
ALL = "\n".join([README, KOREAN, *DOCS.values()])


def test_readme_is_short() -> None:
    """A newcomer reads it in a sitting, in either language."""
    assert [] == [text[:20] for text in (README, KOREAN) if len(text.splitlines()) >= 120]


def test_the_korean_readme_says_the_same() -> None:
    """The same commands, folders with their bounds, things to type, and places to read on."""
    for pattern in (r"^\| `haechi (\w+)`", r"^\| ((?:`\w+/` ?)+) \|.*\| ([\w, ]+) \|$"):
        english, korean = (re.findall(pattern, text, re.MULTILINE) for text in (README, KOREAN))
        assert english
        assert [one if one != ("`evidence/`", "nothing") else ("`evidence/`", "없음") for one in english] == korean
    typed = [
        [line.partition(" #")[0].rstrip() for line in re.findall(r"^    (.+)$", text, re.MULTILINE)]
        for text in (README, KOREAN)
    ]
    assert typed[0] == typed[1]
    links = [set(re.findall(r"\]\(([^)]+)\)", text)) - {"README.md", "README.ko.md"} for text in (README, KOREAN)]
    assert links[0] == links[1]


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    """The table of settings in docs/operators.md is complete."""
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    table = set(re.findall(r"^\| `(HAECHI_\w+)`", DOCS["operators.md"], re.MULTILINE))
    assert settings == table
    assert settings | {"HAECHI_TEST_DATA"} >= set(re.findall(r"HAECHI_[A-Z_]+[A-Z]", ALL))


def test_every_command_is_in_the_readme() -> None:
    """The table of commands is that of the program, in its order or another."""
    assert set(COMMANDS) == set(re.findall(r"^\| `haechi (\w+)`", README, re.MULTILINE))


def test_no_command_is_named_that_does_not_exist() -> None:
    """Each ``haechi X`` in an example can be typed."""
    named = set(re.findall(r"(?:^|`|bin/|\s)haechi ([a-z]+)\b", "\n".join(_code(ALL))))
    assert set() == named - set(COMMANDS)


def test_every_folder_is_in_the_readme() -> None:
    """The table of folders is the tree."""
    table = README.split("## Where things live")[1].split("##")[0]
    named = {
        name for row in re.findall(r"^\| ((?:`\w+/` ?)+)", table, re.MULTILINE) for name in re.findall(r"\w+", row)
    }
    here = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert named == here - {"dist", "build", "secrets", "haechi", "backup"}  # what is made, and an operator's own


def test_files_and_links_that_are_named_exist() -> None:
    """Paths in backquotes and links lead somewhere."""
    paths = re.findall(
        r"`((?:channels|config|crawler|deploy|evidence|pipelines|practice|storage|tests)/[\w./-]+)`", ALL
    )
    links = re.findall(r"\]\(((?!http)[^)]+)\)", README)
    assert [] == [path for path in [*paths, *links] if not (ROOT / path).exists()]
    assert set(DOCS) == {Path(link).name for link in links if link.startswith("docs/")}


def test_make_targets_are_documented() -> None:
    """Each target of the Makefile is explained, and no other is named."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split())
    assert targets == set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(_code(ALL))))


@pytest.mark.parametrize(
    "example", re.findall(r"```yaml\n(.*?)```", DOCS["watchlists.md"] + DOCS["discovery.md"], re.DOTALL)
)
def test_watchlist_examples_are_valid(example: str) -> None:
    """An example that is copied works."""
    watchlist = parse_watchlist(example, "example", SITES)
    assert watchlist.sources or watchlist.directories


def test_every_directory_site_is_documented() -> None:
    """The table of sites in docs/discovery.md is that of the program."""
    assert set(SITES) == set(re.findall(r"^\| `(\w+)` \| ", DOCS["discovery.md"], re.MULTILINE)) - {
        "name",
        "school",
        "growth",
    }


def test_packaged_rules_and_terms_are_documented() -> None:
    """The table of packaged rules has all of them with their severity; the terms are named."""
    terms, rules = packaged_defaults()
    table = re.findall(r"^\| `([\w-]+)` \| (\w+) \|", DOCS["watchlists.md"], re.MULTILINE)
    assert {rule.id: str(rule.severity) for rule in rules} == dict(table)
    assert [] == [term.id for term in terms if f"`{term.id}`" not in DOCS["watchlists.md"]]


def _code(text: str) -> list[str]:
    """What is to be typed: code in backquotes and indented blocks."""
    return re.findall(r"`([^`\n]+)`", text) + re.findall(r"^    (.+)$", text, re.MULTILINE)
