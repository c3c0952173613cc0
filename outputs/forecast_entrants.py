"""Who newly needs a specialist place: a fan by year, and tables by kind, need and phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from inputs.vocabulary import Phase
from outputs import forecast_words as said
from outputs import words
from outputs.adding import add_up, numeric
from outputs.figures import AFTER, GREY, INK, Picture, canvas, inline_svg
from outputs.page_table import Column, Table, table_of
from outputs.tables import ALL

if TYPE_CHECKING:
    from outputs.forecast_report import ForecastReport


def entrants_fan(report: ForecastReport) -> Picture | None:
    """Return entrants by year and kind with the band of the whole; None where it is held back."""
    frame = report.tables["entrants_by_group"]
    every = frame[(frame["need"] == ALL) & (frame["phase"] == ALL)]
    whole = every[every["kind"] == ALL].sort_values("year").reset_index(drop=True)
    if said.held(every) or whole.empty:
        return None
    key, title = "chart-entrants", "Children who newly need a specialist place"
    first, last = whole.iloc[0], whole.iloc[-1]
    description = (
        "One bar an academic year, by kind: new plans and moves at the foot, changes of phase "
        "hatched, children waiting now on top in the first year. The whisker holds eight of ten "
        f"draws of the whole. {words.year_label(first['year'])}: {said.whole(first['mean'])} "
        f"({said.between(first)}); {words.year_label(last['year'])}: {said.whole(last['mean'])} "
        f"({said.between(last)})."
    )
    kinds = [kind for kind in said.KINDS if (every["kind"] == kind).any()]
    styles: dict[str, dict[str, Any]] = {
        "new": {"facecolor": AFTER, "edgecolor": AFTER},
        "transfer": {"facecolor": "#ffffff", "edgecolor": AFTER, "hatch": "////"},
        "waiting": {"facecolor": GREY, "edgecolor": GREY},
    }
    with canvas(key, 9, 3.0) as figure:
        axes = figure.subplots()
        at = np.arange(len(whole))
        foot = np.zeros(len(whole))
        for kind in kinds:
            some = every[every["kind"] == kind].set_index("year")["mean"]
            sizes = numeric(some.reindex(whole["year"]).fillna(0.0)).to_numpy()
            axes.bar(at, sizes, bottom=foot, width=0.6, linewidth=0.6, **styles[kind])
            foot = foot + sizes
        mean, low, high = (numeric(whole[name]).to_numpy() for name in ("mean", "p10", "p90"))
        below, above = np.maximum(mean - low, 0), np.maximum(high - mean, 0)
        axes.errorbar(
            at, mean, yerr=[below, above], fmt="none", ecolor=INK, elinewidth=1.5, capsize=5
        )
        for x, size, top in zip(at, mean, high, strict=True):
            axes.annotate(
                said.whole(size),
                (x, max(top, size)),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                va="bottom",
                size=8.5,
                weight="bold",
            )
        axes.set_ylim(0, max(high.max(), mean.max(), 1.0) * 1.15)
        axes.set_ylabel("Children", fontsize=9)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.set_xticks(at, [words.year_label(year) for year in whole["year"]])
        axes.tick_params(axis="x", length=0)
        handles = [
            Patch(fc=styles[kind]["facecolor"], ec=styles[kind]["edgecolor"],
                  hatch=styles[kind].get("hatch"), label=said.KINDS[kind])
            for kind in kinds
        ]  # fmt: skip
        figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=8.5)
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, entrants_table(report))


def entrants_table(report: ForecastReport) -> Table:
    """Return who newly needs a specialist place, year by year and by kind."""
    frame = report.tables["entrants_by_group"]
    every = frame[(frame["need"] == ALL) & (frame["phase"] == ALL)]
    rows = []
    for year, some in every.groupby("year"):
        at = some.set_index("kind")
        row: dict[str, object] = {"year": year}
        row |= {f"kind_{kind}": at["mean"].get(kind, 0.0) for kind in said.KINDS}
        rows.append(row | {name: at.loc[ALL, name] for name in ("mean", "p10", "p90")})
    return table_of(
        "table-entrants",
        "Children who newly need a specialist place, by academic year",
        pd.DataFrame(rows),
        [
            Column("year", "Academic year", words.year_label),
            *(
                Column(f"kind_{kind}", label, said.whole, True, "Expected")
                for kind, label in said.KINDS.items()
                if (every["kind"] == kind).any()
            ),
            Column("mean", "All", said.whole, True, "Expected"),
            Column("p10", "From", said.whole, True, "All, 8 draws in 10"),
            Column("p90", "To", said.whole, True, "All, 8 draws in 10"),
        ],
        note="A change of phase is a child who is in a specialist place and starts the next phase "
        "in one: a place is needed there, and one is free in the phase before.",
    )


def entrants_matrix(report: ForecastReport) -> Table | None:
    """Return who newly needs a specialist place over all years, by need and phase."""
    frame = report.tables["entrants_by_group"]
    cells = frame[(frame["need"] != ALL) & (frame["phase"] != ALL)]
    if cells.empty:
        return None
    phases = [str(phase) for phase in Phase if (cells["phase"] == phase).any()]
    sums = add_up(cells, ["need", "phase"], ["mean"]).set_index(["need", "phase"])["mean"]
    whole = add_up(cells, ["need"], ["mean"]).set_index("need")["mean"]
    order = numeric(whole).sort_values(ascending=False, kind="stable").index
    rows = [
        {"need": need, **{phase: sums.get((need, phase), 0.0) for phase in phases}}
        | {"all": whole[need]}
        for need in order
    ]
    first, last = (words.year_label(year) for year in (report.years[0], report.years[-1]))
    return table_of(
        "table-entrants-matrix",
        f"Children who newly need a specialist place, {first} to {last} together",
        pd.DataFrame(rows),
        [
            Column("need", "Primary need", words.need_label),
            *(Column(phase, words.phase_label(phase), said.whole, True) for phase in phases),
            Column("all", "All", said.whole, numeric=True),
        ],
        shaded=phases,
    )
