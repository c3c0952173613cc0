"""Audit: recompute every row and every pound from the plan's tables, never with the model.

Nothing here is shared with the model or its costs: the tables are joined, grouped and summed
again from the problem's numbers, and each difference is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimiser.audit_tables import table_checks
from optimiser.checking import (
    CELL,
    CHILDREN_TOLERANCE,
    NO_LIMIT,
    POUNDS_TOLERANCE,
    TAUGHT,
    Check,
    apart,
    entries,
    worst,
)

if TYPE_CHECKING:
    from optimiser.kinds import Array
    from optimiser.plan import Plan
    from optimiser.problem import Problem


@dataclass(frozen=True)
class Audit:
    """Every check of one plan."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def worst_violation(self) -> float:
        """The largest difference as a share of its tolerance, times the children tolerance."""
        largest = max(check.worst / check.tolerance for check in self.checks)
        return float(largest * CHILDREN_TOLERANCE)


class AuditFailed(Exception):  # noqa: N818
    """A plan does not hold what it says: it is not published."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        lines = [
            f"{one.name}: off by {one.worst:g} (tolerated {one.tolerance:g}) {one.where}".rstrip()
            for one in audit.checks
            if not one.passed
        ]
        super().__init__("the plan failed its audit and is not published:\n" + "\n".join(lines))


def audit(problem: Problem, plan: Plan) -> Audit:
    """Return every check of a plan against the problem's numbers.

    Parameters
    ----------
    problem
        What was asked.
    plan
        What was answered: its tables and proof.
    """
    opened = _opened(problem, plan)
    rolls = _rolls(problem, plan)
    places = plan.places.set_index(["provision", "year"]).sort_index()
    checks = [
        *_demand(problem, plan),
        *_room(problem, rolls, places, opened),
        _taught(problem, rolls, opened),
        _suitable(problem, plan),
        *_reach(problem, plan, opened),
        *_options(problem, plan),
        *table_checks(problem, plan, rolls),
        *_money(problem, plan, rolls, places, opened),
    ]
    return Audit(tuple(checks))


def _opened(problem: Problem, plan: Plan) -> pd.DataFrame:
    """Return (option, year) to how many years ago it opened; only where it is open."""
    rows = [
        (option, year, year - first)
        for option, first in zip(plan.openings["option"], plan.openings["year"], strict=True)
        for year in problem.years
        if year >= first
    ]
    return pd.DataFrame(rows, columns=["option", "year", "since"])


def _survival(problem: Problem) -> pd.DataFrame:
    """Return need, phase, entry, year, share of entrants who are there (all years)."""
    n, horizon, n_years = problem.survival.shape
    i, u, y = np.meshgrid(np.arange(n), np.arange(horizon), np.arange(n_years), indexing="ij")
    first = problem.years[0]
    frame = pd.DataFrame(
        {
            "need": [problem.pairs[k][0] for k in i.ravel()],
            "phase": [problem.pairs[k][1] for k in i.ravel()],
            "entry": u.ravel() + first,
            "year": y.ravel() + first,
            "share": problem.survival.ravel(),
        }
    )
    return frame[frame["share"] > 0]


def _demand(problem: Problem, plan: Plan) -> list[Check]:
    """Every child due is placed or counted as unplaced, once."""
    years = list(problem.years)
    cells = problem.cells[CELL]
    wide = pd.DataFrame(problem.entrants, columns=years).assign(**cells)
    long = wide.melt(CELL, var_name="year", value_name="due")
    due = long.set_index([*CELL, "year"])["due"]
    decided = plan.placements[plan.placements["kind"] == "decided"]
    placed = decided.groupby([*CELL, "year"])["children"].sum()
    unplaced = plan.unplaced.set_index([*CELL, "year"])["children"]
    pairs = {pair: i for i, pair in enumerate(problem.pairs)}
    before = plan.unplaced[plan.unplaced["year"] < years[-1]]
    rate = [
        problem.still_waiting[pairs[need, phase], year - years[0]]
        for need, phase, year in zip(before["need"], before["phase"], before["year"], strict=True)
    ]
    carried = before.assign(year=before["year"] + 1, children=before["children"] * rate)
    waiting = carried.set_index([*CELL, "year"])["children"]
    left = placed.add(unplaced, fill_value=0.0)
    right = due.add(waiting, fill_value=0.0)
    aside = plan.placements[plan.placements["kind"] == "set_aside"]["children"].sum()
    negative = -plan.placements["children"].min() if len(plan.placements) else 0.0
    return [
        worst("every child due is placed or unplaced", (left.sub(right, fill_value=0.0)).abs()),
        Check(
            "children set aside for INMSS are placed",
            abs(float(aside - problem.aside["children"].sum())),
            CHILDREN_TOLERANCE,
        ),
        Check("no placement is negative", max(0.0, float(negative)), CHILDREN_TOLERANCE),
    ]


def _rolls(problem: Problem, plan: Plan) -> pd.DataFrame:
    """Return provision, need, phase, year (all), pinned, set_aside, entrants, others, again."""
    survival = _survival(problem)
    carried = (
        plan.placements.groupby([*TAUGHT, "year", "kind"])["children"]
        .sum()
        .reset_index()
        .rename(columns={"year": "entry"})
        .merge(survival, on=["need", "phase", "entry"])
    )
    carried["there"] = carried["children"] * carried["share"]
    entrants = (
        carried.pivot_table(
            index=[*TAUGHT, "year"], columns="kind", values="there", aggfunc="sum", fill_value=0.0
        )
        if len(carried)
        else pd.DataFrame(index=pd.MultiIndex.from_tuples([], names=[*TAUGHT, "year"]))
    )
    years = list(problem.all_years)
    fixed = []
    for name, values in (("pinned", problem.pinned), ("others", problem.others)):
        wide = pd.DataFrame(values, columns=years).assign(**problem.taught[TAUGHT])
        fixed.append(
            wide.melt(TAUGHT, var_name="year", value_name=name).set_index([*TAUGHT, "year"])
        )
    both = pd.concat([*fixed, entrants], axis=1).fillna(0.0)
    for column in ("decided", "set_aside"):
        if column not in both:
            both[column] = 0.0
    both = both.rename(columns={"decided": "entrants"})
    both["roll"] = both[["pinned", "others", "entrants", "set_aside"]].sum(axis=1)
    return both.sort_index()


def _room(
    problem: Problem,
    rolls: pd.DataFrame,
    places: pd.DataFrame,
    opened: pd.DataFrame,
) -> list[Check]:
    """Capacity, places in use and children over number."""
    roll = rolls["roll"].groupby(["provision", "year"]).sum()
    roll = roll[roll.index.get_level_values("year").isin(problem.years)]
    options = problem.options.assign(
        at=problem.provisions["provision"].to_numpy()[problem.options["p"].to_numpy(int)]
    )
    built = opened.merge(options, on="option")
    shares = []
    for ramp, since, month, n in zip(
        built["ramp"], built["since"], built["opens_month"], built["places"], strict=True
    ):
        months_left = 12 - (int(month) - 9) % 12
        part = months_left / 12 if since == 0 else 1.0
        shares.append(max(0.0, n) * ramp[min(since, len(ramp) - 1)] * part)
    built["available"] = shares
    available = built.groupby(["at", "year"])["available"].sum()
    available.index.names = ["provision", "year"]
    by_class = {str(k): v for k, v in problem.scenario.drawn_from_mainstream.items()}
    kind = problem.provisions.set_index("provision")["class"]
    drawn = kind.map(lambda one: by_class.get(one, 0.0))
    in_use = places["in_use"]
    counted = in_use * (1.0 - drawn.reindex(places.index.get_level_values(0)).to_numpy())
    gone = _gone(problem, opened)
    fits = pd.Series(
        problem.capacity.ravel(),
        index=pd.MultiIndex.from_product(
            [problem.provisions["provision"], problem.years], names=["provision", "year"]
        ),
    )
    most = fits.add(counted, fill_value=0.0).add(places["over"], fill_value=0.0)
    most = most.sub(gone, fill_value=0.0)
    limit = pd.Series(problem.over_limit.ravel(), index=fits.index)
    order = {name: o for o, name in enumerate(options["option"])}
    built["room"] = [
        problem.over_added[order[option], year - problem.years[0]]
        for option, year in zip(built["option"], built["year"], strict=True)
    ]
    room = built.groupby(["at", "year"])["room"].sum()
    room.index.names = ["provision", "year"]
    over_most = limit.add(room, fill_value=0.0).clip(lower=0.0)
    ran = places["used"] >= 1 - 1e-6
    children = (
        rolls[["pinned", "entrants", "set_aside"]].sum(axis=1).groupby(["provision", "year"]).sum()
    )
    has = children.reindex(places.index, fill_value=0.0) > CHILDREN_TOLERANCE
    travels = pd.Series(problem.transport_fixed > 0, index=problem.provisions["provision"]).reindex(
        places.index.get_level_values(0)
    )
    idle = (has.to_numpy() & travels.to_numpy() & ~ran.to_numpy()).astype(float)
    return [
        worst("no provision holds more children than places", roll.sub(most, fill_value=0.0)),
        worst("added places in use are open", in_use.sub(available, fill_value=0.0)),
        worst("children over number fit the building", places["over"] - over_most[places.index]),
        worst("a vehicle runs where children are", pd.Series(idle, index=places.index)),
    ]


def _gone(problem: Problem, opened: pd.DataFrame) -> pd.Series[float]:
    """Return (provision, year) children that no longer fit because of a shrinking option."""
    taken = pd.DataFrame(problem.taken, columns=list(problem.years))
    taken["option"] = problem.options["option"].to_numpy()
    taken["provision"] = problem.provisions["provision"].to_numpy()[
        problem.options["p"].to_numpy(int)
    ]
    long = taken.melt(["option", "provision"], var_name="year", value_name="children")
    here = long.merge(opened[["option", "year"]], on=["option", "year"])
    gone: pd.Series[float] = here.groupby(["provision", "year"])["children"].sum()
    return gone


def _taught(problem: Problem, rolls: pd.DataFrame, opened: pd.DataFrame) -> Check:
    """No more children of a need and phase than are taught."""
    years = list(problem.years)
    limit = pd.DataFrame(problem.taught_limit, columns=years).assign(**problem.taught[TAUGHT])
    most = limit.melt(TAUGHT, var_name="year", value_name="most").set_index([*TAUGHT, "year"])
    extra = problem.option_taught.assign(
        option=problem.options["option"].to_numpy()[problem.option_taught["o"].to_numpy(int)],
        **{
            name: problem.taught[name].to_numpy()[problem.option_taught["q"].to_numpy(int)]
            for name in TAUGHT
        },
    ).merge(opened[["option", "year"]], on="option")
    added = extra.groupby([*TAUGHT, "year"])["max_places"].sum()
    whole = most["most"].add(added, fill_value=0.0)
    grown = rolls["entrants"]
    here = rolls[grown.gt(0)]["roll"]
    here = here[here.index.get_level_values("year").isin(years)]
    return worst(
        "no more children of a need and phase than are taught", here - whole.reindex(here.index)
    )


def _suitable(problem: Problem, plan: Plan) -> Check:
    """No class takes more of a cell's children than it suits."""
    kind = problem.provisions.set_index("provision")["class"]
    decided = plan.placements[plan.placements["kind"] == "decided"]
    placed = decided.assign(kind_of=decided["provision"].map(kind))
    by_class = placed.groupby([*CELL, "year", "kind_of"])["children"].sum().reset_index()
    due = placed.groupby([*CELL, "year"])["children"].sum()
    unplaced = plan.unplaced.set_index([*CELL, "year"])["children"]
    due = due.add(unplaced, fill_value=0.0).rename("due")
    column = {one: k for k, one in enumerate(problem.classes)}
    cell = pd.Series(
        np.arange(len(problem.cells)), index=pd.MultiIndex.from_frame(problem.cells[CELL])
    )
    if by_class.empty:
        return Check("no class takes more children than it suits", 0.0, CHILDREN_TOLERANCE)
    d = cell.reindex(pd.MultiIndex.from_frame(by_class[CELL])).to_numpy(int)
    share = problem.suitable[d, by_class["kind_of"].map(column).to_numpy(int)]
    total = due.reindex(pd.MultiIndex.from_frame(by_class[[*CELL, "year"]])).to_numpy(float)
    over = pd.Series(by_class["children"].to_numpy(float) - share * total)
    return worst("no class takes more children than it suits", over)


