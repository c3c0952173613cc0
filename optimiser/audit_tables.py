"""The audit of what each table says: journeys, places, uses, openings and breaks, row by row.

The pounds and the rows of the model are in ``audit``; here every other column that a reader could
take a figure from is worked out again from the problem and the decisions beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimiser.checking import CELL, CHILDREN_TOLERANCE, NO_LIMIT, TAUGHT, Check, apart, worst

if TYPE_CHECKING:
    from optimiser.plan import Plan
    from optimiser.problem import Problem

JOURNEY = ["minutes", "ride_minutes", "miles"]


def table_checks(problem: Problem, plan: Plan, rolls: pd.DataFrame) -> list[Check]:
    """Return the checks of every table of a plan but the money.

    Parameters
    ----------
    problem, plan
        What was asked, and what was answered.
    rolls
        provision, need, phase, year (index); pinned, set_aside, entrants, others, roll.
    """
    return [
        *_rolls(problem, plan, rolls),
        *_placements(problem, plan),
        *_places(problem, plan, rolls),
        *_uses(problem, plan),
        _openings(problem, plan),
        _together(problem, plan),
        *_breaks(problem, plan, rolls),
    ]


def _rolls(problem: Problem, plan: Plan, rolls: pd.DataFrame) -> list[Check]:
    within = rolls[rolls.index.get_level_values("year").isin(problem.years)]
    said = plan.rolls.groupby([*TAUGHT, "year"])[list(ROLL)].sum(min_count=1)
    return [worst(f"the roll's {part}", apart(said[part], within[part])) for part in ROLL]


ROLL = ("pinned", "set_aside", "entrants", "others", "roll")


def _by_arc(problem: Problem) -> pd.DataFrame:
    """Return zone, need, phase, provision (index) to the journey of each arc, and its number."""
    cells = problem.cells.iloc[problem.arcs["d"].to_numpy(int)]
    names = problem.provisions["provision"].to_numpy()[problem.arcs["p"].to_numpy(int)]
    frame = problem.arcs[[*JOURNEY, "over_guideline"]].reset_index(drop=True)
    frame["arc"] = np.arange(len(frame))
    for column in CELL:
        frame[column] = cells[column].to_numpy()
    return frame.assign(provision=names).set_index([*CELL, "provision"])


def _placements(problem: Problem, plan: Plan) -> list[Check]:
    """Every placement is an arc that can be used that year, with that arc's journey."""
    table = plan.placements
    key = [*CELL, "provision"]
    decided = table[table["kind"] == "decided"].reset_index(drop=True)
    arcs = _by_arc(problem).reindex(pd.MultiIndex.from_frame(decided[key]))
    arc = arcs["arc"].to_numpy(float)
    t = decided["year"].to_numpy(int) - problem.years[0]
    there = ~np.isnan(arc) & (t >= 0) & (t < problem.horizon)
    usable = np.zeros(len(decided), dtype=bool)
    usable[there] = problem.usable[arc[there].astype(int), t[there]]
    closed = decided["children"].where(~usable, 0.0)
    gaps = np.zeros(len(decided))
    for column in JOURNEY:
        gap = np.abs(decided[column].to_numpy(float) - arcs[column].to_numpy(float))
        gaps = np.where(there, np.maximum(gaps, gap), gaps)
    beyond = arcs["over_guideline"].to_numpy(object) == True  # noqa: E712 - no arc is no flag
    flags = decided["over_guideline"].to_numpy(bool) != beyond
    off = pd.Series(gaps + (there & flags), index=decided.index)
    return [
        worst("every placement is an arc that can be used that year", closed),
        worst("every journey is that of its zone and provision", off, 1e-6),
        _aside(problem, plan),
        worst("nobody is unplaced less than none", -plan.unplaced["children"].astype(float)),
        Check(
            "every placement is decided or set aside",
            float((~table["kind"].isin(["decided", "set_aside"])).sum()),
            0.5,
        ),
    ]


