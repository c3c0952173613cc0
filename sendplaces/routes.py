"""Route the journeys of a run, on both sides alike, and say what the plan does to transport."""

from __future__ import annotations

import hashlib
import json
import math
import platform
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.routing.matrix import matrix_of
from geo.routing.options import policy_options
from geo.routing.route import Memory, route_side
from geo.routing.solve import check_installed
from geo.routing.types import Effort
from inputs.parameters import parameter
from inputs.raw import hash_of
from outputs.planned_run import read_run
from outputs.publish import SUMMARY, check_free
from outputs.routes_lines import places
from outputs.routes_measures import ALL, measures
from outputs.routes_privacy import publish_routes_safely
from outputs.routes_publish import publish_routes
from outputs.routes_report import Extra, RoutesReport, noise_of, routes_report
from outputs.routes_saving import NO_CHANGE, material
from outputs.routes_tables import (
    AFTER,
    AFTER_SAME,
    BEFORE,
    BEFORE_SAME,
    EXTRA_COST,
    SAVING,
    Draw,
    account,
    by_side,
)
from sendplaces.routes_iterate import Turned, turn
from sendplaces.routes_setting import Setting, Sides, settle
from sendplaces.routes_term import fragments, learn, ways_of_pricing
from sendplaces.runs import Silence, Tell, installed_version, product_version, spare_inputs
from sendplaces.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.routing.options import PolicyOption
    from geo.routing.types import Matrix, Policy, Route, Routed
    from inputs.errors import Fault
    from outputs.planned_run import PlannedRun

DRAWS = 5
"""At least so many, or the range between them says little (transport reference, 5.2)."""