def _reach(problem: Problem, plan: Plan, opened: pd.DataFrame) -> list[Check]:
    """Every placement is taught and open that year, and within the hard journey limit."""
    kind = problem.provisions.set_index("provision")["class"]
    limits = {str(phase): most for phase, most in problem.scenario.hard_limit_minutes.items()}
    placements = plan.placements
    ride = placements["minutes"] * problem.scenario.shared_ride_factor
    bound = ~placements["provision"].map(kind).isin(NO_LIMIT)
    far = (ride - placements["phase"].map(limits))[bound]
    now = problem.taught.set_index(TAUGHT)["now"].to_dict()
    through = problem.option_taught.assign(
        option=problem.options["option"].to_numpy()[problem.option_taught["o"].to_numpy(int)],
        **{
            name: problem.taught[name].to_numpy()[problem.option_taught["q"].to_numpy(int)]
            for name in TAUGHT
        },
    ).merge(opened[["option", "year"]], on="option")
    open_now = set(map(tuple, through[[*TAUGHT, "year"]].to_numpy().tolist()))
    keys = placements[[*TAUGHT, "year"]].to_numpy().tolist()
    allowed = [bool(now.get((p, n, h), False)) or (p, n, h, y) in open_now for p, n, h, y in keys]
    wrong = placements["children"].where(~np.array(allowed, dtype=bool), 0.0)
    return [
        worst("every journey is within the hard limit", far, 1e-6),
        worst("every placement is where the need and phase are taught", wrong),
    ]


