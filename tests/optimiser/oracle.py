"""The best plan of a tiny case, found the long way: every programme, and an LP for each.

Written from the contract (design, section 5) and the case's own tables; it shares nothing with the
model but the words. Openings and the first years of vehicles are enumerated; placements given both
are a small LP for SciPy. One phase (primary), one year group of entry for each need.

Place funding is worked out as the finance officer would: so many places, so many of them filled.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    import pandas as pd

    from inputs.case import Case
    from inputs.scenario import Scenario

PRIMARY_YEARS = 7
TAIL = 20
STATE = {"special_school", "specialist_base", "sen_unit", "colocated_unit"}
Programme = dict[str, int]


@dataclass
class Programming:
    """A linear programme under way: named variables, rows, costs."""

    at: dict[Any, int] = field(default_factory=dict)
    cost: defaultdict[Any, float] = field(default_factory=lambda: defaultdict(float))
    most: list[tuple[dict[Any, float], float]] = field(default_factory=list)
    equal: list[tuple[dict[Any, float], float]] = field(default_factory=list)
    always: float = 0.0

    def column(self, key: Any) -> Any:
        """Return a variable's key, known from now on."""
        self.at.setdefault(key, len(self.at))
        return key

    def solve(self) -> float:
        """Return the least cost, or infinity."""
        n = len(self.at)
        if n == 0:
            return self.always if all(limit >= -1e-9 for _, limit in self.most) else np.inf
        costs = np.zeros(n)
        for key, value in self.cost.items():
            costs[self.at[key]] += value

        def table(rows: list[tuple[dict[Any, float], float]]) -> tuple[Any, Any]:
            if not rows:
                return None, None
            held = np.zeros((len(rows), n))
            for i, (terms, _) in enumerate(rows):
                for key, value in terms.items():
                    held[i, self.at[key]] += value
            return held, np.array([limit for _, limit in rows])

        a_most, b_most = table(self.most)
        a_equal, b_equal = table(self.equal)
        found = linprog(costs, a_most, b_most, a_equal, b_equal, method="highs")
        return float(found.fun) + self.always if found.status == 0 else np.inf


def blank(value: Any) -> bool:
    return value is None or value != value or str(value) == "<NA>"  # noqa: PLR0124


