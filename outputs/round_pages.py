"""The round's pages: one for the panel, one for each child on request, one to publish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.round_checks import blank
from outputs import round_words as told
from outputs import words
from outputs.html import template
from outputs.page_table import Column, table_of
from outputs.round_workbook import group_words, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outputs.page_table import Table
    from outputs.round_report import RoundReport

SHOWN = 60
"""Rows of a long table that the page shows; all of them are in the workbook."""


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    key: str
    heading: str
    lines: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def render_round(report: RoundReport) -> str:
    """Return the whole page of a round. The same report gives the same text."""
    sections = _public_sections(report) if report.public else _sections(report)
    return template("round.html").render(
        report=report,
        on=told.day(report.on),
        lead=_lead(report),
        keys=_keys(report),
        checked=_checked(report),
        sections=sections,
        warnings=_warnings(report),
        no_decision=told.NO_DECISION.removeprefix("Evidence for a panel, never a decision. "),
        step_order=told.STEP_ORDER,
        limits=told.LIMITS,
        legal=told.LEGAL,
    )


def _whole(value: object) -> str:
    size = words.number(value)
    return words.SUPPRESSED if size is None else f"{size:,.0f}"


def _lead(report: RoundReport) -> str:
    summary = report.summary
    if summary["with_place"] is None or summary["children"] is None:
        return "Too few children wait for the numbers to be told."
    text = (
        f"{_whole(summary['children'])} children wait. The {_whole(summary['places_open'])} open "
        f"places could serve {_whole(summary['with_place'])} of them"
    )
    nowhere = summary.get("nowhere_suitable")
    if nowhere:
        text += f"; {_whole(nowhere)} {'has' if nowhere == 1 else 'have'} no suitable provision"
    return text + "."


def _keys(report: RoundReport) -> list[tuple[str, str, str]]:
    summary = report.summary
    waits, journeys = summary["weeks_waited"], summary["journey_minutes"]
    keys = [
        ("Children waiting", _whole(summary["children"]), ""),
        ("With a place in the arrangement", _whole(summary["with_place"]), ""),
        ("Without one", _whole(summary["without_place"]), ""),
    ]
    if report.public:
        return keys
    keys[2] = (
        "Without one",
        _whole(summary["without_place"]),
        f"{_whole(summary['nowhere_suitable'])} of them with no suitable provision at all",
    )
    keys += [
        (
            "Places open",
            _whole(summary["places_open"]),
            f"{_whole(summary['places_left'])} left in the arrangement",
        ),
        (
            "Weeks waited, median",
            _whole(waits["median"]),
            f"longest {_whole(waits['longest'])}; longest without a place "
            f"{_whole(waits['longest_after']) if waits['longest_after'] is not None else 'none'}",
        ),
    ]
    if journeys["median"] is not None:
        keys.append(
            (
                "Minutes on a shared ride, median",
                _whole(journeys["median"]),
                f"longest {_whole(journeys['longest'])}; {_whole(journeys['over_guideline'])} "
                "beyond the guideline",
            )
        )
    purses = summary["purses"]
    keys += [
        (
            "Dedicated Schools Grant",
            words.pounds(purses["dsg"]["added_spending_gbp"]),
            f"new spending a year; these children cost "
            f"{words.pounds(purses['dsg']['cost_while_waiting_gbp'])} a year while waiting",
        ),
        (
            "General Fund (transport)",
            words.pounds(purses["general_fund"]["transport_gbp"]),
            "expected a year; never netted against the grant",
        ),
    ]
    return keys


def _checked(report: RoundReport) -> str:
    if not report.summary["audit"]["passed"]:
        return "The checks of this round FAILED."
    return (
        "Each step is proven the best that can be, and every rule, count and sum was worked out "
        "again from the tables, apart from the model."
    )


def _sections(report: RoundReport) -> list[Section]:
    children = report.tables["children"]
    nowhere = children[children["status"] == "nowhere_suitable"]
    left = children[children["status"] == "no_place"]
    placed = children[children["status"] == "place"]
    sections = []
    if len(nowhere):
        sections.append(
            Section(
                "nowhere",
                "Children with no suitable provision",
                ("No provision that teaches now is suitable for these children, full or not.",),
                (_children_table(report, nowhere, "nowhere-table", "No suitable provision"),),
            )
        )
    sections += [
        Section(
            "left",
            "Children without a place",
            (
                "Longest wait first. Suitable places that are open are kept for children who come "
                "before by the steps. The last columns tell one change that would place the child, "
                "all else as it is; where none alone would, they say so.",
            ),
            (_children_table(report, left, "left-table", "No place left"),) if len(left) else (),
        ),
        Section(
            "placed",
            "Children with a place in the arrangement",
            (
                "How many suitable provisions each has, and how many of them have a place open. "
                "Where the arrangement keeps it is in the workbook and on each child's page.",
            ),
            (_placed_table(placed),) if len(placed) else (),
        ),
        Section(
            "more",
            "What one place more would be worth now",
            (
                "One place more, open now to every need, phase and year that the provision "
                "teaches. Changes are over all children, after everything is arranged again.",
            ),
            (_one_more_table(report),) if len(report.tables["one_more"]) else (),
        ),
        Section(
            "fairness",
            "Fairness: waits and journeys, before and after",
            (
                "Weeks before: all who wait; after: those without a place in the arrangement.",
                "Minutes one way, now and after: of the same children, those whose journey now is "
                "known. Now is to where each learns; after is on a shared ride to its place, or as "
                "now where it has none. With a place: of all who have one.",
                "A gap between groups is a question to ask, not an answer: small groups vary by "
                "chance.",
            ),
            tuple(_fairness_tables(report)),
        ),
        Section("steps", "The steps, and their proof", (), (_steps_table(report),)),
    ]
    return sections


def _public_sections(report: RoundReport) -> list[Section]:
    totals = report.tables["totals"]
    tables = []
    for by, some in totals.groupby("by", sort=False):
        frame = some.assign(
            group=[group_words(str(by), one) for one in some["group"]],
            phase=[words.phase_label(one) if one else "" for one in some["phase"]],
        )
        columns = [Column("group", "Group" if by != "all" else "All children", str)]
        if by == "need and phase":
            columns.append(Column("phase", "Phase", str))
        columns += [
            Column("waiting", "Waiting", _cell, numeric=True),
            Column("with_place", "With a place in the arrangement", _cell, numeric=True),
            Column("without_place", "Without one", _cell, numeric=True),
        ]
        key = f"totals-{str(by).replace(' ', '-').replace('_', '-')}"
        said = "" if by == "all" else f", by {words_of(str(by)).lower()}"
        tables.append(table_of(key, f"Children waiting{said}", frame, columns))
    return [Section("totals", "Totals", (), tuple(tables))]


def _cell(value: object) -> str:
    return value if isinstance(value, str) else f"{float(value):,.0f}"  # type: ignore[arg-type]


def _year(value: object) -> str:
    return told.year_group(value).replace(" ", "\N{NO-BREAK SPACE}")


def _weeks(value: object) -> str:
    size = words.number(value)
    return words.MISSING if size is None else f"{size:,.0f}"


def _relaxed(value: object) -> str:
    return told.IF_RELAXED.get(str(value), str(value))


def _children_table(report: RoundReport, some: pd.DataFrame, key: str, caption: str) -> Table:
    reasons = report.tables["reasons"].set_index("child")
    first: dict[Any, Any] = (
        report.tables["one_rule"].drop_duplicates("child").set_index("child")["name"].to_dict()
    )
    frame = some.assign(
        barred=[_most_often(reasons.loc[child]) for child in some["child"]],
        where=[first.get(child, "") for child in some["child"]],
    )
    left = len(frame) - SHOWN
    nowhere = bool((some["suitable"] == 0).all())
    columns = [
        Column("child", "Child", str),
        Column("need", "Need", words.need_label),
        Column("phase", "Phase", words.phase_label),
        Column("nc_year", "Year", _year),
        Column("weeks", "Weeks waited", _weeks, numeric=True),
    ]
    if nowhere:
        columns += [
            Column("must_have", "Must have", _or_nothing),
            Column("barred", "Why most provisions are not", str),
        ]
    else:
        columns += [
            Column("suitable", "Suitable provisions", _weeks, numeric=True),
            Column("suitable_with_place_open", "With a place open", _weeks, numeric=True),
        ]
    columns += [
        Column("one_rule", "One change that would place the child", _relaxed),
        Column("where", "Nearest, at", _or_nothing),
    ]
    return table_of(
        key,
        f"{caption}: {len(frame):,} {'child' if len(frame) == 1 else 'children'}",
        frame.head(SHOWN),
        columns,
        note=f"{left:,} more are in the workbook, sheet Children." if left > 0 else "",
    )


def _most_often(row: pd.Series[Any]) -> str:
    """Return the two rules that keep most provisions from a child, need and phase apart."""
    rules = {rule: int(row[rule]) for rule in told.RULES if rule not in {"need", "phase", "full"}}
    often = sorted((n, rule) for rule, n in rules.items() if n)[::-1][:2]
    said = [f"{told.RULES[rule]} ({n})" for n, rule in often]
    return "; ".join([*said[:1], *(one[:1].lower() + one[1:] for one in said[1:])])


def _placed_table(some: pd.DataFrame) -> Table:
    left = len(some) - SHOWN
    return table_of(
        "placed-table",
        f"Children with a place in the arrangement: {len(some):,}",
        some.head(SHOWN),
        [
            Column("child", "Child", str),
            Column("need", "Need", words.need_label),
            Column("phase", "Phase", words.phase_label),
            Column("nc_year", "Year", _year),
            Column("weeks", "Weeks waited", _weeks, numeric=True),
            Column("suitable", "Suitable provisions", _weeks, numeric=True),
            Column("suitable_with_place_open", "With a place open", _weeks, numeric=True),
            Column("ride_minutes", "Minutes in the arrangement", words.minutes, numeric=True),
            Column("preference", "Preference", str),
        ],
        note=f"{left:,} more are in the workbook, sheet Children." if left > 0 else "",
        folded=f"All {len(some):,} children with a place",
    )


def _signed(value: object) -> str:
    size = words.number(value)
    if size is None:
        return words.MISSING
    return "0" if round(size) == 0 else f"{size:+,.0f}".replace("-", words.MINUS)


def _signed_pounds(value: object) -> str:
    size = words.number(value)
    if size is None:
        return words.MISSING
    text = words.pounds(size)
    return text if size <= 0 or text.startswith(words.MINUS) else f"+{text}"


def _one_more_table(report: RoundReport) -> Table:
    table = report.tables["one_more"].sort_values(
        ["children", "weeks", "added_gbp"], ascending=[False, False, True]
    )
    frame = table.assign(**{"class": [words.class_name(one, report.base_year)
                                      for one in table["class"]]})  # fmt: skip
    left = len(frame) - SHOWN
    return table_of(
        "more-table",
        "What changes with one place more at each provision that has none left",
        frame.head(SHOWN),
        [
            Column("name", "Provision", str),
            Column("class", "Class", str),
            Column("open_now", "Open now", _weeks, numeric=True),
            Column("children", "Children with a place", _signed, numeric=True),
            Column("weeks", "Weeks waited by whoever gains it", _signed, numeric=True),
            Column("preferred", "Preferences met", _signed, numeric=True),
            Column("minutes", "Minutes, all children", _signed, numeric=True),
            Column("added_gbp", "Spending a year less what waiting costs", _signed_pounds,
                   numeric=True),
        ],
        note=f"{left:,} more are in the workbook, sheet One more place." if left > 0 else "",
    )  # fmt: skip


def _fairness_tables(report: RoundReport) -> Iterator[Table]:
    table = report.tables["fairness"]
    whole = table[table["by"] == "all"]
    for by, some in table[table["by"] != "all"].groupby("by", sort=False):
        frame = some.assign(group=[group_words(str(by), one) for one in some["group"]])
        total = whole.assign(group="All children")
        rows = pd.concat([frame, total], ignore_index=True)
        yield table_of(
            f"fairness-{str(by).replace('_', '-')}",
            f"By {words_of(str(by)).lower()}",
            rows,
            [
                Column("group", "Group", str),
                Column("waiting", "Waiting", _weeks, numeric=True),
                Column("with_place", "With a place", _weeks, numeric=True),
                Column("with_place_share", "Share with one", words.share, numeric=True),
                Column("weeks_median", "Before: median", _weeks, True, "Weeks waited"),
                Column("weeks_longest", "Before: longest", _weeks, True, "Weeks waited"),
                Column("weeks_median_after", "After: median", _weeks, True, "Weeks waited"),
                Column("weeks_longest_after", "After: longest", _weeks, True, "Weeks waited"),
                Column("minutes_now", "Now", words.minutes, True, "Minutes, median"),
                Column("minutes_after", "After", words.minutes, True, "Minutes, median"),
                Column("ride_minutes_with_place", "With a place", words.minutes, True,
                       "Minutes, median"),
                Column("over_guideline", "Beyond the guideline", _weeks, True, "Journeys"),
            ],
            totals=[len(rows) - 1],
        )  # fmt: skip


def _steps_table(report: RoundReport) -> Table:
    table = report.tables["steps"]
    frame = table.assign(counts=[told.STEPS.get(one, told.STEP_WAITS) for one in table["step"]])
    return table_of(
        "steps-table",
        "Each step is kept at its best while the next is improved",
        frame,
        [
            Column("number", "Step", _weeks),
            Column("words", "What is improved", str),
            Column("counts", "What the value counts", str),
            Column("value", "Value", _weeks, numeric=True),
            Column("bound", "No arrangement passes", _weeks, numeric=True),
        ],
    )


def _warnings(report: RoundReport) -> Table | None:
    table = report.tables["warnings"]
    if table.empty:
        return None
    return table_of(
        "table-warnings",
        f"{len(table):,} warning{'s' * (len(table) != 1)}: odd, but not wrong enough to stop",
        table.head(SHOWN),
        [
            Column("table", "In", str),
            Column("problem", "What is odd", str),
            Column("value", "Value", _or_nothing),
            Column("row", "Row", _or_nothing),
            Column("column", "Column", _or_nothing),
            Column("remedy", "What to do", _or_nothing),
        ],
        folded="Warnings",
    )


def _or_nothing(value: object) -> str:
    return "" if blank(value) else str(value)


def child_pages(report: RoundReport) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each child's page."""
    page = template("round_child.html")
    suitable = dict(list(report.tables["suitable"].groupby("child")))
    why_not = dict(list(report.tables["why_not"].groupby("child")))
    one_rule = dict(list(report.tables["one_rule"].groupby("child")))
    for child in report.tables["children"].to_dict("records"):
        key = str(child["child"])
        mine = suitable.get(key)
        text = page.render(
            report=report,
            on=told.day(report.on),
            child=child,
            found=_found(child),
            keys=_child_keys(child, report.base_year),
            suitable=None if mine is None else _child_suitable(report, mine, child["provision"]),
            arranged=_arranged(report, child),
            one_rule=_child_rules(one_rule.get(key)),
            why_not=_child_why_not(report, why_not.get(key), mine),
            no_decision=told.NO_DECISION.removeprefix("Evidence for a panel, never a decision. "),
            legal=told.LEGAL,
        )
        yield f"child-{key}.html", text


