"""The methods of the ladder, each run in a process of its own: build, solve, tell what is found.

``python -m benchmarks.ladder_methods METHOD PROBLEM EVENTS --seconds S ...`` is what the ladder
starts. Every method has one thread, the same gap, the same seconds from its own start, and the same
limit on its address space. The clock starts with the numbers in memory: for a textbook model as
lists and dicts, for the product as its posed problem.
"""

from __future__ import annotations

import argparse
import pickle
import resource
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.cbc_log import CbcLog, output_read
from benchmarks.trail import Tell
from optimiser.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.published import Instance

    Posed = Problem | Instance

GIB = 2**30
RETURNED, OUT_OF_MEMORY, ABSENT = "returned", "memory", "not installed"


@dataclass(frozen=True)
class Limits:
    """What a method may take.

    Parameters
    ----------
    seconds
        From its own start, building included.
    gap
        Between plan and bound, as a share of ``scale_gbp``, at which a plan counts as proven.
    scale_gbp
        A cost that is known before: the do-minimum's. The gap is the same pounds for all.
    """

    seconds: float
    gap: float
    scale_gbp: float

    @property
    def gap_gbp(self) -> float:
        """The gap in pounds."""
        return self.gap * abs(self.scale_gbp)


def peak_gib() -> float:
    """Return the most memory that this process, or one that it started, has held."""
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return max(resource.getrusage(one).ru_maxrss for one in who) / 2**20


def run_product(posed: Posed, limits: Limits, tell: Tell) -> None:
    """Run the product's own way; its gap is a share of its plan's cost, so no looser than others'.

    The model is built once more, after the end, to count it.
    """
    from optimiser.model import build
    from optimiser.solve import OutOfTime, Progress, Settings, compile_model, solve

    def show(progress: Progress) -> None:
        tell.found(progress.cost_gbp, progress.bound_gbp)

    if isinstance(posed, Problem):
        problem = posed
    else:
        from benchmarks.published import to_problem

        problem = to_problem(posed)
    tell.begin()
    try:
        answer = solve(problem, Settings(limits.gap, limits.seconds, threads=1), show=show)
    except OutOfTime:
        pass
    else:
        tell.built(answer.build_seconds)
        tell.found(answer.proof.cost_gbp, answer.proof.bound_gbp)
    tell.ended(RETURNED, peak_gib())
    lp = compile_model(build(problem).model).lp
    tell.sizes(lp.num_col_, lp.num_row_)


def _pulp_model(posed: Posed, *, strong: bool) -> tuple[Callable[[], Any], float]:
    """Return what builds the textbook's PuLP problem, and the constant that it leaves out."""
    if not isinstance(posed, Problem):
        from benchmarks.textbook_sites import pulp_model

        return partial(pulp_model, posed), 0.0
    from benchmarks.core import facts
    from benchmarks.textbook_pulp import model

    known = facts(posed)
    return partial(model, known, strong=strong), known.always


def _pyomo_model(posed: Posed) -> Callable[[], Any]:
    if not isinstance(posed, Problem):
        from benchmarks.textbook_sites import pyomo_model

        return partial(pyomo_model, posed)
    from benchmarks.core import facts
    from benchmarks.textbook_pyomo import model

    return partial(model, facts(posed))


def _scip_model(posed: Posed, *, strong: bool) -> Callable[[], Any]:
    if not isinstance(posed, Problem):
        from benchmarks.textbook_sites import scip_model

        return partial(scip_model, posed)
    from benchmarks.core import facts
    from benchmarks.textbook_scip import model

    return partial(model, facts(posed), strong=strong)


def watch(solver: Any, tell: Tell, always: float) -> None:
    """Have a HiGHS tell what it finds, plans and bounds, plus what no decision changes."""

    def on_mip(event: Any) -> None:
        out = event.data_out
        tell.found(float(out.mip_primal_bound) + always, float(out.mip_dual_bound) + always)

    solver.cbMipImprovingSolution.subscribe(on_mip)
    solver.cbMipInterrupt.subscribe(on_mip)


def say_last(solver: Any, tell: Tell, always: float) -> None:
    """Tell where a HiGHS ended."""
    info = solver.getInfo()
    found = info.primal_solution_status == 2  # a plan that holds
    cost = float(info.objective_function_value) if found else float("inf")
    tell.found(cost + always, float(info.mip_dual_bound) + always)


def run_pulp_highs(posed: Posed, limits: Limits, tell: Tell, *, strong: bool = False) -> None:
    """Run textbook PuLP and HiGHS through PuLP's own object; it leaves the constant out."""
    import pulp

    pose, always = _pulp_model(posed, strong=strong)
    del posed

    class Watched(pulp.HiGHS):  # type: ignore[misc]
        """PuLP's HiGHS, told when it holds the model and watched from then on."""

        def callSolver(self, lp: Any) -> None:  # noqa: N802
            solver = lp.solverModel
            tell.built()
            tell.sizes(solver.getNumCol(), solver.getNumRow())
            solver.setOptionValue("time_limit", max(0.1, limits.seconds - tell.seconds()))
            watch(solver, tell, always)
            super().callSolver(lp)
            say_last(solver, tell, always)

    tell.begin()
    lp = pose()
    lp.solve(Watched(msg=False, threads=1, gapRel=0.0, gapAbs=limits.gap_gbp))


