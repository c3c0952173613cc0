"""The official files of a case, read for one authority: every fault in any of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from inputs.errors import Fault, InputError
from inputs.official.authorities import find
from inputs.official.gias import read_register
from inputs.official.population import read_population
from inputs.official.projections import read_projections
from inputs.official.section251 import read_benchmarks
from inputs.official.sen2 import read_release
from inputs.official.zones import read_zones

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inputs.official.authorities import Authority
    from inputs.official.gias import Register
    from inputs.official.population import Population
    from inputs.official.projections import PeopleProjected
    from inputs.official.section251 import Benchmarks
    from inputs.official.sen2 import Release
    from inputs.official.zones import ZoneFile

Found = TypeVar("Found")

NEEDED = (
    "caseload",
    "sen_needs_all_plans",
    "newplans",
    "sen_need_newplans",
    "ceased_plans",
)
"""Tables of the release of plans that a case and its projection cannot do without."""


@dataclass(frozen=True)
class Files:
    """The official files of a case.

    Parameters
    ----------
    gias, sen2, population, zones
        The register, the release of plans (folder or zip), people by small area, and the folder of
        zones.
    projections, finance
        Population projections and section 251 benchmarking, where there are any.
    """

    gias: Path
    sen2: Path
    population: Path
    zones: Path
    projections: Path | None = None
    finance: Path | None = None


@dataclass(frozen=True, eq=False)
class Opened:
    """The files of a case, read for one authority."""

    authority: Authority
    release: Release
    register: Register
    zones: ZoneFile
    population: Population
    projections: PeopleProjected | None
    benchmarks: Benchmarks | None


def open_files(la: str, files: Files, tell: Callable[[str], None] = lambda _: None) -> Opened:
    """Return the files read for an authority, or every fault that there is in any of them.

    Parameters
    ----------
    la
        The authority, by name or code.
    files
        Where they are.
    tell
        Told what is being read.

    Raises
    ------
    InputError
        With the faults of all files together.
    """
    faults: list[Fault] = []

    def tried(read: Callable[[], Found]) -> Found | None:
        try:
            return read()
        except InputError as error:
            faults.extend(one for one in error.faults if one not in faults)
            return None

    tell("Reading the published tables of plans")
    release = tried(lambda: read_release(files.sen2))
    if release is not None:
        faults += _no_table(release, files.sen2)
    authority = None if release is None else tried(lambda: find(la, release.authorities()))
    tell("Reading the register of schools")
    register = tried(lambda: read_register(files.gias))
    if register is not None and authority is not None:
        faults += _no_school(register, authority)
    finance, projected = files.finance, files.projections
    benchmarks = None if finance is None else tried(lambda: read_benchmarks(finance))
    tell("Reading zones and people")
    zones = None if authority is None else tried(lambda: read_zones(files.zones, authority))
    # Without an authority there are no zones to look up, but a wrong file is told all the same.
    keys = [] if zones is None else list(zones.zones["zone"])
    population = tried(lambda: read_population(files.population, keys))
    projections = None
    if projected is not None and authority is not None and zones is not None:
        code, districts = authority.code, zones.districts
        projections = tried(lambda: read_projections(projected, code, districts))
    if release is None or authority is None or register is None or zones is None:
        raise InputError(faults)
    if population is None or faults:
        raise InputError(faults)
    return Opened(authority, release, register, zones, population, projections, benchmarks)


def _no_table(release: Release, path: Path) -> list[Fault]:
    """Return a fault for each table of the release that a case cannot do without."""
    if release.layout == "2022":
        problem = "holds a release of the layout to 2022 only, without plans by need or age"
        return [Fault(str(path), problem, "Download the release of 2023 or later")]
    remedy = "Download all files of the release, and give their folder"
    return [
        Fault(str(path), f"the release has no table {name}.csv", remedy)
        for name in NEEDED
        if not release.has(name)
    ]


def _no_school(register: Register, authority: Authority) -> list[Fault]:
    if (register.schools["la_code"] == authority.old_code).any():
        return []
    problem = f"holds no school of {authority.name} ({authority.old_code})"
    remedy = "Give the register for all of England"
    return [Fault(register.source, problem, remedy, column="LA (code)")]
