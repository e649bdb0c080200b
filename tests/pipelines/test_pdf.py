"""Pages as PDF: every number in its cell, Hangul that can be read out, nothing fetched; read back by Poppler."""

import asyncio
import importlib.util
import re
import shutil
import subprocess
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from crawler.summaries import office_names, render
from pipelines.digest import Digest, make_digest, page_of, scope_for
from pipelines.digest.charts import charts_of
from pipelines.digest.model import Reader
from pipelines.digest.words import WORDS, Lang
from pipelines.pdf import to_pdf
from tests.pipelines.digest.making import SCHOOLS, STAFF
from tests.pipelines.digest.reading import expected
from tests.pipelines.digest.test_digest_forms import full_day

HAS_BOTH = importlib.util.find_spec("weasyprint") is not None and shutil.which("pdfinfo") is not None
needs_pdf = pytest.mark.skipif(not HAS_BOTH, reason="WeasyPrint or poppler-utils is not installed: see `make system`")
SUMMARIES = [(make_digest(full_day(), STAFF), "ko"), (make_digest(full_day(), scope_for(Reader.OFFICE, "B10")), "en")]


def said(pdf: bytes, folder: Path, *command: str) -> str:
    """What a program of Poppler says of a file."""
    path = folder / "summary.pdf"
    path.write_bytes(pdf)
    name, *options = command
    return subprocess.run(
        [name, *options, str(path), *(["-"] if name == "pdftotext" else [])], check=True, capture_output=True, text=True
    ).stdout


def tables_in(structure: str) -> list[list[list[str]]]:
    """Tables with a head, cell by cell, from the tree of a tagged file; one that goes on overleaf is one."""
    tables: list[list[list[str]]] = []
    inside = -1
    for line in structure.splitlines():
        indent, what = len(line) - len(line.lstrip()), line.strip()
        inside = -1 if indent <= inside else inside
        if what.startswith("Table"):
            inside = indent
            tables.append([])
        elif inside >= 0 and what == "TR":
            tables[-1].append([])
        elif inside >= 0 and (cell := re.match(r"T([HD])\b", what)):
            tables[-1][-1].append("#" if cell[1] == "H" else "")
        elif inside >= 0 and what.startswith('"') and tables[-1]:
            tables[-1][-1][-1] += "".join(what[1:-1].split())
    return _joined([table for table in tables if table and table[0][0].startswith("#")])


def alts_in(pdf: bytes) -> list[str]:
    """What its pictures say to those who hear the page read."""
    found: list[tuple[bytes, bytes]] = []
    for start in re.finditer(rb"stream\r?\n", pdf):
        with suppress(zlib.error):  # a stream that is not compressed
            found += re.findall(
                rb"/Alt (?:<([0-9a-f]+)>|\(((?:\\.|[^\\)])*)\))",
                zlib.decompressobj().decompress(pdf[start.end() :]),
            )
    wide = [bytes.fromhex(alt.decode()).decode("utf-16") for alt, _ in found if alt]
    return wide + [re.sub(r"\\(.)", r"\1", alt.decode()) for _, alt in found if alt]


def _joined(tables: list[list[list[str]]]) -> list[list[list[str]]]:
    found: list[list[list[str]]] = []
    for head, *rows in tables:
        found[-1].extend(rows) if found and found[-1][0] == head else found.append([head, *rows])
    return [[[cell.removeprefix("#") for cell in row] for row in table] for table in found]


@needs_pdf
@pytest.mark.slow
@pytest.mark.parametrize(("digest", "lang"), SUMMARIES, ids=["staff-ko", "office-en"])
def test_every_cell_can_be_read_out(digest: Digest, lang: Lang, tmp_path: Path) -> None:
    """Table by table, as it stands in every other form; sentences and what pictures say too; the same bytes again."""
    (pdf,) = render(digest, "pdf", lang).values()
    page = page_of(digest, lang, office_names(lang))
    bare = [[["".join(cell.split()) for cell in row] for row in table] for table in expected(page).values()]
    assert bare == tables_in(said(pdf, tmp_path, "pdfinfo", "-struct-text"))
    text = "".join(said(pdf, tmp_path, "pdftotext").split())
    assert [] == [sentence for sentence in page.sentences if "".join(sentence.split()) not in text]
    assert "".join(WORDS[lang]["claim"].split()) in text
    assert sorted(chart.alt for chart in charts_of(digest, lang)) == sorted(alts_in(pdf))
    assert (pdf,) == tuple(render(digest, "pdf", lang).values())


@needs_pdf
@pytest.mark.slow
def test_its_letters_are_inside_and_no_school(tmp_path: Path) -> None:
    """Every font is embedded and can be read back; it is tagged, has a title, and names no school."""
    (pdf,) = render(SUMMARIES[0][0], "pdf", "ko").values()
    _, _, *fonts = said(pdf, tmp_path, "pdffonts").splitlines()
    assert [["yes", "yes", "yes"]] * len(fonts) == [re.findall(r"yes|no\b", font[40:]) for font in fonts]
    assert {"NotoSansKR"} == {re.sub(r"^[A-Z]+\+|-Bold|-", "", font.split()[0]) for font in fonts}
    about = said(pdf, tmp_path, "pdfinfo")
    assert re.search(r"Tagged: +yes", about)
    assert re.search(r"Title: +일일 요약 2026-11-20", about)
    text = said(pdf, tmp_path, "pdftotext")
    assert "부산광역시교육청" in "".join(text.split())
    assert [] == [school.name for school in SCHOOLS.values() if school.name in "".join(text.split())]


@needs_pdf
@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        '<img src="http://127.0.0.1:{port}/x.png">',
        '<link rel="stylesheet" href="http://127.0.0.1:{port}/a.css">',
        "<style>@import url(http://127.0.0.1:{port}/a.css)</style>",
        '<img src="file:///etc/hostname">',
    ],
)
async def test_nothing_is_fetched(page: str) -> None:
    """Neither from a network nor from this machine: a page that asks for something is refused."""
    asked: list[str] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ValueError, match="a page needs nothing from elsewhere"):
            await asyncio.to_thread(to_pdf, page.format(port=port))
    assert [] == asked
