"""Costs: one function a term of the objective, in pounds a year, each tagged with its purse.

A charge says what one unit of a decision costs in each year of the horizon and of the tail. The
objective is the same charges at present value; the money table is the same charges at the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inputs.vocabulary import Phase
from optimiser.stays import evenly_aged

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.kinds import Array, Indices
    from optimiser.problem import Problem

DSG = "dsg"
GENERAL_FUND = "general_fund"
CAPITAL = "capital"
NO_PURSE = "none"
PURSES = (DSG, GENERAL_FUND, CAPITAL)


@dataclass(frozen=True)
class Charge:
    """What one unit of a decision costs.

    The cost in year ``y`` of a unit decided in year ``t`` is ``rate[i, y] * there[kind[i], t, y]``.

    Parameters
    ----------
    term, purse
        Name of the term, and who pays; ``none`` is a policy weight, never reported as money.
    on
        The family of decisions: place, intake, unplaced, opened, open, in_use, over, used ...
    rate
        (n, 1) or (n, Y) £ a unit a year.
    there
        (kinds, T, Y) share of the unit that is there in each year.
    kind
        (n,) row of ``there`` for each unit.
    """

    term: str
    purse: str
    on: str
    rate: Array
    there: Array
    kind: Indices

    def present_value(self, discount: Array) -> Array:
        """Return (n, T) £ of present value a unit."""
        if self.rate.shape[1] == 1:
            value = self.there @ discount
            flat: Array = self.rate * value[self.kind]
            return flat
        out = np.empty((len(self.rate), self.there.shape[1]))
        for one in np.unique(self.kind):
            here = self.kind == one
            out[here] = (self.rate[here] * discount) @ self.there[one].T
        return out

    def by_year(self, decided: Array) -> Array:
        """Return (Y,) £ in each year for the decisions (n, T)."""
        pounds = np.zeros(self.there.shape[2])
        for one in np.unique(self.kind):
            here = self.kind == one
            weighted = self.rate[here].T @ decided[here]  # (1 or Y, T)
            if weighted.shape[0] == 1:
                pounds += weighted[0] @ self.there[one]
            else:
                pounds += np.einsum("yt,ty->y", weighted, self.there[one])
        return pounds


def _own_year(problem: Problem) -> Array:
    """Return (1, T, Y): a unit is there in its own year and no other."""
    horizon, n_years = problem.horizon, len(problem.discount)
    there = np.zeros((1, horizon, n_years))
    there[0, np.arange(horizon), np.arange(horizon)] = 1.0
    return there


def _one_kind(n: int) -> Indices:
    return np.zeros(n, dtype=np.int64)


def _column(values: Array) -> Array:
    column: Array = np.asarray(values, float).reshape(-1, 1)
    return column


def top_up_and_fees(problem: Problem) -> list[Charge]:
    """Top-up, or the whole fee, of every entrant placed, to the end of the expected stay."""
    kind = problem.taught["nh"].to_numpy(np.int64)
    return [Charge("top_up_and_fees", DSG, "intake", problem.annual_cost, problem.survival, kind)]


def place_funding(problem: Problem) -> list[Charge]:
    """Place funding: commissioned places in the horizon, filled or not; a child's after it.

    A filled place of a base costs less than an unfilled one, so each child there takes the
    difference off; elsewhere (not ours to commission), and where a provision has closed to new
    children, we pay for each child of ours.
    """
    horizon, n_years = problem.horizon, len(problem.discount)
    provisions, options = problem.provisions, problem.options
    filled = provisions["filled_gbp"].to_numpy(float)
    unfilled = provisions["unfilled_gbp"].to_numpy(float)
    pays = provisions["pays_places"].to_numpy(bool)
    p = problem.taught["p"].to_numpy(np.int64)
    years = np.array(problem.all_years)[None, :]
    commissioned = (np.arange(n_years) < horizon)[None, :] & (
        years < provisions["closes"].to_numpy(float)[p][:, None]
    )
    in_horizon = np.where(pays, -(unfilled - filled), filled)
    rate = np.where(commissioned, in_horizon[p][:, None], filled[p][:, None])
    kind = problem.taught["nh"].to_numpy(np.int64)
    at = options["p"].to_numpy(np.int64)
    commissions = np.where(pays[at], unfilled[at], 0.0)
    ramp = np.zeros((len(options), horizon, n_years))
    ramp[:, :, :horizon] = problem.added
    less = np.zeros_like(ramp)
    for o, gone in enumerate(_places_given_up(problem)):
        for u in range(horizon):
            less[o, u, u:horizon] = -gone[u:]
    every = np.arange(len(options), dtype=np.int64)
    drawn = drawn_shares(problem)
    tail = _drawn_stay(problem)
    tail[:, :, :horizon] = 0.0
    return [
        Charge("place_funding", DSG, "in_use", _column(drawn * filled[at]), tail, every),
        Charge("place_funding", DSG, "intake", rate, problem.survival, kind),
        Charge("place_funding", DSG, "open", _column(commissions), ramp + less, every),
        Charge(
            "place_funding",
            DSG,
            "in_use",
            _column(np.where(pays[at], -(unfilled - filled)[at] * drawn, 0.0)),
            _own_year(problem),
            _one_kind(len(options)),
        ),
        Charge(
            "place_funding",
            DSG,
            "over",
            _column(np.where(pays, unfilled - filled, 0.0)),
            _own_year(problem),
            _one_kind(len(provisions)),
        ),
    ]


def _places_given_up(problem: Problem) -> Array:
    """Return (O, T) commissioned places no longer paid for once a shrinking option is open.

    Places are paid for as long as pinned children fill them.
    """
    gone = np.zeros((len(problem.options), problem.horizon))
    p_of = problem.taught["p"].to_numpy(np.int64)
    roll = np.zeros_like(problem.commissioned)
    np.add.at(
        roll, p_of, (problem.pinned + problem.aside_roll + problem.others)[:, : problem.horizon]
    )
    for o, (p, places) in enumerate(
        zip(problem.options["p"], problem.options["places"], strict=True)
    ):
        if places < 0:
            now = problem.commissioned[p]
            kept = np.maximum(np.maximum(now + places, 0.0), np.minimum(roll[p], now))
            gone[o] = now - kept
    return gone


def drawn_shares(problem: Problem) -> Array:
    """Return (O,) the share of each option's places in use that draws a child from mainstream."""
    by_class = {str(k): v for k, v in problem.scenario.drawn_from_mainstream.items()}
    kinds = problem.provisions["class"].to_numpy()[problem.options["p"].to_numpy(int)]
    return np.array([by_class.get(kind, 0.0) for kind in kinds], dtype=float)


