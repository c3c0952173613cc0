"""Does deprivation tell where children in specialist places live? What the official files can say.

``python -m benchmarks.deprivation DATA [--json FILE]``

No file counts plans by small area. Two things can be measured. Between schools: how much likelier
pupils of state special schools are to take free meals than pupils of state mainstream schools, as
odds. Between authorities: whether a child in a family of low income that weighs more than another
tells specialist placements better, each authority predicted from the rate of all the others.
DATA holds ``gias/`` and ``sen2/``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.rows import write_rows
from inputs.official.gias import KINDS, MAINSTREAM
from inputs.official.opening import find_tables, numbers, read_table
from inputs.official.sen2 import ALL, SPECIALIST, Placement, read_release

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WEIGHTS = (1.0, 1.5, 2.0, 2.5, 3.0)
"""How many times another a child in a family of low income weighs; 1: deprivation left out."""
STATE_SPECIAL = frozenset({Placement.SPECIAL_MAINTAINED, Placement.SPECIAL_ACADEMY})


@dataclass(frozen=True)
class Row:
    """One line of the table: the error left when such children weigh so much.

    ``error`` is the median over authorities of the miss over the count, each authority left out of
    the rate that predicts it, and ``mean_error`` the mean; the changes are beside a weight of 1.
    """

    instance: str
    method: str
    authorities: int
    error: float
    change: float
    mean_error: float
    mean_change: float


def free_meals(data: Path) -> pd.DataFrame:
    """Return pupils and those who take free meals, by authority and kind of state school.

    Columns ``old_code``, ``special`` (or mainstream), ``pupils``, ``free``.
    """
    source = next(one for one in find_tables(data / "gias") if "edubase" in one.stem)
    names = ["LA (code)", "TypeOfEstablishment (name)", "NumberOfPupils", "PercentageFSM"]
    frame = read_table(source, "the register of schools", names)
    kind = frame["TypeOfEstablishment (name)"]
    special = kind.isin([name for name, where in KINDS.items() if where in STATE_SPECIAL])
    rows = pd.DataFrame(
        {
            "old_code": frame["LA (code)"],
            "special": special,
            "pupils": numbers(source, frame["NumberOfPupils"]),
            "share": numbers(source, frame["PercentageFSM"]) / 100.0,
        }
    )[special | kind.isin(list(MAINSTREAM))].dropna()
    rows["free"] = rows["pupils"] * rows["share"]
    return rows.groupby(["old_code", "special"], as_index=False)[["pupils", "free"]].sum()


def odds(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Return shares taking free meals in special and in mainstream schools, and the odds ratio."""
    whole = rows.groupby("special")[["pupils", "free"]].sum()
    share = whole["free"] / whole["pupils"]
    special, mainstream = float(share[True]), float(share[False])
    return special, mainstream, special / (1 - special) * (1 - mainstream) / mainstream


def misses(
    children: NDArray[np.float64],
    poor_share: NDArray[np.float64],
    counts: NDArray[np.float64],
    weight: float,
) -> NDArray[np.float64]:
    """Return (authorities,) the miss over the count, each predicted from the others' rate.

    Parameters
    ----------
    children, poor_share
        Children of each authority, and the share in families of low income.
    counts
        What is to be told.
    weight
        How many times another such a child weighs.
    """
    weighed = children * (1 + (weight - 1) * poor_share)
    rate = (counts.sum() - counts) / (weighed.sum() - weighed)
    return np.asarray(np.abs(rate * weighed - counts) / counts)


def measure(data: Path) -> tuple[tuple[float, float, float], list[Row]]:
    """Return the odds between schools, and the table between authorities."""
    meals = free_meals(data)
    mainstream = meals[~meals["special"]].set_index("old_code")
    release = read_release(data / "sen2")
    codes = {one.code: one.old_code for one in release.authorities()}
    stock = release.stock()
    stock = stock[stock["age"].isna() & (stock["year"] == release.year - 1)]
    stock = stock[stock["code"].isin(list(codes))]
    wide = stock.pivot_table(index="code", columns="placement", values="children", aggfunc="sum")
    wide.index = pd.Index([codes[str(code)] for code in wide.index])
    wide = wide[wide.index.isin(mainstream.index)]
    children = mainstream.loc[wide.index, "pupils"].to_numpy(float)
    poor = (mainstream.loc[wide.index, "free"] / mainstream.loc[wide.index, "pupils"]).to_numpy()
    rows = []
    for instance, counts in (
        ("specialist placements", wide[[str(one) for one in SPECIALIST]].sum(axis=1)),
        ("all plans", wide[ALL]),
    ):
        told = counts.to_numpy(float)
        usual = misses(children, poor, told, 1.0)
        for weight in WEIGHTS:
            each = misses(children, poor, told, weight)
            error, mean = float(np.median(each)), float(each.mean())
            method = f"such a child weighs {weight:g}"
            change, mean_change = error / float(np.median(usual)), mean / float(usual.mean())
            rows.append(Row(instance, method, len(told), error, change - 1, mean, mean_change - 1))
    return odds(meals), rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both measurements; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deprivation", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    chosen = parser.parse_args(arguments)
    (special, mainstream, ratio), rows = measure(chosen.data)
    print(
        f"free meals: {special:.1%} of pupils in state special schools, {mainstream:.1%} in state "
        f"mainstream schools; odds ratio {ratio:.2f}\n"
    )
    print(
        f"{'instance':<24} {'method':<26} {'authorities':>11} {'error':>7} {'change':>7} "
        f"{'mean error':>11} {'change':>7}"
    )
    for row in rows:
        print(
            f"{row.instance:<24} {row.method:<26} {row.authorities:>11} {row.error:>7.2%} "
            f"{row.change:>+7.1%} {row.mean_error:>11.2%} {row.mean_change:>+7.1%}"
        )
    write_rows(rows, chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
