"""routes.html: one page on what a plan does to transport, that opens offline and prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from outputs import routes_charts, routes_maps, routes_words, words
from outputs.html import drawn, template
from outputs.page_table import Column, Table, table_of
from outputs.routes_return import SECTIONS
from outputs.routes_tables import AFTER, AFTER_SAME, BEFORE, BEFORE_SAME

if TYPE_CHECKING:
    from outputs.routes_report import RoutesReport

FIGURES = (
    ("users", "Children whose journey is paid for", words.places),
    ("carried", "Children carried in vehicles", words.places),
    ("vehicles", "Vehicles", words.places),
    ("routes", "Routes", words.places),
    ("children_a_vehicle", "Children a route", words.children),
    ("occupancy_share", "Seats filled (of those usable together)", words.share),
    ("solo", "Children who travel alone by need", words.places),
    ("solo_share", "The same, as a share of those carried", words.share),
    ("assistants", "Routes with a passenger assistant", words.places),
    ("ptb", "Families paid a travel budget", words.places),
    ("ride_minutes_mean", "Mean ride, minutes", words.children),
    ("over_45", "Children who ride over 45 minutes", words.places),
    ("over_75", "Children who ride over 75 minutes", words.places),
    ("over_guideline", "Children over the guideline of their phase", words.places),
    ("runs_a_year", "Runs a year", words.places),
    ("miles_a_year", "Miles a year", words.places),
    ("carbon_tonnes", "Carbon dioxide, tonnes a year", words.children),
    ("cost_a_year_gbp", "Cost a year, as routed", words.thousands),
    ("cost_a_child_gbp", "The same, a child", words.pounds),
)


def render(report: RoutesReport) -> str:
    """Return the whole page. The same report gives the same text."""
    pictures = {
        "traffic": routes_maps.traffic_map(report),
        "phased": routes_charts.phased_chart(report, by_year(report)),
    }
    return template("routes.html").render(
        report=report,
        year=words.year_label(report.year),
        answer=routes_words.answer(report),
        keys=_keys(report),
        basis=routes_words.basis(report),
        how=routes_words.routed_how(report),
        limits=routes_words.LIMITS,
        whole=before_and_after(report),
        account=account(report),
        changed=provisions(report, changed=True),
        others=provisions(report, changed=False),
        options=options(report),
        too_long=too_long(report),
        methods=methods(report),
        term=term(report),
        iterations=iterations(report),
        returned=dfe_return(report),
        fleet=fleet(report),
        parameters=parameters(report),
        warnings=warnings(report),
        full_effect=words.year_label(report.summary["full_effect_year"]),
        **drawn(pictures),
    )


def _keys(report: RoutesReport) -> list[tuple[str, str, str]]:
    """Return the figures of the first screen: heading, figure, small print."""
    sides = report.summary["sides"]
    before, after = sides[BEFORE_SAME], sides[AFTER_SAME]
    same = "children with a place in both"

    def change(name: str, wording: Any, one: Any = None, other: Any = None) -> str:
        shown = [
            words.SUPPRESSED if side[name] is None else wording(round(side[name]))
            for side in (one or before, other or after)
        ]
        return " → ".join(shown)

    return [
        ("Vehicles", change("vehicles", words.places), same),
        ("Miles a year", change("miles_a_year", words.places), same),
        ("Carbon, tonnes a year", change("carbon_tonnes", words.places), same),
        (
            "Over 45 or 75 minutes by phase",
            change("over_guideline", words.places),
            f"children; {same}",
        ),
        (
            "Cost a child, as routed",
            change("cost_a_child_gbp", words.pounds),
            same,
        ),
        (
            "All children carried or paid for",
            change("users", words.places, sides[BEFORE], sides[AFTER]),
            "with those who have a place only on one side",
        ),
    ]


def before_and_after(report: RoutesReport) -> Table:
    """Return every figure before and after, for the same children and for all."""
    found = report.tables["totals"]
    totals = {
        (figure, side): mean
        for side, figure, mean in zip(found["side"], found["figure"], found["mean"], strict=True)
    }
    rows = []
    for name, label, wording in FIGURES:
        if any(figure == name for figure, _ in totals):
            row = {"figure": label}
            for side in (BEFORE_SAME, AFTER_SAME, BEFORE, AFTER):
                value = totals.get((name, side))
                row[side] = _whole(value) if wording is words.places else wording(value)
            rows.append(row)
    plain = words.words
    columns = [Column("figure", "Mean of the draws")]
    for pair, group in (
        ((BEFORE_SAME, AFTER_SAME), "Children with a place in both"),
        ((BEFORE, AFTER), "All children"),
    ):
        columns += [
            Column(pair[0], "Committed only", plain, numeric=True, group=group),
            Column(pair[1], "With the plan", plain, numeric=True, group=group),
        ]
    return table_of(
        "table-whole",
        f"Transport in {words.year_label(report.year)}, before and after",
        pd.DataFrame(rows),
        columns,
        note="A vehicle that goes on to a second route is counted once. Figures a year follow how "
        "often each child travels: every day, weekly or termly.",
    )


ACCOUNT_LABELS = {
    ("same_children", "routed_before"): "Children with a place in both: routed cost, before",
    ("same_children", "routed_after"): "… after",
    ("same_children", "routed_saving"): "… saving as routed",
    ("same_children", "saving_at_actual_spend"): "… the same share of actual spend",
    ("same_children", "realised_saving"): "… what of it is counted on",
    ("more_children", "cost_at_actual_spend"): "Children with a place only with the plan: cost",
    ("all_children", "net_of_both"): "Together: less to pay (a minus sign: more)",
    ("all_children", "routed_before"): "All children: routed cost, before",
    ("all_children", "routed_after"): "… after",
    ("all_children", "routed_saving"): "… saving as routed",
    ("all_children", "saving_at_actual_spend"): "… the same share of actual spend",
}


def account(report: RoutesReport) -> Table:
    """Return the account from routed cost to what the General Fund sees."""
    rows = report.tables["saving"].to_dict("records")
    found = {(row["basis"], row["measure"]): row for row in rows}
    frame = pd.DataFrame(
        [found[key] | {"what": label} for key, label in ACCOUNT_LABELS.items() if key in found]
    )
    frame["verdict"] = frame["verdict"].replace("", words.MISSING)
    total = list(ACCOUNT_LABELS).index(("all_children", "net_of_both"))
    return table_of(
        "table-account",
        f"From routes to pounds: £ a year in {words.year_label(report.year)}, when contracts have "
        "ended",
        frame,
        [
            Column("what", "What"),
            Column("low_gbp", "Low", words.thousands, numeric=True),
            Column("mid_gbp", "Middle", words.thousands, numeric=True),
            Column("high_gbp", "High", words.thousands, numeric=True),
            Column("verdict", "Verdict", str),
        ],
        totals=[total],
        note="Low and high are the least and greatest of the draws, then the low and high share "
        "that is realised.",
    )


def by_year(report: RoutesReport) -> Table:
    """Return when the saving arrives."""
    return table_of(
        "table-by-year",
        "When it arrives: £ by academic year",
        report.tables["saving_by_year"],
        [
            Column("year", "Year", words.year_label),
            Column("moved", "Children who go elsewhere", _whole, numeric=True),
            Column("arrived_share", "Share of the saving arrived", words.share, numeric=True),
            Column("saving_mid_gbp", "Saving", words.pounds, numeric=True),
            Column("more_children", "More children with a place", _whole, numeric=True),
            Column("more_children_gbp", "Cost of carrying them", words.pounds, numeric=True),
            Column("net_low_gbp", "Low", words.pounds, numeric=True, group="Less to pay in all"),
            Column("net_mid_gbp", "Middle", words.pounds, numeric=True, group="Less to pay in all"),
            Column("net_high_gbp", "High", words.pounds, numeric=True, group="Less to pay in all"),
        ],
        note=f"The whole saving of {words.year_label(report.year)} has arrived by "
        f"{words.year_label(report.summary['full_effect_year'])}. A minus sign is more to pay.",
    )


def _whole(value: object) -> str:
    count = words.number(value)
    return words.places(value) if count is None else words.places(round(count))


def provisions(report: RoutesReport, *, changed: bool) -> Table | None:
    """Return what changes at each provision: those that the plan opens or changes, or the rest."""
    found = report.tables["provisions_change"]
    some = found[found["opens"].astype(bool) == changed]
    if not len(some):
        return None
    before, after = "Committed only", "With the plan"
    columns = [Column("name", "Provision", str)]
    for side, group in ((BEFORE, before), (AFTER, after)):
        columns += [
            Column(f"{side}_users", "Children", _whole, numeric=True, group=group),
            Column(f"{side}_routes", "Routes", _whole, numeric=True, group=group),
            Column(
                f"{side}_cost_a_year_gbp", "£ a year", words.thousands, numeric=True, group=group
            ),
        ]
    columns += [
        Column("saving_mid_gbp", "Saving as routed", words.pounds, numeric=True),
        Column("assistant_hours_change", "Assistant hours a year, change", _whole, numeric=True),
        Column("shorter", "Shorter", _whole, numeric=True, group="Children whose ride is"),
        Column("longer", "Longer", _whole, numeric=True, group="Children whose ride is"),
        Column("minutes_saved_a_day", "Ride minutes saved a day", _whole, numeric=True),
        Column("verdict", "Verdict", str),
    ]
    return table_of(
        "table-changed" if changed else "table-others",
        ("Provisions that the plan opens or changes" if changed else "Every other provision")
        + ": routes before and after, all children, means of the draws",
        some,
        columns,
        note=(
            "£ as routed. Shorter and longer are by 5 minutes or more, one way, of children with a "
            "place on both sides, at the provision they go to with the plan. What is saved at one "
            "provision stands against what it costs at another: add them up only in total."
            if changed
            else ""
        ),
        folded="" if changed else "Every other provision",
    )


def options(report: RoutesReport) -> Table | None:
    """Return the options of policy side by side."""
    found = report.tables["options"]
    if not len(found):
        return None
    return table_of(
        "table-options",
        f"Policy options, each alone, on the plan in {words.year_label(report.year)}: one draw, "
        "£ as routed",
        found,
        [
            Column("label", "Option", str),
            Column("affected", "Children affected", _whole, numeric=True),
            Column("vehicles", "Vehicles", _whole, numeric=True),
            Column("ptb", "Budgets paid", _whole, numeric=True),
            Column("over_guideline", "Over the guideline", _whole, numeric=True),
            Column("cost_a_year_gbp", "Routes, £ a year", words.thousands, numeric=True),
            Column("own_gbp_a_year", "Its own cost, £ a year", words.pounds, numeric=True),
            Column("saving_gbp", "Saving, £ a year", words.pounds, numeric=True),
            Column("one_off_gbp", "Once, £", words.pounds, numeric=True),
            Column("verdict", "Verdict", str),
        ],
        note="A saving is against the plan as it stands, before what is realised. Options overlap: "
        "do not add them up.",
    )


def too_long(report: RoutesReport) -> Table | None:
    """Return rides beyond the guideline, by provision and zone."""
    found = report.tables["too_long"]
    if not len(found):
        return None
    names = dict(
        zip(report.planned.provisions["provision"], report.planned.provisions["name"], strict=True)
    )
    shown = found.assign(
        provision=[names.get(one, one) for one in found["provision"]],
        side=found["side"].map({BEFORE: "Committed only", AFTER: "With the plan"}),
        home_too_far=found["home_too_far"].map({True: "yes", False: "no"}),
    )
    count = len(shown)
    return table_of(
        "table-too-long",
        "Rides beyond the guideline in the first draw, by home zone",
        shown,
        [
            Column("side", "Side", str),
            Column("provision", "Provision", str),
            Column("zone", "Zone", str),
            Column("phase", "Phase", words.phase_label),
            Column("children", "Children", words.places, numeric=True),
            Column("longest_minutes", "Longest ride", words.minutes, numeric=True),
            Column("direct_minutes", "Direct", words.minutes, numeric=True),
            Column("guideline_minutes", "Guideline", words.minutes, numeric=True),
            Column("home_too_far", "Too far even alone", str),
        ],
        folded=f"The {count} {'row' if count == 1 else 'rows'}, by zone" if count > 8 else "",
    )


def methods(report: RoutesReport) -> Table | None:
    """Return what each way of pricing would have made of the saving."""
    found = report.tables["methods"]
    if not len(found):
        return None
    return table_of(
        "table-methods",
        f"What other ways of pricing would have said: all children, £ a year in "
        f"{words.year_label(report.year)}",
        found,
        [
            Column("label", "Way of pricing", str),
            Column("before_gbp", "Committed only", words.thousands, numeric=True),
            Column("after_gbp", "With the plan", words.thousands, numeric=True),
            Column("saving_gbp", "Saving", words.pounds, numeric=True),
            Column("level_error_share", "Level, against routed", _level, numeric=True),
        ],
        note="A minus sign is extra cost. Routed is the measure: the others leave out who shares a "
        "vehicle with whom.",
    )


def _level(value: object) -> str:
    share = words.number(value)
    return words.MISSING if share is None or abs(share) < 0.0005 else words.share(share)


def term(report: RoutesReport) -> Table | None:
    """Return the learned term with its error."""
    found = report.tables["term"]
    if not len(found):
        return None
    return table_of(
        "table-term",
        "What the plan can be told: £ a run, fitted on this authority's own routes",
        found,
        [
            Column("label", "Part", str),
            Column("value", "Fitted", _pence, numeric=True),
            Column("planned_with", "The plan was made with", _pence, numeric=True),
        ],
        note=report.summary.get("term_note", ""),
    )


def _pence(value: object) -> str:
    amount = words.number(value)
    return words.MISSING if amount is None else f"£{amount:,.2f}"


def iterations(report: RoutesReport) -> Table | None:
    """Return the path of plan and routes in turn."""
    found = report.tables["iterations"]
    if not len(found):
        return None
    return table_of(
        "table-iterations",
        "Plan and routes in turn: what each round made of it",
        found,
        [
            Column("round", "Round", words.places),
            Column("term_gbp", "Transport as the plan prices it", words.thousands, numeric=True),
            Column("routed_gbp", "Transport as routed", words.thousands, numeric=True),
            Column("gap_share", "Apart by", words.share, numeric=True),
            Column(
                "cost_gbp", "Cost of the plan, transport as routed", words.thousands, numeric=True
            ),
            Column("kept", "", str),
        ],
    )


def dfe_return(report: RoutesReport) -> Table:
    """Return the fields of the DfE return, before and after."""
    found = report.tables["dfe_return"]
    keys = ["section", "field", "phase"]
    order = found[[*keys, "why_blank"]].drop_duplicates()
    frame = order.sort_values(
        "section", key=lambda one: one.map(list(SECTIONS).index), kind="stable", ignore_index=True
    )
    for side in (BEFORE, AFTER):
        here = found.loc[found["side"] == side, [*keys, "learners", "spend_gbp"]]
        names = {what: f"{side}_{what}" for what in ("learners", "spend_gbp")}
        frame = frame.merge(here.rename(columns=names), how="left", on=keys)
    frame["section"] = frame["section"].map(SECTIONS)
    columns = [
        Column("section", "Part of the return", str),
        Column("field", "Field", str),
        Column("phase", "Phase", words.words),
    ]
    for what, label, wording in (
        ("learners", "Learners", _whole),
        ("spend_gbp", "Forecast spend", words.pounds),
    ):
        columns += [
            Column(f"{BEFORE}_{what}", "Committed only", wording, numeric=True, group=label),
            Column(f"{AFTER}_{what}", "With the plan", wording, numeric=True, group=label),
        ]
    columns.append(Column("why_blank", "Why it is blank", lambda v: str(v) or words.MISSING))
    return table_of(
        "table-return",
        "Fields of the DfE home to school transport return",
        frame.reset_index(drop=True),
        columns,
        folded="The fields",
        note="Spend is at actual spend a user. Children in specialist places only.",
    )


def fleet(report: RoutesReport) -> Table:
    """Return the vehicles and their prices."""
    return table_of(
        "table-fleet",
        "Vehicles, and what a run costs",
        report.tables["fleet"].assign(
            always=report.tables["fleet"]["always_assisted"].map(
                {True: "always", False: "if needed"}
            )
        ),
        [
            Column("type", "Vehicle", routes_words.vehicle),
            Column("seats", "Seats", words.places, numeric=True),
            Column("seats_used_together", "Used together", words.places, numeric=True),
            Column("wheelchairs", "Wheelchair places", words.places, numeric=True),
            Column("fixed_per_run_gbp", "A run", _pence, numeric=True),
            Column("per_mile_gbp", "A mile", _pence, numeric=True),
            Column("per_hour_gbp", "An hour", _pence, numeric=True),
            Column("assistant_gbp", "Assistant, a run", _pence, numeric=True),
            Column("always", "Assistant", str),
            Column("routes_in_plan", "Routes in the plan", words.places, numeric=True),
        ],
    )


def parameters(report: RoutesReport) -> Table:
    """Return the dated figures that routing used."""
    return table_of(
        "table-parameters",
        "Figures used, with where they come from",
        report.tables["parameters"],
        [
            Column("name", "Figure"),
            Column("value", "Value", lambda v: f"{float(str(v)):g}", numeric=True),
            Column("unit", "Unit", str),
            Column("status", "Status", str),
            Column("source", "Source", str),
        ],
        folded="Figures used, with where they come from",
    )


def warnings(report: RoutesReport) -> Table | None:
    """Return the warnings."""
    found = report.tables["warnings"]
    if not len(found):
        return None
    return table_of(
        "table-warnings",
        "What was odd, but stopped nothing",
        found.head(200).astype(object).where(found.head(200).notna(), ""),
        [
            Column("table", "Where", str),
            Column("value", "Value", str),
            Column("problem", "What", str),
            Column("remedy", "What to do", str),
        ],
        folded=f"{len(found)} {'warning' if len(found) == 1 else 'warnings'}"
        if len(found) > 10
        else "",
    )
