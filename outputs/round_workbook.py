"""round.xlsx: the panel's sheet, with everything behind it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.round_checks import blank
from outputs import round_words as told
from outputs.sheets import Book
from outputs.words import class_name, need_label, phase_label

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.round_report import RoundReport

LONGEST_WHY_NOT = 100_000
"""Rows of Why not in the workbook; a longer table is in tables/why_not.csv alone."""
CONTENTS = {
    "Children": "One row a child: those with no suitable provision first, then by weeks waited",
    "Suitable places": "Each child's suitable provisions, nearest first: journey, cost, places",
    "Why not, counted": "From how many of the provisions each rule keeps each child",
    "Why not": "Each child's other provisions, and why each is not for the child",
    "One rule": "Children without a place: which rule, relaxed alone, would place them, and where",
    "One more place": "What changes for all children with one place more at each full provision",
    "Open places": "Places open now, how many the arrangement keeps, and how many it leaves",
    "Fairness": "Waits and journeys, before and after, by need, phase, locality and deprivation",
    "Totals": "Children who wait, with a place and without, by need, phase, locality, deprivation",
    "Steps": "The order in which the arrangement was improved, and the proof of each step",
    "Checks": "Every rule and sum worked out again, apart from the model",
    "Parameters": "Every figure of policy and price that the round used, and where it comes from",
    "Warnings": "What was odd in the data, but did not stop the round",
    "Notes": "Assumptions stated with the case and the list",
}
MINUTES = "Minutes on a shared ride"
ALIKE = "Alike in all that the round knows"
LINE_POINTS, CHARACTERS_A_LINE = 15, 105
"""Height of a line of the cover, and about how many characters its wide column holds."""


def write_round_workbook(report: RoundReport, path: Path) -> None:
    """Write ``round.xlsx``.

    Text of the user's is written as text, whatever it begins with. It holds pseudonyms and no home
    zone; a public report gives totals alone.

    Parameters
    ----------
    report
        The report.
    path
        Where to write.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    book = Book(path)
    sheets = _public_sheets(report) if report.public else _sheets(report)
    _contents(book, report, [name for name, *_ in sheets])
    for name, frame, styles in sheets:
        book.table(name, frame, styles=styles)
    book.close()


Sheet = tuple[str, pd.DataFrame, dict[str, str]]


def _contents(book: Book, report: RoundReport, names: list[str]) -> None:
    """Write the cover: what it is and is not, the main figures, what is where."""
    sheet = book.sheet("Contents")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 105)
    book.put(sheet, 0, 0, f"{report.case_name}: placement round of {told.day(report.on)}", "title")
    lines: list[tuple[str, object, str]] = [
        ("What it is", told.NO_DECISION, "wrapped"),
        ("The law", told.LEGAL, "wrapped"),
        ("How places are arranged", told.STEP_ORDER, "wrapped"),
        ("Run", report.run_id, "text"),
        ("Scenario", report.scenario_name, "text"),
        *figures(report),
    ]
    row = 2
    for label, value, style in lines:
        book.put(sheet, row, 0, label, "text")
        book.put(sheet, row, 1, value, style)
        if style == "wrapped":  # not every program makes the row as high as its text
            sheet.set_row(row, LINE_POINTS * math.ceil(len(str(value)) / CHARACTERS_A_LINE))
        row += 1
    row += 1
    book.put(sheet, row, 0, "Sheets", "section")
    for name in names:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        book.put(sheet, row, 1, CONTENTS[name])
    row += 2
    for line in report.attribution:
        book.put(sheet, row, 0, line)
        row += 1


def figures(report: RoundReport) -> list[tuple[str, object, str]]:
    """Return label, value and style of the main figures, as far as they may be told."""
    summary = report.summary
    waits, journeys = summary["weeks_waited"], summary["journey_minutes"]
    lines = [
        ("Children waiting", summary["children"]),
        ("With a place in the arrangement", summary["with_place"]),
        ("Without one", summary["without_place"]),
        ("Of these, with no suitable provision", summary.get("nowhere_suitable")),
        ("Places open", summary["places_open"]),
        ("Places left in the arrangement", summary.get("places_left")),
        ("Weeks waited, median", waits["median"]),
        ("Weeks waited, longest", waits.get("longest")),
        ("Weeks waited, longest without a place", waits.get("longest_after")),
        ("Minutes on a shared ride, median", journeys["median"]),
        ("Journeys beyond the guideline", journeys.get("over_guideline")),
    ]
    shown: list[tuple[str, object, str]] = [
        (label, f"{value:,.0f}", "text") for label, value in lines if value is not None
    ]
    checked = "passed" if summary["audit"]["passed"] else "FAILED"
    shown.append(("Checks", f"{checked}: worked out again from the tables, apart from the model",
                  "text"))  # fmt: skip
    return shown


