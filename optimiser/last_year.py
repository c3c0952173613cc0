"""Last year's case on this year's calendar: what was expected, and one group switched at a time.

Children placed last year are a year older or gone; those whom last year's plan placed since are
there; those it left waiting wait. Decisions taken are locked. Then groups of tables and of policy
are taken from the new case, one after another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.vocabulary import PHASE_YEARS, Phase
from optimiser.stays import Stays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inputs.case import Case
    from inputs.scenario import Scenario

GROUPS = ("demand", "prices", "capacity", "policy")
"""Groups of inputs, in the order in which they are switched."""
PRICES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "provisions": (("provision",), ("place_funding_gbp", "fixed_annual_gbp")),
    "teaches": (("provision", "need", "phase"), ("annual_cost_gbp", "fee_growth")),
    "options": (("option",), ("capital_gbp", "setup_gbp", "fixed_annual_gbp")),
    "option_teaches": (("option", "need", "phase"), ("annual_cost_gbp",)),
}
"""Keys and columns of money in the tables of supply."""
DEMAND_KEYS = frozenset(
    {"goes_to_inmss", "drawn_from_mainstream", "cessation_a_year", "stay_on", "suitable", "demand"}
)
PRICE_KEYS = frozenset(
    {
        "fee_growth", "fee_growth_by_class", "transport_growth", "place_funding_gbp",
        "unfilled_place_gbp", "mainstream_topup_gbp", "interim_annual_gbp",
        "transport_average_gbp", "transport_fixed_per_run_gbp", "transport_per_child_run_gbp",
        "transport_per_mile_run_gbp", "transport_wheelchair_run_gbp",
    }
)  # fmt: skip
CAPACITY_KEYS = frozenset({"planning_occupancy", "available_growth", "other_authorities"})
"""Keys of a scenario by group; all others are policy."""


@dataclass(frozen=True)
class LastYear:
    """Last year's case, policy and plan.

    Parameters
    ----------
    case, scenario
        As they were planned from.
    placements, unplaced
        Tables of the run: zone, need, phase, year, provision, children; zone, need, phase, year,
        plan.
    openings
        Option to the year in which the plan opened it.
    """

    case: Case
    scenario: Scenario
    placements: pd.DataFrame
    unplaced: pd.DataFrame
    openings: Mapping[str, int]


def stages(
    last: LastYear, case: Case, scenario: Scenario, locked: Mapping[str, int]
) -> list[tuple[str, Case, Scenario]]:
    """Return the case and policy of every step, from last year's expectations to this year's.

    Parameters
    ----------
    last
        Last year.
    case, scenario
        This year's; the base year is later than last year's.
    locked
        Option to the year in which it opens, whatever is decided.
    """
    switched: set[str] = set()
    found = []
    for group in ("", *GROUPS):
        switched |= {group} - {""}
        posed = with_locks(_case(last, case, switched), locked)
        found.append((group, posed, _policy(last, case, scenario, posed, switched)))
    return found


def with_locks(case: Case, locked: Mapping[str, int]) -> Case:
    """Return a case in which decisions taken are commitments; one that it has not is left out."""
    options = case.options.copy()
    for option, year in locked.items():
        here = options["option"] == option
        options.loc[here, ["earliest", "latest"]] = pd.NA
        options.loc[here, "committed_year"] = year
    return replace(case, options=options)


def _case(last: LastYear, case: Case, switched: set[str]) -> Case:
    """Return the case of one step: tables of the groups switched are this year's."""
    old, gap = last.case, case.base_year - last.case.base_year
    frames: dict[str, pd.DataFrame] = {"zones": _both(case.zones, old.zones, "zone")}
    supply = case if "capacity" in switched else _rolled(last, gap)
    for name in PRICES:
        frames[name] = getattr(supply, name)
    if "capacity" not in switched:
        frames |= _needed(case, frames)
    else:
        frames["provisions"] = _kept_for_those_there(case, old, frames["provisions"])
    priced = case if "prices" in switched else old
    for name, (keys, columns) in PRICES.items():
        frames[name] = _priced(frames[name], getattr(priced, name), keys, columns)
    for name in ("fleet", "transport_rates"):
        frames[name] = getattr(priced, name)
    if "demand" in switched:
        frames |= {one: getattr(case, one) for one in ("placed", "entrants", "stay", "suitable")}
    else:
        frames |= {
            "placed": expected_placed(last, case.base_year),
            "entrants": expected_entrants(last, case),
            "stay": old.stay,
            "suitable": old.suitable,
        }
    known = set(frames["provisions"]["provision"])
    frames["placed"] = frames["placed"][frames["placed"]["provision"].isin(known)]
    frames = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
    changes: dict[str, Any] = frames
    return replace(case, **changes, draws=None)


