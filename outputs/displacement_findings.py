"""The page of what new places displace: where the children would be, and what a place saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outputs import words
from outputs.displacement_tables import (
    ALL_SOURCES,
    SOURCE_LABELS,
    money_table,
    places_table,
    sources_table,
)
from outputs.figures import AFTER, BEFORE, GREY, INK, LINE, OPENED, Picture, canvas, inline_svg
from outputs.findings import Findings, Key, Section
from outputs.findings_notes import MERGED
from outputs.page_table import Column, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from inputs.errors import Fault
    from optimiser.displacement import Displaced
    from outputs.page_table import Table

KIND = "displacement"
PROVEN = (
    "Openings are held as the plan has them, and the children are placed again exactly, with each "
    "option and without it: what the plan costs without it is an interval between two proven "
    "bounds. Where it spans nought there is no material difference.",
    "Where two ways of placing the children cost the same, the page shows one of them.",
)
NOTES = (
    "Naive: the mean cost of an independent place (of our children who are there now) less place "
    "funding and the mean top-up of what the option teaches, as if every place took a child out "
    "of such a school.",
    "Displacement only: the naive figure times the share of places that do.",
    "Net: what the Dedicated Schools Grant really spends less a place a year, within the years of "
    "the plan, in real terms: fees, top-ups, place funding whether filled or not, tuition of "
    "children without a place, children drawn from mainstream, fixed and set-up costs.",
    "Transport (General Fund) and capital stand beside it in their own columns, and are never "
    "netted against it. Years to pay back compare the two; they move no money between them.",
    "The share drawn from mainstream is a policy figure (drawn_from_mainstream); all other shares "
    "are worked out from the plan.",
    "Options work together: what one displaces is measured with all others open, so the options "
    "do not add up to the programme.",
)
COLOURS = {
    "inmss": AFTER,
    "waiting": OPENED,
    "mainstream": BEFORE,
    "state_special": "#00703c",
    "bases": "#4c2c92",
    "out_of_area": "#85994b",
    "other": "#f47738",
    "longer_stays": "#b1b4b6",
    "empty": "#ffffff",
}
HATCHES = dict(
    zip(ALL_SOURCES, ("", "////", "....", "xx", "\\\\\\\\", "++", "oo", "--", ""), strict=True)
)
SMALLEST_SHARE = 0.005
"""A source below it is drawn by nobody's eye, and left out of the chart."""


def displacement_findings(
    found: Sequence[Displaced],
    *,
    case_name: str,
    run_id: str,
    years: Sequence[int],
    names: Mapping[str, str],
    not_measured: Sequence[str] = (),
    merged: bool = False,
    warnings: tuple[Fault, ...] = (),
    attribution: tuple[str, ...] = (),
) -> Findings:
    """Return the findings of the command.

    Parameters
    ----------
    found
        The programme first, then its options.
    case_name, run_id, years
        Of the plan.
    names
        Option to its name for people.
    not_measured
        Options of the plan that add no place, or are committed: named, with why.
    merged
        Whether like zones were taken together (:func:`optimiser.openings_held.zones_merged`).
    warnings, attribution
        Of the case and its roads.
    """
    places = places_table(found, names)
    whole, table = found[0], _places(places)
    lede = _lede(whole) if whole.left_out else "The plan opens nothing beyond what is committed."
    sections = [
        Section(
            "Where the children in the new places would otherwise be",
            _where(whole, len(found) - 1),
            _chart(places) if whole.place_years > 0 else None,
        ),
        Section("What a place saves a year, three ways", _three(whole), None, (table,)),
    ]
    if not_measured:
        sections.append(
            Section("Not measured one by one", ("These are part of the plan, and add no place or "
            "are committed whatever is decided:",), None, (), tuple(not_measured))
        )  # fmt: skip
    return Findings(
        kind=KIND,
        title="What the new places displace",
        case_name=case_name,
        run_id=run_id,
        lede=lede,
        proven=(*(MERGED if merged else ()), *PROVEN, _ended(found)),
        sections=tuple(sections),
        tables={
            "displacement": places,
            "displaced_by_year": sources_table(found, years),
            "money": money_table(found, years),
        },
        summary=_summary(places),
        keys=_keys(whole),
        notes=NOTES,
        warnings=warnings,
        attribution=attribution,
        styles={
            "place_years": "children", "child_years": "children", "children": "children",
            "naive_payback_years": "minutes", "net_payback_years": "minutes",
        }
        | {f"{name}_share": "share" for name in ALL_SOURCES},
        about={
            "displacement": "One row an option: where its children come from, what a place saves",
            "displaced_by_year": "Children fewer elsewhere, by source and year",
            "money": "What is saved (negative: spent more), by year, purse and term",
        },
    )  # fmt: skip


