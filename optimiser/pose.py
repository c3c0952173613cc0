"""From a case, its journeys and a scenario to the problem of the plan: a pure function."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault
from optimiser.children import (
    Arrivals,
    Pinned,
    arrivals,
    due_most,
    pinned_children,
    set_aside,
    unknown_homes,
)
from optimiser.journeys import (
    NO_JOURNEY_LIMIT,
    Grid,
    Rates,
    grid,
    rates,
    scale_to_average,
    transported,
    unreached,
    within_limit,
)
from optimiser.problem import STAGED_PLACEMENTS, Problem, placements, usable_arcs
from optimiser.stays import LONGEST_STAY_YEARS, Stays
from optimiser.supply import (
    Places,
    Teaching,
    added_places,
    annual_costs,
    blank,
    capital_spend,
    opening_window,
    options_frame,
    over_added,
    places_by_year,
    taken_places,
    teaching,
)

if TYPE_CHECKING:
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.kinds import Array, Mask

ALMOST_NONE = 1e-9


def pose(case: Case, travel: pd.DataFrame, scenario: Scenario) -> Problem:
    """Return the problem of the plan.

    Parameters
    ----------
    case
        A checked case.
    travel
        Journeys: zone, provision, minutes (direct, one way), miles.
    scenario
        Resolved policy.

    Raises
    ------
    InputError
        When the scenario asks for a draw that the case does not hold, or names a rule, grant or
        year that does not exist.
    """
    _check_names(case, scenario)
    years = case.years
    horizon, n_years = len(years), len(years) + LONGEST_STAY_YEARS - 1
    options = options_frame(case, scenario)
    teach = teaching(case, scenario, options)
    provisions, taught = teach.provisions, teach.taught
    kinds = provisions["class"].to_numpy(str)
    stays = Stays(case.stay, scenario.cessation_a_year)
    found = arrivals(case, scenario, teach.pairs, stays, n_years)
    pinned = pinned_children(case, scenario, taught, stays, n_years)
    journeys = grid(case, travel)
    aside, left, named = set_aside(
        case, scenario, found, taught, kinds, pinned.ours[:, 0], journeys
    )
    rate = rates(case, scenario, list(kinds))
    at_p = taught["p"].to_numpy(int)
    ours_now = np.bincount(at_p, pinned.ours[:, 0], minlength=len(provisions)).astype(float)
    places = places_by_year(case, provisions, years, ours_now, scenario.available_growth)

    aside_roll = np.zeros_like(pinned.ours)
    nh = taught["nh"].to_numpy(int)
    for q, t, n in zip(aside["q"], aside["t"], aside["children"], strict=True):
        aside_roll[q] += n * found.survival[nh[q], t]

    counts = provisions["counts_others"].to_numpy()[at_p]
    held = pinned.ours + aside_roll + pinned.others * counts[:, None]
    fixed_roll = np.zeros((len(provisions), n_years))
    np.add.at(fixed_roll, at_p, held)
    occupancy_of = {str(k): v for k, v in scenario.planning_occupancy.items()}
    occupancy = np.array([occupancy_of.get(kind, 1.0) for kind in kinds])
    room = np.maximum(occupancy[:, None] * places.open_to_us, fixed_roll[:, :horizon])

    arcs = _arcs(scenario, found, teach, journeys, kinds)
    suitable, classes = _suitable(case, scenario, found.cells, kinds)
    share_right = suitable[arcs["d"], [classes.index(k) for k in kinds[arcs["p"]]]]
    arcs = arcs[share_right > 0].reset_index(drop=True)
    usable = _open_years(case, arcs, years)
    window = opening_window(options, years)
    spend, residual = capital_spend(options, horizon, n_years)
    limit = np.repeat(taught["max_places"].to_numpy(float)[:, None], horizon, axis=1)
    limit = np.maximum(limit, held[:, :horizon])
    users, cost = _today(case, scenario, taught, pinned, journeys, rate)
    scale = scale_to_average(users, cost, rate, scenario)
    growth = (1.0 + scenario.transport_growth) ** np.arange(n_years, dtype=float)
    used = np.zeros((len(provisions), horizon))
    np.add.at(used, at_p, (pinned.ours + aside_roll)[:, :horizon])
    used = (used > ALMOST_NONE).astype(float)

    arcs["transport_gbp"] = scale * _child_transport(
        scenario, found, rate, arcs["d"].to_numpy(), arcs["p"].to_numpy(), arcs["miles"].to_numpy()
    )
    aside = _with_journeys(aside, scenario, found, journeys, rate, scale)
    problem = Problem(
        name=case.name,
        scenario=scenario,
        years=years,
        discount=(1.0 + scenario.discount_rate) ** -np.arange(n_years, dtype=float),
        growth_transport=growth,
        pairs=teach.pairs,
        cells=found.cells,
        provisions=provisions,
        taught=taught,
        arcs=arcs,
        options=options,
        option_taught=teach.option_taught,
        entrants=left,
        due_most=due_most(left, found.survival, found.cells["nh"].to_numpy(int)),
        survival=found.survival,
        finishing=found.finishing,
        still_waiting=found.survival[:, np.arange(horizon), np.arange(1, horizon + 1)],
        pinned=pinned.ours,
        aside_roll=aside_roll,
        others=pinned.others * counts[:, None],
        aside=aside,
        commissioned=places.commissioned,
        capacity=room,
        over_limit=places.over_limit,
        usable=usable,
        taught_limit=limit,
        annual_cost=annual_costs(taught, provisions, scenario, n_years),
        opens_first=window[0],
        opens_last=window[1],
        added=added_places(options, horizon),
        taken=taken_places(options, places.open_to_us, fixed_roll[:, :horizon], occupancy),
        over_added=over_added(options, places.over_limit),
        spend=spend,
        residual=residual,
        suitable=suitable,
        classes=classes,
        used_fixed=used,
        transport_fixed=scale * rate.fixed * rate.runs,
        stay_on=_stay_on(scenario, found, teach, arcs, pinned, left),
        constant={},
        transport_scale=scale,
        warnings=(),
    )
    constant = _constant(case, problem, pinned, places, journeys, rate, scale)
    told = (
        *teach.warnings,
        *(Fault("entrants", text, severity="warning") for text in named),
        *_who_is_unreached(problem),
        *_already_over(problem),
    )
    done = replace(problem, constant=constant)
    done = replace(done, usable=usable_arcs(done))
    return replace(done, warnings=(*told, *_without_locality(done)))


def _check_names(case: Case, scenario: Scenario) -> None:
    """Refuse a scenario that names a grant, year, locality or constraint that does not exist."""
    from inputs.errors import InputError, did_you_mean  # noqa: PLC0415
    from optimiser.constraints import CONSTRAINTS  # noqa: PLC0415

    faults = []
    grants = {str(one) for one in case.options["funding"] if not blank(one)}
    localities = {
        str(one)
        for table in (case.zones, case.provisions)
        for one in table["locality"]
        if not blank(one)
    }
    names = [rule.__name__ for rule in CONSTRAINTS]
    physical = {rule.__name__ for rule, how in CONSTRAINTS.items() if not how.switchable}
    for name in scenario.switched_off:
        if name not in names:
            problem = "is not a constraint"
            faults.append(("switched_off", name, problem, did_you_mean(name, names)))
        elif name in physical:
            faults.append(("switched_off", name, "is a fact, not a policy", "Leave it on"))
    for grant in scenario.capital_budget_by_grant_gbp:
        if grant not in grants:
            problem = "is a grant that no option names as its funding"
            faults.append(
                ("capital_budget_by_grant_gbp", grant, problem, did_you_mean(grant, grants))
            )
    for year in scenario.capital_budget_by_year_gbp:
        if year not in case.years:
            problem = "is outside the horizon"
            remedy = f"Years run from {case.years[0]} to {case.years[-1]}"
            faults.append(("capital_budget_by_year_gbp", str(year), problem, remedy))
    for rule in scenario.places_rules:
        if rule.year > case.years[-1]:
            problem = "is after the last year of the plan, so the rule would never hold"
            remedy = f"Years run from {case.years[0]} to {case.years[-1]}"
            faults.append(("places_rules", str(rule.year), problem, remedy))
        if rule.locality is not None and rule.locality not in localities:
            problem = "is not a locality of the case"
            remedy = did_you_mean(rule.locality, localities)
            faults.append(("places_rules", rule.locality, problem, remedy))
    if faults:
        raise InputError(
            [
                Fault("scenario", problem, remedy, column=key, value=value)
                for key, value, problem, remedy in faults
            ]
        )


def _arcs(
    scenario: Scenario, found: Arrivals, teach: Teaching, journeys: Grid, kinds: np.ndarray
) -> pd.DataFrame:
    """Return every (cell, taught triple) within the hard journey limit."""
    cells, taught = found.cells, teach.taught
    through = np.zeros(len(taught), dtype=bool)
    through[teach.option_taught["q"].to_numpy(int)] = True
    can = taught["now"].to_numpy() | through
    zone_at = pd.Index(journeys.zones).get_indexer(pd.Index(cells["zone"]))
    guideline = {str(phase): value for phase, value in scenario.guideline_minutes.items()}
    parts = []
    for nh in np.unique(cells["nh"]):
        d = np.flatnonzero(cells["nh"].to_numpy() == nh)
        q = np.flatnonzero((taught["nh"].to_numpy() == nh) & can)
        if not len(q):
            continue
        p = taught["p"].to_numpy()[q]
        direct = journeys.minutes[np.ix_(zone_at[d], p)]
        ride = direct * scenario.shared_ride_factor
        phase = str(cells["phase"].iloc[d[0]])
        fine = within_limit(ride, kinds[p][None, :], np.array([phase]), scenario)
        i, j = np.nonzero(fine)
        miles = journeys.miles[np.ix_(zone_at[d], p)]
        parts.append(
            pd.DataFrame(
                {
                    "d": d[i],
                    "p": p[j],
                    "q": q[j],
                    "minutes": np.nan_to_num(direct[i, j]),
                    "ride_minutes": np.nan_to_num(ride[i, j]),
                    "miles": np.nan_to_num(miles[i, j]),
                    "over_guideline": np.nan_to_num(ride[i, j]) > guideline[phase] + 1e-9,
                }
            )
        )
    columns = ["d", "p", "q", "minutes", "ride_minutes", "miles", "over_guideline"]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    frame = frame.astype({"d": int, "p": int, "q": int, "over_guideline": bool})
    frame["measured"] = ~np.isin(kinds[frame["p"].to_numpy(int)], list(NO_JOURNEY_LIMIT))
    frame["over_guideline"] &= frame["measured"]
    frame["option_only"] = ~taught["now"].to_numpy()[frame["q"].to_numpy(int)]
    return frame.sort_values(["d", "p"], ignore_index=True)


def _open_years(case: Case, arcs: pd.DataFrame, years: tuple[int, ...]) -> Mask:
    """Return (A, T): the provision takes new children that year."""
    opens = np.array([-np.inf if blank(v) else float(v) for v in case.provisions["opens"]])
    closes = np.array([np.inf if blank(v) else float(v) for v in case.provisions["closes"]])
    p = arcs["p"].to_numpy(int)
    year = np.array(years)[None, :]
    mask: Mask = (opens[p][:, None] <= year) & (year < closes[p][:, None])
    return mask


SAME_AS_A_BASE = {"sen_unit": "specialist_base"}


def _suitable(
    case: Case, scenario: Scenario, cells: pd.DataFrame, kinds: np.ndarray
) -> tuple[Array, tuple[str, ...]]:
    """Return (D, classes) share of each cell for whom the class is right.

    The case's own row wins; then the dated default for the class and need, then for the class; a
    class with neither is right for all.
    """
    classes = tuple(sorted(set(kinds.tolist())))
    own = {
        (str(row["need"]), str(row["phase"]), str(row["class"])): float(row["share"])
        for row in case.suitable.to_dict("records")
    }
    default = scenario.suitable
    shares = np.ones((len(cells), len(classes)))
    seen: dict[tuple[str, str], Array] = {}
    for d, (need, phase) in enumerate(zip(cells["need"], cells["phase"], strict=True)):
        if (need, phase) not in seen:
            row = []
            for kind in classes:
                like = SAME_AS_A_BASE.get(kind, kind)
                usual = default.get(f"{like}.{need}", default.get(f"{like}.other", 1.0))
                row.append(own.get((need, phase, kind), usual))
            seen[need, phase] = np.array(row)
        shares[d] = seen[need, phase]
    return shares, classes


def _child_transport(
    scenario: Scenario, found: Arrivals, rate: Rates, d: np.ndarray, p: np.ndarray, miles: Array
) -> Array:
    """Return £ a year for one child of a cell at a provision, before scaling."""
    cells = found.cells
    share = transported(cells["need"].to_numpy()[d], cells["phase"].to_numpy()[d], miles, scenario)
    cost: Array = share * rate.child_year(p, miles, found.wheelchair[d])
    return cost


def _with_journeys(
    aside: pd.DataFrame,
    scenario: Scenario,
    found: Arrivals,
    journeys: Grid,
    rate: Rates,
    scale: float,
) -> pd.DataFrame:
    """Return the set-aside placements with their journeys and transport."""
    d, p = aside["d"].to_numpy(int), aside["p"].to_numpy(int)
    z = pd.Index(journeys.zones).get_indexer(found.cells["zone"].to_numpy()[d])
    direct = np.nan_to_num(journeys.minutes[z, p])
    miles = np.nan_to_num(journeys.miles[z, p])
    return aside.assign(
        minutes=direct,
        ride_minutes=direct * scenario.shared_ride_factor,
        miles=miles,
        transport_gbp=scale * _child_transport(scenario, found, rate, d, p, miles),
    )


def _home_miles(case: Case, pinned: Pinned, taught: pd.DataFrame, journeys: Grid) -> Array:
    """Return the miles of each row of placed children; unknown homes at the zones' mean."""
    p = taught["p"].to_numpy(int)[pinned.homes["q"].to_numpy(int)]
    z = pd.Index(journeys.zones).get_indexer(pd.Index(pinned.homes["zone"]))
    usual = unknown_homes(case, journeys)[p]
    own = journeys.miles[z, p]
    miles: Array = np.where((z >= 0) & ~np.isnan(own), own, usual)
    return miles


