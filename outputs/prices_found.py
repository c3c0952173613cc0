"""The findings of ``sendplaces prices``: page, tables and summary."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.vocabulary import Need, Phase
from optimiser.costs import PURSES
from outputs import words
from outputs.finding_charts import Interval as Bar
from outputs.finding_charts import interval_chart
from outputs.findings import Findings, Key, Section
from outputs.page_table import Column, table_of
from outputs.reasons_words import class_words, interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inputs.errors import Fault
    from optimiser.prices import Price, Prices, Reopened, Worth
    from optimiser.problem import Problem
    from outputs.figures import Picture

KIND = "prices"
DRAWN = 24
"""Places that the chart shows, the dearest."""
OUTSIDE = "outside the area"

WHAT = (
    "One more place of a need and phase, from a year on, is one more child of that need and phase "
    "who fits at a provision in each September from then to the end of the plan. Where a number "
    "is stated for the need and phase, that is one more too; where none is, a place is for any "
    "child who is taught there, and has one price. In a locality, the price is that of the "
    "provision where it is worth most.",
    "The place costs nothing in these figures: no building, no place funding. So a price is the "
    "most that such a place may cost a year and still pay, each purse for itself. The top-up of "
    "the child in it is counted, and so are those who move up in turn.",
    "A year: worth in present value, over the years of the plan from that one on, and after it for "
    "as long as the child who is in the place then stays.",
)
EXACT = (
    "Openings and vehicles are held as planned, and every child is placed again at least cost with "
    "one place more and one fewer: each price is exact for these openings, to the penny. How it is "
    "split over the purses is of the placement found, where others cost as little.",
    "A second place is worth no more than the first, and usually less.",
    "The total counts the weights of policy too (children without a place, places over number, "
    "broken rules). Weights are not money. Where the weight is below nought, it is cheaper to let "
    "a child wait for the place than to go elsewhere: read the price with that in mind.",
)
OPEN = (
    "With other openings allowed, what a place is worth lies between two proven ends; the plan's "
    "own gap makes them wide.",
    "With one more place other openings may be best. That was asked only of the places in the "
    "section on openings; of the others nothing is claimed but what they are worth as planned.",
)


def prices_findings(
    found: Prices,
    reopened: Sequence[Reopened],
    problem: Problem,
    *,
    case_name: str,
    run_id: str,
    warnings: tuple[Fault, ...] = (),
    attribution: tuple[str, ...] = (),
) -> Findings:
    """Return the findings of the command.

    Parameters
    ----------
    found
        The prices.
    reopened
        What was asked with other openings allowed.
    problem
        The plan's problem.
    case_name, run_id
        Of the plan.
    warnings, attribution
        Of the case and its roads.
    """
    places = places_table(found, problem)
    by_locality = locality_table(places)
    sections = [
        Section("What the prices mean", WHAT),
        *_by_need(by_locality),
        *_by_provision(places),
        _openings(reopened, problem),
    ]
    late = (
        ("Time ran out before all were asked: blank prices are not known.",)
        if found.out_of_time
        else ()
    )
    return Findings(
        kind=KIND,
        title="What one more place is worth",
        case_name=case_name,
        run_id=run_id,
        lede=_lede(by_locality),
        proven=(*EXACT, *OPEN, *late),
        sections=tuple(sections),
        tables={
            "prices": by_locality,
            "places": places,
            "openings": openings_table(reopened),
        },
        summary=_summary(found, by_locality, reopened),
        keys=_keys(found, places, reopened),
        warnings=warnings,
        attribution=attribution,
        styles={"waiting_child_years": "number"},
        about={
            "prices": "One row a need, phase, locality and year: where a place is worth most",
            "places": "One row a provision, need, phase and year: one more and one fewer",
            "openings": "Places asked about with other openings allowed",
        },
    )


def places_table(found: Prices, problem: Problem) -> pd.DataFrame:
    """Return one row a provision, need, phase and year: one more and one fewer, by purse."""
    at = problem.provisions.set_index("provision")
    rows = []
    for one in found.prices:
        here = at.loc[one.provision]
        locality = here["locality"] if bool(here["in_area"]) else OUTSIDE
        rows.append(
            {
                "provision": one.provision,
                "name": str(here["name"]),
                "class": str(here["class"]),
                "locality": "" if pd.isna(locality) else str(locality),
                "need": one.need,
                "phase": one.phase,
                "year": one.year,
                **_told("more", one.more, one),
                **_told("fewer", one.fewer, one),
                "fewer_cannot": one.fewer_cannot,
            }
        )
    return pd.DataFrame(rows)


def _told(side: str, worth: Worth | None, price: Price) -> dict[str, Any]:
    names = ("a_year_gbp", *(f"{purse}_a_year_gbp" for purse in PURSES), "weight_a_year_gbp",
             "present_value_gbp", "waiting_child_years")  # fmt: skip
    if worth is None:
        return {f"one_{side}_{name}": None for name in names}
    each = price.year_weight
    values = (
        worth.total_gbp / each,
        *(worth.purses[purse] / each for purse in PURSES),
        worth.policy_weight_gbp / each,
        worth.total_gbp,
        worth.waiting,
    )
    return {f"one_{side}_{name}": value for name, value in zip(names, values, strict=True)}


def locality_table(places: pd.DataFrame) -> pd.DataFrame:
    """Return one row a locality of the area, need, phase and year: the place worth most there."""
    inside = places[(places["locality"] != OUTSIDE) & places["one_more_a_year_gbp"].notna()]
    if inside.empty:
        return inside.drop(columns="fewer_cannot")
    keys = ["locality", "need", "phase", "year"]
    best = inside.groupby(keys, sort=True)["one_more_a_year_gbp"].idxmax()
    kept = inside.loc[best].drop(columns="fewer_cannot")
    ordered = [*keys, *(name for name in kept.columns if name not in keys)]
    return kept[ordered].reset_index(drop=True)


def openings_table(reopened: Sequence[Reopened]) -> pd.DataFrame:
    """Return what was asked with other openings allowed."""
    rows = [
        {
            "provision": one.provision,
            "year": one.year,
            "held_gbp": one.held,
            "free_low_gbp": one.free.low,
            "free_high_gbp": one.free.high if math.isfinite(one.free.high) else None,
            "termination": str(one.free.termination),
            "openings_change": one.openings is not None and not one.better_anyway,
            "openings": ""
            if one.openings is None
            else "; ".join(f"{option} {year}" for option, year in sorted(one.openings.items())),
            "better_without_it_too": one.better_anyway,
        }
        for one in reopened
    ]
    names = ["provision", "year", "held_gbp", "free_low_gbp", "free_high_gbp", "termination",
             "openings_change", "openings", "better_without_it_too"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _first_of(table: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    """Return the first year of which prices are known, and its rows."""
    year = int(table["year"].min())
    return year, table[table["year"] == year]


def _by_need(prices: pd.DataFrame) -> list[Section]:
    if prices.empty:
        return []
    sections = []
    year, first = _first_of(prices)
    wide = first.pivot_table(
        index="need", columns="phase", values="one_more_a_year_gbp", aggfunc="max", observed=True
    )
    wide = wide.reindex(
        index=[one.value for one in Need if one.value in wide.index],
        columns=[one.value for one in Phase if one.value in wide.columns],
    )
    table = table_of(
        "table-needs",
        f"One more place from September {year}, £ a year, where it is worth most in the area",
        wide.reset_index(),
        [
            Column("need", "Need", words.need_label),
            *(
                Column(phase, words.phase_label(phase), words.pounds, numeric=True)
                for phase in wide.columns
            ),
        ],
        shaded=list(wide.columns),
        note="A dash: no place of that need and phase is open in the area then.",
    )
    sections.append(Section("By need and phase", (), None, (table,)))
    years = prices.groupby(["locality", "year"])["one_more_a_year_gbp"].agg(["min", "max"])
    spread = years.reset_index()
    table = table_of(
        "table-localities",
        "One more place, £ a year: least and most over needs and phases, by locality",
        spread,
        [
            Column("locality", "Locality"),
            Column("year", "From", words.year_label),
            Column("min", "Least", words.pounds, numeric=True),
            Column("max", "Most", words.pounds, numeric=True),
        ],
        folded="By locality and year",
    )
    sections.append(Section("By locality and year", (), None, (table,)))
    return sections


def _by_provision(places: pd.DataFrame) -> list[Section]:
    known = places[places["one_more_a_year_gbp"].notna()] if len(places) else places
    known = known[known["locality"] != OUTSIDE] if len(known) else known
    if known.empty:
        return []
    year, first = _first_of(known)
    # provisions with one price for all whom they teach stand in one line
    best = first.sort_values("one_more_a_year_gbp", ascending=False, kind="stable")
    best = best.assign(alike=best["one_more_present_value_gbp"].astype(float).round())
    best = best.drop_duplicates(["provision", "alike"])
    shown = best.head(DRAWN)
    table = table_of(
        "table-provisions",
        f"One more place from September {year}, £ a year, by purse, the dearest {len(shown)}",
        shown.assign(year_=year),
        [
            Column("name", "Provision", str),
            Column("need", "Need, first of those at this price", words.need_label),
            Column("phase", "Phase", words.phase_label),
            Column("one_more_a_year_gbp", "One more is worth", words.pounds, numeric=True),
            *(
                Column(f"one_more_{purse}_a_year_gbp", words.PURSE_LABELS[purse], words.pounds,
                       True, "of it")
                for purse in ("dsg", "general_fund")
            ),
            Column("one_more_weight_a_year_gbp", "Policy weight, not money", words.pounds, True,
                   "of it"),
            Column("one_fewer_a_year_gbp", "One fewer loses", words.pounds, numeric=True),
        ],
        note="All are in tables/places.csv. A dash under one fewer: children who are there now "
        "hold every place.",
    )  # fmt: skip
    return [Section("By provision", (), _chart(shown, year, table))]


def _chart(shown: pd.DataFrame, year: int, table: Any) -> Picture:
    bars = []
    for row in shown.to_dict("records"):
        more = float(row["one_more_a_year_gbp"])
        fewer = words.number(row["one_fewer_a_year_gbp"])
        ends = sorted([more, more if fewer is None else fewer])
        label = f"{row['name']}, {words.phase_label(row['phase']).lower()}"
        bars.append(Bar(label if len(label) <= 44 else f"{label[:42]} …", ends[0], ends[1],
                        more, words.pounds(more)))  # fmt: skip
    top = shown.iloc[0]
    described = (
        "One line a place. The dot: what one more is worth a year. The bar runs to what one fewer "
        f"would lose. Dearest: {top['name']}, {words.pounds(top['one_more_a_year_gbp'])} a year."
    )
    return interval_chart(
        "chart-places",
        f"What one more place is worth a year, from September {year}",
        described,
        bars,
        axis="£ a year",
        table=table,
    )


def _openings(reopened: Sequence[Reopened], problem: Problem) -> Section:
    heading = "Would one more place change what to open?"
    if not reopened:
        told = (
            "Not asked. To ask it of a provision, name it with --reopen, or allow more --seconds."
        )
        return Section(heading, (told,))
    names = problem.provisions.set_index("provision")["name"]
    lines = []
    for one in reopened:
        said = (
            f"{names[one.provision]}, from {words.year_label(one.year)}: as planned "
            f"{words.pounds(one.held)} of present value; with other openings allowed "
            f"{interval(one.free)}. "
        )
        if one.openings is None:
            said += "No other openings were found that do better with it."
        elif one.better_anyway:
            said += (
                "Other openings were found that do better with it, and without it too: the plan "
                "is not the best there is. Plan again with a smaller gap."
            )
        else:
            said += "Openings would change: " + "; ".join(
                f"{option} in {words.year_label(year)}"
                for option, year in sorted(one.openings.items())
            )
            said += " does better with it."
        lines.append(said)
    return Section(heading, (), None, (), tuple(lines))


def _lede(prices: pd.DataFrame) -> str:
    if prices.empty:
        return "No price is known: there was no time to ask, or no place is open."
    year, first = _first_of(prices)
    top = first.iloc[int(first["one_more_a_year_gbp"].to_numpy(float).argmax())]
    nothing = int((first["one_more_a_year_gbp"] <= 0).sum())
    idle = (
        f" Of {len(first)} needs, phases and localities, {nothing} have room to spare: one more is "
        "worth nothing."
    )
    return (
        f"From September {year} one more place is worth most at {top['name']} "
        f"({class_words(str(top['class']), year)}; {words.need_label(top['need'])}, "
        f"{words.phase_label(top['phase']).lower()}): {words.pounds(top['one_more_a_year_gbp'])} "
        f"a year, of which the Dedicated Schools Grant saves "
        f"{words.pounds(top['one_more_dsg_a_year_gbp'])} and the General Fund "
        f"{words.pounds(top['one_more_general_fund_a_year_gbp'])}."
    ) + (idle if nothing else "")


def _keys(found: Prices, places: pd.DataFrame, reopened: Sequence[Reopened]) -> tuple[Key, ...]:
    known = int(places["one_more_a_year_gbp"].notna().sum()) if len(places) else 0
    changed = sum(one.openings is not None and not one.better_anyway for one in reopened)
    return (
        Key("Places priced", f"{known:,}", f"of {len(places):,} by provision, need, phase, year"),
        Key("Placements worked out", f"{found.solved:,}", "the others follow from shadow prices"),
        Key("Openings would change", str(changed), f"of {len(reopened)} places asked about"),
    )


def _summary(found: Prices, prices: pd.DataFrame, reopened: Sequence[Reopened]) -> dict[str, Any]:
    shown = ["locality", "need", "phase", "year", "provision", "one_more_a_year_gbp",
             "one_more_dsg_a_year_gbp", "one_more_general_fund_a_year_gbp",
             "one_more_weight_a_year_gbp", "one_fewer_a_year_gbp"]  # fmt: skip
    rows = prices[shown] if len(prices) else pd.DataFrame(columns=shown)
    return {
        "placed_gbp": found.placed_gbp,
        "places": len(found.prices),
        "priced": sum(one.more is not None for one in found.prices),
        "solved": found.solved,
        "out_of_time": found.out_of_time,
        "prices": rows.astype(object).where(rows.notna(), None).to_dict("records"),
        "openings": openings_table(reopened).to_dict("records"),
    }