def _lede(whole: Displaced) -> str:
    return (
        f"Of every 100 new places, {100 * whole.share('inmss'):.0f} take a child out of an "
        f"independent school, {100 * whole.share('waiting'):.0f} a child who would be without a "
        f"place, and {100 * whole.share('mainstream'):.0f} one who would be in mainstream. A "
        f"place saves the grant {words.pounds(whole.net_gbp)} a year, not the "
        f"{words.pounds(whole.naive_gbp)} of fee less place funding and top-up."
    )


def _where(whole: Displaced, n: int) -> tuple[str, ...]:
    if not whole.left_out:
        return ()
    return (
        f"The plan adds {words.places(whole.full_places)} places, "
        f"{words.places(round(float(whole.places[-1]), 1))} of them by its last year: "
        f"{words.children(whole.place_years)} place-years in its years. Below, each "
        "bar is 100 added place-years: first all of them together, against a plan with "
        f"committed openings only, then each of the {n} options with all the others open.",
        "At the margin an option displaces more independent places than the programme does: "
        "without the programme many children would have no place at all, and without one option "
        "of it the others still take them in."
        if n and _margin_differs(whole)
        else "A child without a place saves no fee when placed: it ends an interim cost, and the "
        "wait.",
    )


def _margin_differs(whole: Displaced) -> bool:
    return whole.share("waiting") > 0.2


def _three(whole: Displaced) -> tuple[str, ...]:
    if not whole.left_out or whole.place_years <= 0:
        return ()
    return (
        f"Fee {words.pounds(whole.fee_gbp)} less place funding {words.pounds(whole.place_gbp)} and "
        f"top-up {words.pounds(whole.topup_gbp)} is {words.pounds(whole.naive_gbp)}: the naive "
        f"saving. {words.share(whole.share('inmss'), 0)} of the places take a child out of such a "
        f"school, which leaves {words.pounds(whole.displacement_only_gbp)}. With every other "
        f"child and every empty place charged, the grant saves {words.pounds(whole.net_gbp)} a "
        "place a year.",
    )


def _keys(whole: Displaced) -> tuple[Key, ...]:
    if not whole.left_out:
        return ()
    return (
        Key(
            "Naive saving a place", words.pounds(whole.naive_gbp), "a year, every place displacing"
        ),
        Key("Displacement only", words.pounds(whole.displacement_only_gbp), "a year"),
        Key("Net saving a place", words.pounds(whole.net_gbp), "a year, Dedicated Schools Grant"),
        Key(
            "Transport, a place",
            words.pounds(whole.saved("general_fund") / whole.place_years)
            if whole.place_years > 0
            else words.MISSING,
            "saved a year, General Fund (minus: spent more)",
        ),
    )


def _ended(found: Sequence[Displaced]) -> str:
    ended = sorted({str(one.saving.termination) for one in found})
    if ended == ["optimal"]:
        return "Every placement was solved to its end."
    return f"Some placements were not solved to their end ({', '.join(ended)}): wide intervals."


def _summary(places: pd.DataFrame) -> dict[str, Any]:
    rows = [
        {
            key: None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in row.items()
        }
        for row in places.to_dict("records")
    ]
    return {"programme": rows[0], "options": rows[1:]}


def _years(value: object) -> str:
    number = words.number(value)
    return "never" if value == np.inf else words.MISSING if number is None else f"{number:.1f}"