def _pinned_rates(
    case: Case,
    scenario: Scenario,
    taught: pd.DataFrame,
    pinned: Pinned,
    journeys: Grid,
    rate: Rates,
) -> tuple[Array, Array]:
    """Return, for each row of placed children, the share transported and £ a user a year."""
    q = pinned.homes["q"].to_numpy(int)
    miles = _home_miles(case, pinned, taught, journeys)
    needs, phases = taught["need"].to_numpy()[q], taught["phase"].to_numpy()[q]
    share = transported(needs, phases, miles, scenario)
    chairs = scenario.wheelchair_share
    in_chair = np.array([chairs.get(need, chairs.get("other", 0.0)) for need in needs])
    return share, rate.child_year(taught["p"].to_numpy(int)[q], miles, in_chair)


def _today(
    case: Case,
    scenario: Scenario,
    taught: pd.DataFrame,
    pinned: Pinned,
    journeys: Grid,
    rate: Rates,
) -> tuple[float, float]:
    """Return today's transported children and what the unscaled rates say they cost."""
    if pinned.homes.empty:
        return 0.0, 0.0
    share, each = _pinned_rates(case, scenario, taught, pinned, journeys, rate)
    children = pinned.homes["children"].to_numpy(float)
    p = taught["p"].to_numpy(int)[pinned.homes["q"].to_numpy(int)]
    travels = rate.runs[p] > 0
    used = np.unique(p[travels & (children > 0)])
    users = float((children * share)[travels].sum())
    cost = float((children * share * each)[travels].sum() + (rate.fixed * rate.runs)[used].sum())
    return users, cost


