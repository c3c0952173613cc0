"""From a case, a round's tables, journeys and a scenario to its problem: a pure function."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault
from inputs.round_checks import blank
from inputs.schemas import in_year
from inputs.vocabulary import INMSS
from optimiser.journeys import NO_DAILY_JOURNEY, NO_JOURNEY_LIMIT, grid
from optimiser.round import costs, suit
from optimiser.round.problem import RoundProblem, Rule

if TYPE_CHECKING:
    from datetime import date

    from inputs.case import Case
    from inputs.scenario import Scenario
    from inputs.waiting import RoundTables
    from optimiser.kinds import Array, Indices, Mask

POOL = ["p", "places", "start", "weeks_to_start", "need", "phase", "nc_from", "nc_to"]
ARC = ["i", "v", "p", "over", "preferred", "cost_gbp", "minutes", "weeks_to_start"]


def pose_round(
    case: Case, tables: RoundTables, travel: pd.DataFrame, scenario: Scenario
) -> RoundProblem:
    """Return the problem of a placement round.

    Parameters
    ----------
    case, tables
        Checked.
    travel
        Journeys: zone, provision, minutes (direct, one way), miles.
    scenario
        Resolved policy: journey limits, shares for whom a class is right, prices.
    """
    children = _children(case, tables, scenario)
    provisions = _provisions(case)
    journeys = grid(case, travel)
    at = pd.Index(case.provisions["provision"]).get_indexer(pd.Index(provisions["provision"]))
    home = pd.Index(journeys.zones).get_indexer(pd.Index(children["zone"]))
    minutes, miles = journeys.minutes[np.ix_(home, at)], journeys.miles[np.ix_(home, at)]
    ride = minutes * scenario.shared_ride_factor
    right = suit.right_shares(case, scenario, children, provisions)
    barred, mixes, kept_by_none = suit.mixing(children, provisions, tables.mixes)
    told = [_warning("mixes", f"{one}: the rule is not applied there") for one in kept_by_none]
    pools, about_pools = _pools(case, tables, provisions, scenario)
    groups = _groups(tables, provisions)
    group_of = suit.groups_of(children, provisions, groups)
    static = _static(case, children, provisions, ride, right, scenario) | barred * int(Rule.MIX)
    full_group = (group_of == -2) | _no_room(group_of, groups)
    static |= full_group * int(Rule.GROUP)
    by_pool, other = suit.pool_rules(children, pools)
    scale = costs.transport_scale(case, scenario, journeys)
    whole, added = costs.place_funding(case, scenario, provisions)
    topup = costs.topups(children, provisions, case.teaches)
    riding = costs.transport(case, scenario, children, provisions, miles, scale)
    problem = RoundProblem(
        name=case.name,
        on=tables.on,
        scenario=scenario,
        children=children,
        provisions=provisions.assign(
            open_now=pools.groupby("p")["places"]
            .sum()
            .reindex(range(len(provisions)), fill_value=0)
        ),
        pools=pools,
        rules=static | _of_places(static, by_pool, other, pools),
        minutes=minutes,
        ride_minutes=ride,
        miles=miles,
        over_guideline=_over(children, provisions, ride, scenario),
        topup_gbp=topup,
        place_gbp=np.broadcast_to(whole, topup.shape),
        transport_gbp=riding,
        added_gbp=topup + added[None, :] + riding,
        right_share=right,
        arcs=pd.DataFrame(columns=ARC),
        mixes=mixes,
        groups=groups,
        group_of=group_of,
        static=static,
        pool_rules=by_pool,
        pool_other=other,
        taught=frozenset(
            zip(
                case.teaches["provision"],
                case.teaches["need"].astype(str),
                case.teaches["phase"].astype(str),
                strict=True,
            )
        ),
        transport_scale=scale,
        warnings=(*told, *about_pools, *_not_open(case, provisions)),
    )
    return _with_arcs(problem)


def _warning(table: str, text: str, remedy: str = "") -> Fault:
    return Fault(table, text, remedy, severity="warning")


def _children(case: Case, tables: RoundTables, scenario: Scenario) -> pd.DataFrame:
    waiting = tables.waiting
    zones = case.zones.set_index("zone")
    interim = waiting["interim_annual_gbp"].fillna(scenario.interim_annual_gbp)
    return pd.DataFrame(
        {
            "child": waiting["child"],
            "need": waiting["need"].astype(str),
            "second_need": waiting["second_need"],
            "phase": waiting["phase"].astype(str),
            "nc_year": waiting["nc_year"],
            "zone": waiting["zone"],
            "locality": waiting["zone"].map(zones["locality"].to_dict()),
            "deprivation_fifth": waiting["zone"].map(zones["deprivation_fifth"].to_dict()),
            "weeks": waiting["weeks_waiting"].astype(float),
            "must_have": waiting["must_have"],
            "must_not_have": waiting["must_not_have"],
            "preferred": waiting["preferred"],
            "classes": waiting["classes"],
            "interim_gbp": interim.astype(float),
            "start_by": waiting["start_by"],
            "current_minutes": waiting["current_minutes"].astype(float),
        }
    ).reset_index(drop=True)


def _provisions(case: Case) -> pd.DataFrame:
    """Return the provisions that teach anything now, with the needs of the children there."""
    taught = set(case.teaches["provision"])
    frame = case.provisions[case.provisions["provision"].isin(taught)]
    there = case.placed[case.placed["children"] > 0].groupby("provision")["need"].agg(set)
    out = frame[["provision", "name", "class", "locality", "features"]].copy()
    out["class"] = out["class"].astype(str)
    out["others"] = [there.get(key, set()) for key in out["provision"]]
    return out.reset_index(drop=True)


def _not_open(case: Case, provisions: pd.DataFrame) -> list[Fault]:
    left = len(case.provisions) - len(provisions)
    if not left:
        return []
    text = f"{left:,} teach nothing yet, and take no part in the round"
    return [_warning("provisions", text)]


def _pools(
    case: Case, tables: RoundTables, provisions: pd.DataFrame, scenario: Scenario
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the places open now by provision; where none are stated, what the case has free."""
    where = {key: p for p, key in enumerate(provisions["provision"])}
    if "vacancies" in tables.supplied:
        table = tables.vacancies[tables.vacancies["places"] > 0]
        rows = [
            (where[r["provision"]], int(r["places"]), r["start"], _weeks(tables.on, r["start"]),
             r["need"], r["phase"], r["nc_from"], r["nc_to"])
            for r in table.to_dict("records")
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=POOL), []
    free = _free(case, provisions, scenario)
    rows = [(p, n, None, 0, None, None, None, None) for p, n in enumerate(free) if n > 0]
    text = (
        f"there is no table of open places: {int(free.sum()):,} are taken to be open, as the "
        "places of each provision less the children placed there"
    )
    return pd.DataFrame(rows, columns=POOL), [_warning("vacancies", text, "State what is open")]


