"""The backtest knows nothing it could not have known, and its scores are those done by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.forecast import (
    HELD_OUT,
    PRODUCT,
    SHARED_OUT,
    Method,
    backtest,
    main,
    part_rows,
    plainer,
    product,
    running,
    table,
    totals_rows,
)
from benchmarks.forecast_parts import SharedOut
from benchmarks.rivals import damped_ets, last_value, three_year_growth
from benchmarks.scores import Row, pinball, score
from inputs.demand.series import age_group_series, totals_series
from inputs.demand.track_record import P90
from inputs.official.sen2 import read_release

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
QUICK: dict[str, Method] = {
    PRODUCT: product,
    "last value": plainer("last value"),
    "three-year growth": plainer("three-year growth"),
}


@pytest.fixture(scope="module")
def totals() -> pd.DataFrame:
    """Return the published totals of every authority, or skip."""
    if not (DATA / "sen2").is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    return totals_series(read_release(DATA / "sen2")).rows


def made_up(authorities: int = 60, years: int = 16, seed: int = 5) -> pd.DataFrame:
    """Return a made-up panel from January 2010 on, with new plans a fifth of all."""
    rng = np.random.default_rng(seed)
    shared = 0.08 + np.cumsum(rng.normal(0, 0.01, years))
    own = rng.normal(0, 0.04, (authorities, years))
    logs = np.log(rng.uniform(500, 6_000, authorities))[:, None] + np.cumsum(shared + own, axis=1)
    rows = [
        {"code": f"E06{at:06}", "year": 2009 + year, "plans": plans, "starts": plans / 5}
        for at, counts in enumerate(np.exp(logs))
        for year, plans in enumerate(counts)
    ]
    return pd.DataFrame(rows)


# -- scores ----------------------------------------------------------------------------------------


def test_the_scores_by_hand() -> None:
    """Two authorities, three forecasts.

    A: 110 for 100 and 90 for 100: off by 20 of 200. B: 50 for 40: off by 10 of 40. The median of
    0.1 and 0.25 is 0.175. Bias: 250 forecast, 240 actual. One of three is within its interval.
    Pinball at P10: a tenth of (100 - 95), of (100 - 80), and nine tenths of (45 - 40): 7 of 240.
    At P50: half of 10, 10 and 10. At P90: a tenth of (120 - 100), nine tenths of (100 - 95), and
    a tenth of (60 - 40): 2 + 4.5 + 2.
    """
    made = pd.DataFrame(
        [
            ("A", 100.0, 95.0, 110.0, 120.0),
            ("A", 100.0, 80.0, 90.0, 95.0),
            ("B", 40.0, 45.0, 50.0, 60.0),
        ],
        columns=["code", "actual", "p10", "p50", "p90"],
    )

    row = score("some", "any", 1, made, 0.5)

    assert (row.authorities, row.forecasts) == (2, 3)
    assert row.bias == pytest.approx(250 / 240 - 1)
    assert row.wape == pytest.approx(0.175)
    assert row.coverage == pytest.approx(1 / 3)  # 100 in 95 to 120; not in 80 to 95; 40 below 45
    assert row.pinball_p10 == pytest.approx((0.5 + 2 + 4.5) / 240)
    assert row.pinball_p50 == pytest.approx((5 + 5 + 5) / 240)
    assert row.pinball_p90 == pytest.approx((2 + 4.5 + 2) / 240)


@given(st.lists(st.integers(1, 1_000), min_size=1, max_size=40), st.sampled_from([0.1, 0.5, 0.9]))
def test_pinball_is_least_at_the_percentile(values: list[int], share: float) -> None:
    """Of all numbers in a sample none scores below its percentile, by the nearest-rank rule."""
    actual = pd.Series(sorted(values), dtype=float)
    rank = max(int(np.ceil(share * len(values))), 1) - 1

    losses = [pinball(actual, pd.Series(float(one), actual.index), share).sum() for one in actual]

    assert losses[rank] == pytest.approx(min(losses))


# -- plainer methods -------------------------------------------------------------------------------


def test_last_value_by_hand() -> None:
    """100, 110, 121: two changes of log 1.1, whose root mean square is log 1.1."""
    found = last_value(np.array([100.0, 110.0, 121.0]), 4)

    assert found[:, 1].tolist() == [121.0] * 4
    assert np.log(found[:, 2] / 121) == pytest.approx(P90 * np.log(1.1) * np.sqrt([1, 2, 3, 4]))


def test_three_year_growth_by_hand() -> None:
    """80 to 160 in three years is a growth of the cube root of two, whatever was before."""
    found = three_year_growth(np.array([9_999.0, 80.0, 100.0, 120.0, 160.0]), 3)

    assert found[:, 1] == pytest.approx(160 * 2 ** np.array([1 / 3, 2 / 3, 1]))
    deviation = np.std(np.log([100 / 80, 120 / 100, 160 / 120]), ddof=1)
    wide = P90 * deviation * np.sqrt([1 + 1 / 3, 2 + 4 / 3, 3 + 9 / 3])
    assert np.log(found[:, 2] / found[:, 1]) == pytest.approx(wide)
    assert np.log(found[:, 1] / found[:, 0]) == pytest.approx(wide)


def test_damped_ets_follows_a_straight_line() -> None:
    """Fifteen counts on a line: the next is within a hundredth, and the interval widens."""
    pytest.importorskip("statsmodels")

    found = damped_ets(np.linspace(1_000, 2_400, 15), 5)

    assert found[0, 1] == pytest.approx(2_500, rel=0.01)
    assert (np.diff(found[:, 1]) > 0).all()
    width = found[:, 2] - found[:, 0]
    assert (np.diff(width) > 0).all()
    assert width[0] < 100


def test_a_history_begins_after_its_last_gap() -> None:
    """2009 is before a gap, so the run to 2012 is of two counts; to 2010 there is none."""
    counts = pd.Series({2009: 1.0, 2010: np.nan, 2011: 3.0, 2012: 4.0})

    assert running(counts, 2012).tolist() == [3.0, 4.0]
    assert running(counts, 2010).tolist() == []


# -- the protocol ----------------------------------------------------------------------------------


def test_every_method_is_scored_on_the_same_forecasts() -> None:
    """Sixteen Januaries: origins 2013 to 2024; 60 authorities, less one that begins in 2015.

    That one has four Januaries from 2018 on, and is in none of the origins before.
    """
    panel = made_up()
    panel = panel[(panel["code"] != "E06000003") | (panel["year"] >= 2014)]

    made = backtest(panel, QUICK).made

    keys = ["code", "origin", "step", "plans", "actual"]
    sets = [made.loc[made["method"] == name, keys].reset_index(drop=True) for name in QUICK]
    assert all(one.equals(sets[0]) for one in sets)
    assert sorted(sets[0]["origin"].unique()) == list(range(2013, 2025))
    assert sets[0].loc[sets[0]["code"] == "E06000003", "origin"].min() == 2018
    ahead = sets[0].groupby("origin")["step"].max()
    assert ahead.loc[2020] == 5  # to January 2025
    assert ahead.loc[2024] == 1


@pytest.mark.parametrize("name", QUICK)
def test_what_comes_later_changes_no_earlier_forecast(name: str) -> None:
    """Every count and flow after January 2020 is doubled: forecasts up to then stay to the bit."""
    panel = made_up(20)
    later = panel["year"] > 2019
    changed = panel.copy()
    changed.loc[later, ["plans", "starts"]] *= 2

    one, other = (backtest(each, {name: QUICK[name]}).made for each in (panel, changed))

    told = ["code", "origin", "step", "p10", "p50", "p90"]
    upto = one["origin"] <= 2020
    pd.testing.assert_frame_equal(one.loc[upto, told], other.loc[upto, told], check_exact=True)
    assert not one.loc[~upto, told].equals(other.loc[~upto, told])


def test_an_interval_of_eighty_per_cent_covers_about_so_many() -> None:
    """In a made-up world that is as the method believes, 80 % are covered, give or take 6.

    Shared misses are common to all authorities of a year, so that twelve origins tell it to a few
    per cent only.
    """
    test = backtest(made_up(100, 16, 11), {PRODUCT: product})

    made = test.made
    inside = (made["actual"] >= made["p10"]) & (made["actual"] <= made["p90"])
    for step in (1, 2):
        assert inside[made["step"] == step].mean() == pytest.approx(0.8, abs=0.06)


def test_parts_are_the_total_times_their_share() -> None:
    """A part that is always a quarter: a quarter of the total's forecast, and no wider than it."""
    panel = made_up(30, 8)
    part = panel.assign(plans=panel["plans"] / 4)
    codes = sorted(panel["code"].unique())[:3]

    shared, whole = SharedOut(panel)(part, codes), product(panel, codes)

    for code in codes:
        assert shared[code] == pytest.approx(whole[code] / 4, rel=1e-3)