def _sheets(report: RoundReport) -> list[Sheet]:
    tables = report.tables
    why_not = _why_not(report)
    sheets: list[Sheet] = [
        ("Children", *_children(report)),
        ("Suitable places", *_suitable(report)),
        ("Why not, counted", *_reasons(report)),
        ("Why not", why_not, {MINUTES: "whole"}),
        ("One rule", *_one_rule(report)),
        ("One more place", *_one_more(report)),
        ("Open places", *_places(report)),
        ("Fairness", *_fairness(report)),
        ("Steps", *_steps(report)),
        ("Checks", tables["checks"], {"worst": "number", "tolerance": "number"}),
        ("Parameters", tables["parameters"], {}),
        ("Warnings", tables["warnings"], {}),
        ("Notes", pd.DataFrame({"note": [*report.notes, *told.LIMITS]}), {}),
    ]
    return [one for one in sheets if one[0] != "Warnings" or len(one[1])]


def _public_sheets(report: RoundReport) -> list[Sheet]:
    totals = report.tables["totals"]
    frame = pd.DataFrame(
        {
            "By": [words_of(one) for one in totals["by"]],
            "Group": [group_words(by, one) for by, one in zip(totals["by"], totals["group"],
                                                              strict=True)],
            "Phase": [phase_label(one) if one else "" for one in totals["phase"]],
            "Waiting": totals["waiting"],
            "With a place in the arrangement": totals["with_place"],
            "Without one": totals["without_place"],
        }
    )  # fmt: skip
    whole = dict.fromkeys(frame.columns[3:], "whole")
    return [
        ("Totals", frame, whole),
        ("Parameters", report.tables["parameters"], {}),
        ("Notes", pd.DataFrame({"note": [*report.notes, *told.LIMITS]}), {}),
    ]


def words_of(by: str) -> str:
    """Return what a table is by, in words.

    >>> words_of("need and phase"), words_of("deprivation_fifth")
    ('Need and phase', 'Deprivation fifth')
    """
    text = by.replace("_", " ")
    return text[:1].upper() + text[1:]


def group_words(by: str, group: str) -> str:
    """Return a group in words.

    >>> group_words("deprivation_fifth", "1"), group_words("need", "SLD")
    ('1 (most deprived)', 'Severe learning difficulty (SLD)')
    """
    if by == "deprivation_fifth":
        return {"1": "1 (most deprived)", "5": "5 (least deprived)"}.get(group, words_of(group))
    if by.startswith("need"):
        return need_label(group)
    return phase_label(group) if by == "phase" else words_of(group)


def _yes(values: pd.Series[Any]) -> list[str]:
    return ["yes" if one is True or one == "True" else "" if one == "" else "no" for one in values]