def _weeks(on: date, start: date | None) -> int:
    """Return the whole weeks until a start; 0 for places open now."""
    return 0 if blank(start) or start is None else math.ceil((start - on).days / 7)


def _free(case: Case, provisions: pd.DataFrame, scenario: Scenario) -> Indices:
    """Return (P,) places of the case that nobody holds, whole.

    Where the places open to this authority are stated, less our children there; for independent
    and out-of-area provision without such a figure, the growth that the scenario allows on our
    children there; otherwise the commissioned places less every child there.
    """
    at = case.provisions.set_index("provision")
    ours = case.placed[case.placed["authority"].map(blank)].groupby("provision")["children"].sum()
    everyone = case.placed.groupby("provision")["children"].sum()
    independent = {str(kind) for kind in INMSS}
    free = []
    for key, kind in zip(provisions["provision"], provisions["class"], strict=True):
        row = at.loc[key]
        before = not blank(row["opens"]) and case.base_year < row["opens"]
        after = not blank(row["closes"]) and case.base_year >= row["closes"]
        if before or after:
            free.append(0.0)
        elif not blank(row["available_places"]):
            free.append(in_year(row["available_places"], case.base_year) - ours.get(key, 0.0))
        elif kind in independent or not row["in_area"]:
            free.append(ours.get(key, 0.0) * scenario.available_growth)
        else:
            free.append(float(row["places"]) - everyone.get(key, 0.0))
    whole: Indices = np.floor(np.maximum(np.array(free), 0.0) + 1e-9).astype(np.int64)
    return np.where(provisions["class"].isin(list(NO_DAILY_JOURNEY)), 0, whole)


