"""Two runs side by side, from their folders: what opens, what it costs, who gains, what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError
from optimiser.costs import PURSES
from outputs.decisions import PLAN_AGAIN
from outputs.planned_run import read_run
from outputs.suppression import SMALL
from outputs.tables import ALL

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.planned_run import PlannedRun

HALF_A_CHILD = 0.5
"""Expected children by which two runs must differ to be told apart."""
A_MINUTE = 1.0
"""Minutes by which two median journeys must differ to be told apart."""
CELL = ["need", "phase", "locality"]


@dataclass(frozen=True)
class Beside:
    """Two runs of one case, and the years that both cover."""

    a: PlannedRun
    b: PlannedRun
    years: tuple[int, ...]
    same_money: bool


def two_runs(first: Path, second: Path) -> Beside:
    """Read two run folders of ``sendplaces plan``.

    Raises
    ------
    InputError
        When either is no full run of this layout, both are one folder, or they are of other cases
        or of years that do not meet.
    """
    if first.resolve() == second.resolve():
        raise InputError(
            [Fault(str(second), "is the same run twice", "Name two different run folders")]
        )
    faults: list[Fault] = []
    read = []
    for folder in (first, second):
        try:
            read.append(read_run(folder))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    a, b = read
    if a.case_name != b.case_name:
        raise InputError(
            [
                Fault(
                    str(second),
                    f"is a run of {b.case_name}, and the other of {a.case_name}: their options, "
                    "places and homes are not the same things",
                    "Compare two runs of one case",
                )
            ]
        )
    years = tuple(sorted(set(a.years) & set(b.years)))
    if not years:
        raise InputError(
            [
                Fault(
                    str(second),
                    f"covers {b.years[0]} to {b.years[-1]}, and the other {a.years[0]} to "
                    f"{a.years[-1]}: they share no year",
                    "Compare runs whose years meet",
                )
            ]
        )
    same = a.price_year == b.price_year and a.years == b.years
    same = same and a.scenario.discount_rate == b.scenario.discount_rate
    return Beside(a, b, years, same)


def openings_table(two: Beside) -> pd.DataFrame:
    """Return option, name, year and places in each run, and how they stand."""
    keys = ["option", "name", "provision"]
    a, b = (one.openings[[*keys, "year", "places"]] for one in (two.a, two.b))
    out = a.merge(b, how="outer", on=keys, suffixes=("_a", "_b"))

    def stands(row: Any) -> str:
        if pd.isna(row["year_b"]):
            return "only in A"
        if pd.isna(row["year_a"]):
            return "only in B"
        other = [word for word in ("year", "places") if row[f"{word}_a"] != row[f"{word}_b"]]
        return f"in both, other {' and '.join(other)}" if other else "in both"

    out["standing"] = [stands(row) for row in out.to_dict("records")]
    return out.astype({"year_a": "Int64", "year_b": "Int64"})


def purses_table(two: Beside) -> pd.DataFrame:
    """Return purse, year (``all`` within the horizon, ``tail`` beyond it), £ in each, difference.

    Years are real pounds of the year; ``all`` and ``tail`` are present value, and left out where
    the two do not share years, prices and discount rate.
    """
    rows: list[tuple[str, str, str, float, float]] = []
    for purse in PURSES:
        a, b = (one.summary["purses"][purse] for one in (two.a, two.b))
        if two.same_money:
            rows.append((purse, ALL, "plan", a["plan_gbp"], b["plan_gbp"]))
            rows.append((purse, ALL, "saving", a["saving_gbp"], b["saving_gbp"]))
            rows.append((purse, "tail", "saving", a["tail_saving_gbp"], b["tail_saving_gbp"]))
        if two.a.price_year != two.b.price_year:
            continue
        by = [{item["year"]: item for item in one["by_year"]} for one in (a, b)]
        for year in two.years:
            for what in ("plan", "saving"):
                before, after = (float(side[year][f"{what}_gbp"]) for side in by)
                rows.append((purse, str(year), what, before, after))
    out = pd.DataFrame(rows, columns=["purse", "year", "what", "a_gbp", "b_gbp"])
    return out.assign(difference_gbp=out["b_gbp"] - out["a_gbp"])


def saving_difference(two: Beside) -> tuple[float, float] | None:
    """Return by how much B saves more than A, least and most, £; None where it cannot be said."""
    a, b = (one.summary["saving_interval_gbp"] for one in (two.a, two.b))
    if not two.same_money or None in (*a, *b):
        return None
    return b[0] - a[1], b[1] - a[0]


def places_table(two: Beside) -> pd.DataFrame:
    """Return children, places and journeys of each run, one measure a row."""
    names = ("entrants", "placed", "unplaced", "unplaced_child_years", "places_opened")
    rows = [(name, two.a.summary[name], two.b.summary[name]) for name in (*names, "capital_gbp")]
    a, b = (one.summary["journey_minutes"] for one in (two.a, two.b))
    rows += [
        (f"journeys_{name}", a[name], b[name]) for name in ("median", "p90", "over_guideline_share")
    ]
    out = pd.DataFrame(rows, columns=["measure", "a", "b"]).astype({"a": float, "b": float})
    return out.assign(difference=out["b"] - out["a"])


def homes_table(two: Beside) -> pd.DataFrame:
    """Return locality, need and phase (each also ``all``): where its children are, and the verdict.

    Children are entrants so far, in the last year that both runs cover; minutes are the median
    one way of all placed. A need or phase of a locality with fewer than five children in either
    run is left out; totals of a locality are always there.
    """
    last = two.years[-1]
    sides = []
    for name, run in (("a", two.a), ("b", two.b)):
        gap = pd.concat([_table(run, "gap"), _table(run, "gap_totals")])
        gap = gap[gap["year"] == str(last)].set_index(CELL)
        counts = gap[["children", "plan_in_area", "plan_elsewhere", "plan_without"]].astype(float)
        journeys = _table(run, "journeys")
        journeys = journeys[(journeys["who"] == "plan") & (journeys["year"] == ALL)]
        minutes = journeys.assign(need=ALL).set_index(CELL)["median_minutes"].astype(float)
        counts = counts.rename(columns=lambda one: one.removeprefix("plan_"))
        sides.append(counts.assign(minutes=minutes).add_prefix(f"{name}_"))
    out = sides[0].join(sides[1], how="outer").reset_index()
    for name in map(str, out.columns):
        if name[:2] in {"a_", "b_"} and not name.endswith("minutes"):
            out[name] = out[name].fillna(0.0)
    total = (out["need"] == ALL) & (out["phase"] == ALL)
    few = np.minimum(out["a_children"], out["b_children"]) < SMALL
    out = out[total | ~few].reset_index(drop=True)
    out["verdict"] = [
        verdict({str(k): v for k, v in row.items()}) for row in out.to_dict("records")
    ]
    return out


def verdict(row: dict[str, Any]) -> str:
    """Return who is better off in B than in A: fewer without a place, and shorter journeys.

    >>> same = {"a_without": 3.0, "b_without": 3.2, "a_minutes": 12.0, "b_minutes": 12.5}
    >>> verdict(same), verdict(same | {"b_without": 1.0}), verdict(same | {"b_minutes": 20.0})
    ('no material difference', 'better off', 'worse off')
    >>> verdict(same | {"b_without": 1.0, "b_minutes": 20.0})
    'mixed'
    """
    steps = [(row["a_without"] - row["b_without"], HALF_A_CHILD)]
    minutes = row["a_minutes"] - row["b_minutes"]
    if not np.isnan(minutes):
        steps.append((minutes, A_MINUTE))
    better = any(step >= least for step, least in steps)
    worse = any(step <= -least for step, least in steps)
    if better and worse:
        return "mixed"
    return "better off" if better else "worse off" if worse else "no material difference"


def inputs_table(two: Beside) -> pd.DataFrame:
    """Return what differs between the runs: files, policy, settings, versions, roads."""
    rows: list[tuple[str, str, str, str]] = []
    files = [
        {one["file"]: str(one["sha256"])[:12] for one in run.manifest["inputs"]}
        for run in (two.a, two.b)
    ]
    parts: dict[str, list[dict[str, str]]] = {
        "file": files,
        "policy": [_flat(run.manifest["scenario"]) for run in (two.a, two.b)],
        "settings": [
            _flat(run.manifest["settings"] | {"seed": run.manifest["seed"]})
            for run in (two.a, two.b)
        ],
        "version": [_flat(run.manifest["versions"]) for run in (two.a, two.b)],
        "case": [_flat(run.manifest["case"]) for run in (two.a, two.b)],
        "journeys": [
            {"fingerprint": str(run.manifest["travel"]["fingerprint"])[:12]}
            for run in (two.a, two.b)
        ],
        "forecast": [_flat({"forecast": run.manifest["forecast"]}) for run in (two.a, two.b)],
    }
    for kind, (a, b) in parts.items():
        rows += [
            (kind, key, a.get(key, "not there"), b.get(key, "not there"))
            for key in sorted(a.keys() | b.keys())
            if a.get(key) != b.get(key)
        ]
    return pd.DataFrame(rows, columns=["kind", "what", "a", "b"])


def _flat(facts: Any, before: str = "") -> dict[str, str]:
    """Return nested facts as one level of text."""
    if not isinstance(facts, dict):
        return {before: "not set" if facts is None else str(facts)}
    out: dict[str, str] = {}
    for key, value in facts.items():
        out |= _flat(value, f"{before}.{key}" if before else str(key))
    return out


def _table(run: PlannedRun, name: str) -> pd.DataFrame:
    """Return a table of a run as text.

    Raises
    ------
    InputError
        When it is not there or cannot be read.
    """
    label = f"tables/{name}.csv"
    try:
        return pd.read_csv(run.folder / label, dtype=str, keep_default_na=False).replace("", np.nan)
    except (OSError, ValueError) as error:
        raise InputError(
            [Fault(f"{run.folder}/{label}", f"cannot be read ({error})", PLAN_AGAIN)]
        ) from None
