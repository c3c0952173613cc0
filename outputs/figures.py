"""Pictures for the page: matplotlib to an inline SVG that a screen reader can announce.

The same numbers draw the same bytes: no date, no random ids. Every id carries the picture's key,
so that several pictures can share a page.
"""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outputs.page_table import Table

INK, GREY, PALE, LINE = "#0b0c0c", "#505a5f", "#f3f2f1", "#b1b4b6"
BEFORE, AFTER, OPENED = "#6f777b", "#1d70b8", "#d4351c"
"""Do-minimum, plan, and what opens: told apart by shape, dash and label too."""

FONT = "Arial, Helvetica, sans-serif"

_LAYOUT_FONT = "DejaVu Sans"
"""Ships with matplotlib and is wider than Arial, so that what fits here fits on the page."""

_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be searched, copied and enlarged
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "font.family": _LAYOUT_FONT,
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "path.simplify": True,
}


@dataclass(frozen=True)
class Picture:
    """A drawing and the table of the same numbers.

    Parameters
    ----------
    key
        Its id in the page.
    title, description
        What it is, and what it shows in a sentence or two: read out in place of the drawing, and
        printed under it.
    svg
        The drawing, ready to stand in a page.
    table
        The same numbers.
    more
        Longer tables of them.
    """

    key: str
    title: str
    description: str
    svg: str
    table: Table
    more: tuple[Table, ...] = ()


@contextmanager
def canvas(key: str, width: float, height: float) -> Iterator[Figure]:
    """Give an empty figure, in inches, drawn in the house style.

    Parameters
    ----------
    key
        Salt of its ids.
    width, height
        Size in inches; the page scales it.
    """
    style: dict[Any, Any] = {**_STYLE, "svg.hashsalt": key}
    with mpl.rc_context(style):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure


def inline_svg(figure: Figure, key: str, title: str, description: str) -> str:
    """Return a figure as an SVG element that stands in a page.

    Parameters
    ----------
    figure
        Drawn inside `canvas`.
    key
        Put before every id.
    title, description
        Announced by a screen reader.
    """
    held = io.StringIO()
    blank = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(held, format="svg", metadata=blank)
    return _for_page(held.getvalue(), key, title, description)


def _for_page(raw: str, key: str, title: str, description: str) -> str:
    body = raw[raw.index("<svg") :]
    box = re.search(r'viewBox="([^"]+)"', body)
    if box is None:
        raise ValueError("matplotlib wrote an SVG without a viewBox")
    body = body[body.index(">") + 1 : body.rindex("</svg>")]
    # its style sheet would reach the whole page: the two rules go on the element instead
    body = re.sub(
        r"<style.*?</style>|<metadata.*?</metadata>|<!--.*?-->", "", body, flags=re.DOTALL
    )
    body = re.sub(r"<defs>\s*</defs>", "", body).replace("xlink:href", "href")
    body = body.replace(f"'{_LAYOUT_FONT}'", FONT)
    used = set(re.findall(r'href="#([^"]+)"', body)) | set(re.findall(r"url\(#([^)]+)\)", body))
    body = re.sub(
        r' id="([^"]+)"',
        lambda found: f' id="{key}-{found[1]}"' if found[1] in used else "",
        body,
    )
    body = re.sub(r'href="#', f'href="#{key}-', body)
    body = re.sub(r"url\(#", f"url(#{key}-", body)
    body = re.sub(r' d="[^"]*"', lambda path: _short(path[0]), body)
    body = re.sub(r"\n\s*", "\n", body).strip()
    return (
        f'<svg viewBox="{box[1]}" role="img" aria-labelledby="{key}-title {key}-desc" '
        f'stroke-linejoin="round" stroke-linecap="butt">\n'
        f'<title id="{key}-title">{escape(title)}</title>\n'
        f'<desc id="{key}-desc">{escape(description)}</desc>\n{body}\n</svg>'
    )


def _short(path: str) -> str:
    """Return a path with coordinates to a tenth of a point, on one line."""
    path = re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), path)
    return re.sub(r"\s*\n\s*", "", path).replace(' "', '"')