def _aside(problem: Problem, plan: Plan) -> Check:
    key = [*CELL, "provision", "year"]
    table = plan.placements
    said = table[table["kind"] == "set_aside"].groupby(key)["children"].sum()
    cells = problem.cells.iloc[problem.aside["d"].to_numpy(int)]
    again = pd.DataFrame(
        {column: cells[column].to_numpy() for column in CELL}
        | {
            "provision": problem.provisions["provision"].to_numpy()[
                problem.aside["p"].to_numpy(int)
            ],
            "year": problem.aside["t"].to_numpy(int) + problem.years[0],
            "children": problem.aside["children"].to_numpy(float),
        }
    )
    return worst(
        "children set aside are where today's proportions lay them",
        apart(said, again.groupby(key)["children"].sum()),
    )


def _added(problem: Problem, plan: Plan) -> pd.DataFrame:
    """Return option, provision, year, added: places of each opened option, ramped."""
    options = problem.options.set_index("option")
    names = problem.provisions["provision"].to_numpy()
    rows = []
    for option, first in zip(plan.openings["option"], plan.openings["year"], strict=True):
        row = options.loc[option]
        ramp, months = row["ramp"], 12 - (int(row["opens_month"]) - 9) % 12
        for year in problem.years:
            since = year - int(first)
            if since < 0 or row["places"] <= 0:
                continue
            part = months / 12 if since == 0 else 1.0
            share = ramp[min(since, len(ramp) - 1)] * part
            rows.append((option, names[int(row["p"])], year, row["places"] * share))
    return pd.DataFrame(rows, columns=["option", "provision", "year", "added"])


def _drawn_share(problem: Problem) -> pd.Series[float]:
    stated = {str(k): v for k, v in problem.scenario.drawn_from_mainstream.items()}
    kinds = problem.provisions.set_index("provision")["class"]
    return kinds.map(lambda kind: stated.get(kind, 0.0)).astype(float)


def _places(problem: Problem, plan: Plan, rolls: pd.DataFrame) -> list[Check]:
    """Every column of ``places`` follows from the problem, the openings and the rolls."""
    key = ["provision", "year"]
    said = plan.places.groupby(key).sum()
    index = pd.MultiIndex.from_product([problem.provisions["provision"], problem.years], names=key)
    commissioned = pd.Series(problem.commissioned.ravel(), index=index)
    fits = pd.Series(problem.capacity.ravel(), index=index)
    added = _added(problem, plan).groupby(key)["added"].sum()
    roll = rolls["roll"].groupby(key).sum()
    roll = roll[roll.index.get_level_values("year").isin(problem.years)]
    share = _drawn_share(problem)
    drawn = said["in_use"] * share.reindex(said.index.get_level_values(0)).to_numpy()
    fixed = pd.Series(problem.used_fixed.ravel(), index=index)
    idle = fixed.sub(said["used"], fill_value=0.0).clip(lower=0.0)
    return [
        worst("commissioned places", apart(said["commissioned"], commissioned)),
        worst("places that fit", apart(said["fits"], fits)),
        worst("added places", apart(said["added"], added)),
        worst("taken places", apart(said["taken"], _taken(problem, plan))),
        worst("rolls of provisions", apart(said["roll"], roll)),
        worst("places drawn from mainstream", apart(said["drawn"], drawn)),
        worst("vehicles run for the children there now", idle),
        worst("no figure of a place is negative", -said.min(axis=1)),
        Check(
            "one row for each provision and year",
            float(abs(len(plan.places) - len(index)) + plan.places.duplicated(key).sum()),
            0.5,
        ),
    ]


def _taken(problem: Problem, plan: Plan) -> pd.Series[float]:
    order = {option: o for o, option in enumerate(problem.options["option"])}
    names = problem.provisions["provision"].to_numpy()
    taken: dict[tuple[str, int], float] = {}
    for option, first in zip(plan.openings["option"], plan.openings["year"], strict=True):
        o = order[option]
        where = names[int(problem.options["p"].iloc[o])]
        for t, year in enumerate(problem.years):
            if year >= first:
                taken[where, year] = taken.get((where, year), 0.0) + float(problem.taken[o, t])
    if not taken:
        return pd.Series(dtype=float)
    return pd.Series(taken)


