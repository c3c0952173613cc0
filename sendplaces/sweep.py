"""Many plans in one command: every case under every scenario and demand, side by side.

Each plan has a run folder of its own. Dask spreads them over processes of this machine, or over a
cluster that runs already.

The first plan of a case is what ``sendplaces plan`` makes of the same inputs with one thread. Where
simplex stood in its relaxations goes with the others of that case to whichever worker makes them,
and their searches begin there. So each is within the gap asked, as always, and the same whoever
makes it, but may be another plan than the one found from nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inputs.errors import Fault, InputError
from inputs.read import read_case
from inputs.scenario import read_scenario, with_demand
from optimiser.audit import AuditFailed
from optimiser.solve import NoPlan, OutOfTime, Settings
from outputs.publish import check_free
from outputs.sweep_publish import COLUMNS, SWEEP, begin_sweep, publish_sweep
from sendplaces.pipeline import run_plan
from sendplaces.planned import Starts
from sendplaces.runs import Silence, Tell, product_version, spare_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from outputs.report import Report

RETRIES = 2
"""A plan is tried again so often where the process that made it was lost."""
RUNS = "runs"
CONNECT_SECONDS = 10.0
"""A scheduler that does not answer in this time is taken not to be there."""


@dataclass(frozen=True)
class Piece:
    """One plan of a sweep.

    Parameters
    ----------
    name
        Of its run folder.
    case
        Folder or workbook.
    scenario
        TOML file; None for the case's own.
    demand
        As ``plan --demand`` takes it; None for the scenario's own.
    """

    name: str
    case: Path
    scenario: Path | None
    demand: str | None


def pieces_of(
    cases: Sequence[Path], scenarios: Sequence[Path], demands: Sequence[str]
) -> tuple[Piece, ...]:
    """Return every case under every scenario and demand.

    Raises
    ------
    InputError
        Where nothing is asked for, a file is not there, or two plans would have one name.
    """
    faults = [
        Fault(str(one), "is not there", "Check the name")
        for one in (*cases, *scenarios)
        if not one.exists()
    ]
    if not cases:
        faults.append(Fault("sweep", "was given no case", "Name the folders or workbooks"))
    made = [
        Piece(_name(case, scenario, demand), case, scenario, demand)
        for case in cases
        for scenario in scenarios or (None,)
        for demand in demands or (None,)
    ]
    seen: dict[str, Piece] = {}
    for one in made:
        other = seen.setdefault(one.name.casefold(), one)
        if other is not one:
            faults.append(
                Fault(
                    str(one.case),
                    f"would be planned into the folder {one.name}, as {other.case} is",
                    "Give cases and scenarios different names, and name each once",
                )
            )
    if faults:
        raise InputError(faults)
    return tuple(made)


def _name(case: Path, scenario: Path | None, demand: str | None) -> str:
    whole = case.resolve()
    parts = [whole.name if whole.is_dir() else whole.stem]
    parts += [] if scenario is None else [scenario.stem]
    parts += [] if demand is None else [demand]
    return re.sub(r"[^\w.-]+", "_", "-".join(parts))


def run_sweep(
    pieces: Sequence[Piece],
    out: Path,
    settings: Settings,
    *,
    workers: int,
    cluster: str | None = None,
    network: str | None = None,
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
) -> dict[str, Any]:
    """Make every plan, and a table of them.

    Run folders are written one by one as they are made: a sweep that is stopped leaves those that
    it finished. A plan that cannot be made is a row that says why; the others are made.

    Parameters
    ----------
    pieces
        The plans.
    out
        Folder of the sweep; every worker of a cluster must reach it, and the cases, by this name.
    settings
        Of each search.
    workers
        Processes of this machine; with one, no other process is started.
    cluster
        Address of a Dask scheduler that runs already, in place of processes of this machine.
    network
        Roads for every case; None takes those that lie in each case folder.
    force
        Replace a folder that is no earlier sweep.
    cache, tell
        Where matrices are kept, and who is told.

    Returns
    -------
    dict
        As it stands in ``summary.json``: a row of `COLUMNS` for each plan among ``rows``.

    Raises
    ------
    InputError
        For a fault of any case or scenario, before any plan is made: all of all of them.
    """
    tell, started, began = tell or Silence(), datetime.now(UTC), time.monotonic()
    out = out.absolute()
    check_free(out, kind=SWEEP, force=force)
    supplied = [one.case for one in pieces] + [one.scenario for one in pieces if one.scenario]
    spare_inputs(out, (*supplied, network))
    tell.stage("Reading every case")
    _check_all(pieces)
    begin_sweep(out)
    planner = _Planner(out / RUNS, settings, network, cache)
    rows: dict[str, dict[str, Any]] = {}
    for row in _each(planner, _by_case(pieces), workers, cluster):
        rows[row["plan"]] = row
        tell.stage(f"{len(rows)} of {len(pieces)} planned: {row['plan']}, {row['ended']}")
        tell.part(len(rows) / len(pieces))
    listed = [rows[one.name] for one in pieces]
    summary = {
        "plans": len(listed),
        "planned": sum(row["plan_run_id"] is not None for row in listed),
        "proven": sum(row["ended"] == "optimal" for row in listed),
        "workers": workers if cluster is None else None,
        "seconds": time.monotonic() - began,
        "seconds_of_plans": sum(row["seconds"] for row in listed),
        "rows": listed,
    }
    manifest = {
        "run_id": _run_id(listed),
        "settings": {**asdict(settings), "time_limit_seconds": _finite(settings)},
        "versions": {"sendplaces": product_version()},
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    publish_sweep(summary, manifest, out)
    return summary


def _run_id(rows: Sequence[dict[str, Any]]) -> str:
    """Return a name that the same plans give again."""
    told = " ".join(f"{row['plan']} {row['plan_run_id']}" for row in rows)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _finite(settings: Settings) -> float | None:
    limit = settings.time_limit_seconds
    return limit if limit != float("inf") else None


def _check_all(pieces: Sequence[Piece]) -> None:
    """Read every case once, and its scenarios: all faults at once, before hours of work."""
    faults: list[Fault] = []
    for path in dict.fromkeys(one.case for one in pieces):
        try:
            case = read_case(path)
        except InputError as error:
            faults += error.faults
            continue
        for one in pieces:
            if one.case != path:
                continue
            try:
                scenario = read_scenario(one.scenario or case.scenario, case.price_year)
                if one.demand is not None:
                    with_demand(scenario, one.demand)
            except InputError as error:
                faults += error.faults
    if faults:
        raise InputError(list(dict.fromkeys(faults)))


def _by_case(pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
    """Return the plans of each case, in the order given."""
    cases: dict[Path, list[Piece]] = {}
    for one in pieces:
        cases.setdefault(one.case, []).append(one)
    return [tuple(listed) for listed in cases.values()]


def _each(
    planner: _Planner, cases: Sequence[tuple[Piece, ...]], workers: int, cluster: str | None
) -> Iterator[dict[str, Any]]:
    """Yield the row of each plan as it is made; the others of a case begin where its first did."""
    if cluster is None and min(workers, sum(map(len, cases))) <= 1:
        for first, *others in cases:
            row, starts = planner(first, None if others else Starts.none())
            yield row
            for one in others:
                yield planner(one, starts)[0]
        return
    try:
        from dask import config  # noqa: PLC0415 - an extra, and heavy
        from distributed import Client, as_completed  # noqa: PLC0415
    except ImportError:
        raise InputError(
            [
                Fault(
                    "this installation",
                    "lacks Dask, which spreads plans over processes",
                    "Install sendplaces[cluster], or use --workers 1",
                )
            ]
        ) from None
    with (
        config.set({"logging.distributed": "error"}),
        contextlib.closing(_client(Client, workers, cluster)) as client,
    ):
        asked: dict[str, Piece] = {}
        waiting: dict[str, list[Piece]] = {}

        def ask(one: Piece, starts: Starts | None) -> Any:
            key = f"{one.name}-{time.time_ns()}"
            asked[key] = one
            return client.submit(planner, one, starts, key=key, retries=RETRIES)

        begun: Any = as_completed()  # type: ignore[no-untyped-call]
        for first, *others in cases:
            future = ask(first, None if others else Starts.none())
            waiting[future.key] = others
            begun.add(future)
        for future in begun:
            error, starts = future.exception(), Starts.none()
            if error is None:
                row, starts = future.result()
                yield row
            else:  # a process was lost each time, or something broke that no input explains
                yield _row(asked[future.key], "failed", said=f"{type(error).__name__}: {error}")
            for one in waiting.pop(future.key, []):
                begun.add(ask(one, starts))


def _client(made: Any, workers: int, cluster: str | None) -> Any:
    if cluster is None:
        return made(
            n_workers=workers,
            threads_per_worker=1,  # one solver a process: HiGHS and Pyomo share nothing
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            memory_limit=0,
            silence_logs=50,
        )
    try:
        return made(cluster, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise InputError(
            [
                Fault(
                    cluster,
                    f"is no cluster that answers ({error})",
                    "Give the address that its scheduler printed, such as tcp://10.0.0.5:8786",
                )
            ]
        ) from error


@dataclass(frozen=True)
class _Planner:
    """Makes one plan; sent to every worker."""

    folder: Path
    settings: Settings
    network: str | None
    cache: Path | None

    def __call__(self, piece: Piece, starts: Starts | None) -> tuple[dict[str, Any], Starts]:
        """Return the row of one plan, whose run folder it writes, and starts for the others.

        Without starts, those of this plan are kept, if it is made. One that breaks in a way that
        no input explains is a row too, whoever makes it.
        """
        used = starts or Starts.empty()
        try:
            row = self._planned(piece, used)
        except Exception as error:  # noqa: BLE001 - the other plans are to be made
            row = _row(piece, "failed", said=f"{type(error).__name__}: {error}")
        made = row["plan_run_id"]
        kept = used.filled(made) if starts is None and made is not None else Starts.none()
        return row | {"begun_from": used.begun_from}, kept

    def _planned(self, piece: Piece, starts: Starts) -> dict[str, Any]:
        began = time.monotonic()
        try:
            told = run_plan(
                piece.case,
                self.folder / piece.name,
                scenario_path=piece.scenario,
                demand=piece.demand,
                network=self.network,
                settings=self.settings,
                force=True,  # of an earlier sweep, or of a worker that was lost
                cache=self.cache,
                starts=starts,
            )
        except NoPlan as error:
            return _row(piece, "infeasible", said="; ".join(error.clashes), began=began)
        except OutOfTime as error:
            return _row(piece, str(error.termination), said=str(error), began=began)
        except AuditFailed as error:
            return _row(piece, "audit failed", said=str(error), began=began)
        except InputError as error:
            said = "; ".join(one.sentence() for one in error.faults)
            return _row(piece, "faults", said=said, began=began)
        return _row(piece, told.summary["termination"], told=told, began=began)


def _row(
    piece: Piece,
    ended: str,
    *,
    said: str = "",
    told: Report | None = None,
    began: float | None = None,
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {
        "plan": piece.name,
        "case": str(piece.case),
        "scenario": None if piece.scenario is None else str(piece.scenario),
        "demand": piece.demand,
        "ended": str(ended),
        "said": said,
        "seconds": 0.0 if began is None else time.monotonic() - began,
    }
    if told is None:
        return row
    found = told.summary
    purses = found["purses"]
    row |= {name: found[name] for name in COLUMNS if name in found and row[name] is None}
    row |= {
        "saving_low_gbp": found["saving_interval_gbp"][0],
        "saving_high_gbp": found["saving_interval_gbp"][1],
        "options_opened": len(found["options_opened"]),
        "plan_run_id": found["run_id"],
    }
    return row | {
        f"{name}_saving_gbp": purses[name]["saving_gbp"] + purses[name]["tail_saving_gbp"]
        for name in purses
    }
