"""A summary as Markdown and as plain text."""

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from evidence.shown import shown_in_markdown
from pipelines.digest.page import Page, Section, Sheet


def to_markdown(page: Page) -> str:
    """Write a page as Markdown; words of strangers cannot make a link, a cell or an element."""
    lines = [f"# {page.title}", "", page.scope, ""]
    lines += [f"**{page.warning}**", ""] if page.warning else []
    lines += [*page.notes, ""]
    lines += [f"{place}. {shown_in_markdown(said)}" for place, said in enumerate(page.sentences, start=1)]
    for section in page.sections:
        lines += _section(section)
    return "\n".join([*lines, ""])


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {section.title}")
    for note in section.notes:
        yield from ("", shown_in_markdown(note))
    if section.points:
        yield ""
    yield from (f"- {shown_in_markdown(point)}" for point in section.points)
    for sheet in section.sheets:
        yield from ("", *([f"### {sheet.title}", ""] if len(section.sheets) > 1 else []))
        yield _row(sheet.columns)
        yield _row(["---" for _ in sheet.columns])
        yield from (_row([cell.text for cell in row]) for row in sheet.rows)
    if section.verbatim:
        yield from ("", "```", section.verbatim, "```")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(shown_in_markdown, cells)) + " |"


def to_text(page: Page) -> str:
    """Write a page as plain text, its sheets in columns."""
    lines = [page.title, "=" * _width(page.title), page.scope, ""]
    lines += [f"!! {page.warning}", ""] if page.warning else []
    lines += [*page.notes, ""]
    lines += [f"{place}. {said}" for place, said in enumerate(page.sentences, start=1)]
    for section in page.sections:
        lines += ["", section.title, "-" * _width(section.title), *section.notes]
        lines += [f"* {point}" for point in section.points]
        for sheet in section.sheets:
            lines += ["", *([f"[{sheet.title}]"] if len(section.sheets) > 1 else []), *_columns(sheet)]
        lines += ["", section.verbatim] if section.verbatim else []
    return "\n".join([*lines, ""])


def _columns(sheet: Sheet) -> Iterator[str]:
    rows = [sheet.columns, *([cell.text for cell in row] for row in sheet.rows)]
    widths = [max(_width(row[place]) for row in rows) for place in range(len(sheet.columns))]
    for row in rows:
        first, *rest = (
            _padded(text, width, left=place == 0) for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *rest]).rstrip()


def _padded(text: str, width: int, *, left: bool) -> str:
    blanks = " " * (width - _width(text))
    return text + blanks if left else blanks + text


def _width(text: str) -> int:
    """Hangul takes two columns."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
