"""A page of HTML as PDF: on A4, tagged for those who hear it read, its Korean font inside, nothing from elsewhere."""

import logging
from functools import cache
from pathlib import Path
from typing import Any

FONT = "haechi:font"
"""Address of the font in our own style sheet; nothing else answers to it."""
STYLE = f"""
@font-face {{ font-family: "Noto Sans KR"; src: url({FONT}) }}
@page {{ size: A4; margin: 14mm 12mm; @bottom-right {{ content: counter(page) " / " counter(pages);
         font-family: "Noto Sans KR"; font-size: 9px; color: #7b8794 }} }}
body {{ font-family: "Noto Sans KR", sans-serif }}
body, body > table {{ background: #ffffff !important }}
table {{ text-align: left }}
h2, h3 {{ break-after: avoid }}
table[data-sheet] tr, img {{ break-inside: avoid }}
"""


def to_pdf(html: str) -> bytes:
    """Write HTML, pictures inside, as PDF; equal HTML gives equal bytes.

    Raises:
        ImportError: WeasyPrint is not installed.
        OSError: Pango, which draws its letters, is not on this machine.
        ValueError: the HTML asks for something that is not in it.
    """
    from weasyprint import CSS, HTML  # takes half a second: only where a PDF is made
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of each property of mails that paper has not
    fetcher, fonts = _fetcher_type()(), FontConfiguration()
    style = CSS(string=STYLE, font_config=fonts, url_fetcher=fetcher)
    try:
        made: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[style],
            font_config=fonts,
            presentational_hints=True,
            pdf_variant="pdf/ua-1",
            pdf_identifier=b"haechi",
        )
    except FatalURLFetchingError as problem:
        raise ValueError(f"a page needs nothing from elsewhere: {problem}") from None
    return made


@cache
def _fetcher_type() -> type[Any]:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyWhatIsInside(URLFetcher):  # type: ignore[misc]  # it has no types
        """Gives what stands in the file itself, and our font; any other address ends the rendering."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), fail_on_errors=True)

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            """Answer without a network."""
            if url == FONT:
                return URLFetcherResponse(url, _font(), {"Content-Type": "font/otf"})
            return super().fetch(url, headers)

    return OnlyWhatIsInside


@cache
def _font() -> bytes:
    """Of the package, so that Hangul looks the same everywhere."""
    import pylopdf_fonts_ko

    return Path(pylopdf_fonts_ko.sans_path()).read_bytes()
