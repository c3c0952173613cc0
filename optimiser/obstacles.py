"""What stands in the way of an option: why it cannot open at all, or which rules it would break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from optimiser.kinds import Array, Indices
    from optimiser.problem import Problem

CENT = 0.005


@dataclass(frozen=True)
class Obstacle:
    """A rule that an option would break beside the plan as it stands.

    Parameters
    ----------
    rule
        ``committed``, ``host``, ``window``, ``requires``, ``excludes``, ``capital_by_grant``,
        ``capital_by_year``, ``capital_in_total`` or ``openings_per_year``.
    on
        The option, grant or year that it is about; empty where there is none.
    short
        What is missing: £ of capital, or openings; 0 where nothing is counted.
    """

    rule: str
    on: str = ""
    short: float = 0.0


def cannot_open(problem: Problem, o: int) -> Obstacle | None:
    """Return why an option is not the plan's to choose, or None where it is.

    Parameters
    ----------
    problem
        The problem.
    o
        Position of the option.
    """
    row = problem.options.iloc[o]
    if bool(problem.committed()[o]):
        return Obstacle("committed", str(int(row["committed_year"])))
    if not bool(row["host_agrees"]):
        return Obstacle("host")
    if not problem.can_open()[o].any():
        return Obstacle("window")
    return None


def in_the_way(problem: Problem, opened: Array, o: int) -> tuple[Obstacle, ...]:
    """Return the rules that an option would break if it were added to the plan as it stands.

    Each rule is tried in every year in which the option may open; one that leaves it a year is not
    in the way. Rules that bend at a price are not among these: they are in the cost.

    Parameters
    ----------
    problem
        The problem.
    opened
        (O, T) ``open`` of the plan: 1 in the year in which an option opens.
    o
        Position of an option that the plan does not open.
    """
    options, names = problem.options, problem.options["option"].to_numpy(str)
    chosen = opened.sum(axis=1) > 0.5
    may = np.flatnonzero(problem.can_open()[o])
    found = [
        Obstacle("requires", str(other))
        for other in options["requires"].iloc[o]
        if not chosen[names == other].any()
    ]
    found += [
        Obstacle("excludes", str(other))
        for k, other in enumerate(names)
        if chosen[k]
        and (other in options["excludes"].iloc[o] or names[o] in options["excludes"].iloc[k])
    ]
    beside = opened.copy()  # what it rules out would make way for it
    beside[np.isin(names, [one.on for one in found if one.rule == "excludes"])] = 0.0
    return (*found, *_money(problem, beside, o, may), *_openings(problem, beside, may))


def _money(problem: Problem, opened: Array, o: int, may: Indices) -> list[Obstacle]:
    scenario, found = problem.scenario, []
    gbp = problem.options["capital_gbp"].to_numpy(float)
    funding = problem.options["funding"].to_numpy(object)
    chosen = opened.sum(axis=1) > 0.5
    grant = funding[o]
    if grant in scenario.capital_budget_by_grant_gbp:
        spent = gbp[chosen & (funding == grant)].sum()
        short = spent + gbp[o] - scenario.capital_budget_by_grant_gbp[grant]
        if short > CENT:
            found.append(Obstacle("capital_by_grant", str(grant), float(short)))
    if scenario.capital_budget_gbp is not None:
        short = gbp[chosen].sum() + gbp[o] - scenario.capital_budget_gbp
        if short > CENT:
            found.append(Obstacle("capital_in_total", "", float(short)))
    first = problem.years[0]
    by_year = np.einsum("ou,ouy->y", opened, problem.spend)
    worst: list[tuple[float, str]] = []  # in each year of opening, what the tightest year lacks
    for u in may:
        over = [
            (float(by_year[y - first] + problem.spend[o, u, y - first] - limit), str(y))
            for y, limit in scenario.capital_budget_by_year_gbp.items()
            if 0 <= y - first < len(by_year) and problem.spend[o, u, y - first] > CENT
        ]
        worst.append(max(over, default=(0.0, "")))
    if worst and min(worst)[0] > CENT:
        short, year = min(worst)
        found.append(Obstacle("capital_by_year", year, short))
    return found


def _openings(problem: Problem, opened: Array, may: Indices) -> list[Obstacle]:
    most = problem.scenario.openings_per_year
    if most is None:
        return []
    counted = opened.sum(axis=0)
    over = [(float(counted[u] + 1 - most), str(problem.years[u])) for u in may]
    if over and min(over)[0] > 0.5:
        short, year = min(over)
        return [Obstacle("openings_per_year", year, short)]
    return []
