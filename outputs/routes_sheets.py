"""A sheet for each provision, to print: its routes in the plan, by vehicle and home zone.

For the transport team and the school to talk over, not to drive by: homes are shown as zones, and
unless a pupil file was given they are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from outputs import routes_maps, words
from outputs.html import template
from outputs.page_table import Column, Table, table_of
from outputs.routes_lines import HOMES_NOT_SHOWN
from outputs.routes_tables import AFTER, BEFORE

if TYPE_CHECKING:
    import pandas as pd

    from geo.routing.types import Route, Routed, Stop
    from outputs.routes_report import RoutesReport

NEAREST_MINUTES = 5
"""Clock times on a sheet are to the nearest five minutes: a plan is not a timetable."""


@dataclass(frozen=True)
class RouteCard:
    """One route as a sheet shows it.

    Parameters
    ----------
    number
        On the map and in the heading.
    heading
        Vehicle, children, minutes.
    facts
        What goes with it, in a line.
    stops
        Clock, where, who; in the order of the morning run.
    """

    number: int
    heading: str
    facts: str
    stops: tuple[tuple[str, str, str], ...]


def sheets(report: RoutesReport) -> dict[str, str]:
    """Return provision to its sheet as a page; empty in the public version."""
    if report.public:
        return {}
    names = report.planned.provisions.set_index("provision")
    routed = report.sample[AFTER]
    keys = sorted({key for route in routed.routes for key in route.provisions})
    page = template("routes_sheet.html")
    pages = {}
    for key in keys:
        routes = sorted(
            (route for route in routed.routes if key in route.provisions),
            key=lambda one: (-len(one.children), one.route),
        )
        cards = [_card(report, routed, route, n) for n, route in enumerate(routes, start=1)]
        lines = report.lines[report.lines["side"] == AFTER].set_index("route", drop=False)
        drawn = lines.loc[[route.route for route in routes if route.route in lines.index]]
        svg = routes_maps.sheet_map(report, key, drawn.assign(number=range(1, len(drawn) + 1)))
        pages[key] = page.render(
            report=report,
            name=names["name"].get(key, key),
            year=words.year_label(report.year),
            cards=cards,
            facts=_facts(report, routed, key, routes),
            figures=_figures(report, key),
            map_svg=Markup(svg),  # noqa: S704 - drawn by `figures`
            homes=HOMES_NOT_SHOWN,
            apart=_apart(routed, key),
        )
    return pages


def _facts(report: RoutesReport, routed: Routed, key: str, routes: list[Route]) -> str:
    school = next((one for one in routed.schools if one.provision == key), None)
    children = sum(routed_to(routed, route, key) for route in routes)
    bell = "" if school is None else f", to be there by {clock(school.bell_minutes, exact=True)}"
    assumed = (
        " (assumed: state the bell time)" if school is not None and school.bell_assumed else ""
    )
    change = report.planned.provisions.set_index("provision")
    kind = words.class_name(change["class"].get(key, ""), report.year)
    return (
        f"{kind}. {children} {'child' if children == 1 else 'children'} on {len(routes)} "
        f"{'route' if len(routes) == 1 else 'routes'}{bell}{assumed}."
    )


def routed_to(routed: Routed, route: Route, key: str) -> int:
    """Return how many children of a route go to one of its provisions."""
    goes = routed.children.drop_duplicates("child").set_index("child")["provision"]
    return sum(goes[child] == key for child in route.children)


def _figures(report: RoutesReport, key: str) -> Table | None:
    """Return the provision's figures before and after: means over the draws."""
    found = report.tables["provisions_change"]
    some = found[found["provision"] == key]
    if not len(some):
        return None
    row = some.iloc[0]
    import pandas as pd  # noqa: PLC0415

    wanted: list[tuple[str, str, object]] = [
        ("users", "Children", lambda v: words.places(round(float(v)))),
        ("routes", "Routes", words.children),
        ("occupancy_share", "Seats filled", words.share),
        ("over_guideline", "Over the guideline", words.children),
        ("ride_minutes_mean", "Mean ride, minutes", words.children),
        ("miles_a_year", "Miles a year", lambda v: words.places(round(float(v)))),
        ("cost_a_year_gbp", "Cost a year, as routed", words.pounds),
    ]
    frame = pd.DataFrame(
        [
            {
                "figure": label,
                **{
                    side: wording(row[f"{side}_{name}"])  # type: ignore[operator]
                    if words.number(row[f"{side}_{name}"]) is not None and row[f"{side}_users"]
                    else words.MISSING
                    for side in (BEFORE, AFTER)
                },
            }
            for name, label, wording in wanted
        ]
    )
    return table_of(
        "figures",
        "Before and after, mean of the draws",
        frame,
        [
            Column("figure", "Figure"),
            Column(BEFORE, "Committed only", str, numeric=True),
            Column(AFTER, "With the plan", str, numeric=True),
        ],
    )


