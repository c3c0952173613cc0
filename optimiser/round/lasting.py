"""How many children placed in earlier years are still there: from the case and its policy alone.

Told again from what ``docs/data.md`` says of ``stay``, apart from the plan's own account of it, so
that the two can be held against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inputs.demand.chosen import chosen_demand
from inputs.round_checks import blank
from inputs.vocabulary import PHASE_YEARS, Phase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from inputs.case import Case
    from inputs.scenario import Scenario


def carried(case: Case, scenario: Scenario, decided: pd.DataFrame, year: int) -> pd.Series[float]:
    """Return children placed before a year who are still there in it.

    Parameters
    ----------
    case, scenario
        Entrants, the table ``stay``, and the share of placements that end early each year.
    decided
        need, phase, year, provision, children of placements in any year.
    year
        Academic year by its first September.

    Returns
    -------
    Series
        Children by provision, need and phase.
    """
    entrants = chosen_demand(case.entrants, scenario.demand, case.draws)
    entrants = entrants[entrants["children"] > 0]
    earlier = decided[decided["year"] < year]
    shares = {
        (need, phase, entry): _mean_share(
            entrants[(entrants["need"].astype(str) == need)
                     & (entrants["phase"].astype(str) == phase)],
            int(entry), year - int(entry), case.stay, scenario.cessation_a_year, need, phase,
        )
        for need, phase, entry in earlier[["need", "phase", "year"]]
        .drop_duplicates()
        .itertuples(index=False, name=None)
    }  # fmt: skip
    keys = zip(earlier["need"], earlier["phase"], earlier["year"], strict=True)
    there = earlier["children"] * [shares[key] for key in keys]
    return there.groupby([earlier["provision"], earlier["need"], earlier["phase"]]).sum()


def _mean_share(
    entrants: pd.DataFrame,
    entry: int,
    since: int,
    stay: pd.DataFrame,
    cessation: float,
    need: str,
    phase: str,
) -> float:
    """Return the share there after so many years, of those who entered in a year.

    A year in which nobody enters takes the mean of all years; a need and phase in which nobody ever
    does, that of children of any year group.
    """
    some = entrants[entrants["year"] == entry]
    some = some if len(some) else entrants
    if some.empty:
        return share_there(stay, cessation, need, phase, None, "new", since)
    one = [
        share_there(stay, cessation, need, phase, row["nc_year"], str(row["kind"]), since)
        for row in some.to_dict("records")
    ]
    return float((some["children"] * one).sum() / some["children"].sum())


def share_there(
    stay: pd.DataFrame,
    cessation: float,
    need: str,
    phase: str,
    nc_year: object,
    kind: str,
    since: int,
) -> float:
    """Return the share of children still in a phase's place so many years after they entered.

    Parameters
    ----------
    stay
        The case's table. Its row for the year group goes before its row for any; a year that it
        leaves out is as the one before, and after its last nobody is there.
    cessation
        Share that ends each year where the table says nothing.
    need, phase, nc_year, kind
        Of the children; a blank ``nc_year`` is the first of the phase for a ``transfer``, and any
        of its years, as likely as another, for others.
    since
        Whole years since entry.
    """
    first, last = PHASE_YEARS[Phase(phase)]
    stated = stay[(stay["need"].astype(str) == need) & (stay["phase"].astype(str) == phase)]
    own = stated[stated["nc_year"] == nc_year] if not blank(nc_year) else stated.head(0)
    anyone = stated[stated["nc_year"].isna()]
    if blank(nc_year):
        starts = [first] if kind == "transfer" else list(range(first, last + 1))
    else:
        starts = [max(int(str(nc_year)), first)]
    if len(own):
        return _stated(own.to_dict("records"), since)
    if len(anyone):
        over = not blank(nc_year) and since >= max(1, last - starts[0] + 1)
        return 0.0 if over else _stated(anyone.to_dict("records"), since)
    inside = [since < max(1, last - start + 1) for start in starts]
    return float((1.0 - cessation) ** since * sum(inside) / len(inside))


def _stated(rows: Sequence[Mapping[Any, Any]], since: int) -> float:
    by_year = {int(row["years_since_entry"]): float(row["share_remaining"]) for row in rows}
    if since == 0:
        return 1.0
    if since > max(by_year):
        return 0.0
    known = [k for k in by_year if 0 < k <= since]
    return by_year[max(known)] if known else 1.0
