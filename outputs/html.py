"""The page: one file that opens offline, reads without script, and prints."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from outputs import (
    charts,
    maps,
    page_children,
    page_money,
    page_trust,
    roll_chart,
    words,
)
from outputs.adding import numeric

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2 import Template

    from outputs.figures import Picture
    from outputs.page_table import Table
    from outputs.report import Report


def write_report(report: Report, path: Path) -> None:
    """Write the page beside its name, then rename it, so that no half page is ever left.

    Parameters
    ----------
    report
        The run; its public version where small numbers must not be shown.
    path
        Where it goes, such as ``report.html``; replaced if it is there.
    """
    write_page(render(report), path)


def write_page(text: str, path: Path) -> None:
    """Write the text of a page beside its name, then rename it."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        os.replace(beside, path)  # noqa: PTH105 - the one call that replaces at once
    finally:
        beside.unlink(missing_ok=True)


def render(report: Report) -> str:
    """Return the whole page. The same report gives the same text."""
    return template("report.html").render(
        report=report,
        public=report.public,
        summary=report.summary,
        scenario=report.scenario,
        first=words.year_label(report.years[0]),
        last=words.year_label(report.years[-1]),
        headline=_headline(report),
        legal=f"{LEGAL} {IN_DECIMALS}",
        limits=LIMITS,
        **_tables(report),
        **_pictures(report),
    )


def template(name: str) -> Template:
    """Return one of the pages' templates, with the filters that they use."""
    page = Environment(
        loader=PackageLoader("outputs", "templates"),
        autoescape=True,  # every name in a case may be hostile
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.filters |= {
        "pounds": words.pounds,
        "children": words.children,
        "places": words.places,
        "year": words.year_label,
    }
    return page.get_template(name)


def drawn(pictures: Mapping[str, Picture | None]) -> dict[str, Any]:
    """Return pictures by name, and each one's drawing as ``<name>_svg``, ready for a template."""
    # only what `figures` itself wrote is trusted as markup; its text is escaped there
    svgs = {
        f"{name}_svg": Markup(one.svg) if one else Markup("")  # noqa: S704
        for name, one in pictures.items()
    }
    return dict(pictures) | svgs


LEGAL = (
    "This is aggregate evidence for a decision-maker. It is not a decision about any child, and "
    "nothing in it places a child or should be used to. The school named in a plan follows from "
    "the Children and Families Act 2014: the child's needs and the parent's or young person's "
    "preference (sections 38 and 39)."
)
IN_DECIMALS = "Figures are expected numbers, so children come in decimals."

LIMITS = (
    "Expected numbers hide the ups and downs of small groups: a unit of ten can be full one year "
    "and short the next.",
    "No child who has a place is moved: the plan decides only where children who newly need a "
    "place could go.",
    "Whether a class of provision is right for a child is a share of each need and phase, not a "
    "judgement of the child.",
    "How many children new places draw from mainstream is not published anywhere; it moves the "
    "saving, and the sensitivity table says by how much.",
    "Journeys are typical minutes by car on an ordinary day, not timetabled routes.",
    "Costs follow the figures supplied; fees are negotiated, and may rise by more or less.",
)


def _headline(report: Report) -> dict[str, Any]:
    """Return the figures of the first screen, in words, straight from the summary."""
    summary = report.summary
    openings = report.tables["openings"]
    added = numeric(openings["places"])
    more, fewer = openings[added > 0], openings[added < 0]

    def count(name: str) -> str:
        held_back = report.public and summary[name] is None
        return words.SUPPRESSED if held_back else words.counted(public=report.public)(summary[name])

    return {
        "openings": len(more),
        "committed": int(more["committed"].astype(bool).sum()),
        "fewer": len(fewer),
        "places": words.places(summary["places_opened"]),
        "given_up": words.places(summary.get("places_given_up", 0.0)),
        "capital": words.pounds(numeric(openings["capital_gbp"]).sum()),
        "purses": [
            (words.PURSE_LABELS[purse], words.pounds(one["saving_gbp"]))
            for purse, one in summary["purses"].items()
        ],
        "entrants": count("entrants"),
        "placed": count("placed"),
        "placed_before": count("do_minimum_placed"),
        "unplaced": count("unplaced"),
        "unplaced_before": count("do_minimum_unplaced"),
        "told": summary["unplaced"] is not None and summary["do_minimum_unplaced"] is not None,
        "proof": page_trust.proof(report),
        "proven": summary["termination"] == "optimal",
        "audit": page_trust.audit(report),
        "audit_passed": bool(summary["audit"]["passed"]),
    }


def _tables(report: Report) -> dict[str, Any]:
    year = words.year_label(report.years[-1])
    broken, largest = page_trust.breaks(report)
    by_phase, by_locality = page_children.journeys(report)
    elsewhere = ("elsewhere", "without")
    return {
        "saving_table": page_money.saving_by_purse(report),
        "programme": page_children.programme(report),
        "gap_matrix": page_children.gap_matrix(
            report,
            elsewhere,
            "table-gap-matrix",
            f"Children with no place in our own area in {year}, by need and phase",
        ),
        "waiting_matrix": page_children.gap_matrix(
            report,
            ("without",),
            "table-waiting-matrix",
            f"Children without any place in {year}, by need and phase",
        ),
        "gap_locality": page_children.gap_by_locality(report),
        "gap_full": page_children.gap_in_full(report),
        "journeys_phase": by_phase,
        "journeys_locality": by_locality,
        "money_financial": page_money.by_financial_year(report),
        "money_terms": page_money.by_term(report),
        "naive": page_money.naive(report),
        "usual": page_money.naive_and_modelled(report),
        "sensitivity": page_money.sensitivity(report),
        "breaks": broken,
        "breaks_largest": largest,
        "stands_out": page_children.stands_out(report),
        "warnings": page_trust.warnings(report),
        "parameters": page_trust.parameters(report),
        "measure": page_trust.measure(report),
        "journeys_method": page_trust.journeys_method(report),
    }


def _pictures(report: Report) -> dict[str, Any]:
    money: Table = page_money.by_year(report)
    found: dict[str, Picture | None] = {
        "gap_map": maps.gap_map(report),
        "without_chart": charts.without_a_place(report),
        "roll_chart": roll_chart.roll_and_places(report),
        "journeys_chart": charts.journey_bands(report),
        "saving_chart": charts.saving_by_purse(report, money),
        "deficit_chart": charts.deficit(report, page_money.deficit(report)),
    }
    return drawn(found)