def _options(problem: Problem, plan: Plan) -> list[Check]:
    """Openings keep to their years, commitments, requirements, exclusions and budgets."""
    scenario, options = problem.scenario, problem.options.set_index("option")
    openings, base = plan.openings, problem.years[0]
    first = openings.set_index("option")["year"]
    faults = {"window": 0.0, "commitments": 0.0, "requires": 0.0, "excludes": 0.0}
    faults["window"] += float(openings["option"].duplicated().sum())
    for option, year in entries(first):
        row = options.loc[option]
        if np.isnan(row["committed_year"]):
            early = max(
                base + int(row["lead_years"]), int(np.nan_to_num(row["earliest"], nan=base))
            )
            late = np.nan_to_num(row["latest"], nan=problem.years[-1])
            faults["window"] += float(not (early <= year <= late and bool(row["host_agrees"])))
        else:
            faults["window"] += float(year != row["committed_year"])
        for other in row["requires"]:
            faults["requires"] += float(not (other in first.index and first[other] <= year))
        for other in row["excludes"]:
            faults["excludes"] += float(other in first.index)
    committed = options.index[options["committed_year"].notna()]
    faults["commitments"] += float(sum(option not in first.index for option in committed))
    off = set(scenario.switched_off)
    off |= {"commitments"} if "committed" in off else set()
    checks = [
        Check(f"openings keep to their {name}", value, 0.5)
        for name, value in faults.items()
        if name not in off
    ]
    spent: dict[int, float] = {}
    for option, year in entries(first):
        row = options.loc[option]
        profile = row["capital_profile"]
        for k, share in enumerate(profile):
            when = max(base, int(year) - len(profile) + k)
            spent[when] = spent.get(when, 0.0) + share * row["capital_gbp"]
    over = [
        spent.get(year, 0.0) - budget
        for year, budget in scenario.capital_budget_by_year_gbp.items()
        if "capital_by_year" not in off
    ]
    paid = (
        openings.groupby("funding")["capital_gbp"].sum()
        if len(openings)
        else pd.Series(dtype=float)
    )
    over += [
        float(paid.get(grant, 0.0)) - budget
        for grant, budget in scenario.capital_budget_by_grant_gbp.items()
        if "capital_by_grant" not in off
    ]
    if scenario.capital_budget_gbp is not None and "capital_in_total" not in off:
        over.append(float(openings["capital_gbp"].sum()) - scenario.capital_budget_gbp)
    checks.append(worst("capital keeps to its budgets", pd.Series(over, dtype=float), 1.0))
    if scenario.openings_per_year is not None and "openings_per_year" not in off:
        most = openings.groupby("year").size() - scenario.openings_per_year
        checks.append(worst("openings a year keep to their number", most.astype(float), 0.5))
    return checks


