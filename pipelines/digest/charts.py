"""Charts of a summary as PNG: drawn in grey first, with the numbers beside the bars and in the text beside the picture.

The numbers are those of the sheets; what is withheld there has no bar here.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.digest.lines import Figure
from pipelines.digest.model import Digest
from pipelines.digest.words import WORDS, Lang, told

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

WIDTH_IN, ROW_IN, DPI = 6.0, 0.34, 144
INK, QUIET, FILL, SOFT = "#1f2933", "#616e7c", "#3e5c76", "#c9d3de"
HATCH = "////"
PLAIN = {"Software": "Haechi"}
"""Nothing in a picture tells when or where it was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture with what it says in words."""

    name: str
    section: str
    """Under which heading it stands."""
    title: str
    alt: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of a chart."""

    label: str
    figure: Figure
    is_marked: bool = False
    """Whether it stands out: hatched, so that it does in grey too."""


def charts_of(digest: Digest, lang: Lang) -> tuple[Chart, ...]:
    """The charts of a summary; none of a day without figures."""
    if not digest.has_data:
        return ()
    words = WORDS[lang]
    trend = next(line for line in digest.trend if line.measure == "posts_naming_schools")
    days = [Bar(label=day[5:], figure=figure) for day, figure in trend.days.items()]
    days.append(Bar(label=f"{digest.day[5:]} ●", figure=trend.today, is_marked=True))
    hours = [Bar(label=words["watched"], figure=digest.watch.hours_watched)]
    hours += [Bar(label=words[f"cause_{gap.cause}"], figure=gap.hours, is_marked=True) for gap in digest.gaps]
    levels = [Bar(label=words[key], figure=figure) for key, figure in digest.posts_by_level.items()]
    drawn = [("trend", "trend", "chart_trend", days), ("gaps", "gaps", "chart_gaps", hours)]
    drawn += [("levels", "posts", "chart_levels", levels)] if levels else []
    return tuple(_chart(name, section, words[title], bars, words) for name, section, title, bars in drawn)


def _chart(name: str, section: str, title: str, bars: Sequence[Bar], words: Mapping[str, str]) -> Chart:
    numbers = ", ".join(f"{bar.label.removesuffix(' ●')} {told(bar.figure, words)}" for bar in bars)
    return Chart(
        name=name,
        section=section,
        title=title,
        alt=words["alt"].format(title=title, numbers=numbers),
        png=_draw(title, bars, words),
    )


def _draw(title: str, bars: Sequence[Bar], words: Mapping[str, str]) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # takes a second: only where something is drawn
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(WIDTH_IN, 0.62 + ROW_IN * len(bars)), dpi=DPI, facecolor="white")
    FigureCanvasAgg(drawing)
    axes = drawing.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    _rows(axes, title, bars, words)
    out = io.BytesIO()
    drawing.savefig(out, format="png", dpi=DPI, metadata=PLAIN)
    return out.getvalue()


def _rows(axes: "Axes", title: str, bars: Sequence[Bar], words: Mapping[str, str]) -> None:
    """Label on the left, bar, number behind it; one scale for all of them."""
    height = 0.62 + ROW_IN * len(bars)
    axes.set_xlim(0, WIDTH_IN)
    axes.set_ylim(height, 0)
    axes.text(0.02, 0.26, title, fontproperties=_font(11), color=INK, va="center")
    largest = max((bar.figure for bar in bars if isinstance(bar.figure, int)), default=0) or 1
    left, most = 2.05, WIDTH_IN - 2.95
    for place, bar in enumerate(bars):
        middle = 0.66 + ROW_IN * place
        length = most * bar.figure / largest if isinstance(bar.figure, int) else 0.0
        axes.text(left - 0.12, middle, bar.label, fontproperties=_font(9), color=INK, ha="right", va="center")
        axes.plot([left, left], [middle - 0.17, middle + 0.17], color=SOFT, linewidth=0.8)
        axes.barh(
            middle,
            length,
            height=0.2,
            left=left,
            facecolor=SOFT if bar.is_marked else FILL,
            edgecolor=FILL,
            hatch=HATCH if bar.is_marked else None,
            linewidth=0.8 if length else 0.0,
        )
        colour = INK if isinstance(bar.figure, int) else QUIET
        axes.text(
            left + length + 0.08, middle, told(bar.figure, words), fontproperties=_font(9), color=colour, va="center"
        )


@lru_cache(maxsize=4)
def _font(size: int) -> "FontProperties":
    """Of the package, so that Hangul looks the same everywhere."""
    import pylopdf_fonts_ko
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(pylopdf_fonts_ko.sans_path()), size=size)
