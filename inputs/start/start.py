"""Make a whole case of an English authority from official files: one function, top to bottom.

What is published is kept; what is not is assumed, by dated figures, and said in the notes. Children
may come from the published tables or, where the authority has made them, from its own return.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.demand.basis import basis_of
from inputs.demand.entrants import entrants_table
from inputs.demand.project import Hold, project
from inputs.demand.simulate import simulate
from inputs.demand.stay import stay_table
from inputs.errors import Fault, InputError
from inputs.official.authorities import BEGAN
from inputs.parameters import parameter
from inputs.scenario import defaults
from inputs.start.area import make_area
from inputs.start.costs import make_costs
from inputs.start.files import open_files
from inputs.start.from_tables import Fitted, children_from_tables
from inputs.start.gap import growth
from inputs.start.gathering import gather_entrants
from inputs.start.homes import spread_homes
from inputs.start.later import state_later
from inputs.start.notes import Told, notes_of
from inputs.start.resolving import known, waiting_children
from inputs.start.schools import nearby
from inputs.start.suggestions import suggest
from inputs.start.supply import make_supply
from inputs.start.tables import (
    placed_rows,
    provision_rows,
    sector_growth,
    teaches_rows,
    zone_rows,
)
from inputs.vocabulary import Need, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from inputs.demand.basis import Basis
    from inputs.demand.draws import Draws
    from inputs.official.authorities import Authority
    from inputs.official.sen2 import Release
    from inputs.start.children import Children
    from inputs.start.files import Files, Opened

HORIZON_YEARS = 5
_LAST_PRICES = 2040
"""A year by which every dated value is known; the search for a year of prices ends there."""


@dataclass(frozen=True)
class Choices:
    """What a person may choose.

    Parameters
    ----------
    radius_km
        How far from the authority's zones provision is taken in; None: the dated figure.
    base_year
        First year of the plan; None: the year after the count.
    horizon_years
        Years that the plan covers.
    waiting
        Children with a plan who wait for a specialist place at the count.
    draws, seed
        How many futures of demand to write beside the case, and what makes them.
    """

    radius_km: float | None = None
    base_year: int | None = None
    horizon_years: int = HORIZON_YEARS
    waiting: int = 0
    draws: int = 0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class StartedCase:
    """A case that has been made and not yet written.

    Parameters
    ----------
    authority, base_year, price_year, horizon_years
        Its facts.
    tables
        The rows of each table, by its name.
    notes
        The text of ``case-notes.md``.
    basis
        What its demand is projected from.
    draws
        Futures of its entrants; None where none were asked for.
    children
        The children at the count, as recorded.
    margins
        Every published figure held against the one made; None where children came from elsewhere.
    check
        How many published margins hold, as a sentence.
    warnings
        What whoever makes the case should know at once.
    """

    authority: Authority
    base_year: int
    price_year: int
    horizon_years: int
    tables: dict[str, pd.DataFrame | list[dict[str, Any]]]
    notes: str
    basis: Basis
    draws: Draws | None
    children: Children
    margins: pd.DataFrame | None
    check: str
    warnings: tuple[Fault, ...]
    made: dict[str, Any] = field(default_factory=dict)


def start_case(
    la: str,
    files: Files,
    choices: Choices | None = None,
    *,
    children: Children | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> StartedCase:
    """Return a complete case of an authority.

    Parameters
    ----------
    la
        The authority, by name or code.
    files
        The official files.
    choices
        What may be chosen.
    children
        Children from the authority's own return; None: from the published tables.
    tell
        Told how far it is.

    Raises
    ------
    InputError
        With every fault of the files, or why no honest case can be made.
    """
    opened = open_files(la, files, tell)
    return make_case(opened, choices or Choices(), children=children, tell=tell)


def make_case(
    opened: Opened,
    choices: Choices,
    *,
    children: Children | None = None,
    waiting: pd.DataFrame | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> StartedCase:
    """Return a complete case from files that have been read; as ``start_case``.

    ``waiting`` (``need, age, children``) are children who wait for a specialist place, where they
    are known one by one; else ``choices.waiting`` are shared out.
    """
    authority, release = opened.authority, opened.release
    count_year = release.year - 1 if children is None else children.count_year
    base_year = choices.base_year or count_year + 1
    _check_years(base_year, count_year, release)
    price_year = _price_year(base_year)
    on = date(price_year, 9, 1)
    years = tuple(range(base_year, base_year + choices.horizon_years))
    radius_km = choices.radius_km
    if radius_km is None:
        radius_km = parameter("start.radius_km", on).value

    fitted: Fitted | None = None
    if children is None:
        tell("Fitting children to the published margins")
        fitted = children_from_tables(release, authority)
        children = fitted.children
    recorded, children = children, known(children, on)

    tell("Projecting demand")
    area = make_area(opened.zones, opened.population, on)
    homes = area.weights.rename_axis("zone").reset_index()
    homes["locality"] = area.zones["locality"]
    basis = basis_of(
        release,
        authority,
        stock=children.table(),
        population=opened.population,
        projection=opened.projections,
        waiting=waiting_children(children, choices.waiting) if waiting is None else waiting,
        zones=homes,
    )
    if base_year > count_year + 1:
        # Those who wait are entrants of the first year, and so in no place before it.
        until = project(basis, [base_year - 1], hold=Hold(waiting=True))
        now = state_later(children, until.stock[0], base_year - 1)
    else:
        now = children
    projection = project(basis, years)
    fewest = parameter("start.fewest_entrants", on).value
    entrants, share, mean_km = gather_entrants(entrants_table(projection, basis), area, fewest)

    tell("Taking in schools, and sharing children over them")
    near = nearby(opened.register, authority, area, radius_km)
    supply = make_supply(now, near, area, on)
    costs = make_costs(now, authority, price_year, opened.benchmarks, release)
    decay_km = parameter("start.decay_km", on).value
    placed, gone = placed_rows(spread_homes(supply.places, area, decay_km), supply.places)
    sectors = sector_growth(release, parameter("available_growth", on).value)

    needed = {
        (Need(need), Phase(phase))
        for need, phase in zip(entrants["need"], entrants["phase"], strict=True)
    }
    teaches, untaught = teaches_rows(supply.places, costs, needed)

    tell("Suggesting options")
    gap = growth(now.table(), projection.stock[-1])
    suggested = suggest(supply.places, near, area, costs, gap, on)

    drawn = None
    if choices.draws:
        tell(f"Drawing {choices.draws:,} futures")
        drawn = simulate(basis, years, choices.draws, choices.seed).entrants
    tables: dict[str, pd.DataFrame | list[dict[str, Any]]] = {
        "zones": zone_rows(area),
        "provisions": [
            *provision_rows(supply.places, years, base_year - 1, sectors),
            *suggested.provisions,
        ],
        "teaches": teaches,
        "placed": placed,
        "entrants": entrants,
        "stay": stay_table(basis, projection),
        "options": suggested.options,
        "option_teaches": suggested.option_teaches,
    }
    told = Told(
        opened=opened,
        choices=replace(choices, radius_km=radius_km),
        recorded=recorded,
        children=children,
        now=now,
        fitted=fitted,
        base_year=base_year,
        price_year=price_year,
        area=area,
        near=near,
        supply=supply,
        costs=costs,
        suggested=suggested,
        basis=basis,
        gone=gone,
        sectors=sectors,
        decay_km=decay_km,
        gathered=(share, mean_km, fewest),
        untaught=tuple(untaught),
    )
    check = fitted.check() if fitted is not None else ""
    return StartedCase(
        authority=authority,
        base_year=base_year,
        price_year=price_year,
        horizon_years=choices.horizon_years,
        tables=tables,
        notes=notes_of(told),
        basis=basis,
        draws=drawn,
        children=recorded,
        margins=None if fitted is None else fitted.margins,
        check=check,
        warnings=(*children.warnings, *_warnings(opened, count_year)),
        made={
            "zones": len(area.zones),
            "provisions": len(supply.places),
            "places": int(sum(float(p.size) for p in supply.places if not np.isnan(p.size))),
            "placed": int(sum(row["children"] for row in placed if not row["authority"])),
            "entrants": float(entrants["children"].sum()),
            "options": len(suggested.options),
        },
    )


def _check_years(base_year: int, count_year: int, release: Release) -> None:
    """Refuse a first year that is not after the count, and children of another count."""
    faults = []
    if count_year != release.year - 1:
        problem = (
            f"children are of January {count_year + 1}, and the release of plans of January "
            f"{release.year}"
        )
        faults.append(Fault("--sen2", problem, "Give the release of the same January"))
    if base_year <= count_year:
        problem = f"is not after the count of January {count_year + 1}"
        remedy = f"Give {count_year + 1} or later: children are counted up to then"
        faults.append(Fault("--base-year", problem, remedy, value=str(base_year)))
    if faults:
        raise InputError(faults)


def _price_year(base_year: int) -> int:
    """Return the first year from the base year on whose dated national values are all known."""
    for year in range(base_year, _LAST_PRICES):
        try:
            defaults(date(year, 9, 1))
        except KeyError:
            continue
        return year
    return base_year


def _warnings(opened: Opened, count_year: int) -> list[Fault]:
    """Return what the maker of a case should know at once."""
    authority, out = opened.authority, []
    began = BEGAN.get(authority.name)
    if began is not None:
        problem = (
            f"{authority.name} began in April {began}, so there is no count of its plans before "
            f"January {began + 1}, and its forecast rests on fewer years"
        )
        out.append(Fault("--la", problem, severity="warning"))
    if opened.release.older is None:
        problem = "the folder holds no release of the layout to 2022: there is no count before 2019"
        remedy = "Add sen2_age_caseload.csv of the 2022 release, for a forecast from 2010 on"
        out.append(Fault("--sen2", problem, remedy, severity="warning"))
    out += [Fault("--sen2", text, severity="warning") for text in opened.release.notices(authority)]
    year = opened.population.year
    if year is not None and count_year - year > 5:
        problem = f"people are of mid-{year}, {count_year + 1 - year} years before the count"
        out.append(
            Fault(opened.population.source, problem, "Give a later estimate", severity="warning")
        )
    return out