def _money(
    problem: Problem,
    plan: Plan,
    rolls: pd.DataFrame,
    places: pd.DataFrame,
    opened: pd.DataFrame,
) -> list[Check]:
    """Every term of every purse, recomputed from the tables, and the total against the proof."""
    again = {
        ("top_up_and_fees", "dsg"): _fees(problem, rolls),
        ("place_funding", "dsg"): _place_funding(problem, plan, rolls, places, opened),
        ("fixed_costs", "dsg"): _fixed(problem, plan),
        ("drawn_from_mainstream", "dsg"): _drawn_money(problem, plan),
        ("interim", "dsg"): _interim(problem, plan, problem.scenario.interim_annual_gbp),
        ("transport", "general_fund"): _transport(problem, plan, places),
        ("capital", "capital"): _capital(problem, plan),
        ("residual", "capital"): _residual(problem, plan),
        ("unplaced_weight", "none"): _interim(problem, plan, problem.scenario.unplaced_weight_gbp),
        ("over_number_weight", "none"): _over_weight(problem, places),
        ("broken_rules", "none"): _broken(problem, plan),
    }
    said = plan.money.groupby(["term", "purse", "year"])[["gbp", "pv_gbp"]].sum(min_count=1)
    worth = (1.0 + problem.scenario.discount_rate) ** -np.arange(len(problem.all_years))
    checks = []
    for (term, purse), pounds in again.items():
        gbp = _by_year(problem, pounds, whole=term == "residual")
        pv = _by_year(problem, pounds * worth, whole=term == "residual")
        here: Any = said.loc[(term, purse)] if (term, purse) in said.index else NOTHING
        scale = max(abs(float(pounds.sum())), 1.0)
        most = max(1.0, POUNDS_TOLERANCE * scale)
        checks.append(worst(f"£ of {term}", apart(here["gbp"], gbp), most))
        checks.append(worst(f"present value of {term}", apart(here["pv_gbp"], pv), most))
    others = plan.money[~pd.MultiIndex.from_frame(plan.money[["term", "purse"]]).isin(list(again))]
    total = float(plan.money["pv_gbp"].sum())
    tolerance = max(1.0, POUNDS_TOLERANCE * abs(total))
    return [
        *checks,
        Check("the terms add up to the cost", abs(total - plan.proof.cost_gbp), tolerance),
        worst("no pounds of another term or purse", others["gbp"].abs(), 1.0),
        Check(
            "the bound is no more than the cost",
            max(0.0, plan.proof.bound_gbp - plan.proof.cost_gbp),
            tolerance,
        ),
    ]