def _stay_on(
    scenario: Scenario,
    found: Arrivals,
    teach: Teaching,
    arcs: pd.DataFrame,
    pinned: Pinned,
    left: Array,
) -> pd.DataFrame:
    """Return the rows of the staying-on rule: one a (provision, need, next phase, locality, year).

    ``least`` is the stated share of our pinned leavers who live there; leavers whose home is
    unknown are laid on localities as that year's entrants to the next phase are. It is never more
    than the entrants there: how many go on comes from the projection. A zone without a locality
    stands for itself. ``a_next`` and ``a_before`` list the arcs of the next phase and of this one.
    Where the next phase is taught only through options there is no row: a school that is not yet
    all-through keeps nobody, or an option left shut would make the plan dearer.
    """
    from inputs.vocabulary import NEXT_PHASE, Phase  # noqa: PLC0415

    columns = ["p", "need", "phase", "locality", "t", "least", "a_next", "a_before"]
    if scenario.stay_on <= 0 or arcs.empty:
        return pd.DataFrame(columns=columns)
    taught, cells = teach.taught, found.cells
    area = np.where(cells["locality"] == "", cells["zone"], cells["locality"])
    area_of = dict(zip(cells["zone"], area, strict=True))
    q_at = {
        key: q
        for q, key in enumerate(zip(taught["p"], taught["need"], taught["phase"], strict=True))
    }
    arcs_of = arcs.groupby("q").indices
    arc_area = area[arcs["d"].to_numpy(int)]
    known: dict[tuple[int, str, int], float] = {}
    unknown: dict[tuple[int, int], float] = {}
    for q, zone, t, n in pinned.leaving.itertuples(index=False):
        if zone in area_of:
            key = q, area_of[zone], t
            known[key] = known.get(key, 0.0) + n
        else:
            unknown[q, t] = unknown.get((q, t), 0.0) + n
    horizon = left.shape[1]
    totals = np.zeros((len(teach.pairs), horizon))
    np.add.at(totals, cells["nh"].to_numpy(int), left)
    d_of = arcs["d"].to_numpy(int)
    rows = []
    for (p, need, phase), q in q_at.items():
        after = NEXT_PHASE.get(Phase(phase))
        q_next = q_at.get((p, need, str(after))) if after is not None else None
        if q_next is None or q_next not in arcs_of or not taught["now"].iloc[q_next]:
            continue
        whole = totals[int(taught["nh"].iloc[q_next])]
        before = arcs_of.get(q, np.array([], dtype=int))
        for locality in np.unique(arc_area[arcs_of[q_next]]):
            a_next = arcs_of[q_next][arc_area[arcs_of[q_next]] == locality]
            a_before = before[arc_area[before] == locality]
            for t in range(1, horizon):
                here = left[d_of[a_next], t].sum()
                n = known.get((q, locality, t), 0.0)
                n += unknown.get((q, t), 0.0) * (here / whole[t] if whole[t] > 0 else 0.0)
                least = min(scenario.stay_on * n, here)
                if least > ALMOST_NONE or len(a_before):
                    rows.append((p, need, str(after), locality, t, least, a_next, a_before))
    return pd.DataFrame(rows, columns=columns)