class Oracle:
    """Every plan of a tiny case under one policy."""

    def __init__(self, case: Case, travel: pd.DataFrame, policy: Scenario) -> None:
        self.case, self.policy = case, policy
        self.years = range(case.horizon_years)
        self.worth = (1 + policy.discount_rate) ** -np.arange(case.horizon_years + TAIL)
        self.provisions = {r["provision"]: r for r in case.provisions.to_dict("records")}
        self.options = {r["option"]: r for r in case.options.to_dict("records")}
        self.taught_now = {(r["provision"], r["need"]): r for r in case.teaches.to_dict("records")}
        self.taught_by: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in case.option_teaches.to_dict("records"):
            self.taught_by[self.options[row["option"]]["provision"], row["need"]].append(row)
        self.trip = {
            (r["zone"], r["provision"]): (r["minutes"], r["miles"])
            for r in travel.to_dict("records")
        }
        self.entrants: dict[tuple[str, str], np.ndarray] = {}
        self.enters: dict[str, int] = {}
        for row in case.entrants.to_dict("records"):
            cell = self.entrants.setdefault(
                (row["zone"], row["need"]), np.zeros(case.horizon_years)
            )
            cell[row["year"] - case.base_year] += row["children"]
            self.enters[row["need"]] = int(row["nc_year"])

    def best(self) -> tuple[float, Programme]:
        """Return the least cost of all plans, and the openings that have it."""
        costs = [(self.cost_of(programme), programme) for programme in self.programmes()]
        return min(costs, key=lambda pair: pair[0])

    def programmes(self) -> list[Programme]:
        """Return every way to open the options that keeps to the hard rules."""
        choices = []
        for row in self.options.values():
            years: list[int | None] = [None]
            if not blank(row["committed_year"]):
                years = [int(row["committed_year"]) - self.case.base_year]
            elif row["host_agrees"]:
                first = row["lead_years"]
                if not blank(row["earliest"]):
                    first = max(first, row["earliest"] - self.case.base_year)
                last = self.case.horizon_years - 1
                if not blank(row["latest"]):
                    last = min(last, row["latest"] - self.case.base_year)
                years += list(range(first, last + 1))
            choices.append(years)
        every = [
            {key: u for key, u in zip(self.options, years, strict=True) if u is not None}
            for years in product(*choices)
        ]
        return [one for one in every if self.keeps_the_rules(one)]

    def keeps_the_rules(self, programme: Programme) -> bool:
        """Return whether a programme keeps to what is required, excluded and budgeted."""
        spent: defaultdict[int, float] = defaultdict(float)
        granted: defaultdict[str, float] = defaultdict(float)
        for key, u in programme.items():
            row = self.options[key]
            if any(programme.get(other, 99) > u for other in row["requires"]):
                return False
            if any(other in programme for other in row["excludes"]):
                return False
            for y, gbp in self.capital(row, u).items():
                spent[y] += gbp
            granted[row["funding"]] += row["capital_gbp"]
        policy, base = self.policy, self.case.base_year
        opened = [list(programme.values()).count(t) for t in self.years]
        return (
            all(spent[y - base] <= most for y, most in policy.capital_budget_by_year_gbp.items())
            and all(granted[g] <= most for g, most in policy.capital_budget_by_grant_gbp.items())
            and (
                policy.capital_budget_gbp is None
                or sum(granted.values()) <= policy.capital_budget_gbp
            )
            and (policy.openings_per_year is None or max(opened) <= policy.openings_per_year)
        )

    def capital(self, row: dict[str, Any], u: int) -> dict[int, float]:
        """Return pounds by year: the profile ends the year before opening, never before now."""
        spent: defaultdict[int, float] = defaultdict(float)
        shares = row["capital_profile"]
        for back, share in enumerate(reversed(shares), start=1):
            spent[max(0, u - back)] += share * row["capital_gbp"]
        return spent

    def stays(self, need: str, after: int) -> float:
        """Return the share of entrants still there so many years after they enter."""
        keeps = 1 - self.policy.cessation_a_year
        return keeps**after if after < PRIMARY_YEARS - self.enters[need] else 0.0

    def placed_path(self, row: dict[str, Any]) -> np.ndarray:
        """Return children placed now by year: they leave by year group, or stay if not ours."""
        years = np.arange(self.case.horizon_years + TAIL)
        if not blank(row["authority"]):
            return np.full(len(years), row["children"])
        keeps = (1 - self.policy.cessation_a_year) ** years
        return row["children"] * np.where(years < PRIMARY_YEARS - int(row["nc_year"]), keeps, 0)

    def ramped(self, row: dict[str, Any], u: int, t: int) -> float:
        """Return the places of an option that can be in use in a year."""
        if t < u or row["places"] < 0:
            return 0.0
        months = {9: 12, 10: 11, 11: 10, 12: 9, 1: 8, 2: 7, 3: 6, 4: 5, 5: 4, 6: 3, 7: 2, 8: 1}
        part = months[int(row["opens_month"])] / 12 if t == u else 1.0
        return row["places"] * row["ramp"][min(t - u, len(row["ramp"]) - 1)] * part

    def growth(self, kind: str) -> float:
        """Return the real growth a year of a class."""
        return self.policy.fee_growth_by_class.get(kind, self.policy.fee_growth)

    def annual(self, provision: str, need: str, y: int) -> float:
        """Return what a child costs a year, beyond place funding."""
        rows = [self.taught_now[provision, need]] if (provision, need) in self.taught_now else []
        rows = rows or self.taught_by[provision, need]
        gbp = max(row["annual_cost_gbp"] for row in rows)
        own = rows[0].get("fee_growth", np.nan)
        rate = self.growth(self.provisions[provision]["class"]) if blank(own) else own
        return gbp * (1 + rate) ** y

    def filled(self, provision: str) -> float:
        """Return the place funding of a filled place."""
        row = self.provisions[provision]
        if not blank(row["place_funding_gbp"]):
            return row["place_funding_gbp"]
        return self.policy.place_funding_gbp.get(row["class"], 0.0)

    def unfilled(self, provision: str) -> float:
        """Return the place funding of an unfilled place."""
        kind, filled = self.provisions[provision]["class"], self.filled(provision)
        return max(filled, self.policy.unfilled_place_gbp.get(kind, filled))

    def per_child_transport(self, zone: str, provision: str, need: str) -> float:
        """Return transport a year for one child, before growth."""
        policy = self.policy
        _, miles = self.trip[zone, provision]
        share = policy.transported_share[need]
        if miles <= 2.0:  # the statutory walking distance taken for primary
            share = min(share, policy.transported_within_walking_share)
        rate = policy.transport_per_child_run_gbp + policy.transport_per_mile_run_gbp * miles
        return share * rate * self.runs(provision)

    def runs(self, provision: str) -> float:
        """Return one-way runs a year."""
        stated = self.policy.runs_per_year
        return stated.get(self.provisions[provision]["class"], stated["day"])

    def pays(self, provision: str) -> bool:
        """Return whether we pay for its places, filled or not."""
        row = self.provisions[provision]
        return row["class"] in STATE and bool(row["in_area"])

    def cost_of(self, programme: Programme) -> float:
        """Return the least cost of a programme: every first year in which a vehicle may run."""
        idle = [] if self.policy.transport_fixed_per_run_gbp == 0 else list(self.provisions)
        horizon = self.case.horizon_years
        return min(
            self.lp(programme, dict(zip(idle, first, strict=True))).solve()
            for first in product(range(horizon + 1), repeat=len(idle))
        )

    def lp(self, programme: Programme, runs_from: dict[str, int]) -> Programming:
        """Return the placements of a programme as a linear programme."""
        lp, policy, years = Programming(), self.policy, self.years
        worth, horizon = self.worth, self.case.horizon_years
        pinned = defaultdict(lambda: np.zeros(horizon + TAIL))
        ours = defaultdict(lambda: np.zeros(horizon + TAIL))
        for row in self.case.placed.to_dict("records"):
            key, path = (row["provision"], row["need"]), self.placed_path(row)
            if blank(row["authority"]):
                ours[key] += path
                gbp = [self.annual(*key, y) for y in range(len(path))]
                lp.always += float((path * worth) @ np.array(gbp))
                if not blank(row["zone"]):
                    each = self.per_child_transport(row["zone"], *key)
                    lp.always += each * float(path @ (worth * self.more_transport()))
            pinned[key] += path
        self.fixed(lp, programme, runs_from, ours)
        roll: dict[tuple[str, str, int], dict[Any, float]] = defaultdict(dict)
        everyone: defaultdict[int, dict[Any, float]] = defaultdict(dict)
        far: defaultdict[int, dict[Any, float]] = defaultdict(dict)
        for (zone, need), entrants in self.entrants.items():
            for t in years:
                due = {("unplaced", zone, need, t): 1.0}
                waiting = {("unplaced", zone, need, t - 1): self.stays(need, 1)} if t else {}
                lp.column(("unplaced", zone, need, t))
                self.wait(lp, zone, need, t)
                by_class: defaultdict[str, list[Any]] = defaultdict(list)
                for p in self.reached(zone, need, t, programme):
                    if runs_from.get(p, 0) > t:
                        continue
                    x = lp.column(("place", zone, need, p, t))
                    due[x] = 1.0
                    by_class[self.provisions[p]["class"]].append(x)
                    self.price(lp, x, zone, need, p, t)
                    for y in range(t, horizon):
                        roll[p, need, y][x] = self.stays(need, y - t)
                    everyone[t][x] = 1.0
                    if self.trip[zone, p][0] * policy.shared_ride_factor > 45:
                        far[t][x] = 1.0
                lp.equal.append(({**due, **{k: -v for k, v in waiting.items()}}, entrants[t]))
                for kind, xs in by_class.items():
                    share = self.right_for(need, kind)
                    terms = dict.fromkeys(xs, 1.0)
                    lp.most.append(
                        (terms | {k: -share * v for k, v in waiting.items()}, share * entrants[t])
                    )
        if policy.over_guideline_share is not None:
            for t in years:
                if not everyone[t]:
                    continue
                terms = {x: far[t].get(x, 0.0) - policy.over_guideline_share for x in everyone[t]}
                slack = lp.column(("too_far", t))
                lp.cost[slack] += policy.break_weight_gbp * worth[t]
                lp.most.append((terms | {slack: -1.0}, 0.0))
        for p in self.provisions:
            for t in years:
                self.room(lp, p, t, programme, roll)
        self.viable(lp, programme, roll, pinned)
        return lp

    def more_transport(self) -> np.ndarray:
        """Return the growth of transport by year."""
        return (1 + self.policy.transport_growth) ** np.arange(len(self.worth))

    def fixed(
        self,
        lp: Programming,
        programme: Programme,
        runs_from: dict[str, int],
        ours: dict[tuple[str, str], np.ndarray],
    ) -> None:
        """Add what the openings cost whoever is placed, and what no decision changes."""
        worth, horizon, policy = self.worth, self.case.horizon_years, self.policy
        for key, u in programme.items():
            row = self.options[key]
            lp.always += sum(gbp * worth[y] for y, gbp in self.capital(row, u).items())
            life = (
                policy.asset_life_years
                if blank(row["asset_life_years"])
                else row["asset_life_years"]
            )
            left = max(0.0, 1 - (horizon - u) / life)
            lp.always -= row["capital_gbp"] * left * worth[horizon]
            lp.always += row["setup_gbp"] * worth[u]
            lp.always += row["fixed_annual_gbp"] * worth[u:horizon].sum()
        for (p, _), path in ours.items():  # a child's place once the horizon has ended
            lp.always += self.filled(p) * float(path[horizon:] @ worth[horizon:])
            if not self.pays(p):
                lp.always += self.filled(p) * float(path[:horizon] @ worth[:horizon])
        for p, row in self.provisions.items():
            lp.always += row["fixed_annual_gbp"] * worth[:horizon].sum()
            gbp = policy.transport_fixed_per_run_gbp * self.runs(p)
            for t in self.years:  # a vehicle runs for those pinned, and for good once we place
                pinned = any(path[t] > 0 for (q, _), path in ours.items() if q == p)
                if pinned or t >= runs_from.get(p, 0):
                    lp.always += gbp * worth[t] * self.more_transport()[t]
        for rule in policy.places_rules:
            for t in self.years:
                if t + self.case.base_year < rule.year:
                    continue
                have = sum(
                    row["places"]
                    for p, row in self.provisions.items()
                    if self.pays(p) and self.inside(rule, p)
                ) + sum(
                    self.options[o]["places"]
                    for o, u in programme.items()
                    if u <= t and self.inside(rule, self.options[o]["provision"])
                )
                gap = rule.places - have if rule.measure == "at_least" else have - rule.places
                lp.always += policy.break_weight_gbp * max(0.0, gap) * worth[t]

    def inside(self, rule: Any, p: str) -> bool:
        """Return whether a rule on places counts a provision."""
        row = self.provisions[p]
        return rule.class_ in (None, row["class"]) and rule.locality in (None, row["locality"])

    def wait(self, lp: Programming, zone: str, need: str, t: int) -> None:
        """Charge a child without a place: this year, and after the last year to the end."""
        policy, horizon = self.policy, self.case.horizon_years
        each = policy.interim_annual_gbp + policy.unplaced_weight_gbp
        last = range(1, TAIL) if t == horizon - 1 else ()
        for after in (0, *last):
            lp.cost["unplaced", zone, need, t] += (
                each * self.stays(need, after) * self.worth[t + after]
            )

    def reached(self, zone: str, need: str, t: int, programme: Programme) -> list[str]:
        """Return where a child can be placed in a year."""
        found = []
        for p, row in self.provisions.items():
            minutes = self.trip[zone, p][0] * self.policy.shared_ride_factor
            if minutes > self.policy.hard_limit_minutes["primary"]:  # type: ignore[index]
                continue
            year = t + self.case.base_year
            if not blank(row["opens"]) and year < row["opens"]:
                continue
            if not blank(row["closes"]) and year >= row["closes"]:
                continue
            through = [r for r in self.taught_by[p, need] if programme.get(r["option"], 99) <= t]
            if (p, need) in self.taught_now or through:
                found.append(p)
        return found

    def right_for(self, need: str, kind: str) -> float:
        """Return the share of children for whom a class is right."""
        for row in self.case.suitable.to_dict("records"):
            if (row["need"], row["class"]) == (need, kind):
                return float(row["share"])
        stated = self.policy.suitable
        return stated.get(f"{kind}.{need}", stated.get(f"{kind}.other", 1.0))

    def price(self, lp: Programming, x: Any, zone: str, need: str, p: str, t: int) -> None:
        """Charge a placement to the end of the stay."""
        transport, more = self.per_child_transport(zone, p, need), self.more_transport()
        horizon = self.case.horizon_years
        for after in range(TAIL):
            y = t + after
            there = self.stays(need, after) * self.worth[y]
            lp.cost[x] += there * (self.annual(p, need, y) + transport * more[y])
            if y >= horizon or not self.pays(p) or self.shut(p, y):
                lp.cost[x] += there * self.filled(p)

    def shut(self, p: str, y: int) -> bool:
        """Return whether a provision takes no new children any more."""
        closes = self.provisions[p]["closes"]
        return not blank(closes) and y + self.case.base_year >= closes

    def holds(self, p: str, need: str, t: int) -> float:
        """Return children who are there whatever we decide, and take places open to us."""
        own = not blank(self.provisions[p]["available_places"])
        ours_only = own or not self.pays(p)
        return sum(
            float(self.placed_path(row)[t])
            for row in self.case.placed.to_dict("records")
            if (row["provision"], row["need"]) == (p, need)
            and (blank(row["authority"]) or not ours_only)
        )

    def open_to_us(self, p: str, t: int) -> float:
        """Return the places that our entrants could take up."""
        row = self.provisions[p]
        if not blank(row["available_places"]):
            return float(row["available_places"][-1][1])
        if self.pays(p):
            return float(row["places"])
        now = sum(
            row["children"]
            for row in self.case.placed.to_dict("records")
            if row["provision"] == p and blank(row["authority"])
        )
        return float(now * (1 + self.policy.available_growth) ** t)

    def opened_at(self, p: str, t: int, programme: Programme) -> dict[str, dict[str, Any]]:
        """Return the options open at a provision in a year."""
        return {
            key: row
            for key, row in self.options.items()
            if row["provision"] == p and programme.get(key, 99) <= t
        }

    def room(
        self,
        lp: Programming,
        p: str,
        t: int,
        programme: Programme,
        roll: dict[Any, dict[Any, float]],
    ) -> None:
        """Hold the roll of a provision to its room, and pay for its places."""
        needs = sorted({n for q, n in (*self.taught_now, *self.taught_by) if q == p})
        held = sum(self.holds(p, need, t) for need in needs)
        here = self.opened_at(p, t, programme)
        fits, kind = self.open_to_us(p, t), self.provisions[p]["class"]
        occupancy = self.policy.planning_occupancy.get(kind, 1.0)
        shrunk = sum(min(0.0, row["places"]) for row in here.values())
        whole = max(occupancy * max(fits + shrunk, 0.0), held)
        terms: defaultdict[Any, float] = defaultdict(float)
        filled: defaultdict[Any, float] = defaultdict(float)
        for need in needs:
            for x, share in roll[p, need, t].items():
                terms[x] += share
                filled[x] += share
        drawn = self.policy.drawn_from_mainstream.get(kind, 0.0)
        for key, row in here.items():
            if row["places"] > 0:
                use = lp.column(("in_use", key, t))
                lp.most.append(({use: 1.0}, self.ramped(row, programme[key], t)))
                terms[use] -= 1 - drawn
                filled[use] += drawn
                self.draw(lp, use, key, t)
        spare = self.over_number(p, t, here)
        if spare > 0:
            over = lp.column(("over", p, t))
            lp.most.append(({over: 1.0}, spare))
            terms[over] -= 1.0
            weight = max(self.policy.over_number_weight_gbp, self.filled(p))
            lp.cost[over] += weight * self.worth[t]
            filled[over] -= 1.0  # a child over number has no place to fill
        lp.most.append((dict(terms), whole - held))
        if self.pays(p):
            self.pay_for_places(lp, p, t, here, programme, held, dict(filled))
        for need in needs:
            self.teach(lp, p, need, t, here, roll[p, need, t])

    def over_number(self, p: str, t: int, here: dict[str, dict[str, Any]]) -> float:
        """Return how many more the building holds than are commissioned, options counted."""
        row = self.provisions[p]
        if not self.pays(p) or not blank(row["available_places"]):
            return 0.0
        building = row["places"] if blank(row["physical_places"]) else row["physical_places"]
        spare = 0.0 if self.shut(p, t) else max(0.0, building - row["places"])
        for one in here.values():
            extra = one["places"] if blank(one["physical_places"]) else one["physical_places"]
            spare += extra - one["places"]
        return float(max(0.0, spare))

    def draw(self, lp: Programming, use: Any, key: str, t: int) -> None:
        """Charge the children drawn from mainstream: this year, and after the last to the end."""
        policy, p = self.policy, self.options[key]["provision"]
        drawn = policy.drawn_from_mainstream.get(self.provisions[p]["class"], 0.0)
        stated = [
            r["need"] for r in self.case.option_teaches.to_dict("records") if r["option"] == key
        ]
        needs = stated or [need for q, need in self.taught_now if q == p]
        extra = float(np.mean([self.annual(p, need, 0) for need in needs]))
        extra -= policy.mainstream_topup_gbp
        lp.cost[use] += drawn * extra * self.worth[t]
        if t < self.case.horizon_years - 1:
            return
        for after in range(1, PRIMARY_YEARS):  # spread evenly over the years of the phase
            still = (1 - policy.cessation_a_year) ** after * (1 - after / PRIMARY_YEARS)
            lp.cost[use] += drawn * (extra + self.filled(p)) * still * self.worth[t + after]

    def pay_for_places(
        self,
        lp: Programming,
        p: str,
        t: int,
        here: dict[str, dict[str, Any]],
        programme: Programme,
        held: float,
        filled: dict[Any, float],
    ) -> None:
        """Pay for every commissioned place: the unfilled rate, less the difference if filled."""
        now, worth = float(self.provisions[p]["places"]), self.worth[t]
        if self.shut(p, t):  # only those still there, and entrants pay their own way
            lp.always += self.filled(p) * min(now, held) * worth
            return
        shrunk = sum(min(0.0, row["places"]) for row in here.values())
        paid = max(now + shrunk, 0.0, min(held, now))
        paid += sum(self.ramped(row, programme[key], t) for key, row in here.items())
        lp.always += self.unfilled(p) * paid * worth
        less = self.unfilled(p) - self.filled(p)
        if less > 0:
            full = lp.column(("filled", p, t))
            lp.cost[full] -= less * worth
            lp.most.append(({full: 1.0}, paid))
            lp.most.append(({full: 1.0} | {x: -share for x, share in filled.items()}, held))

    def teach(
        self,
        lp: Programming,
        p: str,
        need: str,
        t: int,
        here: dict[str, dict[str, Any]],
        roll: dict[Any, float],
    ) -> None:
        """Hold the roll of a need to the places that teach it."""
        held, limit = self.holds(p, need, t), 0.0
        if (p, need) in self.taught_now:
            stated = self.taught_now[p, need]["max_places"]
            limit = np.inf if blank(stated) else stated
        limit = max(limit, held)
        for row in self.taught_by[p, need]:
            if row["option"] in here:
                places = max(0.0, self.options[row["option"]]["places"])
                limit += places if blank(row["max_places"]) else row["max_places"]
        if np.isfinite(limit) and roll:
            lp.most.append((dict(roll), limit - held))

    def viable(
        self,
        lp: Programming,
        programme: Programme,
        roll: dict[Any, dict[Any, float]],
        pinned: dict[Any, np.ndarray],
    ) -> None:
        """Charge what a roll is short of the least that an option needs."""
        for key, u in programme.items():
            row = self.options[key]
            if blank(row["minimum_roll"]) or row["minimum_roll"] <= 0:
                continue
            wait = 0 if blank(row["viable_by"]) else int(row["viable_by"])
            p = row["provision"]
            for t in range(u + wait, self.case.horizon_years):
                short = lp.column(("short", key, t))
                lp.cost[short] += self.policy.break_weight_gbp * self.worth[t]
                terms: defaultdict[Any, float] = defaultdict(float)
                there = 0.0
                for (q, _), path in pinned.items():
                    there += path[t] if q == p else 0.0
                for (q, _, y), xs in roll.items():
                    if (q, y) == (p, t):
                        for x, share in xs.items():
                            terms[x] -= share
                terms[short] -= 1.0
                lp.most.append((dict(terms), there - row["minimum_roll"]))
