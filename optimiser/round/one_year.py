"""An independent check of the strategic plan: one year's placements, costed and bounded in PuLP.

It starts from what the plan published (its tables) and from what was supplied (the case, its
journeys, the policy), and shares no code with the plan's model, costs or audit. With the openings
held, and every child placed in earlier years where the plan has it, it says of one year:

- *what agrees*: the year's top-ups and fees in the plan's own money table, less those of everybody
  who was there already, are those of the year's placements as PuLP adds them up. Who of the earlier
  placements is still there is worked out again from the case (`optimiser.round.lasting`);
- *what bounds*: no way of placing the same children of each home, need and phase that year, in the
  places that the plan's openings leave them, costs less than the bound. The plan can never cost
  less; it costs more where it looks beyond the year, as it must: it pays for whole stays, keeps
  leavers of one phase for the next, and leaves room for those who come later.

The bound leaves out staying on (which only ever makes a plan dearer), so it is a bound of what the
plan could have done that year, and rather too low than too high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.round_checks import blank
from optimiser.round import suit
from optimiser.round.lasting import carried
from optimiser.round.model import RoundModel
from optimiser.round.solver import Ended, NotProvenError, SolverName, solver
from optimiser.round.steps import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.kinds import Array

CELL = ["zone", "need", "phase"]
TAUGHT = ["provision", "need", "phase"]
NO_DAILY_LIMIT = ("inmss_residential", "eotas", "mainstream_topup")
DUST = 1e-6
"""Children: the plan's tables leave out fewer, and rows hold to about as many."""


@dataclass(frozen=True)
class OneYear:
    """One year of a plan beside PuLP's account of it.

    Parameters
    ----------
    year, children
        The academic year, and the children newly placed in it by decision.
    told_gbp
        Their top-ups and fees, from the plan's money less those of everybody else there.
    placed_gbp
        The same placements, as PuLP adds them up.
    bound_gbp
        The least that placing the same children in the same places could cost.
    """

    year: int
    children: float
    told_gbp: float
    placed_gbp: float
    bound_gbp: float

    @property
    def apart_gbp(self) -> float:
        """By how much the two accounts of the same placements differ."""
        return abs(self.told_gbp - self.placed_gbp)

    @property
    def above_bound(self) -> float:
        """How far the year lies above its bound, as a share of its cost."""
        return (self.placed_gbp - self.bound_gbp) / self.placed_gbp if self.placed_gbp else 0.0


def one_year(
    tables: Mapping[str, pd.DataFrame],
    case: Case,
    travel: pd.DataFrame,
    scenario: Scenario,
    year: int,
    name: SolverName = SolverName.HIGHS,
) -> OneYear:
    """Return one year of a plan, costed and bounded.

    Parameters
    ----------
    tables
        The plan's published tables by name: placements, rolls, places, openings, unplaced, money.
    case, travel, scenario
        What was supplied: the case, journeys (zone, provision, minutes, miles), the policy.
    year
        Academic year by its first September.
    name
        The solver.

    Raises
    ------
    NotProvenError
        When the bound could not be proven: the plan's own placements should always fit.
    """
    prices = _prices(case, scenario, year)
    decided = tables["placements"][tables["placements"]["kind"] == "decided"]
    placed = decided[decided["year"] == year]
    rolls = tables["rolls"]
    rolls = rolls[rolls["year"] == year].set_index(TAUGHT)
    already = carried(case, scenario, decided, year)
    held = (rolls["pinned"] + rolls["set_aside"]).add(already, fill_value=0.0)
    money = tables["money"]
    fees = money[(money["year"].astype(str) == str(year)) & (money["term"] == "top_up_and_fees")]
    told = float(fees["plan"].sum()) - float((held * _at(prices, held.index)).sum())
    arcs = _arcs(tables, case, travel, scenario, year, placed, prices)
    as_placed = placed.groupby([*CELL, "provision"])["children"].sum()
    amounts = as_placed.reindex(pd.MultiIndex.from_frame(arcs[[*CELL, "provision"]])).fillna(0.0)
    lost = float(as_placed.sum() - amounts.sum())
    if abs(lost) > DUST * max(1, len(as_placed)):
        raise ValueError(f"{lost:g} children of {year} are placed where no rule allows it")
    bound = _bound(tables, case, year, arcs, placed, rolls, name)
    return OneYear(
        year,
        float(as_placed.sum()),
        told,
        float((amounts.to_numpy(float) * arcs["price_gbp"].to_numpy(float)).sum()),
        bound,
    )


