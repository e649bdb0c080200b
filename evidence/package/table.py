"""``items.csv``: a convenience copy for spreadsheets. It proves nothing, and says so in its first line."""

import csv
import io
import unicodedata
from collections.abc import Sequence

from evidence.canonical import Json
from evidence.package.items import view_json
from evidence.package.views import View
from evidence.shown import shown

MARKING = "NON-EVIDENTIAL convenience copy / 증거가 아닌 참고용 사본"
_FORMULA = ("=", "+", "-", "@")


def table(seen: Sequence[View]) -> bytes:
    """All items, a line each; UTF-8 with the mark that Excel looks for."""
    rows = [{name: value for name, value in view_json(one).items() if name != "status"} for one in seen]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([MARKING])
    writer.writerow(columns)
    writer.writerows([[harmless(_cell(row.get(name))) for name in columns] for row in rows])
    return text.getvalue().encode("utf-8-sig", "replace")


def harmless(cell: str) -> str:
    """Text that no spreadsheet takes for a formula: full-width signs, blanks and control characters before one count.

    A cell that would be one is begun with an apostrophe.
    """
    clean = shown(cell)
    bare = unicodedata.normalize("NFKC", clean).lstrip()
    is_formula = bare.startswith(_FORMULA) or cell[:1] in ("\t", "\r", "\n", "\0")
    return f"'{clean}" if is_formula else clean


def _cell(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(_cell(one) for one in value)
    if isinstance(value, dict):
        return f"{value['kind']} {value['start']}-{value['end']}"
    return "" if value is None else str(value)