def _children(report: RoundReport) -> tuple[pd.DataFrame, dict[str, str]]:
    table = report.tables["children"]
    placed = table["provision"].notna()
    frame = pd.DataFrame(
        {
            "Child": table["child"],
            "Status": table["status"].map(told.STATUSES),
            "Need": [need_label(one) for one in table["need"]],
            "Second need": [need_label(one) if one else "" for one in table["second_need"]],
            "Phase": [phase_label(one) for one in table["phase"]],
            "Year group": [told.year_group(one) for one in table["nc_year"]],
            "Locality": table["locality"],
            "Weeks waited": table["weeks"],
            "Must have": table["must_have"],
            "Must not have": table["must_not_have"],
            "Classes advised": [told.class_words(one, report.base_year)
                                for one in table["classes"]],
            "Suitable provisions": table["suitable"],
            "With a place open to the child": table["suitable_with_place_open"],
            "What alone would place the child": table["one_rule"].map(told.IF_RELAXED),
            "In the arrangement, a place is kept at": [
                report.names.get(str(one), "") if one else "" for one in
                table["provision"].where(placed, None)
            ],
            "From": [told.day(day) if has else "" for day, has in
                     zip(table["start"], placed, strict=True)],
            MINUTES: table["ride_minutes"],
            "Beyond the guideline": ["yes" if over else "" for over in table["over_guideline"]],
            "Cost a year (£)": table["cost_gbp"],
            "New spending a year (£)": table["added_gbp"],
            "Cost a year while waiting (£)": table["interim_gbp"],
            "Preference": table["preference"],
            ALIKE: table["alike"],
        }
    )  # fmt: skip
    styles = {name: "pounds" for name in map(str, frame) if name.endswith("(£)")}
    wrapped = (
        "Status",
        "Need",
        "Second need",
        "Classes advised",
        "What alone would place the child",
        "In the arrangement, a place is kept at",
        ALIKE,
    )
    styles |= dict.fromkeys(wrapped, "wrapped")
    for name in ("Weeks waited", MINUTES, "Suitable provisions", "With a place open to the child"):
        styles[name] = "whole"
    return frame, styles


