"""Displacement: where the children in new places would be without them, and what that saves.

Openings are held and the children are placed again exactly, with the option and without it. Every
place it adds is then accounted for: a child fewer in an independent school, one fewer without a
place, one drawn from mainstream, one fewer in another state school or base, or nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from inputs.vocabulary import INMSS
from optimiser.answer import OutOfTime
from optimiser.costs import drawn_shares, money, taught_by_options
from optimiser.openings_held import dearer, exactly, leaning_on
from optimiser.plan import surviving

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.kinds import Array, Indices, Mask
    from optimiser.openings_held import Interval
    from optimiser.problem import Problem
    from optimiser.what_if import WhatIf, WhatIfAnswer

BASES = frozenset({"specialist_base", "sen_unit", "colocated_unit"})
"""Classes of provision on a mainstream site."""
SOURCES = ("inmss", "waiting", "mainstream", "state_special", "bases", "out_of_area", "other")
"""Where a child in a new place would otherwise be."""
PROGRAMME = ""
"""Stands for everything that the plan opens beyond what is committed."""


@dataclass(frozen=True)
class Displaced:
    """What the places of one option, or of the whole programme, really displace.

    Child-years are children counted once for each year of the horizon in which they are there.

    Parameters
    ----------
    option
        The option; empty for the programme.
    left_out
        What the comparison leaves out: the option, and those chosen that require it.
    places
        (T,) places added, by year, ramp and month of opening counted.
    children
        (T,) children in them: more on roll there, and those drawn from mainstream.
    sources
        Source to (T,) children fewer there: they add up, with ``longer``, to ``children``.
    longer
        (T,) children who are there longer because one placed after a wait is given a full stay.
    money
        (term, purse) to (Y,) £ a year, real, saved (negative: spent more).
    saving
        By how much leaving it out is dearer, £ of present value, horizon and later years.
    full_places, capital_gbp
        Places once the ramp is over, be it beyond the horizon; and what they cost to build.
    topup_gbp, place_gbp
        Mean top-up of what it teaches, and place funding of a filled place, £ a year.
    fee_gbp
        Mean cost a year of an independent place, of our children who are there now.
    """

    option: str
    left_out: tuple[str, ...]
    places: Array
    children: Array
    sources: dict[str, Array]
    longer: Array
    money: dict[tuple[str, str], Array]
    saving: Interval
    full_places: float
    capital_gbp: float
    topup_gbp: float
    place_gbp: float
    fee_gbp: float

    @property
    def place_years(self) -> float:
        """Return the places added, summed over the years of the horizon."""
        return float(self.places.sum())

    def share(self, source: str) -> float:
        """Return the share of the added places that one source fills (NaN: no place is added)."""
        return _each(float(self.sources[source].sum()), self.place_years)

    @property
    def empty(self) -> Array:
        """Return (T,) added places that nobody is in; negative where old empty places fill too."""
        return self.places - self.children

    @property
    def naive_gbp(self) -> float:
        """Return what a place saves a year if every one takes a child from a mean INMSS place."""
        return self.fee_gbp - self.place_gbp - self.topup_gbp

    @property
    def displacement_only_gbp(self) -> float:
        """Return the naive saving times the share of places that take a child out of INMSS."""
        return self.share("inmss") * self.naive_gbp

    @property
    def net_gbp(self) -> float:
        """Return what an added place really saves a year: the grant, all terms, in the horizon."""
        return _each(self.saved(DSG_PURSE), self.place_years)

    def saved(self, purse: str) -> float:
        """Return what one purse saves within the horizon, £ real."""
        horizon = len(self.places)
        return float(
            sum(gbp[:horizon].sum() for (_, who), gbp in self.money.items() if who == purse)
        )

    def payback_years(self, a_year_gbp: float) -> float:
        """Return the years of such a saving a place that equal the capital of a place.

        Infinite where nothing is saved; NaN where no place is added. The two are in different
        purses: this compares them and does not net one against the other.
        """
        if self.full_places <= 0 or np.isnan(a_year_gbp):
            return float("nan")
        return self.capital_gbp / self.full_places / a_year_gbp if a_year_gbp > 0 else float("inf")


DSG_PURSE = "dsg"


def _each(total: float, count: float) -> float:
    return total / count if count > 1e-9 else float("nan")


class Placing:
    """Children placed again with openings held, each set of openings once.

    Parameters
    ----------
    held
        The plan's model, ready for questions (:func:`optimiser.openings_held.asked_whole`).
    seconds
        Wall time for each of the solves.
    """

    def __init__(self, held: WhatIf, *, seconds: float = float("inf")) -> None:
        self.problem, self._held, self._seconds = held.problem, held, seconds
        self._known: dict[frozenset[tuple[str, int]], WhatIfAnswer] = {}

    def ask(self, openings: Mapping[str, int]) -> WhatIfAnswer:
        """Return the best placement with exactly these openings beside the commitments."""
        key = frozenset(openings.items())
        if key not in self._known:
            change = exactly(self.problem, openings)
            self._known[key] = self._held.ask(change, seconds=self._seconds)
        return self._known[key]

    def placed(self, openings: Mapping[str, int]) -> WhatIfAnswer:
        """Return the same, which is there.

        Raises
        ------
        OutOfTime
            When the children could not be placed in that time.
        """
        answer = self.ask(openings)
        if answer.decided is None:
            raise OutOfTime(answer.proof.termination)
        return answer

    def displaced(
        self, option: str, out: tuple[str, ...], openings: Mapping[str, int]
    ) -> Displaced:
        """Return what an option displaces that stands among the openings given.

        Parameters
        ----------
        option
            The option, or :data:`PROGRAMME`.
        out
            What the comparison leaves out.
        openings
            Option to year, those left out among them.

        Raises
        ------
        OutOfTime
            When the children could not be placed in that time.
        """
        without = {name: year for name, year in openings.items() if name not in out}
        both = self.placed(openings), self.placed(without)
        return _between(self.problem, option, out, *both, self.mean_fee_gbp)

    @cached_property
    def mean_fee_gbp(self) -> float:
        """The mean cost a year of an independent place of our children who are there now.

        Where none are there now, of those whom the do-minimum places there; where it places none,
        of what is taught there.
        """
        q, gbp = _inmss(self.problem)
        there = self.problem.pinned[q, 0]
        if not there.sum() > 0:
            intake = _decided(self.placed({}))["intake"]
            there = (surviving(self.problem, intake) + self.problem.aside_roll)[q]
            there = there[:, : self.problem.horizon].sum(axis=1)
        if there.sum() > 0:
            return float(there @ gbp / there.sum())
        return float(gbp.mean()) if len(gbp) else 0.0


def displacements(placing: Placing, openings: Mapping[str, int]) -> list[Displaced]:
    """Return what the programme displaces, then each of its options, dearest to leave out first.

    An option that takes places away displaces nobody, and is only part of the programme; so is a
    commitment, which stands in the do-minimum too.

    Parameters
    ----------
    placing
        Places children again.
    openings
        Option to the year in which the plan opens it.

    Raises
    ------
    OutOfTime
        When the children could not be placed in the time allowed.
    """
    problem = placing.problem
    decided = set(problem.options["option"][problem.committed()].astype(str))
    chosen = tuple(name for name in openings if name not in decided)
    places = dict(zip(problem.options["option"], problem.options["places"], strict=True))
    mine = {name: openings[name] for name in chosen}
    found = [
        placing.displaced(option, leaning_on(problem, option, chosen), mine)
        for option in chosen
        if places[option] >= 0
    ]
    found.sort(key=lambda one: -one.saving.low)
    return [placing.displaced(PROGRAMME, chosen, mine), *found]


def _decided(answer: WhatIfAnswer) -> dict[str, Array]:
    if answer.decided is None:
        raise OutOfTime(answer.proof.termination)
    return answer.decided


def _between(
    problem: Problem,
    option: str,
    out: tuple[str, ...],
    with_it: WhatIfAnswer,
    without: WhatIfAnswer,
    fee: float,
) -> Displaced:
    """Return what stands between two placements of the same children."""
    options, decided, before = problem.options, _decided(with_it), _decided(without)
    gone = np.flatnonzero(options["option"].isin(out).to_numpy())
    at = np.unique(options["p"].to_numpy(np.int64)[gone])
    here: Mask = np.isin(np.arange(len(problem.provisions)), at)
    roll = _roll(problem, decided) - _roll(problem, before)
    drawn = _drawn(problem, decided) - _drawn(problem, before)
    waiting = (decided["unplaced"] - before["unplaced"]).sum(axis=0)
    kinds = _kinds(problem)
    sources = {
        name: -(roll + drawn)[(kinds == name) & ~here].sum(axis=0)
        for name in SOURCES
        if name not in {"waiting", "mainstream"}
    }
    met = -roll[(kinds == "mainstream") & ~here].sum(axis=0)
    sources |= {"waiting": -waiting, "mainstream": drawn.sum(axis=0) + met}
    spent, spent_before = money(problem, decided), money(problem, before)
    p = options["p"].to_numpy(np.int64)[gone]
    every = taught_by_options(problem)
    taught = [every[int(o)] for o in gone]
    topups = [problem.annual_cost[q, 0].mean() for q in taught if len(q)]
    weight = np.maximum(options["places"].to_numpy(float)[gone], 0.0)
    by_places = weight if weight.sum() > 0 else np.ones(len(gone))
    filled = problem.provisions["filled_gbp"].to_numpy(float)[p]
    return Displaced(
        option=option,
        left_out=out,
        places=_added(problem, decided)[gone].sum(axis=0),
        children=(roll + drawn)[here].sum(axis=0),
        sources={name: sources[name] for name in SOURCES},
        longer=roll.sum(axis=0) + waiting,
        money={key: spent_before[key] - spent[key] for key in spent},
        saving=dearer(without.proof, with_it.proof),
        full_places=float(weight.sum()),
        capital_gbp=float(options["capital_gbp"].to_numpy(float)[gone].sum()),
        topup_gbp=float(np.average(topups, weights=by_places))
        if len(topups) == len(gone) and len(gone)
        else float(np.mean(topups) if topups else 0.0),
        place_gbp=float(np.average(filled, weights=by_places)) if len(gone) else 0.0,
        fee_gbp=fee,
    )


def _kinds(problem: Problem) -> np.ndarray:
    """Return (P,) the source that each provision is."""
    kinds = problem.provisions["class"].to_numpy(str)
    ours = problem.provisions["in_area"].to_numpy(bool)
    found = np.full(len(kinds), "other", dtype=object)
    found[kinds == "special_school"] = "state_special"
    found[np.isin(kinds, list(BASES))] = "bases"
    found[~ours & np.isin(kinds, ["special_school", *BASES, "post16_specialist"])] = "out_of_area"
    found[np.isin(kinds, [str(one) for one in INMSS])] = "inmss"
    found[kinds == "mainstream_topup"] = "mainstream"
    return found


def _roll(problem: Problem, decided: dict[str, Array]) -> Array:
    """Return (P, T) children whom the plan placed, those there in each year of the horizon."""
    roll = np.zeros((len(problem.provisions), problem.horizon))
    p = problem.taught["p"].to_numpy(np.int64)
    np.add.at(roll, p, surviving(problem, decided["intake"])[:, : problem.horizon])
    return roll


def _drawn(problem: Problem, decided: dict[str, Array]) -> Array:
    """Return (P, T) children drawn from mainstream."""
    drawn = np.zeros((len(problem.provisions), problem.horizon))
    p = problem.options["p"].to_numpy(np.int64)
    np.add.at(drawn, p, decided["in_use"] * drawn_shares(problem)[:, None])
    return drawn


def _added(problem: Problem, decided: dict[str, Array]) -> Array:
    """Return (O, T) places that each opened option adds."""
    added: Array = np.einsum("ou,out->ot", decided["open"], problem.added)
    return added


def _inmss(problem: Problem) -> tuple[Indices, Array]:
    """Return the taught triples of independent schools, and what a child costs there a year."""
    kinds = problem.provisions["class"].to_numpy(str)
    p = problem.taught["p"].to_numpy(np.int64)
    q = np.flatnonzero(np.isin(kinds[p], [str(one) for one in INMSS]))
    filled = problem.provisions["filled_gbp"].to_numpy(float)[p[q]]
    return q, problem.annual_cost[q, 0] + filled