def _constant(
    case: Case,
    problem: Problem,
    pinned: Pinned,
    places: Places,
    journeys: Grid,
    rate: Rates,
    scale: float,
) -> dict[tuple[str, str], Array]:
    """Return (term, purse) to (Y,) £ a year that no decision changes."""
    horizon, n_years = problem.horizon, len(problem.discount)
    provisions, taught = problem.provisions, problem.taught
    p_of = taught["p"].to_numpy(int)
    ours = problem.pinned + problem.aside_roll
    within = np.arange(n_years) < horizon

    funding = np.zeros(n_years)
    pays = provisions["pays_places"].to_numpy()
    filled, unfilled = provisions["filled_gbp"].to_numpy(), provisions["unfilled_gbp"].to_numpy()
    roll = np.zeros((len(provisions), n_years))
    np.add.at(roll, p_of, ours)
    everyone = roll.copy()
    np.add.at(everyone, p_of, problem.others)
    commissioned = np.zeros((len(provisions), n_years))
    commissioned[:, :horizon] = places.commissioned
    closes = np.array([np.inf if blank(v) else float(v) for v in case.provisions["closes"]])
    shut = np.array(problem.all_years)[None, :] >= closes[:, None]
    commissioned = np.where(shut, np.minimum(commissioned, everyone), commissioned)
    taken_up = np.minimum(everyone, commissioned)
    paid = unfilled[:, None] * commissioned - (unfilled - filled)[:, None] * taken_up
    funding += (paid * (pays[:, None] & within[None, :])).sum(axis=0)
    each_child = filled[:, None] * roll
    funding += (each_child * (~pays[:, None] | ~within[None, :])).sum(axis=0)

    fixed = np.zeros(n_years)
    opens = np.array([-np.inf if blank(v) else float(v) for v in case.provisions["opens"]])
    running = (np.array(problem.all_years)[None, :] >= opens[:, None]) & within[None, :]
    annual = case.provisions["fixed_annual_gbp"].to_numpy(float)
    fixed += (annual[:, None] * running).sum(axis=0)

    transport = np.zeros(n_years)
    if len(pinned.homes):
        share, each = _pinned_rates(case, problem.scenario, taught, pinned, journeys, rate)
        paths = np.vstack(pinned.homes["path"].to_list())
        transport += scale * ((share * each)[:, None] * paths).sum(axis=0)
    aside = problem.aside
    if len(aside):
        nh = problem.cells["nh"].to_numpy(int)[aside["d"].to_numpy(int)]
        there = problem.survival[nh, aside["t"].to_numpy(int)]
        yearly = (aside["children"] * aside["transport_gbp"]).to_numpy(float)
        transport += (yearly[:, None] * there).sum(axis=0)
    transport *= problem.growth_transport
    runs = (problem.used_fixed * problem.transport_fixed[:, None]).sum(axis=0)
    transport[:horizon] += runs * problem.growth_transport[:horizon]
    return {
        ("place_funding", "dsg"): funding,
        ("fixed_costs", "dsg"): fixed,
        ("top_up_and_fees", "dsg"): (ours * problem.annual_cost).sum(axis=0),
        ("transport", "general_fund"): transport,
    }


