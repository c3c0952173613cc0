"""The pictures and tables on the page of ``sendplaces reasons``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from outputs import words
from outputs.finding_charts import Interval as Bar
from outputs.finding_charts import interval_chart
from outputs.findings import Section
from outputs.page_table import Column, table_of
from outputs.reasons_words import NO_DIFFERENCE, interval, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optimiser.openings_held import Interval
    from optimiser.reason import Reason
    from outputs.figures import Picture


def interval_picture(
    key: str, title: str, some: Sequence[Reason], names: Mapping[str, str]
) -> Picture | None:
    """Return what options cost to leave out or force in, one bar each; None where nothing is known.

    Parameters
    ----------
    key, title
        Of the picture and of its table.
    some
        The options.
    names
        Option to its name for people.
    """
    costs = {one.option: one.asked.cost for one in some if one.asked is not None}
    # where no plan keeps the rules there is no cost to draw: the words say so
    costs = {option: cost for option, cost in costs.items() if math.isfinite(cost.low)}
    if not costs:
        return None
    ordered = sorted(costs, key=lambda option: -costs[option].low)
    frame = pd.DataFrame(
        [
            {
                "name": names[option],
                "low_gbp": costs[option].low,
                "high_gbp": costs[option].high,
                "verdict": _verdict(costs[option]),
            }
            for option in ordered
        ]
    )
    table = table_of(
        f"table-{key}",
        f"{title}, £ of present value",
        frame,
        [
            Column("name", "Option", str),
            Column("low_gbp", "At least", words.pounds, numeric=True),
            Column("high_gbp", "At most", words.pounds, numeric=True),
            Column("verdict", "", str),
        ],
    )
    bars = [
        Bar(_short(names[option]), costs[option].low, costs[option].high, None,
            verdict(costs[option]))
        for option in ordered
    ]  # fmt: skip
    described = (
        f"One bar an option, from the least to the most that it can cost. Largest: "
        f"{names[ordered[0]]}, {interval(costs[ordered[0]])}. Hatched bars begin at nought: "
        f"{NO_DIFFERENCE}."
    )
    return interval_chart(
        f"chart-{key}", title, described, bars, axis="Worse by, £ of present value", table=table
    )


def more_places_section(table: pd.DataFrame, names: Mapping[str, str]) -> Section:
    """Return the section of each count of more places that was asked.

    Parameters
    ----------
    table
        As :func:`outputs.reasons_tables.more_places_table` has it.
    names
        Option to its name for people.
    """
    frame = table[table["places_more"].notna()]
    frame = frame.assign(name=frame["option"].map(names))
    shown = table_of(
        "table-more-places",
        "Beside the best plan without the option, £ of present value: below nought it wins",
        frame,
        [
            Column("name", "Option", str),
            Column("places_now", "Places now", words.places, numeric=True),
            Column("places_more", "More places", words.places, numeric=True),
            Column("low_gbp", "Worse by at least", words.pounds, numeric=True),
            Column("high_gbp", "At most", words.pounds, numeric=True),
            Column("verdict", "", str),
        ],
    )
    return Section("With more places for the same money", tables=(shown,))


def _verdict(cost: Interval) -> str:
    return "worse" if cost.material else verdict(cost)


def _short(name: str) -> str:
    return name if len(name) <= 42 else f"{name[:40].rstrip(' :,')} …"
