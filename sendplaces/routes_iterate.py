"""Plan and routes in turn: the plan is told what routes cost, and made again, until both agree.

A plan prices transport by a few figures; routes show what they are where this plan sends children.
Told so, the plan may send children elsewhere, and the figures change again. Rounds are not sure to
settle, nor each to be better than the last, so every round is measured by the same rod: what the
plan costs with its transport as routed. The best is kept, and the path is shown.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.routing.term import fit_term
from inputs.errors import Fault, InputError
from inputs.read import read_case
from optimiser.solve import Settings
from outputs.planned_run import read_run
from outputs.routes_tables import AFTER, BEFORE
from sendplaces.pipeline import run_plan
from sendplaces.routes_term import TERM_KEYS, predicted, scenario_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.routing.types import Routed
    from inputs.scenario import Scenario
    from outputs.planned_run import PlannedRun
    from sendplaces.runs import Tell

TOLERANCE = 0.05
"""Rounds end when the plan's own price of transport is within this share of the routed one."""
ROUNDS = 4
"""At most so many plans, the first among them (transport reference, 5.4)."""
COLUMNS = ["round", "term_gbp", "routed_gbp", "gap_share", "cost_gbp", "options_opened", "kept"]


@dataclass(frozen=True, eq=False)
class Turned:
    """What came of the rounds.

    Parameters
    ----------
    planned
        The plan that costs least with transport as routed.
    path
        One row a round: `COLUMNS`.
    folder
        Run folder of the best plan where it is a new one, or None where the run that was given is
        the best.
    settled
        Whether the last round was within the tolerance.
    """

    planned: PlannedRun
    path: pd.DataFrame
    folder: Path | None
    settled: bool
    workshop: Path

    def keep(self, where: Path) -> None:
        """Copy the best plan's run folder to ``where / "run"``, where it is a new one."""
        if self.folder is not None:
            shutil.copytree(self.folder, where / "run")

    def tidy(self) -> None:
        """Remove the folders of the rounds."""
        shutil.rmtree(self.workshop, ignore_errors=True)


@dataclass(frozen=True)
class Round:
    """One plan, routed."""

    number: int
    planned: PlannedRun
    folder: Path | None
    term_gbp: float
    routed_gbp: float
    cost_gbp: float

    @property
    def gap_share(self) -> float:
        """By what share the plan's own price differs from the routed one."""
        return abs(self.term_gbp / self.routed_gbp - 1.0) if self.routed_gbp > 0 else 0.0


def check_case(planned: PlannedRun, case_path: Path) -> None:
    """Check that a case is the one that a run was planned from.

    Raises
    ------
    InputError
        Naming the files that differ.
    """
    case = read_case(case_path)
    now = {one.name: one.sha256 for one in case.sources}
    then = {str(one["file"]): str(one["sha256"]) for one in planned.manifest.get("inputs", [])}
    differ = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
    if differ:
        raise InputError(
            [
                Fault(
                    str(case_path),
                    "is not the case that the run was planned from: it differs in "
                    + ", ".join(differ[:6]),
                    "Name the case as it was, or plan it again first",
                )
            ]
        )


def cost_as_routed(planned: PlannedRun, year: int, routed_gbp: float, scale: float) -> float:
    """Return what a plan costs with its transport as routed, £ of present value.

    Its own transport, over the horizon and after it, is put in the proportion of the routed to its
    own in the routed year. Policy weights are in it, as in what the plan makes least.

    Parameters
    ----------
    planned
        The plan.
    year
        The year routed.
    routed_gbp
        Routed cost of that year.
    scale
        Actual spend over routed cost, the same in every round.
    """
    money = planned.money
    transport = money[(money["term"] == "transport") & (money["purse"] == "general_fund")]
    whole = float(transport["plan_pv"].sum())
    own = float(transport.loc[transport["year"] == str(year), "plan"].sum())
    cost = float(planned.summary["cost_gbp"])
    return cost - whole + whole * (routed_gbp * scale / own if own > 0 else 1.0)


