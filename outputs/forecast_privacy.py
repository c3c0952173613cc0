"""The public version of a forecast: no zone, no draw of single children, no small number.

The same rule as for a plan: counts above 0 and below 5 are held back (marked ``c``), and so are
enough others that none follows from the rest. What is held back in one year, of the count or of
what is expected, is held back in all, history too, for a forecast close to the count would tell it.
Returns go to the Department with small numbers in them, so the public version leaves them out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
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
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy.typing as npt

    from inputs.demand.forecast import Forecast
    from outputs.forecast_report import ForecastReport

    Mask = npt.NDArray[np.bool_]

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
    total = _all(groups, ("kind", "need", "phase")) & (groups["mean"] < SMALL)
    hide = np.array([hidden_entrants(*key) for key in _keys(groups)], dtype=bool)
    hide |= (total & (groups["mean"] > 0)).to_numpy()
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


def _entrant_groups(report: ForecastReport) -> Callable[[str, str, str], bool]:
    """Return whether a group of entrants (kind, need, phase) is held back."""
    rows = report.atoms["entrants"] if report.whole else _stated(report)
    every = np.ones(len(rows), dtype=bool)
    hidden = _ever(rows, ("kind", "need", "phase"), [every], [("need", "phase")])

    def held(kind: str, need: str, phase: str) -> bool:
        told = {"kind": kind, "need": need, "phase": phase}
        keys = {name: one for name, one in told.items() if one != ALL}
        return bool(keys) and hidden("+".join(keys), *keys.values())

    return held


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
    keys: Sequence[str],
    known: Sequence[Mask],
    fine: Sequence[tuple[str, ...]] = (),
) -> Hidden:
    """Return what is held back in all years, sparing what is broken down by one key.

    What is small in any year has to go. What is broken down by one key is settled first, and is
    then known to every reader; what is broken down further has to hide its own small numbers, and
    those held back before, by itself. So a need stays where some of its phases go. Where a count
    is held back its zeros are too, so that one pattern serves all years.

    Parameters
    ----------
    atoms
        What is counted, and a column a year (a whole number).
    keys
        What counts are broken down by, one at a time; each is a view of its name.
    known
        Sums of atoms that are shown wherever they are not small themselves: the totals, which the
        Department publishes.
    fine
        Several keys that counts are broken down by together, each set within the one before; its
        view has their names joined by a plus sign.
    """
    years = atoms[[name for name in atoms if isinstance(name, int)]].to_numpy(float)
    every = np.ones(len(atoms), dtype=bool)
    # with its total, so that what hides a small number is looked for in the same breakdown
    cube = Cube(atoms, [View(key, every, (key,), (key,)) for key in keys])
    out, _ = cube.spared(years, _ties(known))
    while fine:
        shown: dict[tuple[str, tuple[str, ...]], Mask] = {
            (key, (str(one),)): (atoms[key].map(str) == str(one)).to_numpy()
            for key in keys
            for one in atoms[key].unique()
            if not out(key, one)
        }
        found, pinned = _finer(atoms, keys, fine, years, out, known, shown)
        more = _nearest(pinned, shown, fine)
        if more is None:
            return out | found
        # not all that is broken down by one key can stay: the least of it goes, and what hides it
        out, _ = cube.spared(years, _ties(known), also=out | more)
    return out


def _finer(
    atoms: pd.DataFrame,
    keys: Sequence[str],
    fine: Sequence[tuple[str, ...]],
    years: npt.NDArray[np.float64],
    out: Hidden,
    known: Sequence[Mask],
    shown: Mapping[tuple[str, tuple[str, ...]], Mask],
) -> tuple[Hidden, Hidden]:
    """Return what is held back of what is broken down by several keys, and what is pinned still."""
    every = np.ones(len(atoms), dtype=bool)
    held = [
        View(key, atoms[key].map(lambda one, key=key: out(key, one)).to_numpy(bool), (key,), ())
        for key in keys
    ]
    cube = Cube(atoms, [*held, *(View("+".join(by), every, by, ()) for by in fine)])
    _relate(cube, fine)
    parts = [
        [item for item in cube.index if _within(item, fine[0], key, one)] for key, (one,) in shown
    ]
    return cube.spared(years, _ties([*known, *shown.values()]), also=out, sums=parts)


def _nearest(
    pinned: Hidden,
    shown: Mapping[tuple[str, tuple[str, ...]], Mask],
    fine: Sequence[tuple[str, ...]],
) -> Hidden | None:
    """Return the shown count by one key that has the fewest atoms, of those over what is pinned."""
    names = {"+".join(by): by for by in fine}
    over = {
        (name, (one,))
        for view, key in pinned.items
        for name, one in zip(names.get(view, ()), key, strict=False)
    } & set(shown)
    if not over:
        return None
    return Hidden(frozenset({min(over, key=lambda item: (int(shown[item].sum()), item))}))


def _within(item: tuple[str, tuple[str, ...]], by: tuple[str, ...], key: str, one: str) -> bool:
    """Return whether an item of a view by several keys is part of one key's."""
    view, told = item
    return view == "+".join(by) and key in by and told[by.index(key)] == one


