"""The command ``forecast``: what to forecast from, its folder, and a plan's use of it."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.case import Source
from inputs.demand.basis import Basis, basis_of
from inputs.demand.draws import FILE_NAME, NO_YEAR, Draws
from inputs.demand.forecast import DRAWS, forecast, forecast_of_case
from inputs.demand.levers import levers_of, read_levers
from inputs.errors import Fault, InputError
from inputs.official.authorities import find
from inputs.official.population import read_population
from inputs.official.projections import read_projections
from inputs.official.sen2 import read_release
from inputs.official.zones import read_zones
from inputs.raw import hash_of
from inputs.read import read_case
from inputs.start.area import make_area
from inputs.vocabulary import academic_year
from outputs.forecast_privacy import publish_forecast_safely
from outputs.forecast_publish import FORECAST, publish_forecast
from outputs.forecast_report import ForecastReport, report_of_entrants, report_of_forecast
from outputs.publish import MANIFEST, SUMMARY, check_free, kind_of
from sendplaces.runs import Clock, Silence, Tell, product_version, spare_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from inputs.case import Case
    from inputs.demand.levers import Lever
    from inputs.official.authorities import Authority
    from inputs.official.sen2 import Release

BASIS_NAME = "demand.npz"
YEARS_AHEAD = 7
"""Years from the count that a forecast covers unless told otherwise: what the SCAP asks for."""


OF_THE_CASE = (
    "What was assumed of schools, places and costs when the case was made is in its own notes "
    "(case-notes.md); it does not bear on the forecast."
)


@dataclass(frozen=True)
class Sources:
    """What a forecast is made from: a case, official files, or both.

    Parameters
    ----------
    case
        A case folder or workbook.
    sen2, la
        The release of plans, and whose plans; beside a case, the release fills what the returns
        ask of requests and assessments.
    population, zones, projections
        People by small area, the folder of zones, and population projections.
    """

    case: Path | None = None
    sen2: Path | None = None
    la: str | None = None
    population: Path | None = None
    zones: Path | None = None
    projections: Path | None = None


@dataclass(frozen=True)
class Asked:
    """How to forecast.

    Parameters
    ----------
    draws, seed
        How many futures, and what makes them.
    years
        Years ahead of the count; None: `YEARS_AHEAD`, or to the end of the case if that is later.
    presets
        Names of levers.
    levers
        A file of levers.
    """

    draws: int = DRAWS
    seed: int = 0
    years: int | None = None
    presets: tuple[str, ...] = ()
    levers: Path | None = None


@dataclass(frozen=True, eq=False)
class _Found:
    """What the sources hold."""

    case: Case | None
    basis: Basis | None
    release: Release | None
    inputs: tuple[Source, ...]
    notes: tuple[str, ...] = ()


def run_forecast(
    sources: Sources,
    out: Path,
    asked: Asked | None = None,
    *,
    public: bool = False,
    force: bool = False,
    tell: Tell | None = None,
) -> ForecastReport:
    """Make a forecast and leave its folder behind.

    Parameters
    ----------
    sources
        What it is made from.
    out
        The folder to write; written whole or not at all.
    asked
        How to forecast.
    public
        Hold back small numbers, and leave out zones, draws and returns.
    force
        Replace a folder that is no earlier forecast.
    tell
        Told how far it is.

    Raises
    ------
    InputError
        For every fault in what was supplied, and where ``out`` may not be written to.

    Returns
    -------
    ForecastReport
        As it was published.
    """
    asked, tell = asked or Asked(), tell or Silence()
    clock, started = Clock(), datetime.now(UTC)
    check_free(out, kind=FORECAST, force=force)
    spare_inputs(out, (*vars(sources).values(), asked.levers))
    levers = _levers(asked)
    tell.stage("Reading what to forecast from")
    found = _find(sources)
    clock.lap("read")
    facts = _facts(found, asked, levers)
    if found.basis is None:
        report = _of_entrants(found, asked, levers, facts["run_id"], tell)
    else:
        report = _of_plans(found, asked, levers, facts["run_id"], tell)
    clock.lap("forecast")
    tell.stage("Writing the folder of the forecast")
    shown = publish_forecast_safely(report) if public else report
    facts |= {
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    publish_forecast(shown, out, manifest=facts, seconds=clock.seconds, force=force)
    return replace(shown, summary=json.loads((out / SUMMARY).read_text("utf-8")))


def _levers(asked: Asked) -> tuple[Lever, ...]:
    """Return the levers asked for, or every fault in them."""
    faults: list[Fault] = []
    found: list[Lever] = []
    try:
        found += levers_of(asked.presets)
    except InputError as error:
        faults += error.faults
    if asked.levers is not None:
        try:
            found += read_levers(asked.levers)
        except InputError as error:
            faults += error.faults
    names = [lever.name for lever in found]
    faults += [
        Fault("levers", "is asked for twice", "Name each lever once", value=name)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if faults:
        raise InputError(faults)
    return tuple(found)


def _find(sources: Sources) -> _Found:
    """Return what the sources hold, or every fault in them."""
    if sources.case is None and sources.sen2 is None:
        problem = "there is nothing to forecast from"
        remedy = "Name a case, or give --sen2 with the official files of plans, and --la"
        raise InputError([Fault("sendplaces forecast", problem, remedy)])
    if sources.case is None:
        return _official(sources)
    if not sources.case.exists():
        remedy = "Give the path of a case folder or workbook"
        raise InputError([Fault(str(sources.case), "there is no such case", remedy)])
    if sources.case.is_dir() and not (sources.case / "case.toml").is_file():
        problem = "holds no case.toml, so it is no case"
        remedy = "Make a case with sendplaces start, or give --sen2 and --la without a case"
        raise InputError([Fault(str(sources.case), problem, remedy)])
    case = read_case(sources.case)
    held = sources.case / BASIS_NAME if sources.case.is_dir() else None
    basis = None
    inputs = case.sources
    if held is not None and held.is_file():
        basis = Basis.load(held)
        _check_belongs(basis, case)
        inputs = (*inputs, Source(held.name, hash_of(held), 0))
    release = None if sources.sen2 is None else read_release(sources.sen2)
    if release is not None:
        inputs = (*inputs, *_hashes(release))
    return _Found(case, basis, release, inputs)


def _check_belongs(basis: Basis, case: Case) -> None:
    """Check that a basis is of the zones and years of its case."""
    known = set(case.zones["zone"].astype(str))
    strange = sorted(set(basis.zones.keys) - known)
    missing = sorted(known - set(basis.zones.keys))
    faults = []
    remedy = f"Make the case again with sendplaces start, or take {BASIS_NAME} out of the folder"
    if strange or missing:
        one = (strange or missing)[0]
        where = "the table zones lacks" if strange else "it lacks"
        problem = f"does not belong to this case: {where} {one}"
        more = len(strange) + len(missing) - 1
        problem += f" and {more:,} more" if more else ""
        faults.append(Fault(BASIS_NAME, problem, remedy, column="zone"))
    if case.base_year <= basis.count_year:
        problem = (
            f"counts January {basis.count_year + 1}, and the case begins in "
            f"{academic_year(case.base_year)}, before it"
        )
        faults.append(Fault(BASIS_NAME, problem, remedy, value=str(case.base_year)))
    if faults:
        raise InputError(faults)


def _official(sources: Sources) -> _Found:
    """Return a basis made from official files alone."""
    assert sources.sen2 is not None
    if sources.la is None:
        remedy = "Add --la with the authority's name or code"
        raise InputError([Fault("sendplaces forecast", "--sen2 needs --la", remedy)])
    release = read_release(sources.sen2)
    authority = find(sources.la, release.authorities())
    notes: list[str] = []
    people, homes, projection = None, None, None
    inputs = list(_hashes(release))
    if sources.zones is not None:
        zones = read_zones(sources.zones, authority)
        if sources.population is not None:
            people = read_population(sources.population, zones.zones["zone"])
            area = make_area(zones, people, _mid_year(release))
            homes = area.weights.rename_axis("zone").reset_index()
            homes["locality"] = area.zones["locality"].to_numpy()
            notes += area.notes
        if sources.projections is not None:
            projection = read_projections(sources.projections, authority.code, zones.districts)
    elif sources.population is not None:
        problem = "--population needs --zones, which says whose small areas are meant"
        raise InputError([Fault("sendplaces forecast", problem, "Add --zones")])
    elif sources.projections is not None:
        projection = read_projections(sources.projections, authority.code, ())
    inputs += _files(sources.zones, sources.population, sources.projections)
    basis = basis_of(release, authority, population=people, projection=projection, zones=homes)
    return _Found(None, basis, release, tuple(inputs), tuple(notes))


def _files(*paths: Path | None) -> list[Source]:
    """Return files, and those of folders, with the hash of each."""
    found: list[Path] = []
    for path in paths:
        if path is not None:
            found += sorted(one for one in path.iterdir()) if path.is_dir() else [path]
    return [Source(one.name, hash_of(one), 0) for one in found if one.is_file()]


def _mid_year(release: Release) -> date:
    return date(release.year, 9, 1)


def _hashes(release: Release) -> list[Source]:
    """Return the files of a release that stand alone (members of a zip: the zip)."""
    every = {**release.tables, **(release.older.tables if release.older is not None else {})}
    paths = dict.fromkeys(source.path for source in every.values())
    return [Source(path.name, hash_of(path), 0) for path in paths if path.is_file()]


def _years(basis: Basis, case: Case | None, asked: Asked) -> tuple[int, ...]:
    """Return the academic years to forecast."""
    count = basis.count_year
    most = basis.totals.years[-1] - count
    needed = 0 if case is None else case.years[-1] - count
    ahead = max(YEARS_AHEAD, needed) if asked.years is None else asked.years
    fault = None
    if ahead > most:
        problem = f"is more than the {most} years that a forecast can carry"
        fault = Fault("--years", problem, f"Give at most {most}", value=str(ahead))
    elif ahead < needed and case is not None:
        problem = (
            f"ends before the case, which covers {academic_year(case.years[-1])}: a plan would "
            "lack entrants"
        )
        fault = Fault("--years", problem, f"Give at least {needed}", value=str(ahead))
    if fault is not None:
        raise InputError([fault])
    return tuple(range(count + 1, count + ahead + 1))


def _of_plans(
    found: _Found, asked: Asked, levers: tuple[Lever, ...], run_id: str, tell: Tell
) -> ForecastReport:
    basis, case = found.basis, found.case
    assert basis is not None
    years = _years(basis, case, asked)
    first = years[0] if case is None else max(years[0], case.base_year)
    tell.stage(f"Drawing {asked.draws:,} futures")
    made = forecast(basis, years, levers, asked.draws, asked.seed, first=first)
    tell.stage("Adding up tables and returns")
    release = found.release
    published = None if release is None else _requests(release, basis.authority)
    return report_of_forecast(
        made,
        run_id=run_id,
        first=first,
        years_of_case=None if case is None else case.years,
        published=published,
        presets=asked.presets,
        notes=(*found.notes, *(() if case is None else (OF_THE_CASE,))),
    )


def _requests(release: Release, authority: Authority) -> dict[str, pd.DataFrame]:
    """Return requests and assessments of an authority; empty where the release has none."""
    if not release.has("requests"):
        empty = pd.DataFrame(columns=["year", "age", "children"])
        return {"requests": empty, "assessments": empty}
    return {
        "requests": release.requests(authority),
        "assessments": release.assessments(authority),
    }


def _of_entrants(
    found: _Found, asked: Asked, levers: tuple[Lever, ...], run_id: str, tell: Tell
) -> ForecastReport:
    """Return draws round the entrants that a case states, loudly said to be no more."""
    case = found.case
    assert case is not None
    if levers or asked.years is not None:
        what = "levers" if levers else "--years"
        problem = f"holds no {BASIS_NAME}, and {what} can act only on one"
        remedy = "Make the case with sendplaces start, or give --sen2 and --la without a case"
        raise InputError([Fault(case.name, problem, remedy)])
    tell.stage(f"Drawing {asked.draws:,} futures")
    draws = forecast_of_case(case, asked.draws, asked.seed)
    warning = Fault(
        case.name,
        f"holds no {BASIS_NAME}: plans and places are not forecast, and the entrants of the case "
        "are only spread round what it states, by how far off forecasts of entrants usually are",
        "Make the case with sendplaces start, or give --sen2 and --la without a case",
        severity="warning",
    )
    # what is odd about schools and places does not bear on who will come
    about = [one for one in case.warnings if one.table.startswith(("entrants", "stay", "zones"))]
    return report_of_entrants(case, draws, run_id=run_id, warnings=(warning, *about))


def _facts(found: _Found, asked: Asked, levers: Sequence[Lever]) -> dict[str, Any]:
    """Return what anyone needs to make the forecast again, and a plan to know its case."""
    told: dict[str, Any] = {
        "inputs": [
            {"file": one.name, "sha256": one.sha256, "rows": one.rows} for one in found.inputs
        ],
        "settings": {
            "draws": asked.draws,
            "years": asked.years,
            "levers": [lever.sentence() for lever in levers],
            "presets": list(asked.presets),
        },
        "seed": asked.seed,
        "case": None if found.case is None else case_facts(found.case),
    }
    versions = {"sendplaces": product_version()}
    digest = hashlib.sha256(json.dumps(told | versions, sort_keys=True).encode()).hexdigest()
    packages = ("numpy", "pandas", "scipy")
    return {
        "run_id": digest[:12],
        **told,
        "versions": versions
        | {"python": platform.python_version()}
        | {name: version(name) for name in packages},
    }


def case_facts(case: Case) -> dict[str, Any]:
    """Return what a forecast and a plan have to agree on: years and zones."""
    zones = "\n".join(sorted(case.zones["zone"].astype(str)))
    return {
        "name": case.name,
        "base_year": case.base_year,
        "horizon_years": case.horizon_years,
        "zones": hashlib.sha256(zones.encode()).hexdigest(),
    }


@dataclass(frozen=True)
class Used:
    """The forecast that a plan's entrants come from."""

    run_id: str
    levers: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Return it for the manifest."""
        return {"run_id": self.run_id, "levers": list(self.levers)}


def with_forecast(case: Case, folder: Path) -> tuple[Case, Used]:
    """Return a case whose entrants and draws are those of a forecast.

    Parameters
    ----------
    case
        The case.
    folder
        A folder that ``sendplaces forecast`` wrote for it.

    Raises
    ------
    InputError
        When it is no forecast, is a public one, or is of another case.
    """
    remedy = "Make it with sendplaces forecast and this case"

    def refused(problem: str, more: str = remedy) -> InputError:
        return InputError([Fault(str(folder), problem, more)])

    if not folder.is_dir():
        raise refused("there is no such folder")
    if kind_of(folder) != FORECAST:
        raise refused("is no folder of a forecast")
    facts = json.loads((folder / MANIFEST).read_text("utf-8"))
    if facts.get("public"):
        raise refused(
            "is the public version of a forecast, which holds no entrants by home",
            "Make the forecast without --public",
        )
    theirs, ours = facts.get("case"), case_facts(case)
    if not isinstance(theirs, dict):
        raise refused("is a forecast from official files alone, and of no case")
    told = {
        "base_year": "begins in another year",
        "horizon_years": "covers another number of years",
        "zones": "has other zones",
    }
    for key, words in told.items():
        if theirs.get(key) != ours[key]:
            what = "" if key == "zones" else f" ({theirs.get(key)}; this case: {ours[key]})"
            raise refused(f"belongs to another case, {theirs.get('name')}, which {words}{what}")
    path = folder / FILE_NAME
    draws = Draws.load(path)
    levers = tuple(map(str, facts.get("settings", {}).get("levers", ())))
    used = Used(str(facts.get("run_id", "")), levers)
    names = ", ".join(one.partition(":")[0] for one in levers)
    note = f"Entrants are those of forecast {used.run_id}, in place of the case's own."
    if names:
        note += f" Its levers: {names}; its own page tells what each stands for."
    source = Source(f"{folder.name}/{path.name}", hash_of(path), len(draws.rows))
    changed = replace(
        case,
        entrants=_mean(draws, case.entrants),
        draws=path,
        notes=(*case.notes, note),
        sources=(*case.sources, source),
    )
    return changed, used


def _mean(draws: Draws, like: pd.DataFrame) -> pd.DataFrame:
    """Return the expected entrants of draws in the columns and types of the case's own.

    New and waiting children are added up over year groups, as in a case that ``start`` makes: how
    long they stay is then told by the rows of ``stay`` with a blank year.
    """
    rows = draws.rows.assign(children=draws.mean)
    nc_year = rows["nc_year"].where(rows["kind"] == "transfer", NO_YEAR)
    keys = ["zone", "need", "phase", "year", "nc_year", "kind"]
    found = rows.assign(nc_year=nc_year).groupby(keys, as_index=False)["children"].sum()
    found = found[found["children"] > 0]
    found["nc_year"] = found["nc_year"].astype("Int64").mask(found["nc_year"] == NO_YEAR)
    out = found.reindex(columns=list(like.columns))
    for name in ("wheelchair_share", "solo_share"):
        out[name] = np.nan
    return _typed(out, like, ("zone", "need", "phase", "kind", "year", "nc_year", "draw"))


def _typed(frame: pd.DataFrame, like: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    return frame.astype({name: like[name].dtype for name in names}).reset_index(drop=True)
