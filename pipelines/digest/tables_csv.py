"""A summary as tables for spreadsheets: a file each, in a folder or an archive."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from evidence.package.table import harmless
from pipelines.digest.page import Cell, Page

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""So that equal summaries give equal archives."""


def to_csv(page: Page) -> dict[str, bytes]:
    """Every sheet of a page by the name of its file; UTF-8 with the mark that Excel looks for, all quoted."""
    said = [page.title, page.scope, page.warning, *page.notes, *page.sentences]
    said += [note for section in page.sections for note in (*section.notes, *section.points)]
    files = {"about.csv": _file([harmless(line)] for line in said if line)}
    for section in page.sections:
        for sheet in section.sheets:
            rows = [list(map(harmless, sheet.columns)), *([_plain(cell) for cell in row] for row in sheet.rows)]
            files[f"{sheet.name}.csv"] = _file(rows)
    return files


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """Files in one archive; equal files give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _plain(cell: Cell) -> str:
    """A number without commas, so that a spreadsheet can count with it; a negative one is no formula."""
    return str(cell.value) if isinstance(cell.value, int) else harmless(cell.text)


def _file(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig", "replace")