def _found(child: dict[Any, Any]) -> str:
    count = int(child["suitable"])
    if not count:
        return "no suitable provision found"
    return f"{count} suitable {'provision' if count == 1 else 'provisions'} found"


def _child_keys(child: dict[Any, Any], year: int) -> list[tuple[str, str, str]]:
    second = child["second_need"]
    return [
        ("Need", words.need_label(child["need"]),
         f"second need: {words.need_label(second)}" if second else ""),
        ("Phase", words.phase_label(child["phase"]), told.year_group(child["nc_year"])),
        ("Weeks waited", _weeks(child["weeks"]), ""),
        ("Suitable provisions", _weeks(child["suitable"]),
         f"of {_weeks(child['provisions'])} that teach now; "
         f"{_weeks(child['suitable_with_place_open'])} with a place open to the child"),
        ("Cost a year while waiting", words.pounds(child["interim_gbp"]), ""),
        *(
            (label, child[name].replace("_", " "), "")
            for name, label in (("must_have", "Must have"), ("must_not_have", "Must not have"))
            if child[name]
        ),
        *(
            [("Classes advised", told.class_words(child["classes"], year), "")]
            if child["classes"]
            else []
        ),
    ]  # fmt: skip


def _child_suitable(report: RoundReport, mine: pd.DataFrame, kept: object) -> Table:
    mine = mine.assign(kept=mine["provision"] == kept)
    frame = mine.assign(
        **{"class": [words.class_name(one, report.base_year) for one in mine["class"]]},
        rules=[_in_arrangement(row) for row in mine.to_dict("records")],
        preferred=["yes" if one else "" for one in mine["preferred"]],
        over=["yes" if one else "" for one in mine["over_guideline"]],
    )
    return table_of(
        "suitable-table",
        f"Suitable provisions: {len(frame):,}, nearest first",
        frame,
        [
            Column("name", "Provision", str),
            Column("class", "Class", str),
            Column("ride_minutes", "Shared ride", words.minutes, True, "Minutes"),
            Column("minutes", "By car", words.minutes, True, "Minutes"),
            Column("over", "Beyond the guideline", str),
            Column("open_to_child", "Open to the child", _weeks, True, "Places"),
            Column("left_in_arrangement", "Left", _weeks, True, "Places"),
            Column("topup_gbp", "Top-up or fee", words.whole_pounds, True, "£ a year"),
            Column("place_gbp", "Place", words.whole_pounds, True, "£ a year"),
            Column("transport_gbp", "Transport", words.whole_pounds, True, "£ a year"),
            Column("cost_gbp", "In all", words.whole_pounds, True, "£ a year"),
            Column("added_gbp", "New spending", words.whole_pounds, True, "£ a year"),
            Column("preferred", "Preferred", str),
            Column("rules", "In the arrangement", str),
        ],
        note="Left is after the arrangement keeps places for others.",
    )