class RoutesWrong(Exception):  # noqa: N818
    """The evaluator found that routes do not hold what they say; nothing is published.

    Parameters
    ----------
    sentences
        What it found.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("; ".join(self.sentences[:5]))


@dataclass(frozen=True)
class Asked:
    """How much is routed, and how hard.

    Parameters
    ----------
    draws
        Draws of children.
    seconds
        For all searches together (None: by iterations, so that the same seed gives the same again).
    seed
        Of the children and of the searches.
    rates
        Pounds a mile of personal travel budgets to show among the options.
    options
        Whether to route the policy options.
    workers
        Processes that route at the same time; what they find does not depend on it.
    """

    draws: int = DRAWS
    seconds: float | None = None
    seed: int = 0
    rates: tuple[float, ...] = ()
    options: bool = True
    workers: int = 1

    def in_turn(self, pieces: int) -> int:
        """Return how many of so many pieces of work a worker does, one after the other."""
        return math.ceil(pieces / max(1, self.workers))


@dataclass
class Searches:
    """Routes sides one after the other, all as hard, and tells how far it is.

    Parameters
    ----------
    setting, asked, tell
        What is routed, how hard, and who is told.
    expected
        Searches that come one after the other, among which the seconds are shared.
    """

    setting: Setting
    asked: Asked
    tell: Tell
    expected: int
    memory: Memory = field(default_factory=dict)

    def effort(self) -> Effort:
        """Return the effort of every search: the same, or one side would be searched harder."""
        if self.asked.seconds is None:
            return Effort()
        return Effort(seconds=self.asked.seconds / max(1, self.expected))

    def route(
        self,
        children: pd.DataFrame,
        matrix: Matrix,
        side: str,
        draw: int,
        *,
        seed: int | None = None,
        policy: Policy | None = None,
        sharing: bool = True,
        start: Sequence[Route] = (),
        memory: Memory | None = None,
    ) -> Routed:
        """Return one side, routed and checked; the same seed for every side of a draw.

        What is the same on two sides is searched once, so that no noise comes between them.
        """
        return route_side(
            children,
            self.setting.schools,
            self.setting.fleet,
            policy or self.setting.policy,
            matrix,
            side=side,
            draw=draw,
            seed=self.asked.seed + draw if seed is None else seed,
            effort=self.effort(),
            mixed=sharing,
            chained=sharing,
            memory=self.memory if memory is None else memory,
            start=start,
            progress=lambda share, _: self.tell.part(share),
        )

    def alone(self) -> Searches:
        """Return the same for another process: nobody is told, and nothing is remembered yet."""
        return replace(self, tell=Silence(), memory={})

    def matrix(self, children: pd.DataFrame) -> Matrix:
        """Return the matrix among the homes of children and the schools."""
        return matrix_of(
            children,
            self.setting.schools,
            self.setting.network,
            speed_caps_mph=[one.speed_cap_mph for one in self.setting.fleet],
            calibration=self.setting.planned.scenario.travel_calibration,
            progress=self.tell.part,
        )


def with_a_place(children: pd.DataFrame, both: pd.Series) -> pd.DataFrame:
    """Return children of a side, those without a place in both left without one here too."""
    return children.assign(provision=children["provision"].where(both, None))


def route_draw(searches: Searches, number: int, sides: Sides) -> tuple[Draw, Matrix]:
    """Return one draw routed on its four sides, and its matrix.

    Where a side's children all have a place on both, the side stands for its ``_same`` twin too.
    """
    before, after = sides[BEFORE], sides[AFTER]
    both = before["provision"].notna() & after["provision"].notna()
    searches.tell.stage(f"Draw {number + 1}: journeys between homes and provisions")
    matrix = searches.matrix(before)
    found: dict[str, Routed] = {}
    for side, twin, children, label in (
        (BEFORE, BEFORE_SAME, before, "do-minimum"),
        (AFTER, AFTER_SAME, after, "plan"),
    ):
        searches.tell.stage(f"Draw {number + 1}: routing the {label}")
        found[side] = searches.route(children, matrix, side, number)
        same = with_a_place(children, both)
        if same["provision"].notna().equals(children["provision"].notna()):
            found[twin] = replace(found[side], side=twin)
            continue
        searches.tell.stage(
            f"Draw {number + 1}: routing the {label}, children with a place in both"
        )
        found[twin] = searches.route(same, matrix, twin, number)
    return Draw(number, found), matrix


def route_draws(searches: Searches, count: int) -> tuple[list[Draw], list[Matrix], list[Fault]]:
    """Return every draw routed, the matrices and warnings."""
    told = searches.tell
    found = side_by_side(
        _one_draw,
        searches if min(count, searches.asked.workers) == 1 else searches.alone(),
        range(count),
        searches.asked.workers,
        lambda done: told.stage(f"Draws routed: {done} of {count}"),
    )
    draws = [draw for draw, _, _ in found]
    _check(draws)
    # what is said of the first draw could be said of the others
    return draws, [matrix for _, matrix, _ in found], list(dict.fromkeys(found[0][2]))


def _one_draw(searches: Searches, number: int) -> tuple[Draw, Matrix, tuple[Fault, ...]]:
    searches.tell.stage(f"Draw {number + 1}: children and homes")
    sides, notes = searches.setting.draw(number, searches.asked.seed)
    return *route_draw(searches, number, sides), notes


def _check(draws: Sequence[Draw]) -> None:
    """Refuse to go on with routes that the evaluator does not bear out."""
    wrong = [
        f"{side}, draw {draw.number + 1}: {one.sentence}"
        for draw in draws
        for side, routed in draw.sides.items()
        for one in routed.violations
    ]
    if wrong:
        raise RoutesWrong(wrong)


def measured_noise(searches: Searches, first: Draw, matrix: Matrix) -> float:
    """Return by what share the saving on the first draw differs under another seed.

    Both sides are searched again, from another seed; nothing else changes. The difference is the
    noise of the search itself.
    """
    searches.tell.stage("How far two searches of the same children differ")
    other = searches.asked.seed + 7_919  # a seed that no draw has
    costs = {
        side: searches.route(
            first.sides[side].children, matrix, side, first.number, seed=other
        ).cost_a_year_gbp
        for side in (BEFORE_SAME, AFTER_SAME)
    }
    before = first.sides[BEFORE_SAME].cost_a_year_gbp
    saving = before - first.sides[AFTER_SAME].cost_a_year_gbp
    again = costs[BEFORE_SAME] - costs[AFTER_SAME]
    return abs(saving - again) / before if before > 0 else 0.0


def options_table(
    searches: Searches, first: Draw, matrix: Matrix, noise_share: float
) -> pd.DataFrame:
    """Return the plan of the first draw routed under each policy option, beside the plan as it is.

    All are searched as hard, the plan as it is once more among them, each from the routes that it
    has: so it is neither the noise between two searches that is compared, nor a longer search.

    Columns option, label, what, affected, vehicles, routes, users, ptb, over_guideline,
    miles_a_year, carbon_tonnes, cost_a_year_gbp (routes and budgets), own_gbp_a_year, saving_gbp
    (a year, its own cost taken off), one_off_gbp, verdict.
    """
    now = first.sides[AFTER]
    setting = searches.setting
    memory: Memory = {}
    searches.tell.stage("Policy options: the plan as it stands, searched once more")
    again = searches.route(now.children, matrix, AFTER, now.draw, start=now.routes, memory=memory)
    base = _whole(again)
    rows = [
        {"option": "as_planned", "label": "As it stands", "what": "", "affected": 0.0}
        | {name: base[name] for name in SHOWN}
        | {"own_gbp_a_year": 0.0, "saving_gbp": 0.0, "one_off_gbp": 0.0, "verdict": ""}
    ]
    found = policy_options(
        now.children, setting.policy, setting.on, rates=searches.asked.rates,
        seed=searches.asked.seed,
    )  # fmt: skip
    told = searches.tell
    asked = searches.asked.workers
    shared = _Compared(
        searches if min(asked, len(found)) == 1 else searches.alone(),
        matrix, base, now, noise_share, memory,
    )  # fmt: skip
    rows += side_by_side(
        _option, shared, found, asked,
        lambda done: told.stage(f"Policy options routed: {done} of {len(found)}"),
    )  # fmt: skip
    return pd.DataFrame(rows)


@dataclass(frozen=True, eq=False)
class _Compared:
    """What every policy option is compared with."""

    searches: Searches
    matrix: Matrix
    base: Mapping[str, float]
    now: Routed
    noise_share: float
    memory: Memory


SHOWN = (
    "vehicles",
    "routes",
    "users",
    "ptb",
    "over_guideline",
    "miles_a_year",
    "carbon_tonnes",
    "cost_a_year_gbp",
)


def _option(compared: _Compared, one: PolicyOption) -> dict[str, object]:
    searches, now, base = compared.searches, compared.now, compared.base
    searches.tell.stage(f"Policy option: {one.label}")
    moved = one.key == "pick_up_points"
    routed = searches.route(
        one.children,
        searches.matrix(one.children) if moved else compared.matrix,
        AFTER,
        now.draw,
        policy=one.policy,
        sharing=one.sharing,
        start=now.routes,
        memory=compared.memory,
    )
    if routed.violations:
        raise RoutesWrong([f"{one.label}: {v.sentence}" for v in routed.violations])
    figures = _whole(routed)
    cost = figures["cost_a_year_gbp"] + one.own_gbp_a_year
    saving = base["cost_a_year_gbp"] - cost
    told = NO_CHANGE
    if material(base["cost_a_year_gbp"], cost, compared.noise_share):
        told = SAVING if saving > 0 else EXTRA_COST
    return (
        {"option": one.key, "label": one.label, "what": one.what, "affected": float(one.affected)}
        | {name: figures[name] for name in SHOWN}
        | {
            "own_gbp_a_year": float(one.own_gbp_a_year),
            "saving_gbp": saving,
            "one_off_gbp": float(one.one_off_gbp),
            "verdict": told,
        }
    )


def _whole(routed: Routed) -> dict[str, float]:
    found = measures(routed)
    row = found[found["provision"] == ALL].drop(columns="provision").iloc[0]
    return {str(name): float(value) for name, value in row.items()}


def average_of(planned: PlannedRun, setting: Setting) -> tuple[float | None, bool]:
    """Return today's actual average cost a user, and whether it is the national figure."""
    stated = planned.scenario.transport_average_gbp
    national = parameter("transport_average_gbp", setting.on).value
    return stated, stated is not None and stated == national


