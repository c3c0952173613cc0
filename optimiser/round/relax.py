"""Which one rule keeps a child without a place, and what one place more would be worth.

Relaxing one rule for one child means: that child, and no other, may go where only that rule stood
in the way. It *would place them* if the best arrangement, by most children and longest waits, then
has a place for them. Either nobody loses a place by it (others may move), or the child takes the
place of one who has waited less.

To know which, the round is solved again with one place kept back from each pool that such a child
could then use: if as many children have places without it, one could be given away freely; if one
fewer, the arrangement without it shows who would give way. Each answer is about one rule alone, the
rest of the arrangement's mixes and groups as they stand; that none alone would is an answer too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from inputs.round_checks import blank
from optimiser.round.again import Parts, Totals, full_provisions, left_over
from optimiser.round.chains import Chains, chains_hold
from optimiser.round.problem import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.kinds import Indices, Mask
    from optimiser.round.arrange import Arrangement
    from optimiser.round.problem import RoundProblem
    from optimiser.round.solver import Solver

EASIEST_FIRST = (
    Rule.FULL,
    Rule.START,
    Rule.YEAR,
    Rule.GROUP,
    Rule.MIX,
    Rule.JOURNEY,
    Rule.FEATURE,
    Rule.CLASS,
    Rule.NEED,
)
"""The rules that can be relaxed, from the one that most easily is to the one that hardly can be (a
judgement). The phase is not among them: it follows from the child's age."""


SOLVED_AGAIN_AT_MOST = 3_000
"""Arcs of a round that is solved again for each question; beyond it, that would take minutes."""


class Worth(Protocol):
    """What finds the worth of a place, one more or one kept back."""

    def with_one_more(self, provisions: Indices) -> dict[int, Totals]:
        """Return what changes in the best arrangement with one place more at each provision."""

    def with_one_kept(self, v: int) -> Totals:
        """Return what changes in the best arrangement without one of the places of a pool."""


class AtWhosePrice(StrEnum):
    """What relaxing a rule for a child costs another."""

    NOBODYS = "nobody loses a place"
    SHORTER_WAIT = "another who has waited less gives way"


@dataclass(frozen=True)
class Evidence:
    """Tables beside an arrangement.

    Parameters
    ----------
    blockers
        i, rule (name), p (a provision where only that rule stands in the way; for ``full``, one
        where the child is suitable and no place is left), price (`AtWhosePrice`): one row for each
        way in which relaxing one rule would place a child who has no place.
    one_more
        p, children, weeks, over_guideline, preferred, minutes, added_gbp: what changes, over all
        children who have places, with one place more there now. Rows for provisions without a
        place left that are suitable for some child.
    """

    blockers: pd.DataFrame
    one_more: pd.DataFrame


def evidence(
    problem: RoundProblem,
    arrangement: Arrangement,
    make: Callable[[], Solver],
    *,
    values: bool = True,
) -> Evidence:
    """Return the evidence beside an arrangement.

    A round of few arcs is solved again for each question, by the elastic model. In a large one
    the same answers are found along chains of moves (`optimiser.round.chains`), which takes
    seconds instead of an hour.

    Parameters
    ----------
    problem, arrangement
        What was asked and answered.
    make
        Makes a solver, for the re-solves of one part of the round.
    values
        Whether to find what one place more is worth at each full provision.
    """
    problem = as_mixed(problem, arrangement)
    large = len(problem.arcs) > SOLVED_AGAIN_AT_MOST and chains_hold(problem)
    again: Worth = Chains(problem, arrangement) if large else Parts(problem, arrangement, make)
    worth = _values(problem, arrangement, again) if values else _no_values()
    return Evidence(_blockers(problem, arrangement, again), worth)


def _no_values() -> pd.DataFrame:
    columns = ["p", *Totals.__dataclass_fields__]
    return pd.DataFrame(columns=columns).astype({"p": int})


def _values(problem: RoundProblem, arrangement: Arrangement, again: Worth) -> pd.DataFrame:
    """Return what changes with one place more at each full provision."""
    changes = again.with_one_more(full_provisions(problem, arrangement))
    rows = [{"p": p} | asdict(change) for p, change in sorted(changes.items())]
    return pd.DataFrame(rows) if rows else _no_values()


def _blockers(problem: RoundProblem, arrangement: Arrangement, again: Worth) -> pd.DataFrame:
    """Return every way in which relaxing one rule would place a child who has no place."""
    rows: list[tuple[int, str, int, str]] = []
    alone = standing_alone(problem, arrangement)
    full = alone["rule"] == int(Rule.FULL)
    for i, p in alone.loc[full, ["i", "p"]].drop_duplicates().itertuples(index=False):
        rows.append((i, _name(Rule.FULL), p, AtWhosePrice.NOBODYS))
    weeks = problem.children["weeks"].to_numpy(float)
    left = left_over(problem, arrangement)
    for key, some in alone[~full].groupby("v"):
        v = int(str(key))
        lost = Totals(0) if left[v] > 0 else again.with_one_kept(v)
        for i, p, rule in some[["i", "p", "rule"]].itertuples(index=False):
            if lost.children >= 0:
                rows.append((i, _name(Rule(rule)), p, AtWhosePrice.NOBODYS))
            elif lost.children == -1 and -lost.weeks < weeks[i]:
                rows.append((i, _name(Rule(rule)), p, AtWhosePrice.SHORTER_WAIT))
    found = pd.DataFrame(rows, columns=["i", "rule", "p", "price"])
    order = {_name(rule): k for k, rule in enumerate(EASIEST_FIRST)}
    found["order"] = found["rule"].map(order)
    found["minutes"] = problem.ride_minutes[found["i"].to_numpy(int), found["p"].to_numpy(int)]
    # of two pools of a provision, the one that costs nobody a place is told
    cheaper = found["price"].map({AtWhosePrice.NOBODYS: 0, AtWhosePrice.SHORTER_WAIT: 1})
    found = found.assign(cheaper=cheaper)
    found = found.sort_values(["i", "order", "cheaper", "minutes", "p"], ignore_index=True)
    found = found.drop_duplicates(["i", "rule", "p"], ignore_index=True)
    return found[["i", "rule", "p", "price"]]


