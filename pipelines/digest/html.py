"""A summary as HTML that mail programs show: tables, inline styles, nothing from elsewhere, at most 640 px wide."""

from base64 import b64encode
from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.digest.charts import Chart
from pipelines.digest.page import Page

LARGEST_BYTES = 200_000
"""Of a mail's HTML; more is cut by some programs."""
MANY_ROWS = 150
"""Of a sheet in HTML; the other forms have all."""

_ENVIRONMENT = Environment(
    loader=PackageLoader("pipelines.digest", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def to_html(page: Page, charts: Sequence[Chart], pictures: Mapping[str, str]) -> str:
    """Write a page as HTML.

    Args:
        page: laid out.
        charts: of the same summary and language.
        pictures: where each chart is, by its name: ``cid:…`` in a mail.
    """
    return _ENVIRONMENT.get_template("summary.html").render(
        page=page,
        charts={section: [chart for chart in charts if chart.section == section] for section in _sections(charts)},
        pictures=pictures,
        many=MANY_ROWS,
    )


def inline(charts: Sequence[Chart]) -> dict[str, str]:
    """Pictures within the file itself, for one that stands alone."""
    return {chart.name: f"data:image/png;base64,{b64encode(chart.png).decode()}" for chart in charts}


def _sections(charts: Sequence[Chart]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chart.section for chart in charts))
