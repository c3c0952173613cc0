"""The placement round, end to end: read, pose, arrange, find what blocks, check, publish."""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from inputs.errors import Fault, InputError
from inputs.scenario import read_scenario
from inputs.waiting import read_round
from optimiser.round.arrange import arrange
from optimiser.round.check import check_round
from optimiser.round.pose import pose_round
from optimiser.round.relax import evidence
from optimiser.round.solver import SolverName, solver
from optimiser.round.tables import round_tables
from outputs.publish import SUMMARY, check_free
from outputs.round_public import publish_round_safely
from outputs.round_publish import KIND, publish_round
from outputs.round_report import RoundReport, round_report
from sendplaces.posed import journeys
from sendplaces.runs import Clock, Silence, Tell, product_version, spare_inputs

if TYPE_CHECKING:
    from datetime import date

    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.scenario import Scenario
    from inputs.waiting import RoundTables
    from optimiser.checking import Check
    from optimiser.round.arrange import Arrangement


def run_round(
    case_path: Path,
    out: Path,
    *,
    waiting: Path | None = None,
    vacancies: Path | None = None,
    on: date | None = None,
    scenario_path: Path | None = None,
    network: str | Path | None = None,
    solver_name: SolverName = SolverName.HIGHS,
    time_limit_seconds: float = float("inf"),
    export: str | None = None,
    pages: bool = False,
    values: bool = True,
    public: bool = False,
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
) -> RoundReport:
    """Run a placement round and leave its run folder behind.

    Parameters
    ----------
    case_path
        A folder of CSV files or one workbook.
    out
        The run folder to write; written whole or not at all.
    waiting, vacancies
        The waiting list and the open places; None takes those that lie in the case.
    on
        Date of the round; None takes ``as_at`` of the list, else today.
    scenario_path, network
        Policy and roads; None takes those that lie in the case folder, if any.
    solver_name, time_limit_seconds
        The solver, and the seconds for the arrangement.
    export
        ``lp`` or ``mps`` to write the model of each step; None to write none.
    pages, values
        Whether to write a page for each child, and to find what one place more is worth.
    public
        Publish totals alone, with small numbers held back.
    force
        Replace a folder that is no earlier run.
    cache, tell
        Where journeys are kept, and who is told.

    Raises
    ------
    InputError
        For every fault in what was supplied, and where ``out`` may not be written to.
    NotProvenError
        When a step was not proven in time.
    NoSolverError
        When the solver asked for is not there.
    RoundFailedError
        When the round does not hold what it says; nothing is published.
    """
    tell = tell or Silence()
    clock, started = Clock(), datetime.now(UTC)
    check_free(out, kind=KIND, force=force)
    spare_inputs(out, (case_path, waiting, vacancies, scenario_path, network))
    tell.stage("Reading the case and the waiting list")
    case, tables = read_round(case_path, waiting=waiting, vacancies=vacancies, on=on)
    scenario = read_scenario(scenario_path or case.scenario, case.price_year)
    clock.lap("read")
    tell.stage("Working out journeys")
    travel = journeys(case, scenario, network, cache, tell)
    clock.lap("travel")
    tell.stage("Finding suitable places")
    problem = pose_round(case, tables, travel.journeys, scenario)
    clock.lap("pose")
    tell.stage("Arranging places, step by step")
    with tempfile.TemporaryDirectory(prefix="round-") as drafts:
        arrangement = arrange(
            problem,
            solver_name,
            time_limit_seconds=time_limit_seconds,
            export=None if export is None else (Path(drafts), export),
        )
        models = {path.name: path.read_bytes() for path in sorted(Path(drafts).iterdir())}
    clock.lap("solve")
    tell.stage("Finding what blocks, and what one place more is worth")
    found = evidence(problem, arrangement, lambda: solver(solver_name), values=values)
    told = round_tables(problem, arrangement, found)
    clock.lap("evidence")
    tell.stage("Checking")
    checks = check_round(case, tables, travel.journeys, scenario, told)
    clock.lap("audit")
    tell.stage("Writing the run folder")
    settings = (str(solver_name), export, pages, values, tables.on.isoformat())
    run_id = _run_id(case, tables, scenario, settings)
    report = round_report(
        case, tables, problem, arrangement, told, checks, travel,
        run_id=run_id, seconds=clock.seconds,
    )  # fmt: skip
    clock.lap("publish")
    report = replace(report, summary=report.summary | {"seconds": dict(clock.seconds)})
    shown = publish_round_safely(report) if public else report
    facts = _manifest(case, tables, scenario, arrangement, travel, checks, started, public=public)
    publish_round(shown, out, manifest=facts, pages=pages, models=models, force=force)
    return replace(shown, summary=json.loads((out / SUMMARY).read_text("utf-8")))


def refuse_public(*, public: bool, pages: bool, export: str | None) -> None:
    """Refuse to publish what is about single children.

    Raises
    ------
    InputError
        When a public version is asked for together with pages or models.
    """
    asked = "--child-pages" if pages else "--export" if export else ""
    if public and asked:
        raise InputError(
            [Fault(asked, "cannot stand beside --public, which holds totals only",
                   "Run it twice, into two folders")]
        )  # fmt: skip


def _run_id(
    case: Case, tables: RoundTables, scenario: Scenario, settings: tuple[object, ...]
) -> str:
    """Return a name that the same inputs, policy and settings give again."""
    told = {
        "sources": [(one.name, one.sha256) for one in (*case.sources, *tables.sources)],
        "scenario": scenario.model_dump(mode="json", by_alias=True),
        "settings": settings,
        "version": product_version(),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def _manifest(
    case: Case,
    tables: RoundTables,
    scenario: Scenario,
    arrangement: Arrangement,
    travel: TravelTable,
    checks: list[Check],
    started: datetime,
    *,
    public: bool,
) -> dict[str, object]:
    """Return what anyone needs to run it again, and to see what was checked.

    Rows of a file count children, so a public manifest gives none.
    """
    packages = ("pulp", "highspy", "pandas", "numpy", "scipy", "osmnx")
    return {
        "inputs": [
            {"file": one.name, "sha256": one.sha256} | ({} if public else {"rows": one.rows})
            for one in (*case.sources, *tables.sources)
        ],
        "case": {
            "name": case.name,
            "base_year": case.base_year,
            "price_year": case.price_year,
            "round_of": tables.on.isoformat(),
        },
        "travel": {"fingerprint": travel.fingerprint, "attribution": list(travel.attribution)},
        "scenario": scenario.model_dump(mode="json", by_alias=True),
        "settings": {"solver": str(arrangement.solver)},
        "versions": {"sendplaces": product_version(), "python": platform.python_version()}
        | {name: version(name) for name in packages},
        "audit": [
            {
                "check": check.name,
                "worst": check.worst,
                "tolerance": check.tolerance,
                "passed": check.passed,
            }
            for check in checks
        ],
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
