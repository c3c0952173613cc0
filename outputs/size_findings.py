"""The page, the workbook and the tables of the question of size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from optimiser.costs import PURSES
from optimiser.sizing import Interval
from outputs import size_words as say
from outputs.finding_charts import Line, line_chart
from outputs.findings import Findings, Key, Section
from outputs.page_table import Column, Table, table_of
from outputs.places_grid import YEARS_SHOWN
from outputs.size_chart import size_chart
from outputs.size_tables import break_even, filled_wide, size_label, size_tables, sizes, verdicts
from outputs.words import (
    MISSING,
    PURSE_LABELS,
    amount_range,
    number,
    pounds,
    share,
    small_share,
    thousands,
    words,
    year_label,
)

if TYPE_CHECKING:
    from outputs.size_found import SizeFound

KIND = "size"
SHORT_PURSES = {"dsg": "DSG", "general_fund": "General Fund", "capital": "Capital"}


def size_findings(found: SizeFound) -> Findings:
    """Return everything that was found of size, ready to publish."""
    warning = say.horizon_warning(found)
    parts = [_draws(found), _regret(found), _expected(found), _filled(found)]
    parts += [_against(found), _grid(found)]
    return Findings(
        kind=KIND,
        title=f"How big: {found.sized.name}",
        case_name=found.case_name,
        run_id=found.run_id,
        lede=say.lede(found),
        proven=say.proven(found),
        sections=tuple(part for part in parts if part is not None),
        tables=size_tables(found),
        summary=size_summary(found),
        keys=_keys(found),
        notes=(
            *((warning,) if warning else ()),
            found.sized.rule,
            "Places by need and phase grow in step with size, between the sizes stated.",
            *((f"Draws: {found.source}.",) if found.totals else ()),
            *found.notes,
        ),
        warnings=found.warnings,
        attribution=found.attribution,
        about={
            "sizes": "One row a size: the plan for the expected children",
            "draws": "One row a size: expected cost, regret and saving over the draws",
            "fan": "One row a size and draw",
            "filled": "Places added and in use by size and year",
            "openings": "What opens, and when, at each size",
            "break_even": "Prices of a place at which building and not building cost the same",
            "places_grid": "The department's grid, by age band",
            "year_groups": "The same places by year group",
        },
    )


def size_summary(found: SizeFound) -> dict[str, Any]:
    """Return the figures for ``summary.json`` and ``--json``."""
    choice, least = found.choice, Interval.of(found.curve.do_minimum)
    rows = []
    for one in found.curve.sizes:
        saved = least.less(Interval.of(one.proof))
        row: dict[str, Any] = {
            "size": one.size,
            "capital_gbp": one.capital_gbp,
            "opens": one.opens,
            "termination": str(one.proof.termination),
            "cost_gbp": _finite(one.proof.cost_gbp),
            "bound_gbp": _finite(one.proof.bound_gbp),
            "saving_interval_gbp": [_finite(saved.low), _finite(saved.high)],
            "why_not": found.reasons.get(one.size),
        }
        if one.measures is not None:
            row["purses_gbp"] = {purse: one.measures.purses[purse] for purse in PURSES}
            row["in_use_by_year"] = dict(
                zip(map(str, found.years), one.measures.in_use.tolist(), strict=True)
            )
            row["ride_minutes_mean"] = _finite(one.measures.minutes_mean)
            row["over_guideline_share"] = _finite(one.measures.over_guideline_share)
        told = next((each for each in choice.verdicts if each.size == one.size), None)
        if told is not None:
            row |= {
                "expected_cost_interval_gbp": [told.expected.low, told.expected.high],
                "worst_regret_interval_gbp": [told.worst_regret.low, told.worst_regret.high],
                "saving_at_gbp": {k: [v.low, v.high] for k, v in told.saving_at.items()},
                "draws_it_pays": told.pays,
            }
        rows.append(row)
    same = {
        "least_expected_cost": [one.size for one in choice.verdicts if one.same_as_best],
        "least_worst_regret": [one.size for one in choice.verdicts if one.same_as_safest],
    }
    return {
        "lede": say.lede(found),
        "option": found.sized.option,
        "draws": len(found.totals),
        "least_expected_cost_size": choice.least_expected,
        "least_worst_regret_size": choice.least_regret,
        "no_material_difference": same,
        "sizes": rows,
        "cash_per_place_gbp": None if found.cash is None else found.cash.per_place_gbp,
        "audited": found.audited,
        "warnings": [one.as_dict() for one in found.warnings],
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _keys(found: SizeFound) -> tuple[Key, ...]:
    choice = found.choice
    if choice.least_expected is None or choice.least_regret is None:
        return ()
    best, safest = choice.of(choice.least_expected), choice.of(choice.least_regret)
    return (
        Key("Least expected cost", say.titled(best.size), f"over {len(found.totals)} draws"),
        Key(
            "Least worst regret",
            say.titled(safest.size),
            f"at most {pounds(safest.worst_regret.high)} above the best",
        ),
        Key(
            "Expected saving at the first",
            amount_range(best.saving.low, best.saving.high),
            "against the do-minimum, present value",
        ),
    )


def _money(name: str, heading: str, group: str = "") -> Column:
    return Column(name, heading, thousands, numeric=True, group=group)


def _size_column() -> Column:
    return Column("size", "Places", size_label)


def _draws(found: SizeFound) -> Section | None:
    """Return the size curve over the draws."""
    if not found.choice.verdicts:
        return None
    frame = verdicts(found)
    columns = [
        _size_column(),
        _money("expected_low_gbp", "From", "Expected cost"),
        _money("expected_high_gbp", "To", "Expected cost"),
        _money("more_than_best_low_gbp", "From", "More than the best size"),
        _money("more_than_best_high_gbp", "To", "More than the best size"),
        _money("standard_error_gbp", "Standard error"),
        Column(
            "no_material_difference_from_least_expected",
            "Told from the best",
            lambda same: "No material difference" if same else "Dearer",
        ),
    ]
    table = table_of(
        "table-draws",
        "Expected cost over the draws by size, £ of present value, all purses and policy weights",
        frame,
        columns,
    )
    savings = table_of(
        "table-savings",
        "Saving against the do-minimum over the draws by size: £ of present value",
        frame.assign(
            **{
                f"{rank}": [
                    f"{thousands(low)} to {thousands(high)}"
                    for low, high in zip(
                        frame[f"saving_{rank}_low_gbp"],
                        frame[f"saving_{rank}_high_gbp"],
                        strict=True,
                    )
                ]
                for rank in ("p10", "p50", "p90")
            }
        ),
        [
            _size_column(),
            *(Column(rank, rank.upper(), str, numeric=True) for rank in ("p10", "p50", "p90")),
            Column("draws_it_pays", "Draws in which it beats not building", words, numeric=True),
            Column("draws_it_does_not", "Draws in which it does not", words, numeric=True),
        ],
        note="P10, P50 and P90 are of the saving at that size, each a draw that came up.",
    )
    said = [say.how_sure(found), say.edge(found), say.horizon_warning(found)]
    said.append(say.expected_against_draws(found))
    if found.shown is not None and any(v.size == found.shown for v in found.choice.verdicts):
        said.append(say.pays(found, found.shown))
    return Section(
        "The size curve over the draws of demand",
        tuple(one[:1].upper() + one[1:] for one in said if one),
        size_chart(found, table) if len(found.choice.verdicts) > 1 else None,
        (savings,) if len(found.choice.verdicts) > 1 else (table, savings),
    )


def _regret(found: SizeFound) -> Section | None:
    frame = verdicts(found)
    if len(frame) < 2:
        return None
    table = table_of(
        "table-regret",
        "Worst regret by size: the most it costs above the best size of the same draw, £",
        frame,
        [
            _size_column(),
            _money("worst_regret_low_gbp", "From"),
            _money("worst_regret_high_gbp", "To"),
        ],
    )
    low, high = frame["worst_regret_low_gbp"].tolist(), frame["worst_regret_high_gbp"].tolist()
    picture = line_chart(
        "chart-regret",
        "Worst regret by size",
        f"The band runs from the least to the most that it can be. {say.regret_sentence(found)}",
        [Line("Worst regret", frame["size"].tolist(), high, low, high)],
        across="Places at full size (0: not built)",
        up="Most above the best size of a draw, £",
        table=table,
    )
    return Section("Regret", (say.regret_sentence(found),), picture)


def _expected(found: SizeFound) -> Section:
    frame = sizes(found)
    proof = frame["gap"].map(small_share)
    shown = frame.assign(
        proof=[
            f"within {gap}"
            if how == "optimal"
            else f"{words(how)}, gap {gap}"
            if why == ""
            else why
            for gap, how, why in zip(proof, frame["termination"], frame["why_not"], strict=True)
        ]
    )
    table = table_of(
        "table-sizes",
        "The plan for the expected children at each size: £ of present value",
        shown,
        [
            _size_column(),
            _money("build_gbp", "To build"),
            Column("opens", "Opens", year_label),
            _money("saving_low_gbp", "From", "Saving"),
            _money("saving_high_gbp", "To", "Saving"),
            *(_money(f"{purse}_gbp", label, "Cost") for purse, label in SHORT_PURSES.items()),
            Column("ride_minutes_mean", "Mean ride, minutes", _one_decimal, numeric=True),
            Column("over_guideline_share", "Over guideline", share, numeric=True),
            Column("proof", "Proof", str),
        ],
        note="Saving is do-minimum less plan. The purses are never netted: "
        + "; ".join(PURSE_LABELS.values())
        + ".",
    )
    return Section(
        "The plan for the expected children",
        ("Each size with whatever else is best beside it.", found.sized.rule),
        tables=(table,),
    )


def _filled(found: SizeFound) -> Section | None:
    frame = filled_wide(found)
    if frame.empty:
        return None
    years = [name for name in frame.columns if name != "size" and (frame[name] != "").any()]
    table = table_of(
        "table-filled",
        "Places in use of those open, by size and year: expected children",
        frame,
        [_size_column(), *(Column(y, year_label(int(y)), str, numeric=True) for y in years)],
    )
    return Section("Places filled by year", (), tables=(table,))


def _against(found: SizeFound) -> Section | None:
    said = (*say.bases_sentences(found), *say.cash_sentences(found))
    tables: tuple[Table, ...] = ()
    if found.breaks:
        frame = break_even(found)
        tables = (
            table_of(
                "table-break-even",
                "Break-even with not building, £ a place",
                frame,
                [
                    _size_column(),
                    _money("capital_per_place_gbp", "Costs to build"),
                    _money("capital_break_even_low_gbp", "From", "Could cost to build"),
                    _money("capital_break_even_high_gbp", "To", "Could cost to build"),
                    _money("cash_where_building_is_given_low_gbp", "From", "Cash, building given"),
                    _money("cash_where_building_is_given_high_gbp", "To", "Cash, building given"),
                    _money("cash_break_even_low_gbp", "From", "Cash, own capital"),
                    _money("cash_break_even_high_gbp", "To", "Cash, own capital"),
                ],
                note="Over the draws where there are any, else for the expected children. Below "
                "nought: building costs more than not building, whatever is paid.",
            ),
        )
    if not said and not tables:
        return None
    return Section("Build, take the cash, or bases instead", bullets=said, tables=tables)


def _grid(found: SizeFound) -> Section | None:
    grid, size = found.grid, found.shown
    if grid is None or size is None:
        return None
    columns = [
        Column(
            f"year_{k}",
            year_label(grid.opens) if k == 0 else f"+{k}",
            _places_or_blank,
            numeric=True,
        )
        for k in range(YEARS_SHOWN)
    ]
    bands = table_of(
        "table-grid",
        f"Places commissioned by age band, {size} places, in whole class groups",
        grid.bands,
        [Column("band", "Age band", str), *columns],
        totals=[len(grid.bands) - 1],
        note=(
            f"{grid.left_over} places of the full size make no whole class group."
            if grid.left_over
            else ""
        ),
    )
    ages = table_of(
        "table-year-groups",
        "The same places by national-curriculum year (reception is 0)",
        grid.year_groups,
        [Column("nc_year", "Year group", words), *columns],
        folded="By year group",
    )
    said = (
        f"Places open by the ramp, shared as the children placed there are. From "
        f"{year_label(grid.shares_from + 1)} on nobody is placed by the plan: each year is then "
        f"taken to bring the children that {year_label(grid.shares_from)} brings, an assumption.",
    )
    return Section("The department's grid of places", said, tables=(bands, ages))


def _one_decimal(value: object) -> str:
    found = number(value)
    return MISSING if found is None else f"{found:.1f}"


def _places_or_blank(value: object) -> str:
    return "" if value == 0 else words(value)
