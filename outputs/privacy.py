"""The public version of a report: no zone, no small number, and none that can be worked out.

Counts of children come by need, phase and locality, never by zone; those above 0 and below 5 are
held back (marked ``c``), and so are enough others that none follows from the rest: across rows,
totals, years, and the tables of the same release. What is published is rounded to whole children
(zeros are published), and rolls, which are counted by provision and not by home, to 5: so the few
relations that are not algebra, such as how long children stay, do not give exact values either.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimiser.costs import NO_PURSE
from optimiser.journeys import NO_JOURNEY_LIMIT
from outputs.cubes import Cube, Hidden, View
from outputs.home_counts import CLASSES, HOME, HomeCounts, home_counts
from outputs.riders import TABLES as ROUTING
from outputs.suppression import NONE, SMALL
from outputs.tables import ALL, CELL, GAP_PARTS, SIDES, fault_table
from outputs.words import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from inputs.errors import Fault
    from outputs.report import Report

ROUND_TO = 5.0
"""Rolls in the public version are to the nearest 5, as figures of authorities commonly are."""

NOTE = (
    "Public version: numbers of children above 0 and below 5, and others from which these could "
    "be worked out, are replaced by c. Home zones are not shown. Numbers of children are whole; "
    "rolls are rounded to 5."
)
FROM_ROLLS = frozenset({"over", "used", "drawn", "in_use"})
"""Columns of places that follow from a roll, and are left out with it."""
SOME_CHILDREN = re.compile(
    r"\d\S*\s+(?:\S+\s+){0,3}?(?:child|children|pupils?|entrants?)\b", re.IGNORECASE
)
ABOUT_CHILDREN = frozenset({"placed", "entrants", "zones", "stay", "travel", "waiting"})
A_FEW_CHILDREN = re.compile(
    r"(?<![\d.,])(0?\.\d+|[0-4](?:\.\d+)?)\s+(?:\S+\s+){0,3}?"
    r"(?:child|children|pupils?|entrants?|young)\b",
    re.IGNORECASE,
)


def publish_safely(report: Report) -> Report:
    """Return the public version of a report.

    Parameters
    ----------
    report
        The whole report; one that is public already is returned as it is.

    Returns
    -------
    Report
        The same fields. Tables ``placements`` and ``placements_do_minimum`` are by need, phase,
        locality and class over the whole horizon; ``rolls`` by class, need, phase and year;
        ``unplaced`` by need, phase, locality and year; ``journeys`` without their numbers of
        children; ``breaks`` without their places. Cells held back hold ``c``. What routing needs
        (riders by home, and the zones) is left out.
    """
    if report.public:
        return report
    homes = home_counts(report)
    tables = {name: one for name, one in report.tables.items() if name not in ROUTING}
    for name in ("gap", "gap_totals"):
        tables[name] = _gap(report.tables[name], homes)
    tables["unplaced"] = _unplaced(tables["gap"])
    for side, name in zip(SIDES, ("placements_do_minimum", "placements"), strict=True):
        tables[name] = _placements(report, report.tables[name], side, homes)
    tables |= _rolls(report)
    tables["journeys"], share_hidden = _journeys(report)
    tables["breaks"] = _breaks(report.tables["breaks"])
    nobody_waits = not any(homes.ever(f"{side}_without", ALL, ALL, ALL) for side in SIDES)
    tables["money"] = _money(report.tables["money"], keep_all=nobody_waits)
    safe = _sayable(report)
    warnings = tuple(fault for fault in report.warnings if safe(fault))
    left_out = len(report.warnings) - len(warnings)
    tables["warnings"] = fault_table(warnings)
    said = [fault.sentence() for fault in warnings]
    notes = tuple(note for note in report.notes if _plain_text(report, note))
    if left_out:
        notes = (*notes, f"{left_out} warning(s) about homes or numbers of children are left out.")
    zones = _localities(report.zones)
    return replace(
        report,
        public=True,
        tables=tables,
        warnings=warnings,
        notes=(NOTE, *notes),
        why=report.why if _plain_text(report, report.why) else "",
        summary=_summary(report.summary, homes, said, share_hidden=share_hidden) | {"public": True},
        zones=zones,
    )


def _mark(frame: pd.DataFrame, name: str, hide: Iterable[bool], to: float = 1.0) -> None:
    """Round, and put the mark in place of the values held back; a zero stays."""
    value = pd.to_numeric(frame[name]).to_numpy(float)
    mask = np.fromiter(hide, bool, len(frame)) & (value > NONE)
    value = np.round(value / to) * to
    if mask.any():
        frame[name] = pd.Series(value, index=frame.index).astype(object).where(~mask, SUPPRESSED)
    else:
        frame[name] = value


def _gap(gap: pd.DataFrame, homes: HomeCounts) -> pd.DataFrame:
    out = gap.reset_index(drop=True).copy()
    keys = list(zip(out["year"], *(out[name] for name in HOME), strict=True))
    for name in ("children", *GAP_PARTS):
        _mark(out, name, [homes.by_year[year](name, *key) for year, *key in keys])
    return out


def _unplaced(gap: pd.DataFrame) -> pd.DataFrame:
    """Return need, phase, locality, year, do_minimum, plan, from the public gap."""
    out = gap[CELL].assign(**{side: gap[f"{side}_without"] for side in SIDES})
    some = [(out[side] == SUPPRESSED) | (out[side] != 0) for side in SIDES]
    return out[some[0] | some[1]].reset_index(drop=True)


def _placements(report: Report, placed: pd.DataFrame, side: str, homes: HomeCounts) -> pd.DataFrame:
    """Return need, phase, locality (each and ``all``), class, children over the horizon."""
    kinds = dict(zip(report.provisions["provision"], report.provisions["class"], strict=True))
    cells = placed.assign(
        **{"class": placed["provision"].map(kinds)},
        locality=placed["zone"].map(report.locality_of),
    )
    keys = ["need", "phase", "locality", "class"]
    parts = [
        frame.groupby(keys)["children"].sum().reset_index()
        for frame in (cells, cells.assign(locality=ALL))
    ]
    out = pd.concat(parts, ignore_index=True).sort_values(keys, ignore_index=True)
    hidden = [homes.flow(f"{side}_{CLASSES}", *key) for key in out[keys].itertuples(index=False)]
    _mark(out, "children", hidden)
    return out


def _rolls(report: Report) -> dict[str, pd.DataFrame]:
    """Return the public rolls and places of the do-minimum and the plan."""
    kinds = dict(zip(report.provisions["provision"], report.provisions["class"], strict=True))
    out = {}
    for end in ("_do_minimum", ""):
        rolls = report.tables[f"rolls{end}"]
        rolls = rolls.assign(**{"class": rolls["provision"].map(kinds)})
        hidden = {year: _hidden_rolls(some) for year, some in rolls.groupby("year")}
        by = ["year", "class", "need", "phase"]
        table = rolls.groupby(by)["roll"].sum().reset_index()
        hide = [hidden[year]("taught", *key) for year, *key in table[by].to_numpy()]
        _mark(table, "roll", hide, ROUND_TO)
        out[f"rolls{end}"] = table[["class", "need", "phase", "year", "roll"]]
        places = report.tables[f"places{end}"]
        places = places[[c for c in places if c not in FROM_ROLLS]].reset_index(drop=True)
        where = zip(places["year"], places["provision"], strict=True)
        hide = [year in hidden and hidden[year]("provision", kinds[p], p) for year, p in where]
        _mark(places, "roll", hide, ROUND_TO)
        out[f"places{end}"] = places
    return out


def _hidden_rolls(rolls: pd.DataFrame) -> Hidden:
    """Return which rolls of one year are held back: by provision, and by class, need and phase."""
    atoms = rolls.reset_index(drop=True)
    every = np.ones(len(atoms), dtype=bool)
    views = [
        View("provision", every, ("class", "provision"), ("provision",)),
        View("taught", every, ("class", "need", "phase"), ("need", "phase")),
    ]
    cube = Cube(atoms, views)
    for kind in sorted(set(atoms["class"])):
        cube.relate(cube.index["provision", (kind, ALL)], [cube.index["taught", (kind, ALL, ALL)]])
    return cube.hidden(atoms["roll"].to_numpy(float))


def _journeys(report: Report) -> tuple[pd.DataFrame, bool]:
    """Return the public journeys, and whether the share over the guideline is held back in all.

    Rows by year are of all children; rows by phase or locality are of all years. How many
    children is never shown; the share beyond the guideline is, where neither those beyond nor
    those within are few.
    """
    kinds = dict(zip(report.provisions["provision"], report.provisions["class"], strict=True))
    table = report.tables["journeys"]
    hidden = {}
    for side, name in zip(SIDES, ("placements_do_minimum", "placements"), strict=True):
        placed = report.tables[name]
        daily = placed[~placed["provision"].map(kinds).isin(list(NO_JOURNEY_LIMIT))]
        atoms = daily.assign(locality=daily["zone"].map(report.locality_of))
        by = ["phase", "locality", "year", "over_guideline"]
        atoms = atoms.groupby(by)["children"].sum().reset_index()
        over = atoms["over_guideline"].to_numpy(bool)
        every = np.ones(len(atoms), dtype=bool)
        views = [
            View(f"{name} {by}", keep, keys, keys)
            for name, keep in (("children", every), ("over", over), ("within", ~over))
            for by, keys in (("home", ("phase", "locality")), ("year", ("year",)))
        ]
        cube = Cube(atoms, views)
        for kind in ("home", "year"):
            cube.add_up(f"children {kind}", [f"over {kind}", f"within {kind}"])
        hidden[side] = cube.hidden(atoms["children"].to_numpy(float))
    rows = []
    for found in table.to_dict("records"):
        row = dict(found)
        by_home = row["year"] == ALL
        if not by_home and (row["phase"], row["locality"]) != (ALL, ALL):
            continue
        kind = "home" if by_home else "year"
        key = (row["phase"], row["locality"]) if by_home else (row["year"],)
        hide = hidden[row["who"]]
        row["children"] = SUPPRESSED
        if hide(f"children {kind}", *key):
            row |= dict.fromkeys(("median_minutes", "p90_minutes", "miles_mean"), SUPPRESSED)
        if any(hide(f"{what} {kind}", *key) for what in ("children", "over", "within")):
            row["over_guideline_share"] = SUPPRESSED
        rows.append(row)
    whole = any(
        hidden[side](f"{what} home", ALL, ALL) for side in SIDES for what in ("over", "within")
    )
    return pd.DataFrame(rows, columns=list(table.columns)), whole


def _breaks(breaks: pd.DataFrame) -> pd.DataFrame:
    """Return the breaks by rule and year; where they count children, held back if few."""
    out = breaks.groupby(["rule", "year"], as_index=False)[list(SIDES)].sum().assign(where=ALL)
    out = out[["rule", "where", "year", *SIDES]]
    children = ~out["rule"].str.startswith("places_")
    series = out.groupby("rule")
    for side in SIDES:
        least = series[side].transform(lambda v: v[v > NONE].min() if (v > NONE).any() else SMALL)
        by_option = out["rule"] == "viable_roll"  # with the least roll, this gives the roll away
        _mark(out, side, children & ((least < SMALL) | by_option))
    return out


def _money(money: pd.DataFrame, *, keep_all: bool) -> pd.DataFrame:
    """Return money without what counts a few children: the interim cost of those without a place.

    Interim cost is so much a child, so it stands with top-ups and fees; weights of policy are
    left out, and so is the tail where few are without a place.
    """
    if keep_all:
        return money
    out = money[money["purse"] != NO_PURSE]
    out = out[out["year"] != "tail"]
    together = dict.fromkeys(("interim", "top_up_and_fees"), "top_ups_fees_and_interim")
    out = out.assign(term=out["term"].replace(together))
    keys = ["year", "purse", "term"]
    return out.groupby(keys, sort=False).sum().reset_index()


def _summary(
    summary: dict[str, Any], homes: HomeCounts, warnings: list[str], *, share_hidden: bool
) -> dict[str, Any]:
    """Return the summary with None for what is held back."""
    out = dict(summary) | {"warnings": warnings, "entrants": _whole(summary["entrants"])}
    out.pop("waiting_clock", None)  # worked out from the few who wait
    few_wait = any(homes.ever(f"{side}_without", ALL, ALL, ALL) for side in SIDES)
    for side, start in zip(SIDES, ("do_minimum_", ""), strict=True):
        placed = homes.flow(f"{side}_placed")
        out[start + "placed"] = None if placed else _whole(summary[start + "placed"])
        for name in ("unplaced", "unplaced_child_years"):
            out[start + name] = None if few_wait else _whole(summary[start + name])
        if few_wait:
            out[start + "policy_weight_gbp"] = None
        if share_hidden:
            name = start + "journey_minutes"
            out[name] = dict(out[name]) | {"over_guideline_share": None}
    return out


def _whole(children: float) -> float | None:
    """Return whole children; None where they are few."""
    return None if NONE < children < SMALL else float(round(children))


def _localities(zones: pd.DataFrame) -> pd.DataFrame:
    """Return one row a locality, at the mean of its zones."""
    by = zones.groupby("locality", sort=True)
    children = by["children"].sum(min_count=1)
    out = pd.DataFrame(
        {
            "zone": children.index,
            "name": children.index,
            "locality": children.index,
            "easting": by["easting"].mean(),
            "northing": by["northing"].mean(),
            "children": children,
            "deprivation_fifth": pd.array([pd.NA] * len(children), dtype="Int64"),
        }
    )
    return out.reset_index(drop=True)


def _sayable(report: Report) -> Callable[[Fault], bool]:
    """Return the test of a warning: it names no zone and counts no children."""

    def safe(fault: Fault) -> bool:
        table = fault.table.rsplit(".", 1)[0].lower()
        if table in ABOUT_CHILDREN:
            return False
        text = " ".join(str(part) for part in fault.as_dict().values() if part is not None)
        return not SOME_CHILDREN.search(text) and _plain_text(report, text)

    return safe


def _plain_text(report: Report, text: str) -> bool:
    """Return whether a text names no zone and no number of children from 1 to 4."""
    if any(float(found) > 0 for found in A_FEW_CHILDREN.findall(text)):
        return False
    known = set(map(str, report.zones["zone"])) | set(map(str, report.zones["name"]))
    known -= set(report.locality_of.values()) | set(map(str, report.provisions["name"]))
    return not any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in known if name in text
    )
