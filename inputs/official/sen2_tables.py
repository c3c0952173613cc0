"""Open one table of the published plans and tidy it: areas, years, ages, placements, figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.opening import MARKS, Source, numbers, read_table
from inputs.official.sen2_labels import (
    ALL,
    COLUMNS,
    NOT_ALWAYS_THERE,
    Placement,
    age_of,
    placement_of,
)
from inputs.official.sen2_layouts import LAYOUT_2023, PLACEMENT_COUNTS, TOPIC_COLUMNS, Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AREA = ["code", "name", "year"]
AREA_COLUMNS = ("time_period", "geographic_level", "old_la_code", "new_la_code", "la_name")
REGION_COLUMNS = ("country_code", "country_name", "region_code", "region_name")
PLACEMENT_TOPIC = "Type of placement"


@dataclass(frozen=True, eq=False)
class Table:
    """A table with tidy areas and figures.

    Parameters
    ----------
    layout, source
        What it is and where it came from.
    frame
        ``level, code, old_code, name, region, year``, the columns of its topics and its figures;
        rows are labelled by their row of the file from 0.
    marks
        ``table, code, mark, cells``: figures that are not published, by mark.
    notices
        (code, sentence) of what was put right.
    """

    layout: Layout
    source: Source
    frame: pd.DataFrame
    marks: pd.DataFrame
    notices: list[tuple[str, str]] = field(default_factory=list)


def newest_codes(source: Source, layout: Layout) -> dict[str, str]:
    """Return the newest code of every authority, by its old code and by each code it ever had."""
    area = read_table(source, layout.wanted, AREA_COLUMNS, keep=_is_local)
    area = area.sort_values("time_period", kind="stable")
    known = dict(zip(area["old_la_code"], area["new_la_code"], strict=True))
    for new, old in zip(area["new_la_code"], area["old_la_code"], strict=True):
        known.setdefault(new, known[old])
    return known


def _is_local(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["geographic_level"].str.strip() == "Local authority"


def open_table(source: Source, layout: Layout, codes: dict[str, str]) -> Table:
    """Return a published table, tidy.

    Parameters
    ----------
    source, layout
        The table, and what it should be.
    codes
        The newest code of each authority, by its old code.

    Raises
    ------
    InputError
        When it is another file or layout, or a cell is neither a figure nor a known mark.
    """
    optional = [name for name in layout.counts if name in NOT_ALWAYS_THERE]
    needed = [*AREA_COLUMNS, *layout.topics]
    needed += [name for name in layout.counts if name not in optional]
    raw = read_table(
        source,
        layout.wanted,
        needed,
        optional=[*optional, *REGION_COLUMNS],
        keep=_wanted_topics(layout) if layout.stem in LAYOUT_2023 else None,
    )
    out = _areas(raw, codes)
    out["year"] = _years(source, raw["time_period"])
    if layout.january_of_calendar_year:
        # The count of January 2010 falls in the academic year that began in 2009.
        out["year"] -= 1
    for name in layout.topics:
        out[name] = raw[name].str.strip()
    marks: list[pd.DataFrame] = []
    for name in layout.counts:
        if name in raw:
            out[name] = numbers(source, raw[name])
            text = raw[name].str.strip().str.lower()
            at = text.isin(list(MARKS))
            marks.append(pd.DataFrame({"code": out.loc[at, "code"], "mark": text[at]}))
    counted = pd.concat(marks).groupby(["code", "mark"]).size().reset_index(name="cells")
    counted.insert(0, "table", layout.stem)
    table = Table(layout, source, out, counted)
    if layout.by_placement:
        _mend_totals(table)
    return table


def _wanted_topics(layout: Layout) -> Callable[[pd.DataFrame], pd.Series[bool]]:
    topics = {layout.everyone, layout.age_topic, PLACEMENT_TOPIC}
    return lambda frame: frame["breakdown_topic"].str.strip().isin(topics)


def _areas(raw: pd.DataFrame, codes: dict[str, str]) -> pd.DataFrame:
    """Return ``level, code, old_code, name, region`` of each row."""
    blank = pd.Series("", index=raw.index)
    country, country_name, region, region_name = (raw.get(one, blank) for one in REGION_COLUMNS)
    local, regional = _is_local(raw), raw["geographic_level"].str.strip() == "Regional"
    own = raw["old_la_code"].str.strip().map(codes).fillna(raw["new_la_code"])
    name = raw["la_name"].where(local, region_name.where(regional, country_name))
    return pd.DataFrame(
        {
            "level": raw["geographic_level"].str.strip(),
            "code": own.where(local, region.where(regional, country)).str.strip(),
            "old_code": raw["old_la_code"].str.strip(),
            "name": name.str.strip(),
            "region": region.str.strip(),
        }
    )


def _years(source: Source, periods: pd.Series[str]) -> pd.Series[int]:
    """Return 2024 for ``202425`` (an academic year) and for ``2024`` (a calendar year)."""
    text = periods.str.strip().str.replace("/", "")
    wrong = ~text.str.fullmatch(r"(19|20)\d{2}(\d{2})?").astype(bool)
    if wrong.any():
        row = text.index[wrong][0]
        fault = Fault(
            source.name,
            "is no year",
            "Give the file as published",
            row=int(row) + 2,
            column="time_period",
            value=text[row],
        )
        raise InputError([fault])
    return text.str[:4].astype(int)


def _mend_totals(table: Table) -> None:
    """Replace an authority's total that is its region's, which some rows were published with.

    In new plans of 2022 the total of each authority of Yorkshire and the Humber is the region's
    (6,078), beside placements of its own.
    """
    frame, total = table.frame, table.layout.total
    columns = [name for name in PLACEMENT_COUNTS[:-1] if name in frame]
    parts = frame[columns].sum(axis=1, min_count=1)
    keys = ["year", "region", *TOPIC_COLUMNS]
    regions = frame[frame["level"] == "Regional"].drop_duplicates(keys)
    theirs = frame[keys].merge(regions[[*keys, total]], on=keys, how="left")[total].to_numpy()
    wrong = (
        (frame["level"] == "Local authority").to_numpy()
        & (frame[total].to_numpy() == theirs)
        & (parts.to_numpy() < 0.9 * theirs)
    )
    for row in frame.index[wrong]:
        name, year = frame.loc[row, "name"], frame.loc[row, "year"]
        sentence = (
            f"{table.source.name}: the total of {name} in {year} "
            f"({frame.loc[row, total]:,.0f}) is its region's; the sum of its placements "
            f"({parts[row]:,.0f}) is taken"
        )
        table.notices.append((str(frame.loc[row, "code"]), sentence))
    frame.loc[wrong, total] = parts[wrong]


def label_ages(table: Table, frame: pd.DataFrame) -> pd.Series[int]:
    """Return the age of each row by age; NA in other rows, and where the age is unknown."""
    ages = _labelled(table.source, frame, table.layout.age_topic, age_of, "age from 2 to 25")
    return ages.where(ages.notna(), None).astype("Int64")


def label_placements(table: Table, frame: pd.DataFrame) -> pd.Series[str]:
    """Return the placement of each row by placement; NA in other rows, and in subtotals."""
    found = _labelled(table.source, frame, PLACEMENT_TOPIC, placement_of, "placement")
    return found.where(found.notna(), None).astype("str")


def _labelled(
    source: Source, frame: pd.DataFrame, topic: str, read: Callable[[str], object], what: str
) -> pd.Series[Any]:
    """Return what the labels of one topic mean; raise naming every label that is not known."""
    at = frame["breakdown_topic"] == topic
    meaning: dict[str, object] = {}
    faults = []
    for label in frame.loc[at, "breakdown"].unique():
        try:
            meaning[label] = read(label)
        except ValueError:
            row = int(frame.index[at & (frame["breakdown"] == label)][0])
            faults.append(
                Fault(
                    source.name,
                    f"is no {what} of the published tables",
                    "Give the file as its publisher ships it",
                    row=row + 2,
                    column="breakdown",
                    value=label,
                )
            )
    if faults:
        raise InputError(faults)
    out = pd.Series(pd.NA, index=frame.index, dtype="object")
    out[at] = frame.loc[at, "breakdown"].map(meaning)
    return out


def placements(frame: pd.DataFrame, total: str) -> pd.DataFrame:
    """Return children by placement (columns) that add up to the total of each row.

    What is counted elsewhere is the larger of its parts and its published subtotal, for some
    parts are not shown; what is left of the total has no placement recorded. A row without a
    total was not returned, and is NaN.
    """
    wide = pd.DataFrame(index=frame.index)
    for placement, names in COLUMNS.items():
        have = [name for name in names if name in frame]
        wide[placement.value] = frame[have].sum(axis=1)
    elsewhere, unknown = Placement.ELSEWHERE.value, Placement.UNKNOWN.value
    named = [one.value for one in COLUMNS if one.value not in {elsewhere, unknown}]
    left = frame[total].fillna(0.0) - wide[named].sum(axis=1)
    if "ed_elsewhere" in frame:
        home = wide[Placement.ELECTIVE_HOME.value] + wide[Placement.OTHER_ARRANGEMENTS.value]
        subtotal = (frame["ed_elsewhere"] - home).fillna(0.0)
        most = np.maximum(wide[elsewhere], left - wide[unknown])
        wide[elsewhere] = np.maximum(wide[elsewhere], np.minimum(subtotal, most))
    wide[unknown] = np.maximum(wide[unknown], left - wide[elsewhere])
    wide.loc[frame[total].isna()] = np.nan
    wide.insert(0, ALL, frame[total])
    return wide


def complete(
    frame: pd.DataFrame, ages: Sequence[int], *, need: bool = False, by_placement: bool = False
) -> pd.DataFrame:
    """Return the rows with 0 where a published breakdown has no row for an age or a placement.

    Nothing is suppressed in these tables, so a row that is missing from a breakdown that an
    authority has in that year counts nobody.

    Parameters
    ----------
    frame
        ``code, name, year, age, placement, children`` (and ``need``).
    ages
        The ages that the breakdown by age should have.
    need
        Whether each row is of one need.
    by_placement
        Whether placements are a breakdown of their own, and not the columns of each row.
    """
    frame = frame.astype({"age": "Int64"})
    within = ["need"] if need else []
    breakdowns: list[tuple[str, list[Any], list[str]]] = [
        ("age", list(ages), within if by_placement or need else ["placement"])
    ]
    if by_placement:
        breakdowns.append(("placement", [one.value for one in Placement], within))
    parts = [frame]
    for column, values, others in breakdowns:
        there = frame[frame[column].notna()]
        if there.empty:
            continue
        grid = there[AREA].drop_duplicates().merge(pd.DataFrame({column: values}), how="cross")
        for name in others:
            grid = grid.merge(there[[name]].drop_duplicates(), how="cross")
        keys = [*AREA, column, *others]
        grid = grid.astype({column: there[column].dtype})
        have = pd.MultiIndex.from_frame(there[keys])
        grid = grid[~pd.MultiIndex.from_frame(grid[keys]).isin(have)]
        for name in {"age", "placement"} - set(keys):
            grid[name] = pd.Series(pd.NA, index=grid.index, dtype=frame[name].dtype)
        parts.append(grid.assign(children=0.0))
    out = pd.concat([part for part in parts if len(part)] or [frame])
    return out[[*AREA, "age", "placement", *within, "children"]].reset_index(drop=True)
