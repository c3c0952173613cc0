"""Words of the forecast's page: what is measured, broken down, and how numbers are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inputs.demand.axes import AGES
from inputs.official.sen2_labels import PLACEMENT_LABELS, Placement
from outputs import words
from outputs.adding import suppressed
from outputs.forecast_groups import BEYOND_SCHOOL, PLACES, PLANS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

MEASURES = {PLANS: "Children with plans", PLACES: "Children in specialist places"}
BREAKDOWNS = {
    "need": "primary need",
    "phase": "phase",
    "age_group": "age group",
    "placement": "placement",
    "locality": "locality of the home",
}


KINDS = {"new": "New", "transfer": "Change of phase", "waiting": "Waiting now"}
"""Kinds of entrants, in order."""


SHORT_DRIVERS = {
    "working_through": "Plans now, grown up",
    "specialist_share": "Share in specialist places",
    "people": "Number of people",
    "start_rate": "Rate of new plans",
    "waiting": "Children waiting now",
    "together": "What these do together",
}
"""Steps of the waterfall, for the side of a chart."""


def placement_label(key: object) -> str:
    """Return a placement in words.

    >>> placement_label("unit"), placement_label("all")
    ('SEN units', 'All')
    """
    text = str(key)
    return PLACEMENT_LABELS[Placement(text)] if text in set(Placement) else words.words(text)


def phase_label(key: object) -> str:
    """Return a phase in words.

    >>> phase_label("post16"), phase_label("beyond_year_14")
    ('Post-16', 'Past year 14')
    """
    return "Past year 14" if key == BEYOND_SCHOOL else words.phase_label(key)


SHORT = {
    "SLCN": "Speech and language (SLCN)",
    "PMLD": "Profound and multiple (PMLD)",
    "special_academy": "Special academies, free schools",
    "non_maintained": "Non-maintained special",
    "specialist_post16": "Specialist post-16",
}
"""Labels that are too long for the head of a small chart."""

LABELS: Mapping[str, Callable[[object], str]] = {
    "need": words.need_label,
    "phase": phase_label,
    "age_group": words.words,
    "placement": placement_label,
    "locality": words.words,
}


def january(year: object) -> str:
    """Return the January whose count falls in an academic year.

    >>> january(2024)
    'January 2025'
    """
    return f"January {int(float(str(year))) + 1}"


def whole(value: object) -> str:
    """Return children as a whole number; fewer than one are told to one decimal.

    >>> whole(6873.4), whole(0.26), whole("c"), whole(0)
    ('6,873', '0.3', 'c', '0')
    """
    size = words.number(value)
    if size is None:
        return words.places(value)
    return words.children(size) if 0.05 <= abs(size) < 0.95 else words.places(round(size))


def about(value: object) -> str:
    """Return an expected number with as many digits as it deserves.

    >>> about(6873.4), about(612.2), about(48.1)
    ('6,870', '610', '48')
    """
    size = words.number(value)
    if size is None:
        return words.places(value)
    step = 10 if abs(size) >= 1000 else 5 if abs(size) >= 200 else 1
    return whole(round(size / step) * step)


def between(row: Mapping[str, object] | pd.Series) -> str:
    """Return the band of eight of ten draws.

    >>> between({"p10": 610.2, "p90": 702.6})
    '610 to 703'
    """
    return f"{whole(row['p10'])} to {whole(row['p90'])}"


def change(value: object) -> str:
    """Return a change with its sign, in whole children.

    >>> change(12.3), change(-7.6) == words.MINUS + "8", change(-0.2)
    ('+12', True, '0')
    """
    size = words.number(value)
    if size is None:
        return str(value)
    text = words.places(round(size))
    return f"+{text}" if round(size) > 0 else text


def keys_of(rows: pd.DataFrame, by: str) -> list[str]:
    """Return the keys of a breakdown: in their own order, but what has none the largest first.

    Parameters
    ----------
    rows
        Rows of ``plans`` broken down by one key: see `outputs.forecast_groups.groups`.
    by
        The key.
    """
    if by not in {"need", "placement", "locality"}:
        return [str(key) for key in dict.fromkeys(rows[by])]
    last = rows[rows["year"] == rows["year"].max()]
    sizes = last.set_index(by)["mean"].map(words.number).fillna(0.0)
    order = sizes.sort_values(ascending=False, kind="stable")
    return [str(key) for key in order.index]


def held(frame: pd.DataFrame) -> bool:
    """Return whether any number of a table is held back."""
    return any(
        suppressed(frame[name]).any() for name in frame if name in {"mean", "p10", "counted"}
    )


def age_labels(ages: Iterable[int]) -> list[str]:
    """Return ages along an axis; the ends are open.

    >>> age_labels([2, 3, 25])
    ['≤2', '3', '25+']
    """
    names = {AGES[0]: f"\N{LESS-THAN OR EQUAL TO}{AGES[0]}", AGES[-1]: f"{AGES[-1]}+"}
    return [names.get(int(age), str(age)) for age in ages]


def shortened(text: str, most: int = 30) -> str:
    """Return a name short enough for the side of a chart.

    >>> shortened("Fewer requests for assessment agreed", 20)
    'Fewer requests for…'
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1].rsplit(" ", 1)[0]
    return f"{cut}\N{HORIZONTAL ELLIPSIS}"
