"""Plan: openings, placements, rolls and money as tidy tables, with the proof of the solve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimiser.costs import money

if TYPE_CHECKING:
    from optimiser.answer import Answer, Proof
    from optimiser.kinds import Array
    from optimiser.problem import Problem

NOBODY = 1e-7
"""Children below this are the solver's dust, and are left out of the tables."""


@dataclass(frozen=True)
class Plan:
    """What to commission, and what follows from it. One fact a row in every table.

    Parameters
    ----------
    proof
        Termination, cost and bound.
    openings
        option, name, provision, class, locality, year, places, physical_places, capital_gbp,
        funding, committed.
    placements
        zone, need, phase, year, provision, children, minutes (direct), ride_minutes (shared),
        miles, over_guideline, kind (``decided``, or ``set_aside`` for those who go to INMSS
        whatever we open): children placed that year, by where they live.
    unplaced
        zone, need, phase, year, children: without a place that year.
    rolls
        provision, need, phase, year, pinned, set_aside, entrants, others, roll: children there.
    places
        provision, year, commissioned, fits (places open to us at planning occupancy, never fewer
        than are there), added, in_use, drawn, taken, over, roll, used.
    uses
        option, provision, year, added, in_use, drawn: places that each opened option adds.
    money
        year (``tail`` beyond the horizon), purse, term, gbp (real), pv_gbp (present value).
    breaks
        rule, where, year, amount: rules of policy that the plan breaks.
    """

    proof: Proof
    openings: pd.DataFrame
    placements: pd.DataFrame
    unplaced: pd.DataFrame
    rolls: pd.DataFrame
    places: pd.DataFrame
    uses: pd.DataFrame
    money: pd.DataFrame
    breaks: pd.DataFrame


def plan_of(problem: Problem, answer: Answer) -> Plan:
    """Return the plan that a solve decided."""
    decided = answer.decided
    return Plan(
        proof=answer.proof,
        openings=_openings(problem, decided["open"]),
        placements=_placements(problem, decided["place"]),
        unplaced=_unplaced(problem, decided["unplaced"]),
        rolls=_rolls(problem, decided["intake"]),
        places=_places(problem, decided),
        uses=_uses(problem, decided),
        money=money_table(problem, decided),
        breaks=_breaks(problem, decided),
    )


def _openings(problem: Problem, opened: Array) -> pd.DataFrame:
    o, t = np.nonzero(opened > 0.5)
    chosen = problem.options.iloc[o]
    at = problem.provisions.iloc[chosen["p"].to_numpy(int)]
    frame = pd.DataFrame(
        {
            "option": chosen["option"].to_numpy(),
            "name": chosen["name"].to_numpy(),
            "provision": at["provision"].to_numpy(),
            "class": at["class"].to_numpy(),
            "locality": at["locality"].to_numpy(),
            "year": np.array(problem.years)[t],
            "places": chosen["places"].to_numpy(float),
            "physical_places": chosen["physical_places"].to_numpy(float),
            "capital_gbp": chosen["capital_gbp"].to_numpy(float),
            "funding": chosen["funding"].to_numpy(),
            "committed": chosen["committed_year"].notna().to_numpy(),
        }
    )
    return frame.sort_values(["year", "option"], ignore_index=True)


def _placements(problem: Problem, place: Array) -> pd.DataFrame:
    a, t = np.nonzero(place > NOBODY)
    arcs, aside = problem.arcs.iloc[a], problem.aside
    names = problem.provisions["provision"].to_numpy()
    parts = []
    for kind, d, p, year, children, journeys in (
        ("decided", arcs["d"], arcs["p"], t, place[a, t], arcs),
        ("set_aside", aside["d"], aside["p"], aside["t"], aside["children"], aside),
    ):
        cells = problem.cells.iloc[d.to_numpy(int)]
        phases = cells["phase"].to_numpy()
        limit = {str(k): v for k, v in problem.scenario.guideline_minutes.items()}
        measured = (
            journeys["measured"].to_numpy(bool)
            if kind == "decided"
            else (problem.provisions["class"].to_numpy()[p.to_numpy(int)] != "inmss_residential")
        )
        ride = journeys["ride_minutes"].to_numpy(float)
        parts.append(
            pd.DataFrame(
                {
                    "zone": cells["zone"].to_numpy(),
                    "need": cells["need"].to_numpy(),
                    "phase": phases,
                    "year": np.array(problem.years)[np.asarray(year, int)],
                    "provision": names[p.to_numpy(int)],
                    "children": np.asarray(children, float),
                    "minutes": journeys["minutes"].to_numpy(float),
                    "ride_minutes": ride,
                    "miles": journeys["miles"].to_numpy(float),
                    "over_guideline": measured
                    & (ride > np.array([limit[h] for h in phases], float) + 1e-9),
                    "kind": kind,
                }
            )
        )
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return frame.sort_values(["zone", "need", "phase", "year", "provision"], ignore_index=True)


def _unplaced(problem: Problem, unplaced: Array) -> pd.DataFrame:
    d, t = np.nonzero(unplaced > NOBODY)
    cells = problem.cells.iloc[d]
    return pd.DataFrame(
        {
            "zone": cells["zone"].to_numpy(),
            "need": cells["need"].to_numpy(),
            "phase": cells["phase"].to_numpy(),
            "year": np.array(problem.years)[t],
            "children": unplaced[d, t],
        }
    )


def surviving(problem: Problem, intake: Array) -> Array:
    """Return (Q, Y) of the children placed by the plan, those there in each year."""
    nh = problem.taught["nh"].to_numpy(np.int64)
    there: Array = np.einsum("qu,quy->qy", intake, problem.survival[nh])
    return there


