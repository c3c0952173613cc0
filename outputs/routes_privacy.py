"""The public version of a routed comparison: no route, no zone, no small number of children.

Numbers of children above 0 and below 5 are held back (``c``), others are rounded to 5, as the
public version of a plan does with rolls. Where a provision has few children its pounds, routes and
miles are held back too, and so is a second one, so that neither follows from the total.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outputs.privacy import A_FEW_CHILDREN, ROUND_TO, SOME_CHILDREN
from outputs.routes_tables import AFTER, BEFORE
from outputs.suppression import NONE, SMALL
from outputs.tables import fault_table
from outputs.words import SUPPRESSED

if TYPE_CHECKING:
    from inputs.errors import Fault
    from outputs.routes_report import RoutesReport

NOTE = (
    "Public version: numbers of children above 0 and below 5 are replaced by c, others are rounded "
    "to 5. Routes, home zones and sheets are left out, and so are pounds and routes of provisions "
    "with few children."
)
COUNTS = frozenset(
    {
        "children", "carried", "shared", "solo", "ptb", "walks", "straight_line", "not_carried",
        "users", "over_45", "over_75", "over_guideline", "moved", "more_children", "affected",
        "shorter", "longer", "learners",
    }
)  # fmt: skip
"""Figures that count children."""
FOLLOWS = {"solo_share": "solo", "cost_a_child_gbp": "users"}
"""Ratios that give a count away, and which."""
LEFT_OUT = ("by_draw", "provisions_routed", "too_long", "routes")
ABOUT_HOMES = frozenset({"riders", "children", "zones", "homes", "pupils", "matrix"})


def publish_routes_safely(report: RoutesReport) -> RoutesReport:
    """Return the public version of a routed comparison.

    Parameters
    ----------
    report
        The whole one; one that is public already is returned as it is.
    """
    if report.public:
        return report
    tables = dict(report.tables)
    for name in LEFT_OUT:
        tables[name] = report.tables[name].iloc[:0]
    tables["totals"] = _totals(report.tables["totals"])
    tables["provisions_change"] = _provisions(report.tables["provisions_change"])
    for name in ("saving_by_year", "options"):
        tables[name] = _rounded(report.tables[name])
    tables["fleet"] = _fleet(report.tables["fleet"])
    tables["dfe_return"] = _returned(report.tables["dfe_return"])
    said = tuple(fault for fault in report.warnings if _sayable(report, fault))
    tables["warnings"] = fault_table(said)
    dropped = len(report.warnings) - len(said)
    notes = [NOTE, *(note for note in report.notes if not SOME_CHILDREN.search(note))]
    if dropped:
        notes.append(f"{dropped} warning(s) about homes or numbers of children are left out.")
    return replace(
        report,
        public=True,
        tables=tables,
        summary=_summary(report.summary, said),
        lines=report.lines.iloc[:0],
        notes=tuple(notes),
        warnings=said,
    )


def held_back(value: float) -> object:
    """Return a count as it is published: ``c`` where small, else to the nearest 5.

    >>> [held_back(n) for n in (0.0, 3.2, 4.99, 12.4)]
    [0.0, 'c', 'c', 10.0]
    """
    size = abs(value)
    if NONE < size < SMALL:
        return SUPPRESSED
    return round(value / ROUND_TO) * ROUND_TO


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    out = table.copy()
    for name in out.columns:
        if str(name) in COUNTS:
            counted = [held_back(float(value)) for value in out[name]]
            out[name] = pd.Series(counted, index=out.index, dtype=object)
    return out


def _totals(totals: pd.DataFrame) -> pd.DataFrame:
    names = ["low", "mean", "high"]
    rows = totals.to_dict("records")
    few = set()
    for row in rows:
        if row["figure"] in COUNTS:
            row.update({name: held_back(float(row[name])) for name in names})
            if SUPPRESSED in [row[name] for name in names]:
                few.add((row["side"], row["figure"]))
    for row in rows:
        if (row["side"], FOLLOWS.get(row["figure"], "")) in few:
            row.update(dict.fromkeys(names, SUPPRESSED))
    return pd.DataFrame(rows, columns=list(totals.columns))


def _provisions(change: pd.DataFrame) -> pd.DataFrame:
    """Return provisions with few children held back whole, and never only one of them."""
    users = change[[f"{side}_users" for side in (BEFORE, AFTER)]].astype(float)
    few = ((users > NONE) & (users < SMALL)).any(axis=1)
    if few.sum() == 1 and len(change) > 1:
        few |= users.sum(axis=1).where(~few).rank(method="first") == 1
    out = change.astype(object)
    for name in out.columns:
        if name in {"provision", "name", "class", "opens"}:
            continue
        base = str(name).removeprefix(f"{BEFORE}_").removeprefix(f"{AFTER}_")
        if base in COUNTS:
            counted = [held_back(float(value)) for value in change[name]]
            out[name] = pd.Series(counted, index=out.index, dtype=object)
        out.loc[few, name] = SUPPRESSED
    return out


def _fleet(fleet: pd.DataFrame) -> pd.DataFrame:
    return fleet.drop(columns=["routes_in_plan"])


def _returned(table: pd.DataFrame) -> pd.DataFrame:
    """Return the return's fields; one small cell of a part is never held back alone."""
    learners = pd.to_numeric(table["learners"]).to_numpy(float)
    few = (learners > NONE) & (learners < SMALL)
    part = table.groupby(["side", "section"]).ngroup().to_numpy()
    for one in np.unique(part):
        others = np.flatnonzero((part == one) & ~few & (learners > NONE))
        if few[part == one].sum() == 1 and len(others):
            few[others[np.argmin(learners[others])]] = True
    rows = table.to_dict("records")
    for row, count, hide in zip(rows, learners, few, strict=True):
        if hide:
            row.update(dict.fromkeys(("learners", "spend_gbp"), SUPPRESSED))
        elif np.isfinite(count):
            row["learners"] = held_back(float(count))
    return pd.DataFrame(rows, columns=list(table.columns))


def _summary(summary: dict[str, Any], warnings: tuple[Fault, ...]) -> dict[str, Any]:
    """Return the summary with None for what is held back."""

    def shown(name: str, value: float, figures: dict[str, float]) -> float | None:
        counted = FOLLOWS.get(name, name)
        if counted in COUNTS:
            held = held_back(figures[counted])
            if held == SUPPRESSED:
                return None
            return float(held) if name in COUNTS else value  # type: ignore[arg-type]
        return value

    out = dict(summary) | {"public": True, "warnings": [one.sentence() for one in warnings]}
    out["sides"] = {
        side: {name: shown(name, value, figures) for name, value in figures.items()}
        for side, figures in summary["sides"].items()
    }
    out["saving_by_year"] = [
        {
            name: (None if (held := held_back(value)) == SUPPRESSED else held)
            if name in COUNTS
            else value
            for name, value in row.items()
        }
        for row in summary["saving_by_year"]
    ]
    return out


def _sayable(report: RoutesReport, fault: Fault) -> bool:
    """Return whether a warning names no zone and counts no children."""
    if fault.table.rsplit(".", 1)[0].lower() in ABOUT_HOMES:
        return False
    text = " ".join(str(part) for part in fault.as_dict().values() if part is not None)
    if SOME_CHILDREN.search(text) or A_FEW_CHILDREN.search(text):
        return False
    zones = report.planned.zones
    names = {*zones["zone"], *zones["name"]} - {"", *report.planned.provisions["name"]}
    names -= set(zones["locality"])
    return not any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names if name in text
    )