def _groups(tables: RoundTables, provisions: pd.DataFrame) -> pd.DataFrame:
    where = {key: p for p, key in enumerate(provisions["provision"])}
    table = tables.groups[tables.groups["provision"].isin(list(where))]
    return pd.DataFrame(
        {
            "p": [where[key] for key in table["provision"]],
            "group": table["group"].to_numpy(object),
            "nc_from": table["nc_from"].to_numpy(float),
            "nc_to": table["nc_to"].to_numpy(float),
            "room": (table["size"] - table["there_now"]).clip(lower=0).to_numpy(int),
        }
    )


def _no_room(group_of: Indices, groups: pd.DataFrame) -> Mask:
    """Return (n, P): the child's teaching group holds nobody more."""
    full = np.append(groups["room"].to_numpy(int) <= 0, False)  # the last stands for no group
    mask: Mask = full[np.where(group_of >= 0, group_of, len(groups))]
    return mask


def _static(
    case: Case,
    children: pd.DataFrame,
    provisions: pd.DataFrame,
    ride: Array,
    right: Array,
    scenario: Scenario,
) -> Indices:
    """Return (n, P) the rules that say a provision is not suitable, mixes and groups apart."""
    need, phase = suit.need_and_phase(children, provisions, case.teaches)
    found: Indices = (
        need * int(Rule.NEED)
        | phase * int(Rule.PHASE)
        | suit.wrong_class(children, provisions, right) * int(Rule.CLASS)
        | suit.lacks_a_feature(children, provisions) * int(Rule.FEATURE)
        | suit.too_far(children, provisions, ride, scenario) * int(Rule.JOURNEY)
    )
    return found


def _of_places(static: Indices, by_pool: Indices, other: Mask, pools: pd.DataFrame) -> Indices:
    """Return (n, P) START, YEAR or FULL where no pool of a suitable provision is for the child.

    Of several pools the least that stands in the way is told: a late start before another year
    group, and that before there being none at all.
    """
    out = np.zeros_like(static)
    of = pools["p"].to_numpy(int)
    for p in range(static.shape[1]):
        mine = np.flatnonzero(of == p)
        rules = np.where(other[:, mine], int(Rule.FULL), by_pool[:, mine])
        if not len(mine):
            out[:, p] = int(Rule.FULL)
            continue
        usable = (rules == 0).any(axis=1)
        least = np.where(
            (rules == int(Rule.START)).any(axis=1),
            int(Rule.START),
            np.where((rules == int(Rule.YEAR)).any(axis=1), int(Rule.YEAR), int(Rule.FULL)),
        )
        out[:, p] = np.where(usable, 0, least)
    return out


def _over(
    children: pd.DataFrame, provisions: pd.DataFrame, ride: Array, scenario: Scenario
) -> Mask:
    """Return (n, P): the shared ride is beyond the guideline of the phase (boarders have none)."""
    guideline = {str(phase): value for phase, value in scenario.guideline_minutes.items()}
    most = np.array([guideline[phase] for phase in children["phase"]])
    daily = ~provisions["class"].isin(list(NO_JOURNEY_LIMIT)).to_numpy()
    mask: Mask = (np.nan_to_num(ride) > most[:, None] + 1e-9) & daily[None, :]
    return mask


def _with_arcs(problem: RoundProblem) -> RoundProblem:
    """Return the problem with its arcs: each child and pool that every rule allows."""
    of = problem.pools["p"].to_numpy(int)
    allowed = (problem.static[:, of] == 0) & (problem.pool_rules == 0) & ~problem.pool_other
    i, v = np.nonzero(allowed)
    p = of[v]
    arcs = arc_rows(problem, i, v, p, problem.pools["weeks_to_start"].to_numpy(int)[v])
    return replace(problem, arcs=arcs)


def arc_rows(
    problem: RoundProblem, i: Indices, v: Indices, p: Indices, weeks_to_start: Indices
) -> pd.DataFrame:
    """Return arcs with the whole numbers that the steps add up."""
    waiting = problem.children["interim_gbp"].to_numpy(float)[i]
    keys = problem.provisions["provision"].to_numpy(object)
    preferred = problem.children["preferred"].to_numpy(object)
    return pd.DataFrame(
        {
            "i": i,
            "v": v,
            "p": p,
            "over": problem.over_guideline[i, p].astype(int),
            "preferred": [int(keys[b] in preferred[a]) for a, b in zip(i, p, strict=True)],
            "cost_gbp": np.rint(problem.added_gbp[i, p] - waiting).astype(np.int64),
            "minutes": np.rint(np.nan_to_num(problem.ride_minutes[i, p])).astype(np.int64),
            "weeks_to_start": weeks_to_start,
        },
        columns=ARC,
    )
