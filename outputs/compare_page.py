"""Two runs side by side in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs import words
from outputs.compare_tables import (
    homes_table,
    inputs_table,
    openings_table,
    places_table,
    purses_table,
    saving_difference,
)
from outputs.finding_charts import Interval, interval_chart
from outputs.findings import Findings, Key, Section
from outputs.page_table import Column, table_of
from outputs.tables import ALL

if TYPE_CHECKING:
    import pandas as pd

    from outputs.compare_tables import Beside
    from outputs.figures import Picture
    from outputs.page_table import Table

KIND = "compare"


def findings(two: Beside) -> Findings:
    """Return the page, tables and summary of a comparison."""
    openings, purses, places = openings_table(two), purses_table(two), places_table(two)
    homes, differs = homes_table(two), inputs_table(two)
    sentences = _sentences(two, openings, homes, differs)
    run_id = f"{two.a.run_id}-{two.b.run_id}"
    localities = homes[(homes["need"] == ALL) & (homes["phase"] == ALL)]
    return Findings(
        kind=KIND,
        title="Two runs side by side",
        case_name=two.a.case_name,
        run_id=run_id,
        lede=sentences[0],
        proven=_proven(two),
        sections=(
            Section("In short", bullets=tuple(sentences[1:])),
            _openings(openings),
            _purses(two, purses),
            Section("Children, places and journeys", tables=(_places(places),)),
            _homes(two, localities, homes),
            Section("What differs in what went in", tables=(_differs(differs),)),
        ),
        tables={
            "openings": openings,
            "purses": purses,
            "places": places,
            "homes": homes,
            "inputs": differs,
        },
        summary={
            "a": two.a.run_id,
            "b": two.b.run_id,
            "years": list(two.years),
            "money_comparable": two.same_money,
            "saving_difference_gbp": saving_difference(two),
            "openings": openings["standing"].value_counts().to_dict(),
            "localities": localities.set_index("locality")["verdict"].to_dict(),
            "differences": len(differs),
            "sentences": sentences,
        },
        keys=(
            Key("A", str(two.a.folder.name), f"run {two.a.run_id}"),
            Key("B", str(two.b.folder.name), f"run {two.b.run_id}"),
            Key("B less A, saving", _difference(two), "present value, all purses' intervals"),
        ),
        notes=(
            "A home is better off in B where half a child fewer is without a place, or the median "
            "journey is a minute shorter, and nothing is worse by as much; mixed where one is "
            "better "
            "and the other worse. A need or phase of a locality with fewer than five children is "
            "not told apart.",
        ),
        attribution=tuple(dict.fromkeys((*two.a.attribution, *two.b.attribution))),
        styles={str(name): "children" for name in homes.columns if str(name)[:2] in {"a_", "b_"}},
        about={
            "openings": "One row an option that either run opens",
            "purses": "One row a purse and year: £ in each run, and the difference",
            "places": "Children, places and journeys of each run",
            "homes": "Where children of each locality, need and phase are, and who is better off",
            "inputs": "Files, policy, settings and versions that differ",
        },
    )


def _difference(two: Beside) -> str:
    found = saving_difference(two)
    if found is None:
        return "cannot be compared"
    if found[0] <= 0 <= found[1]:
        return "no material difference"
    return words.amount_range(*found)


def _sentences(
    two: Beside, openings: pd.DataFrame, homes: pd.DataFrame, differs: pd.DataFrame
) -> list[str]:
    counts = openings["standing"].value_counts()
    only_a, only_b = int(counts.get("only in A", 0)), int(counts.get("only in B", 0))
    both = len(openings) - only_a - only_b
    other = both - int(counts.get("in both", 0))
    found = saving_difference(two)
    if found is None:
        money = "What the two save cannot be set side by side"
    elif found[0] <= 0 <= found[1]:
        money = "There is no material difference between what the two save"
    else:
        low, high = sorted(map(abs, found))
        more = "more" if found[0] > 0 else "less"
        money = f"B saves {words.amount_range(low, high)} {more} than A"
    lines = [
        f"{money}. {both} openings are in both runs ({other} of them in another year or size), "
        f"{only_a} only in A and {only_b} only in B."
    ]
    whole = homes[(homes["need"] == ALL) & (homes["phase"] == ALL) & (homes["locality"] != ALL)]
    for said in ("better off", "worse off", "mixed", "no material difference"):
        names = [str(one) for one in whole.loc[whole["verdict"] == said, "locality"]]
        if names:
            lines.append(f"In B compared with A, {said}: {', '.join(map(words.words, names))}.")
    kinds = differs["kind"].value_counts()
    what = ", ".join(f"{count} of {kind}" for kind, count in kinds.items())
    lines.append(f"What went in differs in: {what}." if what else "The same went into both.")
    if two.a.years != two.b.years:
        first, last = two.years[0], two.years[-1]
        lines.append(
            f"The runs cover other years: only {words.year_label(first)} to "
            f"{words.year_label(last)} are compared."
        )
    return lines


def _proven(two: Beside) -> tuple[str, ...]:
    lines = [
        f"{name}: {run.summary['termination'].replace('_', ' ')}, gap "
        f"{words.small_share(run.summary['gap'])}; it saves "
        f"{words.amount_range(*run.summary['saving_interval_gbp'])}."
        for name, run in (("A", two.a), ("B", two.b))
    ]
    lines.append(
        "The difference of the savings is an interval from both bounds; where it spans nought "
        "there is no material difference. Openings, journeys and places are those of the plans "
        "found: another plan within the gap may have others."
    )
    if not two.same_money:
        lines.append(
            "Present values are not set side by side: the runs do not share years, price year and "
            "discount rate. Pounds of single years are, where the price year is the same."
        )
    versions = {run.manifest["versions"].get("sendplaces") for run in (two.a, two.b)}
    if len(versions) > 1:
        lines.append(
            "The runs were made by different versions of the product, so what differs may be due "
            "to that and not to what went in."
        )
    return tuple(lines)


def _openings(openings: pd.DataFrame) -> Section:
    columns = [
        Column("name", "Option", str),
        Column("standing", "Where", str),
        Column("year_a", "Opens in A", _year, numeric=True),
        Column("year_b", "Opens in B", _year, numeric=True),
        Column("places_a", "Places in A", words.places, numeric=True),
        Column("places_b", "Places in B", words.places, numeric=True),
    ]
    table = table_of("table-openings", "What each run opens", openings, columns)
    return Section("What opens", tables=(table,))


def _year(value: object) -> str:
    found = words.number(value)
    return words.MISSING if found is None or math.isnan(found) else words.year_label(int(found))


def _purses(two: Beside, purses: pd.DataFrame) -> Section:
    shown = purses[purses["what"] == "saving"] if len(purses) else purses
    shown = shown.assign(label=[words.PURSE_LABELS[one] for one in shown["purse"]])
    table = table_of(
        "table-purses",
        "What each run saves against its own do-minimum, by purse (no purse is netted)",
        shown,
        [
            Column("label", "Purse", str),
            Column("year", "Year", _purse_year),
            Column("a_gbp", "A", words.pounds, numeric=True),
            Column("b_gbp", "B", words.pounds, numeric=True),
            Column("difference_gbp", "B less A", words.pounds, numeric=True),
        ],
        note="All years and later years are present value, without the residual value of what is "
        "built; single years are pounds of the price year.",
    )
    return Section("What it saves", picture=_chart(two, table), tables=())


def _purse_year(value: object) -> str:
    return words.year_label(value)


def _chart(two: Beside, table: Table) -> Picture:
    intervals = []
    for name, run in (("A", two.a), ("B", two.b)):
        low, high = run.summary["saving_interval_gbp"]
        intervals.append(
            Interval(
                f"{name} saves",
                float("-inf") if low is None else low,
                float("inf") if high is None else high,
            )
        )
    found = saving_difference(two)
    if found is not None:
        intervals.append(Interval("B less A", *found, text=_difference(two)))
    return interval_chart(
        "chart-savings",
        "What the two runs save",
        "Intervals from both bounds: what A saves, what B saves, and by how much B saves more.",
        intervals,
        axis="Saving, £ of present value, weights of policy included",
        table=table,
    )


def _places(places: pd.DataFrame) -> Table:
    labelled = places.assign(label=[words.words(one) for one in places["measure"]])
    return table_of(
        "table-places",
        "Children, places and journeys",
        labelled,
        [
            Column("label", "Measure", str),
            Column("a", "A", _figure, numeric=True),
            Column("b", "B", _figure, numeric=True),
            Column("difference", "B less A", _figure, numeric=True),
        ],
    )


def _figure(value: object) -> str:
    found = words.number(value)
    if found is None:
        return words.MISSING
    if abs(found) >= 1_000:
        return f"{found:,.0f}".replace("-", words.MINUS)
    return f"{found:,.3g}".replace("-", words.MINUS)


def _homes(two: Beside, localities: pd.DataFrame, homes: pd.DataFrame) -> Section:
    caption = (
        f"Entrants so far in {words.year_label(two.years[-1])}, by locality of home: with a place "
        "in our area, elsewhere, or without; and the median minutes of all placed"
    )
    pairs = [("in_area", "In our area"), ("elsewhere", "Elsewhere"), ("without", "Without")]
    counted = [
        Column(f"{side}_{name}", side.upper(), words.children, numeric=True, group=label)
        for name, label in pairs
        for side in ("a", "b")
    ]
    minutes = [
        Column(f"{side}_minutes", side.upper(), words.minutes, numeric=True, group="Minutes")
        for side in ("a", "b")
    ]
    keys = [Column("locality", "Locality", words.words)]
    more = [Column("need", "Need", words.need_label), Column("phase", "Phase", words.phase_label)]
    verdict = [Column("verdict", "B compared with A", str)]
    parts = homes[(homes["locality"] != ALL) & (homes["need"] != ALL) & (homes["phase"] != ALL)]
    return Section(
        "Who is better and worse off",
        tables=(
            table_of("table-homes", caption, localities, [*keys, *counted, *minutes, *verdict]),
            table_of(
                "table-homes-parts",
                "The same by need and phase, where both runs have five children or more",
                parts,
                [*keys, *more, *counted, *verdict],
                folded="By need and phase",
            ),
        ),
    )


def _differs(differs: pd.DataFrame) -> Table:
    return table_of(
        "table-inputs",
        "Files, policy, settings and versions that differ",
        differs,
        [
            Column("kind", "Kind", words.words),
            Column("what", "What", str),
            Column("a", "A", str),
            Column("b", "B", str),
        ],
        note="Nothing listed: the same went into both." if not len(differs) else "",
    )
