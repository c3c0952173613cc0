"""How far the simple clock of children who wait is out, on a whole plan and its do-minimum.

``python -m benchmarks.clocks [CASE] [--json FILE] [--gap 0.001] [--time-limit S]``

Each is solved, and its placements are run again with exact clocks (`optimiser.clocks`): a child who
waited leaves when it would have left had it been placed on entry. Nothing is decided again.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.rows import write_rows
from inputs.read import read_case
from inputs.scenario import read_scenario
from optimiser.clocks import waiting_error
from optimiser.plan import plan_of
from optimiser.pose import pose
from optimiser.problem import do_minimum
from optimiser.solve import Settings, solve
from sendplaces.posed import example, journeys
from sendplaces.runs import Silence

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Row:
    """What one solved plan counts, and what exact clocks would take off."""

    instance: str
    method: str
    child_years: float
    placed_late: float
    extra_in_places_horizon: float
    extra_in_places_tail: float
    extra_waiting: float
    extra_share: float
    extra_pv_gbp: float
    money_pv_gbp: float


def measured(case_path: Path, settings: Settings) -> list[Row]:
    """Return the do-minimum and the plan of a case, with what the simple clock adds to each.

    ``money_pv_gbp`` is all money of the plan, horizon, tail and residual value; no weights.
    """
    case = read_case(case_path)
    scenario = read_scenario(case.scenario, case.price_year)
    travel = journeys(case, scenario, None, None, Silence())
    problem = pose(case, travel.journeys, scenario)
    rows = []
    for method, posed in (("do-minimum", do_minimum(problem)), ("plan", problem)):
        plan = plan_of(posed, solve(posed, settings))
        error = waiting_error(posed, plan)
        paid = plan.money[plan.money["purse"] != "none"]
        rows.append(
            Row(
                instance=case.name,
                method=method,
                child_years=error.child_years,
                placed_late=float(error.placed_late),
                extra_in_places_horizon=error.placed_horizon,
                extra_in_places_tail=error.placed_tail,
                extra_waiting=error.waiting_horizon + error.waiting_tail,
                extra_share=error.share,
                extra_pv_gbp=error.pv_gbp,
                money_pv_gbp=float(paid["pv_gbp"].sum()),
            )
        )
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the rows as a table; with --json, write them too."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clocks", description=__doc__)
    parser.add_argument("case", nargs="?", type=Path, help="case (default: the made-up authority)")
    parser.add_argument("--json", type=Path, help="file to write the rows to")
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--time-limit", type=float, default=float("inf"))
    chosen = parser.parse_args(arguments)
    settings = Settings(gap=chosen.gap, time_limit_seconds=chosen.time_limit)
    rows = measured(chosen.case or example(), settings)
    frame = pd.DataFrame([asdict(row) for row in rows]).set_index("method").T
    print(
        frame.map(lambda v: f"{v:,.4f}" if isinstance(v, float) and abs(v) < 1 else v)
        .map(lambda v: f"{v:,.1f}" if isinstance(v, float) else v)
        .to_string()
    )
    write_rows(rows, chosen.json)


if __name__ == "__main__":
    main()