def turn(
    planned: PlannedRun,
    case_path: Path,
    route: Callable[[PlannedRun], Mapping[str, Routed]],
    *,
    year: int,
    average_gbp: float | None,
    cache: Path | None,
    tell: Tell,
    rounds: int = ROUNDS,
    tolerance: float = TOLERANCE,
) -> Turned:
    """Return the best of several plans, each told what the routes of those before it cost.

    Parameters
    ----------
    planned
        The first plan.
    case_path
        The case that it was planned from.
    route
        From a plan to both of its sides, routed: one draw, the same seed every time.
    year
        The year routed.
    average_gbp
        What a user really costs a year today; None leaves routed pounds as they are.
    cache, tell
        Where networks are kept, and who is told.
    rounds, tolerance
        When to stop.
    """
    check_case(planned, case_path)
    workshop = Path(tempfile.mkdtemp(prefix="sendplaces-rounds-"))
    seen: list[Routed] = []
    done: list[Round] = []
    scale = 1.0
    now, folder = planned, None
    try:
        while True:
            tell.stage(f"Round {len(done) + 1}: routing the plan")
            sides = route(now)
            routed = sides[AFTER].cost_a_year_gbp
            if not done and average_gbp is not None:
                scale = average_gbp / per_user(sides[BEFORE])
            done.append(
                Round(
                    len(done) + 1,
                    now,
                    folder,
                    predicted(sides[AFTER], scenario_values(now.scenario)),
                    routed,
                    cost_as_routed(now, year, routed, scale),
                )
            )
            seen += [sides[BEFORE], sides[AFTER]]
            if done[-1].gap_share <= tolerance or len(done) >= rounds:
                break
            told = told_scenario(now.scenario, seen)
            if told is None:
                break
            folder = workshop / f"round-{len(done) + 1}"
            run_plan(
                case_path,
                folder,
                network=planned.network,
                settings=settings_of(planned),
                cache=cache,
                tell=tell,
                policy=told,
            )
            now = read_run(folder)
    except BaseException:
        shutil.rmtree(workshop, ignore_errors=True)
        raise
    best = min(done, key=lambda one: one.cost_gbp)
    settled = done[-1].gap_share <= tolerance
    return Turned(best.planned, path_table(done, best, settled), best.folder, settled, workshop)


def per_user(routed: Routed) -> float:
    """Return routed £ a year a user."""
    from outputs.routes_measures import ALL, measures  # noqa: PLC0415

    found = measures(routed)
    whole = found[found["provision"] == ALL].to_dict("records")[0]
    return float(whole["cost_a_year_gbp"]) / max(1.0, float(whole["users"]))


def told_scenario(scenario: Scenario, seen: list[Routed]) -> Scenario | None:
    """Return the scenario with the term fitted on all routed so far; None where none fits."""
    term = fit_term(seen)
    if term is None:
        return None
    return scenario.model_copy(update=scenario_values_of(term))


def scenario_values_of(term: Any) -> dict[str, float]:
    """Return a fitted term as the scenario's keys."""
    return {key: max(0.0, float(getattr(term, name))) for key, name in TERM_KEYS.items()}


def settings_of(planned: PlannedRun) -> Settings:
    """Return the settings that a run was planned with."""
    stated = planned.manifest.get("settings", {})
    limit = stated.get("time_limit_seconds")
    return Settings(
        gap=float(stated.get("gap", 0.001)),
        time_limit_seconds=float("inf") if limit is None else float(limit),
        threads=int(stated.get("threads", 2)),
        seed=int(planned.manifest.get("seed", 0)),
    )


def path_table(done: list[Round], best: Round, settled: bool) -> pd.DataFrame:
    """Return the path: one row a round, the best marked."""
    rows = []
    for one in done:
        said = "kept" if one is best else ""
        if one is done[-1]:
            ended = "settled" if settled else "last round: not settled"
            said = f"{said}, {ended}" if said else ended
        opened = "; ".join(map(str, one.planned.summary.get("options_opened", [])))
        rows.append(
            (
                one.number,
                one.term_gbp,
                one.routed_gbp,
                one.gap_share,
                one.cost_gbp,
                opened,
                said,
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)


__all__ = ["Turned", "check_case", "cost_as_routed", "turn"]
