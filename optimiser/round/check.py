"""The round's own audit: every rule, count and pound worked out again from the tables, with pandas.

It takes no one's word: it starts from the case and the waiting list, not from the round's problem,
and shares no code with the model, its solver or its steps. Nothing is published that fails it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.round_checks import blank, plain_feature
from optimiser.checking import Check

if TYPE_CHECKING:
    from inputs.case import Case
    from inputs.scenario import Scenario
    from inputs.waiting import RoundTables

NO_LIMIT = ("inmss_residential", "eotas", "mainstream_topup")
"""Classes that no limit on a daily journey holds for."""
ONLY_ON_ADVICE = ("inmss_residential", "alternative_provision", "eotas", "mainstream_topup")
LIKE_A_BASE = {"sen_unit": "specialist_base"}
POUND = 1.0
TINY = 1e-6


class RoundFailedError(Exception):
    """A round does not hold what it says: it is not published."""

    def __init__(self, checks: list[Check]) -> None:
        self.checks = checks
        lines = [
            f"{one.name}: off by {one.worst:g} (tolerated {one.tolerance:g}) {one.where}".rstrip()
            for one in checks
            if not one.passed
        ]
        super().__init__("the round failed its check and is not published:\n" + "\n".join(lines))


def check_round(
    case: Case,
    tables: RoundTables,
    travel: pd.DataFrame,
    scenario: Scenario,
    found: dict[str, pd.DataFrame],
) -> list[Check]:
    """Return every check of a round against what was supplied.

    Parameters
    ----------
    case, tables, travel, scenario
        What was supplied: the case, the round's tables, journeys (zone, provision, minutes, miles)
        and the policy.
    found
        The round's own tables: ``children``, ``places`` and ``steps`` are held to account.

    Raises
    ------
    RoundFailedError
        When any check fails.
    """
    placed = _placed(case, tables, travel, scenario, found["children"])
    checks = [
        *_everyone_once(tables, found["children"]),
        _places(placed, found["places"]),
        _pools_fit(placed, tables, found["places"]),
        *_suits(placed, scenario),
        _mixes(case, tables, placed),
        _groups(tables, placed),
        *_steps(placed, scenario, found["steps"]),
        _nobody_left_out(case, tables, travel, scenario, found),
    ]
    if not all(one.passed for one in checks):
        raise RoundFailedError(checks)
    return checks


def _placed(
    case: Case,
    tables: RoundTables,
    travel: pd.DataFrame,
    scenario: Scenario,
    children: pd.DataFrame,
) -> pd.DataFrame:
    """Return the children who have a place, with everything that bears on it, joined afresh."""
    kept = children.loc[
        children["provision"].notna(), ["child", "provision", "cost_gbp", "added_gbp"]
    ]
    joined = kept.merge(tables.waiting, on="child", how="left")
    return _with_facts(case, travel, scenario, joined)


def _with_facts(
    case: Case, travel: pd.DataFrame, scenario: Scenario, pairs: pd.DataFrame
) -> pd.DataFrame:
    """Return pairs of child and provision with journey, price and share for whom it is right."""
    about = case.provisions[["provision", "class", "features", "in_area"]]
    out = pairs.merge(about, on="provision", how="left")
    out["class"] = out["class"].astype(str)
    for column in ("need", "phase"):
        out[column] = out[column].astype(str)
    out = out.merge(
        travel[["zone", "provision", "minutes", "miles"]], on=["zone", "provision"], how="left"
    )
    at_home = out["class"].isin(["eotas", "mainstream_topup"]) & out["minutes"].isna()
    out.loc[at_home, ["minutes", "miles"]] = 0.0
    prices = case.teaches[["provision", "need", "phase", "annual_cost_gbp"]].copy()
    for column in ("need", "phase"):
        prices[column] = prices[column].astype(str)
    out = out.merge(prices, on=["provision", "need", "phase"], how="left")
    out["ride"] = out["minutes"] * scenario.shared_ride_factor
    guideline = {str(key): value for key, value in scenario.guideline_minutes.items()}
    daily = ~out["class"].isin(NO_LIMIT)
    out["over"] = daily & (out["ride"] > out["phase"].map(guideline) + TINY)
    own = case.suitable.assign(
        need=case.suitable["need"].astype(str),
        phase=case.suitable["phase"].astype(str),
        **{"class": case.suitable["class"].astype(str)},
    )
    out = out.merge(own[["need", "phase", "class", "share"]], on=["need", "phase", "class"],
                    how="left")  # fmt: skip
    usual = [
        scenario.suitable.get(
            f"{LIKE_A_BASE.get(kind, kind)}.{need}",
            scenario.suitable.get(f"{LIKE_A_BASE.get(kind, kind)}.other", 1.0),
        )
        for kind, need in zip(out["class"], out["need"], strict=True)
    ]
    out["share"] = out["share"].fillna(pd.Series(usual, index=out.index, dtype=float))
    return out


def _count(name: str, bad: pd.Series[Any], where: pd.Series[Any]) -> Check:
    """Return a check that no row is bad."""
    first = "" if not bad.any() else str(where[bad].iloc[0])
    return Check(name, float(bad.sum()), 0.0, first)


def _everyone_once(tables: RoundTables, children: pd.DataFrame) -> list[Check]:
    """Every child of the list stands in the round once, and nobody else does."""
    twice = children["child"].duplicated()
    strangers = ~children["child"].isin(tables.waiting["child"])
    lost = len(set(tables.waiting["child"]) - set(children["child"]))
    return [
        _count("no child is told of twice", twice, children["child"]),
        _count("nobody is told of who does not wait", strangers, children["child"]),
        Check("every child is told of", float(lost), 0.0),
    ]


def _places(placed: pd.DataFrame, places: pd.DataFrame) -> Check:
    """No place is held twice: children at a provision are at most the places taken there."""
    taken = placed.groupby("provision").size()
    said = places.groupby("provision")[["taken", "places"]].sum()
    both = said.join(taken.rename("children"), how="outer").fillna(0.0)
    off = (both["children"] - both["taken"]).abs() + (both["taken"] - both["places"]).clip(lower=0)
    return Check("no place is held twice", float(off.max()) if len(off) else 0.0, 0.0)


def _pools_fit(placed: pd.DataFrame, tables: RoundTables, places: pd.DataFrame) -> Check:
    """The children at each provision fit its rows of open places, each by need, phase, year, start.

    Rows that can take a child are counted for every set of children that share the rows they can
    use: there are as many places in these rows as children who can use no others.
    """
    rows = tables.vacancies if "vacancies" in tables.supplied else places
    worst = 0.0
    for key, some in placed.groupby("provision"):
        here = rows[rows["provision"] == key].to_dict("records")
        usable = [
            frozenset(k for k, row in enumerate(here) if _takes(row, child))
            for child in some.to_dict("records")
        ]
        for these in {frozenset().union(*group) for group in _unions(usable)}:
            inside = sum(1 for one in usable if one <= these)
            open_ = float(sum(here[k]["places"] for k in these))
            worst = max(worst, inside - open_)
    return Check("open places are for those who have them", worst, 0.0)


def _unions(usable: list[frozenset[Any]]) -> list[list[frozenset[Any]]]:
    """Return the groups of distinct sets whose unions are to be tried (few rows a provision)."""
    kinds = list(dict.fromkeys(usable))
    if len(kinds) > 12:  # then each alone, and all together
        return [[one] for one in kinds] + [kinds]
    return [
        [kind for k, kind in enumerate(kinds) if mask >> k & 1]
        for mask in range(1, 1 << len(kinds))
    ]


def _takes(row: dict[Any, Any], child: dict[Any, Any]) -> bool:
    """Return whether a row of open places is for a child."""
    year = child["nc_year"]
    first, last = row["nc_from"], row["nc_to"]
    if not blank(first) and (blank(year) or year < first):
        return False
    if not blank(last) and (blank(year) or year > last):
        return False
    late = (
        not blank(row["start"])
        and not blank(child["start_by"])
        and row["start"] > child["start_by"]
    )
    return (
        (blank(row["need"]) or str(row["need"]) == child["need"])
        and (blank(row["phase"]) or str(row["phase"]) == child["phase"])
        and not late
    )


def _suits(placed: pd.DataFrame, scenario: Scenario) -> list[Check]:
    """Need and phase are taught; the class, the features and the journey are as they must be."""
    limits = {str(key): value for key, value in scenario.hard_limit_minutes.items()}
    untaught = placed["annual_cost_gbp"].isna()
    too_far = placed["ride"].isna() | (
        ~placed["class"].isin(NO_LIMIT) & (placed["ride"] > placed["phase"].map(limits) + TINY)
    )
    wrong = pd.Series([not _right(row) for row in placed.to_dict("records")], placed.index, bool)
    lacking = pd.Series([_lacks(row) for row in placed.to_dict("records")], placed.index, bool)
    who = placed["child"]
    return [
        _count("need and phase are taught", untaught, who),
        _count("the class is right for the child", wrong, who),
        _count("features are as they must be", lacking, who),
        _count("no journey is beyond the hard limit", too_far, who),
    ]


def _right(row: dict[Any, Any]) -> bool:
    if row["classes"]:
        return row["class"] in row["classes"]
    return bool(row["share"] > 0) and row["class"] not in ONLY_ON_ADVICE


def _lacks(row: dict[Any, Any]) -> bool:
    has = {plain_feature(one) for one in row["features"]}
    must = {plain_feature(one) for one in row["must_have"]}
    not_ = {plain_feature(one) for one in row["must_not_have"]}
    return bool(must - has) or bool(not_ & has)


def _mixes(case: Case, tables: RoundTables, placed: pd.DataFrame) -> Check:
    """No provision comes to hold two needs that it cannot, unless it holds both today."""
    there = case.placed[case.placed["children"] > 0].groupby("provision")["need"].agg(set).to_dict()
    broken, where = 0, ""
    for mix in tables.mixes.to_dict("records"):
        for key, some in placed.groupby("provision"):
            kind = some["class"].iloc[0]
            if not blank(mix["provision"]) and mix["provision"] != key:
                continue
            if not blank(mix["class"]) and str(mix["class"]) != kind:
                continue
            before = {str(one) for one in there.get(key, set())}
            pair = {str(mix["need"]), str(mix["with_need"])}
            if pair <= before:
                continue
            came = set(some["need"])
            if mix["counts_second"]:
                came |= {str(one) for one in some["second_need"] if not blank(one)}
            # a child placed who carries neither need breaks nothing
            if pair <= (before | came) and pair & came:
                broken, where = broken + 1, str(key)
    return Check("no provision holds needs that it cannot hold together", float(broken), 0.0, where)


def _groups(tables: RoundTables, placed: pd.DataFrame) -> Check:
    """No teaching group is over its size, and every child at a provision with groups is in one."""
    worst, where = 0.0, ""
    for key, groups in tables.groups.groupby("provision"):
        here = placed[placed["provision"] == key]
        grouped = 0
        for group in groups.to_dict("records"):
            year = here["nc_year"]
            inside = ((year >= group["nc_from"]) & (year <= group["nc_to"])).fillna(value=False)
            grouped += int(inside.sum())
            room = max(group["size"] - group["there_now"], 0)
            if inside.sum() - room > worst:
                worst, where = float(inside.sum() - room), f"{key} {group['group']}"
        worst = max(worst, float(len(here) - grouped))
    return Check("no teaching group is over its size", worst, 0.0, where)


def _steps(placed: pd.DataFrame, scenario: Scenario, steps: pd.DataFrame) -> list[Check]:
    """The sums of the steps are those of the children who have places."""
    said = dict(zip(steps["step"], steps["value"], strict=True))
    if not said:
        return []
    prefers = [row["provision"] in row["preferred"] for row in placed.to_dict("records")]
    again = {
        "most_children": len(placed),
        "guideline": int(placed["over"].sum()),
        "preferences": sum(prefers),
        "shortest": float(placed["ride"].fillna(0.0).round().sum()),
    }
    checks = [
        Check(f"step {name}", abs(float(said[name]) - value), 0.0) for name, value in again.items()
    ]
    # transport has its own formula: what is told of it must lie within the whole cost told
    rest = placed["cost_gbp"] - placed["annual_cost_gbp"]
    checks.append(
        _count("no placement costs less than its top-up or fee", rest < -POUND, placed["child"])
    )
    waiting = placed["interim_annual_gbp"].fillna(scenario.interim_annual_gbp)
    spent = float((placed["added_gbp"] - waiting).sum())
    # each child's sum was taken to the nearest pound
    tolerance = POUND / 2 * max(1, len(placed))
    checks.append(Check("step least_cost", abs(spent - float(said["least_cost"])), tolerance))
    return checks


def _nobody_left_out(
    case: Case,
    tables: RoundTables,
    travel: pd.DataFrame,
    scenario: Scenario,
    found: dict[str, pd.DataFrame],
) -> Check:
    """No child without a place could simply take one that is left, or that of a shorter wait.

    Only provisions without mixes and groups are looked at, where one child for another breaks no
    rule. This finds an arrangement that is not the best; it cannot prove that one is.
    """
    children = found["children"]
    without = children.loc[children["provision"].isna(), ["child"]]
    joined = without.merge(tables.waiting, on="child", how="left")
    rows = found["places"].reset_index(names="pool")
    pairs = joined.merge(
        rows[["pool", "provision", "left"]], how="cross", suffixes=("", "_of_place")
    )
    pairs = _with_facts(case, travel, scenario, pairs)
    touched = set(tables.groups["provision"]) | {
        str(key)
        for mix in tables.mixes.to_dict("records")
        for key in case.provisions.loc[
            (case.provisions["provision"] == mix["provision"])
            | (case.provisions["class"].astype(str) == str(mix["class"]))
            | (blank(mix["provision"]) and blank(mix["class"])),
            "provision",
        ]
    }
    limits = {str(key): value for key, value in scenario.hard_limit_minutes.items()}
    near = pairs["class"].isin(NO_LIMIT) | (pairs["ride"] <= pairs["phase"].map(limits) + TINY)
    could = (
        pairs["annual_cost_gbp"].notna()
        & pairs["ride"].notna()
        & near
        & ~pairs["provision"].isin(touched)
    )
    pairs = pairs[could]
    sits = children.loc[children["provision"].notna()]
    shortest = sits.groupby(["provision", "need", "phase"])["weeks"].min().to_dict()
    by_pool = dict(enumerate(rows.to_dict("records")))
    pools_at = rows["provision"].value_counts().to_dict()
    bad = 0
    where = ""
    for row in pairs.to_dict("records"):
        key = (row["provision"], row["need"], row["phase"])
        alone = pools_at[row["provision"]] == 1
        shorter = alone and shortest.get(key, float("inf")) < row["weeks_waiting"]
        if not shorter and row["left"] <= 0:
            continue
        if not _right(row) or _lacks(row) or not _takes(by_pool[row["pool"]], row):
            continue
        if row["left"] > 0 or shorter:
            bad, where = bad + 1, str(row["child"])
    return Check("nobody is left out who could simply have a place", float(bad), 0.0, where)
