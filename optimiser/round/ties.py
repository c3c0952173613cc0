"""The last tie: a fixed draw that knows no name, and who is alike in all that the round knows.

Every child and every pool has a mark: a hash of its own numbers, then, four times over, of its mark
and those of its arcs' other ends with the numbers of each arc. Names, keys and the order of rows
are not among them, so another name changes no mark. Only where two children, or two pools, have
the same mark (they are alike in all that the round knows) does the order of their keys part them;
who is alike is told beside the result.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from inputs.round_checks import blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from optimiser.kinds import Indices
    from optimiser.round.problem import RoundProblem

TIMES = 4
"""How often marks take in their neighbours': as far as a chain of alike children could reach."""
LARGEST = 1 << 20
"""Draws are below this: two arrangements of a thousand arcs share a sum about once in a thousand
rounds, and a solver still tells one from the next."""
ARC_NUMBERS = ["over", "preferred", "cost_gbp", "minutes", "weeks_to_start"]


def draw(problem: RoundProblem, arcs: pd.DataFrame) -> Indices:
    """Return (arcs,) the number drawn for each arc; the least sum breaks the last tie."""
    children, pools = marks(problem, arcs)
    child = _parted(children, problem.children["child"].tolist())
    known = problem.pools["p"].tolist()
    keys = [str(problem.provisions["provision"].iloc[p]) for p in known]
    pool = _parted(pools, keys + [""] * (len(pools) - len(keys)))
    i, v = arcs["i"].to_numpy(int), arcs["v"].to_numpy(int)
    numbers = [_number(child[a], pool[b]) for a, b in zip(i, v, strict=True)]
    return np.array(numbers, dtype=np.int64)


def alike(problem: RoundProblem) -> list[tuple[int, ...]]:
    """Return the groups of children who are alike in all that the round knows, two or more each."""
    children, _ = marks(problem, problem.arcs)
    some = set(problem.arcs["i"].tolist())
    groups: dict[bytes, list[int]] = defaultdict(list)
    for i, mark in enumerate(children):
        if i in some:
            groups[mark].append(i)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def marks(problem: RoundProblem, arcs: pd.DataFrame) -> tuple[list[bytes], list[bytes]]:
    """Return the mark of each child and of each pool."""
    frame = problem.children
    children = [
        _hash(weeks, need, phase, "" if blank(year) else int(year))
        for weeks, need, phase, year in zip(
            frame["weeks"], frame["need"], frame["phase"], frame["nc_year"], strict=True
        )
    ]
    i, v = arcs["i"].to_numpy(int), arcs["v"].to_numpy(int)
    count = max(len(problem.pools), int(v.max()) + 1 if len(v) else 0)
    pools = [_hash(n, w) for n, w in zip(problem.pools["places"], problem.pools["weeks_to_start"],
                                         strict=True)]  # fmt: skip
    pools += [_hash("extra")] * (count - len(pools))
    numbers = [_hash(*row) for row in arcs[ARC_NUMBERS].itertuples(index=False, name=None)]
    of_child, of_pool = _lists(i, len(children)), _lists(v, count)
    for _ in range(TIMES):
        ends = [(children[a], pools[b]) for a, b in zip(i, v, strict=True)]
        children = [
            _hash(mark, *sorted(numbers[k] + ends[k][1] for k in of_child[a]))
            for a, mark in enumerate(children)
        ]
        pools = [
            _hash(mark, *sorted(numbers[k] + ends[k][0] for k in of_pool[b]))
            for b, mark in enumerate(pools)
        ]
    return children, pools


def _lists(keys: Indices, count: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for at, key in enumerate(keys.tolist()):
        found[key].append(at)
    return found


def _hash(*parts: object) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        text = part if isinstance(part, bytes) else repr(_plain(part)).encode()
        digest.update(len(text).to_bytes(4, "big") + text)
    return digest.digest()


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _parted(found: Sequence[bytes], keys: Sequence[str]) -> list[bytes]:
    """Return marks that differ even where two are alike: by the order of their keys."""
    seen: dict[bytes, int] = defaultdict(int)
    out = list(found)
    for at in sorted(range(len(found)), key=lambda k: (keys[k], k)):
        out[at] = _hash(found[at], seen[found[at]])
        seen[found[at]] += 1
    return out


def _number(child: bytes, pool: bytes) -> int:
    return int.from_bytes(_hash(child, pool)[:8], "big") % LARGEST
