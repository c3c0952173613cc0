"""What may be asked of a finished plan: a change, and the problem that it makes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from inputs.errors import Fault, InputError, did_you_mean
from optimiser.measures import CAPITAL
from optimiser.supply import added_places, capital_spend, over_added

if TYPE_CHECKING:
    import pandas as pd

    from optimiser.problem import Problem


@dataclass(frozen=True)
class Change:
    """A change to the problem of a finished plan. What is not named stays as it was.

    Parameters
    ----------
    open_by
        Option to the year by which it must be open; with the same year in ``shut_before`` it opens
        in that year.
    shut_before
        Option to the first year in which it may open; None keeps it shut for good.
    places
        (provision, year) to children more (or fewer) who fit there in that year, never fewer than
        are pinned there. They cost nothing themselves: what a place is worth is asked, not what it
        costs.
    option_places
        Option to places more that it adds for the same money: what it costs to build, to set up
        and to run (a fixed sum a year) stays, and so do its ramp and its least roll. What it
        teaches grows in proportion. Its building stays as stated while it has room for them, and
        holds as many more beyond that. Place funding for each place, and top-up for each child,
        follow at the rates of the case.
    capital_budget_gbp, capital_budget_by_year_gbp, capital_budget_by_grant_gbp
        New limits of capital, £; those by year and by grant replace the ones they name.
    capital_gbp
        Option to what it costs to build, £; the years of spending stay in proportion.
    annual_cost_factor
        Class to a factor on its top-ups or fees.
    at_most
        Measure (:mod:`optimiser.measures`) that the held model knows to the most that it may be.
    unplaced_weight_gbp
        Another weight of policy on a child-year without a place, £.
    """

    open_by: dict[str, int] = field(default_factory=dict)
    shut_before: dict[str, int | None] = field(default_factory=dict)
    places: dict[tuple[str, int], float] = field(default_factory=dict)
    option_places: dict[str, float] = field(default_factory=dict)
    capital_budget_gbp: float | None = None
    capital_budget_by_year_gbp: dict[int, float] = field(default_factory=dict)
    capital_budget_by_grant_gbp: dict[str, float] = field(default_factory=dict)
    capital_gbp: dict[str, float] = field(default_factory=dict)
    annual_cost_factor: dict[str, float] = field(default_factory=dict)
    at_most: dict[str, float] = field(default_factory=dict)
    unplaced_weight_gbp: float | None = None

    def check(self, problem: Problem, measures: tuple[str, ...] = ()) -> None:
        """Refuse names and years that the problem does not have, all at once.

        Parameters
        ----------
        problem
            The problem that is changed.
        measures
            Names of the measures that may be limited.

        Raises
        ------
        InputError
            For every option, provision, class, grant, measure or year that does not exist.
        """
        known = {
            "option": problem.options["option"].astype(str).tolist(),
            "provision": problem.provisions["provision"].astype(str).tolist(),
            "class": list(problem.classes),
            "grant": sorted({str(one) for one in problem.options["funding"].dropna()}),
            "measure": list(measures),
            "year": [str(year) for year in problem.years],
        }
        years = (*self.open_by.values(), *self.shut_before.values())
        asked: dict[str, list[object]] = {
            "option": [
                *self.open_by,
                *self.shut_before,
                *self.option_places,
                *self.capital_gbp,
            ],
            "provision": [provision for provision, _ in self.places],
            "class": list(self.annual_cost_factor),
            "grant": list(self.capital_budget_by_grant_gbp),
            "measure": list(self.at_most),
            "year": [
                *(year for year in years if year is not None),
                *(year for _, year in self.places),
                *self.capital_budget_by_year_gbp,
            ],
        }
        faults = [
            Fault(
                "what if",
                f"is not {'an' if kind[0] in 'aeiou' else 'a'} {kind} of this case",
                did_you_mean(str(one), known[kind]),
                column=kind,
                value=str(one),
            )
            for kind, values in asked.items()
            for one in dict.fromkeys(values)
            if str(one) not in known[kind]
        ]
        faults += self._growth_faults(problem)
        if CAPITAL in self.at_most and self.capital_gbp:
            faults.append(
                Fault(
                    "what if",
                    "limits capital and changes what options cost to build at once",
                    "Limit it with capital_budget_gbp",
                    column="measure",
                    value=CAPITAL,
                )
            )
        if faults:
            raise InputError(faults)

    def _growth_faults(self, problem: Problem) -> list[Fault]:
        """Return what is wrong with the options that are to add more places."""
        places = dict(zip(problem.options["option"], problem.options["places"], strict=True))
        faults = []
        for name, more in self.option_places.items():
            if name in places and places[name] <= 0:
                what, remedy = "adds no places, so it has none to grow", "Name one that adds places"
            elif not more > 0:
                what, remedy = f"is to add {more:g} places more", "Ask for more than 0"
            else:
                continue
            faults.append(Fault("what if", what, remedy, column="option_places", value=name))
        return faults

    def applied(self, problem: Problem) -> Problem:
        """Return the changed problem, as a solve from scratch would take it.

        An option that must be open by a year and may not open before it becomes a commitment. One
        that must only be open *by* a year has no such form, and is left as free as it was; nor has
        a limit of ``at_most``.
        """
        scenario = problem.scenario
        limits: dict[str, object] = {
            "capital_budget_by_year_gbp": scenario.capital_budget_by_year_gbp
            | self.capital_budget_by_year_gbp,
            "capital_budget_by_grant_gbp": scenario.capital_budget_by_grant_gbp
            | self.capital_budget_by_grant_gbp,
        }
        if self.capital_budget_gbp is not None:
            limits["capital_budget_gbp"] = self.capital_budget_gbp
        if self.unplaced_weight_gbp is not None:
            limits["unplaced_weight_gbp"] = self.unplaced_weight_gbp
        scenario = scenario.model_copy(update=limits)
        capacity, annual = problem.capacity.copy(), problem.annual_cost.copy()
        where = {key: p for p, key in enumerate(problem.provisions["provision"])}
        there = np.zeros_like(capacity)  # children placed now keep their places
        p_of = problem.taught["p"].to_numpy(np.int64)
        held = problem.pinned + problem.aside_roll + problem.others
        np.add.at(there, p_of, held[:, : problem.horizon])
        for (provision, year), more in self.places.items():
            p, t = where[provision], year - problem.years[0]
            least = min(capacity[p, t], there[p, t])
            capacity[p, t] = max(least, capacity[p, t] + more)
        kinds = problem.provisions["class"].to_numpy(str)[problem.taught["p"].to_numpy(np.int64)]
        for kind, factor in self.annual_cost_factor.items():
            annual[kinds == kind] *= factor
        options = problem.options.copy()
        names = options["option"].to_numpy(str)
        spend, residual = problem.spend, problem.residual
        if self.capital_gbp:
            gbp = options["capital_gbp"].to_numpy(float).copy()
            for name, pounds in self.capital_gbp.items():
                gbp[names == name] = pounds
            options["capital_gbp"] = gbp
            spend, residual = capital_spend(options, problem.horizon, len(problem.discount))
        added, over, taught = problem.added, problem.over_added, problem.option_taught
        if self.option_places:
            options = grown(options, self.option_places)
            added = added_places(options, problem.horizon)
            over = over_added(options, problem.over_limit)
            o_of = taught["o"].to_numpy(np.int64)
            now = problem.options["places"].to_numpy(float)[o_of]
            factor = np.divide(
                options["places"].to_numpy(float)[o_of], now, out=np.ones_like(now), where=now > 0
            )
            taught = taught.assign(max_places=taught["max_places"].to_numpy(float) * factor)
        first, last = problem.opens_first.copy(), problem.opens_last.copy()
        committed = options["committed_year"].to_numpy(float).copy()
        for name, begins in self.shut_before.items():
            o = int(np.flatnonzero(names == name)[0])
            if begins is None:
                last[o], committed[o] = -1, np.nan
                continue
            first[o] = max(first[o], begins - problem.years[0])
            if self.open_by.get(name) == begins:
                last[o], committed[o] = first[o], begins
        ours = problem.pinned + problem.aside_roll
        constant = problem.constant | {
            ("top_up_and_fees", "dsg"): (ours * annual).sum(axis=0),
        }
        return replace(
            problem,
            scenario=scenario,
            constant=constant,
            capacity=capacity,
            annual_cost=annual,
            options=options.assign(committed_year=committed),
            added=added,
            over_added=over,
            option_taught=taught,
            spend=spend,
            residual=residual,
            opens_first=first,
            opens_last=last,
        )


def grown(options: pd.DataFrame, more: dict[str, float]) -> pd.DataFrame:
    """Return the options, some of which add more places.

    Parameters
    ----------
    options
        The options of a problem.
    more
        Option to places more. Its building stays as stated while it has room for them; beyond
        that, and where it has none to spare, it holds as many more.
    """
    names = options["option"].to_numpy(str)
    places = options["places"].to_numpy(float).copy()
    spare = options["physical_places"].to_numpy(float) - places
    for name, by in more.items():
        here = names == name
        places[here] += by
        spare[here] = np.where(spare[here] > 0, np.maximum(spare[here] - by, 0.0), spare[here])
    return options.assign(places=places, physical_places=places + spare)
