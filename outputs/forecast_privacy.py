"""The public version of a forecast: no zone, no draw of single children, no small number.

The same rule as for a plan: counts above 0 and below 5 are held back (marked ``c``), and so are
enough others that none follows from the rest. What is held back in one year, of the count or of
what is expected, is held back in all, history too, for a forecast close to the count would tell it.
Returns go to the Department with small numbers in them, so the public version leaves them out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from inputs.demand.axes import IS_SPECIALIST, NEEDS, PLACEMENTS
from outputs.cubes import Cube, Hidden, View
from outputs.forecast_groups import (
    GROUP_OF_AGE,
    HISTORY,
    PHASE_OF_AGE,
    PLACES,
    PLANS,
    SPECIALIST,
)
from outputs.forecast_homes import locality_shares
from outputs.privacy import A_FEW_CHILDREN
from outputs.suppression import SMALL
from outputs.tables import ALL
from outputs.words import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from inputs.demand.forecast import Forecast
    from outputs.forecast_report import ForecastReport

NOTE = (
    "Public version: numbers of children above 0 and below 5, and others from which these could be "
    "worked out, are replaced by c in all years. Home zones, single draws and the returns are left "
    "out. Numbers are whole."
)
_HOME = ("need", "phase", "locality")
_FIGURES = ("mean", "p10", "p25", "p50", "p75", "p90")
_EVERY = tuple(f"{start}{name}" for start in ("", "unmitigated_") for name in _FIGURES)
PLANS_COUNTED = re.compile(r"\bplans?\b", re.IGNORECASE)


def atoms_of(forecast: Forecast) -> dict[str, pd.DataFrame]:
    """Return the groups that published counts are added up from, by what they count.

    Returns
    -------
    dict
        ``plans`` and ``specialist_places``: need, phase, age_group, locality (one for plans),
        and a column a year; ``placements``: placement, and a column a year, history too.
    """
    basis = forecast.basis
    names, shares = locality_shares(basis)
    years = [basis.count_year, *forecast.years]
    stock = np.concatenate([basis.stock[None].astype(float), forecast.projection.stock])
    pairs = list(dict.fromkeys(zip(PHASE_OF_AGE, GROUP_OF_AGE, strict=True)))
    at = np.array([pairs.index(p) for p in zip(PHASE_OF_AGE, GROUP_OF_AGE, strict=True)])
    to = np.eye(len(pairs))[at]
    phases = list(dict.fromkeys(PHASE_OF_AGE))
    by_pair = shares[[min(phases.index(phase), len(shares) - 1) for phase, _ in pairs]]
    out = {}
    for measure, some in ((PLANS, stock), (PLACES, stock[:, IS_SPECIALIST])):
        cells = some.sum(axis=1) @ to  # years, needs, pairs
        homes = names if measure == PLACES else [ALL]
        where = by_pair if measure == PLACES else np.ones((len(pairs), 1))
        whole = cells[..., None] * where
        keys = pd.MultiIndex.from_product(
            [map(str, NEEDS), range(len(pairs)), homes], names=["need", "pair", "locality"]
        ).to_frame(index=False)
        keys["phase"] = [pairs[i][0] for i in keys["pair"]]
        keys["age_group"] = [pairs[i][1] for i in keys["pair"]]
        values = pd.DataFrame(whole.reshape(len(years), -1).T, columns=years)
        out[measure] = pd.concat([keys.drop(columns="pair"), values], axis=1)
    past = basis.past
    before = [i for i, year in enumerate(past.placement_years) if year < basis.count_year]
    before = [i for i in before if past.placements[i].sum() > 0]
    sizes = np.concatenate([past.placements[before], stock.sum(axis=(2, 3))]).T
    then = [*(past.placement_years[i] for i in before), *years]
    placements = pd.DataFrame(sizes, columns=then)
    placements.insert(0, "placement", [str(one) for one in PLACEMENTS])
    out["placements"] = placements
    return out


def publish_forecast_safely(report: ForecastReport) -> ForecastReport:
    """Return the public version of a forecast; one that is public already as it is."""
    if report.public:
        return report
    tables = dict(report.tables)
    hidden_entrants = _entrant_groups(report)
    groups = tables["entrants_by_group"]
    shown = (_all(groups, ("kind", "need", "phase")) & (groups["mean"] >= SMALL)).to_numpy()
    hide = np.array([hidden_entrants(*key) for key in _keys(groups)], dtype=bool) & ~shown
    tables["entrants_by_group"] = _marked(groups, hide)
    tables.pop("draws", None)
    tables["entrants"] = _by_phase(tables["entrants_by_group"])
    if report.whole:
        tables["plans"] = _plans(report)
        tables["starts"] = _starts(tables["starts"])
        tables["drivers"] = _drivers(tables["drivers"])
        tables["flows"] = _small_rows(tables["flows"], "year")
    notes = tuple(note for note in report.notes if not _few(note))
    left_out = len(report.notes) - len(notes)
    if left_out:
        notes = (*notes, f"{left_out} note(s) that count a few children are left out.")
    warnings = tuple(one for one in report.warnings if not _few(one.sentence()))
    return replace(
        report,
        public=True,
        tables=tables,
        returns={},
        draws=None,
        atoms={},
        notes=(NOTE, *notes),
        warnings=warnings,
        summary=_summary(report, tables) | {"public": True},
    )


def _few(text: str) -> bool:
    """Return whether a text counts from 1 to 4 children or plans."""
    counted = PLANS_COUNTED.sub("children", text)
    return any(float(found) > 0 for found in A_FEW_CHILDREN.findall(counted))


def _keys(groups: pd.DataFrame) -> Iterable[tuple[str, str, str]]:
    return groups[["kind", "need", "phase"]].itertuples(index=False, name=None)


class _Entrants:
    """Which groups of entrants are held back, in any year."""

    def __init__(self, hidden: Hidden) -> None:
        self.hidden = hidden

    def __call__(self, kind: str, need: str, phase: str) -> bool:
        """Return whether the group is held back."""
        if kind != ALL:
            return self.hidden("kind", kind)
        return self.hidden("taught", need, phase)


def _entrant_groups(report: ForecastReport) -> _Entrants:
    rows = report.atoms["entrants"] if report.whole else _stated(report)
    years = [name for name in rows if name not in {"kind", "need", "phase"}]
    every = np.ones(len(rows), dtype=bool)
    views = [
        View("taught", every, ("need", "phase"), ("need", "phase")),
        View("kind", every, ("kind",), ("kind",)),
    ]
    return _Entrants(_ever(rows, views, years, [every]))


def _stated(report: ForecastReport) -> pd.DataFrame:
    """Return entrants that a case states by kind, need and phase, a column a year."""
    return wide_entrants(report.tables["entrants"])


def wide_entrants(rows: pd.DataFrame) -> pd.DataFrame:
    """Return children by kind, need and phase, and a column a year."""
    keys = ["kind", "need", "phase"]
    wide = rows.astype(dict.fromkeys(keys, str)).pivot_table(
        index=keys, columns="year", values="children", aggfunc="sum", fill_value=0.0
    )
    return wide.rename_axis(columns=None).reset_index()


def _ever(
    atoms: pd.DataFrame,
    views: Sequence[View],
    years: Sequence[object],
    known: Sequence[npt.NDArray[np.bool_]] = (),
) -> Hidden:
    """Return what is held back in any of the years.

    Parameters
    ----------
    atoms, views, years
        What is counted, how it is shown, and the columns of the years.
    known
        Sums of atoms that are shown wherever they are not small themselves, because every reader
        knows them: the totals, which the Department publishes.
    """
    ties = sparse.csr_matrix(np.array(known, dtype=float)) if known else None
    out = Hidden()
    cube = Cube(atoms, views)
    for year in years:
        out |= cube.hidden(atoms[year].to_numpy(float), ties)
    return out


def _plans(report: ForecastReport) -> pd.DataFrame:
    hidden: dict[str, Hidden] = {}
    for measure in (PLANS, PLACES):
        atoms = report.atoms[measure]
        every = np.ones(len(atoms), dtype=bool)
        views = [
            View("home", every, _HOME, _HOME),
            View("age_group", every, ("age_group",), ("age_group",)),
        ]
        years = [name for name in atoms if isinstance(name, int)]
        hidden[measure] = _ever(atoms, views, years, [every])
    places = report.atoms["placements"]
    inside = places["placement"].isin(SPECIALIST).to_numpy()
    every = np.ones(len(places), dtype=bool)
    views = [
        View("placement", every, ("placement",), ("placement",)),
        View("specialist", inside, (), ()),
    ]
    years = [name for name in places if isinstance(name, int)]
    at = _ever(places, views, years, [every, inside])
    table = report.tables["plans"]
    # history by age is not among the atoms, so that nothing hides what is small in it
    by_age = (table["phase"] != ALL) | (table["age_group"] != ALL)
    table = table[~(by_age & (table["status"] == HISTORY))].reset_index(drop=True)

    def held(measure: str, age_group: str, placement: str, *home: str) -> bool:
        if placement != ALL:
            return at("placement", placement)
        view, key = ("home", home) if age_group == ALL else ("age_group", (age_group,))
        return hidden[measure](view, *key)

    names = ["measure", "age_group", "placement", *_HOME]
    groups = zip(*(table[name].map(str) for name in names), strict=True)
    keys = list(groups)
    totals = [(table["mean"] >= SMALL).to_numpy(), _all(table, names[1:]).to_numpy()]
    hide = np.array([held(*group) for group in keys], dtype=bool) & ~(totals[0] & totals[1])
    return _marked(table, hide)


def _marked(table: pd.DataFrame, hide: Iterable[bool]) -> pd.DataFrame:
    """Return a table with whole figures, and the mark in place of those held back."""
    out = table.copy()
    mask = np.fromiter(hide, dtype=bool, count=len(out))
    for name in (one for one in _EVERY if one in out):
        value = out[name].round()
        if mask.any():
            out[name] = value.astype(object).where(~(mask & value.notna()), SUPPRESSED)
        else:
            out[name] = value
    return out


def _by_phase(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the public entrants: by need, phase and year, without homes."""
    rows = groups[(groups["kind"] == ALL) & (groups["need"] != ALL) & (groups["phase"] != ALL)]
    rows = rows.rename(columns={"mean": "children"})
    return rows[["need", "phase", "year", "children"]].reset_index(drop=True)


