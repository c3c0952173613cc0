"""The forecast of an authority's total does the sums it says, and says where it had to assume."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.forecast_parts import measured_parts, measured_totals
from inputs.demand.series import age_group_series, placement_series, totals_series
from inputs.demand.totals import SCORED_ON, Learned, learn
from inputs.demand.track_record import P90, Spread, best_carrying, excess_of, shared_misses
from inputs.errors import InputError
from inputs.official.sen2 import Release, read_release
from inputs.parameters import parameter, parameters

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "sen2"
ENGLAND = "E92000001"


@pytest.fixture(scope="module")
def release() -> Release:
    """Return the published files, or skip."""
    if not DATA.is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    return read_release(DATA)


def panel_of(plans: dict[str, Iterable[float]], first: int = 2009, **more: Any) -> pd.DataFrame:
    """Return a panel from the counts of each authority, year after year; NaN leaves a year out."""
    rows = [
        {"code": code, "year": first + at, "plans": count}
        for code, counts in plans.items()
        for at, count in enumerate(counts)
    ]
    return pd.DataFrame(rows).assign(**more).dropna(subset=["plans"])


def made_up(authorities: int = 60, years: int = 14, seed: int = 1) -> pd.DataFrame:
    """Return a made-up panel: shared growth near 8 % that wanders, own growth around it."""
    rng = np.random.default_rng(seed)
    shared = 0.08 + np.cumsum(rng.normal(0, 0.01, years))
    own = rng.normal(0, 0.05, (authorities, years))
    logs = np.log(rng.uniform(500, 6_000, authorities))[:, None] + np.cumsum(shared + own, axis=1)
    codes = [f"E06{at:06}" for at in range(authorities)]
    return panel_of(dict(zip(codes, np.exp(logs), strict=True)))


def learned_by_hand(**changed: Any) -> Learned:
    """Return two authorities whose figures a person can follow: shared growth of 0.1 a year."""
    by_hand = Learned(
        codes=("E06000001", "E06000002"),
        year=2024,
        plans=np.array([1_000.0, 2_000.0]),
        shared=0.1,
        excess=np.array([0.04, 0.0]),
        signalled=np.array([True, True]),
        young=np.array([False, False]),
        weight=0.5,
        fade=0.5,
        spread=Spread(shared=0.02, own=0.05, own_power=0.5, size_power=0.5),
    )
    return dataclasses.replace(by_hand, **changed)


def test_growth_of_all_is_carried_on() -> None:
    """All grew by a tenth last year, by whatever before: they grow by a tenth a year."""
    early = {f"E0600000{at}": [100 * at, 105 * at, 120 * at, 132 * at] for at in range(1, 6)}

    forecast = learn(panel_of(early)).forecast("E06000003", 3)

    assert forecast.years == (2013, 2014, 2015)  # the panel ends with academic year 2012
    assert forecast.p50 == pytest.approx([396 * 1.1, 396 * 1.21, 396 * 1.331])


def test_an_excess_that_always_lasted_is_carried_on_whole() -> None:
    """Each authority kept its own growth for six years: weight and fade of one fit without miss."""
    rates = {"E06000001": 1.02, "E06000002": 1.05, "E06000003": 1.08, "E06000004": 1.12}
    panel = panel_of({code: 1_000 * rate ** np.arange(7) for code, rate in rates.items()})

    learned = learn(panel)

    assert (learned.weight, learned.fade) == (1.0, 1.0)
    for code, rate in rates.items():
        assert learned.forecast(code, 2).p50[1] == pytest.approx(1_000 * rate**8)


def test_an_excess_that_never_lasted_is_not_carried_on() -> None:
    """Own growth that swings to the other side each year is no reason to expect more of it."""
    swing = [1.0, 1.3] * 4
    panel = panel_of(
        {
            "E06000001": 1_000 * np.array(swing),
            "E06000002": [1_000.0] * 8,
            "E06000003": 1_000 / np.array(swing),
        }
    )

    assert learn(panel).weight == 0


def test_an_excess_fades() -> None:
    """Half of an excess of 0.04 carries on, then half of that, and again: 0.02, 0.03, 0.035."""
    forecast = learned_by_hand().forecast("E06000001", 3)

    assert np.log(forecast.p50 / 1_000) == pytest.approx([0.12, 0.23, 0.335])


def test_new_plans_are_the_excess_where_they_are_known() -> None:
    """0.3 new plans for each plan, where the middle has 0.2, is an excess of 0.1."""
    panel = made_up(3, 4)
    panel["starts"] = panel["plans"] * panel["code"].map(
        {"E06000000": 0.1, "E06000001": 0.2, "E06000002": 0.3}
    )

    assert learn(panel).excess == pytest.approx([-0.1, 0.0, 0.1])


def test_the_interval_by_hand() -> None:
    """One thousand plans are half of the 2,000 that 0.05 is told for: 0.05 x root 2 = 0.0707.

    Own: that times root of the years. Shared: 0.02 in the first year, and 0.02 x root (2 squared
    plus 1) in the second, since growth that changed in the first counts twice.
    """
    forecast = learned_by_hand().forecast("E06000001", 2)

    first = 0.05**2 * 2 + 0.02**2
    second = 0.05**2 * 2 * 2 + 0.02**2 * 5
    both = 0.05**2 * 2 + 0.02**2 * 2  # root (1 x 2) times root (1 / 2); once and twice the change
    assert forecast.covariance == pytest.approx(np.array([[first, both], [both, second]]))
    assert np.log(forecast.p90 / forecast.p50) == pytest.approx(P90 * np.sqrt([first, second]))
    assert np.log(forecast.p50 / forecast.p10) == pytest.approx(P90 * np.sqrt([first, second]))
    assert np.log(forecast.mean / forecast.p50) == pytest.approx([first / 2, second / 2])


def test_paths_have_the_percentiles_of_the_forecast_and_hang_together() -> None:
    """Of 100,000 paths the percentiles are within 1 % of those told, and so is their mean.

    Logs of the first and the last year correlate as the covariance says.
    """
    learned = learned_by_hand()
    forecast = learned.forecast("E06000001", 5)

    paths = learned.sample("E06000001", 5, 100_000, np.random.default_rng(3))

    assert paths.shape == (100_000, 5)
    told = np.array([forecast.p10, forecast.p50, forecast.p90])
    assert np.quantile(paths, [0.1, 0.5, 0.9], axis=0) == pytest.approx(told, rel=0.01)
    assert paths.mean(axis=0) == pytest.approx(forecast.mean, rel=0.01)
    cov = forecast.covariance
    expected = cov[0, 4] / np.sqrt(cov[0, 0] * cov[4, 4])
    logs = np.log(paths)
    assert np.corrcoef(logs[:, 0], logs[:, 4])[0, 1] == pytest.approx(expected, abs=0.02)


def test_the_same_seed_gives_the_same_paths() -> None:
    """A run can be told again from its seed."""
    forecast = learned_by_hand().forecast("E06000001", 5)

    one, other = (forecast.sample(10, np.random.default_rng(7)) for _ in range(2))

    assert (one == other).all()


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    authorities=st.integers(2, 30),
    years=st.integers(1, 12),
    horizon=st.integers(1, 12),
)
def test_whatever_the_panel_the_forecast_is_sound(
    seed: int, authorities: int, years: int, horizon: int
) -> None:
    """Percentiles stand in order, the interval never narrows, and paths can be drawn."""
    panel = made_up(authorities, years, seed)

    forecast = learn(panel).forecast("E06000000", horizon)

    assert (forecast.p10 > 0).all()
    assert (forecast.p10 < forecast.p50).all()
    assert (forecast.p50 < forecast.mean).all()
    assert (forecast.p50 < forecast.p90).all()
    assert (np.diff(forecast.p90 / forecast.p10) > 0).all()
    assert forecast.sample(3, np.random.default_rng(0)).shape == (3, horizon)


@settings(deadline=None, max_examples=20)
@given(factor=st.floats(0.1, 10), seed=st.integers(0, 100))
def test_ten_times_the_plans_are_forecast_ten_times_over(factor: float, seed: int) -> None:
    """Growth is of logs: the unit that plans are counted in cannot matter to the median."""
    panel = made_up(12, 8, seed)
    scaled = panel.assign(plans=panel["plans"] * factor)

    one, other = (learn(each).forecast("E06000004", 5) for each in (panel, scaled))

    assert other.p50 == pytest.approx(one.p50 * factor)


def test_the_order_of_rows_does_not_matter() -> None:
    """Nor do England and its regions, which are sums of authorities and no authorities."""
    panel = made_up()
    mixed = panel.sample(frac=1, random_state=4)
    for code in (ENGLAND, "E12000009"):
        summed = panel.groupby("year", as_index=False)["plans"].sum().assign(code=code)
        mixed = pd.concat([mixed, summed])

    one, other = (learn(each).forecast("E06000007", 5) for each in (panel, mixed))

    assert other.p50.tolist() == one.p50.tolist()
    assert other.covariance.tolist() == one.covariance.tolist()


def test_shared_and_own_misses_are_told_apart() -> None:
    """The panel was made with own growth of deviation 0.05 and shared growth that moves by 0.01.

    The middle of 200 authorities is itself off by about 1.25 x 0.05 / root 200 = 0.004. A last
    growth that is taken as lasting is off by the change, so by 0.01 and little more.
    """
    measured = learn(made_up(200, 16)).spread

    assert measured.own == pytest.approx(0.05, abs=0.006)
    assert measured.shared == pytest.approx(0.01, abs=0.006)
    assert measured.own_power == pytest.approx(0.5, abs=0.1)  # the steps of a random walk
    assert measured.size_power == pytest.approx(0, abs=0.1)  # made without regard to size


def test_the_weight_is_that_which_misses_by_least() -> None:
    """No other weight and fade of the grid has a smaller mean miss over the first three years."""
    logs = np.log(
        made_up(20, 9).pivot_table(index="code", columns="year", values="plans").to_numpy()
    )
    excess = excess_of(np.diff(logs, axis=1, prepend=np.nan))
    missed = shared_misses(logs)

    def mean_miss(weight: float, fade: float) -> float:
        off = [
            abs(missed[origin, step, at] - weight * excess[at, origin] * gained)
            for origin in range(9)
            for step, gained in enumerate((1, 1 + fade, 1 + fade + fade**2))
            for at in range(20)
            if np.isfinite(missed[origin, step, at])
        ]
        return float(np.mean(off))

    weight, fade = best_carrying(missed, excess)

    best = mean_miss(weight, fade)
    tried = [mean_miss(w / 10, f / 4) for w in range(11) for f in range(5)]
    assert best == pytest.approx(min(tried))


# -- short histories -------------------------------------------------------------------------------


def test_an_authority_with_one_count_grows_like_the_others_and_is_less_certain() -> None:
    """It has no excess; the interval is wider by the dated parameter, and both are said."""
    panel = made_up()
    new = panel_of({"E06000099": [2_000.0]}, first=int(panel["year"].max()))
    learned = learn(pd.concat([panel, new]))

    forecast = learned.forecast("E06000099", 2)

    assert forecast.p50[0] == pytest.approx(2_000 * np.exp(learned.shared))
    usual = P90 * np.sqrt(learned.spread.covariance(2_000, np.ones(2))[0, 0])
    wider = parameter("plans_forecast.young_widening", SCORED_ON).value
    assert np.log(forecast.p90[0] / forecast.p50[0]) == pytest.approx(wider * usual)
    assert any("no new plans on record" in note for note in forecast.notes)
    assert any("fewer than 3 Januaries" in note for note in forecast.notes)


def test_a_panel_of_one_january_takes_national_figures_and_says_so() -> None:
    """Nothing can be learnt from one count each: growth and interval are the national ones."""
    learned = learn(panel_of({"E06000001": [1_000.0], "E06000002": [2_000.0]}))

    assert learned.shared == parameter("plans_forecast.shared_log_growth", SCORED_ON).value
    assert learned.spread.own == parameter("plans_forecast.own_log_sd", SCORED_ON).value
    assert any("as England last did" in note for note in learned.notes)
    assert any("the interval is the national one" in note for note in learned.notes)


def test_few_authorities_are_said() -> None:
    """The middle of three is no national growth."""
    assert any("that of 3 authorities only" in note for note in learn(made_up(3, 8)).notes)


def test_a_panel_without_the_reform_is_as_wary_as_one_with_it() -> None:
    """Quiet years only: the shared miss is not below the one measured over every January."""
    quiet = made_up(60, 7).assign(year=lambda rows: rows["year"] + 9)

    learned = learn(quiet)

    assert learned.spread.shared >= parameter("plans_forecast.shared_log_sd", SCORED_ON).value
    assert any("after the reform of 2014" in note for note in learned.notes)


def test_beyond_what_was_scored_growth_falls_and_this_is_said() -> None:
    """Growth of year 6 is 0.8 of that of year 5, and a forecast of five years has no such note."""
    learned = learned_by_hand()

    far, near = learned.forecast("E06000002", 7), learned.forecast("E06000002", 5)

    growth = np.diff(np.log(far.p50))
    assert growth == pytest.approx([0.1, 0.1, 0.1, 0.1, 0.08, 0.064])
    assert any("scored up to 5 years ahead" in note for note in far.notes)
    assert near.notes == ()
    assert far.covariance[:5, :5] == pytest.approx(near.covariance)


# -- bad input -------------------------------------------------------------------------------------


def test_every_fault_of_a_panel_is_told_at_once() -> None:
    """A repeated row, a count of nought and new plans below nought: three faults, each by name."""
    panel = panel_of({"E06000001": [10.0, 20.0], "E06000002": [0.0, 5.0]}, starts=3.0)
    panel = pd.concat([panel, panel[:1]], ignore_index=True)
    panel.loc[1, "starts"] = -1.0

    with pytest.raises(InputError) as caught:
        learn(panel)

    told = str(caught.value)
    assert len(caught.value.faults) == 3
    assert "'E06000001 in 2009' is given twice in one year" in told
    assert "'E06000002 in 2009' has a count of plans that is not above nought" in told
    assert "'E06000001 in 2010' has fewer new plans than none" in told


def test_a_panel_of_england_alone_is_refused() -> None:
    """There is no authority to learn from."""
    with pytest.raises(InputError, match="there is no authority in it"):
        learn(panel_of({ENGLAND: [1.0, 2.0, 3.0]}))


@pytest.mark.parametrize("code", ["E06000002", "E99999999"])
def test_an_authority_without_a_last_count_is_refused(code: str) -> None:
    """One was abolished before the last January, the other never was: both are told by code."""
    panel = panel_of({"E06000001": [10.0, 11.0, 12.0], "E06000002": [10.0, 11.0, np.nan]})

    with pytest.raises(InputError, match=f"{code}.*no count of plans in 2011"):
        learn(panel).forecast(code, 1)


# -- the two layouts as one series -----------------------------------------------------------------


def rows_of(counts: dict[int, float], **more: Any) -> pd.DataFrame:
    """Return tidy rows of one authority: year to children."""
    rows = [
        {"code": "E06000001", "name": "Elm", "year": y, "children": c} for y, c in counts.items()
    ]
    return pd.DataFrame(rows).assign(**more)


def two_layouts(newer: dict[int, float], older: dict[int, float]) -> Release:
    """Return a stand-in for a release of both layouts, with the plans of one authority."""
    everyone = {"age": pd.NA, "placement": "all"}
    old = SimpleNamespace(
        layout="2022",
        older=None,
        has=lambda _: True,
        history=lambda: rows_of(older, age_group="all"),
        starts_history=lambda: rows_of({2017: 12.0}, age_group="all"),
    )
    new = SimpleNamespace(
        layout="2023",
        older=old,
        has=lambda _: True,
        stock=lambda: rows_of(newer, **everyone),
        starts=lambda: rows_of({2019: 20.0}, **everyone),
    )
    return cast("Release", new)


def test_the_layouts_are_joined_and_new_plans_stand_beside_the_january_after() -> None:
    """January 2018 is 2017 and has the new plans of 2017; those of 2018 are not published."""
    joined = totals_series(two_layouts({2018: 110.0, 2019: 130.0}, {2017: 100.0, 2018: 110.0}))

    assert joined.notices == ()
    assert joined.rows["year"].tolist() == [2017, 2018, 2019]
    assert joined.rows["plans"].tolist() == [100.0, 110.0, 130.0]
    assert joined.rows["starts"].fillna(-1).tolist() == [12.0, -1.0, 20.0]


def test_where_the_layouts_disagree_the_newer_stands_and_it_is_said() -> None:
    """110 in the newer against 108 in the older: the reader is told both, by their January."""
    joined = totals_series(two_layouts({2018: 110.0}, {2018: 108.0}))

    assert joined.rows["plans"].tolist() == [110.0]
    assert joined.notices == (
        "Elm: plans in January 2019 are 108 in the older layout and 110 in the newer; the newer "
        "stands",
    )


@pytest.mark.real
def test_the_published_layouts_agree_where_they_overlap(release: Release) -> None:
    """Both print 353,995 plans in England in January 2019; no authority differs in four years."""
    joined = totals_series(release)

    assert joined.notices == ()
    england = joined.rows[joined.rows["code"] == ENGLAND].set_index("year")
    assert england.loc[2009, "plans"] == 228_221  # January 2010, 2022_sen2_age_caseload
    assert england.loc[2018, "plans"] == 353_995
    assert england.loc[2024, "plans"] == 638_745  # January 2025, 2025_caseload
    assert england.loc[2024, "starts"] == 97_747  # new plans of 2024, 2025_newplans


@pytest.mark.real
def test_an_authority_is_there_in_the_years_it_existed(release: Release) -> None:
    """Northumberland changed its code in 2013 and is one; BCP began in 2019; Poole ended then."""
    rows = totals_series(release).rows
    years = rows.groupby("code")["year"].agg(["min", "max", "count"])

    assert tuple(years.loc["E06000057"]) == (2009, 2024, 16)
    assert tuple(years.loc["E06000058"]) == (2019, 2024, 6)
    assert tuple(years.loc["E06000029"]) == (2009, 2018, 10)


@pytest.mark.real
def test_the_national_parameters_are_what_the_record_says(release: Release) -> None:
    """Each `measured` row of the forecast is the benchmark's figure, to two digits."""
    totals = totals_series(release).rows
    measured = measured_totals(totals)
    for series in (age_group_series, placement_series):
        measured |= measured_parts(series(release).rows, totals)
    named = {
        one.name: one.value
        for one in parameters()
        if one.name.startswith(("plans_forecast.", "plans_part_log_sd."))
        and one.status == "measured"
    }

    assert named == {name: pytest.approx(value, rel=0.03) for name, value in measured.items()}


@pytest.mark.real
def test_the_page_tells_the_interval_in_plain_words(release: Release) -> None:
    """For 4,000 plans, one and two years ahead, the page prints what the record says today."""
    page = (Path(__file__).parents[3] / "docs" / "forecast-accuracy.md").read_text("utf-8")
    spread = learn(totals_series(release).rows).spread

    side = P90 * np.sqrt(np.diag(spread.covariance(4_000, np.ones(2))))

    for words, away in zip(("one year", "two years"), side, strict=True):
        above, below = np.expm1(away), -np.expm1(-away)
        assert (
            f"| {words} ahead | up to {above:.1%} | up to {below:.1%} |".replace("%", " %") in page
        )


@pytest.mark.real
def test_a_release_of_the_newer_layout_alone_is_enough(release: Release) -> None:
    """Seven Januaries, of which BCP has six: a forecast, with the missing reform said."""
    alone = Release(release.layout, release.tables)

    forecast = learn(totals_series(alone).rows).forecast("E06000058", 5)

    assert 4_432 < forecast.p10[0] < forecast.p50[0] < 4_432 * 1.3  # 4,432 in January 2025
    assert any("after the reform" in note for note in forecast.notes)