def _uses(problem: Problem, plan: Plan) -> list[Check]:
    """Each option's added places, those in use and those drawn agree with ``places``."""
    key = ["option", "provision", "year"]
    added = _added(problem, plan).groupby(key)["added"].sum()
    said = plan.uses.groupby(key)[["added", "in_use", "drawn"]].sum(min_count=1)
    share = _drawn_share(problem).reindex(said.index.get_level_values("provision")).to_numpy()
    by_place = said["in_use"].groupby(["provision", "year"]).sum()
    in_use = plan.places.groupby(["provision", "year"])["in_use"].sum()
    return [
        worst("places that each option adds", apart(said["added"], added)),
        worst("an option's places in use are open", said["in_use"].sub(added, fill_value=0.0)),
        worst("an option's places drawn", apart(said["drawn"], said["in_use"] * share)),
        worst("options' places in use add up", apart(by_place, in_use)),
    ]


def _openings(problem: Problem, plan: Plan) -> Check:
    """Every column of the openings is the option's own."""
    options = problem.options.set_index("option").loc[plan.openings["option"]]
    at = problem.provisions.iloc[options["p"].to_numpy(int)]
    expected = {
        "name": options["name"],
        "provision": at["provision"],
        "class": at["class"],
        "locality": at["locality"],
        "places": options["places"],
        "physical_places": options["physical_places"],
        "capital_gbp": options["capital_gbp"],
        "funding": options["funding"],
        "committed": options["committed_year"].notna(),
    }
    wrong = [
        column
        for column, values in expected.items()
        for said, again in zip(plan.openings[column], values, strict=True)
        if said != again and not (pd.isna(said) and pd.isna(again))
    ]
    return Check("openings say what their options say", float(len(wrong)), 0.5, ", ".join(wrong))


def _together(problem: Problem, plan: Plan) -> Check:
    """Two options that shrink one provision do not both open: each states it from today."""
    if "excludes" in problem.scenario.switched_off:
        return Check("one option at most shrinks a provision", 0.0, 0.5)
    shrinking = plan.openings[plan.openings["places"] < 0]
    twice = shrinking["provision"].duplicated().sum()
    return Check("one option at most shrinks a provision", float(twice), 0.5)


def _breaks(problem: Problem, plan: Plan, rolls: pd.DataFrame) -> list[Check]:
    """Each break of a rule of policy is told as it is, no more and no less."""
    off = set(problem.scenario.switched_off)
    again: dict[str, dict[tuple[str, int], float]] = {
        "journeys_share": _too_far(problem, plan),
        "viable_roll": _short_rolls(problem, plan, rolls),
        "staying_on": _moved(problem, plan),
        "places_at_least": _place_rules(problem, plan, "at_least"),
        "places_at_most": _place_rules(problem, plan, "at_most"),
    }
    said = plan.breaks.groupby(["rule", "where", "year"])["amount"].sum(min_count=1)
    told = set(said.index.get_level_values("rule")) if len(said) else set()
    free = problem.scenario.break_weight_gbp <= 0
    checks = [Check("no break is of an unknown rule", float(len(told - set(again))), 0.5)]
    for rule, amounts in again.items():
        here = said[rule] if rule in told else pd.Series(dtype=float)
        needed = pd.Series({} if rule in off else amounts, dtype=float)
        gap = apart(here, needed)
        if free:  # a break that costs nothing may be larger than it need be
            gap = needed.sub(here, fill_value=0.0)
        checks.append(worst(f"breaks of {rule} are told", gap))
    return checks


Amounts = dict[tuple[str, int], float]


def _positive(amounts: Amounts) -> Amounts:
    return {key: amount for key, amount in amounts.items() if amount > CHILDREN_TOLERANCE / 10}