NOTHING = pd.DataFrame({"gbp": pd.Series(dtype=float), "pv_gbp": pd.Series(dtype=float)})


def _by_year(problem: Problem, pounds: Array, *, whole: bool) -> pd.Series[float]:
    """Return pounds by year of the horizon and its tail; or the whole of them in the tail."""
    if whole:
        return pd.Series({"tail": float(pounds.sum())})
    values = {year: float(pounds[t]) for t, year in enumerate(problem.years)}
    return pd.Series(values | {"tail": float(pounds[problem.horizon :].sum())})


def _residual(problem: Problem, plan: Plan) -> Array:
    """Return the value left of each opening at the end: it falls evenly over its life."""
    pounds = np.zeros(len(problem.all_years))
    options = problem.options.set_index("option")
    end = problem.years[0] + problem.horizon
    for option, year in zip(plan.openings["option"], plan.openings["year"], strict=True):
        row = options.loc[option]
        left = max(0.0, 1.0 - (end - int(year)) / float(row["asset_life_years"]))
        pounds[problem.horizon] -= left * float(row["capital_gbp"])
    return pounds


def _over_weight(problem: Problem, places: pd.DataFrame) -> Array:
    pounds = np.zeros(len(problem.all_years))
    filled = problem.provisions.set_index("provision")["filled_gbp"]
    for (name, year), over in entries(places["over"]):
        each = max(problem.scenario.over_number_weight_gbp, float(filled[name]))
        pounds[year - problem.years[0]] += each * float(over)
    return pounds


def _broken(problem: Problem, plan: Plan) -> Array:
    pounds = np.zeros(len(problem.all_years))
    for year, amount in zip(plan.breaks["year"], plan.breaks["amount"], strict=True):
        pounds[int(year) - problem.years[0]] += problem.scenario.break_weight_gbp * float(amount)
    return pounds


