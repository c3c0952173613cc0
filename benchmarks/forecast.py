"""The forecast of plans by authority beside plainer ones, scored against what happened.

``python -m benchmarks.forecast DIR [--json FILE] [--quick]``

DIR holds the Department for Education's release files on education, health and care plans. From
each January since 2013 every method forecasts the next five, from what was published by then and
nothing later: whatever it learns is learnt again at each origin. Every method is scored on the
same authorities, origins and years ahead: those where the authority was counted in the four
Januaries to the origin, and in the one forecast.

Parts of the total (age groups, kinds of placement) are scored by sharing the total's forecast out.
The product's own projection by age and placement cannot be scored: plans by single year of age are
published for two Januaries only.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.forecast_parts import SharedOut, measured_parts, measured_totals
from benchmarks.rivals import LEAST_HISTORY, RIVALS
from benchmarks.rows import write_rows
from benchmarks.scores import Row, score
from inputs.demand.series import age_group_series, placement_series, totals_series
from inputs.demand.totals import LEVELS_ABOVE_AUTHORITIES, learn
from inputs.errors import Fault, InputError
from inputs.official.sen2 import read_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Method = Callable[[pd.DataFrame, "Sequence[str]"], "dict[str, np.ndarray]"]

PRODUCT = "sendplaces"
SHARED_OUT = "total, shared out"
HORIZON = 5
FEWEST_IN_PART = 20
"""A part of an authority's plans is scored where it has so many at the origin."""
PERIODS = {
    "to January 2014-18, statements become plans": (2014, 2018),
    "to January 2019-22": (2019, 2022),
    "to January 2023, counted by person": (2023, 2023),
    "to January 2024-25": (2024, 2025),
}
SIZES = {
    "authorities below 1,500 plans": (0, 1_500),
    "authorities of 1,500 to 3,000 plans": (1_500, 3_000),
    "authorities of 3,000 plans or more": (3_000, np.inf),
}
HELD_OUT = (2023, 2024)
"""January origins looked at only when the method stood."""
COLUMNS = ["code", "origin", "step", "plans", "actual", "method", "p10", "p50", "p90"]


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts made, one row each, and what they took.

    Parameters
    ----------
    made
        ``COLUMNS``; ``origin`` is the calendar year of the January, ``step`` the years ahead.
    seconds
        Processor seconds by method.
    """

    made: pd.DataFrame
    seconds: dict[str, float]


def backtest(
    rows: pd.DataFrame,
    methods: Mapping[str, Method],
    first: int = 2013,
    counted: tuple[float, float] = (LEAST_HISTORY, np.inf),
) -> Backtest:
    """Return what every method forecasts from each origin, with what happened.

    Parameters
    ----------
    rows
        ``code``, ``year`` (academic), ``plans`` and, where known, ``starts``.
    methods
        By name: each takes the rows up to the origin and the authorities, and returns percentiles
        of each, (`HORIZON`, 3).
    first
        Calendar year of the first origin.
    counted
        Fewest and most Januaries running to the origin that an authority was counted in.
    """
    rows = rows[~rows["code"].str.startswith(LEVELS_ABOVE_AUTHORITIES) & (rows["plans"] > 0)]
    wide = rows.pivot_table(index="code", columns="year", values="plans")
    made, seconds = [], dict.fromkeys(methods, 0.0)
    for origin in range(first - 1, int(wide.columns.max())):
        ahead = [year for year in range(origin + 1, origin + HORIZON + 1) if year in wide.columns]
        known = {code: running(one, origin) for code, one in wide.T.items()}
        least, most = counted
        codes = [str(code) for code, one in known.items() if least <= len(one) <= most]
        if not ahead or not codes:
            continue
        for name, method in methods.items():
            begin = time.process_time()
            found = method(rows[rows["year"] <= origin], codes)
            seconds[name] += time.process_time() - begin
            for year in ahead:
                frame = pd.DataFrame(
                    [found[code][year - origin - 1] for code in codes], codes, ["p10", "p50", "p90"]
                )
                frame = frame.assign(
                    code=codes,
                    origin=origin + 1,
                    step=year - origin,
                    plans=wide.loc[codes, origin],
                    actual=wide.loc[codes, year],
                    method=name,
                )
                made.append(frame.dropna(subset=["actual"])[COLUMNS])
    if not made:
        return Backtest(pd.DataFrame(columns=COLUMNS), seconds)
    return Backtest(pd.concat(made, ignore_index=True), seconds)


def product(rows: pd.DataFrame, codes: Sequence[str]) -> dict[str, np.ndarray]:
    """Return what the product forecasts: it learns from the rows, and from nothing else."""
    learned = learn(rows[["code", "year", "plans", "starts"]])
    forecasts = {code: learned.forecast(code, HORIZON) for code in codes}
    return {code: np.column_stack([one.p10, one.p50, one.p90]) for code, one in forecasts.items()}


def plainer(name: str) -> Method:
    """Return a method that looks at one authority's own counts only."""

    def method(rows: pd.DataFrame, codes: Sequence[str]) -> dict[str, np.ndarray]:
        counts = rows.pivot_table(index="year", columns="code", values="plans")
        origin = int(rows["year"].max())
        return {code: RIVALS[name](running(counts[code], origin), HORIZON) for code in codes}

    return method