def _in_arrangement(row: dict[Any, Any]) -> str:
    """Return how a suitable provision stands once places are arranged."""
    others = [one for one in str(row["rules"]).split("; ") if one and one != "full"]
    said = [told.reasons("; ".join(others))] if others else []
    if "full" in str(row["rules"]).split("; "):
        said.append("Open places kept for others" if row["open_to_child"] else "No place open")
    if not said:
        said.append("A place is kept" if row["kept"] else "A place is open")
    return "; ".join(said)


def _arranged(report: RoundReport, child: dict[Any, Any]) -> list[str]:
    lines = []
    if isinstance(child["provision"], str):
        lines.append(
            f"A place is kept for this child at {report.names[child['provision']]}, from "
            f"{told.day(child['start'])}. That is where the child fits when the open places are "
            "arranged for all children at once; other arrangements may serve this child as well, "
            "and the panel weighs what no table holds."
        )
    elif child["status"] == "nowhere_suitable":
        lines.append("No place is kept, because no provision is suitable.")
    else:
        lines.append(
            "No place is kept: those that are suitable are full, or are kept for children who "
            "come before by the steps."
        )
    if child["one_rule"] == "none":
        lines.append("No rule, relaxed alone, would place the child.")
    if child["alike"]:
        lines.append(
            f"Alike in all that the round knows: {child['alike']}. Between them the round cannot "
            "tell, and goes by the order of their pseudonyms."
        )
    return lines