def _both(new: pd.DataFrame, old: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return this year's rows, and those of last year that this year lacks."""
    return _under(new, old[~old[key].isin(new[key])])


def _under(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return two tables of one kind under each other, of the first one's types."""
    if not len(other):
        return one.reset_index(drop=True)
    if not len(one):
        return other.reset_index(drop=True)
    both = pd.concat([one.astype(object), other.astype(object)], ignore_index=True)
    return both.astype(one.dtypes.to_dict())


def _rolled(last: LastYear, gap: int) -> Case:
    """Return last year's case with what opened before this year built, and leads run down."""
    old = last.case
    year = old.base_year + gap
    built = [name for name, opens in last.openings.items() if opens < year]
    provisions, teaches = old.provisions.copy(), old.teaches
    for option in old.options[old.options["option"].isin(built)].to_dict("records"):
        here = provisions["provision"] == option["provision"]
        provisions.loc[here, "places"] += float(option["places"])
        known = provisions.loc[here, "physical_places"].notna()
        more = option["physical_places"]
        more = float(option["places"]) if pd.isna(more) else float(more)
        provisions.loc[here & known.reindex(provisions.index, fill_value=False),
                       "physical_places"] += more  # fmt: skip
        taught = old.option_teaches[old.option_teaches["option"] == option["option"]]
        for row in taught.to_dict("records"):
            teaches = _taught_too(teaches, str(option["provision"]), row)
    left = old.options[~old.options["option"].isin(built)].copy()
    left["lead_years"] = np.maximum(left["lead_years"].to_numpy(int) - gap, 0)
    gone = left["committed_year"].notna() & (left["committed_year"].fillna(0).astype(int) < year)
    left.loc[gone, "committed_year"] = pd.NA
    for heading in ("requires", "excludes"):
        left[heading] = [
            tuple(one for one in names or () if one not in built) for names in left[heading]
        ]
    option_teaches = old.option_teaches[old.option_teaches["option"].isin(left["option"])]
    return replace(
        old, provisions=provisions, teaches=teaches, options=left, option_teaches=option_teaches
    )


def _taught_too(teaches: pd.DataFrame, provision: str, row: Mapping[Any, Any]) -> pd.DataFrame:
    """Return the table with what a built option teaches: a row more, or a larger limit."""
    here = (
        (teaches["provision"] == provision)
        & (teaches["need"] == row["need"])
        & (teaches["phase"] == row["phase"])
    )
    most = row["max_places"]
    if here.any():
        teaches = teaches.copy()
        more = np.nan if pd.isna(most) else float(most)
        teaches.loc[here, "max_places"] += more
        return teaches
    added = dict.fromkeys(teaches.columns) | {
        "provision": provision, "need": row["need"], "phase": row["phase"], "max_places": most,
        "annual_cost_gbp": row["annual_cost_gbp"], "fee_growth": np.nan,
    }  # fmt: skip
    return _under(teaches, pd.DataFrame([added]))


def _needed(case: Case, frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return provisions and what they teach with this year's new ones, which have no room yet.

    Children may be there already; their room comes with the group of capacity.
    """
    new = case.provisions[~case.provisions["provision"].isin(frames["provisions"]["provision"])]
    shut = new.assign(places=0.0, physical_places=np.nan)
    none: Any = pd.Series([((0, 0.0),)] * len(shut), index=shut.index, dtype=object)
    shut["available_places"] = none
    taught = case.teaches[case.teaches["provision"].isin(new["provision"])]
    return {
        "provisions": _under(frames["provisions"], shut),
        "teaches": _under(frames["teaches"], taught.assign(max_places=0.0)),
    }


def _kept_for_those_there(case: Case, old: Case, provisions: pd.DataFrame) -> pd.DataFrame:
    """Return provisions with those of last year that are gone: closed to new children."""
    gone = old.provisions[~old.provisions["provision"].isin(provisions["provision"])]
    return _under(provisions, gone.assign(closes=case.base_year))


def _priced(
    frame: pd.DataFrame, prices: pd.DataFrame, keys: tuple[str, ...], columns: tuple[str, ...]
) -> pd.DataFrame:
    """Return a table with the columns of money of another, for rows that the other has too."""
    known = prices.drop_duplicates(list(keys)).set_index(list(keys))
    wanted = pd.MultiIndex.from_frame(frame[list(keys)]) if len(keys) > 1 else frame[keys[0]]
    there = wanted.isin(known.index)
    out = frame.copy()
    for column in columns:
        other = known[column].reindex(wanted).to_numpy()
        out[column] = np.where(there, other, out[column].to_numpy())
        out[column] = out[column].astype(frame[column].dtype)
    return out


def expected_placed(last: LastYear, year: int) -> pd.DataFrame:
    """Return who was expected to be placed by a year: last year's children aged, and its entrants.

    Children leave by year group and by the rate of cessation, as the plan has them leave. Of those
    whom the plan placed, the year groups are those of the entrants of their zone, need and phase.
    """
    old = last.case
    stays = Stays(old.stay, last.scenario.cessation_a_year)
    k = year - old.base_year
    rows = []
    for row in old.placed.to_dict("records"):
        nc = row["nc_year"]
        left = float(row["children"])
        if row["authority"] is None or pd.isna(row["authority"]):
            left *= float(stays.pinned(str(row["phase"]), None if pd.isna(nc) else float(nc))[k])
            nc = nc if pd.isna(nc) else int(nc) + k
        rows.append(dict(row) | {"children": left, "nc_year": nc})
    mixes = _mixes(old.entrants)
    since = last.placements[last.placements["year"] < year]
    for one in since.to_dict("records"):
        cell = one["zone"], one["need"], one["phase"], int(one["year"])
        n = year - int(one["year"])
        for nc, kind, share in mixes.get(cell, [(None, "new", 1.0)]):
            there = stays.remaining(str(one["need"]), str(one["phase"]), nc, kind)[n]
            rows.append(
                dict.fromkeys(old.placed.columns)
                | {
                    "provision": one["provision"], "need": one["need"], "phase": one["phase"],
                    "zone": one["zone"], "children": float(one["children"]) * share * float(there),
                    "nc_year": _aged(str(one["phase"]), nc, n),
                }
            )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(old.placed.columns))
    frame = frame[frame["children"] > 1e-9]
    keys = [name for name in frame.columns if name != "children"]
    summed = frame.groupby(keys, dropna=False, sort=False)["children"].sum().reset_index()
    out = summed[list(old.placed.columns)].copy()
    for column, kind in old.placed.dtypes.items():
        out[column] = out[column].where(out[column].notna(), None)
        out[column] = out[column].astype(kind)
    return out


def _aged(phase: str, nc_year: float | None, years: int) -> int | None:
    """Return the year group some years on, never beyond the last of the phase."""
    if nc_year is None or pd.isna(nc_year):
        return None
    return min(int(nc_year) + years, PHASE_YEARS[Phase(phase)][1])


def _mixes(entrants: pd.DataFrame) -> dict[Any, list[tuple[float | None, str, float]]]:
    """Return (zone, need, phase, year) to its year groups and kinds, with their shares."""
    mean = entrants[entrants["draw"].isna()]
    found: dict[Any, list[tuple[float | None, str, float]]] = {}
    for row in mean.to_dict("records"):
        cell = row["zone"], str(row["need"]), str(row["phase"]), int(row["year"])
        nc = None if pd.isna(row["nc_year"]) else float(row["nc_year"])
        found.setdefault(cell, []).append((nc, str(row["kind"]), float(row["children"])))
    return {
        cell: [(nc, kind, n / total) for nc, kind, n in some]
        for cell, some in found.items()
        if (total := sum(n for _, _, n in some)) > 0
    }


def expected_entrants(last: LastYear, case: Case) -> pd.DataFrame:
    """Return the entrants that last year's case had for this year's calendar.

    Years that it did not reach are this year's own. Children whom last year's plan left without a
    place the year before wait in the first year, as far as they would still need one.
    """
    old, first = last.case, case.base_year
    mean = old.entrants[old.entrants["draw"].isna()]
    kept = mean[(mean["year"] >= first) & (mean["year"] <= case.years[-1])]
    beyond = case.entrants[case.entrants["draw"].isna()]
    beyond = beyond[beyond["year"] > old.years[-1]]
    stays = Stays(old.stay, last.scenario.cessation_a_year)
    rows = []
    for one in last.unplaced[last.unplaced["year"] == first - 1].to_dict("records"):
        still = float(stays.remaining(str(one["need"]), str(one["phase"]), None, "new")[1])
        if float(one["plan"]) * still > 1e-9:
            rows.append(
                dict.fromkeys(old.entrants.columns)
                | {
                    "zone": one["zone"], "need": one["need"], "phase": one["phase"],
                    "year": first, "children": float(one["plan"]) * still, "kind": "waiting",
                }
            )  # fmt: skip
    waiting = pd.DataFrame(rows, columns=list(old.entrants.columns))
    return _under(_under(kept, beyond[list(kept.columns)]), waiting)


def _policy(
    last: LastYear, case: Case, scenario: Scenario, posed: Case, switched: set[str]
) -> Scenario:
    """Return the policy of one step, without what its case has no row for."""
    group_of = dict.fromkeys(DEMAND_KEYS, "demand") | dict.fromkeys(PRICE_KEYS, "prices")
    group_of |= dict.fromkeys(CAPACITY_KEYS, "capacity")
    values = {
        name: getattr(scenario if group_of.get(name, "policy") in switched else last.scenario, name)
        for name in type(scenario).model_fields
    }
    funded = {str(one) for one in posed.options["funding"].dropna()}
    values["capital_budget_by_grant_gbp"] = {
        name: gbp for name, gbp in values["capital_budget_by_grant_gbp"].items() if name in funded
    }
    values["capital_budget_by_year_gbp"] = {
        year: gbp
        for year, gbp in values["capital_budget_by_year_gbp"].items()
        if year in case.years
    }
    places = {str(one) for table in (posed.zones, posed.provisions)
              for one in table["locality"].dropna()}  # fmt: skip
    values["places_rules"] = tuple(
        rule
        for rule in values["places_rules"]
        if rule.year <= case.years[-1] and (rule.locality is None or rule.locality in places)
    )
    return scenario.model_copy(update=values)