def run_routes(
    folder: Path,
    out: Path,
    asked: Asked,
    *,
    year: int | None = None,
    network: str | Path | None = None,
    fleet: Path | None = None,
    pupils: Path | None = None,
    case: Path | None = None,
    public: bool = False,
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
) -> RoutesReport:
    """Route a run and leave a folder behind.

    Parameters
    ----------
    folder
        A full run folder of ``sendplaces plan``.
    out
        The folder to write; written whole or not at all.
    asked
        How much, and how hard.
    year
        Academic year (default: the last of the plan).
    network, fleet, pupils
        Roads, vehicles and children in place of the run's own.
    case
        The case that the run was planned from, to plan and route in turn; None to route it as it
        is.
    public
        Publish without routes, zones and small numbers.
    force
        Replace a folder that is no earlier run.
    cache, tell
        Where networks are kept, and who is told.

    Raises
    ------
    InputError
        For every fault of what was supplied, and where PyVRP is not installed.
    RoutesWrong
        When a route does not hold what it says; nothing is written.
    """
    tell, started = tell or Silence(), datetime.now(UTC)
    began = time.monotonic()
    check_installed()
    check_free(out, kind="routes", force=force)
    supplied = (folder, network, fleet, pupils)
    spare_inputs(out, (*supplied, case))
    tell.stage("Reading the run")
    planned = read_run(folder)

    def settled(run: PlannedRun) -> Setting:
        return settle(run, year=year, network=network, fleet=fleet, pupils=pupils, cache=cache)

    setting = settled(planned)
    turned = None
    if case is not None:
        turned = _in_turn(setting, settled, case, asked, cache, tell)
        setting = setting if turned.folder is None else settled(turned.planned)
    try:
        path = None if turned is None else turned.path
        report, draws = compare(setting, asked, tell, started=began, iterations=path)
        shown = publish_routes_safely(report) if public else report
        tell.stage("Writing the folder")
        publish_routes(
            shown,
            out,
            manifest=manifest_of(setting, asked, draws, started, supplied, public=public),
            fragments=fragments(shown),
            force=force,
            also=None if turned is None or public else turned.keep,
        )
    finally:
        if turned is not None:
            turned.tidy()
    return replace(shown, summary=json.loads((out / SUMMARY).read_text("utf-8")))


