"""The tables of a run that count children, places and journeys: one fact a row.

A home without a locality is under ``no_locality``. Totals stand under ``all``; so add up either
the parts or the totals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.vocabulary import STATE_PLACES, academic_year
from optimiser.journeys import NO_JOURNEY_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from inputs.case import Case
    from inputs.errors import Fault
    from optimiser.plan import Plan
    from optimiser.problem import Problem

    Values = npt.NDArray[np.float64]

ALL = "all"
NO_LOCALITY = "no_locality"
SIDES = ("do_minimum", "plan")
CELL = ["need", "phase", "locality", "year"]


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with codes as plain text, numbered from 0."""
    out = frame.reset_index(drop=True)
    for name in ("need", "phase", "class", "locality"):
        if name in out:
            out[name] = words(out[name]) if name == "locality" else out[name].map(str)
    return out


def words(localities: pd.Series) -> pd.Series:
    """Return localities as text, those without one under ``no_locality``."""
    blank = localities.isna() | (localities.astype(str).str.strip() == "")
    return localities.astype(object).where(~blank, NO_LOCALITY).map(str)


def openings_table(plan: Plan) -> pd.DataFrame:
    """Return the programme: `Plan.openings` with opens_label, such as 2027/28."""
    out = plain(plan.openings)
    return out.assign(opens_label=[academic_year(int(year)) for year in out["year"]])


def unplaced_table(plan: Plan, do_minimum: Plan) -> pd.DataFrame:
    """Return zone, need, phase, year, do_minimum, plan: children without a place that year."""
    keys = ["zone", "need", "phase", "year"]
    return _beside(do_minimum.unplaced, plan.unplaced, keys, "children")


def breaks_table(plan: Plan, do_minimum: Plan) -> pd.DataFrame:
    """Return rule, where, year, do_minimum, plan: by how much elastic rules of policy break."""
    return _beside(do_minimum.breaks, plan.breaks, ["rule", "where", "year"], "amount")


def _beside(before: pd.DataFrame, after: pd.DataFrame, keys: list[str], value: str) -> pd.DataFrame:
    frames = [
        plain(frame).groupby(keys, sort=False)[value].sum().rename(side)
        for side, frame in zip(SIDES, (before, after), strict=True)
        if len(frame)
    ]
    if not frames:
        return pd.DataFrame(columns=[*keys, *SIDES])
    out = pd.concat(frames, axis=1).reindex(columns=list(SIDES)).fillna(0.0)
    return out.sort_index().reset_index()


def homes_and_places(problem: Problem, placements: pd.DataFrame) -> pd.DataFrame:
    """Return placements with the locality of the home, the class and whether in our own area.

    ``in_area`` is a state place in our area; all else (INMSS, out of area, alternative
    arrangements at home or in mainstream) is elsewhere.
    """
    home = dict(zip(problem.cells["zone"], words(problem.cells["locality"]), strict=True))
    at = problem.provisions.set_index("provision")
    kinds = at["class"].map(str).to_dict()
    state = {str(one) for one in STATE_PLACES}
    ours = (at["class"].map(str).isin(state) & at["in_area"].astype(bool)).to_dict()
    out = plain(placements)
    return out.assign(
        locality=out["zone"].map(home),
        kind_of_place=out["provision"].map(kinds),
        in_area=out["provision"].map(ours).astype(bool),
    )


