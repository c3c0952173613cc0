"""The counts of a release that are by home: the gap and the placements, under one pattern."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from inputs.vocabulary import STATE_PLACES
from outputs.cubes import Cube, Hidden, View
from outputs.suppression import NONE
from outputs.tables import SIDES

if TYPE_CHECKING:
    from outputs.report import Report

CLASSES = "class"
"""View of placements by class, after ``do_minimum_`` or ``plan_``."""

HOME = ["need", "phase", "locality"]
PARTS = ("in_area", "elsewhere", "without")


FLOW = "flow"
"""The column of the placements over the whole horizon, beside the stock of each year."""


@dataclass(frozen=True)
class HomeCounts:
    """What is held back of the counts by home: in each year, and of the flow over the horizon."""

    by_year: dict[int, Hidden]
    flow: Hidden

    def ever(self, name: str, *key: object) -> bool:
        """Return whether the item is held back in any year or in the flow."""
        return self.flow(name, *key) or any(one(name, *key) for one in self.by_year.values())


def home_counts(report: Report) -> HomeCounts:
    """Return which counts by home are held back from the public version.

    Atoms are children by home (need, phase, locality), side (do_minimum or plan), part (in_area,
    elsewhere, without) and class. The gap is a stock in each year; the placements are a flow over
    the horizon. Views are ``children`` and each side's parts by need, phase and locality with all
    totals, and ``plan_class`` and ``do_minimum_class`` by class and home, and over all localities.

    Years and flow are linked: a stock follows from the year before where none enters between, so
    that years between which a stock does not grow are held back together; and what is held back
    of the last year's stock is held back of the flow too.
    """
    atoms = _atoms(report)
    cube = _cube(atoms, classes=False)
    ties = _same_children(atoms)
    years = list(report.years)
    stocks = {year: atoms[year].to_numpy(float) for year in years}
    values = {year: cube.values(stocks[year]) for year in years}
    by_year: dict[int, Hidden] = {}
    also = dict.fromkeys(years, Hidden())
    todo = list(years)
    while todo:
        for year in todo:
            by_year[year] = cube.hidden(stocks[year], ties, also[year])
        todo = []
        for before, after in pairwise(years):
            for one, other in ((before, after), (after, before)):
                flat = frozenset(
                    key
                    for key in by_year[one].items - by_year[other].items
                    if NONE < values[after][key] <= values[before][key]
                )
                if flat:
                    also[other] |= Hidden(flat)
                    todo.append(other)
        todo = sorted(set(todo))
    placed = _cube(atoms, classes=True)
    flow = placed.hidden(atoms[FLOW].to_numpy(float), None, by_year[years[-1]])
    return HomeCounts(by_year, flow)


def _cube(atoms: pd.DataFrame, *, classes: bool) -> Cube:
    """Return the views and their relations."""
    side, part = atoms["side"].to_numpy(), atoms["part"].to_numpy()
    home = tuple(HOME)
    views = [] if classes else [View("children", side == "plan", home, home)]
    views += [View(f"{s}_{p}", (side == s) & (part == p), home, home) for s in SIDES for p in PARTS]
    if classes:
        placed = part != "without"
        by = (*home, "class")
        views += [View(f"{s}_{CLASSES}", (side == s) & placed, by, ("locality",)) for s in SIDES]
        views += [View(f"{s}_placed", (side == s) & placed, (), ()) for s in SIDES]
    cube = Cube(atoms, views)
    for s in SIDES:
        cube.add_up("children", [f"{s}_{p}" for p in PARTS])
        by_home: dict[tuple[str, ...], list[int]] = {}
        for (name, key), item in cube.index.items():
            if name == f"{s}_{CLASSES}":
                by_home.setdefault(key[:3], []).append(item)
        for key, items in by_home.items():
            parts = [cube.index.get((f"{s}_{p}", key)) for p in PARTS[:2]]
            known = [one for one in parts if one is not None]
            if len(known) == 1:  # with both, the algebra sees to it
                cube.relate(known[0], items)
    return cube


def _atoms(report: Report) -> pd.DataFrame:
    """Return home, side, part, class, then the stock of each year and the flow."""
    at = report.provisions.set_index("provision")
    state = {str(one) for one in STATE_PLACES}
    kinds = at["class"].to_dict()
    ours = (at["class"].isin(state) & at["in_area"].astype(bool)).to_dict()
    gap, years = report.tables["gap"], list(report.years)
    frames = []
    for side, name in zip(SIDES, ("placements_do_minimum", "placements"), strict=True):
        placed = report.tables[name]
        flows = placed.assign(
            locality=placed["zone"].map(report.locality_of),
            part=placed["provision"].map(ours).map({True: "in_area", False: "elsewhere"}),
        )
        flows["class"] = placed["provision"].map(kinds)
        keys = [*HOME, "part", "class"]
        flow = flows.groupby(keys)["children"].sum().rename(FLOW).reset_index()
        whole = flow.groupby([*HOME, "part"])[FLOW].transform("sum")
        for part in PARTS:
            stock = gap.pivot_table(
                index=HOME, columns="year", values=f"{side}_{part}", aggfunc="sum", fill_value=0.0
            ).reindex(columns=years, fill_value=0.0)
            if part == "without":
                found = stock.reset_index().assign(part=part)
                found[FLOW], found["class"] = 0.0, part
            else:
                own = flow[flow["part"] == part]
                share = (own[FLOW] / whole[own.index]).to_numpy(float)[:, None]
                rows = stock.reindex(pd.MultiIndex.from_frame(own[HOME]), fill_value=0.0)
                found = own.reset_index(drop=True)
                found[years] = rows.to_numpy(float) * share
            frames.append(found.assign(side=side))
    out: pd.DataFrame = pd.concat(frames, ignore_index=True)
    some = np.flatnonzero((out[[*years, FLOW]].to_numpy(float) > NONE).any(axis=1))
    return out.iloc[some].reset_index(drop=True)


def _same_children(atoms: pd.DataFrame) -> sparse.csr_matrix:
    """Return, for each home, the plan's children less the do-minimum's: nought, as all know."""
    home = atoms.groupby(HOME, sort=False).ngroup().to_numpy()
    sign = np.where(atoms["side"] == "plan", 1.0, -1.0)
    shape = (int(home.max()) + 1 if len(home) else 0, len(atoms))
    return sparse.csr_matrix((sign, (home, np.arange(len(atoms)))), shape=shape)
