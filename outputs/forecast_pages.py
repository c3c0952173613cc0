"""Tables of the forecast's page: what a reader sees, already in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from outputs import forecast_words as said
from outputs import words
from outputs.adding import numeric, suppressed
from outputs.forecast_groups import PLACES, PLANS, PROJECTED, groups, series
from outputs.page_table import Column, Table, table_of
from outputs.tables import ALL

if TYPE_CHECKING:
    from outputs.forecast_report import ForecastReport

SAME = "The same numbers in a table"
LOCAL_ROWS = 600
"""Rows of need, phase and locality that the page holds; all of them are in their CSV."""


def by_year_table(
    report: ForecastReport, measure: str, by: str | None = None, *, open_: bool = False
) -> Table:
    """Return the numbers of a fan, or of small fans, year by year; folded unless it stands open."""
    whole = report.tables["plans"]
    title = said.MEASURES[measure]
    if by is None:
        frame = series(whole, measure)
        columns = [
            Column("year", "Count of", said.january),
            Column("status", "", words.words),
            Column("mean", "Expected or counted", said.whole, numeric=True),
            Column("p10", "1 in 10 below", said.whole, numeric=True),
            Column("p50", "Middle", said.whole, numeric=True),
            Column("p90", "1 in 10 above", said.whole, numeric=True),
        ]
        if report.levers:
            columns.append(Column("unmitigated_mean", "Without levers", said.whole, numeric=True))
        return table_of(
            f"table-{_slug(measure)}",
            f"{title} in January of each year",
            frame,
            columns,
            folded=SAME,
        )
    rows = []
    parts = groups(whole, measure, by)
    every = {key: some.sort_values("year") for key, some in parts.groupby(by, sort=False)}
    for key in said.keys_of(parts, by):
        frame = every[key]
        ahead = frame[frame["status"] == PROJECTED]
        last = ahead.iloc[-1]
        row: dict[str, object] = {by: key, "count": _counted(report, frame)}
        row |= {str(year): size for year, size in zip(ahead["year"], ahead["mean"], strict=True)}
        rows.append(
            row | {"p10": last["p10"], "p90": last["p90"], "without": last["unmitigated_mean"]}
        )
    end = said.january(report.years[-1])
    columns = [
        Column(by, said.BREAKDOWNS[by].capitalize(), said.LABELS[by]),
        Column("count", said.january(report.count_year), said.whole, True, "Counted"),
        *(Column(str(y), str(y + 1), said.whole, True, "Expected, January") for y in report.years),
        Column("p10", "1 in 10 below", said.whole, True, end),
        Column("p90", "1 in 10 above", said.whole, True, end),
    ]
    if report.levers:
        columns.append(Column("without", "Without levers", said.whole, True, end))
    return table_of(
        f"table-{_slug(measure)}-{_slug(by)}",
        f"{title} by {said.BREAKDOWNS[by]}",
        pd.DataFrame(rows),
        columns,
        note=f"Ends of the band of eight of ten draws in {end}; they do not add up, because "
        "draws that are high for one group are not for another.",
        folded="" if open_ else SAME,
    )


def _counted(report: ForecastReport, frame: pd.DataFrame) -> object:
    found = frame.loc[frame["year"] == report.count_year, "mean"]
    return found.iloc[0] if len(found) else None


def _slug(text: str) -> str:
    return text.replace("_", "-")


def starts_table(report: ForecastReport) -> Table:
    """Return new plans by age."""
    frame = report.tables["starts"].copy()
    frame["label"] = said.age_labels(frame["age"])
    first, last = (words.year_label(year) for year in (report.years[0], report.years[-1]))
    return table_of(
        "table-starts",
        "New plans in a year by age: on the day (counted), at 31 August before (expected)",
        frame,
        [
            Column("label", "Age", str),
            Column("counted", f"Started in {report.starts_year}", said.whole, numeric=True),
            Column(str(report.years[0]), f"Expected, {first}", said.whole, numeric=True),
            Column(str(report.years[-1]), f"Expected, {last}", said.whole, numeric=True),
        ],
        folded=SAME,
    )


def last_steps(report: ForecastReport) -> pd.DataFrame:
    """Return the steps to the last year, without those that change nothing."""
    whole = report.tables["drivers"]
    frame = whole[whole["year"] == report.years[-1]]
    moves = frame.groupby("driver")["change"].transform(lambda some: some.abs().max()) >= 0.5
    return frame[moves | frame["driver"].isin(["count", "projected"])]


def drivers_table(report: ForecastReport) -> Table:
    """Return the steps of the waterfalls side by side, to the last year."""
    frame = last_steps(report)
    first = frame[frame["measure"] == PLANS].reset_index(drop=True)
    rows: dict[str, list[object]] = {"title": [*first["title"]]}
    ends = [0, len(first) - 1]
    rows["title"][0] = f"Counted, {said.january(report.count_year)}"
    rows["title"][-1] = f"Expected, {said.january(report.years[-1])}"
    for measure in said.MEASURES:
        some = frame[frame["measure"] == measure].reset_index(drop=True)
        rows[measure] = [
            said.whole(some["level"][i]) if i in ends else said.change(some["change"][i])
            for i in range(len(some))
        ]
    return table_of(
        "table-drivers",
        "What takes the count to what is expected, one step a cause",
        pd.DataFrame(rows),
        [
            Column("title", "Step", str),
            *(Column(one, said.MEASURES[one], str, numeric=True) for one in said.MEASURES),
        ],
        totals=ends,
        note="Each cause is changed by itself, with everything else as at the count; what they do "
        "together beyond that is a step of its own. Waiting children have a plan already: they "
        "change where children are, not how many have plans.",
        folded=SAME,
    )


def levers_table(report: ForecastReport) -> Table:
    """Return what each lever adds or takes away, year by year."""
    return table_of(
        "table-levers-years",
        "Effect of each lever, added after those above it, by year",
        report.tables["levers"],
        [
            Column("title", "Lever", str),
            Column("measure", "What changes", lambda key: said.MEASURES[str(key)]),
            Column("year", "Count of", said.january),
            Column("before", "Before it", said.whole, numeric=True),
            Column("effect", "Expected", said.change, True, "Effect"),
            Column("effect_p10", "1 in 10 below", said.change, True, "Effect"),
            Column("effect_p90", "1 in 10 above", said.change, True, "Effect"),
            Column("after", "After it", said.whole, numeric=True),
        ],
        folded=SAME,
    )


def lever_list(report: ForecastReport) -> Table:
    """Return the levers: what each acts on, for whom, when, by how much, and its source."""
    frame = report.tables["levers"].drop_duplicates("order")
    frame = frame.assign(rests=[_rests(*pair) for pair in frame[["why", "source"]].to_numpy()])
    return table_of(
        "table-levers",
        "Levers, in the order in which they are added",
        frame,
        [
            Column("order", "No.", str),
            Column("title", "Lever", str),
            Column("acts_on", "Acts on", words.words),
            Column("who", "For whom", str),
            Column("when", "When", str),
            Column("factor", "Times", str),
            Column("rests", "What it stands for, and its source", str),
        ],
        note="Times: what the flow is multiplied by, year after year; the last number holds on. "
        "Evidence from one authority in one year is no promise.",
    )


def _rests(why: str, source: str) -> str:
    return f"{why} {source[:1].upper()}{source[1:]}.".strip()


def lever_effects(report: ForecastReport) -> Table:
    """Return what each lever does by the last year, on top of those above it, and all together."""
    frame = report.tables["levers"]
    last = frame[frame["year"] == report.years[-1]]
    rows: list[dict[str, object]] = []
    for order, some in last.groupby("order"):
        row: dict[str, object] = {"order": order, "title": some["title"].iloc[0]}
        for measure in said.MEASURES:
            one = some[some["measure"] == measure].iloc[0]
            low, high = (said.change(one[f"effect_{rank}"]) for rank in ("p10", "p90"))
            row |= {
                measure: said.change(one["effect"]),
                f"{measure}_after": said.whole(one["after"]),
            }
            row[f"{measure}_band"] = low if low == high else f"{low} to {high}"
        rows.append(row)
    ends: dict[str, object] = {"order": "", "title": "Without levers"}
    for measure in said.MEASURES:
        start = last[last["measure"] == measure]["before"].iloc[0]
        ends |= {measure: "", f"{measure}_band": "", f"{measure}_after": said.whole(start)}
    end = said.january(report.years[-1])
    columns = [Column("order", "No.", str), Column("title", "Lever", str)]
    for measure in said.MEASURES:
        group = f"{said.MEASURES[measure]}, {end}"
        columns += [
            Column(measure, "Effect", str, True, group),
            Column(f"{measure}_band", "8 times in 10", str, True, group),
            Column(f"{measure}_after", "After it", str, True, group),
        ]
    return table_of(
        "table-lever-effects",
        "What each lever does, added after those above it",
        pd.DataFrame([ends, *rows]),
        columns,
        totals=[0],
        note="The range of an effect is over how fast plans may grow and how many children may "
        "move; whether the lever works as stated is for you to judge, and is not in it.",
    )


def flows_table(report: ForecastReport) -> Table:
    """Return how plans add up from one January to the next."""
    return table_of(
        "table-flows",
        "Plans from one January to the next, expected",
        report.tables["flows"],
        [
            Column("year", "To the count of", said.january),
            Column("before", "Plans before", said.whole, numeric=True),
            Column("starts", "Plans that come", said.whole, numeric=True),
            Column("starts_p10", "1 in 10 below", said.whole, True, "Plans that come"),
            Column("starts_p90", "1 in 10 above", said.whole, True, "Plans that come"),
            Column("ceased", "Plans that cease", said.whole, numeric=True),
            Column("after", "Plans then", said.whole, numeric=True),
        ],
        note="Plans that come are new plans and those that move in; plans that cease are those "
        "that end and those that move away.",
        folded="Plans that come and plans that cease, year by year",
    )


def localities_table(report: ForecastReport) -> Table | None:
    """Return specialist places by locality of the home; None where homes are in one."""
    if groups(report.tables["plans"], PLACES, "locality")["locality"].nunique() < 2:
        return None
    return by_year_table(report, PLACES, "locality", open_=True)


def local_table(report: ForecastReport) -> Table | None:
    """Return specialist places by need, phase and locality at the count and in the last year."""
    frame = report.tables.get("plans")
    if frame is None:
        return None
    keys = ["need", "phase", "locality"]
    cells = frame[(frame[keys] != ALL).all(axis=1) & (frame["measure"] == PLACES)]
    if cells.empty:
        return None
    ends = {"count": report.count_year, "last": report.years[-1]}
    parts = [cells[cells["year"] == year].set_index(keys) for year in ends.values()]
    out = pd.concat(
        [parts[0]["mean"].rename("count"), parts[1][["mean", "p10", "p90"]]], axis=1
    ).reset_index()
    some = suppressed(out["mean"]) | (numeric(out["mean"]) >= 0.5) | suppressed(out["count"])
    out = out[some].reset_index(drop=True)
    more = len(out) - LOCAL_ROWS
    then = said.january(report.years[-1])
    note = "Expected children; cells with fewer than half a child expected are left out."
    if more > 0:
        note += f" {more:,} more rows are in tables/plans.csv."
    return table_of(
        "table-local",
        "Children in specialist places by need, phase and locality of the home",
        out.iloc[:LOCAL_ROWS],
        [
            Column("need", "Primary need", words.need_label),
            Column("phase", "Phase", said.phase_label),
            Column("locality", "Locality", words.words),
            Column("count", said.january(report.count_year), said.whole, True, "Counted"),
            Column("mean", "Expected", said.whole, True, then),
            Column("p10", "1 in 10 below", said.whole, True, then),
            Column("p90", "1 in 10 above", said.whole, True, then),
        ],
        note=note,
        folded="Need by phase by locality, in full",
    )
