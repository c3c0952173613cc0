"""The page, the workbook and the tables of a plan over many draws."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimiser.sizing import Interval
from outputs.finding_charts import Interval as Bar
from outputs.finding_charts import interval_chart
from outputs.findings import Findings, Key, Section
from outputs.page_table import Column, table_of
from outputs.words import amount_range, small_share, thousands, words, year_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inputs.errors import Fault
    from optimiser.stochastic import Two, Worth

KIND = "stochastic"


@dataclass(frozen=True)
class StochasticFound:
    """What a plan over many draws found.

    Parameters
    ----------
    case_name, run_id
        Of the case, and what the tables carry.
    numbers, totals, source
        Of the draws: number, entrants of the authority, and where they come from.
    best
        The openings that are best over all draws.
    mean_openings, by_mean
        Those best for the expected children, and what they cost in each draw.
    own
        The openings of each draw, had it been known.
    worth
        What planning over draws, and knowing the draw, are worth.
    method
        How the openings were looked for.
    warnings, attribution
        What was odd, and whom to name.
    audited
        Plans of draws that were recomputed from their own tables, and passed.
    """

    case_name: str
    run_id: str
    numbers: tuple[int, ...]
    totals: tuple[float, ...]
    source: str
    best: Two
    mean_openings: Mapping[str, int]
    by_mean: tuple[Interval, ...]
    own: tuple[Mapping[str, int], ...]
    worth: Worth
    method: str
    warnings: tuple[Fault, ...]
    attribution: tuple[str, ...]
    audited: int


def stochastic_findings(found: StochasticFound) -> Findings:
    """Return everything that was found, ready to publish."""
    return Findings(
        kind=KIND,
        title="Openings now, places later",
        case_name=found.case_name,
        run_id=found.run_id,
        lede=lede(found),
        proven=_proven(found),
        sections=(_openings(found), _worth(found), _draws(found)),
        tables={
            "openings": openings(found),
            "draws": draws(found),
            "worth": worth(found),
        },
        summary=summary(found),
        keys=(
            Key(
                "Worth of planning over draws",
                amount_range(found.worth.solution.low, found.worth.solution.high),
                "saved on average against planning for the expected children",
            ),
            Key(
                "Worth of knowing the draw",
                amount_range(found.worth.information.low, found.worth.information.high),
                "the most that a perfect forecast could save on average",
            ),
        ),
        notes=(
            f"Draws: {found.source}; {len(found.totals)} of them, at even ranks of the total.",
            "All draws are taken as equally likely.",
        ),
        warnings=found.warnings,
        attribution=found.attribution,
        about={
            "openings": "Which options open, in the plan over draws and in the others",
            "draws": "What each draw costs with either set of openings",
            "worth": "Expected costs, and the two values",
        },
    )


def lede(found: StochasticFound) -> str:
    """Return the answer in two sentences."""
    more, fewer = _differences(found)
    saved = saving(found)
    if not more and not fewer:
        text = (
            "Over the draws no better openings were found than those of the plan for the expected "
            "children."
        )
    else:
        parts = []
        if more:
            parts.append(f"opens {', '.join(more)}")
        if fewer:
            parts.append(f"does not open {', '.join(fewer)}")
        same = " at other times" if not parts else ""
        text = (
            f"Against the plan for the expected children, the plan over {len(found.totals)} draws "
            f"{' and '.join(parts)}{same}."
        )
    if saved.low > 0:
        worth_it = f"That saves {amount_range(saved.low, saved.high)} on average over these draws."
    else:
        worth_it = (
            "No material difference of expected cost is proven between the two "
            f"({thousands(saved.low)} to {thousands(saved.high)} saved)."
        )
    return f"{text} {worth_it}"


def saving(found: StochasticFound) -> Interval:
    """Return what the openings found save on average against those for the expected children.

    The value of the stochastic solution is of the best openings there are, so it may be more.
    """
    pairs = list(zip(found.by_mean, found.best.by_draw, strict=True))
    if dict(found.best.openings) == dict(found.mean_openings):
        return Interval(0.0, 0.0)
    return Interval(
        float(np.mean([mean.low - best.high for mean, best in pairs])),
        float(np.mean([mean.high - best.low for mean, best in pairs])),
    )


def _differences(found: StochasticFound) -> tuple[list[str], list[str]]:
    """Return what opens only over draws (or in another year), and what only for the mean."""
    more = [
        f"{option} in {year_label(year)}"
        for option, year in sorted(found.best.openings.items())
        if found.mean_openings.get(option) != year
    ]
    return more, sorted(set(found.mean_openings) - set(found.best.openings))


def _proven(found: StochasticFound) -> tuple[str, ...]:
    proof = found.best.proof
    how = (
        "proven best within the gap asked" if proof.termination == "optimal" else "not proven best"
    )
    return (
        f"The openings over all draws are {how}: their expected cost is "
        f"{thousands(proof.cost_gbp)}, and no openings can cost less than "
        f"{thousands(proof.bound_gbp)} on average over these draws "
        f"(gap {small_share(proof.gap)}). Found by {found.method}.",
        "Every cost is of placements solved again exactly with the openings held; each value is an "
        "interval from the bounds. Of other draws than these nothing is proven.",
        f"The plans of all {found.audited} draws with these openings were recomputed from their "
        "own tables and passed.",
    )


def openings(found: StochasticFound) -> pd.DataFrame:
    """Return each option that opens anywhere: over draws, for the mean, in how many draws known."""
    names = sorted(
        set(found.best.openings) | set(found.mean_openings) | {o for one in found.own for o in one}
    )
    rows = [
        {
            "option": name,
            "over_draws": found.best.openings.get(name),
            "expected_only": found.mean_openings.get(name),
            "draws_that_would_open_it": sum(name in one for one in found.own),
        }
        for name in names
    ]
    columns = ["option", "over_draws", "expected_only", "draws_that_would_open_it"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"over_draws": "Int64", "expected_only": "Int64"})


def draws(found: StochasticFound) -> pd.DataFrame:
    """Return what each draw costs with either set of openings."""
    return pd.DataFrame(
        {
            "draw": found.numbers,
            "entrants": found.totals,
            "over_draws_low_gbp": [one.low for one in found.best.by_draw],
            "over_draws_high_gbp": [one.high for one in found.best.by_draw],
            "expected_only_low_gbp": [one.low for one in found.by_mean],
            "expected_only_high_gbp": [one.high for one in found.by_mean],
        }
    )


def worth(found: StochasticFound) -> pd.DataFrame:
    """Return the expected costs and the two values, as intervals."""
    told = found.worth
    rows = [
        ("expected_cost_over_draws", told.over_draws),
        ("expected_cost_of_plan_for_expected_children", told.expected_only),
        ("expected_cost_had_each_draw_been_known", told.wait_and_see),
        ("value_of_the_stochastic_solution", told.solution),
        ("value_of_perfect_information", told.information),
    ]
    return pd.DataFrame(
        [(name, one.low, one.high) for name, one in rows],
        columns=["measure", "low_gbp", "high_gbp"],
    )


def summary(found: StochasticFound) -> dict[str, Any]:
    """Return the figures for ``summary.json`` and ``--json``."""
    proof = found.best.proof
    told = found.worth
    return {
        "lede": lede(found),
        "draws": len(found.totals),
        "method": found.method,
        "termination": str(proof.termination),
        "cost_gbp": proof.cost_gbp,
        "bound_gbp": proof.bound_gbp if math.isfinite(proof.bound_gbp) else None,
        "gap": proof.gap,
        "openings": dict(found.best.openings),
        "expected_only_openings": dict(found.mean_openings),
        "expected_only_interval_gbp": [told.expected_only.low, told.expected_only.high],
        "wait_and_see_interval_gbp": [told.wait_and_see.low, told.wait_and_see.high],
        "saving_of_these_openings_gbp": list(_ends(saving(found))),
        "value_of_stochastic_solution_gbp": [told.solution.low, told.solution.high],
        "value_of_perfect_information_gbp": [told.information.low, told.information.high],
        "audited": found.audited,
        "warnings": [one.as_dict() for one in found.warnings],
    }


def _openings(found: StochasticFound) -> Section:
    frame = openings(found)
    table = table_of(
        "table-openings",
        "What opens, and when",
        frame,
        [
            Column("option", "Option", str),
            Column("over_draws", "Over all draws", year_label),
            Column("expected_only", "For the expected children", year_label),
            Column(
                "draws_that_would_open_it",
                f"Draws of {len(found.totals)} that alone would open it",
                words,
                numeric=True,
            ),
        ],
    )
    said = (
        "These openings are made before anybody knows which draw comes; the children of each draw "
        "are then placed as well as the openings allow.",
    )
    return Section("What to open", said, tables=(table,))


def _worth(found: StochasticFound) -> Section:
    frame = worth(found)
    table = table_of(
        "table-worth",
        "Expected cost over the draws, £ of present value",
        frame,
        [
            Column("measure", "What", words),
            Column("low_gbp", "From", thousands, numeric=True),
            Column("high_gbp", "To", thousands, numeric=True),
        ],
        note="All purses and policy weights together, as the plan's objective counts them.",
    )
    solution, information = found.worth.solution, found.worth.information
    said = (
        f"The best openings over the draws save {amount_range(solution.low, solution.high)} on "
        "average against the plan for the expected children (the value of the stochastic "
        f"solution); those found save {amount_range(*_ends(saving(found)))} of it.",
        "To know beforehand which draw comes would save "
        f"{amount_range(information.low, information.high)} more on average (the "
        "value of perfect information): no forecast is worth more than that to this decision.",
    )
    return Section("What planning over draws is worth", said, tables=(table,))


def _ends(one: Interval) -> tuple[float, float]:
    return max(0.0, one.low), max(0.0, one.high)


def _draws(found: StochasticFound) -> Section:
    frame = draws(found)
    saved = [
        (mean.low - best.high, mean.high - best.low, mean.high - best.high)
        for mean, best in zip(found.by_mean, found.best.by_draw, strict=True)
    ]
    frame["saved_low_gbp"], frame["saved_high_gbp"], best = (
        list(x) for x in zip(*saved, strict=True)
    )
    table = table_of(
        "table-draws",
        "Cost of each draw with either set of openings, £ of present value",
        frame,
        [
            Column("draw", "Draw", words),
            Column("entrants", "Entrants", lambda total: f"{total:,.0f}", numeric=True),
            *(
                Column(f"{side}_{end}_gbp", heading, thousands, numeric=True, group=group)
                for side, group in (
                    ("over_draws", "Openings over draws"),
                    ("expected_only", "Openings for the expected children"),
                )
                for end, heading in (("low", "From"), ("high", "To"))
            ),
        ],
    )  # fmt: skip
    bars = [
        Bar(f"{total:,.0f} entrants", low, high, at)
        for total, (low, high, _), at in zip(found.totals, saved, best, strict=True)
    ]
    if float(np.ptp(np.array(best))) == 0.0 and not any(best):
        return Section("Draw by draw", ("Both sets of openings are the same.",), tables=(table,))
    picture = interval_chart(
        "chart-draws",
        "What planning over draws saves, draw by draw",
        "Right of nought the plan over draws is the cheaper in that draw; left of it the plan for "
        "the expected children would have been.",
        bars,
        axis="Saved against the plan for the expected children, £",
        table=table,
    )
    return Section("Draw by draw", (), picture)