def _who_is_unreached(problem: Problem) -> tuple[Fault, ...]:
    """Return a warning for each need and phase with entrants who have no arc at all."""
    usable = np.zeros(len(problem.cells), dtype=bool)
    usable[problem.arcs["d"].to_numpy(int)[problem.usable.any(axis=1)]] = True
    lost = problem.entrants.sum(axis=1) * ~usable
    named = []
    for nh, (need, phase) in enumerate(problem.pairs):
        here = (problem.cells["nh"].to_numpy() == nh) & (lost > ALMOST_NONE)
        if here.any():
            zones = problem.cells["zone"][here].tolist()
            listed = ", ".join(zones[:5]) + (" ..." if len(zones) > 5 else "")
            named.append((f"{need} {phase}", f"has {lost[here].sum():.1f} entrants in {listed}"))
    return unreached(named)


def _without_locality(problem: Problem) -> tuple[Fault, ...]:
    """Return a warning where a case is large and zones have no locality to be merged within."""
    zones = problem.cells.drop_duplicates("zone")
    without = int((zones["locality"] == "").sum())
    if not without or placements(problem) <= STAGED_PLACEMENTS:
        return ()
    return (
        Fault(
            "zones",
            f"has {without:,} of {len(zones):,} zones without a locality: in a case of this size "
            "zones of one locality are taken together for quick first plans, and these cannot be, "
            "so a plan may take longer",
            "Fill in locality (towns, planning areas, or one name for all)",
            column="locality",
            severity="warning",
        ),
    )


def _already_over(problem: Problem) -> tuple[Fault, ...]:
    """Return a warning for each provision with more children pinned than places open to us."""
    p = problem.taught["p"].to_numpy(int)
    roll = np.zeros(len(problem.provisions))
    np.add.at(roll, p, (problem.pinned + problem.others)[:, 0])
    commissioned = problem.commissioned[:, 0]
    over = roll - commissioned
    return tuple(
        Fault(
            "placed",
            f"has {roll[i]:.0f} children in {commissioned[i]:.0f} commissioned places: they stay, "
            "and no entrant is placed there until some leave",
            "Check places, or add an option that grows it",
            value=str(problem.provisions["provision"][i]),
            severity="warning",
        )
        for i in np.flatnonzero((over > 0.5) & (commissioned > 0))
    )