def test_the_sharing_out_looks_at_nothing_after_the_origin() -> None:
    """It is handed totals of every year; those after the last year of the part are unread."""
    panel = made_up(30, 10)
    part = panel[panel["year"] <= 2015].assign(plans=lambda rows: rows["plans"] / 3)
    changed = panel.copy()
    changed.loc[changed["year"] > 2015, "plans"] *= 3

    one, other = (SharedOut(each)(part, ["E06000001"]) for each in (panel, changed))

    assert one["E06000001"].tolist() == other["E06000001"].tolist()


# -- real files ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.real
def test_later_files_change_no_earlier_forecast_of_real_authorities(totals: pd.DataFrame) -> None:
    """The forecasts from January 2018 are the same with and without every later January."""
    codes = ["E06000017", "E10000018", "E06000016"]  # Rutland, Leicestershire, Leicester
    known = totals[totals["year"] <= 2017]
    made = backtest(totals, {PRODUCT: product}).made
    made = made[(made["origin"] == 2018) & made["code"].isin(codes)].set_index(["code", "step"])

    alone = product(known, codes)

    for code in codes:
        for step in range(1, 6):
            found = made.loc[(code, step), ["p10", "p50", "p90"]].to_numpy(dtype=float)
            assert found.tolist() == alone[code][step - 1].tolist()


