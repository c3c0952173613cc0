"""Hold the tables of a case against each other: one small function per rule.

These are the rules that a case must keep; ``oddities`` holds those it is only told of.

Each rule takes the draft of the case and yields what it finds. A cell at fault is blank in the
draft, and a rule says nothing of a blank: one slip is told once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from inputs.draft import Draft, rows_of
from inputs.errors import Fault
from inputs.oddities import ODDITIES
from inputs.wording import SUGGEST_AT_MOST, suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEAREST_PLACE_GBP = 1_000_000
"""No placement costs a million pounds a year; the dearest residential ones are under half."""
DEAREST_CAPITAL_GBP = 500_000_000
"""No special school has cost a tenth of it."""
SUM_TOLERANCE = 1e-6

_KEYS_OF: dict[str, tuple[str, str]] = {
    "zone": ("zones", "zone"),
    "provision": ("provisions", "provision"),
    "option": ("options", "option"),
}


def known_keys(draft: Draft) -> Iterator[Fault]:
    """Require that every zone, provision and option that a table names has a row of its own."""
    for table, frame in draft.frames.items():
        for heading, (home, key) in _KEYS_OF.items():
            if table == home or heading not in frame.columns or home in draft.unsure:
                continue
            known = set(draft.frames[home][key].dropna())
            unknown = frame[heading][frame[heading].notna() & ~frame[heading].isin(known)]
            remedies: dict[str, str] = {}
            for row, value in unknown.items():
                if value not in remedies:
                    remedies[value] = (
                        suggest(value, known) if len(remedies) < SUGGEST_AT_MOST else ""
                    )
                yield draft.fault(
                    table,
                    row,
                    heading,
                    value,
                    f"is not in {draft.labels[home]}",
                    remedies[value] or f"Add it to {draft.labels[home]}",
                )


def known_links(draft: Draft) -> Iterator[Fault]:
    """Require that an option requires and excludes only other options, and ones that exist."""
    options = draft.frames["options"]
    if "options" in draft.unsure:
        return
    known = set(options["option"].dropna())
    for heading in ("requires", "excludes"):
        for row, own, names in rows_of(options, "option", heading):
            for name in names or ():
                if name == own:
                    yield draft.fault(
                        "options", row, heading, name, "is the option itself", "Take it out"
                    )
                elif name not in known:
                    yield draft.fault(
                        "options",
                        row,
                        heading,
                        name,
                        "is not an option",
                        suggest(name, known - {own}),
                    )


def no_circle(draft: Draft) -> Iterator[Fault]:
    """Refuse an option that requires itself by way of others, or excludes what it requires."""
    options = draft.frames["options"]
    needs = {own: tuple(names or ()) for _, own, names in rows_of(options, "option", "requires")}
    for row, own, excluded in rows_of(options, "option", "excludes"):
        reached = _reached(needs, own)
        for name in excluded or ():
            if name in reached and name != own:
                yield draft.fault(
                    "options",
                    row,
                    "excludes",
                    name,
                    f"is required by {own!r}, which also excludes it",
                    "Take it out of one of the two",
                )
    for row, own, _ in rows_of(options, "option", "requires"):
        if own in _reached(needs, own) and own not in needs[own]:
            yield draft.fault(
                "options",
                row,
                "requires",
                own,
                "requires itself in a circle, so could never open",
                "Take one of the requirements out",
            )


def _reached(needs: dict[str, tuple[str, ...]], start: str) -> set[str]:
    """Return every option that one requires, directly or by way of others."""
    seen: set[str] = set()
    ahead = list(needs.get(start, ()))
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += needs.get(name, ())
    return seen


def something_taught(draft: Draft) -> Iterator[Fault]:
    """Require that every provision teaches something, now or through an option."""
    if not draft.whole("teaches", "option_teaches", "options"):
        return
    options, taught = draft.frames["options"], draft.frames["option_teaches"]
    by_option = set(options["provision"][options["option"].isin(taught["option"])])
    now = set(draft.frames["teaches"]["provision"])
    provisions = draft.frames["provisions"]
    for row, key in provisions["provision"].dropna().items():
        if key not in now and key not in by_option:
            yield draft.fault(
                "provisions",
                row,
                "provision",
                key,
                "teaches nothing",
                f"Add the needs and phases it can take to {draft.labels['teaches']}, or to "
                f"{draft.labels['option_teaches']} if it is not yet open",
            )
    for row, option, provision, places in rows_of(options, "option", "provision", "places"):
        if places > 0 and provision not in now and option not in set(taught["option"]):
            yield draft.fault(
                "options",
                row,
                "option",
                option,
                "adds places that teach nothing",
                f"Add the needs and phases it can take to {draft.labels['option_teaches']}",
            )


def years_in_the_horizon(draft: Draft) -> Iterator[Fault]:
    """Require that years of entrants and of openings lie within the case."""
    if draft.facts is None:
        return
    first, last = (
        draft.facts.base_year,
        draft.facts.base_year + draft.facts.horizon_years - 1,
    )
    for table, headings in (
        ("entrants", ("year",)),
        ("options", ("earliest", "latest", "committed_year")),
    ):
        for heading in headings:
            years = draft.frames[table][heading].dropna()
            for row, year in years[(years < first) | (years > last)].items():
                yield draft.fault(
                    table,
                    row,
                    heading,
                    year,
                    f"is outside the years of the case, {first} to {last}",
                    "Change it, or base_year and horizon_years of the case",
                )


def opening_in_order(draft: Draft) -> Iterator[Fault]:
    """Require earliest before latest, and what is committed between the two."""
    for row, earliest, latest, committed in rows_of(
        draft.frames["options"], "earliest", "latest", "committed_year"
    ):
        if not pd.isna(earliest) and not pd.isna(latest) and earliest > latest:
            yield draft.fault(
                "options",
                row,
                "earliest",
                earliest,
                f"is after latest ({latest}), so it could never open",
                "Change them round",
            )
        elif not pd.isna(committed) and (
            (not pd.isna(earliest) and committed < earliest)
            or (not pd.isna(latest) and committed > latest)
        ):
            yield draft.fault(
                "options",
                row,
                "committed_year",
                committed,
                "is not between earliest and latest",
                "Leave those blank: a committed option opens in its year",
            )


def shares_add_up(draft: Draft) -> Iterator[Fault]:
    """Require that the shares of an option's capital by year add up to one."""
    for row, shares in rows_of(draft.frames["options"], "capital_profile"):
        if shares is not None and abs(sum(shares) - 1) > SUM_TOLERANCE:
            yield draft.fault(
                "options",
                row,
                "capital_profile",
                "; ".join(f"{share:g}" for share in shares),
                f"adds up to {sum(shares):g}, not 1",
                "Give the share of the capital spent in each year",
            )


