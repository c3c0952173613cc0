"""The round as tidy tables, one fact a row: children, suitable places, why not the others, places.

Tables speak keys and codes; words for people are the work of ``outputs``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimiser.journeys import NO_DAILY_JOURNEY
from optimiser.round.again import left_over, with_room
from optimiser.round.problem import RULE_WORDS, names_of
from optimiser.round.relax import full_now
from optimiser.round.ties import alike

if TYPE_CHECKING:
    from optimiser.kinds import Indices
    from optimiser.round.arrange import Arrangement
    from optimiser.round.problem import RoundProblem
    from optimiser.round.relax import Evidence

NOWHERE, NO_PLACE, PLACE = "nowhere_suitable", "no_place", "place"
"""Status of a child: no provision is suitable; one is, but no place is left; a place is kept."""
OF_A_CHILD = (
    "need",
    "second_need",
    "phase",
    "nc_year",
    "zone",
    "locality",
    "deprivation_fifth",
    "weeks",
)


def round_tables(
    problem: RoundProblem, arrangement: Arrangement, found: Evidence
) -> dict[str, pd.DataFrame]:
    """Return every table of a round by name.

    Returns
    -------
    dict
        ``children`` (one row a child: those with no suitable provision first, then by weeks),
        ``suitable`` (child and suitable provision: journey, cost, places), ``why_not`` (child and
        every other provision: the rules that keep it from the child), ``reasons`` (child, and from
        how many provisions each rule keeps it), ``one_rule`` (what relaxing one rule would do for
        a child without a place), ``one_more`` (what one place more is worth), ``places`` (open
        places, taken and left), ``steps``.
    """
    rules = full_now(problem, arrangement)
    children = _children(problem, arrangement, found)
    order = {key: k for k, key in enumerate(children["child"])}
    at_home = problem.provisions["class"].isin(list(NO_DAILY_JOURNEY)).to_numpy()
    problem = replace(
        problem,
        minutes=np.where(at_home, np.nan, problem.minutes),
        ride_minutes=np.where(at_home, np.nan, problem.ride_minutes),
        miles=np.where(at_home, np.nan, problem.miles),
    )
    return {
        "children": children,
        "suitable": _suitable(problem, arrangement, rules, order),
        "why_not": _why_not(problem, rules, order),
        "reasons": rule_counts(problem, rules)
        .sort_values("child", key=lambda keys: keys.map(order))
        .reset_index(drop=True),
        "one_rule": _one_rule(problem, found, order),
        "one_more": _one_more(problem, found),
        "places": _places(problem, arrangement),
        "steps": _steps(arrangement),
    }


def _children(problem: RoundProblem, arrangement: Arrangement, found: Evidence) -> pd.DataFrame:
    at = arrangement.provision_of(problem)
    placed = at >= 0
    status = np.where(placed, PLACE, np.where(problem.nowhere, NOWHERE, NO_PLACE))
    open_to = (problem.rules == 0).sum(axis=1)
    out = problem.children[["child", *OF_A_CHILD]].copy()
    for name in ("must_have", "must_not_have", "classes", "preferred"):
        out[name] = ["; ".join(some) for some in problem.children[name]]
    out["interim_gbp"] = problem.children["interim_gbp"]
    out["status"] = status
    out["suitable"] = problem.suitable.sum(axis=1)
    out["suitable_with_place_open"] = open_to
    out["provisions"] = len(problem.provisions)
    picked = np.where(placed, at, 0)
    rows = np.arange(len(out))
    out["provision"] = _keys(problem, at)
    out["start"] = [problem.pools["start"].iloc[v] if v >= 0 else None for v in arrangement.pool_of]
    for name, values in (
        ("minutes", problem.minutes),
        ("ride_minutes", problem.ride_minutes),
        ("miles", problem.miles),
        ("cost_gbp", problem.cost_gbp),
        ("added_gbp", problem.added_gbp),
    ):
        out[name] = np.where(placed, values[rows, picked], np.nan)
    out["over_guideline"] = placed & problem.over_guideline[rows, picked]
    keys = out["provision"].tolist()
    wished = [key in some for key, some in zip(keys, problem.children["preferred"], strict=True)]
    out["preference"] = np.where(
        [not some for some in problem.children["preferred"]],
        "none stated",
        np.where(placed, np.where(wished, "met", "not met"), "stated"),
    )
    out["one_rule"] = _first_rule(problem, placed, found)
    out["alike"] = _alike(problem)
    # beyond status, nothing in the order says who should be considered before whom
    rank = {NOWHERE: 0, NO_PLACE: 1, PLACE: 2}
    out["_rank"], out["_weeks"] = out["status"].map(rank), -out["weeks"]
    out = out.sort_values(["_rank", "_weeks", "child"], ignore_index=True)
    return out.drop(columns=["_rank", "_weeks"])


def _keys(problem: RoundProblem, at: Indices) -> list[str | None]:
    keys = problem.provisions["provision"].tolist()
    return [keys[p] if p >= 0 else None for p in at]


def _first_rule(problem: RoundProblem, placed: np.ndarray, found: Evidence) -> list[str]:
    """Return the rule most easily relaxed that would place each child; ``none`` if none would."""
    first = found.blockers.drop_duplicates("i").set_index("i")["rule"].to_dict()
    return ["" if placed[i] else first.get(i, "none") for i in range(len(problem.children))]


def _alike(problem: RoundProblem) -> list[str]:
    keys = problem.children["child"].tolist()
    out = [""] * len(keys)
    if problem.arcs.empty:
        return out
    for group in alike(problem):
        for i in group:
            out[i] = "; ".join(sorted(keys[k] for k in group if k != i))
    return out


def _suitable(
    problem: RoundProblem,
    arrangement: Arrangement,
    rules: Indices,
    order: dict[str, int],
) -> pd.DataFrame:
    i, p = np.nonzero(problem.suitable)
    open_now, left = _open_to(problem, arrangement, i, p)
    seconds = problem.children["second_need"].to_numpy(object)
    phases = problem.children["phase"].to_numpy(object)
    provisions = problem.provisions
    keys = provisions["provision"].to_numpy(object)
    preferred = problem.children["preferred"].to_numpy(object)
    taught = problem.taught
    out = pd.DataFrame(
        {
            "child": problem.children["child"].to_numpy(object)[i],
            "provision": keys[p],
            "name": provisions["name"].to_numpy(object)[p],
            "class": provisions["class"].to_numpy(object)[p],
            "minutes": problem.minutes[i, p],
            "ride_minutes": problem.ride_minutes[i, p],
            "miles": problem.miles[i, p],
            "over_guideline": problem.over_guideline[i, p],
            "topup_gbp": problem.topup_gbp[i, p],
            "place_gbp": problem.place_gbp[i, p],
            "transport_gbp": problem.transport_gbp[i, p],
            "cost_gbp": problem.cost_gbp[i, p],
            "added_gbp": problem.added_gbp[i, p],
            "right_share": problem.right_share[i, p],
            "teaches_second_need": [
                "" if seconds[a] is None else (keys[b], seconds[a], phases[a]) in taught
                for a, b in zip(i, p, strict=True)
            ],
            "preferred": [keys[b] in preferred[a] for a, b in zip(i, p, strict=True)],
            "open_to_child": open_now,
            "left_in_arrangement": left,
            "rules": ["; ".join(names_of(int(one))) for one in rules[i, p]],
        }
    )
    out["_order"] = out["child"].map(order)
    out = out.sort_values(["_order", "ride_minutes", "provision"], ignore_index=True)
    return out.drop(columns="_order")


def _open_to(
    problem: RoundProblem, arrangement: Arrangement, i: Indices, p: Indices
) -> tuple[Indices, Indices]:
    """Return the places open to each child at each provision, before and after the arrangement."""
    usable = (problem.pool_rules == 0) & ~problem.pool_other
    of = problem.pools["p"].to_numpy(int)
    shape = (len(problem.children), len(problem.provisions))
    out = []
    for places in (problem.pools["places"].to_numpy(int), left_over(problem, arrangement)):
        total = np.zeros(shape, dtype=np.int64)
        for v, count in enumerate(places):
            total[:, of[v]] += usable[:, v] * int(count)
        out.append(total[i, p])
    return out[0], out[1]


def _why_not(problem: RoundProblem, rules: Indices, order: dict[str, int]) -> pd.DataFrame:
    """Return, for each child, every provision with a rule against it, and those rules."""
    i, p = np.nonzero(rules)
    known = {code: "; ".join(names_of(code)) for code in np.unique(rules).tolist()}
    out = pd.DataFrame(
        {
            "child": problem.children["child"].to_numpy(object)[i],
            "provision": problem.provisions["provision"].to_numpy(object)[p],
            "rules": [known[code] for code in rules[i, p].tolist()],
            "ride_minutes": problem.ride_minutes[i, p],
        }
    )
    out["_order"] = out["child"].map(order)
    return out.sort_values(["_order", "provision"], ignore_index=True).drop(columns="_order")


def _one_rule(problem: RoundProblem, found: Evidence, order: dict[str, int]) -> pd.DataFrame:
    """Return a row for each child and rule: the nearest provision that needs nobody to give way.

    ``provisions`` counts all those where relaxing that rule alone would place the child.
    """
    ways = found.blockers
    count = ways.groupby(["i", "rule"])["p"].nunique().to_dict()
    first = ways.drop_duplicates(["i", "rule"], ignore_index=True)
    i, p = first["i"].to_numpy(int), first["p"].to_numpy(int)
    out = pd.DataFrame(
        {
            "child": problem.children["child"].to_numpy(object)[i],
            "rule": first["rule"].to_numpy(object),
            "price": first["price"].to_numpy(object),
            "provision": problem.provisions["provision"].to_numpy(object)[p],
            "name": problem.provisions["name"].to_numpy(object)[p],
            "ride_minutes": problem.ride_minutes[i, p],
            "cost_gbp": problem.cost_gbp[i, p],
            "provisions": [count[key] for key in zip(first["i"], first["rule"], strict=True)],
        }
    )
    out["_order"] = out["child"].map(order)
    out = out.sort_values("_order", kind="stable", ignore_index=True)
    return out.drop(columns="_order")


def _one_more(problem: RoundProblem, found: Evidence) -> pd.DataFrame:
    table = found.one_more
    p = table["p"].to_numpy(int)
    out = pd.DataFrame(
        {
            "provision": problem.provisions["provision"].to_numpy(object)[p],
            "name": problem.provisions["name"].to_numpy(object)[p],
            "class": problem.provisions["class"].to_numpy(object)[p],
            "open_now": problem.provisions["open_now"].to_numpy(int)[p],
            "suitable_children": with_room(problem)[:, p].sum(axis=0),
        }
    )
    return pd.concat([out, table.drop(columns="p").reset_index(drop=True)], axis=1)


def _places(problem: RoundProblem, arrangement: Arrangement) -> pd.DataFrame:
    pools = problem.pools
    p = pools["p"].to_numpy(int)
    left = left_over(problem, arrangement)
    return pd.DataFrame(
        {
            "provision": problem.provisions["provision"].to_numpy(object)[p],
            "name": problem.provisions["name"].to_numpy(object)[p],
            "class": problem.provisions["class"].to_numpy(object)[p],
            "need": pools["need"].to_numpy(object),
            "phase": pools["phase"].to_numpy(object),
            "nc_from": pools["nc_from"].to_numpy(object),
            "nc_to": pools["nc_to"].to_numpy(object),
            "start": pools["start"].to_numpy(object),
            "places": pools["places"].to_numpy(int),
            "taken": pools["places"].to_numpy(int) - left,
            "left": left,
            "suitable_children": [int((problem.arcs["v"] == v).sum()) for v in range(len(pools))],
        }
    )


def _steps(arrangement: Arrangement) -> pd.DataFrame:
    columns = ("key", "words", "most", "value", "bound", "ended", "seconds")
    rows = [[getattr(one, name) for name in columns] for one in arrangement.done]
    out = pd.DataFrame(rows, columns=["step", "words", "most", *columns[3:]])
    out.insert(0, "number", range(1, len(out) + 1))
    return out


def rule_counts(problem: RoundProblem, rules: Indices) -> pd.DataFrame:
    """Return, for each child, from how many provisions each rule keeps it."""
    counts = {str(rule.name).lower(): ((rules & int(rule)) > 0).sum(axis=1) for rule in RULE_WORDS}
    return pd.DataFrame({"child": problem.children["child"].to_numpy(object)} | counts)