def running(counts: pd.Series[float], origin: int) -> np.ndarray:
    """Return the counts of the years running to the origin, without those before a gap."""
    years: list[int] = []
    year = origin
    while year in counts.index and np.isfinite(counts[year]):
        years.insert(0, year)
        year -= 1
    return counts.loc[years].to_numpy(dtype=np.float64)


def scored(instance: str, test: Backtest, steps: Iterable[int] = (1, 2)) -> list[Row]:
    """Return a row for each method and number of years ahead (0: all of them together)."""
    found = []
    for step in steps:
        part = test.made if step == 0 else test.made[test.made["step"] == step]
        if len(part):
            found += [
                score(instance, method, step, part[part["method"] == method], seconds)
                for method, seconds in test.seconds.items()
            ]
    return found


def totals_rows(test: Backtest) -> list[Row]:
    """Return the rows for all plans: by years ahead, period, size and held-out origin."""
    made = test.made
    found = scored("all plans", test, (1, 2, 3, 4, 5, 0))
    target = made["origin"] + made["step"]
    for name, (low, high) in PERIODS.items():
        found += scored(name, Backtest(made[target.between(low, high)], test.seconds))
    for name, (least, most) in SIZES.items():
        within = (made["plans"] >= least) & (made["plans"] < most)
        found += scored(name, Backtest(made[within], test.seconds))
    held = made[made["origin"].isin(HELD_OUT)]
    return found + scored("held out: from January 2023 and 2024", Backtest(held, test.seconds))


def young_rows(rows: pd.DataFrame) -> list[Row]:
    """Return the rows for authorities too new for three years of growth."""
    test = backtest(rows, {PRODUCT: product}, counted=(1, LEAST_HISTORY - 1))
    return scored("new authorities, in their first three Januaries", test)


def part_rows(rows: pd.DataFrame, totals: pd.DataFrame, what: str) -> list[Row]:
    """Return the rows for each part of the plans: an age group or a kind of placement."""
    found = []
    for group, part in rows.groupby("group", sort=False):
        large = part[part["plans"] >= FEWEST_IN_PART]
        methods: dict[str, Method] = {
            SHARED_OUT: SharedOut(totals),
            "last value": plainer("last value"),
            "three-year growth": plainer("three-year growth"),
        }
        found += scored(f"{what}: {group}", backtest(large, methods))
    return found


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text to read."""
    lines = [
        f"{'instance':<47} {'method':<18} {'years':>5} {'authorities':>11} {'forecasts':>9} "
        f"{'bias':>7} {'WAPE':>6} {'coverage':>8} {'P10':>6} {'P50':>6} {'P90':>6} {'seconds':>7}"
    ]
    before = (rows[0].instance, rows[0].years_ahead)
    for row in rows:
        if (row.instance, row.years_ahead) != before:
            lines.append("")
            before = (row.instance, row.years_ahead)
        lines.append(
            f"{row.instance:<47} {row.method:<18} {row.years_ahead or 'all':>5} "
            f"{row.authorities:>11} {row.forecasts:>9,} {row.bias:>+7.1%} {row.wape:>6.1%} "
            f"{row.coverage:>8.0%} {row.pinball_p10:>6.2%} {row.pinball_p50:>6.2%} "
            f"{row.pinball_p90:>6.2%} {row.seconds:>7.1f}"
        )
    return "\n".join(lines)


def run(folder: Path, *, quick: bool = False) -> tuple[list[Row], dict[str, float]]:
    """Return the rows of the table, and what was measured, by the name of its parameter.

    Parameters
    ----------
    folder
        Of the release files.
    quick
        Without damped ETS and the parts of the total.

    Raises
    ------
    InputError
        When the files are missing, are others, or hold too few Januaries.
    """
    release = read_release(folder)
    totals = totals_series(release)
    for notice in totals.notices:
        print(notice)
    names = [name for name in RIVALS if not quick or name != "damped ETS"]
    methods = {PRODUCT: product, **{name: plainer(name) for name in names}}
    rows = totals_rows(backtest(totals.rows, methods)) + young_rows(totals.rows)
    measured = measured_totals(totals.rows)
    if not quick:
        for what, series in (("age", age_group_series), ("placement", placement_series)):
            parts = series(release).rows
            rows += part_rows(parts, totals.rows, what)
            measured |= measured_parts(parts, totals.rows)
    if not rows:
        problem = f"has fewer than the {LEAST_HISTORY + 1} Januaries that a score needs"
        remedy = "Put the files of the 2022 release beside it: they begin with January 2010"
        raise InputError([Fault(str(folder), problem, remedy)])
    return rows, measured if release.older is not None else {}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecast", description=__doc__)
    parser.add_argument("folder", type=Path, help="the release files, or the folder above sen2")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    parser.add_argument("--quick", action="store_true", help="leave out damped ETS and the parts")
    chosen = parser.parse_args(arguments)
    below = chosen.folder / "sen2"
    try:
        rows, measured = run(below if below.is_dir() else chosen.folder, quick=chosen.quick)
    except InputError as error:
        print(error, file=sys.stderr)
        return 3
    print(table(rows))
    if measured:
        print("\nMeasured on every January, for inputs/parameters/national.csv:")
    for name, value in measured.items():
        print(f"{name:<47} {value:.3f}")
    write_rows(rows, chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