def _too_far(problem: Problem, plan: Plan) -> Amounts:
    share = problem.scenario.over_guideline_share
    if share is None:
        return {}
    decided = plan.placements[plan.placements["kind"] == "decided"]
    kind = decided["provision"].map(problem.provisions.set_index("provision")["class"])
    daily = decided[~kind.isin(NO_LIMIT)]
    far = daily["children"].where(daily["over_guideline"].astype(bool), 0.0)
    beyond = (far - share * daily["children"]).groupby(daily["year"]).sum()
    return _positive({("all daily journeys", int(y)): float(n) for y, n in beyond.items()})  # type: ignore[call-overload]


def _short_rolls(problem: Problem, plan: Plan, rolls: pd.DataFrame) -> Amounts:
    roll = rolls["roll"].groupby(["provision", "year"]).sum()
    options = problem.options.set_index("option")
    names = problem.provisions["provision"].to_numpy()
    short: Amounts = {}
    for option, first in zip(plan.openings["option"], plan.openings["year"], strict=True):
        row = options.loc[option]
        least = float(np.nan_to_num(row["minimum_roll"]))
        start = int(first) + int(np.nan_to_num(row["viable_by"]))
        for year in problem.years:
            if least > 0 and year >= start:
                have = float(roll.get((names[int(row["p"])], year), 0.0))
                short[option, year] = least - have
    return _positive(short)


def _moved(problem: Problem, plan: Plan) -> Amounts:
    """Return, for each provision, next phase and locality, leavers beyond those who stayed."""
    decided = plan.placements[plan.placements["kind"] == "decided"]
    placed = decided.groupby([*CELL, "provision", "year"])["children"].sum().to_dict()
    cells = problem.cells[CELL].to_numpy().tolist()
    nh = problem.cells["nh"].to_numpy(int)
    names = problem.provisions["provision"].to_numpy()
    d_of = problem.arcs["d"].to_numpy(int)
    first = problem.years[0]
    moved: Amounts = {}
    for row in problem.stay_on.to_dict("records"):
        t, p = int(row["t"]), names[int(row["p"])]
        following = [a for a in row["a_next"] if problem.usable[a, t]]
        if not any(problem.due_most[d_of[a], t] > 0 for a in following):
            continue
        need = float(row["least"])
        for a in row["a_before"]:
            d = int(d_of[a])
            for u in range(t):
                children = placed.get((*cells[d], p, first + u), 0.0)
                need += problem.scenario.stay_on * problem.finishing[nh[d], u, t] * children
        need -= sum(placed.get((*cells[d_of[a]], p, first + t), 0.0) for a in following)
        moved[f"{p} for {row['need']} {row['phase']} of {row['locality']}", first + t] = need
    return _positive(moved)


def _place_rules(problem: Problem, plan: Plan, measure: str) -> Amounts:
    kinds = problem.provisions["class"].to_numpy()
    localities = problem.provisions["locality"].to_numpy()
    at = problem.options.set_index("option")["p"]
    opened = [
        (int(at[option]), int(year), float(places))
        for option, year, places in zip(
            plan.openings["option"], plan.openings["year"], plan.openings["places"], strict=True
        )
    ]
    amounts: Amounts = {}
    for rule in problem.scenario.places_rules:
        if rule.measure != measure:
            continue
        inside = np.ones(len(kinds), dtype=bool)
        if rule.class_ is not None:
            inside &= kinds == str(rule.class_)
        if rule.locality is not None:
            inside &= localities == rule.locality
        who = " ".join(str(one) for one in (rule.class_, rule.locality) if one is not None)
        label = f"{measure.replace('_', ' ')} {rule.places:g} places, {who or 'all'}"
        for t, year in enumerate(problem.years):
            if year < rule.year:
                continue
            have = float(problem.commissioned[inside, t].sum())
            have += sum(places for p, first, places in opened if inside[p] and first <= year)
            gap = rule.places - have if measure == "at_least" else have - rule.places
            amounts[label, year] = amounts.get((label, year), 0.0) + max(0.0, gap)
    return _positive(amounts)