def run_appsi(posed: Posed, limits: Limits, tell: Tell) -> None:
    """Run textbook Pyomo and appsi's HiGHS."""
    from pyomo.contrib.appsi.solvers import Highs

    pose = _pyomo_model(posed)
    del posed
    tell.begin()
    m = pose()
    opt = Highs()
    opt.set_instance(m)
    solver = opt._solver_model  # noqa: SLF001
    tell.built()
    tell.sizes(solver.getNumCol(), solver.getNumRow())
    watch(solver, tell, 0.0)
    opt.config.load_solution = False
    opt.config.time_limit = max(0.1, limits.seconds - tell.seconds())
    opt.highs_options = {"threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": limits.gap_gbp}
    # nothing in the model changed since it was handed over: do not look
    for check in ("constraints", "vars", "params", "named_expressions", "objective"):
        setattr(opt.update_config, f"update_{check}", False)
    for check in ("check_for_new_or_removed_constraints", "check_for_new_or_removed_vars",
                  "check_for_new_or_removed_params", "check_for_new_objective"):  # fmt: skip
        setattr(opt.update_config, check, False)
    opt.solve(m)
    say_last(solver, tell, 0.0)


def run_scip(posed: Posed, limits: Limits, tell: Tell, *, strong: bool = False) -> None:
    """Run SCIP through PySCIPOpt; an event handler tells each plan, and each node's bound."""
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr

    pose = _scip_model(posed, strong=strong)
    del posed

    class Watch(Eventhdlr):  # type: ignore[misc]
        """Tells plans and bounds."""

        def eventinit(self) -> None:
            for kind in (SCIP_EVENTTYPE.BESTSOLFOUND, SCIP_EVENTTYPE.NODESOLVED):
                self.model.catchEvent(kind, self)

        def eventexec(self, event: Any) -> None:  # noqa: ARG002
            tell.found(self.model.getPrimalbound(), self.model.getDualbound())

    tell.begin()
    m = pose()
    m.hideOutput()
    m.includeEventhdlr(Watch(), "watch", "tells plans and bounds")
    tell.built()
    tell.sizes(m.getNVars(transformed=False), m.getNConss(transformed=False))
    m.setParam("limits/absgap", limits.gap_gbp)
    m.setParam("limits/time", max(0.1, limits.seconds - tell.seconds()))
    m.optimize()
    tell.found(m.getPrimalbound() if m.getNSols() else float("inf"), m.getDualbound())


def run_pulp_cbc(posed: Posed, limits: Limits, tell: Tell) -> None:
    """Run textbook PuLP and the CBC that comes with it."""
    import warnings

    import pulp

    pose, always = _pulp_model(posed, strong=False)
    del posed
    tell.begin()
    lp = pose()
    tell.built()
    tell.sizes(lp.numVariables(), lp.numConstraints())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PuLP says that its own CBC goes with version 4
        # no number of threads: CBC then runs in one; asked for 1 it runs a worker beside it
        solver = pulp.PULP_CBC_CMD(
            msg=True,
            gapAbs=limits.gap_gbp,
            gapRel=0.0,
            timeLimit=max(0.1, limits.seconds - tell.seconds()),
        )
    with output_read(CbcLog(tell, always, limits.gap_gbp).line):
        lp.solve(solver)


def run_pulp_highs_strong(posed: Posed, limits: Limits, tell: Tell) -> None:
    """Run PuLP and HiGHS with a linking row for each arc."""
    run_pulp_highs(posed, limits, tell, strong=True)


def run_scip_strong(posed: Posed, limits: Limits, tell: Tell) -> None:
    """Run SCIP with a linking row for each arc."""
    run_scip(posed, limits, tell, strong=True)


@dataclass(frozen=True)
class Method:
    """A way to solve the core: the name that the table gives it, and what runs it."""

    name: str
    run: Callable[[Posed, Limits, Tell], None]


METHODS = {
    "product": Method("sendplaces", run_product),
    "cbc": Method("PuLP + CBC", run_pulp_cbc),
    "highs": Method("PuLP + HiGHS", run_pulp_highs),
    "pyomo": Method("Pyomo + appsi_highs", run_appsi),
    "scip": Method("SCIP (PySCIPOpt)", run_scip),
    "highs-strong": Method("PuLP + HiGHS, strong", run_pulp_highs_strong),
    "scip-strong": Method("SCIP, strong", run_scip_strong),
}


def held_bytes() -> int:
    """Return the address space that this process holds; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one method on a problem kept in a file; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("method", choices=tuple(METHODS))
    parser.add_argument("problem", type=Path)
    parser.add_argument("events", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--gigabytes", type=float, required=True)
    parser.add_argument("--gap", type=float, required=True)
    parser.add_argument("--scale", type=float, required=True)
    chosen = parser.parse_args(arguments)
    most = int(chosen.gigabytes * GIB)
    tell = Tell(chosen.events)
    if held_bytes() > most:  # past such a limit even an import breaks, in any way
        tell.ended(OUT_OF_MEMORY, peak_gib())
        return 1
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        posed = pickle.loads(chosen.problem.read_bytes())
        METHODS[chosen.method].run(posed, Limits(chosen.seconds, chosen.gap, chosen.scale), tell)
    except MemoryError:
        tell.ended(OUT_OF_MEMORY, peak_gib())
        return 1
    except ImportError as error:
        if "pyscipopt" not in str(error):
            raise
        tell.ended(ABSENT, peak_gib())
        return 0
    if chosen.method != "product":
        tell.ended(RETURNED, peak_gib())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
