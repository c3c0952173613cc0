"""The tables of a run that count pounds: by year, by financial year, and the naive figure.

Money is £ at the case's price year. An academic year is split by months: September to March (7
of 12) falls in the financial year of that September, April to August (5 of 12) in the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.vocabulary import INMSS, financial_year
from optimiser.costs import DSG, GENERAL_FUND, NO_PURSE
from outputs.summary import RESIDUAL, TAIL
from outputs.tables import SIDES

if TYPE_CHECKING:
    from inputs.case import Case
    from optimiser.plan import Plan
    from optimiser.problem import Problem

AUTUMN_SHARE = 7 / 12
"""Share of an academic year, September to March, that falls in its first financial year."""


def money_by_year(plan: Plan, do_minimum: Plan) -> pd.DataFrame:
    """Return year (or ``tail``), purse, term, do_minimum, plan, do_minimum_pv, plan_pv, in £.

    Residual value is a negative row of the tail. Purse ``none`` is weights of policy: not money.
    """
    keys = ["year", "purse", "term"]
    parts = []
    for side, made in zip(SIDES, (do_minimum, plan), strict=True):
        found = made.money.groupby(keys, sort=False)[["gbp", "pv_gbp"]].sum()
        parts.append(found.rename(columns={"gbp": side, "pv_gbp": f"{side}_pv"}))
    out = pd.concat(parts, axis=1).fillna(0.0).reset_index()
    order = out["year"].map(lambda year: np.inf if year == TAIL else float(year))
    out = out.assign(order=order).sort_values(["purse", "term", "order"])
    return out[[*keys, *SIDES, *(f"{side}_pv" for side in SIDES)]].reset_index(drop=True)


def in_purses(money: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are money spent: no weights of policy, no residual value."""
    return money[(money["purse"] != NO_PURSE) & (money["term"] != RESIDUAL)]


def money_by_financial_year(money: pd.DataFrame, years: tuple[int, ...]) -> pd.DataFrame:
    """Return financial_year, months, purse, do_minimum, plan, saving, in £.

    ``months`` is how many months of the financial year the horizon covers: 7 in the first (from
    September) and 5 in the last (to August); the years between are whole.
    """
    spent = in_purses(money)
    spent = spent[spent["year"] != TAIL]
    by_year = spent.groupby(["purse", "year"])[list(SIDES)].sum()
    rows = []
    for purse in dict.fromkeys(spent["purse"]):
        own = by_year.loc[purse].reindex(list(years)).fillna(0.0)
        for april in range(years[0], years[-1] + 2):
            pounds = sum(
                (share * own.loc[year].to_numpy(float))
                for year, share in ((april - 1, 1 - AUTUMN_SHARE), (april, AUTUMN_SHARE))
                if year in years
            )
            months = 7 * (april in years) + 5 * (april - 1 in years)
            before, after = np.asarray(pounds)
            rows.append((financial_year(april), months, purse, before, after, before - after))
    columns = ["financial_year", "months", "purse", *SIDES, "saving"]
    return pd.DataFrame(rows, columns=columns)