def _relate(cube: Cube, fine: Sequence[tuple[str, ...]]) -> None:
    """Say that each item of a view is the sum of those of the next that lie within it."""
    for before, after in pairwise(fine):
        under: dict[tuple[str, ...], list[int]] = {}
        for (name, key), item in cube.index.items():
            if name == "+".join(after):
                under.setdefault(key[: len(before)], []).append(item)
        for key, items in under.items():
            cube.relate(cube.index["+".join(before), key], items)


def _ties(sums: Sequence[Mask]) -> sparse.csr_matrix | None:
    return sparse.csr_matrix(np.array(sums, dtype=float)) if sums else None


def _plans(report: ForecastReport) -> pd.DataFrame:
    hidden: dict[str, Hidden] = {}
    for measure in (PLANS, PLACES):
        atoms = report.atoms[measure]
        every = np.ones(len(atoms), dtype=bool)
        homes = len(set(atoms["locality"])) > 1
        hidden[measure] = _ever(
            atoms,
            ("need", "phase", "age_group", *(["locality"] if homes else [])),
            [every],
            [_HOME[:2], *([_HOME] if homes else [])],
        )
    places = report.atoms["placements"]
    every = np.ones(len(places), dtype=bool)
    at = _ever(places, ["placement"], [every, places["placement"].isin(SPECIALIST).to_numpy()])
    table = report.tables["plans"]
    # history by age is not among the atoms, so that nothing hides what is small in it
    by_age = (table["phase"] != ALL) | (table["age_group"] != ALL)
    table = table[~(by_age & (table["status"] == HISTORY))].reset_index(drop=True)
    order = ("need", "phase", "locality", "age_group")

    def held(measure: str, placement: str, *key: str) -> bool:
        """Return whether a row of one key, or of need with phase and perhaps locality, is held."""
        if placement != ALL:
            return at("placement", placement)
        told = [(name, one) for name, one in zip(order, key, strict=True) if one != ALL]
        return bool(told) and hidden[measure](
            "+".join(name for name, _ in told), *(one for _, one in told)
        )

    names = ["measure", "placement", *order]
    keys = zip(*(table[name].map(str) for name in names), strict=True)
    hide = np.array([held(*key) for key in keys], dtype=bool)
    total = _all(table, ("placement", *order)) & (table["mean"] < SMALL) & (table["mean"] > 0)
    return _marked(table, hide | total.to_numpy())


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
    atoms = table.rename(columns={name: i for i, name in enumerate(names)})
    hidden = _ever(atoms, [key], []) if len(table) else Hidden()
    hide = np.array([hidden(key, one) for one in table[key]], dtype=bool)
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
