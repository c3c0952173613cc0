"""The command ``sendplaces sweep``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    Exit,
    ForceOption,
    GapOption,
    JsonOption,
    NetworkOption,
    QuietOption,
    SeedOption,
    cache_folder,
    print_json,
    telling,
    told_plainly,
    unlimited,
)
from sendplaces.terminal import printable


def sweep(
    cases: Annotated[list[Path], typer.Argument(help="Cases: folders of CSV files, or workbooks.")],
    out: Annotated[
        Path, typer.Option(help="Folder to write: a run folder for each plan, and a table.")
    ],
    scenario: Annotated[
        list[Path] | None,
        typer.Option(help="Policy, for every case; may be given again (default: each case's own)."),
    ] = None,
    demand: Annotated[
        list[str] | None,
        typer.Option(help="As for 'plan'; may be given again, such as P10, P50 and P90."),
    ] = None,
    network: NetworkOption = None,
    gap: GapOption = 0.001,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", min=0.1, help="Seconds for the searches of each plan."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=512,
            help="Plans made at the same time on this machine (default: one a core).",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask scheduler that runs already: its workers make the plans."
        ),
    ] = None,
    seed: SeedOption = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make many plans at once: every case under every scenario and demand.

    Each has a run folder of its own. The first of each case is the plan that 'plan --threads 1'
    makes; others of the case begin their search where it stood. Ends with 4 where one of them could
    not be made; the table says why, and the others are there.
    """
    with told_plainly(as_json=as_json):
        from optimiser.solve import Settings
        from sendplaces.side_by_side import cores
        from sendplaces.sweep import pieces_of, run_sweep

        pieces = pieces_of(cases, scenario or (), demand or ())
        settings = Settings(gap=gap, time_limit_seconds=unlimited(time_limit), threads=1, seed=seed)
        with telling(quiet=quiet or as_json) as tell:
            told = run_sweep(
                pieces,
                out,
                settings,
                workers=workers or cores(),
                cluster=cluster,
                network=network,
                force=force,
                cache=cache_folder(),
                tell=tell,
            )
        if as_json:
            print_json(told)
        else:
            from sendplaces.telling import sweep_lines

            sys.stdout.write(printable(sweep_lines(told["rows"], out)) + "\n")
        if told["planned"] < told["plans"]:
            raise typer.Exit(Exit.NO_PLAN)