def _rolls(problem: Problem, intake: Array) -> pd.DataFrame:
    horizon = problem.horizon
    parts = {
        "pinned": problem.pinned[:, :horizon],
        "set_aside": problem.aside_roll[:, :horizon],
        "entrants": surviving(problem, intake)[:, :horizon],
        "others": problem.others[:, :horizon],
    }
    total = np.sum(list(parts.values()), axis=0)
    q, t = np.nonzero(total > NOBODY)
    taught = problem.taught.iloc[q]
    frame = pd.DataFrame(
        {
            "provision": taught["provision"].to_numpy(),
            "need": taught["need"].to_numpy(),
            "phase": taught["phase"].to_numpy(),
            "year": np.array(problem.years)[t],
        }
        | {name: values[q, t] for name, values in parts.items()}
        | {"roll": total[q, t]}
    )
    return frame.sort_values(["provision", "need", "phase", "year"], ignore_index=True)


def _places(problem: Problem, decided: dict[str, Array]) -> pd.DataFrame:
    horizon, n = problem.horizon, len(problem.provisions)
    options = problem.options
    at = options["p"].to_numpy(np.int64)
    by_class = {str(k): v for k, v in problem.scenario.drawn_from_mainstream.items()}
    drawn_share = np.array([by_class.get(k, 0.0) for k in problem.provisions["class"]])
    added, in_use, taken, roll = (np.zeros((n, horizon)) for _ in range(4))
    np.add.at(added, at, np.einsum("ou,out->ot", decided["open"], problem.added))
    np.add.at(in_use, at, decided["in_use"])
    np.add.at(taken, at, problem.taken * decided["opened"])
    p = problem.taught["p"].to_numpy(np.int64)
    everyone = problem.pinned + problem.aside_roll + problem.others
    np.add.at(roll, p, (surviving(problem, decided["intake"]) + everyone)[:, :horizon])
    used = np.where(problem.used_fixed > 0, problem.used_fixed, decided["used"])
    where = {
        "provision": np.repeat(problem.provisions["provision"].to_numpy(), horizon),
        "year": np.tile(problem.years, n),
    }
    values = {
        "commissioned": problem.commissioned,
        "fits": problem.capacity,
        "added": added,
        "in_use": in_use,
        "drawn": in_use * drawn_share[:, None],
        "taken": taken,
        "over": decided["over"],
        "roll": roll,
        "used": used,
    }
    return pd.DataFrame(where | {name: array.ravel() for name, array in values.items()})


def _uses(problem: Problem, decided: dict[str, Array]) -> pd.DataFrame:
    added = np.einsum("ou,out->ot", decided["open"], problem.added)
    o, t = np.nonzero(added > NOBODY)
    p = problem.options["p"].to_numpy(np.int64)[o]
    by_class = {str(k): v for k, v in problem.scenario.drawn_from_mainstream.items()}
    drawn = np.array([by_class.get(k, 0.0) for k in problem.provisions["class"]])[p]
    in_use = decided["in_use"][o, t]
    return pd.DataFrame(
        {
            "option": problem.options["option"].to_numpy()[o],
            "provision": problem.provisions["provision"].to_numpy()[p],
            "year": np.array(problem.years)[t],
            "added": added[o, t],
            "in_use": in_use,
            "drawn": in_use * drawn,
        }
    )


def money_table(problem: Problem, decided: dict[str, Array]) -> pd.DataFrame:
    """Return £ by year (or ``tail``), purse and term, in that year and as present value."""
    horizon, discount = problem.horizon, problem.discount
    rows: list[tuple[int | str, str, str, float, float]] = []
    for (term, purse), pounds in sorted(money(problem, decided).items()):
        worth = pounds * discount
        if term == "residual":
            rows.append(("tail", purse, term, pounds.sum(), worth.sum()))
            continue
        for t, year in enumerate(problem.years):
            rows.append((year, purse, term, pounds[t], worth[t]))
        rows.append(("tail", purse, term, pounds[horizon:].sum(), worth[horizon:].sum()))
    return pd.DataFrame(rows, columns=["year", "purse", "term", "gbp", "pv_gbp"])


def _breaks(problem: Problem, decided: dict[str, Array]) -> pd.DataFrame:
    rows: list[tuple[str, str, int, float]] = []
    years, options = problem.years, problem.options["option"].tolist()
    rules = problem.scenario.places_rules

    def place_rule(i: int) -> str:
        rule = rules[i]
        who = " ".join(str(x) for x in (rule.class_, rule.locality) if x is not None) or "all"
        return f"{rule.measure.replace('_', ' ')} {rule.places:g} places, {who}"

    def moved(i: int) -> str:
        row = problem.stay_on.iloc[i]
        name = problem.provisions["provision"].iloc[int(row["p"])]
        return f"{name} for {row['need']} {row['phase']} of {row['locality']}"

    for family, rule, name in (
        ("moved", "staying_on", moved),
        ("too_far", "journeys_share", lambda _: "all daily journeys"),
        ("roll_short", "viable_roll", lambda i: options[i]),
        ("places_short", "places_at_least", place_rule),
        ("places_beyond", "places_at_most", place_rule),
    ):
        for i, t in zip(*np.nonzero(decided[family] > 1e-6), strict=True):
            rows.append((rule, name(int(i)), years[int(t)], float(decided[family][i, t])))
    return pd.DataFrame(rows, columns=["rule", "where", "year", "amount"])
