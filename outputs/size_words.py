"""What the question of size found, in sentences for a capital planner and a committee."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimiser.size_verdicts import ERRORS
from optimiser.sizing import Interval
from outputs.words import PURSE_LABELS, pounds, share, thousands, year_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimiser.size_verdicts import BreakEven
    from outputs.size_found import Cash, SizeFound


def between(one: Interval) -> str:
    """Return an interval of pounds in words.

    >>> between(Interval(1_000_000, 1_200_000)), between(Interval(0, 5))
    ('from £1,000,000 to £1,200,000', 'no material difference (£0 to £5)')
    """
    if one.spans_nought:
        return f"no material difference ({thousands(one.low)} to {thousands(one.high)})"
    return f"from {thousands(one.low)} to {thousands(one.high)}"


def listed(sizes: Sequence[int]) -> str:
    """Return sizes as a person would list them.

    >>> listed([60, 80, 100]), listed([0, 60])
    ('60, 80 and 100 places', 'not building and 60 places')
    """
    named = [str(size) if size else "not building" for size in sizes]
    said = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"{said} places" if sizes[-1] else said


def named(size: int) -> str:
    """Return a size as the subject of a sentence."""
    return f"{size} places" if size else "not building"


def titled(size: int) -> str:
    """Return a size as a figure that stands alone."""
    return f"{size} places" if size else "Not built"


def lede(found: SizeFound) -> str:
    """Return the answer in two or three sentences."""
    choice = found.choice
    if choice.least_expected is None or choice.least_regret is None:
        return _lede_without_draws(found)
    best, n = choice.of(choice.least_expected), len(found.totals)
    second = (
        "and the least worst regret"
        if choice.least_regret == best.size
        else f"and {named(choice.least_regret)} the least worst regret"
    )
    text = (
        f"{found.sized.name}: over {n} draws of demand, {named(best.size)} has the least expected "
        f"cost {second}."
    )
    return " ".join(filter(None, (text, how_sure(found), edge(found))))


def _lede_without_draws(found: SizeFound) -> str:
    possible = [one for one in found.curve.sizes if one.possible]
    if not possible:
        return f"{found.sized.name}: no plan was found at any size."
    best = min(possible, key=lambda one: one.proof.cost_gbp)
    alike = [
        one.size
        for one in possible
        if one is not best and one.proof.bound_gbp <= best.proof.cost_gbp
    ]
    sure = (
        f" No material difference is proven from {listed(alike)}."
        if alike
        else " Every other size is proven dearer."
    )
    return (
        f"{found.sized.name}: for the expected children {named(best.size)} costs least.{sure} "
        "No draws of demand were asked for, so nothing is said of other numbers of children."
    )


def how_sure(found: SizeFound) -> str:
    """Return which sizes cannot be told from the best."""
    choice = found.choice
    alike = [
        one.size
        for one in choice.verdicts
        if one.same_as_best and one.size != choice.least_expected
    ]
    if not alike:
        return (
            "Every other size costs more on average, by more than the intervals of the solves and "
            f"more than {ERRORS:g} standard errors of these draws."
        )
    return (
        f"No material difference of expected cost is shown from {listed(alike)}: it spans nought, "
        f"or is within {ERRORS:g} standard errors of these draws."
    )


def edge(found: SizeFound) -> str:
    """Return whether the best size lies at the end of what was asked or can be paid for."""
    best = found.choice.least_expected
    possible = [one.size for one in found.curve.sizes if one.size and one.possible]
    if not best or best != max(possible) or len(possible) < 2:
        return ""
    larger = [one.size for one in found.curve.sizes if one.size > best]
    if larger:
        why = found.reasons.get(larger[0], "no plan has it")
        return f"It is the largest that can be: {larger[0]} places {why}."
    return (
        "It is the largest size asked about, and cost still falls there: ask about larger ones too."
    )


def regret_sentence(found: SizeFound) -> str:
    """Return what the size of least worst regret promises."""
    choice = found.choice
    if choice.least_regret is None:
        return ""
    safest = choice.of(choice.least_regret)
    alike = [one.size for one in choice.verdicts if one.same_as_safest and one.size != safest.size]
    text = (
        f"With {named(safest.size)}, no draw costs more than {thousands(safest.worst_regret.high)} "
        "above the size that would have been best for it."
    )
    if alike:
        text += f" No material difference of worst regret is proven from {listed(alike)}."
    return text


def expected_against_draws(found: SizeFound) -> str:
    """Return how the answer for the expected children differs from that over the draws."""
    possible = [one for one in found.curve.sizes if one.possible]
    if not possible or found.choice.least_expected is None:
        return ""
    alone = min(possible, key=lambda one: one.proof.cost_gbp).size
    over = found.choice.least_expected
    if alone == over:
        return f"For the expected children alone the answer is the same: {named(alone)}."
    return (
        f"For the expected children alone the answer would be {named(alone)}. Over the draws it is "
        f"{named(over)}: places stand empty where fewer come, and where more come the children "
        "beyond the last place go elsewhere, so what is lost and what is won do not balance."
    )


def pays(found: SizeFound, size: int) -> str:
    """Return in how many draws a size pays."""
    one, n = found.choice.of(size), len(found.totals)
    text = f"{named(size)} costs less than not building in {one.pays} of {n} draws"
    text += f" and more in {one.does_not}"
    if one.unclear:
        text += f"; in {one.unclear} neither is proven"
    clear = found.curve.high
    i = next(k for k, at in enumerate(found.curve.sizes) if at.size == size)
    needed = [total for w, total in enumerate(found.totals) if clear[i, w] < found.curve.low[0, w]]
    if needed and one.does_not:
        text += f". The draw of fewest children in which it pays has {min(needed):,.0f} entrants"
    return f"{text}."


def horizon_warning(found: SizeFound) -> str:
    """Return what a horizon that ends before the school is full hides; empty where it does not."""
    full = [
        (one.measures.added[-1] / one.size, one.opens)
        for one in found.curve.sizes
        if one.measures is not None and one.size and one.opens
    ]
    if not full or min(part for part, _ in full) > 0.999:
        return ""
    part = min(part for part, _ in full)
    last = year_label(found.years[-1])
    return (
        f"The plan ends in {last}, when only {share(part, 0)} of the places can be in use: the "
        "school is still filling. Children who would come later are not counted; the stays of "
        "those placed, and what the building is worth at the end, are. A size that is right for a "
        "full school needs a longer horizon (horizon_years and entrants for those years)."
    )


def cash_sentences(found: SizeFound) -> tuple[str, ...]:
    """Return building beside the cash for each place."""
    cash, size = found.cash, found.shown
    if cash is None or not size:
        return ()
    at = found.at(size)
    paid = cash.paid(size)
    said = [
        f"Instead of {size} places, {pounds(paid)} would be paid ({pounds(cash.per_place_gbp)} a "
        f"place over {cash.years} years: {cash.source})."
    ]
    if cash.measures is None:
        said.append("No plan with the cash was found in time, so the two are not set side by side.")
    else:
        differ = Interval.of(cash.proof).less(Interval.of(at.proof))
        which = {
            "": "No budget limits capital in this policy, so the cash changes no opening",
            "all": "The cash is added to the budget for capital in total",
        }.get(cash.budget, f"The cash is added to the grant {cash.budget}")
        said.append(
            f"{which}; the school is not built, and what else the case offers may be. For the "
            f"expected children that plan costs {_more_or_less(differ)} than the plan with "
            f"{size} places, the cost of every building counted and the cash itself not."
        )
        opens = sorted(set(cash.openings) - set(at.openings))
        said.append(
            f"With the cash it opens {', '.join(opens)} besides."
            if opens
            else "With the cash it opens nothing that the plan with the school does not open too."
        )
    if size in found.breaks:
        one = found.breaks[size]
        said.append(
            "The cash would have to be "
            f"{thousands(one.cash_where_given.low)} to {thousands(one.cash_where_given.high)} a "
            "place to be worth as much as the school where the department gives the building, and "
            f"{thousands(one.cash_a_place.low)} to {thousands(one.cash_a_place.high)} where the "
            "authority's own grants pay for it. These two figures alone add the purses together, "
            "as the plan's objective does; no purse may be spent for another."
        )
        said.append(_cash_against(cash, one))
    return tuple(said)


def _cash_against(cash: Cash, one: BreakEven) -> str:
    """Return on which side of what the school is worth the cash lies."""
    offered = f"The {pounds(cash.per_place_gbp)} a place that is paid"
    given, own = one.cash_where_given, one.cash_a_place
    if cash.per_place_gbp > max(given.high, own.high):
        return f"{offered} is more than either: as far as this plan sees, the cash is worth more."
    if cash.per_place_gbp < min(given.low, own.low):
        return f"{offered} is less than either: as far as this plan sees, the school is worth more."
    return f"{offered} lies between them or within an interval: neither is shown to be worth more."


def bases_sentences(found: SizeFound) -> tuple[str, ...]:
    """Return building beside bases and what else the case offers."""
    size = found.shown
    none = found.at(0)
    if not size or none.measures is None or found.at(size).measures is None:
        return ()
    at = found.at(size)
    assert at.measures is not None  # said above
    differ = Interval.of(none.proof).less(Interval.of(at.proof))
    instead = sorted(set(none.openings) - set(at.openings))
    said = [
        f"Without the school, bases and whatever else the case offers may open as the policy "
        f"allows. For the expected children that costs {_more_or_less(differ)} than with "
        f"{size} places.",
        (
            f"It opens {', '.join(instead)} in its place."
            if instead
            else "Nothing opens in its place that does not open beside it: the bases and "
            "expansions on offer are worth having either way, and do not replace it."
        ),
    ]
    for purse, label in PURSE_LABELS.items():
        more = none.measures.purses[purse] - at.measures.purses[purse]
        said.append(
            f"{label}: {thousands(abs(more))} {'more' if more > 0 else 'less'} without the school."
        )
    said.append(
        f"Mean ride {none.measures.minutes_mean:.1f} minutes without it and "
        f"{at.measures.minutes_mean:.1f} with it; child-years without a place "
        f"{none.measures.unplaced:,.0f} and {at.measures.unplaced:,.0f}."
    )
    return tuple(said)


def _more_or_less(one: Interval) -> str:
    if one.spans_nought:
        return (
            f"neither provably more nor less ({thousands(one.low)} to {thousands(one.high)} more)"
        )
    if one.low > 0:
        return f"{thousands(one.low)} to {thousands(one.high)} more"
    return f"{thousands(-one.high)} to {thousands(-one.low)} less"


def proven(found: SizeFound) -> tuple[str, ...]:
    """Return what is proven and what is not."""
    gaps = [one.proof.gap for one in found.curve.sizes if one.possible]
    limited = [
        one.size
        for one in found.curve.sizes
        if one.possible and str(one.proof.termination) != "optimal"
    ]
    said = [
        "At each size the whole plan is solved again for the expected children; its cost and a "
        "bound below which no plan of that size can cost make the interval"
        + (f" (widest gap {share(max(gaps), 2)} of cost)." if gaps else "."),
    ]
    if limited:
        said.append(f"Not proven within the gap asked, for want of time: {listed(limited)}.")
    if found.choice.verdicts:
        said.append(
            "In each draw the openings of that size's plan are held and the children placed at "
            "least cost. The interval there is of that placing alone: whether other openings "
            "beside that size would suit the draws better is not searched."
        )
        said.append(
            f"{len(found.totals)} draws are a sample. A mean over them is uncertain by the "
            "standard error shown, whatever the solves prove."
        )
    said.append(
        f"{found.audited} plans were recomputed from their own tables and passed; those of single "
        "draws were not audited, but their bounds are worked out apart from the solver."
    )
    return tuple(said)
