"""The command ``sendplaces bids``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    CaseArgument,
    DemandOption,
    ForceOption,
    GapOption,
    JsonOption,
    NetworkOption,
    QuietOption,
    ScenarioOption,
    SeedOption,
    ThreadsOption,
    cache_folder,
    print_json,
    telling,
    told_plainly,
    unlimited,
    without_a_plan,
)
from sendplaces.terminal import printable


def bids(
    budget_gbp: Annotated[
        float,
        typer.Option("--budget-gbp", help="Capital for the round, £; commitments are besides."),
    ],
    case: CaseArgument = None,
    bids: Annotated[
        Path | None,
        typer.Option(
            help="Table of bids (CSV, or a workbook with a sheet 'bids'; default: the case's own)."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write: page, workbook, tables.")] = Path(
        "runs/bids"
    ),
    beside_options: Annotated[
        bool,
        typer.Option("--beside-options", help="Let the case's own options compete with the bids."),
    ] = False,
    scenario: ScenarioOption = None,
    demand: DemandOption = None,
    network: NetworkOption = None,
    gap: GapOption = 0.001,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=0.1, help="Seconds for the searches of the plan.")
    ] = 60.0,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds for each question about a bid.")
    ] = None,
    threads: ThreadsOption = 2,
    seed: SeedOption = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Choose among headteachers' bids under a budget, and say why each other bid is left out."""
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings
        from sendplaces.bids import run_bids

        settings = Settings(gap=gap, time_limit_seconds=time_limit, threads=threads, seed=seed)
        with without_a_plan(as_json=as_json), telling(quiet=quiet or as_json) as tell:
            told = run_bids(
                case,
                out,
                budget_gbp=budget_gbp,
                bids=bids,
                beside_options=beside_options,
                scenario=scenario,
                network=network,
                demand=demand,
                settings=settings,
                seconds=unlimited(seconds),
                force=force,
                cache=cache_folder(),
                tell=tell,
            )
        if as_json:
            print_json(told)
            return
        from sendplaces.asked_telling import bids_lines

        sys.stdout.write(printable(bids_lines(told, out)) + "\n")