@pytest.mark.slow
@pytest.mark.real
def test_the_method_is_better_than_the_naive_ones_and_its_intervals_hold(
    totals: pd.DataFrame,
) -> None:
    """What the issue asks for, one and two years ahead: a lower median WAPE, 75 to 85 % covered.

    Damped ETS takes a minute and is left to the benchmark itself; three-year growth was better.
    """
    rows = totals_rows(backtest(totals, QUICK))

    for ahead in (1, 2):
        found = {
            row.method: row
            for row in rows
            if row.instance == "all plans" and row.years_ahead == ahead
        }
        best = min(found[name].wape for name in QUICK if name != PRODUCT)
        assert found[PRODUCT].wape < best
        assert 0.75 <= found[PRODUCT].coverage <= 0.85
    held = [row for row in rows if row.instance.startswith("held out") and row.years_ahead == 1]
    assert [row.method for row in held] == list(QUICK)
    assert held[0].forecasts == 150  # 75 authorities from each of two Januaries
    assert HELD_OUT == (2023, 2024)


@pytest.mark.slow
@pytest.mark.real
def test_a_part_is_scored_beside_the_naive_ones(totals: pd.DataFrame) -> None:
    """Plans of 5 to 10 year olds: shared out is better than the last value and than growth."""
    parts = age_group_series(read_release(DATA / "sen2")).rows
    rows = part_rows(parts[parts["group"] == "Age 5 to 10"], totals, "age")

    first = {row.method: row.wape for row in rows if row.years_ahead == 1}
    assert list(first) == [SHARED_OUT, "last value", "three-year growth"]
    assert min(first, key=lambda name: first[name]) == SHARED_OUT


@pytest.mark.slow
@pytest.mark.real
def test_the_command_prints_the_table_and_writes_its_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder above the files will do; each row of the JSON is a line of the table."""
    if not (DATA / "sen2").is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    out = tmp_path / "rows.json"

    assert main([str(DATA), "--quick", "--json", str(out)]) == 0

    rows = json.loads(out.read_text("utf-8"))
    printed = capsys.readouterr().out
    assert {row["method"] for row in rows} == set(QUICK)
    assert table([Row(**row) for row in rows]) in printed
    assert "plans_forecast.shared_log_sd" in printed


def test_a_folder_without_the_files_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reader is told that no file is there; the exit code is that of bad input."""
    assert main([str(tmp_path)]) == 3

    assert "the folder holds no CSV file" in capsys.readouterr().err


def test_too_few_januaries_make_no_forecasts() -> None:
    """Three years of growth need four Januaries, and a fifth to score: with three there is none."""
    assert backtest(made_up(10, 3), QUICK, first=2010).made.empty
    assert totals_rows(backtest(made_up(10, 3), QUICK, first=2010)) == []


def test_the_page_shows_the_table_as_the_benchmark_prints_it() -> None:
    """The page has the command, the table's own heading, and the rows that the issue asks for."""
    page = (ROOT / "docs" / "forecast-accuracy.md").read_text("utf-8")
    example = Row("all plans", PRODUCT, 1, 78, 902, 0.0, 0.0, 0.8, 0.0, 0.0, 0.0, 0.0)
    heading = table([example]).splitlines()[0]

    assert "python -m benchmarks.forecast" in page
    assert heading in page
    for method in (*QUICK, "damped ETS"):
        for years in ("1", "2", "3", "4", "5", "all"):
            assert f"{'all plans':<47} {method:<18} {years:>5} " in page
