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

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.round_checks import blank
from optimiser.round.again import Again, Totals, full_provisions, left_over, parts_of
from optimiser.round.problem import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.kinds import Array, Indices, Mask
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

    Parameters
    ----------
    problem, arrangement
        What was asked and answered.
    make
        Makes a solver, for the re-solves of one part of the round.
    values
        Whether to find what one place more is worth at each full provision.
    """
    again = Parts(problem, make)
    worth = _values(problem, arrangement, again) if values else _no_values()
    return Evidence(_blockers(problem, arrangement, again), worth)


class Parts:
    """The parts of a round, each made ready to be solved again when it is first asked for."""

    def __init__(self, problem: RoundProblem, make: Callable[[], Solver]) -> None:
        self._problem, self._make = problem, make
        arcs = problem.arcs
        self._part = parts_of(problem) if len(arcs) else np.array([], dtype=np.int64)
        self._of_child = np.full(len(problem.children), -1, dtype=np.int64)
        self._of_child[arcs["i"].to_numpy(int)] = self._part
        self._kept: dict[int, Again] = {}

    def touched(self, p: int) -> frozenset[int]:
        """Return the parts whose children a provision would suit."""
        some = self._of_child[self._problem.static[:, p] == 0]
        return frozenset(some[some >= 0].tolist())

    def with_extra(self, parts: frozenset[int], extra: list[int]) -> Again:
        """Return parts together, with an extra pool without places at some provisions."""
        arcs = self._problem.arcs[np.isin(self._part, list(parts))].reset_index(drop=True)
        return Again(self._problem, arcs, extra, self._make())

    def without_one(self, v: int) -> tuple[Indices, Indices]:
        """Return the children of a pool's part, and those who have a place without one of it."""
        part = int(self._part[np.flatnonzero(self._problem.arcs["v"].to_numpy(int) == v)[0]])
        if part not in self._kept:
            self._kept[part] = self.with_extra(frozenset({part}), [])
        return np.flatnonzero(self._of_child == part), self._kept[part].with_one_kept(v)


def _no_values() -> pd.DataFrame:
    columns = ["p", *Totals.__dataclass_fields__]
    return pd.DataFrame(columns=columns).astype({"p": int})


def _values(problem: RoundProblem, arrangement: Arrangement, parts: Parts) -> pd.DataFrame:
    """Return what changes with one place more at each full provision."""
    together: dict[frozenset[int], list[int]] = {}
    for p in full_provisions(problem, arrangement):
        together.setdefault(parts.touched(int(p)), []).append(int(p))
    rows = []
    for touched, provisions in together.items():
        again = parts.with_extra(touched, provisions)
        now = again.as_it_is()
        for p in provisions:
            then = again.with_one_more(p)
            change = {name: getattr(then, name) - getattr(now, name) for name in vars(now)}
            rows.append({"p": p} | change)
    if not rows:
        return _no_values()
    return pd.DataFrame(rows).sort_values("p", ignore_index=True)


def _blockers(problem: RoundProblem, arrangement: Arrangement, parts: Parts) -> pd.DataFrame:
    """Return every way in which relaxing one rule would place a child who has no place."""
    rows: list[tuple[int, str, int, str]] = []
    alone = standing_alone(problem, arrangement)
    full = alone["rule"] == int(Rule.FULL)
    for i, p in alone.loc[full, ["i", "p"]].drop_duplicates().itertuples(index=False):
        rows.append((i, _name(Rule.FULL), p, AtWhosePrice.NOBODYS))
    weeks = problem.children["weeks"].to_numpy(float)
    has_place = arrangement.pool_of >= 0
    left = left_over(problem, arrangement)
    wanted = set(problem.arcs["v"].tolist())
    for key, some in alone[~full].groupby("v"):
        v = int(str(key))
        if left[v] > 0 or v not in wanted:  # nobody has to make room
            now, spare = list[float](), list[float]()
        else:
            whole, without = parts.without_one(v)
            now = _longest_first(weeks[whole[has_place[whole]]])
            spare = weeks[without].tolist()
        for i, p, rule in some[["i", "p", "rule"]].itertuples(index=False):
            then = _longest_first(np.array([*spare, weeks[i]]))
            if len(then) > len(now):
                rows.append((i, _name(Rule(rule)), p, AtWhosePrice.NOBODYS))
            elif len(then) == len(now) and then > now:
                rows.append((i, _name(Rule(rule)), p, AtWhosePrice.SHORTER_WAIT))
    found = pd.DataFrame(rows, columns=["i", "rule", "p", "price"])
    order = {_name(rule): k for k, rule in enumerate(EASIEST_FIRST)}
    found["order"] = found["rule"].map(order)
    found["minutes"] = problem.ride_minutes[found["i"].to_numpy(int), found["p"].to_numpy(int)]
    # of two pools of a provision, the one that costs nobody a place is told
    found = found.sort_values(["i", "order", "price", "minutes", "p"], ignore_index=True)
    found = found.drop_duplicates(["i", "rule", "p"], ignore_index=True)
    return found[["i", "rule", "p", "price"]]


def _name(rule: Rule) -> str:
    return str(rule.name).lower()


def _longest_first(weeks: Array) -> list[float]:
    return sorted(weeks.tolist(), reverse=True)


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
