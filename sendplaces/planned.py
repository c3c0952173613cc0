"""Both sides of a plan, held for questions: from a case, which is planned first, or from a run."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.errors import Fault, InputError
from inputs.scenario import resolve
from optimiser.answer import Answer, Proof, Settings, Stop, Termination
from optimiser.hold import family_shapes
from optimiser.problem import do_minimum
from optimiser.solve import solve
from optimiser.standing import Standings
from outputs.decisions import PLAN_AGAIN, read_decisions
from outputs.publish import MANIFEST, SUMMARY, kind_of, write_json
from sendplaces.posed import Supplied, example, key_of, posed
from sendplaces.runs import Clock, Silence, product_version

if TYPE_CHECKING:
    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.problem import Problem
    from sendplaces.posed import Posed
    from sendplaces.runs import Tell

DO_MINIMUM_SHARE = 0.4
"""Share of the time limit that the do-minimum may take; the plan has what is left."""
NOTES = "runs"
"""Folder of notes where the inputs of runs lie, in the user's cache."""


@dataclass(frozen=True)
class Planned:
    """A case, its problem, and the answers of both sides.

    Parameters
    ----------
    case, scenario, travel
        What was read.
    least, problem
        The problems of the do-minimum and of the plan.
    minimum, plan
        Their answers, with what is proven of them.
    run_id
        The key of the run: the same inputs, policy and settings give it again.
    run
        The run folder that it was read from; None where the case was planned for the question.
    """

    case: Case
    scenario: Scenario
    travel: TravelTable
    least: Problem
    problem: Problem
    minimum: Answer
    plan: Answer
    run_id: str
    run: Path | None

    @property
    def name(self) -> str:
        """Return the name of the case."""
        return str(self.case.name)


@dataclass(frozen=True)
class Starts:
    """Where simplex stood in the do-minimum and the plan of a case, for the next plan of it.

    Parameters
    ----------
    do_minimum, plan
        Of the two searches.
    begun_from
        Run of the plan that they come from; None where there is none.
    """

    do_minimum: Standings
    plan: Standings
    begun_from: str | None = None

    @classmethod
    def empty(cls) -> Starts:
        """Return starts to be filled by a solve."""
        return cls(Standings(), Standings())

    @classmethod
    def none(cls) -> Starts:
        """Return starts from nothing, which keep nothing."""
        return cls(Standings(filling=False), Standings(filling=False))

    def filled(self, run_id: str) -> Starts:
        """Return the same, filled by a run, to start from."""
        return Starts(self.do_minimum.filled(), self.plan.filled(), run_id)


def solve_both(
    problem: Problem,
    settings: Settings,
    tell: Tell,
    stop: Stop,
    starts: Starts | None = None,
) -> tuple[Problem, Answer, Answer]:
    """Return the do-minimum's problem, its answer and the plan's, which is never the dearer.

    ``starts`` are of an earlier plan of the same case, or empty, to be filled.

    Raises
    ------
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    """
    began = time.monotonic()
    least = do_minimum(problem)
    tell.stage("Solving the do-minimum")
    first = replace(settings, time_limit_seconds=settings.time_limit_seconds * DO_MINIMUM_SHARE)
    starts = starts or Starts.none()
    minimum = solve(least, first, stop=stop, show=tell.searching, standings=starts.do_minimum)
    tell.stage("Solving the plan")
    left = settings.time_limit_seconds - (time.monotonic() - began)
    then = replace(settings, time_limit_seconds=max(1.0, left))
    best = solve(problem, then, stop=stop, show=tell.searching, standings=starts.plan)
    if best.proof.cost_gbp > minimum.proof.cost_gbp:
        # opening nothing more is a plan too, and its search may have gone further
        kept = replace(best.proof, cost_gbp=minimum.proof.cost_gbp)
        best = replace(best, proof=kept, decided=minimum.decided, held=minimum.held)
    stop.asked = False  # it is done: the held solvers, which watch it, place children once more
    return least, minimum, best


def planned(
    source: Path | None,
    *,
    scenario: Path | None = None,
    network: str | Path | None = None,
    demand: str | None = None,
    forecast: Path | None = None,
    settings: Settings | None = None,
    cache: Path | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
    case: Path | None = None,
) -> Planned:
    """Return both sides of a plan, held for questions.

    Parameters
    ----------
    source
        A case (a folder of CSV files or one workbook), which is planned here; or a run folder,
        whose plan is taken as it stands; None: the embedded example.
    scenario, network, demand, forecast
        As for `sendplaces.pipeline.run_plan`; only with a case, for a run has its own.
    settings
        Gap, time limit of the two searches together, threads and seed; of a run only threads count.
    cache, tell, stop
        Where matrices are kept, who is told, and the wish to stop.
    case
        With a run: the case that it was planned from, where it has moved since.

    Raises
    ------
    InputError
        For faults in what was supplied; for a run that is public, of another version, damaged, or
        whose case has changed since.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    """
    settings, tell, stop = settings or Settings(), tell or Silence(), stop or Stop()
    source = source or example()
    own = Supplied(source, scenario, network, demand, forecast)
    if case is not None and kind_of(source) is None:
        raise InputError(
            [Fault(str(source), "is no run folder", "Leave out --case, which is for a run")]
        )
    if kind_of(source) is not None:
        if own != Supplied(source):
            raise InputError(
                [
                    Fault(
                        str(source),
                        "is a run, which holds its own policy, roads and demand",
                        "Leave out --scenario, --network, --demand and --forecast, or name a case",
                    )
                ]
            )
        return _of_run(source, case, settings, cache, tell)
    found = posed(own, cache=cache, tell=tell, clock=Clock())
    least, minimum, plan = solve_both(found.problem, settings, tell, stop)
    return Planned(
        found.case,
        found.scenario,
        found.travel,
        least,
        found.problem,
        minimum,
        plan,
        key_of(found.case, found.scenario, settings),
        None,
    )