def gap_table(problem: Problem, plan: Plan, do_minimum: Plan) -> pd.DataFrame:
    """Return children and places: where those who entered since the base year are, each year.

    Columns need, phase, locality (of the home), year, children; then for each of do_minimum and
    plan ``_in_area``, ``_elsewhere`` and ``_without``. ``children`` are the entrants so far who
    would still need a place, had each been placed on entry. A child who waits and is placed later
    is taken to stay as long as others who start then, so that where children wait the three parts
    can add to a little more or less than ``children``.
    """
    cells = plain(problem.cells)
    entrants = problem.entrants.copy()
    aside = problem.aside
    np.add.at(
        entrants,
        (aside["d"].to_numpy(int), aside["t"].to_numpy(int)),
        aside["children"].to_numpy(float),
    )
    horizon = problem.horizon
    stay = problem.survival[:, :, :horizon]
    there = np.einsum("dt,dty->dy", entrants, stay[cells["nh"].to_numpy(int)])
    parts = [_by_cell(cells, there, problem.years).rename("children")]
    for side, made in zip(SIDES, (do_minimum, plan), strict=True):
        placed = homes_and_places(problem, made.placements)
        for name, inside in (("in_area", True), ("elsewhere", False)):
            some = placed[placed["in_area"] == inside]
            parts.append(_still_there(problem, some).rename(f"{side}_{name}"))
        waiting = plain(made.unplaced)
        home = dict(zip(cells["zone"], cells["locality"], strict=True))
        waiting = waiting.assign(locality=waiting["zone"].map(home))
        parts.append(waiting.groupby(CELL)["children"].sum().rename(f"{side}_without"))
    out = pd.concat(parts, axis=1).fillna(0.0)
    out = out[(out > 0).any(axis=1)].sort_index().reset_index()
    return out.astype({"year": int})


GAP_PARTS = tuple(
    f"{side}_{part}" for side in SIDES for part in ("in_area", "elsewhere", "without")
)


def gap_totals_table(gap: pd.DataFrame) -> pd.DataFrame:
    """Return the gap by fewer of need, phase and locality, the others under ``all``.

    The public version keeps these apart from the gap itself, because a total cannot be added up
    from cells of which some are held back.
    """
    counts = ["children", *GAP_PARTS]
    parts = []
    for away in range(1, 8):
        names = {n for i, n in enumerate(("need", "phase", "locality")) if away >> i & 1}
        summed = gap.assign(**dict.fromkeys(sorted(names), ALL)).groupby(CELL)[counts].sum()
        parts.append(summed.reset_index())
    return pd.concat(parts, ignore_index=True).sort_values(CELL, ignore_index=True)


def _by_cell(cells: pd.DataFrame, values: Values, years: tuple[int, ...]) -> pd.Series:
    """Return (D, T) values summed by need, phase, locality and year."""
    long = cells.loc[cells.index.repeat(len(years)), ["need", "phase", "locality"]]
    long = long.assign(year=np.tile(years, len(cells)), value=values.ravel())
    return long.groupby(CELL)["value"].sum()


def _still_there(problem: Problem, placed: pd.DataFrame) -> pd.Series:
    """Return placements carried on to every later year of the horizon, by cell and year."""
    pair = {key: n for n, key in enumerate(problem.pairs)}
    nh = np.array(
        [pair[key] for key in zip(placed["need"], placed["phase"], strict=True)], dtype=int
    )
    t = placed["year"].to_numpy(int) - problem.years[0]
    stay = problem.survival[nh, t, : problem.horizon] if len(placed) else np.zeros((0, 1))
    parts = [
        placed[["need", "phase", "locality"]].assign(
            year=year, value=placed["children"].to_numpy(float) * stay[:, y]
        )
        for y, year in enumerate(problem.years)
        if len(placed)
    ]
    if not parts:
        return placed.groupby(CELL)["children"].sum()
    return pd.concat(parts).groupby(CELL)["value"].sum()