def _fees(problem: Problem, rolls: pd.DataFrame) -> Array:
    cost = pd.DataFrame(problem.annual_cost, columns=list(problem.all_years))
    long = (
        cost.assign(**problem.taught[TAUGHT])
        .melt(TAUGHT, var_name="year", value_name="each")
        .set_index([*TAUGHT, "year"])["each"]
    )
    ours = rolls[["pinned", "entrants", "set_aside"]].sum(axis=1)
    pounds = (ours * long.reindex(ours.index)).groupby("year").sum()
    return pounds.reindex(problem.all_years, fill_value=0.0).to_numpy(float)


def _place_funding(
    problem: Problem,
    plan: Plan,
    rolls: pd.DataFrame,
    places: pd.DataFrame,
    opened: pd.DataFrame,
) -> Array:
    """Return place funding by year: the fixed part is the problem's, the rest is recomputed."""
    pounds = problem.constant["place_funding", "dsg"].copy()
    provisions = problem.provisions.set_index("provision")
    roll = rolls["entrants"].groupby(["provision", "year"]).sum()
    first = problem.years[0]
    for (name, year), children in entries(roll):
        row = provisions.loc[name]
        each = row["filled_gbp"]
        if year in problem.years and row["pays_places"] and year < row["closes"]:
            each = row["filled_gbp"] - row["unfilled_gbp"]
        pounds[year - first] += each * children
    options = problem.options.set_index("option")
    at = problem.provisions["provision"].to_numpy()
    everyone = rolls[["pinned", "set_aside", "others"]].sum(axis=1)
    fixed = everyone.groupby(["provision", "year"]).sum()
    for option, year, since in opened.itertuples(index=False):
        row = options.loc[option]
        where = at[int(row["p"])]
        if not provisions.loc[where, "pays_places"]:
            continue
        rate = provisions.loc[where, "unfilled_gbp"]
        if row["places"] >= 0:
            part = (12 - (int(row["opens_month"]) - 9) % 12) / 12 if since == 0 else 1.0
            ramp = row["ramp"]
            pounds[year - first] += rate * row["places"] * ramp[min(since, len(ramp) - 1)] * part
        else:
            now = float(places.loc[(where, year), "commissioned"])
            there = min(float(fixed.get((where, year), 0.0)), now)
            pounds[year - first] -= rate * (now - max(now + row["places"], 0.0, there))
    for (name, year), extra in entries(places["over"] - places["drawn"]):
        by = provisions.loc[name]
        if by["pays_places"]:
            pounds[year - first] += (by["unfilled_gbp"] - by["filled_gbp"]) * extra
    for option, drawn in _drawn_last(problem, plan).items():
        where = at[int(options["p"][option])]
        tail = _after_the_end(problem, option)
        start = problem.horizon
        pounds[start:] += drawn * provisions.loc[where, "filled_gbp"] * tail[: len(pounds) - start]
    return pounds


def _drawn_last(problem: Problem, plan: Plan) -> dict[str, float]:
    """Return, for each option, the children drawn from mainstream in the last year."""
    last = plan.uses[plan.uses["year"] == problem.years[-1]]
    return dict(zip(last["option"], last["drawn"].astype(float), strict=True))


def _taught_by(problem: Problem, option: str) -> pd.DataFrame:
    """Return what an option's places teach: its own rows, or else the provision's."""
    taught: pd.DataFrame = problem.taught
    o = int(np.flatnonzero(problem.options["option"].to_numpy() == option)[0])
    own = problem.option_taught.loc[problem.option_taught["o"] == o, "q"]
    if len(own):
        rows: pd.DataFrame = taught.loc[own]
        return rows
    here: pd.DataFrame = taught[(taught["p"] == problem.options["p"].iloc[o]) & taught["now"]]
    return here


def _after_the_end(problem: Problem, option: str) -> Array:
    """Return the share of children drawn in the last year who are there in each year after it.

    They are spread evenly over the years of each phase that the option teaches.
    """
    lengths = {"early_years": 2, "primary": 7, "secondary": 5, "post16": 3}
    keeps = 1.0 - problem.scenario.cessation_a_year
    phases = _taught_by(problem, option)["phase"]
    after = np.zeros(len(problem.all_years) - problem.horizon)
    for phase in phases:
        length = lengths[phase]
        for k in range(min(len(after), length - 1)):
            since = k + 1
            after[k] += keeps**since * (length - since) / length / len(phases)
    return after


