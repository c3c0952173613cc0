"""The public version of a round: totals of children, and no child, home, journey or cost of one.

Small numbers, and what would give them away, are held back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outputs.cubes import Cube, View
from outputs.privacy import A_FEW_CHILDREN, SOME_CHILDREN
from outputs.round_fairness import GROUPS, with_groups
from outputs.suppression import SMALL
from outputs.tables import ALL, fault_table
from outputs.words import SUPPRESSED

if TYPE_CHECKING:
    from typing import Any

    from outputs.round_report import RoundReport

WHAT = ("waiting", "with_place", "without_place")
BY: tuple[tuple[str, ...], ...] = (("need", "phase"), ("locality",), ("deprivation_fifth",))
NOTE = (
    "Public version: totals only. Numbers of children above 0 and below 5, and others from which "
    "these could be worked out, are replaced by c."
)
OPEN_TABLES = frozenset({"provisions", "teaches", "options", "option_teaches", "suitable"})
"""Tables whose warnings count no child."""


def publish_round_safely(report: RoundReport) -> RoundReport:
    """Return the public version of a round's report.

    Parameters
    ----------
    report
        The whole report; one that is public already is returned as it is.

    Returns
    -------
    RoundReport
        With the tables ``totals`` (by, group, phase, waiting, with_place, without_place; ``c`` for
        what is held back), ``parameters`` and ``warnings`` only.
    """
    if report.public:
        return report
    totals = _totals(report.tables["children"])
    first = totals[totals["by"] == ALL].iloc[0]
    whole = {name: first[name] for name in WHAT}
    warnings = tuple(
        fault
        for fault in report.warnings
        if fault.table.rsplit(".", 1)[0] in OPEN_TABLES
        and not SOME_CHILDREN.search(fault.sentence())
        and not A_FEW_CHILDREN.search(fault.sentence())
    )
    left_out = len(report.warnings) - len(warnings)
    said = f"{left_out} warning(s) that could tell of children are left out."
    notes = (NOTE, *((said,) if left_out else ()))
    return replace(
        report,
        public=True,
        tables={
            "totals": totals,
            "parameters": report.tables["parameters"],
            "warnings": fault_table(warnings),
        },
        warnings=warnings,
        notes=notes,
        summary=_summary(report.summary, whole, [one.sentence() for one in warnings]),
    )


def _totals(children: pd.DataFrame) -> pd.DataFrame:
    """Return the totals by need and phase, by locality and by deprivation fifth, held back."""
    known = with_groups(children)
    known["has"] = known["provision"].notna()
    atoms = known.groupby([*GROUPS, "has"], observed=True).size().reset_index(name="children")
    has = atoms["has"].to_numpy(bool)
    keep = {"waiting": np.ones(len(atoms), dtype=bool), "with_place": has, "without_place": ~has}
    views = [View(f"{what} {' '.join(by)}", keep[what], by, by) for what in WHAT for by in BY]
    cube = Cube(atoms, views)
    for by in BY:
        name = " ".join(by)
        cube.add_up(f"waiting {name}", [f"with_place {name}", f"without_place {name}"])
    for what in WHAT:  # every table has the same whole
        wholes = [(f"{what} {' '.join(by)}", (ALL,) * len(by)) for by in BY]
        known_wholes = [cube.index[one] for one in wholes if one in cube.index]
        for other in known_wholes[1:]:
            cube.relate(known_wholes[0], [other])
    counts = atoms["children"].to_numpy(float)
    hidden, values = cube.hidden(counts), cube.values(counts)
    rows: list[dict[str, Any]] = []
    for by in BY:
        name = " ".join(by)
        keys = sorted({key for view, key in cube.index if view == f"waiting {name}"})
        for key in keys:
            everybody = all(one == ALL for one in key)
            if everybody and by is not BY[0]:
                continue
            row: dict[str, Any] = {
                "by": ALL if everybody else name.replace(" ", " and "),
                "group": key[0],
                "phase": key[1] if len(key) > 1 else "",
            }
            for what in WHAT:
                value = values.get((f"{what} {name}", key), 0.0)
                # of a group too small to tell, not even that none of it has a place is told
                back = hidden(f"{what} {name}", *key) or hidden(f"waiting {name}", *key)
                row[what] = SUPPRESSED if back else round(value)
            rows.append(row)
    rows.sort(key=lambda row: row["by"] != ALL)
    return pd.DataFrame(rows)


def _summary(summary: dict[str, Any], whole: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
    """Return the summary without what could tell of a few children: None where held back."""
    counts = {"children": "waiting", "with_place": "with_place", "without_place": "without_place"}
    shown = {
        name: None if whole[column] == SUPPRESSED else whole[column]
        for name, column in counts.items()
    }
    enough = (shown["children"] or 0) >= SMALL
    many = (shown["with_place"] or 0) >= SMALL
    kept = ("case", "scenario", "round_of", "evidence_only", "termination", "solver", "provisions",
            "places_open", "audit", "seconds")  # fmt: skip
    return (
        {name: summary[name] for name in kept}
        | shown
        | {
            "weeks_waited": {"median": summary["weeks_waited"]["median"] if enough else None},
            "journey_minutes": {"median": summary["journey_minutes"]["median"] if many else None},
            "purses": summary["purses"] if many else None,
            "warnings": warnings,
            "public": True,
        }
    )
