"""Which rules keep a provision, or a pool of its places, from a child: one function a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inputs.round_checks import blank, plain_feature
from inputs.vocabulary import ProvisionClass
from optimiser.journeys import within_limit
from optimiser.round.problem import Mix, Rule

if TYPE_CHECKING:
    import pandas as pd

    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.kinds import Array, Indices, Mask

ON_ADVICE = frozenset(
    {
        ProvisionClass.INMSS_RESIDENTIAL.value,
        ProvisionClass.ALTERNATIVE_PROVISION.value,
        ProvisionClass.MAINSTREAM_TOPUP.value,
        ProvisionClass.EOTAS.value,
    }
)
"""Classes that are considered only for a child whose row names them in ``classes``.

A judgement of this project: boarding, alternative provision and education otherwise than at school
(Children and Families Act 2014, section 61) are right on a child's own advice, and a waiting list
must not be shortened by them unasked.
"""
SAME_AS_A_BASE = {"sen_unit": "specialist_base"}


def need_and_phase(children: pd.DataFrame, provisions: pd.DataFrame, teaches: pd.DataFrame) -> Mask:
    """Return (2, n, P): the need is not taught in any phase; the phase is not, for that need.

    Where neither the need nor the phase is taught at all, both are told.
    """
    pairs = set(zip(teaches["provision"], teaches["need"], teaches["phase"], strict=True))
    needs = {(key, need) for key, need, _ in pairs}
    phases = {(key, phase) for key, _, phase in pairs}
    keys = provisions["provision"].tolist()
    cells = children[["need", "phase"]].drop_duplicates().itertuples(index=False, name=None)
    out = np.zeros((2, len(children), len(provisions)), dtype=bool)
    for need, phase in cells:
        here = (children["need"] == need).to_numpy() & (children["phase"] == phase).to_numpy()
        taught = np.array([(key, need, phase) in pairs for key in keys])
        need_known = np.array([(key, need) in needs for key in keys])
        phase_known = np.array([(key, phase) in phases for key in keys])
        out[0, here] = ~need_known
        out[1, here] = ~taught & (need_known | ~phase_known)
    return out


def right_shares(
    case: Case, scenario: Scenario, children: pd.DataFrame, provisions: pd.DataFrame
) -> Array:
    """Return (n, P) share of children of that need and phase for whom the class is right.

    The case's own row wins; then the dated value for the class and need, then for the class; a
    class with neither is right for all.
    """
    own = {
        (str(row["need"]), str(row["phase"]), str(row["class"])): float(row["share"])
        for row in case.suitable.to_dict("records")
    }
    usual = scenario.suitable
    out = np.ones((len(children), len(provisions)))
    classes = provisions["class"].to_numpy(str)
    cells = children[["need", "phase"]].to_numpy(str)
    for need, phase in {tuple(one) for one in cells}:
        here = (cells[:, 0] == need) & (cells[:, 1] == phase)
        for kind in np.unique(classes):
            like = SAME_AS_A_BASE.get(kind, kind)
            share = usual.get(f"{like}.{need}", usual.get(f"{like}.other", 1.0))
            out[np.ix_(here, classes == kind)] = own.get((need, phase, kind), share)
    return out


def wrong_class(children: pd.DataFrame, provisions: pd.DataFrame, right: Array) -> Mask:
    """Return (n, P): the class is not right.

    Where a child's own advice names classes, these and no others are right. Otherwise a class is
    wrong that is right for no child of that need and phase, or that is only ever right on advice.
    """
    kinds = provisions["class"].to_numpy(str)
    wrong: Mask = (right <= 0) | np.isin(kinds, list(ON_ADVICE))[None, :]
    for i, advised in enumerate(children["classes"]):
        if advised:
            wrong[i] = ~np.isin(kinds, list(advised))
    return wrong


def lacks_a_feature(children: pd.DataFrame, provisions: pd.DataFrame) -> Mask:
    """Return (n, P): a must-have is not among the features, or a must-not-have is."""
    offered = [{plain_feature(one) for one in some or ()} for some in provisions["features"]]
    out = np.zeros((len(children), len(provisions)), dtype=bool)
    for i, (must, not_) in enumerate(
        zip(children["must_have"], children["must_not_have"], strict=True)
    ):
        if not must and not not_:
            continue
        asked = {plain_feature(one) for one in must}
        refused = {plain_feature(one) for one in not_}
        out[i] = [bool(asked - some) or bool(refused & some) for some in offered]
    return out


def too_far(
    children: pd.DataFrame, provisions: pd.DataFrame, ride: Array, scenario: Scenario
) -> Mask:
    """Return (n, P): the shared ride is beyond the hard limit of the phase, or there is no road."""
    phases, kinds = children["phase"].to_numpy(str), provisions["class"].to_numpy(str)
    out = np.zeros(ride.shape, dtype=bool)
    for phase in np.unique(phases):
        here = phases == phase
        out[here] = ~within_limit(ride[here], kinds[None, :], np.array([phase]), scenario)
    return out


def mixing(
    children: pd.DataFrame, provisions: pd.DataFrame, mixes: pd.DataFrame
) -> tuple[Mask, tuple[Mix, ...], list[str]]:
    """Return (n, P) what mixes bar already, the mixes still open, and where a rule is kept by none.

    Children there now count by their primary need. Where one of the two needs is there, children
    who carry the other are barred; where both are there already, the rule is not kept today and
    bars nobody (the provision is named); where neither is, either may come, but not both. A child
    who carries both needs, where second needs count, is barred wherever the rule holds.
    """
    barred = np.zeros((len(children), len(provisions)), dtype=bool)
    still: list[Mix] = []
    broken: list[str] = []
    needs = children["need"].to_numpy(object)
    seconds = children["second_need"].to_numpy(object)
    for row in mixes.to_dict("records"):
        one, other = str(row["need"]), str(row["with_need"])
        second = bool(row["counts_second"])
        has_one = (needs == one) | (second & (seconds == one))
        has_other = (needs == other) | (second & (seconds == other))
        for p, (key, kind, there) in enumerate(
            zip(provisions["provision"], provisions["class"], provisions["others"], strict=True)
        ):
            if not blank(row["provision"]) and row["provision"] != key:
                continue
            if not blank(row["class"]) and str(row["class"]) != kind:
                continue
            if one in there and other in there:
                broken.append(f"{key} already has children of {one} and of {other}")
                continue
            barred[has_one & has_other, p] = True
            if one in there:
                barred[has_other, p] = True
            elif other in there:
                barred[has_one, p] = True
            else:
                still.append(Mix(p, np.flatnonzero(has_one), np.flatnonzero(has_other)))
    return barred, tuple(still), broken


def pool_rules(problem_children: pd.DataFrame, pools: pd.DataFrame) -> tuple[Indices, Mask]:
    """Return (n, V) START and YEAR as rules of each pool, and (n, V) it is for another need."""
    n, count = len(problem_children), len(pools)
    rules = np.zeros((n, count), dtype=np.int64)
    other = np.zeros((n, count), dtype=bool)
    needs = problem_children["need"].to_numpy(object)
    phases = problem_children["phase"].to_numpy(object)
    years = np.array([np.nan if blank(y) else float(y) for y in problem_children["nc_year"]])
    for v, row in enumerate(pools.to_dict("records")):
        if not blank(row["need"]):
            other[:, v] |= needs != row["need"]
        if not blank(row["phase"]):
            other[:, v] |= phases != row["phase"]
        first = -np.inf if blank(row["nc_from"]) else float(row["nc_from"])
        last = np.inf if blank(row["nc_to"]) else float(row["nc_to"])
        if np.isfinite(first) or np.isfinite(last):  # an unknown year fits no stated range
            fits = (years >= first) & (years <= last)
            rules[~fits, v] |= int(Rule.YEAR)
        if not blank(row["start"]):
            late = [not blank(by) and row["start"] > by for by in problem_children["start_by"]]
            rules[np.array(late, dtype=bool), v] |= int(Rule.START)
    return rules, other


def groups_of(children: pd.DataFrame, provisions: pd.DataFrame, groups: pd.DataFrame) -> Indices:
    """Return (n, P) the teaching group that the child's year falls in; -1 none; -2 not known.

    -2 stands where the provision has groups and none is of the child's year, or the year is blank.
    """
    out = np.full((len(children), len(provisions)), -1, dtype=np.int64)
    years = np.array([np.nan if blank(y) else float(y) for y in children["nc_year"]])
    for p, some in groups.groupby("p"):
        at = int(str(p))
        out[:, at] = -2
        for g, first, last in zip(some.index, some["nc_from"], some["nc_to"], strict=True):
            out[(years >= first) & (years <= last), at] = g
    return out