def _reasons(report: RoundReport) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return from how many provisions each rule keeps each child; a provision may have several."""
    table = report.tables["reasons"]
    frame = pd.DataFrame(
        {"Child": table["child"]} | {words: table[rule] for rule, words in told.RULES.items()}
    )
    return frame, dict.fromkeys(told.RULES.values(), "whole")


def _suitable(report: RoundReport) -> tuple[pd.DataFrame, dict[str, str]]:
    table = report.tables["suitable"]
    frame = pd.DataFrame(
        {
            "Child": table["child"],
            "Provision": table["name"],
            "Class": [class_name(one, report.base_year) for one in table["class"]],
            "Minutes by car": table["minutes"],
            MINUTES: table["ride_minutes"],
            "Miles": table["miles"],
            "Beyond the guideline": _yes(table["over_guideline"]),
            "Top-up or fee (£)": table["topup_gbp"],
            "Place funding (£)": table["place_gbp"],
            "Transport, expected (£)": table["transport_gbp"],
            "Cost a year (£)": table["cost_gbp"],
            "New spending a year (£)": table["added_gbp"],
            "Places open to the child": table["open_to_child"],
            "Left in the arrangement": table["left_in_arrangement"],
            "Why not, in the arrangement": [told.reasons(one) for one in table["rules"]],
            "Preferred": _yes(table["preferred"]),
            "Teaches the second need": _yes(table["teaches_second_need"]),
            "Right for this share of such children": table["right_share"],
        }
    )
    styles = {name: "pounds" for name in map(str, frame) if name.endswith("(£)")}
    styles |= dict.fromkeys(
        ("Minutes by car", MINUTES, "Places open to the child", "Left in the arrangement"), "whole"
    )
    styles |= {"Miles": "minutes", "Right for this share of such children": "share"}
    return frame, styles


def _why_not(report: RoundReport) -> pd.DataFrame:
    table = report.tables["why_not"]
    if len(table) > LONGEST_WHY_NOT:
        text = f"{len(table):,} rows: too many for a sheet; they are in tables/why_not.csv"
        return pd.DataFrame({"Child": [text]})
    known = {one: told.reasons(one) for one in table["rules"].unique()}
    return pd.DataFrame(
        {
            "Child": table["child"],
            "Provision": table["provision"].map(report.names),
            "Why not": table["rules"].map(known),
            MINUTES: table["ride_minutes"],
        }
    )


def _one_rule(report: RoundReport) -> tuple[pd.DataFrame, dict[str, str]]:
    table = report.tables["one_rule"]
    frame = pd.DataFrame(
        {
            "Child": table["child"],
            "What alone would place the child": table["rule"].map(told.IF_RELAXED),
            "At (the nearest)": table["name"],
            "At what price": table["price"].map(told.PRICES),
            MINUTES: table["ride_minutes"],
            "Cost a year (£)": table["cost_gbp"],
            "Provisions where it would": table["provisions"],
        }
    )
    return frame, {MINUTES: "whole", "Cost a year (£)": "pounds",
                   "Provisions where it would": "whole"}  # fmt: skip


def _one_more(report: RoundReport) -> tuple[pd.DataFrame, dict[str, str]]:
    table = report.tables["one_more"].sort_values(
        ["children", "weeks", "added_gbp"], ascending=[False, False, True]
    )
    frame = pd.DataFrame(
        {
            "Provision": table["name"],
            "Class": [class_name(one, report.base_year) for one in table["class"]],
            "Places open now": table["open_now"],
            "Children whom it suits": table["suitable_children"],
            "More children with a place": table["children"],
            "Weeks waited by those who gain a place, less those who lose one": table["weeks"],
            "Change in journeys beyond the guideline": table["over_guideline"],
            "Change in preferences met": table["preferred"],
            "Change in minutes, all children": table["minutes"],
            "Change in spending a year, less what waiting costs (£)": table["added_gbp"],
        }
    )
    styles = dict.fromkeys(frame.columns[2:], "whole")
    styles[frame.columns[-1]] = "pounds"
    return frame, styles


def _places(report: RoundReport) -> tuple[pd.DataFrame, dict[str, str]]:
    table = report.tables["places"]
    frame = pd.DataFrame(
        {
            "Provision": table["name"],
            "Class": [class_name(one, report.base_year) for one in table["class"]],
            "Need": [need_label(one) if one else "any it teaches" for one in _none(table["need"])],
            "Phase": [phase_label(one) if one else "any it teaches"
                      for one in _none(table["phase"])],
            "From": [told.day(one) for one in table["start"]],
            "First year group": [told.year_group(one) for one in table["nc_from"]],
            "Last year group": [told.year_group(one) for one in table["nc_to"]],
            "Places": table["places"],
            "Kept in the arrangement": table["taken"],
            "Left": table["left"],
            "Children whom they suit": table["suitable_children"],
        }
    )  # fmt: skip
    return frame, dict.fromkeys(frame.columns[7:], "whole")


def _none(values: pd.Series[Any]) -> list[Any]:
    return [None if blank(one) else one for one in values]


def _fairness(report: RoundReport) -> tuple[pd.DataFrame, dict[str, str]]:
    table = report.tables["fairness"]
    frame = pd.DataFrame(
        {
            "By": [words_of(one) for one in table["by"]],
            "Group": [group_words(by, one) for by, one in zip(table["by"], table["group"],
                                                              strict=True)],
            "Waiting": table["waiting"],
            "With a place": table["with_place"],
            "Without one": table["without_place"],
            "Share with a place": table["with_place_share"],
            "Weeks waited before, median": table["weeks_median"],
            "Weeks waited before, longest": table["weeks_longest"],
            "Weeks of those without a place after, median": table["weeks_median_after"],
            "Weeks of those without a place after, longest": table["weeks_longest_after"],
            "Children whose journey now is known": table["minutes_known"],
            "Minutes of these now, median": table["minutes_now"],
            "Minutes of these after, median": table["minutes_after"],
            "Minutes of all with a place, shared ride, median": table["ride_minutes_with_place"],
            "Journeys beyond the guideline": table["over_guideline"],
            "Share of journeys beyond it": table["over_guideline_share"],
        }
    )  # fmt: skip
    styles = dict.fromkeys(frame.columns[2:], "whole")
    styles |= {"Share with a place": "share", "Share of journeys beyond it": "share"}
    return frame, styles


def _steps(report: RoundReport) -> tuple[pd.DataFrame, dict[str, str]]:
    table = report.tables["steps"]
    frame = pd.DataFrame(
        {
            "Step": table["number"],
            "What is improved": table["words"],
            "Made": ["as great as can be" if most else "as small as can be"
                     for most in table["most"]],
            "What the value counts": [told.STEPS.get(one, told.STEP_WAITS)
                                      for one in table["step"]],
            "Value": table["value"],
            "No arrangement passes": table["bound"],
            "How it ended": table["ended"],
            "Seconds": table["seconds"],
        }
    )  # fmt: skip
    return frame, {"Step": "whole", "Value": "whole", "No arrangement passes": "whole",
                   "Seconds": "number"}  # fmt: skip