def drawn_from_mainstream(problem: Problem) -> list[Charge]:
    """Children drawn from mainstream into new places: top-up there, less mainstream top-up.

    They stay as long as others do: at the end of the horizon those drawn are spread evenly over
    the years of the phase.
    """
    extra = np.zeros(len(problem.options))
    for o, q in enumerate(taught_by_options(problem)):
        if len(q):
            extra[o] = problem.annual_cost[q, 0].mean() - problem.scenario.mainstream_topup_gbp
    every = np.arange(len(problem.options), dtype=np.int64)
    rate = _column(drawn_shares(problem) * extra)
    there = _drawn_stay(problem)
    return [Charge("drawn_from_mainstream", DSG, "in_use", rate, there, every)]


def taught_by_options(problem: Problem) -> list[Indices]:
    """Return the taught triples of each option's places: its own, or else the provision's."""
    through = problem.option_taught["o"].to_numpy(np.int64)
    taught = problem.option_taught["q"].to_numpy(np.int64)
    provision = problem.taught["p"].to_numpy(np.int64)
    now = problem.taught["now"].to_numpy(bool)
    found = []
    for o, p in enumerate(problem.options["p"].to_numpy(np.int64)):
        q = taught[through == o]
        found.append(q if len(q) else np.flatnonzero((provision == p) & now))
    return found


def _drawn_stay(problem: Problem) -> Array:
    """Return (O, T, Y): a drawn child in its own year; after the last, to the end of the stay."""
    horizon, n_years = problem.horizon, len(problem.discount)
    there = np.repeat(_own_year(problem), len(problem.options), axis=0)
    for o, q in enumerate(taught_by_options(problem)):
        if not len(q):
            continue
        phases = problem.taught["phase"].to_numpy()[q]
        fades = [evenly_aged(Phase(one), problem.scenario.cessation_a_year) for one in phases]
        after = np.mean(fades, axis=0)[1 : n_years - horizon + 1]
        there[o, horizon - 1, horizon : horizon + len(after)] = after
    return there


def fixed_costs(problem: Problem) -> list[Charge]:
    """Fixed costs of options a year, and what it takes to set one up, in its first year."""
    horizon, n_years = problem.horizon, len(problem.discount)
    n = len(problem.options)
    years_open = np.zeros((1, horizon, n_years))
    for u in range(horizon):
        years_open[0, u, u:horizon] = 1.0
    annual = _column(problem.options["fixed_annual_gbp"].to_numpy(float))
    setup = _column(problem.options["setup_gbp"].to_numpy(float))
    return [
        Charge("fixed_costs", DSG, "open", annual, years_open, _one_kind(n)),
        Charge("fixed_costs", DSG, "open", setup, _own_year(problem), _one_kind(n)),
    ]


def _waiting(problem: Problem) -> Array:
    """Return (N, T, Y): unplaced in its own year; in the last, to the end of the stay."""
    horizon, n_years = problem.horizon, len(problem.discount)
    there = np.zeros((len(problem.pairs), horizon, n_years))
    there[:, np.arange(horizon), np.arange(horizon)] = 1.0
    there[:, horizon - 1, horizon:] = problem.survival[:, horizon - 1, horizon:]
    return there


