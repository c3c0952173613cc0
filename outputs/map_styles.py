"""QGIS styles (QML) for the layers of plan.gpkg: graduated zones, categorised provisions, flows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence

PALE_TO_DARK = ("237,243,248", "197,217,232", "146,184,212", "88,142,184", "32,90,140")
"""Five steps of one hue, light to dark, so that the order shows in grey too."""

STATUS_STYLES = {
    "open": ("Open, as now", "circle", "120,120,120", "2.6"),
    "new": ("New", "star", "178,34,34", "5.0"),
    "grown": ("Grown", "triangle", "214,111,0", "4.2"),
    "shrunk": ("Shrunk", "diamond", "96,60,150", "4.0"),
    "closed": ("Closed", "cross2", "0,0,0", "4.0"),
}
CHANGE_STYLES = {
    "as_now": ("As now", "circle", "120,120,120", "2.6"),
    "changed": ("Opens or changes", "square", "212,53,28", "3.8"),
}
SIDE_STYLES = {
    "do_minimum": ("Committed openings only", "111,119,123", "dash"),
    "plan": ("With the plan", "29,112,184", "solid"),
}
WIDEST_LINE_MM = 4.0
_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def _options(values: dict[str, str]) -> str:
    return "".join(
        f'<Option type="QString" name={quoteattr(key)} value={quoteattr(value)}/>'
        for key, value in values.items()
    )


def _symbol(name: str, kind: str, layer: str, values: dict[str, str], width: str = "") -> str:
    """Return one symbol; ``width`` is an expression for its width, if the data set it."""
    driven = ""
    if width:
        driven = (
            '<data_defined_properties><Option type="Map">'
            '<Option type="QString" name="name" value=""/>'
            '<Option type="Map" name="properties"><Option type="Map" name="outlineWidth">'
            '<Option type="bool" name="active" value="true"/>'
            f'<Option type="QString" name="expression" value={quoteattr(width)}/>'
            '<Option type="int" name="type" value="3"/></Option></Option>'
            '<Option type="QString" name="type" value="collection"/>'
            "</Option></data_defined_properties>"
        )
    return (
        f'<symbol name={quoteattr(name)} type="{kind}" alpha="1" clip_to_extent="1" '
        f'force_rhr="0"><layer class="{layer}" enabled="1" locked="0" pass="0">'
        f'<Option type="Map">{_options(values)}</Option>{driven}</layer></symbol>'
    )


def _document(renderer: str, geometry: int) -> str:
    return (
        f'{_HEAD}<qgis version="3.22.0" styleCategories="Symbology">{renderer}'
        f"<blending>0</blending><layerGeometryType>{geometry}</layerGeometryType></qgis>\n"
    )


def graduated(attribute: str, breaks: Sequence[float]) -> str:
    """Return the style of polygons shaded by a number.

    Parameters
    ----------
    attribute
        Column of the layer.
    breaks
        Six bounds of the five classes, rising.
    """
    ranges, symbols = [], []
    pairs = zip(breaks[:-1], breaks[1:], PALE_TO_DARK, strict=True)
    for i, (low, high, colour) in enumerate(pairs):
        label = f"{low:,.1f} to {high:,.1f}"
        ranges.append(
            f'<range symbol="{i}" lower="{low:.6f}" upper="{high:.6f}" '
            f'label={quoteattr(label)} render="true"/>'
        )
        fill = {
            "color": f"{colour},255",
            "style": "solid",
            "outline_color": "110,110,110,255",
            "outline_width": "0.15",
            "outline_style": "solid",
        }
        symbols.append(_symbol(str(i), "fill", "SimpleFill", fill))
    return _document(
        f'<renderer-v2 type="graduatedSymbol" attr={quoteattr(attribute)} '
        f'graduatedMethod="GraduatedColor" symbollevels="0" forceraster="0" enableorderby="0">'
        f"<ranges>{''.join(ranges)}</ranges><symbols>{''.join(symbols)}</symbols></renderer-v2>",
        2,
    )


def categorised(attribute: str) -> str:
    """Return the style of provisions by their status."""
    return _marks(attribute, STATUS_STYLES)


def categorised_marks(attribute: str) -> str:
    """Return the style of provisions by whether the plan changes them."""
    return _marks(attribute, CHANGE_STYLES)


def _marks(attribute: str, styles: dict[str, tuple[str, str, str, str]]) -> str:
    categories, symbols = [], []
    for i, (value, (label, shape, colour, size)) in enumerate(styles.items()):
        categories.append(
            f'<category symbol="{i}" value={quoteattr(value)} label={quoteattr(label)} '
            f'type="string" render="true"/>'
        )
        marker = {
            "name": shape,
            "color": f"{colour},255",
            "size": size,
            "outline_color": "255,255,255,255",
            "outline_width": "0.2",
        }
        symbols.append(_symbol(str(i), "marker", "SimpleMarker", marker))
    return _document(
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(attribute)} symbollevels="0" '
        f'forceraster="0" enableorderby="0"><categories>{"".join(categories)}</categories>'
        f"<symbols>{''.join(symbols)}</symbols></renderer-v2>",
        0,
    )


def width_by(attribute: str, most: float) -> str:
    """Return the style of lines whose width grows with a number.

    Parameters
    ----------
    attribute
        Column of the layer.
    most
        Its greatest value, which gets the widest line.
    """
    expression = f'scale_linear("{attribute}", 0, {max(most, 1e-6):.6f}, 0.1, {WIDEST_LINE_MM})'
    line = {"line_color": "32,90,140,110", "line_width": "0.4", "capstyle": "round"}
    symbol = _symbol("0", "line", "SimpleLine", line, expression)
    return _document(
        '<renderer-v2 type="singleSymbol" symbollevels="0" forceraster="0" enableorderby="0">'
        f"<symbols>{symbol}</symbols></renderer-v2>",
        1,
    )


def categorised_lines(attribute: str) -> str:
    """Return the style of routes by side: the do-minimum dashed and grey, the plan solid blue."""
    categories, symbols = [], []
    for i, (value, (label, colour, dash)) in enumerate(SIDE_STYLES.items()):
        categories.append(
            f'<category symbol="{i}" value={quoteattr(value)} label={quoteattr(label)} '
            f'type="string" render="true"/>'
        )
        line = {
            "line_color": f"{colour},160",
            "line_width": "0.5",
            "line_style": dash,
            "capstyle": "round",
        }
        symbols.append(_symbol(str(i), "line", "SimpleLine", line))
    return _document(
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(attribute)} symbollevels="0" '
        f'forceraster="0" enableorderby="0"><categories>{"".join(categories)}</categories>'
        f"<symbols>{''.join(symbols)}</symbols></renderer-v2>",
        1,
    )


def outlined() -> str:
    """Return the style of zones as a pale ground with thin edges."""
    fill = {
        "color": "243,242,241,255",
        "style": "solid",
        "outline_color": "177,180,182,255",
        "outline_width": "0.15",
        "outline_style": "solid",
    }
    symbol = _symbol("0", "fill", "SimpleFill", fill)
    return _document(
        '<renderer-v2 type="singleSymbol" symbollevels="0" forceraster="0" enableorderby="0">'
        f"<symbols>{symbol}</symbols></renderer-v2>",
        2,
    )
