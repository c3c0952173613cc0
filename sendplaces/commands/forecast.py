"""The command ``sendplaces forecast``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    LARGEST_SEED,
    ForceOption,
    JsonOption,
    QuietOption,
    print_json,
    say,
    telling,
    told_plainly,
)
from sendplaces.terminal import printable


def forecast(
    case: Annotated[
        Path | None,
        typer.Argument(
            help="Case to forecast for: best one that 'sendplaces start' made. Without it: --sen2 "
            "and --la.",
            show_default=False,
        ),
    ] = None,
    sen2: Annotated[
        Path | None,
        typer.Option(
            help="Release 'Education, health and care plans': its folder or zip. Beside a case it "
            "fills the returns' tables of requests and assessments."
        ),
    ] = None,
    la: Annotated[
        str | None,
        typer.Option("--la", help="With --sen2: the authority, by name or either of its codes."),
    ] = None,
    population: Annotated[
        Path | None, typer.Option(help="With --sen2: people by LSOA and single year of age (ONS).")
    ] = None,
    zones: Annotated[
        Path | None, typer.Option(help="With --sen2: folder of LSOA centroids and lookups.")
    ] = None,
    projections: Annotated[
        Path | None, typer.Option(help="With --sen2: subnational population projections (ONS).")
    ] = None,
    draws: Annotated[int, typer.Option(min=20, max=10_000, help="Futures to draw.")] = 1000,
    years: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Years ahead of the count (default: 7, or to the end of the case).",
            show_default=False,
        ),
    ] = None,
    lever: Annotated[
        list[str] | None,
        typer.Option("--lever", help="A preset, such as fewer_requests; may be given again."),
    ] = None,
    levers: Annotated[Path | None, typer.Option(help="TOML file of levers of your own.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the draws.")] = 0,
    public: Annotated[
        bool,
        typer.Option(
            "--public",
            help="Hold back small numbers; leave out zones, draws and returns.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write (default: forecasts/<case or authority>)."),
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Project plans, specialist places and entrants, and say how far off that may be.

    Levers say what might change, each with its source; the folder holds the forecast with them
    and without, and the shapes of three returns (SCAP, LSRP, DSG plan).
    """
    with told_plainly(as_json=as_json):
        from sendplaces.forecast_telling import default_folder, headline
        from sendplaces.forecasting import Asked, Sources, run_forecast

        sources = Sources(case, sen2, la, population, zones, projections)
        asked = Asked(draws, seed, years, tuple(lever or ()), levers)
        folder = out or default_folder(case, la)
        with telling(quiet=quiet or as_json) as tell:
            told = run_forecast(sources, folder, asked, public=public, force=force, tell=tell)
        if as_json:
            print_json(told.summary)
            return
        for one in () if quiet else told.warnings[:20]:
            say(f"warning: {one.sentence()}")
        sys.stdout.write(printable(headline(told, folder)) + "\n")
