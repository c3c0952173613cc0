"""Progressive hedging over draws, by mpi-sppy, on the plan's own Pyomo model.

Each draw is solved apart; prices on the openings (one a draw, nought on average) draw them
together. With those prices the draws, solved apart once more, bound the expected cost of any
openings. Ranks of mpiexec share the draws between them: ``python -m optimiser.hedging FILE OUT``.
"""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.costs import objective
from optimiser.model import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optimiser.kinds import Model
    from optimiser.problem import Problem

EXTRA = "pip install 'sendplaces[stochastic]'"
RHO_SHARE = 0.5
"""Price of disagreement about an opening, as a share of what the opening costs."""
LEAST_RHO = 1000.0
SOLVER = "appsi_highs"


class HedgingMissing(RuntimeError):  # noqa: N818
    """The packages of the extra ``stochastic`` are not installed."""


@dataclass(frozen=True)
class Hedged:
    """What progressive hedging found.

    Parameters
    ----------
    candidates
        Openings worth costing: those of each draw at the end, and what most draws agree on.
    bound_gbp
        No openings have a lower expected cost.
    rounds, ranks
        Rounds of prices, and ranks that shared the draws.
    """

    candidates: tuple[Mapping[str, int], ...]
    bound_gbp: float
    rounds: int
    ranks: int


def scenario_model(problem: Problem, share: float) -> Model:
    """Return the plan model of one draw as mpi-sppy takes a scenario.

    Parameters
    ----------
    problem
        The draw's problem.
    share
        How likely the draw is.
    """
    from mpisppy.utils import sputils  # noqa: PLC0415

    model = build(problem).model
    sputils.attach_root_node(model, 0.0, [model.opened])
    model._mpisppy_probability = share  # noqa: SLF001
    return model


def hedge(
    problems: Sequence[Problem], *, rounds: int = 10, gap: float = 0.001, seconds: float = 1e9
) -> Hedged:
    """Run progressive hedging on the ranks that run this, one or many.

    Parameters
    ----------
    problems
        One a draw, equally likely; all with the same options.
    rounds
        Rounds of prices at most.
    gap
        Of each draw's own solve.
    seconds
        Wall time for the rounds.

    Raises
    ------
    HedgingMissing
        When the extra ``stochastic`` is not installed.
    """
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # standard output is for data
            from mpisppy import MPI  # noqa: PLC0415
            from mpisppy.opt.ph import PH  # noqa: PLC0415
            from mpisppy.utils import sputils  # noqa: PLC0415
    except ImportError:
        raise HedgingMissing(f"progressive hedging needs mpi-sppy: {EXTRA}") from None
    until = time.monotonic() + seconds
    names = [f"draw{i}" for i in range(len(problems))]
    at = dict(zip(names, problems, strict=True))
    price, _ = objective(problems[0])
    first_stage = np.abs(price["open"])

    def creator(name: str, **_: Any) -> Model:
        return scenario_model(at[name], 1.0 / len(problems))

    def rho(model: Model, **_: Any) -> list[tuple[int, float]]:
        options = problems[0].options["option"].tolist()
        where = {name: o for o, name in enumerate(options)}
        years = problems[0].years
        return [
            (id(one), max(LEAST_RHO, RHO_SHARE * first_stage[where[o], y - years[0]]))
            for (o, y), one in model.opened.items()
        ]

    solver = {"mip_rel_gap": gap, "threads": 1}
    options = {
        "solver_name": SOLVER,
        "PHIterLimit": rounds,
        "defaultPHrho": LEAST_RHO,
        "convthresh": 1e-6,
        "verbose": False,
        "display_progress": False,
        "display_timing": False,
        "display_convergence_detail": False,
        "solver_options_layers": [sputils.solver_options_layer("default", solver)],
        "linearize_binary_proximal_terms": True,
        "linearize_proximal_terms": False,
        "toc": False,
        "time_limit": seconds,
        "smoothed": 0,
    }
    with contextlib.redirect_stdout(io.StringIO()):  # standard output is for data
        hub = PH(options, names, creator, rho_setter=rho)
        _, _, trivial = hub.ph_main(finalize=False)
        found = {k: _openings(one) for k, one in hub.local_scenarios.items()}
        agreed = _agreed(hub)
        hub._disable_prox()  # noqa: SLF001 - as its own post_solve_bound does, which prints
        hub.solve_loop(solver_options=dict(solver))
        bounds = [float(trivial), float(hub.Ebound())]
        # the same prices, moved on without the pull together: each round is a bound of its own
        while len(bounds) < 2 + rounds and time.monotonic() < until:
            hub.Compute_Xbar(verbose=False)
            hub.Update_W(verbose=False)
            hub.solve_loop(solver_options=dict(solver))
            bounds.append(float(hub.Ebound()))
        bound = max(bounds)
    found |= {f"{k}, priced": _openings(one) for k, one in hub.local_scenarios.items()}
    everyone = MPI.COMM_WORLD.gather(found, root=0) or [found]
    together = [agreed, *(one for part in everyone for one in part.values())]
    distinct = {tuple(sorted(one.items())): one for one in together}
    iterations = int(getattr(hub, "_PHIter", rounds))
    return Hedged(tuple(distinct.values()), bound, iterations, int(MPI.COMM_WORLD.size))


def _openings(model: Model) -> dict[str, int]:
    """Return option to the first year in which a solved draw has it open."""
    years: dict[str, int] = {}
    for (option, year), one in model.opened.items():
        if one.value is not None and one.value > 0.5:
            years[option] = min(year, years.get(option, year))
    return years


def _agreed(hub: Any) -> dict[str, int]:
    """Return the openings that most draws have, year by year."""
    model = next(iter(hub.local_scenarios.values()))
    years: dict[str, int] = {}
    for index, (option, year) in enumerate(model.opened):
        if model._mpisppy_model.xbars["ROOT", index]._value > 0.5:  # noqa: SLF001
            years[option] = min(year, years.get(option, year))
    return years


def main(arguments: list[str]) -> None:
    """Read problems from a file, hedge on all ranks, and let the first write what was found."""
    asked = pickle.loads(Path(arguments[0]).read_bytes())  # noqa: S301 - written by our own parent
    found = hedge(asked["problems"], **asked["options"])
    from mpisppy import MPI  # noqa: PLC0415

    if MPI.COMM_WORLD.rank == 0:
        told = {
            "candidates": [dict(one) for one in found.candidates],
            "bound_gbp": found.bound_gbp,
            "rounds": found.rounds,
            "ranks": found.ranks,
        }
        Path(arguments[1]).write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