def _places(places: pd.DataFrame) -> Table:
    frame = places.assign(
        dearer=[
            (_about(low, high) if material else "No material difference")
            for low, high, material in zip(
                places["dearer_without_low_gbp"],
                places["dearer_without_high_gbp"],
                places["material"],
                strict=True,
            )
        ]
    )
    saved, paid = "Saved a place a year", "Years of saving that equal the capital"
    return table_of(
        "table-places",
        "What each option's places displace, and what a place saves a year (£, real)",
        frame,
        [
            Column("name", "Option", str),
            Column("places", "Places", words.places, True),
            Column("inmss_share", "Of 100, from independent", _percent, True),
            Column("naive_gbp", "Naive", words.pounds, True, saved),
            Column("displacement_only_gbp", "Displacement only", words.pounds, True, saved),
            Column("net_gbp", "Net", words.pounds, True, saved),
            Column("transport_gbp", "Transport", words.pounds, True, saved),
            Column("naive_payback_years", "Naive", _years, True, paid),
            Column("net_payback_years", "Net", _years, True, paid),
            Column("dearer", "Plan dearer without it, present value", str, True),
        ],
        totals=[0],
        note="The last column counts every purse and the policy weight on waiting, to the end of "
        "the children's stays.",
    )


def _about(low: float, high: float) -> str:
    """Return an interval in thousands: one figure where both ends round to it."""
    ends = words.thousands(low), words.thousands(high)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _percent(value: object) -> str:
    part = words.number(value)
    return words.MISSING if part is None else words.share(round(part, 2) + 0.0, 0)


def _chart(places: pd.DataFrame) -> Picture:
    """Return stacked bars of 100 place-years each."""
    key, title = "chart-displaced", "Where 100 added place-years come from"
    drawn = places[places["place_years"] > 0].reset_index(drop=True)
    shares = {name: drawn[f"{name}_share"].to_numpy(float) for name in ALL_SOURCES}
    shown = [name for name in ALL_SOURCES if np.abs(shares[name]).max() > SMALLEST_SHARE]
    first = drawn.iloc[0]
    described = ", ".join(
        f"{words.share(first[f'{name}_share'], 0)} {SOURCE_LABELS[name].lower()}"
        for name in shown
        if abs(first[f"{name}_share"]) > SMALLEST_SHARE
    )
    description = (
        f"A bar for each option, cut by where the children would otherwise be. All new places "
        f"together: {described}. Parts left of the line are children who end up there instead."
    )
    table = table_of(
        "table-displaced",
        "Of the added place-years, the share from each source",
        drawn,
        [
            Column("name", "Option", str),
            *(Column(f"{name}_share", SOURCE_LABELS[name], words.share, True) for name in shown),
        ],
        folded="The numbers of the chart",
    )
    with canvas(key, 9, 1.5 + 0.34 * len(drawn)) as figure:
        axes = figure.subplots()
        right, left = np.zeros(len(drawn)), np.zeros(len(drawn))
        at = np.arange(len(drawn))
        for name in shown:
            size = shares[name] * 100
            start = np.where(size >= 0, right, left)
            axes.barh(
                at, size, left=start, height=0.62, color=COLOURS[name], hatch=HATCHES[name],
                edgecolor=GREY if name == "empty" else "#ffffff", linewidth=0.6,
                label=SOURCE_LABELS[name],
            )  # fmt: skip
            for i, (x, width) in enumerate(zip(start, size, strict=True)):
                if width >= 7:
                    axes.text(
                        x + width / 2, i, f"{width:.0f}", ha="center", va="center", size=8,
                        color=INK, bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.8},
                    )  # fmt: skip
            right, left = (
                np.where(size >= 0, right + size, right),
                np.where(size < 0, left + size, left),
            )
        axes.axvline(0, color=INK, linewidth=1)
        axes.set_yticks(at, [str(name) for name in drawn["name"]])
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set_xlabel("Of 100 added place-years")
        axes.grid(axis="x", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
        figure.legend(loc="outside lower left", ncols=2, fontsize=8.5)
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)
