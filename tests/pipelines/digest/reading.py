"""Reads the tables of a summary back out of its forms."""

import re
from html.parser import HTMLParser

from pipelines.digest.page import Page

Sheets = dict[str, list[list[str]]]


def expected(page: Page) -> Sheets:
    """Every sheet of a page, cell by cell."""
    return {
        sheet.name: [list(sheet.columns), *([cell.text for cell in row] for row in sheet.rows)]
        for section in page.sections
        for sheet in section.sheets
    }


class Tables(HTMLParser):
    """Reads the tables of an HTML file that bear a name."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: Sheets = {}
        self.alts: list[str] = []
        self._rows: list[list[str]] | None = None
        self._cell: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        given = dict(attrs)
        if tag == "table" and "data-sheet" in given:
            self._rows = self.sheets.setdefault(str(given["data-sheet"]), [])
        if tag == "img":
            self.alts.append(str(given["alt"]))
        if self._rows is not None and tag == "tr":
            self._rows.append([])
        if tag in ("td", "th"):
            self._cell = ""

    def handle_data(self, data: str) -> None:
        """Add to the cell."""
        if self._cell is not None:
            self._cell += data

    def handle_endtag(self, tag: str) -> None:
        """End a cell or a table."""
        if tag in ("td", "th") and self._rows is not None and self._cell is not None:
            self._rows[-1].append(self._cell)
            self._cell = None
        if tag == "table":
            self._rows = None


def in_markdown(text: str) -> list[list[list[str]]]:
    """Tables of a Markdown text, in order."""
    tables: list[list[list[str]]] = []
    was_row = False
    for line in text.splitlines():
        is_row = line.startswith("|")
        if is_row and not was_row:
            tables.append([])
        if is_row and not line.startswith("| ---"):
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            tables[-1].append([_unescaped(cell.strip()) for cell in cells])
        was_row = is_row
    return tables


def _unescaped(cell: str) -> str:
    plain = re.sub(r"\\(.)", r"\1", cell)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
