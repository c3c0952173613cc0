"""Tables of the page about children and places: the programme, the gap, journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from inputs.vocabulary import Need, Phase
from outputs import words
from outputs.adding import numeric, suppressed
from outputs.page_table import Column, Table, Wording, table_of
from outputs.tables import ALL

if TYPE_CHECKING:
    from outputs.report import Report

PARTS = ("in_area", "elsewhere", "without")
GAP_ROWS = 1200
"""Rows of the whole gap that the page holds; a longer one is in its CSV, and the page says so."""

SIDES = {"do_minimum": "Before", "plan": "After"}
BEFORE_AFTER = "Before: committed openings only. After: with the plan."
WAITING = (
    "A child who waits and is placed later stays as long as others who start then, so the parts "
    "can add to a little more or less than the children."
)


def programme(report: Report) -> Table:
    """Return what opens: one row an option, in order of year, numbered as on the map."""
    frame = report.tables["openings"].copy()
    names = dict(zip(report.provisions["provision"], report.provisions["name"], strict=True))
    there = report.tables["places"]
    last = there[there["year"] == report.years[-1]].set_index("provision")
    frame["number"] = range(1, len(frame) + 1)
    frame["where"] = frame["provision"].map(lambda key: names.get(key, key))
    frame["on_roll"] = frame["provision"].map(last["roll"].to_dict())
    if "drawn" in last:
        frame["drawn"] = frame["provision"].map(last["drawn"].to_dict())
    frame["all_places"] = frame["provision"].map(
        dict(zip(last.index, places_in_all(report, last.reset_index()), strict=True))
    )
    frame["how"] = frame["committed"].map(lambda yes: "Committed" if yes else "Chosen")
    year = words.year_label(report.years[-1])
    there_then = f"There in {year}"
    whole: dict[str, object] = {
        "number": "",
        "name": "All",
        "where": "",
        "class": "",
        "locality": "",
        "year": "",
        "places": numeric(frame["places"]).sum(),
        "capital_gbp": numeric(frame["capital_gbp"]).sum(),
        "funding": "",
        "how": "",
        "on_roll": "",
        "all_places": "",
    }
    if "drawn" in frame:
        whole["drawn"] = ""
    both = pd.concat([frame.astype(object), pd.DataFrame([whole])], ignore_index=True)

    count = _or_blank(words.counted(public=report.public))
    return table_of(
        "table-programme",
        "Programme of openings",
        both,
        [
            Column("number", "No.", str),
            Column("name", "Option", str),
            Column("where", "Provision", str),
            Column(
                "class", "Class", _or_blank(lambda key: words.class_name(key, report.base_year))
            ),
            Column("locality", "Locality", _or_blank(words.words)),
            Column("year", "Opens", _or_blank(words.year_label)),
            Column("places", "Places added", words.places, numeric=True),
            Column("capital_gbp", "Capital", words.pounds, numeric=True),
            Column("funding", "Funding", _or_blank(funding)),
            Column("how", "Committed or chosen", str),
            Column("all_places", "Places in all", _or_blank(words.places), True, there_then),
            Column("on_roll", "Children placed", count, True, there_then),
            Column("drawn", "Drawn from mainstream", count, True, there_then),
        ],
        totals=[len(frame)],
        note="Numbers are those on the map. Capital is in full, in the year's prices of the case; "
        "places may open over several years. What is there in "
        f"{year} is the whole provision's, not the added places alone; children drawn from "
        "mainstream take places too, beside the children placed.",
    )


def _or_blank(wording: Wording) -> Wording:
    return lambda value: "" if isinstance(value, str) and not value else wording(value)


def places_in_all(report: Report, places: pd.DataFrame) -> pd.Series:
    """Return commissioned places, with what opens and without what shrinks, for each row.

    Parameters
    ----------
    report
        The run.
    places
        Its table ``places`` or ``places_do_minimum``.
    """
    whole = numeric(places["commissioned"]) + numeric(places["added"])
    openings = report.tables["openings"]
    for row in openings[numeric(openings["places"]) < 0].to_dict("records"):
        there = (places["provision"] == row["provision"]) & (places["year"] >= row["year"])
        closed = there & (numeric(places["taken"]) > 0)
        whole = whole + float(row["places"]) * closed
    return whole.clip(lower=0.0)


def funding(value: object) -> str:
    """Return the name of a grant.

    >>> funding("hnpca"), funding("round_1")
    ('HNPCA', 'Round 1')
    """
    text = words.words(value)
    return text.upper() if str(value).lower() == "hnpca" else text


def gap_matrix(report: Report, parts: tuple[str, ...], key: str, caption: str) -> Table:
    """Return need by phase in the last year, before and after, shaded by size.

    Parameters
    ----------
    report
        The run.
    parts
        Which children to count: ``elsewhere``, ``without`` or both.
    key, caption
        Of the table.
    """
    gap = report.tables["gap_totals"]
    gap = gap[(gap["year"] == report.years[-1]) & (gap["locality"] == ALL)]
    found = {(row["need"], row["phase"]): row for row in gap.to_dict("records")}
    wording = words.counted(public=report.public)
    phases = [str(phase) for phase in Phase if str(phase) in set(gap["phase"])]
    needs = [str(need) for need in Need if str(need) in set(gap["need"])]

    def count(need: str, phase: str, side: str) -> object:
        row = found.get((need, phase))
        if row is None:
            return None
        cells = [row[f"{side}_{part}"] for part in parts]
        hidden = next((cell for cell in cells if isinstance(cell, str)), None)
        return hidden if hidden is not None else sum(float(cell) for cell in cells)

    rows = []
    for need in [*needs, ALL]:
        row: dict[str, object] = {"need": need}
        for phase in [*phases, ALL]:
            for side in SIDES:
                row[f"{phase}:{side}"] = count(need, phase, side)
        rows.append(row)
    columns = [
        Column("need", "Need", lambda need: "All needs" if need == ALL else words.need_label(need))
    ]
    for phase in [*phases, ALL]:
        group = "All phases" if phase == ALL else words.phase_label(phase)
        columns += [
            Column(f"{phase}:{side}", heading, wording, True, group)
            for side, heading in SIDES.items()
        ]
    return table_of(
        key,
        caption,
        pd.DataFrame(rows),
        columns,
        totals=[len(needs)],
        shaded=[f"{phase}:{side}" for phase in phases for side in SIDES],
        note=f"{BEFORE_AFTER} A dash: no child of that need and phase enters. The darker the "
        "cell, the more children.",
    )


def gap_by_locality(report: Report) -> Table:
    """Return where the children of each locality are in the last year, before and after."""
    gap = report.tables["gap_totals"]
    gap = gap[(gap["year"] == report.years[-1]) & (gap["need"] == ALL) & (gap["phase"] == ALL)]
    frame = gap[gap["locality"] != ALL]
    whole = gap[gap["locality"] == ALL].assign(locality="All localities")
    return table_of(
        "table-gap-locality",
        f"Children who have entered since {words.year_label(report.base_year)} and are there in "
        f"{words.year_label(report.years[-1])}, by locality of home and where they are placed",
        pd.concat([frame, whole], ignore_index=True),
        [Column("locality", "Locality"), *_gap_columns(report)],
        totals=[len(frame)],
        note=f"{BEFORE_AFTER} {WAITING}",
    )


def gap_in_full(report: Report) -> Table:
    """Return the gap by need, phase, locality and year; the last year alone where it is long."""
    gap = report.tables["gap"]
    caption = "The gap by need, phase, locality and year"
    note = f"{BEFORE_AFTER} {WAITING}"
    if len(gap) > GAP_ROWS:
        last = gap[gap["year"] == report.years[-1]]
        caption += f": {words.year_label(report.years[-1])} only"
        note += f" All {len(gap):,} rows, of every year, are in tables/gap.csv."
        if len(last) > GAP_ROWS:
            note += f" Only the first {GAP_ROWS:,} of this year's {len(last):,} are shown here."
        gap = last.head(GAP_ROWS)
    return table_of(
        "table-gap",
        caption,
        gap,
        [
            Column("need", "Need", str),
            Column("phase", "Phase", words.phase_label),
            Column("locality", "Locality"),
            Column("year", "Year", words.year_label),
            *_gap_columns(report),
        ],
        note=note,
        folded="The whole gap: every need, phase, locality and year",
    )


def _gap_columns(report: Report) -> list[Column]:
    wording = words.counted(public=report.public)
    heads = {
        "in_area": "Our own places",
        "elsewhere": "Independent, out of area or at home",
        "without": "No place",
    }
    return [
        Column("children", "Children", wording, True, ""),
        *(
            Column(f"{side}_{part}", heading, wording, True, group)
            for side, group in SIDES.items()
            for part, heading in heads.items()
        ),
    ]


def journeys(report: Report) -> tuple[Table, Table]:
    """Return journeys by phase and by locality, before and after, all years together."""
    found = report.tables["journeys"]
    found = found[found["year"].astype(str) == "all"]
    measures = {
        "children": ("Children", words.children),
        "median_minutes": ("Median minutes", words.minutes),
        "p90_minutes": ("Nine in ten within, minutes", words.minutes),
        "over_guideline_share": ("Over the guideline", words.share),
        "miles_mean": ("Mean miles", words.children),
    }
    tables = []
    for by, other, heading, wording in (
        ("phase", "locality", "Phase", words.phase_label),
        ("locality", "phase", "Locality of the home", words.words),
    ):
        some = found[found[other] == "all"]
        sides = [
            some[some["who"] == side].set_index(by)[list(measures)].add_prefix(f"{side}_")
            for side in SIDES
        ]
        frame = pd.concat(sides, axis=1).reset_index()
        order = {str(phase): i for i, phase in enumerate(Phase)} | {ALL: 99}
        at = [order.get(str(key), 50) for key in frame[by]]
        frame = frame.assign(order=at).sort_values(by=["order", by], ignore_index=True)
        totals = frame.index[frame[by] == "all"]
        columns = [Column(by, heading, _or_all(wording))]
        columns += [
            Column(f"{side}_{name}", label, wording_of, True, group)
            for side, group in SIDES.items()
            for name, (label, wording_of) in measures.items()
        ]
        tables.append(
            table_of(
                f"table-journeys-{by}",
                f"Daily journeys of children placed in the years of the plan, by {heading.lower()}",
                frame,
                columns,
                totals=[int(i) for i in totals],
                note=f"{BEFORE_AFTER} Minutes are one way, on a shared ride.",
            )
        )
    return tables[0], tables[1]


def _or_all(wording: Wording) -> Wording:
    return lambda key: "All" if key == ALL else wording(key)


def stands_out(report: Report) -> list[str]:
    """Return sentences on what a reader should look at first."""
    last, said = report.years[-1], []
    wording = words.counted(public=report.public)
    year = words.year_label(last)
    gap = report.tables["gap_totals"]
    most = gap[(gap["year"] == last) & (gap["locality"] == ALL)]
    most = most[(most["need"] != ALL) & (most["phase"] != ALL)]
    most = most[~suppressed(most["plan_without"])]
    most = most.assign(size=numeric(most["plan_without"])).sort_values("size", ascending=False)
    said += [
        f"{wording(row.size_)} children in {words.phase_label(row.phase).lower()} whose main "
        f"need is {words.need_label(row.need)} would still be without a place in {year}."
        for row in most[most["size"] >= 1].head(3).rename(columns={"size": "size_"}).itertuples()
    ]
    places = report.tables["places"]
    places = places[places["year"] == last]
    names = dict(zip(report.provisions["provision"], report.provisions["name"], strict=True))
    over = places[numeric(places["over"]) >= 0.5] if "over" in places else places.head(0)
    if len(over):
        said.append(
            f"{len(over)} provision{'s' if len(over) > 1 else ''} would have more children than "
            f"commissioned places in {year}: "
            + "; ".join(
                f"{names.get(key, key)} ({words.children(count)} over)"
                for key, count in zip(over["provision"], over["over"], strict=True)
            )
            + "."
        )
    opened = set(report.tables["openings"]["provision"])
    new = places[places["provision"].isin(opened) & (numeric(places["added"]) > 0)]
    new = new[~suppressed(new["roll"])]
    if "drawn" in new:
        room = places_in_all(report, new)
        there = numeric(new["roll"]) + numeric(new["drawn"])
        said += [
            f"{names.get(key, key)} would be less than four-fifths full in {year}: "
            f"{words.children(count)} children in {words.places(most_)} places."
            for key, count, most_ in zip(new["provision"], there, room, strict=True)
            if count < 0.8 * most_
        ]
    return said