def interim(problem: Problem) -> list[Charge]:
    """Interim cost of children without a place: tuition, education other than at school."""
    kind = problem.cells["nh"].to_numpy(np.int64)
    rate = np.full((len(problem.cells), 1), problem.scenario.interim_annual_gbp)
    return [Charge("interim", DSG, "unplaced", rate, _waiting(problem), kind)]


def transport(problem: Problem) -> list[Charge]:
    """Transport: so much a used provision, and so much a child by miles and wheelchair."""
    arcs = problem.arcs
    kind = problem.cells["nh"].to_numpy(np.int64)[arcs["d"].to_numpy(np.int64)]
    there = problem.survival * problem.growth_transport
    per_child = _column(arcs["transport_gbp"].to_numpy(float))
    runs = _own_year(problem) * problem.growth_transport
    fixed = _column(problem.transport_fixed)
    return [
        Charge("transport", GENERAL_FUND, "place", per_child, there, kind),
        Charge("transport", GENERAL_FUND, "used", fixed, runs, _one_kind(len(fixed))),
    ]


def capital(problem: Problem) -> list[Charge]:
    """Capital in the years in which it is spent."""
    n = len(problem.options)
    every = np.arange(n, dtype=np.int64)
    return [Charge("capital", CAPITAL, "open", np.ones((n, 1)), problem.spend, every)]


def residual(problem: Problem) -> list[Charge]:
    """Residual value of what was built, at the end of the horizon, taken off."""
    n, horizon = len(problem.options), problem.horizon
    there = np.zeros((n, horizon, len(problem.discount)))
    there[:, :, horizon] = -problem.residual
    every = np.arange(n, dtype=np.int64)
    return [Charge("residual", CAPITAL, "open", np.ones((n, 1)), there, every)]


def policy_weights(problem: Problem) -> list[Charge]:
    """Weights of policy: children unplaced, over number, and breaks of elastic rules.

    They steer the plan and are never reported as money. A child over number weighs no less than
    the place funding of that provision.
    """
    scenario = problem.scenario
    kind = problem.cells["nh"].to_numpy(np.int64)
    weight = np.full((len(problem.cells), 1), scenario.unplaced_weight_gbp)
    filled = problem.provisions["filled_gbp"].to_numpy(float)
    over = _column(np.maximum(scenario.over_number_weight_gbp, filled))
    own = _own_year(problem)
    charges = [
        Charge("unplaced_weight", NO_PURSE, "unplaced", weight, _waiting(problem), kind),
        Charge("over_number_weight", NO_PURSE, "over", over, own, _one_kind(len(over))),
    ]
    sizes = {
        "moved": len(problem.stay_on),
        "too_far": 1,
        "roll_short": len(problem.options),
        "places_short": len(scenario.places_rules),
        "places_beyond": len(scenario.places_rules),
    }
    charges += [
        Charge(
            "broken_rules",
            NO_PURSE,
            family,
            np.full((n, 1), scenario.break_weight_gbp),
            own,
            _one_kind(n),
        )
        for family, n in sizes.items()
    ]
    return charges


OBJECTIVE: tuple[Callable[[Problem], list[Charge]], ...] = (
    place_funding,
    fixed_costs,
    top_up_and_fees,
    drawn_from_mainstream,
    interim,
    transport,
    capital,
    residual,
    policy_weights,
)


def charges(problem: Problem) -> list[Charge]:
    """Return every charge of every term."""
    return [charge for term in OBJECTIVE for charge in term(problem)]


def objective(problem: Problem) -> tuple[dict[str, Array], float]:
    """Return (n, T) £ of present value a unit of each family, and the constant.

    The constant is the cost of what no decision changes: children placed now, places now.
    """
    price: dict[str, Array] = {}
    for charge in charges(problem):
        value = charge.present_value(problem.discount)
        price[charge.on] = price[charge.on] + value if charge.on in price else value
    always = sum(float(pounds @ problem.discount) for pounds in problem.constant.values())
    return price, always


def cost_of(price: dict[str, Array], always_gbp: float, decided: dict[str, Array]) -> float:
    """Return £ of present value of decisions by family, at what :func:`objective` says."""
    return always_gbp + sum(float((each * decided[on]).sum()) for on, each in price.items())


def money(problem: Problem, decided: dict[str, Array]) -> dict[tuple[str, str], Array]:
    """Return (term, purse) to (Y,) £ in each year, for decisions by family (n, T)."""
    pounds = {key: value.copy() for key, value in problem.constant.items()}
    for charge in charges(problem):
        key = charge.term, charge.purse
        spent = charge.by_year(decided[charge.on])
        pounds[key] = pounds[key] + spent if key in pounds else spent
    return pounds
