"""The command ``sendplaces start``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    LARGEST_SEED,
    JsonOption,
    QuietOption,
    print_json,
    telling,
    told_plainly,
)
from sendplaces.terminal import printable


def start(
    la: Annotated[str, typer.Option("--la", help="Authority: its name, or either of its codes.")],
    gias: Annotated[
        Path, typer.Option(help="Register of schools: edubasealldata*.csv, or its zip.")
    ],
    sen2: Annotated[
        Path, typer.Option(help="Release 'Education, health and care plans': its folder or zip.")
    ],
    population: Annotated[Path, typer.Option(help="People by LSOA and single year of age (ONS).")],
    zones: Annotated[
        Path,
        typer.Option(help="Folder of LSOA centroids, lookups and (if any) deprivation."),
    ],
    out: Annotated[Path, typer.Option(help="Case folder to write.")],
    projections: Annotated[
        Path | None, typer.Option(help="Subnational population projections (ONS).")
    ] = None,
    finance: Annotated[
        Path | None, typer.Option(help="High needs benchmarking (section 251 outturn, DfE).")
    ] = None,
    radius_km: Annotated[
        float | None,
        typer.Option(
            "--radius-km",
            min=0.0,
            max=200.0,
            help="How far from the authority's zones provision is taken in (default: 15).",
        ),
    ] = None,
    base_year: Annotated[
        int | None,
        typer.Option(
            "--base-year",
            help="First academic year of the plan, such as 2026 for 2026/27 (default: the year "
            "after the count; a later one starts from projected children).",
        ),
    ] = None,
    horizon_years: Annotated[
        int, typer.Option("--horizon-years", min=1, max=10, help="Years that the plan covers.")
    ] = 5,
    waiting: Annotated[
        int,
        typer.Option(min=0, max=100_000, help="Children with a plan who wait for a place now."),
    ] = 0,
    draws: Annotated[
        int,
        typer.Option(min=0, max=10_000, help="Futures of demand to write beside the case."),
    ] = 0,
    blade: Annotated[
        Path | None,
        typer.Option(
            help="The authority's own SEN2 return (COLLECT Blade CSVs: folder or zip), in place of "
            "fitting children to the published tables. Nothing personal is kept."
        ),
    ] = None,
    postcodes: Annotated[
        Path | None,
        typer.Option(help="With --blade: an ONS postcode file (ONSPD or NSPL), for homes."),
    ] = None,
    census: Annotated[
        str | None,
        typer.Option(help="With --blade: the census date, YYYY-MM-DD (default: the return's own)."),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(
            help="With --blade: CSV to write of what was found in the return, row by row; also "
            "when a fault stops the case."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the draws.")] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the case that is in the folder.")
    ] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a case of any English authority from official files, every assumption noted.

    What is published is kept; what is not is assumed and said in case-notes.md. Options are
    suggestions, marked so: no school has been asked. With --blade the children are those of the
    authority's own return.
    """
    with told_plainly(as_json=as_json):
        from inputs.start.files import Files
        from inputs.start.start import Choices
        from sendplaces.starting import own_return, run_start, summary, told

        own = own_return(blade, postcodes, census, corrections, waiting)
        files = Files(gias, sen2, population, zones, projections, finance)
        choices = Choices(radius_km, base_year, horizon_years, waiting, draws, seed)
        with telling(quiet=quiet or as_json) as tell:
            case = run_start(la, files, out, choices, force=force, tell=tell, own=own)
        if as_json:
            print_json(summary(case, out))
        else:
            sys.stdout.write(printable(told(case, out)) + "\n")
