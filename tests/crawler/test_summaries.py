"""Summaries on the command line and given out: forms, readers, versions, what is refused."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.summaries import FORMATS, NO_PDF, digest_of, give_out, release_name, render
from crawler.summaries import checked_for_release as checked
from evidence.errors import ConfigError
from pipelines.digest import Digest, make_digest, scope_for
from pipelines.digest.model import Reader
from storage.mongo import Store
from tests.conftest import NOW
from tests.crawler.serving import call
from tests.crawler.test_stamping import settings_for
from tests.pipelines.digest.making import END, WIDER, day, mention, post, rollup, source

OFFICE = scope_for(Reader.OFFICE, "B10")


@pytest.fixture
def there(practised: Path) -> dict[str, str]:
    """Settings of commands over the practised store."""
    return {"HAECHI_DATA_DIR": str(practised), "HAECHI_LANG": "en"}


def made(posts: int = 8, **more: object) -> Digest:
    """Of an office."""
    return make_digest(day(source(rollup(*[post(mention("1"))] * posts)), **more), OFFICE)


# ------------------------------------------------------------------ given out


async def test_what_was_given_out_stays(store: Store) -> None:
    """Asked for again later it is the same version, though the moment and the checkpoint differ."""
    first = await give_out(store, made(), NOW)
    again = await give_out(store, made(as_of=END + timedelta(hours=20)), NOW)
    assert (1, ()) == (first.release.version, first.corrections)
    assert first == again
    assert "2026-11-21T00:00:00Z" == json.loads(first.release.content)["as_of"]


async def test_a_correction_is_a_new_version_that_says_what_differs(store: Store) -> None:
    """Number by number; the old version stays as it was."""
    first = await give_out(store, made(8), NOW)
    second = await give_out(store, made(9), NOW)
    assert (2, "2026-11-20") == (second.release.version, json.loads(second.release.content)["day"])
    told = {one.where: (one.before, one.after) for one in second.corrections}
    assert ("8", "9") == told["posts"] == told["office_levels.rows.B10.total"]
    assert not [where for where in told if where.startswith(("as_of", "sentences"))]
    assert first.release.content != second.release.content
    assert "Asia/Seoul 2026-11-20 B10" == release_name(made())


@pytest.mark.parametrize(
    ("digest", "why"),
    [
        (make_digest(day(source(rollup()))), "this summary is for staff alone"),
        (make_digest(day(source(replace(rollup(), posts=3))), WIDER), r"do not agree \(posts_sorted\)"),
        (make_digest(day(source(rollup()), as_of=END - timedelta(hours=1)), WIDER), "2026-11-20 is not over"),
    ],
)
def test_what_may_not_be_given_out(digest: Digest, why: str) -> None:
    """Staff's own, figures that do not agree, a day that runs."""
    with pytest.raises(ConfigError, match=f"not given out: .*{why}"):
        checked(digest)


async def test_a_day_of_a_fresh_store(store: Store, tmp_path: Path) -> None:
    """Nothing was watched: it says so, and may be given out; silence would not be noticed."""
    digest = await digest_of(store, settings_for(tmp_path), None, WIDER)
    assert (False, "no_data") == (digest.has_data, str(digest.status))
    assert NOW.date().isoformat() != ""
    for form in ("md", "html", "json", "csv"):
        assert all(render(digest, form, "ko").values())


# ------------------------------------------------------------------ on the command line


def test_forms(there: dict[str, str], tmp_path: Path) -> None:
    """A file, or a folder of tables, named for day and reader."""
    for form in ("html", "csv"):
        ended = call("summary", "--format", form, "--out", str(tmp_path), "--office", "B10", env=there)
        assert 0 == ended.code
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert [] == [name for name in names if not name.startswith("haechi-20") or "-B10" not in name]
    assert {".html", ".csv"} == {Path(name).suffix for name in names}
    assert {"md", "html", "json", "csv", "pdf"} == set(FORMATS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--office", "Z99"), '--office: "Z99" is no NEIS code of an office such as B10'),
        (("--office", "B10", "--smallest", "3"), 'the smallest number shown is "3"; expected 5 or more for office'),
        (("--reader", "wider", "--smallest", "9"), 'the smallest number shown is "9"; expected 10 or more for wider'),
        (("--format", "csv"), "--format csv: a file for each table: say where with --out DIR"),
    ],
)
def test_what_is_refused(there: dict[str, str], arguments: tuple[str, ...], said: str) -> None:
    """Before anything is read; a threshold may only be raised."""
    ended = call("summary", *arguments, env=there)
    assert (2, said) == (ended.code, ended.err.strip().splitlines()[-1])


def test_small_numbers_on_the_command_line(there: dict[str, str]) -> None:
    """Staff sees them, wider readers do not, nor rooms under their names."""
    staff = call("summary", "--json", env=there)
    wider = call("summary", "--json", "--reader", "wider", env=there)
    assert isinstance(staff.rows[0]["flags"]["critical"], int)
    assert "withheld" == wider.rows[0]["flags"]["critical"]
    assert "practice_talk" in staff.out
    assert "practice_talk" not in wider.out


def test_the_week(there: dict[str, str]) -> None:
    """Nothing was confirmed in practice yet."""
    (row,) = call("summary", "--week", "--json", env=there).rows
    assert 0 == row["total"]["confirmed"]
    assert "# Weekly summary " in call("summary", "--week", env=there).out


@pytest.mark.slow
@pytest.mark.parametrize(("module", "lacking"), [("weasyprint", "WeasyPrint"), ("weasyprint.text.ffi", "Pango")])
def test_pdf_without_what_makes_it(module: str, lacking: str) -> None:
    """One line says what to install."""
    stop = "None" if lacking == "WeasyPrint" else "Broken()"
    code = f"""
import sys
class Broken:
    def __getattr__(self, name): raise OSError("cannot load library")
sys.modules[{module!r}] = {stop}
from crawler.summaries import render
from tests.crawler.test_summaries import made
render(made(), "pdf", "ko")
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.stderr.strip().endswith(NO_PDF.format(lacking=lacking))


def test_charts_are_loaded_only_where_they_are_drawn() -> None:
    """A program that prints text does not wait for them."""
    code = "import sys, crawler.cli, crawler.commands.summary; sys.exit('matplotlib.figure' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ})
    assert 0 == done.returncode