def journeys_table(problem: Problem, plan: Plan, do_minimum: Plan) -> pd.DataFrame:
    """Return journeys of entrants by the year they are placed, weighted by children.

    Columns who (do_minimum or plan), phase, locality (of the home), year (each also ``all``),
    children, median_minutes, p90_minutes, over_guideline_share, miles_mean. Minutes are one way on
    a shared ride; residential places and education at home have no daily journey and are left out.
    """
    parts = []
    for side, made in zip(SIDES, (do_minimum, plan), strict=True):
        daily = daily_journeys(problem, made.placements)
        for mask in range(8):
            keys = [
                name if not mask >> i & 1 else None
                for i, name in enumerate(("phase", "locality", "year"))
            ]
            grouped = daily.assign(
                phase=daily["phase"] if keys[0] else ALL,
                locality=daily["locality"] if keys[1] else ALL,
                year=daily["year"].astype(object) if keys[2] else ALL,
            )
            for key, some in grouped.groupby(["phase", "locality", "year"]):
                parts.append((side, *key, *measures(some).values()))
    columns = ["who", "phase", "locality", "year", *measures(None)]
    out = pd.DataFrame(parts, columns=columns)
    order = out["year"].map(lambda year: 9999 if year == ALL else int(year))
    out = out.assign(order=order).sort_values(["who", "phase", "locality", "order"])
    return out.drop(columns="order").reset_index(drop=True)


def daily_journeys(problem: Problem, placements: pd.DataFrame) -> pd.DataFrame:
    """Return the placements that have a daily journey."""
    placed = homes_and_places(problem, placements)
    return placed[~placed["kind_of_place"].isin(list(NO_JOURNEY_LIMIT))]


def measures(placed: pd.DataFrame | None) -> dict[str, float | None]:
    """Return children, median_minutes, p90_minutes, over_guideline_share and miles_mean."""
    if placed is None or not len(placed) or placed["children"].sum() <= 0:
        names = ("median_minutes", "p90_minutes", "over_guideline_share", "miles_mean")
        return {"children": 0.0} | dict.fromkeys(names)
    weight = placed["children"].to_numpy(float)
    ride = placed["ride_minutes"].to_numpy(float)
    over = placed["over_guideline"].to_numpy(float)
    return {
        "children": float(weight.sum()),
        "median_minutes": percentile(ride, weight, 0.5),
        "p90_minutes": percentile(ride, weight, 0.9),
        "over_guideline_share": float(over @ weight / weight.sum()),
        "miles_mean": float(placed["miles"].to_numpy(float) @ weight / weight.sum()),
    }


def percentile(values: Values, weights: Values, share: float) -> float:
    """Return the least value that at least that share of the weight does not exceed.

    >>> percentile(np.array([10.0, 20.0, 30.0]), np.array([1.0, 1.0, 2.0]), 0.5)
    20.0
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    at = np.searchsorted(reached, share * reached[-1] * (1 - 1e-12))
    return float(values[order][min(int(at), len(values) - 1)])


def sensitivity_table(found: pd.DataFrame | None) -> pd.DataFrame:
    """Return the sensitivity as handed over, or an empty table with its headings."""
    columns = [
        "factor",
        "dsg_saving_gbp",
        "general_fund_saving_gbp",
        "capital_saving_gbp",
        "total_saving_gbp",
    ]
    return pd.DataFrame(columns=columns) if found is None else found.reset_index(drop=True)


def fault_table(warnings: Iterable[Fault]) -> pd.DataFrame:
    """Return table, row, column, value, problem, remedy: one warning a row."""
    columns = ["table", "row", "column", "value", "problem", "remedy"]
    rows = [[getattr(one, name) for name in columns] for one in warnings]
    return pd.DataFrame(rows, columns=columns).astype({"row": "Int64"})


def zones_table(case: Case) -> pd.DataFrame:
    """Return the zones as the map draws them, with a locality and a name for each."""
    zones = case.zones
    names = zones["name"].where(zones["name"].notna(), zones["zone"])
    columns = ["zone", "easting", "northing", "children", "deprivation_fifth"]
    out = zones[columns].assign(name=names, locality=words(zones["locality"]))
    order = ["zone", "name", "locality", "easting", "northing", "children", "deprivation_fifth"]
    return out[order].reset_index(drop=True)


def provisions_table(case: Case) -> pd.DataFrame:
    """Return the provisions as the map draws them."""
    columns = ["provision", "name", "class", "locality", "in_area", "easting", "northing"]
    return plain(case.provisions[[*columns, "places", "physical_places"]])