def deficit_by_financial_year(
    problem: Problem, plan: Plan, do_minimum: Plan
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the deficit trajectory, and what it assumes.

    Columns financial_year, grant, other_high_needs, do_minimum_dsg, plan_dsg,
    do_minimum_in_year, plan_in_year (spending less grant: above zero adds to the deficit),
    do_minimum_deficit, plan_deficit (cumulative, at the end of the year), in £. Empty unless the
    scenario gives both ``high_needs_grant_gbp`` and ``opening_deficit_gbp``. April to August
    before the first September is taken at the do-minimum's first year, on both sides.
    """
    columns = ["financial_year", "grant", "other_high_needs"]
    columns += [f"{side}_{what}" for what in ("dsg", "in_year", "deficit") for side in SIDES]
    empty = pd.DataFrame(columns=columns)
    scenario, years = problem.scenario, problem.years
    grant, other = scenario.high_needs_grant_gbp, scenario.other_high_needs_gbp
    if not grant or scenario.opening_deficit_gbp is None:
        return empty, ()
    if years[0] not in grant:
        first = financial_year(years[0])
        return empty, (f"No deficit trajectory: high_needs_grant_gbp has no figure for {first}.",)
    money = in_purses(money_by_year(plan, do_minimum))
    dsg = money[(money["purse"] == DSG) & (money["year"] != TAIL)].groupby("year")[list(SIDES)]
    by_year = dsg.sum()
    before = dict.fromkeys(SIDES, float(by_year["do_minimum"].loc[years[0]]))
    deficit = dict.fromkeys(SIDES, float(scenario.opening_deficit_gbp))
    notes = [
        f"April to August {years[0]}, before the plan begins, is in the deficit at the do-minimum "
        "cost of the first academic year.",
        "The deficit is at the prices of the case throughout: state the grant at the same prices.",
    ]
    rows = []
    for year in years:
        if year not in grant:
            notes.append(
                f"The deficit trajectory stops before {financial_year(year)}: "
                "high_needs_grant_gbp has no figure for it."
            )
            break
        if year not in other:
            notes.append(
                f"other_high_needs_gbp has no figure for {financial_year(year)}: the deficit "
                "counts none, and is too low by whatever the plan does not model."
            )
        rest = float(other.get(year, 0.0))
        row: dict[str, object] = {
            "financial_year": financial_year(year),
            "grant": float(grant[year]),
            "other_high_needs": rest,
        }
        for side in SIDES:
            own = float(by_year[side].loc[year])
            spent = (1 - AUTUMN_SHARE) * before[side] + AUTUMN_SHARE * own
            in_year = spent + rest - float(grant[year])
            deficit[side] += in_year
            row |= {
                f"{side}_dsg": spent,
                f"{side}_in_year": in_year,
                f"{side}_deficit": deficit[side],
            }
            before[side] = own
        rows.append(row)
    return pd.DataFrame(rows, columns=columns), tuple(notes)


def naive_beside_modelled(
    case: Case, problem: Problem, plan: Plan, money: pd.DataFrame
) -> pd.DataFrame:
    """Return the usual back-of-envelope saving a place beside what the plan model says.

    Columns option, name, year, places, inmss_fee_gbp (mean of today's INMSS fees, weighted by our
    children there), place_cost_gbp (place funding and mean top-up), naive_saving_gbp_per_place,
    naive_total_gbp (a year, every place filled by a child who would be in INMSS),
    modelled_dsg_saving_gbp and modelled_general_fund_saving_gbp (the last year of the horizon, £,
    on the row ``total`` only: the plan's saving cannot be split by opening).
    """
    fee = mean_inmss_fee(case)
    filled = problem.provisions.set_index("provision")["filled_gbp"].to_dict()
    own = case.option_teaches.groupby("option")["annual_cost_gbp"].mean().to_dict()
    usual = case.teaches.groupby("provision")["annual_cost_gbp"].mean().to_dict()
    rows: list[dict[str, object]] = []
    total = 0.0
    for opening in plan.openings.to_dict("records"):
        places = float(opening["places"])
        if places <= 0:
            continue
        option, provision = str(opening["option"]), str(opening["provision"])
        top_up = own.get(option, np.nan)
        top_up = usual.get(provision, np.nan) if np.isnan(top_up) else top_up
        cost = float(filled[provision]) + float(top_up)
        total += places * (fee - cost)
        rows.append(
            {
                "option": option,
                "name": str(opening["name"]),
                "year": int(opening["year"]),
                "places": places,
                "inmss_fee_gbp": fee,
                "place_cost_gbp": cost,
                "naive_saving_gbp_per_place": fee - cost,
                "naive_total_gbp": places * (fee - cost),
            }
        )
    spent = in_purses(money)
    last = spent[spent["year"] == problem.years[-1]]
    saving = (last["do_minimum"] - last["plan"]).groupby(last["purse"]).sum()
    rows.append(
        {
            "option": "total",
            "name": "All openings",
            "year": problem.years[-1],
            "places": sum(float(str(row["places"])) for row in rows),
            "inmss_fee_gbp": fee,
            "naive_total_gbp": total,
            "modelled_dsg_saving_gbp": float(saving.get(DSG, 0.0)),
            "modelled_general_fund_saving_gbp": float(saving.get(GENERAL_FUND, 0.0)),
        }
    )
    columns = [
        "option",
        "name",
        "year",
        "places",
        "inmss_fee_gbp",
        "place_cost_gbp",
        "naive_saving_gbp_per_place",
        "naive_total_gbp",
        "modelled_dsg_saving_gbp",
        "modelled_general_fund_saving_gbp",
    ]
    return pd.DataFrame(rows, columns=columns)


def mean_inmss_fee(case: Case) -> float:
    """Return today's mean INMSS fee, £ a year, weighted by our children there.

    Where none of ours is there, the plain mean of the fees; NaN where the case has no INMSS.
    """
    kinds = case.provisions.set_index("provision")["class"].map(str)
    inmss = set(kinds.index[kinds.isin([str(one) for one in INMSS])])
    teaches = case.teaches[case.teaches["provision"].isin(inmss)]
    placed = case.placed[case.placed["authority"].isna()]
    keys = ["provision", "need", "phase"]
    here = placed.groupby(keys)["children"].sum().rename("here").reset_index()
    both = teaches.merge(here, on=keys, how="left")
    fee = both["annual_cost_gbp"].to_numpy(float)
    weight = np.nan_to_num(both["here"].to_numpy(float))
    if not len(fee):
        return float("nan")
    return float(fee @ weight / weight.sum()) if weight.sum() > 0 else float(fee.mean())