def _by(frame: pd.DataFrame, columns: list[str]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield each key of some columns with the positions of its rows, in order of the keys."""
    for key, rows in frame.groupby(columns, sort=True).indices.items():
        yield (key if isinstance(key, tuple) else (key,)), rows


def _opened(openings: pd.DataFrame, year: int) -> list[str]:
    return [str(key) for key in openings.loc[openings["year"] <= year, "option"]]


def _prices(case: Case, scenario: Scenario, year: int) -> dict[tuple[str, str, str], float]:
    """Return top-up or fee a child in a year, by provision, need and phase."""
    kind = dict(
        zip(case.provisions["provision"], case.provisions["class"].astype(str), strict=True)
    )
    by_class = {str(key): value for key, value in scenario.fee_growth_by_class.items()}
    found: dict[tuple[str, str, str], float] = {}
    for row in case.teaches.to_dict("records"):
        growth = row["fee_growth"]
        usual = by_class.get(kind[row["provision"]], scenario.fee_growth)
        rate = usual if blank(growth) else float(growth)
        key = (row["provision"], str(row["need"]), str(row["phase"]))
        found[key] = float(row["annual_cost_gbp"]) * (1 + rate) ** (year - case.base_year)
    at = dict(zip(case.options["option"], case.options["provision"], strict=True))
    through: dict[tuple[str, str, str], float] = {}
    for row in case.option_teaches.to_dict("records"):
        provision = at[row["option"]]
        key = (provision, str(row["need"]), str(row["phase"]))
        rate = by_class.get(kind[provision], scenario.fee_growth)
        price = float(row["annual_cost_gbp"]) * (1 + rate) ** (year - case.base_year)
        if key not in found:  # where options differ, the higher is used for all
            through[key] = max(through.get(key, 0.0), price)
    return found | through


def _at(prices: dict[tuple[str, str, str], float], index: pd.Index[Any]) -> pd.Series[float]:
    """Return the price of each roll; what a provision does not teach costs its mean."""
    mean = pd.Series(prices).groupby(level=0).mean().to_dict()
    return pd.Series([prices.get(key, mean.get(key[0], 0.0)) for key in index], index=index)


def _arcs(
    tables: Mapping[str, pd.DataFrame],
    case: Case,
    travel: pd.DataFrame,
    scenario: Scenario,
    year: int,
    placed: pd.DataFrame,
    prices: dict[tuple[str, str, str], float],
) -> pd.DataFrame:
    """Return zone, need, phase, provision, class, share and price of every placement allowed."""
    cells = placed[CELL].drop_duplicates()
    opened = _opened(tables["openings"], year)
    at = dict(zip(case.options["option"], case.options["provision"], strict=True))
    now = {
        (row["provision"], str(row["need"]), str(row["phase"]))
        for row in case.teaches.to_dict("records")
    }
    now |= {
        (at[row["option"]], str(row["need"]), str(row["phase"]))
        for row in case.option_teaches.to_dict("records")
        if row["option"] in opened
    }
    taught = pd.DataFrame(sorted(now), columns=TAUGHT)
    arcs = cells.merge(taught, on=["need", "phase"])
    about = case.provisions[["provision", "class", "opens", "closes"]]
    arcs = arcs.merge(about, on="provision")
    arcs["class"] = arcs["class"].astype(str)
    opens = pd.to_numeric(arcs["opens"]).astype(float).fillna(-np.inf)
    closes = pd.to_numeric(arcs["closes"]).astype(float).fillna(np.inf)
    arcs = arcs[(opens <= year) & (year < closes)]
    arcs = arcs.merge(
        travel[["zone", "provision", "minutes"]], on=["zone", "provision"], how="left"
    )
    home = arcs["class"].isin(["eotas", "mainstream_topup"]) & arcs["minutes"].isna()
    ride = arcs["minutes"].where(~home, 0.0) * scenario.shared_ride_factor
    limits = {str(key): value for key, value in scenario.hard_limit_minutes.items()}
    near = ride.notna() & (
        arcs["class"].isin(NO_DAILY_LIMIT) | (ride <= arcs["phase"].map(limits) + DUST)
    )
    arcs = arcs[near].reset_index(drop=True)
    pairs = arcs[["need", "phase"]].drop_duplicates().reset_index(drop=True)
    kinds = pd.DataFrame({"class": sorted(set(arcs["class"]))})
    shares = suit.right_shares(case, scenario, pairs, kinds)
    row = pairs.reset_index().set_index(["need", "phase"])["index"]
    column = {kind: k for k, kind in enumerate(kinds["class"])}
    at_row = row.loc[list(zip(arcs["need"], arcs["phase"], strict=True))].to_numpy()
    arcs["share"] = shares[at_row, arcs["class"].map(column)]
    arcs = arcs[arcs["share"] > 0].reset_index(drop=True)
    keys = zip(arcs["provision"], arcs["need"], arcs["phase"], strict=True)
    return arcs.assign(price_gbp=[prices[key] for key in keys])


def _bound(
    tables: Mapping[str, pd.DataFrame],
    case: Case,
    year: int,
    arcs: pd.DataFrame,
    placed: pd.DataFrame,
    rolls: pd.DataFrame,
    name: SolverName,
) -> float:
    """Return the least cost of placing the same children of each cell in the room there is."""
    new = placed.groupby(CELL)["children"].sum()
    model = RoundModel(arcs)
    total = float(new.sum())
    for k in range(len(arcs)):
        model.variable(f"place({k + 1})", total)
    for n, (cell, some) in enumerate(_by(arcs, CELL), start=1):
        model.exactly(f"children({n})", [(k, 1) for k in some], float(new.loc[cell]))
    _rooms(model, tables, year, arcs, placed)
    _taught_rooms(model, tables, case, year, arcs, placed, rolls)
    _class_rooms(model, tables, year, arcs, new)
    prices = arcs["price_gbp"].to_numpy(float)
    model.aim(Step("cost", "Cost of the year", most=False, weights=prices))
    found = solver(name).run(model)
    if found.ended is not Ended.PROVEN:
        raise NotProvenError("Cost of the year", found.ended)
    return found.value


def _rooms(
    model: RoundModel,
    tables: Mapping[str, pd.DataFrame],
    year: int,
    arcs: pd.DataFrame,
    placed: pd.DataFrame,
) -> None:
    """Add a row a provision: no more than the plan placed there, and what it left free.

    Places added by openings count whether the plan used them or not, less the share of them that
    children drawn from mainstream take.
    """
    places = tables["places"]
    here = places[places["year"] == year].set_index("provision")
    used = here["in_use"].where(here["in_use"] > DUST)
    kept = (1.0 - (here["drawn"] / used).fillna(0.0)) * here["added"]
    free = (here["fits"] + kept - here["taken"] + here["over"] - here["roll"]).clip(lower=0.0)
    now = placed.groupby("provision")["children"].sum()
    for n, ((key,), some) in enumerate(_by(arcs, ["provision"]), start=1):
        most = float(free.get(key, 0.0)) + float(now.get(key, 0.0)) + DUST
        model.at_most(f"room({n})", [(k, 1) for k in some], most)


def _taught_rooms(
    model: RoundModel,
    tables: Mapping[str, pd.DataFrame],
    case: Case,
    year: int,
    arcs: pd.DataFrame,
    placed: pd.DataFrame,
    rolls: pd.DataFrame,
) -> None:
    """Add a row for each need and phase that a provision takes only so many children of."""
    limits: dict[tuple[str, str, str], float] = {}
    for row in case.teaches.to_dict("records"):
        key = (row["provision"], str(row["need"]), str(row["phase"]))
        limits[key] = np.inf if blank(row["max_places"]) else float(row["max_places"])
    options = case.options.set_index("option")
    opened = _opened(tables["openings"], year)
    for row in case.option_teaches.to_dict("records"):
        if row["option"] in opened:
            option = options.loc[row["option"]]
            key = (option["provision"], str(row["need"]), str(row["phase"]))
            more = max(0.0, float(option["places"])) if blank(row["max_places"]) else float(
                row["max_places"]
            )  # fmt: skip
            limits[key] = limits.get(key, 0.0) + more
    now = placed.groupby(TAUGHT)["children"].sum()
    roll = rolls["roll"]
    for n, (key, some) in enumerate(_by(arcs, TAUGHT), start=1):
        limit = limits.get((key[0], key[1], key[2]), np.inf)
        if not np.isfinite(limit):
            continue
        here, fresh = float(roll.get(key, 0.0)), float(now.get(key, 0.0))
        most = max(limit, here) - (here - fresh) + DUST
        model.at_most(f"taught({n})", [(k, 1) for k in some], most)


def _class_rooms(
    model: RoundModel,
    tables: Mapping[str, pd.DataFrame],
    year: int,
    arcs: pd.DataFrame,
    new: pd.Series[float],
) -> None:
    """Add a row for each cell and class that is right for only some: a share of those due."""
    unplaced = tables["unplaced"]
    still = unplaced[unplaced["year"] == year].groupby(CELL)["plan"].sum()
    due = new.add(still.reindex(new.index).fillna(0.0))
    some_only = arcs[arcs["share"] < 1]
    positions: Array = some_only.index.to_numpy()
    for n, (key, some) in enumerate(_by(some_only, [*CELL, "class"]), start=1):
        where = positions[some]
        share = float(arcs["share"].iloc[int(where[0])])
        most = share * float(due.loc[key[:3]]) + DUST
        model.at_most(f"right({n})", [(int(k), 1) for k in where], most)