def _in_turn(
    setting: Setting,
    settled: Callable[[PlannedRun], Setting],
    case: Path,
    asked: Asked,
    cache: Path | None,
    tell: Tell,
) -> Turned:
    """Return the best of several plans, each routed on one draw from the same seed."""
    memory: Memory = {}

    def route(run: PlannedRun) -> dict[str, Routed]:
        now = settled(run)
        searches = Searches(now, replace(asked, seconds=None), tell, expected=2, memory=memory)
        sides, _ = now.draw(0, asked.seed)
        matrix = searches.matrix(sides[BEFORE])
        return {side: searches.route(sides[side], matrix, side, 0) for side in (BEFORE, AFTER)}

    average, _ = average_of(setting.planned, setting)
    return turn(
        setting.planned,
        case,
        route,
        year=setting.year,
        average_gbp=average,
        cache=cache,
        tell=tell,
    )


def compare(
    setting: Setting,
    asked: Asked,
    tell: Tell,
    *,
    started: float,
    iterations: pd.DataFrame | None = None,
) -> tuple[RoutesReport, list[Draw]]:
    """Return the whole comparison of a run, and its draws."""
    planned = setting.planned
    count = 1 if setting.pupils is not None else asked.draws
    after = 2 + (1 + asked.in_turn(8 + len(asked.rates)) if asked.options else 0)
    searches = Searches(setting, asked, tell, expected=4 * asked.in_turn(count) + after)
    draws, matrices, found = route_draws(searches, count)
    noise = measured_noise(searches, draws[0], matrices[0])
    least = noise_of(setting.policy.noise_share, noise)
    options = pd.DataFrame()
    if asked.options:
        options = options_table(searches, draws[0], matrices[0], least)
    average, national = average_of(planned, setting)
    told = account(
        by_side(draws), average_gbp=average, shares=setting.policy.realisation, noise_share=least
    )
    tell.stage("Fitting what the plan can be told")
    term, note = learn(draws, planned)
    extra = Extra(
        options=options,
        term=term,
        methods=ways_of_pricing(draws, setting, told, term, average),
        iterations=pd.DataFrame() if iterations is None else iterations,
        noise_share=noise,
    )
    run_id = _run_id(setting, asked)
    notes = list(setting.notes)
    if asked.seconds is not None:
        notes.append(
            "The search was bounded by seconds: another machine, or a busier one, finds other "
            "routes. Leave --seconds out for figures that the same seed gives again."
        )
    report = routes_report(
        planned,
        draws,
        places(planned.zones, planned.provisions, setting.network),
        extra,
        run_id=run_id,
        year=setting.year,
        seed=asked.seed,
        average_gbp=average,
        average_is_national=national,
        pupil_file=setting.pupils is not None,
        term_note=note,
        notes=notes,
        warnings=(*setting.warnings, *found),
        seconds={"all": time.monotonic() - started},
    )
    return report, draws


def _run_id(setting: Setting, asked: Asked) -> str:
    """Return a name that the same run, settings and files give again."""
    told = {
        "planned": setting.planned.run_id,
        "year": setting.year,
        "asked": [asked.draws, asked.seconds, asked.seed, list(asked.rates), asked.options],
        "roads": None if setting.network is None else setting.network.fingerprint,
        "fleet": repr(setting.fleet),
        "pupils": None
        if setting.pupils is None
        else hashlib.sha256(
            b"".join(one.to_csv(index=False).encode() for one in setting.pupils.values())
        ).hexdigest(),
        "version": product_version(),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def manifest_of(
    setting: Setting,
    asked: Asked,
    draws: Sequence[Draw],
    started: datetime,
    supplied: Sequence[str | Path | None],
    *,
    public: bool,
) -> dict[str, Any]:
    """Return what anyone needs to route it again."""
    planned = setting.planned
    files = [Path(one) for one in supplied[1:] if one is not None and Path(one).is_file()]
    found: dict[str, Any] = {
        "planned_run": {
            "folder": planned.folder.name if public else str(planned.folder),
            "run_id": planned.run_id,
        },
        "inputs": [{"file": one.name, "sha256": hash_of(one)} for one in files],
        "settings": {
            "year": setting.year,
            "draws": len(draws),
            "seconds": asked.seconds,
            "iterations_a_child": None if asked.seconds is not None else Effort().iterations,
            "budget_rates": list(asked.rates),
        },
        "seed": asked.seed,
        "network": None if setting.network is None else setting.network.fingerprint,
        "versions": {"sendplaces": product_version(), "python": platform.python_version()}
        | {name: installed_version(name) for name in ("pyvrp", "pandas", "numpy", "scipy")},
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return found