def _starts(table: pd.DataFrame) -> pd.DataFrame:
    return _small_rows(table, "age")


def _small_rows(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return a table in which a row with a small number is held back, and another to hide it."""
    names = [name for name in table if name != key]
    every = np.ones(len(table), dtype=bool)
    hidden = _ever(table, [View("rows", every, (key,), (key,))], names) if len(table) else Hidden()
    hide = np.array([hidden("rows", one) for one in table[key]], dtype=bool)
    out = table.copy()
    for name in names:
        out[name] = out[name].round().astype(object).where(~hide, SUPPRESSED)
    return out


def _drivers(table: pd.DataFrame) -> pd.DataFrame:
    """Return whole steps; a few children who wait are told with what the steps do together."""
    wait = (table["driver"] == "waiting") & (table["change"].abs() < SMALL)
    few = set(table.loc[wait & (table["change"] != 0), "measure"])
    if not few:
        return table.assign(change=table["change"].round(), level=table["level"].round())
    out = table.copy()
    keys = ["measure", "year"]
    moved = out[out["driver"] == "waiting"].set_index(keys)["change"]
    together = out["driver"] == "together"
    added = moved.reindex(pd.MultiIndex.from_frame(out.loc[together, keys])).to_numpy()
    out.loc[together, "change"] += added
    out = out[out["driver"] != "waiting"].copy()
    last = out["driver"] == "projected"
    steps = out["change"].where(~last, 0.0)
    out["level"] = steps.groupby([out[name] for name in keys]).cumsum()
    return out.assign(change=out["change"].round(), level=out["level"].round())


def _summary(report: ForecastReport, tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    """Return the summary from the public tables."""
    out = dict(report.summary)
    if report.whole:
        for measure in (PLANS, PLACES):
            rows = tables["plans"]
            total = rows[
                (rows["measure"] == measure) & _all(rows, (*_HOME, "age_group", "placement"))
            ]
            names = ["year", "mean", "p10", "p50", "p90", "unmitigated_mean"]
            found = total[total["year"] > report.count_year][names].replace({SUPPRESSED: None})
            counted = total.loc[total["year"] == report.count_year, "mean"].iloc[0]
            out[measure] = {
                "counted": None if counted == SUPPRESSED else counted,
                "by_year": found.to_dict("records"),
            }
    groups = tables["entrants_by_group"]
    every = groups[_all(groups, ("kind", "need", "phase"))]
    names = ["year", "mean", "p10", "p50", "p90"]
    entrants = every[names].replace({SUPPRESSED: None}).to_dict("records")
    return out | {"entrants": {"by_year": entrants}, "ranks": None}


def _all(table: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    found: pd.Series = (table[list(names)] == ALL).all(axis=1)
    return found
