"""The numbers behind the maps, and the tables of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from inputs.vocabulary import STATE_PLACES
from outputs import words
from outputs.adding import add_up, numeric, suppressed
from outputs.page_table import Column, table_of
from outputs.tables import ALL

if TYPE_CHECKING:
    from outputs.page_table import Table
    from outputs.report import Report

FLOWS = 6
"""Lines drawn to each provision that opens or grows: the largest. All are in the placements."""


def located(report: Report) -> pd.DataFrame:
    """Return the provisions that have a place on the map."""
    return report.provisions[report.provisions["easting"].notna()]


def outside(report: Report, area: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return home to children placed outside our own places or left without one, by side."""
    if area == "locality":
        found = report.tables["gap_totals"]
        found = found[(found["need"] == ALL) & (found["phase"] == ALL)]
        found = found[(found["locality"] != ALL) & (found["year"] == report.years[-1])]
        out = []
        for side in ("do_minimum", "plan"):
            parts = found[[f"{side}_elsewhere", f"{side}_without"]]
            total = numeric(parts.iloc[:, 0]) + numeric(parts.iloc[:, 1])
            known = ~suppressed(parts.iloc[:, 0]) & ~suppressed(parts.iloc[:, 1])
            out.append(dict(zip(found["locality"][known], total[known], strict=True)))
        return out[0], out[1]
    about = report.provisions.set_index("provision")
    state = {str(kind) for kind in STATE_PLACES}
    ours = set(about.index[about["class"].isin(state) & about["in_area"].astype(bool)])
    unplaced = report.tables["unplaced"]
    waiting = unplaced[unplaced["year"] == report.years[-1]]
    sides = []
    for name, side in (("placements_do_minimum", "do_minimum"), ("placements", "plan")):
        placed = report.tables[name]
        elsewhere = placed[~placed["provision"].isin(ours)].groupby("zone")["children"].sum()
        left = waiting.groupby("zone")[side].sum()
        sides.append({str(k): float(v) for k, v in elsewhere.add(left, fill_value=0.0).items()})
    return sides[0], sides[1]


def flows(report: Report) -> pd.DataFrame:
    """Return zone, provision, children: the largest flows to what opens; none in public."""
    placed = report.tables.get("placements")
    if report.public or placed is None or "zone" not in placed:
        return pd.DataFrame(columns=["zone", "provision", "children"])
    openings = report.tables["openings"]
    opened = set(openings.loc[numeric(openings["places"]) > 0, "provision"])
    opened &= set(located(report)["provision"])
    some = placed[placed["provision"].isin(opened)]
    sums = some.groupby(["zone", "provision"])["children"].sum().reset_index()
    order = sums.sort_values(by=["children", "zone"], ascending=[False, True])
    largest: pd.DataFrame = order.groupby("provision", sort=False).head(FLOWS)
    return largest.reset_index(drop=True)


def by_locality(report: Report) -> Table:
    """Return the numbers behind the shading, added up by locality."""
    area = "locality" if report.public else "zone"
    before, after = outside(report, area)
    zones = report.zones.reset_index(drop=True)
    keys = zones["locality"] if report.public else zones["zone"].map(str)
    frame = pd.DataFrame(
        {
            "locality": zones["locality"],
            "before": [before.get(str(key), 0.0) for key in keys],
            "after": [after.get(str(key), 0.0) for key in keys],
        }
    )
    if report.public:
        known = [str(key) in before and str(key) in after for key in keys]
        for name in ("before", "after"):
            frame[name] = frame[name].astype(object).where(pd.Series(known), words.SUPPRESSED)
    wording = words.counted(public=report.public)
    openings = report.tables["openings"]
    opened = add_up(openings, ["locality"], ["places"]).set_index("locality")["places"]
    by = add_up(frame, ["locality"], ["before", "after"])
    by["opened"] = [float(opened.get(key, 0.0)) for key in by["locality"]]
    return table_of(
        "table-map",
        "Children with no place in our own area, and places that open, by locality",
        by,
        [
            Column("locality", "Locality of the home"),
            Column("before", "Committed openings only", wording, numeric=True),
            Column("after", "With the plan", wording, numeric=True),
            Column("opened", "Places added in the locality", words.places, numeric=True),
        ],
        shaded=("before", "after"),
    )


def by_zone(report: Report, before: dict[str, float], after: dict[str, float]) -> Table:
    """Return the numbers of the shading themselves, by zone."""
    zones = report.zones[["zone", "name", "locality"]].copy()
    zones["before"] = [before.get(str(key), 0.0) for key in zones["zone"]]
    zones["after"] = [after.get(str(key), 0.0) for key in zones["zone"]]
    return table_of(
        "table-map-zones",
        "Children with no place in our own area, by home zone",
        zones,
        [
            Column("zone", "Zone", str),
            Column("name", "Name", str),
            Column("locality", "Locality"),
            Column("before", "Committed openings only", words.children, numeric=True),
            Column("after", "With the plan", words.children, numeric=True),
        ],
        folded="The shading of the maps, zone by zone",
    )


def flows_table(report: Report, flows: pd.DataFrame) -> Table:
    """Return the lines of the map."""
    names = dict(zip(report.provisions["provision"], report.provisions["name"], strict=True))
    homes = dict(zip(report.zones["zone"], report.zones["name"], strict=True))
    lines = flows.assign(
        to=flows["provision"].map(names), home=flows["zone"].map(homes)
    ).sort_values(by=["to", "children"], ascending=[True, False])
    return table_of(
        "table-map-flows",
        "Children placed in the years of the plan at what opens or grows: the largest from one "
        "zone",
        lines,
        [
            Column("to", "Provision", str),
            Column("zone", "Home zone", str),
            Column("home", "Name", str),
            Column("children", "Children", words.children, numeric=True),
        ],
        folded="The lines of the second map",
    )
