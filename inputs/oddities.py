"""What is odd in a case, but not wrong: warnings that stand in the report.

Real authorities have all of these: schools over their physical places, children whose need
nothing in reach teaches, a year group that crosses a phase.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.columns import NUMBERS, WHOLES, columns
from inputs.draft import Draft, rows_of
from inputs.schemas import TABLES
from inputs.vocabulary import NEED_LABELS, PHASE_LABELS, PHASE_YEARS, Need, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inputs.errors import Fault

TOLERANCE = 1e-6


def ramp_rises(draft: Draft) -> Iterator[Fault]:
    """Warn where the places of an option fall in number, or never all open."""
    for row, ramp in rows_of(draft.frames["options"], "ramp"):
        if not ramp:
            continue
        where: dict[str, Any] = {"row": row, "column": "ramp"}
        where["value"] = "; ".join(f"{share:g}" for share in ramp)
        if any(later < earlier for earlier, later in pairwise(ramp)):
            yield draft.warning("options", "falls from one year to the next", **where)
        elif ramp[-1] < 1:
            yield draft.warning("options", "never reaches 1: some places never open", **where)


def year_groups_fit(draft: Draft) -> Iterator[Fault]:
    """Warn where a national curriculum year is not of the phase beside it (some cross over)."""
    for table in ("placed", "entrants", "stay"):
        frame = draft.frames[table]
        known = frame[["phase", "nc_year"]].dropna()
        low = known["phase"].map({phase.value: years[0] for phase, years in PHASE_YEARS.items()})
        high = known["phase"].map({phase.value: years[1] for phase, years in PHASE_YEARS.items()})
        years = known["nc_year"].astype("int64")
        odd = known[(years < low) | (years > high)]
        for (phase, year), rows in odd.groupby(["phase", "nc_year"], sort=True):
            first, last = PHASE_YEARS[Phase(str(phase))]
            more = f" ({len(rows):,} rows)" if len(rows) > 1 else ""
            yield draft.warning(
                table,
                f"is not a year of {phase}, which runs from {first} to {last}{more}",
                "Check the phase or the year",
                row=int(rows.index[0]),
                column="nc_year",
                value=str(year),
            )


def every_year_has_entrants(draft: Draft) -> Iterator[Fault]:
    """Warn of a year of the case without entrants."""
    frame = draft.frames["entrants"]
    if draft.facts is None or not draft.whole("entrants") or frame.empty:
        return
    mean = frame[frame["draw"].isna()]
    first = draft.facts.base_year
    for year in range(first, first + draft.facts.horizon_years):
        if not (mean["year"] == year).any():
            yield draft.warning("entrants", f"no row is for {year}: nobody newly needs a place",
                                column="year")  # fmt: skip


def demand_is_taught(draft: Draft) -> Iterator[Fault]:
    """Warn of entrants whose need and phase is taught nowhere, and could not be."""
    if not draft.whole("entrants", "teaches", "option_teaches"):
        return
    cells = ["need", "phase"]
    taught = {
        pair
        for table in ("teaches", "option_teaches")
        for pair in draft.frames[table][cells].itertuples(index=False, name=None)
    }
    frame = draft.frames["entrants"]
    mean = frame[frame["draw"].isna() & (frame["children"] > 0)]
    for (need, phase), rows in mean.groupby(cells, sort=True):
        if (need, phase) not in taught:
            yield draft.warning(
                "entrants",
                f"nothing teaches {NEED_LABELS[Need(str(need))]}, "
                f"{PHASE_LABELS[Phase(str(phase))].lower()}: "
                f"{rows['children'].sum():,.1f} children can have no place",
                f"Add who could to {draft.labels['teaches']} or {draft.labels['option_teaches']}",
                row=int(rows.index[0]),
                column="need",
            )


def rolls_fit_the_building(draft: Draft) -> Iterator[Fault]:
    """Warn of a provision with more children than its building holds (many have)."""
    provisions, placed = draft.frames["provisions"], draft.frames["placed"]
    rolls = placed.groupby("provision")["children"].sum()
    for row, key, name, places, physical in rows_of(
        provisions, "provision", "name", "places", "physical_places"
    ):
        roll = float(rolls.get(key, 0.0))
        held = places if np.isnan(physical) else physical
        if roll > held + TOLERANCE:
            yield draft.warning(
                "provisions",
                f"{name or key} has {roll:g} children placed and {held:g} physical places",
                "They keep their places; check the figures",
                row=row,
                column="physical_places",
            )


def results_have_localities(draft: Draft) -> Iterator[Fault]:
    """Warn of zones without a locality, because results are published by locality."""
    zones = draft.frames["zones"]
    without = zones[zones["locality"].isna()]
    if len(without) and draft.whole("zones"):
        yield draft.warning(
            "zones",
            f"{len(without):,} of {len(zones):,} zones have no locality, by which results are "
            "published",
            "Fill it in, such as a planning area",
            row=int(without.index[0]),
            column="locality",
        )


def placed_is_there(draft: Draft) -> Iterator[Fault]:
    """Warn where the case does not say who is placed now."""
    if draft.frames["placed"].empty and "placed" not in draft.unsure:
        yield draft.warning(
            "placed",
            "there is no row: every place is taken to be empty today",
            "Add the children who have a place now",
        )


def examples_are_gone(draft: Draft) -> Iterator[Fault]:
    """Warn of the example row of the template, left in among the real ones."""
    for table, model in TABLES.items():
        frame = draft.frames[table]
        same = np.ones(len(frame), dtype=bool)
        for column in columns(model):
            value = model.example.get(column.heading)
            if value is not None and column.kind in {"key", "text", "choice", *NUMBERS, *WHOLES}:
                same &= (frame[column.heading] == value).fillna(value=False).to_numpy(dtype=bool)
        for row in frame.index[same]:
            yield draft.warning(table, "is the example row of the template",
                                "Delete it unless it is real", row=int(row))  # fmt: skip


ODDITIES: tuple[Callable[[Draft], Iterator[Fault]], ...] = (
    ramp_rises,
    year_groups_fit,
    every_year_has_entrants,
    demand_is_taught,
    rolls_fit_the_building,
    results_have_localities,
    placed_is_there,
    examples_are_gone,
)
"""Every rule, in the order in which a person would think of them."""