def _apart(routed: Routed, key: str) -> list[str]:
    """Return how many children of a provision are on no route, and why."""
    reasons = {
        "ptb": "paid a personal travel budget",
        "walks": "who walk, travel on their own or are not carried",
        "straight_line": "whom no road reaches, priced as solo journeys",
        "not_carried": "whom nothing in the fleet can carry",
    }
    counts: dict[str, int] = {}
    for one in routed.apart:
        if one.provision == key:
            counts[str(one.how)] = counts.get(str(one.how), 0) + 1
    return [f"{n} {reasons.get(how, how)}" for how, n in sorted(counts.items())]


def _card(report: RoutesReport, routed: Routed, route: Route, number: int) -> RouteCard:
    children = routed.children.drop_duplicates("child").set_index("child")
    zones = report.planned.zones.set_index("zone")["name"].to_dict()
    names = report.planned.provisions.set_index("provision")["name"].to_dict()
    run = route.runs[0]

    def place(stop: Stop) -> tuple[str, str]:
        if stop.kind == "provision":
            return "provision", stop.key
        return "child", str(children.loc[stop.key, "zone"])

    stops = []
    for (kind, key), group in groupby(run.stops, key=place):
        some = list(group)
        if kind == "provision":
            at = clock(some[0].clock_minutes, exact=True)
            stops.append((at, str(names.get(key, key)), "sets down"))
            continue
        aboard = children.loc[[stop.key for stop in some]]
        chairs = int(aboard["wheelchair"].sum())
        helped = int(aboard["assistant"].sum())
        who = f"{len(some)} {'child' if len(some) == 1 else 'children'}"
        who += f", {chairs} in a wheelchair" if chairs else ""
        who += f", {helped} with an assistant" if helped else ""
        longest = max(stop.ride_minutes for stop in some)
        over = any(stop.ride_minutes > _guideline(routed, children, stop) + 1e-6 for stop in some)
        who += f"; {longest:.0f} minutes aboard" + (", over the guideline" if over else "")
        label = zones.get(key) or key
        stops.append((clock(some[0].clock_minutes), str(label), who))
    count = len(route.children)
    heading = f"{words.words(route.vehicle)}, {count} {'child' if count == 1 else 'children'}" + (
        ", travels alone" if str(route.how) == "solo" else ""
    )
    facts = [
        f"{run.miles:.1f} miles and {run.minutes:.0f} minutes each morning",
        "passenger assistant aboard" if route.assisted else "no passenger assistant",
        f"{words.whole_pounds(route.cost_a_day_gbp)} a day as routed",
    ]
    if route.travels != "daily":
        facts.append(f"{route.travels}, not every day")
    if len(route.provisions) > 1:
        facts.append("shared with " + ", ".join(str(names.get(p, p)) for p in route.provisions))
    if route.after is not None:
        facts.append(f"the vehicle comes from route {route.after}")
    return RouteCard(number, heading, "; ".join(facts), tuple(stops))


def _guideline(routed: Routed, children: pd.DataFrame, stop: Stop) -> float:
    return float(routed.policy.ride_limit_minutes[str(children.loc[stop.key, "phase"])])


def clock(minutes: float, *, exact: bool = False) -> str:
    """Return a time of day, to the nearest five minutes unless exact.

    >>> clock(512.4), clock(540.0, exact=True)
    ('about 08:30', '09:00')
    """
    to = 1 if exact else NEAREST_MINUTES
    whole = int(round(minutes / to) * to) % (24 * 60)
    return ("" if exact else "about ") + f"{whole // 60:02d}:{whole % 60:02d}"