def _name(rule: Rule) -> str:
    return str(rule.name).lower()


def as_mixed(problem: RoundProblem, arrangement: Arrangement) -> RoundProblem:
    """Return the problem with every mix decided as the arrangement's children decide it.

    A mix that they leave open goes to the need that more of the children with an arc there carry.
    """
    if not problem.mixes:
        return problem
    barred, _ = against_the_arrangement(problem, arrangement)
    i, p = problem.arcs["i"].to_numpy(int), problem.arcs["p"].to_numpy(int)
    for mix in problem.mixes:
        if barred[mix.one, mix.p].any() or barred[mix.other, mix.p].any():
            continue
        here = i[p == mix.p]
        fewer = np.isin(here, mix.one).sum() < np.isin(here, mix.other).sum()
        barred[mix.one if fewer else mix.other, mix.p] = True
    return replace(
        problem,
        static=problem.static | barred * int(Rule.MIX),
        arcs=problem.arcs[~barred[i, p]].reset_index(drop=True),
        mixes=(),
    )


def standing_alone(problem: RoundProblem, arrangement: Arrangement) -> pd.DataFrame:
    """Return i, v, p, rule: where one rule alone stands between a child and a pool's places.

    Only children without a place. ``full`` stands alone where no rule does; its ``v`` is -1 where
    the provision has no pool for the child at all.
    """
    of = problem.pools["p"].to_numpy(int)
    children = np.flatnonzero(arrangement.pool_of < 0)
    mix, group = against_the_arrangement(problem, arrangement)
    rules = problem.static | mix * int(Rule.MIX) | group * int(Rule.GROUP)
    rules = rules[children]
    parts = []
    stands = rules[:, of] | problem.pool_rules[children]
    other = _for_another(problem, children)
    can_be = sum(int(rule) for rule in EASIEST_FIRST)
    single = (stands > 0) & ((stands & (stands - 1)) == 0) & ((stands & can_be) > 0) & ~other
    i, v = np.nonzero(single)
    parts.append(
        pd.DataFrame({"i": children[i], "v": v, "p": of[v], "rule": stands[i, v]}, dtype=int)
    )
    i, p = np.nonzero(rules == 0)
    parts.append(
        pd.DataFrame({"i": children[i], "v": -1, "p": p, "rule": int(Rule.FULL)}, dtype=int)
    )
    return pd.concat(parts, ignore_index=True)


def _for_another(problem: RoundProblem, children: Indices) -> Mask:
    """Return (children, V): the pool is for another phase, or for another need not itself relaxed.

    Relaxing the need of a provision opens those of its places that are for any need.
    """
    of = problem.pools["p"].to_numpy(int)
    here = problem.children.iloc[children]
    out = np.zeros((len(children), len(of)), dtype=bool)
    for column in ("need", "phase"):
        stated = problem.pools[column].to_numpy(object)
        some = np.array([not blank(one) for one in stated], dtype=bool)
        out |= some[None, :] & (here[column].to_numpy(object)[:, None] != stated[None, :])
    return out


def against_the_arrangement(problem: RoundProblem, arrangement: Arrangement) -> tuple[Mask, Mask]:
    """Return (n, P) twice: the arrangement's own children bar the child by a mix; fill its group.

    Mixes that children there now decide, and groups they fill, are among the rules already.
    """
    shape = problem.static.shape
    mixed, filled = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    at = arrangement.provision_of(problem)
    for mix in problem.mixes:
        there = np.flatnonzero(at == mix.p)
        if np.isin(there, mix.one).any():
            mixed[mix.other, mix.p] = True
        if np.isin(there, mix.other).any():
            mixed[mix.one, mix.p] = True
    if len(problem.groups):
        placed = np.flatnonzero(at >= 0)
        used = problem.group_of[placed, at[placed]]
        count = np.bincount(used[used >= 0], minlength=len(problem.groups))
        full = np.append(count >= problem.groups["room"].to_numpy(int), False)
        which = np.where(problem.group_of >= 0, problem.group_of, len(problem.groups))
        filled = full[which]
    return mixed, filled


def full_now(problem: RoundProblem, arrangement: Arrangement) -> Indices:
    """Return (n, P) the rules that keep each child from each provision, the arrangement counted.

    To the rules of the problem come MIX and GROUP from the arrangement's own children, and FULL
    where a pool was open to the child and none of its places is left. The provision in which the
    child has a place has no rule against it.
    """
    mix, group = against_the_arrangement(problem, arrangement)
    rules = problem.rules | mix * int(Rule.MIX) | group * int(Rule.GROUP)
    of = problem.pools["p"].to_numpy(int)
    left = left_over(problem, arrangement) > 0
    usable = (problem.pool_rules == 0) & ~problem.pool_other
    room = np.zeros(rules.shape, dtype=bool)
    for v in np.flatnonzero(left):
        room[:, of[v]] |= usable[:, v]
    open_once = (problem.rules & int(Rule.FULL | Rule.START | Rule.YEAR)) == 0
    rules = rules | (open_once & ~room) * int(Rule.FULL)
    at = arrangement.provision_of(problem)
    placed = np.flatnonzero(at >= 0)
    rules[placed, at[placed]] = 0
    found: Indices = rules
    return found