def _child_rules(mine: pd.DataFrame | None) -> Table | None:
    if mine is None:
        return None
    frame = mine.assign(price=mine["price"].map(told.PRICES))
    return table_of(
        "rules-table",
        "What would place the child, one change at a time",
        frame,
        [
            Column("rule", "Change", _relaxed),
            Column("name", "Nearest provision where it would", str),
            Column("ride_minutes", "Minutes on a shared ride", words.minutes, numeric=True),
            Column("cost_gbp", "Cost a year", words.whole_pounds, numeric=True),
            Column("provisions", "Provisions where it would", _weeks, numeric=True),
            Column("price", "At what price", str),
        ],
    )


def _child_why_not(
    report: RoundReport, mine: pd.DataFrame | None, suitable: pd.DataFrame | None
) -> Table | None:
    """Return why the provisions that are not suitable are not; each names its rules."""
    if mine is None:
        return None
    known = set() if suitable is None else set(suitable["provision"])
    frame = mine[~mine["provision"].isin(known)]
    if frame.empty:
        return None
    frame = frame.assign(
        name=frame["provision"].map(report.names),
        rules=[told.reasons(_apart_from_full(one)) for one in frame["rules"]],
    )
    return table_of(
        "why-table",
        f"Provisions that are not suitable: {len(frame):,}",
        frame.sort_values("ride_minutes", kind="stable", na_position="last"),
        [
            Column("name", "Provision", str),
            Column("rules", "Why not", str),
            Column("ride_minutes", "Minutes on a shared ride", words.minutes, numeric=True),
        ],
    )


def _apart_from_full(rules: str) -> str:
    """Return rules without ``full``: what is not suitable is not, full or not."""
    return "; ".join(one for one in rules.split("; ") if one != "full")
