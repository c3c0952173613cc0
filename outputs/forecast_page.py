"""The forecast's page: one file that opens offline, reads without script, and prints."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.demand.presets import PRESETS, scenario_fragment
from inputs.parameters import family, parameter
from outputs import forecast_charts as charts
from outputs import forecast_pages as pages
from outputs import forecast_words as said
from outputs import words
from outputs.forecast_entrants import entrants_fan, entrants_matrix
from outputs.forecast_groups import PLACES, PLANS, series
from outputs.forecast_report import ATTRIBUTION, ForecastReport
from outputs.html import LEGAL, drawn, template, write_page
from outputs.page_table import Column, Table, table_of
from outputs.page_trust import warnings_of

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.figures import Picture

LIMITS = (
    "It carries on what has been, for all authorities and for this one. A change of law, of "
    "funding or of practice that has not begun is not in it, unless a lever states it.",
    "Past placements show where there were places, not only what children needed. Children who "
    "wait are counted only where the number waiting was given.",
    "No table is published that crosses need, age and placement: that part is worked out from the "
    "three two-way tables, and single cells are uncertain beyond their bands.",
    "Homes are spread by where children of that age live, not by where these children live.",
    "Numbers by need, phase and locality are small: ten expected may well be six or fourteen.",
)
HOW = (
    "The total of plans follows the growth that all authorities share and a part of this one's "
    "own. Within it, children are followed by year of age and by need: each plan goes on, moves or "
    "ceases at the rates of this authority, drawn towards England's where its numbers are small, "
    "and new plans fill what the total leaves room for.",
    "A draw is one whole future: every child, every year, with its own growth and rates. Expected "
    "numbers are means, and add up. The band of eight of ten draws is taken for each figure by "
    "itself, so bands of parts do not add up to the band of the whole.",
)


def write_forecast_page(report: ForecastReport, path: Path) -> None:
    """Write ``forecast.html``, whole or not at all.

    Parameters
    ----------
    report
        The forecast; its public version where small numbers must not be shown.
    path
        Where it goes; replaced if it is there.
    """
    write_page(render_forecast(report), path)


def render_forecast(report: ForecastReport) -> str:
    """Return the whole page. The same report gives the same text."""
    return template("forecast.html").render(
        report=report,
        public=report.public,
        first=words.year_label(report.years[0]),
        last=words.year_label(report.years[-1]),
        lead=_lead(report),
        keys=_keys(report),
        status=_status(report),
        draws=f"{report.n_draws:,}",
        entrants_matrix=entrants_matrix(report),
        warnings=warnings_of(report.tables["warnings"]),
        how=HOW if report.whole else HOW[1:],
        limits=LIMITS if report.whole else LIMITS[:1] + LIMITS[-1:],
        legal=LEGAL,
        attribution=ATTRIBUTION,
        **(_whole(report) if report.whole else {}),
        **drawn(_pictures(report)),
    )


def _whole(report: ForecastReport) -> dict[str, Any]:
    """Return what only a forecast of plans has."""
    names = {lever.name for lever in report.levers}
    asked = [PRESETS[name] for name in report.presets if not PRESETS[name].levers]
    return {
        "localities": pages.localities_table(report),
        "local": pages.local_table(report),
        "flows": pages.flows_table(report),
        "lever_list": pages.lever_list(report) if report.levers else None,
        "lever_effects": pages.lever_effects(report) if report.levers else None,
        "presets": [
            (one.name, one.title, one.why) for one in PRESETS.values() if one.name not in names
        ],
        "scenario_keys": [(one.title, scenario_fragment(one)) for one in asked],
        "accuracy": accuracy(report),
        "accuracy_table": accuracy_table(),
        "returns_table": _returns(report) if report.returns else None,
    }


def _pictures(report: ForecastReport) -> dict[str, Picture | None]:
    found: dict[str, Picture | None] = {"entrants_fan": entrants_fan(report)}
    if not report.whole:
        return found
    return found | {
        "plans_fan": charts.fan(report, PLANS),
        "plans_ages": charts.fans(report, PLANS, "age_group"),
        "plans_needs": charts.fans(report, PLANS, "need"),
        "places_fan": charts.fan(report, PLACES),
        "places_phases": charts.fans(report, PLACES, "phase"),
        "places_needs": charts.fans(report, PLACES, "need"),
        "places_kinds": charts.fans(report, PLACES, "placement"),
        "starts": charts.starts_by_age(report),
        "drivers": charts.drivers(report),
        "levers": charts.levers(report),
    }


def _lead(report: ForecastReport) -> str:
    """Return the forecast in a sentence or two."""
    if not report.whole:
        return (
            "Only the children whom the case expects to need a specialist place could be drawn, "
            "because the case holds no demand.npz: what may come is spread round what it states."
        )
    plans, places = (series(report.tables["plans"], one) for one in (PLANS, PLACES))
    if said.held(plans) or said.held(places):
        return "There are too few children to show how many have a plan or a specialist place."
    counted = plans[plans["year"] == report.count_year].iloc[0]
    end, inside = plans.iloc[-1], places.iloc[-1]
    before = places[places["year"] == report.count_year].iloc[0]
    return (
        f"{said.whole(counted['mean'])} children and young people had a plan in "
        f"{said.january(report.count_year)}. In {said.january(report.years[-1])} about "
        f"{said.about(end['mean'])} are expected, and 8 times in 10 from {said.about(end['p10'])} "
        f"to {said.about(end['p90'])}. In specialist places, {said.whole(before['mean'])} become "
        f"about {said.about(inside['mean'])} ({said.about(inside['p10'])} to "
        f"{said.about(inside['p90'])})."
    )


def _keys(report: ForecastReport) -> list[dict[str, str]]:
    """Return the figures of the first screen."""
    out = []
    if report.whole:
        for ahead in (2, len(report.years)):
            year = report.count_year + ahead
            for measure, label in ((PLANS, "Plans"), (PLACES, "In specialist places")):
                frame = series(report.tables["plans"], measure)
                row = frame[frame["year"] == year]
                if len(row):
                    out.append(
                        {
                            "label": f"{label}, {said.january(year)}",
                            "figure": said.about(row.iloc[0]["mean"]),
                            "note": f"8 draws in 10: {said.about(row.iloc[0]['p10'])} to "
                            f"{said.about(row.iloc[0]['p90'])}",
                        }
                    )
    groups = report.tables["entrants_by_group"]
    every = groups[(groups[["kind", "need", "phase"]] == "all").all(axis=1)]
    if len(every):
        first = every.sort_values("year").iloc[0]
        out.append(
            {
                "label": f"Newly need a specialist place, {words.year_label(first['year'])}",
                "figure": said.about(first["mean"]),
                "note": f"8 draws in 10: {said.between(first)}",
            }
        )
    return out


def _status(report: ForecastReport) -> list[dict[str, object]]:
    """Return the boxes under the figures: how it was scored, and what should be known at once."""
    if not report.whole:
        return [
            {
                "bad": True,
                "head": "Less than a forecast.",
                "text": "Make the case with sendplaces start, or give the official files with "
                "--sen2, and plans and places can be forecast as well.",
            }
        ]
    held = family("plans_forecast_coverage", _SCORED)
    return [
        {
            "bad": False,
            "head": "Scored, not believed.",
            "text": f"Of bands made in the same way in past years, {100 * held['1']:.0f} in 100 "
            f"held one year ahead, {100 * held['3']:.0f} three and {100 * held['5']:.0f} five "
            "years ahead, where 80 would be right. See “How far off it may be”.",
        }
    ]


_SCORED = date(2026, 9, 1)


def accuracy(report: ForecastReport) -> list[str]:
    """Return what is known of how far off such forecasts were, in sentences."""
    beyond = report.years[-1] - report.count_year > 5
    lines = [
        "The forecast of all plans was made again for every authority in the official files, as "
        "of each January from 2013 to 2024, and held against what came. The table says how often "
        "the count fell within the band, where 80% would be right, and how far off the middle "
        "authority was.",
        "Bands of parts (needs, ages, kinds of place, localities) could not be scored in the same "
        "way, for lack of history by need: they hold the chance in small numbers and the "
        "uncertainty of the rates, and are more likely too narrow than too wide.",
    ]
    if beyond:
        lines.append(
            "Nothing could be scored beyond five years ahead. Take those years as an if, not as a "
            "forecast; to plan for them, try P10 and P90."
        )
    return lines


def accuracy_table() -> Table:
    """Return how often bands held and how far off forecasts were, by years ahead."""
    held, off = (family(f"plans_forecast_{one}", _SCORED) for one in ("coverage", "wape"))
    source = parameter("plans_forecast_coverage.1", _SCORED)
    frame = pd.DataFrame(
        {"ahead": sorted(held), "held": [held[k] for k in sorted(held)],
         "off": [off[k] for k in sorted(held)]}
    )  # fmt: skip
    return table_of(
        "table-accuracy",
        "Forecasts of all plans made at past Januaries, by years ahead",
        frame,
        [
            Column("ahead", "Years ahead", str),
            Column("held", "Counts within the band", lambda x: words.share(x, 0), numeric=True),
            Column("off", "Middle authority off by", words.share, numeric=True),
        ],
        note=f"Of about half of the authorities of England, all that the files at hand hold. "
        f"Source: {source.source.split(':')[0]}; docs/forecast-accuracy.md has the whole table, "
        "beside plainer methods.",
    )


def _returns(report: ForecastReport) -> Table:
    """Return which files the returns are in."""
    rows = [
        ("returns/scap.csv", "School Capacity Survey: planning areas by curriculum year and year"),
        ("returns/dsg.csv", "DSG management plan: seven sheets by age group and need, with keys"),
    ]
    listed = report.returns["lsrp_contents"]
    pairs = zip(listed["file"], listed["table"], listed["title"], strict=True)
    rows += [(f"returns/{file}", f"LSRP {number}: {title}") for file, number, title in pairs]
    rows.append(("returns/lsrp_ranges.csv", "Range of every figure of the LSRP tables"))
    return table_of(
        "table-returns",
        "Files of the returns",
        pd.DataFrame(rows, columns=["file", "what"]),
        [Column("file", "File", str), Column("what", "What it holds", str)],
    )