def _drawn_money(problem: Problem, plan: Plan) -> Array:
    pounds = np.zeros(len(problem.all_years))
    first, base = problem.years[0], problem.scenario.mainstream_topup_gbp
    last = _drawn_last(problem, plan)
    for option, rows in plan.uses.groupby("option"):
        taught = _taught_by(problem, str(option))
        each = float(taught["annual_cost_gbp"].mean()) - base if len(taught) else 0.0
        for year, drawn in zip(rows["year"], rows["drawn"], strict=True):
            pounds[year - first] += drawn * each
        tail = _after_the_end(problem, str(option))
        pounds[problem.horizon :] += last[str(option)] * each * tail
    return pounds


def _interim(problem: Problem, plan: Plan, each: float) -> Array:
    pounds = np.zeros(len(problem.all_years))
    first, last = problem.years[0], problem.years[-1]
    by_year = plan.unplaced.groupby("year")["children"].sum()
    for year, children in entries(by_year):
        pounds[int(year) - first] += each * children
    waiting = plan.unplaced[plan.unplaced["year"] == last].merge(
        _survival(problem).query("entry == @last and year > @last"),
        on=["need", "phase"],
        suffixes=("", "_then"),
    )
    still = (waiting["children"] * waiting["share"]).groupby(waiting["year_then"]).sum()
    for year, children in entries(still):
        pounds[int(year) - first] += each * children
    return pounds


def _transport(problem: Problem, plan: Plan, places: pd.DataFrame) -> Array:
    pounds = problem.constant["transport", "general_fund"].copy()
    first = problem.years[0]
    cells = problem.cells.iloc[problem.arcs["d"].to_numpy(int)]
    each = pd.DataFrame(
        {
            "zone": cells["zone"].to_numpy(),
            "need": cells["need"].to_numpy(),
            "phase": cells["phase"].to_numpy(),
            "provision": problem.provisions["provision"].to_numpy()[
                problem.arcs["p"].to_numpy(int)
            ],
            "each": problem.arcs["transport_gbp"].to_numpy(float),
        }
    )
    decided = plan.placements[plan.placements["kind"] == "decided"]
    priced = decided.merge(each, on=[*CELL, "provision"], how="left")
    priced["yearly"] = priced["children"] * priced["each"]
    entry = priced.groupby(["need", "phase", "year"])["yearly"].sum().reset_index()
    there = entry.rename(columns={"year": "entry"}).merge(
        _survival(problem), on=["need", "phase", "entry"]
    )
    growth = 1.0 + problem.scenario.transport_growth
    spent = (there["yearly"] * there["share"]).groupby(there["year"]).sum()
    for year, yearly in entries(spent):
        pounds[int(year) - first] += yearly * growth ** (int(year) - first)
    fixed = pd.Series(problem.transport_fixed, index=problem.provisions["provision"])
    ran = places["used"].unstack("year").reindex(problem.provisions["provision"])
    decided_runs = ran.to_numpy(float) * (problem.used_fixed < 1)
    for t in range(problem.horizon):
        pounds[t] += float((fixed.to_numpy() * decided_runs[:, t]).sum()) * growth**t
    return pounds


def _capital(problem: Problem, plan: Plan) -> Array:
    pounds = np.zeros(len(problem.all_years))
    options = problem.options.set_index("option")
    for option, year in zip(plan.openings["option"], plan.openings["year"], strict=True):
        row = options.loc[option]
        profile = row["capital_profile"]
        for k, share in enumerate(profile):
            pounds[max(0, year - problem.years[0] - len(profile) + k)] += share * row["capital_gbp"]
    return pounds


def _fixed(problem: Problem, plan: Plan) -> Array:
    pounds = problem.constant["fixed_costs", "dsg"].copy()
    options = problem.options.set_index("option")
    first = problem.years[0]
    for option, year in zip(plan.openings["option"], plan.openings["year"], strict=True):
        row = options.loc[option]
        pounds[year - first] += row["setup_gbp"]
        pounds[year - first : problem.horizon] += row["fixed_annual_gbp"]
    return pounds