def costs_plausible(draft: Draft) -> Iterator[Fault]:
    """Require that a placement costs something, and at most a million pounds a year."""
    for table in ("teaches", "option_teaches"):
        costs = draft.frames[table]["annual_cost_gbp"].dropna()
        for row, cost in costs[(costs == 0) | (costs > DEAREST_PLACE_GBP)].items():
            problem = (
                "is no cost at all, so every child would go there"
                if cost == 0
                else f"is over £{DEAREST_PLACE_GBP:,} a child a year"
            )
            yield draft.fault(table, row, "annual_cost_gbp", cost, problem, "Give £ a child a year")


def capital_plausible(draft: Draft) -> Iterator[Fault]:
    """Refuse an option that costs more than half a billion pounds to build."""
    capital = draft.frames["options"]["capital_gbp"].dropna()
    for row, cost in capital[capital > DEAREST_CAPITAL_GBP].items():
        yield draft.fault(
            "options",
            row,
            "capital_gbp",
            cost,
            f"is over £{DEAREST_CAPITAL_GBP:,}",
            "Give it in pounds, not pence",
        )


def only_shrinking_saves(draft: Draft) -> Iterator[Fault]:
    """Refuse a negative fixed cost, but where an option takes places away."""
    for row, fixed, places in rows_of(draft.frames["options"], "fixed_annual_gbp", "places"):
        if fixed < 0 and not places < 0:
            yield draft.fault(
                "options",
                row,
                "fixed_annual_gbp",
                fixed,
                "is negative, and only an option that takes places away saves a fixed cost",
                "Give a cost of 0 or more, or negative places",
            )


def stays_shorten(draft: Draft) -> Iterator[Fault]:
    """Require that the share remaining is 1 on entry and never rises."""
    frame = draft.frames["stay"]
    for _, rows in frame.groupby(["need", "phase", "nc_year"], dropna=False, sort=False):
        ordered = rows.dropna(subset=["share_remaining", "years_since_entry"])
        ordered = ordered.sort_values("years_since_entry")
        before = 1.0
        for row, since, share in rows_of(ordered, "years_since_entry", "share_remaining"):
            if since == 0 and share != 1:
                problem = "is not 1 in the year of entry"
            elif share > before:
                problem = f"is more than the year before ({before:g})"
            else:
                before = share
                continue
            yield draft.fault("stay", row, "share_remaining", share, problem, "Check the shares")


def mean_is_there(draft: Draft) -> Iterator[Fault]:
    """Require the mean beside any draws, and warn of a draw with no children in it."""
    frame = draft.frames["entrants"]
    label = draft.labels["entrants"]
    if frame.empty or not draft.whole("entrants"):
        return
    if frame["draw"].notna().all():
        yield Fault(
            label,
            "every row is of a draw, and the plan needs the mean",
            "Add rows with draw left blank",
            column="draw",
        )
    totals = frame.groupby("draw")["children"].sum()
    for draw in totals[totals == 0].index:
        yield draft.warning("entrants", "is a draw with no children in it", column="draw",
                            value=str(draw))  # fmt: skip
    if frame["children"].sum() == 0:
        yield draft.warning("entrants", "no child is expected in any year", column="children")


CHECKS: tuple[Callable[[Draft], Iterator[Fault]], ...] = (
    known_keys,
    known_links,
    no_circle,
    something_taught,
    years_in_the_horizon,
    opening_in_order,
    shares_add_up,
    costs_plausible,
    capital_plausible,
    only_shrinking_saves,
    stays_shorten,
    mean_is_there,
    *ODDITIES,
)
"""Every rule, in the order in which a person would think of them."""