def remember(cache: Path | None, run_id: str, supplied: Supplied) -> None:
    """Note where the inputs of a run lie, so that it can be asked about without naming them.

    The note is kept with this user's matrices and not in the run folder, which may be sent to
    anyone.
    """
    if cache is None:
        return
    told = {
        "case": str(supplied.case.resolve()),
        "network": place_or_path(supplied.network),
        "forecast": None if supplied.forecast is None else str(supplied.forecast.resolve()),
    }
    with contextlib.suppress(OSError):  # a run that cannot be noted is still a run
        (cache / NOTES).mkdir(parents=True, exist_ok=True)
        write_json(cache / NOTES / f"{run_id}.json", told)


def _remembered(folder: Path, cache: Path | None, run_id: str, case: Path | None) -> Supplied:
    """Return where the inputs of a run lie: as named, else as noted when it was planned."""
    told: dict[str, str | None] = {}
    if cache is not None:
        with contextlib.suppress(OSError, ValueError):
            told = json.loads((cache / NOTES / f"{run_id}.json").read_text("utf-8"))
    where = case or _path(told.get("case"))
    if where is None or not where.exists():
        lies = "it is not known here" if where is None else f"{where} is no longer there"
        raise InputError(
            [Fault(str(folder), f"needs the case that it was planned from, and {lies}",
                   "Name the case with --case")]
        )  # fmt: skip
    return Supplied(where, network=told.get("network"), forecast=_path(told.get("forecast")))


def place_or_path(network: str | Path | None) -> str | None:
    """Return roads as a whole path, where they are a file, or as the place they name."""
    if network is None:
        return None
    return str(Path(network).resolve()) if Path(network).exists() else str(network)


def _of_run(
    folder: Path, case: Path | None, settings: Settings, cache: Path | None, tell: Tell
) -> Planned:
    """Return the plan of a run folder, its case read again and known to be the same."""
    manifest, summary = _facts(folder)
    try:
        price_year = int(manifest["case"]["price_year"])
        policy = resolve(manifest["scenario"], date(price_year, 9, 1), MANIFEST)
        limit = manifest["settings"]["time_limit_seconds"]
        told = Settings(
            gap=float(manifest["settings"]["gap"]),
            time_limit_seconds=float("inf") if limit is None else float(limit),
            threads=settings.threads,
            seed=int(manifest["seed"]),
        )
        proofs = {side: _proof(summary, side) for side in ("plan", "do_minimum")}
        run_id, journeys = str(manifest["run_id"]), str(manifest["travel"]["fingerprint"])
        begun_from = manifest["begun_from"]
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(f"lacks what a run of this version says ({error})") from None
    supplied = _remembered(folder, cache, run_id, case)
    found = posed(supplied, cache=cache, tell=tell, clock=Clock(), policy=policy)
    if (
        key_of(found.case, policy, told, begun_from) != run_id
        or found.travel.fingerprint != journeys
    ):
        raise InputError([_changed(folder, manifest, found)])
    least = do_minimum(found.problem)
    problems = {"plan": found.problem, "do_minimum": least}
    shapes = {
        side: {family: (rows, one.horizon) for family, rows in family_shapes(one).items()}
        for side, one in problems.items()
    }
    decided = read_decisions(folder / "tables", shapes)
    answers = {side: Answer(proofs[side], decided[side], 0.0, 0.0, ()) for side in problems}
    return Planned(
        found.case,
        policy,
        found.travel,
        least,
        found.problem,
        answers["do_minimum"],
        answers["plan"],
        run_id,
        folder,
    )


def _facts(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return manifest and summary of a full run of this version, or say why there is none."""
    kind = kind_of(folder)
    if kind != "plan":
        raise InputError(
            [Fault(str(folder), f"holds a {kind}, not a plan",
                   "Name the folder that sendplaces plan wrote")]
        )  # fmt: skip
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        summary = json.loads((folder / SUMMARY).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(f"cannot be read ({error})") from None
    if manifest.get("public"):
        raise InputError(
            [Fault(str(folder), "is a public run: it holds no homes, and cannot be asked about",
                   "Name the full run, written by sendplaces plan without --public")]
        )  # fmt: skip
    written = manifest.get("versions", {}).get("sendplaces")
    if written != product_version():
        raise InputError(
            [Fault(str(folder), f"was written by another version of sendplaces ({written})",
                   PLAN_AGAIN)]
        )  # fmt: skip
    return manifest, summary


def _proof(summary: dict[str, Any], side: str) -> Proof:
    """Return what a run proved of a side; a bound that was not found is null there."""
    before = "" if side == "plan" else "do_minimum_"
    bound = summary[f"{before}bound_gbp"]
    independent = summary["independent_bound_gbp"] if side == "plan" else None
    return Proof(
        Termination(summary[f"{before}termination"]),
        float(summary[f"{before}cost_gbp"]),
        -np.inf if bound is None else float(bound),
        -np.inf if independent is None else float(independent),
    )


def _changed(folder: Path, manifest: dict[str, Any], found: Posed) -> Fault:
    """Return the fault of a case that is no longer what the run was planned from."""
    before = {one["file"]: one["sha256"] for one in manifest["inputs"]}
    now = {one.name: one.sha256 for one in found.case.sources}
    other = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    what = ", ".join(other) if other else "its roads or its forecast"
    return Fault(
        str(folder),
        f"was planned from {found.case.name} before {what} changed",
        "Plan the case again, and ask about that run",
    )


def _refused(problem: str) -> InputError:
    return InputError([Fault(MANIFEST, problem, PLAN_AGAIN)])


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
